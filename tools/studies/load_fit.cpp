#include "tools/studies/load_fit.h"

#include <algorithm>

#include "tools/studies/calibrate_elements.h"

namespace understudy::studies {

void LoadFit::fit() {
    look_at(seen_.logs);
    if (!fit_when()) return;
    if (seen_.batches) fit_sizes();
    if (std::any_of(seen_.logs.begin(), seen_.logs.end(), [](const LogOfLoad& log) { return log.by_start; }))
        into_.assumed.push_back(name() + ": what the log says of no submission arrived when it started");
}

void LoadFit::look_at(std::vector<LogOfLoad> logs) {
    logs_ = std::move(logs);
    gaps_ = span_s_ = 0;
    for (const LogOfLoad& log : logs_) {
        gaps_ += static_cast<double>(log.gaps());
        span_s_ += log.span_s();
    }
    const auto began = [](const LogOfLoad& log) { return log.run->epoch_ns + log.instants.front(); };
    if (std::all_of(logs_.begin(), logs_.end(), [](const LogOfLoad& log) { return log.run->epoch_ns != 0; }))
        std::stable_sort(logs_.begin(), logs_.end(),
                         [&](const LogOfLoad& a, const LogOfLoad& b) { return began(a) < began(b); });
}

bool LoadFit::fit_when() {
    if (seen_.load->profile.empty())
        if (const auto beat = beat_of(instants())) {
            fit_beat(*beat);
            return true;
        }
    if (const auto times = set_times_of(twin_.run, seen_.logs);
        times && (twin_.run.start || !times->weekdays_only)) {
        fit_set_times(*times);
        return true;
    }
    if (gaps_ + 1 < static_cast<double>(fewest_arrivals) || !(span_s_ > 0)) {
        unidentified("has fewer than " + std::to_string(fewest_arrivals) +
                     (seen_.batches ? " batches of arrivals in the logs, at no even times: left as it is"
                                    : " arrivals in the logs"));
        if (seen_.batches)
            into_.warnings.push_back(path() +
                                     ": arrivals come in batches, which the logs show too few of to say "
                                     "when: a run of the twin has others, and other queues");
        return false;
    }
    days_ = whole_days(twin_.run, seen_.logs);
    by_hour_ = days_ ? hours_of(*days_, twin_.run.start.has_value()) : std::nullopt;
    if (!by_hour_ && !seen_.load->profile.empty()) {
        if (fit_scale()) return true;
        unidentified("has a profile, and the logs do not tell how its rate goes by the hour: left as it is");
        return false;
    }
    if (by_hour_)
        fit_hours();
    else
        fit_gaps();
    return true;
}

std::vector<std::vector<Time>> LoadFit::instants() const {
    std::vector<std::vector<Time>> all;
    for (const LogOfLoad& log : seen_.logs) all.push_back(log.instants);
    return all;
}

void LoadFit::add_profile(models::Profile profile) {
    CalibrationEdit added, named;
    profile.name = free_name(name_of_profile(profile));
    added.path = profile.name;
    named.path = name() + ".profile";
    named.text = profile.name;
    added.profile = std::move(profile);
    into_.edits.push_back(std::move(added));
    into_.edits.push_back(std::move(named));
}

void LoadFit::say_midnight() {
    if (!twin_.run.start)
        into_.assumed.push_back(name() + ": the run begins at midnight, as `run.start` says no other time");
}

CalibratedElement& LoadFit::element(const std::string& family, const std::string& how) {
    CalibratedElement& one = into_.elements.emplace_back();
    one.path = path();
    one.family = family;
    one.how = how;
    one.observations = static_cast<std::int64_t>(gaps_) + std::ssize(logs_);
    return one;
}

std::string LoadFit::of_batches(const std::string& family) const {
    return seen_.batches ? "batches, " + family : family;
}

std::string LoadFit::free_name(const std::string& wanted) const {
    const auto taken = [&](const std::string& one) {
        const auto among = [&](const auto& elements) {
            return std::any_of(elements.begin(), elements.end(),
                               [&](const auto& element) { return element.name == one; });
        };
        const models::Twin& twin = twin_.twin;
        return among(twin_.profiles) || among(twin_.loads) || among(twin.types) || among(twin.pools) ||
               among(twin.budgets) || among(twin.datasets) || among(twin.stages) || among(twin.pipelines);
    };
    std::string name = wanted;
    for (int i = 2; taken(name); ++i) name = wanted + "_" + std::to_string(i);
    return name;
}

}  // namespace understudy::studies
