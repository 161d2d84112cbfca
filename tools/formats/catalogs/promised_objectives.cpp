#include "tools/formats/catalogs/promised_objectives.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "tools/formats/language/schedules.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

/// When within its day, which begins at `shift` after midnight, the first is due, and the second.
struct DaysOfRuns {
    kernel::Time earliest_first = kernel::day, latest_first = 0, earliest_second = kernel::day;
    std::int64_t days = 0;           ///< with a run
    kernel::Time end_of_wanted = 0;  ///< of the day that is the last of as many as are wanted; 0: too few
};

constexpr std::int64_t wanted_days = 14;

DaysOfRuns days_of(const std::vector<kernel::Time>& due, kernel::Time shift) {
    DaysOfRuns result;
    std::int64_t last = -1;
    bool has_second = false;
    for (const kernel::Time at : due) {
        if (at < shift) continue;
        const std::int64_t day = (at - shift) / kernel::day;
        const kernel::Time within = (at - shift) % kernel::day;
        if (day != last) {
            last = day;
            has_second = false;
            ++result.days;
            result.earliest_first = std::min(result.earliest_first, within);
            result.latest_first = std::max(result.latest_first, within);
            // Whose time has come only on the day after has to be over as well.
            if (result.days == wanted_days) result.end_of_wanted = (day + 2) * kernel::day;
        } else if (!has_second) {
            has_second = true;
            result.earliest_second = std::min(result.earliest_second, within);
        }
    }
    return result;
}

class Promises {
public:
    Promises(const std::map<std::size_t, PromisedDataset>& datasets, models::LocalInstant start,
             kernel::Time longest)
        : datasets_(datasets),
          start_(start),
          calendar_(start, "UTC"),
          // Years enough for what is due once in each.
          longest_(std::min(longest, 3'650 * kernel::day)) {}

    PromisedObjectives read(const std::vector<CatalogPromise>& promises) {
        for (const CatalogPromise& promise : promises) add(promise);
        if (days_ > 0)
            made_.assumed.push_back(fmt::format(
                "{} to be there by a time of day {} kept where on 99 % of the days the first run of the day, "
                "and "
                "of one that is due later the next morning, has landed by then: that it is so on all of them "
                "no number of runs shows",
                days_ == 1 ? "a promise" : fmt::format("{} promises", days_), days_ == 1 ? "is" : "are"));
        for (auto* list : {&made_.objectives, &made_.assumed}) {
            std::sort(list->begin(), list->end());
            list->erase(std::unique(list->begin(), list->end()), list->end());
        }
        return std::move(made_);
    }

private:
    void add(const CatalogPromise& promise) {
        using Metric = CatalogPromise::Metric;
        const PromisedDataset& dataset = datasets_.at(promise.dataset);
        const bool by_clock = promise.metric == Metric::landed;
        const kernel::Time limit = by_clock ? in_utc(promise) : promise.limit;
        const std::string plain =
            by_clock
                ? fmt::format("landed({}) by {}", dataset.name, print_clock(limit))
                : fmt::format("max {}({}) < {}", promise.metric == Metric::latency ? "latency" : "freshness",
                              dataset.name, print_duration(promise.limit));
        if (dataset.pipelines.empty()) {
            made_.not_used.push_back(plain + ": nothing in the twin writes it");
        } else if (promise.metric == Metric::latency) {
            for (const std::string& pipeline : dataset.pipelines) {
                made_.objectives.push_back(
                    fmt::format("max latency({}) < {}", pipeline, print_duration(promise.limit)));
                made_.assumed.push_back(fmt::format(
                    "the latency of {} is that of {}, which writes it: from when a run is due to its end",
                    dataset.name, pipeline));
            }
        } else if (dataset.schedules.empty()) {
            made_.not_used.push_back(plain + ": nothing says how often it is written");
        } else if (!by_clock) {
            made_.objectives.push_back(plain);
        } else if (const auto text = landed(dataset, limit)) {
            made_.objectives.push_back(*text);
            ++days_;
        } else {
            made_.not_used.push_back(plain +
                                     ": which of the runs that write it is the first of a day is not known, "
                                     "as they are due at other times on other days");
        }
    }

    /// By the clock of its zone on the day on which the run starts.
    kernel::Time in_utc(const CatalogPromise& promise) {
        if (promise.zone.empty()) return promise.limit;
        const kernel::Time ahead = models::local_time(start_.ns, promise.zone).ns - start_.ns;
        const kernel::Time limit = ((promise.limit - ahead) % kernel::day + kernel::day) % kernel::day;
        made_.assumed.push_back(fmt::format("{} {} is {} in UTC, as on the day on which the run starts",
                                            print_clock(promise.limit), promise.zone, print_clock(limit)));
        return limit;
    }

    /// All times that it is written at, ascending, until there are enough days.
    std::vector<kernel::Time> due_times(const PromisedDataset& dataset) const {
        for (kernel::Time end = 4 * wanted_days * kernel::day;; end *= 2) {
            std::vector<kernel::Time> due;
            for (const std::string& text : dataset.schedules)
                for (const kernel::Time at : calendar_.instants(read_schedule(text), std::min(end, longest_)))
                    due.push_back(at);
            std::sort(due.begin(), due.end());
            due.erase(std::unique(due.begin(), due.end()), due.end());
            if (end >= longest_ || days_of(due, 0).days > wanted_days) return due;
        }
    }

    std::optional<std::string> landed(const PromisedDataset& dataset, kernel::Time limit) {
        const std::vector<kernel::Time> due = due_times(dataset);
        DaysOfRuns days = days_of(due, 0);
        if (days.days == 0) return std::nullopt;
        kernel::Time shift = 0;
        if (days.earliest_first > limit) {
            shift = limit;
            days = days_of(due, shift);
        } else if (days.latest_first > limit) {
            return std::nullopt;
        }
        const std::string by =
            shift == 0 ? print_clock(limit) : "+" + print_duration(kernel::day - days.latest_first);
        std::string window;
        if (days.earliest_second < kernel::day) {
            if (days.earliest_second <= days.latest_first) return std::nullopt;
            window = fmt::format(" during {}..{} each 1d", shift == 0 ? "0h" : print_duration(shift),
                                 print_duration(shift + days.earliest_second));
        }
        made_.length = std::max(made_.length, days.end_of_wanted);
        return fmt::format("share landed({}) by {}{} >= 99%", dataset.name, by, window);
    }

    const std::map<std::size_t, PromisedDataset>& datasets_;
    models::LocalInstant start_;
    models::Calendar calendar_;
    kernel::Time longest_;
    PromisedObjectives made_;
    std::size_t days_ = 0;
};

}  // namespace

PromisedObjectives objectives_of(const std::vector<CatalogPromise>& promises,
                                 const std::map<std::size_t, PromisedDataset>& datasets,
                                 models::LocalInstant start, kernel::Time longest) {
    return Promises(datasets, start, longest).read(promises);
}

}  // namespace understudy::formats
