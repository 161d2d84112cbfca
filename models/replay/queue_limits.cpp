#include "models/replay/queue_limits.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "kernel/exact_math.h"
#include "models/schedule.h"

namespace understudy::models {

namespace {

using kernel::Time;

constexpr Time standstill = 12 * kernel::hour;
constexpr Time shortest_log = 13 * kernel::week;
constexpr std::size_t most_divisions = 2;
constexpr std::int64_t smallest_class = 100;

std::int64_t floor_of(std::int64_t value, std::int64_t unit) {
    return value >= 0 ? value / unit : -((-value + unit - 1) / unit);
}

std::int64_t local_of(const RecordedRun& run, Time instant) {
    const std::int64_t utc = run.epoch_ns + instant;
    return run.zone.empty() ? utc + run.utc_offset : local_time(utc, run.zone).ns;
}

std::int64_t needs_of(const RecordedTask& task, std::int64_t processors) {
    return std::clamp<std::int64_t>(std::llround(std::ceil(task.cpus)), 1, processors);
}

bool is_known(const RecordedTask& task) {
    return task.submitted && has_times(task) && *task.started >= *task.submitted;
}

/// What happens to the jobs of a run, in order: ends, then submissions, then starts of an instant.
struct QueueEvent {
    enum Kind : char { end, submission, start };
    Time time = 0;
    Kind kind = end;
    std::uint32_t job = 0;
    auto operator<=>(const QueueEvent&) const = default;
};

std::vector<QueueEvent> events_of(const RecordedRun& run) {
    std::vector<QueueEvent> events;
    for (std::uint32_t i = 0; i < run.tasks.size(); ++i) {
        const RecordedTask& task = run.tasks[i];
        if (!is_known(task)) continue;
        events.push_back({*task.submitted, QueueEvent::submission, i});
        events.push_back({*task.started, QueueEvent::start, i});
        events.push_back({*task.completed, QueueEvent::end, i});
    }
    std::sort(events.begin(), events.end());
    return events;
}

/// How many of the waiting jobs need so many processors or fewer (Fenwick 1994).
class NeedCounts {
public:
    NeedCounts(const RecordedRun& run, std::int64_t processors) {
        for (const RecordedTask& task : run.tasks) needs_.push_back(needs_of(task, processors));
        std::sort(needs_.begin(), needs_.end());
        needs_.erase(std::unique(needs_.begin(), needs_.end()), needs_.end());
        sums_.resize(needs_.size() + 1);
    }
    void add(std::int64_t need, std::int64_t count) {
        for (std::size_t i = place_of(need); i < sums_.size(); i += i & (~i + 1)) sums_[i] += count;
    }
    std::int64_t up_to(std::int64_t need) const {
        std::int64_t sum = 0;
        for (std::size_t i = place_of(need); i > 0; i -= i & (~i + 1)) sum += sums_[i];
        return sum;
    }

private:
    /// How many different needs are no greater.
    std::size_t place_of(std::int64_t need) const {
        return static_cast<std::size_t>(std::upper_bound(needs_.begin(), needs_.end(), need) -
                                        needs_.begin());
    }

    std::vector<std::int64_t> needs_;  ///< different ones, ascending
    std::vector<std::int64_t> sums_;
};

/// Walks through a recording and tells `visit` of each span between two events.
template <typename Visit, typename Started>
void walk(const RecordedRun& run, std::int64_t processors, Visit visit, Started started) {
    Time last = 0;
    std::int64_t in_use = 0;
    for (const QueueEvent& event : events_of(run)) {
        if (event.time > last) visit(last, event.time, in_use);
        last = event.time;
        const std::int64_t need = needs_of(run.tasks[event.job], processors);
        if (event.kind == QueueEvent::end) in_use -= need;
        if (event.kind == QueueEvent::start) in_use += need;
        started(event, need, in_use);
    }
}

/// Who waits and who runs, for who may go ahead of the first of the line.
class JobsInLine {
public:
    JobsInLine(const RecordedRun& run, std::int64_t processors) : run_(run), processors_(processors) {}

    void take(const QueueEvent& event) {
        const RecordedTask& task = run_.tasks[event.job];
        const std::pair<Time, std::uint32_t> in_line{*task.submitted, event.job};
        const std::pair<Time, std::uint32_t> at_work{kernel::later(*task.started, asked(event.job)),
                                                     event.job};
        switch (event.kind) {
            case QueueEvent::submission: waiting_.insert(in_line); break;
            case QueueEvent::start:
                waiting_.erase(in_line);
                // Ends of an instant come first: what takes no time has ended.
                if (*task.completed > *task.started) running_.insert(at_work);
                break;
            case QueueEvent::end: running_.erase(at_work); break;
        }
    }
    std::int64_t waiting() const { return std::ssize(waiting_); }

    /// Of those `with_room` that `free` processors have room for, who would not begin at `now` by such a rule: behind a
    /// first of the line that has no room, all, none, or those whom EASY has wait for it (models/simulation/backfill.cpp).
    std::int64_t held_back(Time now, std::int64_t free, std::int64_t with_room, Backfill backfill) const {
        const std::uint32_t first = waiting_.begin()->second;
        if (backfill == Backfill::any || need_of(first) <= free) return 0;
        if (backfill == Backfill::never) return with_room;
        Time reserved = kernel::never;
        std::int64_t beside = free;
        for (auto one = running_.begin(); one != running_.end() && beside < need_of(first); ++one) {
            beside += need_of(one->second);
            reserved = std::max(one->first, now);
        }
        if (beside < need_of(first)) return 0;
        beside -= need_of(first);
        std::int64_t held = 0;
        for (const auto& [submitted, job] : waiting_)
            held += need_of(job) <= free && need_of(job) > beside && kernel::later(now, asked(job)) > reserved
                        ? 1
                        : 0;
        return held;
    }

private:
    std::int64_t need_of(std::uint32_t job) const { return needs_of(run_.tasks[job], processors_); }
    /// As long as it did where it did not say.
    Time asked(std::uint32_t job) const {
        const RecordedTask& task = run_.tasks[job];
        return task.requested.value_or(*task.completed - *task.started);
    }

    const RecordedRun& run_;
    std::int64_t processors_;
    std::set<std::pair<Time, std::uint32_t>> waiting_;  ///< by submission
    std::set<std::pair<Time, std::uint32_t>> running_;  ///< by when they are expected to end
};

double log_likelihood_ratio(const std::array<std::int64_t, hours_of_week>& a,
                            const std::array<std::int64_t, hours_of_week>& b) {
    double all_a = 0, all_b = 0, sum = 0;
    for (std::size_t h = 0; h < hours_of_week; ++h) {
        all_a += static_cast<double>(a[h]);
        all_b += static_cast<double>(b[h]);
    }
    const auto part = [&](double count, double all, double both) {
        return count > 0 ? 2 * count * kernel::exact::log(count / all / (both / (all_a + all_b))) : 0;
    };
    for (std::size_t h = 0; h < hours_of_week; ++h) {
        const auto x = static_cast<double>(a[h]), y = static_cast<double>(b[h]);
        sum += part(x, all_a, x + y) + part(y, all_b, x + y);
    }
    return sum;
}

/// The requested time above which jobs begin at most other hours; nothing where no division is worth it.
std::optional<Time> best_division(const std::map<Time, std::array<std::int64_t, hours_of_week>>& starts,
                                  Time above) {
    std::array<std::int64_t, hours_of_week> shorter{}, longer{};
    std::int64_t in_shorter = 0, in_longer = 0;
    for (auto at = starts.upper_bound(above); at != starts.end(); ++at)
        for (std::size_t h = 0; h < hours_of_week; ++h) {
            longer[h] += at->second[h];
            in_longer += at->second[h];
        }
    // Mean and deviation of the ratio where both classes begin alike: chi squared with one degree less than hours.
    const double freedom = hours_of_week - 1;
    double most = freedom + 6 * std::sqrt(2 * freedom);
    std::optional<Time> best;
    for (auto at = starts.upper_bound(above); at != starts.end(); ++at) {
        for (std::size_t h = 0; h < hours_of_week; ++h) {
            shorter[h] += at->second[h];
            longer[h] -= at->second[h];
            in_shorter += at->second[h];
            in_longer -= at->second[h];
        }
        if (in_shorter < smallest_class || in_longer < smallest_class) continue;
        const double ratio = log_likelihood_ratio(shorter, longer);
        if (ratio > most) {
            most = ratio;
            best = at->first;
        }
    }
    return best;
}

/// P(X <= seen) of a binomial law.
double binomial_up_to(std::int64_t seen, std::int64_t trials, double chance) {
    if (chance >= 1) return seen >= trials ? 1 : 0;
    double term = 1, sum = 0;
    for (std::int64_t i = 0; i < trials; ++i) term *= 1 - chance;
    for (std::int64_t k = 0; k <= seen; ++k) {
        sum += term;
        term *= static_cast<double>(trials - k) / static_cast<double>(k + 1) * chance / (1 - chance);
    }
    return sum;
}

struct HourCounts {
    std::array<std::int64_t, hours_of_week> hours{}, with_start{};
};

std::array<bool, hours_of_week> closed_hours(const HourCounts& counts) {
    std::array<bool, hours_of_week> closed{};
    std::vector<std::size_t> by_share;
    const auto share = [&](std::size_t h) {
        return static_cast<double>(counts.with_start[h]) / static_cast<double>(counts.hours[h]);
    };
    for (std::size_t h = 0; h < hours_of_week; ++h)
        if (counts.hours[h] > 0) by_share.push_back(h);
    std::stable_sort(by_share.begin(), by_share.end(),
                     [&](std::size_t a, std::size_t b) { return share(a) > share(b); });
    if (by_share.size() > hours_of_week / 4) by_share.resize(hours_of_week / 4);
    double hours = 0, with_start = 0;
    for (const std::size_t h : by_share) {
        hours += static_cast<double>(counts.hours[h]);
        with_start += static_cast<double>(counts.with_start[h]);
    }
    if (!(with_start > 0)) return closed;
    const double open = with_start / hours;
    for (std::size_t h = 0; h < hours_of_week; ++h)
        closed[h] = counts.hours[h] > 0 && share(h) < open / 3 &&
                    binomial_up_to(counts.with_start[h], counts.hours[h], open) < 0.01;
    const auto before = [](std::size_t h) { return (h + hours_of_week - 1) % hours_of_week; };
    const auto behind = [](std::size_t h) { return (h + 1) % hours_of_week; };
    const auto filled = closed;
    for (std::size_t h = 0; h < hours_of_week; ++h)
        if (!filled[h] && filled[before(h)] && filled[behind(h)])
            closed[h] = counts.hours[h] == 0 || share(h) < open / 2;
    const auto single = closed;
    for (std::size_t h = 0; h < hours_of_week; ++h)
        if (single[h] && !single[before(h)] && !single[behind(h)]) closed[h] = false;
    return closed;
}

void find_windows(const RecordedRun& run, std::int64_t processors, QueueLimits& into) {
    std::map<Time, std::array<std::int64_t, hours_of_week>> starts;
    std::optional<Time> first, last;
    for (const RecordedTask& task : run.tasks) {
        if (!is_known(task)) continue;
        first = std::min(first.value_or(*task.started), *task.started);
        last = std::max(last.value_or(*task.started), *task.started);
        if (task.requested) ++starts[*task.requested][hour_of_week(run, *task.started)];
    }
    if (!first || *last - *first < shortest_log) return;
    std::vector<Time> divisions;
    while (divisions.size() < most_divisions) {
        const auto division = best_division(starts, divisions.empty() ? -1 : divisions.back());
        if (!division) break;
        divisions.push_back(*division);
    }
    if (divisions.empty()) return;
    const auto class_of = [&](const RecordedTask& task) {
        return static_cast<std::size_t>(
            std::lower_bound(divisions.begin(), divisions.end(), task.requested.value_or(0)) -
            divisions.begin());
    };
    // By class: the hours of the log (since 1970, not of the week) in which a job waited with room, and for how long.
    std::vector<std::map<std::int64_t, Time>> with_room(divisions.size() + 1);
    std::vector<std::set<std::int64_t>> with_start(divisions.size() + 1);
    std::vector<std::multiset<std::int64_t>> waiting(divisions.size() + 1);
    std::vector<std::int64_t> jobs(divisions.size() + 1);
    const auto hour_at = [&](Time instant) { return floor_of(run.epoch_ns + instant, kernel::hour); };
    walk(
        run, processors,
        [&](Time from, Time to, std::int64_t in_use) {
            for (std::size_t c = 1; c < waiting.size(); ++c) {
                if (waiting[c].empty() || *waiting[c].begin() > processors - in_use) continue;
                for (Time at = from; at < to;) {
                    const Time next = std::min(to, next_hour(run, at));
                    with_room[c][hour_at(at)] += next - at;
                    at = next;
                }
            }
        },
        [&](const QueueEvent& event, std::int64_t need, std::int64_t) {
            const std::size_t c = class_of(run.tasks[event.job]);
            if (event.kind == QueueEvent::submission) waiting[c].insert(need);
            if (event.kind != QueueEvent::start) return;
            ++jobs[c];
            waiting[c].erase(waiting[c].find(need));
            with_start[c].insert(hour_at(event.time));
        });
    for (std::size_t c = 1; c < waiting.size(); ++c) {
        std::set<std::int64_t> looked_at = with_start[c];
        for (const auto& [hour, time] : with_room[c])
            if (2 * time >= kernel::hour) looked_at.insert(hour);
        HourCounts counts;
        for (const std::int64_t hour : looked_at) {
            const std::size_t h = hour_of_week(run, hour * kernel::hour - run.epoch_ns);
            ++counts.hours[h];
            counts.with_start[h] += with_start[c].count(hour) > 0 ? 1 : 0;
        }
        StartWindow window;
        window.longer_than = divisions[c - 1];
        window.closed = closed_hours(counts);
        window.jobs = jobs[c];
        into.windows.push_back(window);
    }
    const auto closes = [](const StartWindow& window) {
        return std::find(window.closed.begin(), window.closed.end(), true) != window.closed.end();
    };
    if (std::none_of(into.windows.begin(), into.windows.end(), closes)) into.windows.clear();
}

void find_processors(const RecordedRun& run, std::int64_t processors, QueueLimits& into) {
    struct Day {
        Time begins = 0;
        std::int64_t most = 0;
        bool with_room = false;
    };
    std::map<std::int64_t, Day> days;
    const auto day_at = [&](Time instant) { return floor_of(local_of(run, instant), kernel::day); };
    std::vector<std::pair<Time, Time>> still;
    Time since = kernel::never;  // jobs have waited with room, and none has begun; never: that is not so
    NeedCounts waiting(run, processors);
    walk(
        run, processors,
        [&](Time from, Time to, std::int64_t in_use) {
            const bool room = waiting.up_to(processors - in_use) > 0;
            if (!room)
                since = kernel::never;
            else if (since == kernel::never)
                since = from;
            for (Time at = from; at < to;) {
                Day& day = days.emplace(day_at(at), Day{at, 0, false}).first->second;
                day.most = std::max(day.most, in_use);
                day.with_room = day.with_room || room;
                // Not by 24 hours: days of a zone have 23 or 25 now and then.
                Time next = next_hour(run, at);
                while (next < to && day_at(next) == day_at(at)) next += kernel::hour;
                at = std::min(to, next);
            }
        },
        [&](const QueueEvent& event, std::int64_t need, std::int64_t) {
            if (event.kind == QueueEvent::submission) waiting.add(need, 1);
            if (event.kind != QueueEvent::start) return;
            waiting.add(need, -1);
            if (since != kernel::never && event.time - since >= standstill)
                still.emplace_back(since, event.time);
            since = kernel::never;
        });
    std::vector<std::pair<Time, std::int64_t>> steps{{0, processors}};
    for (const auto& [number, day] : days) {
        const std::int64_t there = day.with_room ? std::min(day.most, processors) : processors;
        if (there < processors) ++into.days_with_fewer;
        if (day.begins <= 0)
            steps.front().second = there;
        else
            steps.emplace_back(day.begins, there);
    }
    // Behind the last day of the log all of them are there again: what is left must be able to end.
    if (!days.empty()) {
        Time end = next_hour(run, events_of(run).back().time);
        steps.emplace_back(std::max(end, steps.back().first + 1), processors);
    }
    const auto value_at = [&](Time instant) {
        return std::prev(std::upper_bound(steps.begin(), steps.end(), instant,
                                          [](Time t, const auto& step) { return t < step.first; }))
            ->second;
    };
    std::vector<std::pair<Time, std::int64_t>> all;
    std::size_t gap = 0;
    for (const auto& [from, to] : still) {
        ++into.standstills;
        into.stood_still += to - from;
    }
    for (const auto& step : steps) {
        for (; gap < still.size() && still[gap].first < step.first; ++gap) {
            all.emplace_back(still[gap].first, 0);
            all.emplace_back(still[gap].second, value_at(still[gap].second));
        }
        // Within a standstill nothing comes back.
        if (gap > 0 && step.first < still[gap - 1].second) continue;
        all.push_back(step);
    }
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& step : all) {
        if (!into.processors.empty() && into.processors.back().first == step.first)
            into.processors.back().second = step.second;
        else if (into.processors.empty() || into.processors.back().second != step.second)
            into.processors.push_back(step);
    }
    if (into.processors.size() == 1 && into.processors.front().second == processors) into.processors.clear();
}

}  // namespace

std::size_t hour_of_week(const RecordedRun& run, Time instant) {
    // 1970-01-01 was a Thursday, three days behind a Monday.
    const std::int64_t hour = floor_of(local_of(run, instant), kernel::hour) + 72;
    const std::int64_t week = floor_of(hour, static_cast<std::int64_t>(hours_of_week));
    return static_cast<std::size_t>(hour - week * static_cast<std::int64_t>(hours_of_week));
}

Time next_hour(const RecordedRun& run, Time instant) {
    return (floor_of(run.epoch_ns + instant, kernel::hour) + 1) * kernel::hour - run.epoch_ns;
}

std::int64_t most_processors_in_use(const RecordedRun& run) {
    std::int64_t most = 0;
    walk(
        run, std::numeric_limits<std::int64_t>::max(), [](Time, Time, std::int64_t) {},
        [&](const QueueEvent&, std::int64_t, std::int64_t in_use) { most = std::max(most, in_use); });
    return most;
}

QueueBehaviour queue_behaviour(const RecordedRun& run, std::int64_t processors, Backfill backfill) {
    QueueBehaviour result;
    NeedCounts waiting(run, processors);
    JobsInLine line(run, processors);
    walk(
        run, processors,
        [&](Time from, Time to, std::int64_t in_use) {
            const double span = kernel::to_seconds(to - from);
            const std::int64_t with_room = waiting.up_to(processors - in_use);
            result.waited_s += span * static_cast<double>(line.waiting());
            if (with_room > 0)
                result.with_room_s +=
                    span * static_cast<double>(
                               with_room - line.held_back(from, processors - in_use, with_room, backfill));
        },
        [&](const QueueEvent& event, std::int64_t need, std::int64_t) {
            line.take(event);
            if (event.kind == QueueEvent::submission)
                waiting.add(need, 1);
            else if (event.kind == QueueEvent::start)
                waiting.add(need, -1);
        });
    std::vector<std::pair<Time, Time>> jobs;
    for (const RecordedTask& task : run.tasks)
        if (is_known(task)) {
            jobs.emplace_back(*task.submitted, *task.started);
            if (*task.started - *task.submitted > kernel::minute) ++result.waited;
        }
    result.jobs = std::ssize(jobs);
    std::stable_sort(jobs.begin(), jobs.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    // The first start of a job that was submitted later than the jobs of this instant.
    Time first = kernel::never, of_this_instant = kernel::never;
    for (std::size_t i = jobs.size(); i-- > 0;) {
        if (i + 1 < jobs.size() && jobs[i].first != jobs[i + 1].first)
            first = std::min(first, of_this_instant);
        if (jobs[i].second > first) ++result.overtaken;
        of_this_instant = std::min(of_this_instant, jobs[i].second);
    }
    return result;
}

QueueLimits find_queue_limits(const RecordedRun& run, std::int64_t processors) {
    QueueLimits limits;
    find_windows(run, processors, limits);
    find_processors(run, processors, limits);
    return limits;
}

}  // namespace understudy::models
