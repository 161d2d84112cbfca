#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "kernel/exact_math.h"
#include "kernel/fit.h"
#include "kernel/special_functions.h"
#include "tools/studies/calibrate_elements.h"
#include "tools/studies/calibrate_laws.h"

namespace understudy::studies {

namespace {

constexpr std::size_t fewest_to_choose = 10, fewest_for_a_law = 3;
/// From so many values on the last fifth is left out and predicted.
constexpr std::size_t fewest_to_hold_out = 25;
constexpr double interval_level = 0.95;
/// What goes by the size is only looked for among so many.
constexpr std::size_t fewest_with_sizes = 20;

struct Observation {
    kernel::Time at = 0;
    double seconds = 0;
    double bytes = 0;  ///< 0: unknown
};

struct Kind {
    std::vector<Observation> ended;
    std::vector<double> censored;
    double attempts = 0, failed = 0;
    double resolution = 0;
};

kernel::Sample sample_of(const Kind& kind, std::size_t first, std::size_t end,
                         double (*value)(const Observation&)) {
    kernel::Sample sample;
    sample.resolution = kind.resolution;
    for (std::size_t i = first; i < end; ++i) sample.observed.push_back(value(kind.ended[i]));
    return sample;
}

double seconds(const Observation& one) { return one.seconds; }
double seconds_per_gb(const Observation& one) { return one.seconds / one.bytes * gigabyte; }

struct Found {
    kernel::FittedLaw fitted;
    std::optional<kernel::FittedLaw> runner_up;
};

std::optional<Found> law_of_sample(const kernel::Sample& sample) {
    if (sample.observed.size() >= fewest_to_choose) {
        const auto choice = kernel::choose_family(sample);
        if (!choice) return std::nullopt;
        return Found{choice->chosen, choice->runner_up};
    }
    if (sample.observed.size() >= fewest_for_a_law)
        if (const auto fitted = kernel::fit(kernel::Family::lognormal, sample)) return Found{*fitted, {}};
    if (sample.observed.empty()) return std::nullopt;
    double sum = 0;
    for (const double value : sample.observed) sum += value;
    const double mean = sum / static_cast<double>(sample.observed.size());
    kernel::FittedLaw fitted;
    fitted.law = kernel::Distribution::constant(mean);
    fitted.parameters = {{"value", mean, mean, mean}};
    return Found{fitted, {}};
}

std::string unit_of(std::string_view parameter, bool per_gb) {
    if (parameter == "cv" || parameter == "shape" || parameter == "share") return "";
    return per_gb ? "s/GB" : "s";
}

class KindFit {
public:
    KindFit(const models::Scenario& twin, const CalibrationOptions& options, Calibration& into)
        : elements_(twin), options_(options), into_(into) {}

    void add(const models::RecordedRun& run) {
        kernel::Time last = 0;
        for (const models::RecordedTask& task : run.tasks)
            if (task.completed) last = std::max(last, *task.completed);
        for (const models::RecordedTask& task : run.tasks) {
            const std::vector<const WorkingElement*> found = elements_.of(task);
            if (found.empty()) {
                ++unmatched_[task.process.empty() ? task.name : task.process];
                continue;
            }
            for (const WorkingElement* element : found) {
                by_path_[element->path] = element;
                Kind& kind = kinds_[element->path];
                kind.resolution = std::max(kind.resolution, kernel::to_seconds(run.resolution));
                const auto held = models::time_held(task);
                kind.attempts += held ? 1 : 0;
                kind.failed += held && task.failed ? 1 : 0;
                if (held && !task.failed)
                    kind.ended.push_back({task.started.value_or(0), kernel::to_seconds(*held),
                                          static_cast<double>(task.read_bytes + task.write_bytes)});
                else if (task.started && !task.completed && last > *task.started)
                    kind.censored.push_back(kernel::to_seconds(last - *task.started));
            }
        }
    }

    void fit() {
        validation_.of = "duration";
        for (auto& [path, kind] : kinds_) {
            if (options_.stop != nullptr && *options_.stop) {
                into_.interrupted = true;
                return;
            }
            std::stable_sort(kind.ended.begin(), kind.ended.end(),
                             [](const Observation& a, const Observation& b) { return a.at < b.at; });
            fit_duration(path, kind);
            fit_failure(path, kind);
        }
        if (!validation_.held_out.empty()) into_.validations.push_back(summarised(validation_));
        if (few_ > 0)
            into_.assumed.push_back(std::to_string(few_) + (few_ == 1 ? " element has" : " elements have") +
                                    " fewer than 10 values: lognormal, below 3 the mean");
        std::int64_t lines = 0, kinds = 0;
        std::string names;
        for (const auto& [name, count] : unmatched_) {
            lines += count;
            if (++kinds <= 5) names += (names.empty() ? "" : ", ") + name;
        }
        if (lines > 0)
            into_.notes.push_back(std::to_string(lines) +
                                  " tasks of the logs have no element of the twin whose "
                                  "label or name is their kind: " +
                                  names + (kinds > 5 ? ", ..." : ""));
    }

private:
    void fit_duration(const std::string& path, const Kind& kind) {
        const std::size_t n = kind.ended.size();
        kernel::Sample sample = sample_of(kind, 0, n, seconds);
        sample.censored = kind.censored;
        auto found = law_of_sample(sample);
        if (!found) return;
        bool per_gb = false;
        if (by_path_.at(path)->has_size && kind.censored.empty() && n >= fewest_with_sizes &&
            std::all_of(kind.ended.begin(), kind.ended.end(),
                        [](const Observation& one) { return one.bytes > 0; })) {
            // The density of a duration is that of the time per GB over the GB.
            kernel::Sample ratios = sample_of(kind, 0, n, seconds_per_gb);
            ratios.resolution = 0;
            double log_sizes = 0;
            for (const Observation& one : kind.ended) log_sizes += kernel::exact::log(one.bytes / gigabyte);
            if (const auto by_size = law_of_sample(ratios);
                by_size && by_size->fitted.aic + 2 * log_sizes < found->fitted.aic) {
                found = by_size;
                sample = std::move(ratios);
                per_gb = true;
            }
        }
        if (n < fewest_to_choose) ++few_;
        hold_out(path, kind, per_gb);
        kernel::FittedLaw fitted = kernel::with_intervals(found->fitted, sample, interval_level);
        CalibratedElement element;
        element.path = path + ".service";
        element.family = std::string(kernel::name_of(fitted.family)) + (per_gb ? " per GB" : "");
        element.how =
            std::to_string(n) + (n == 1 ? " value" : " values") +
            (kind.censored.empty() ? "" : ", " + std::to_string(kind.censored.size()) + " not ended yet");
        element.observations = static_cast<std::int64_t>(n + kind.censored.size());
        for (const kernel::FittedParameter& parameter : fitted.parameters) {
            CalibratedNumber number{
                std::string(parameter.name), unit_of(parameter.name, per_gb), parameter.estimate, {}, {}};
            if (n >= fewest_for_a_law && fitted.family != kernel::Family::constant) {
                number.low = parameter.low;
                number.high = parameter.high;
            }
            element.numbers.push_back(std::move(number));
        }
        element.fit = kernel::goodness_of_fit(fitted, sample, options_.seed);
        if (element.fit && element.fit->p <= 0.05)
            into_.warnings.push_back(path + ".service: no family fits well (p " +
                                     std::to_string(element.fit->p).substr(0, 5) + "); " + element.family +
                                     " is the likeliest of them");
        if (found->runner_up) {
            element.runner_up = std::string(kernel::name_of(found->runner_up->family));
            element.aic_gap = found->runner_up->aic - fitted.aic;
        }
        CalibrationEdit edit{path + ".service", law_of(shortened(fitted.law)), {}, false};
        if (per_gb) {
            edit.law->terms.front().per = models::Per::bytes;
            edit.law->terms.front().per_amount = gigabyte;
        }
        if (n >= fewest_for_a_law && fitted.family != kernel::Family::constant)
            into_.uncertain.push_back({edit.path, fitted.family, static_cast<double>(n), 0, {}});
        into_.edits.push_back(std::move(edit));
        into_.elements.push_back(std::move(element));
    }

    /// The mean of the last fifth, predicted from what came before.
    void hold_out(const std::string& path, const Kind& kind, bool per_gb) {
        const std::size_t n = kind.ended.size();
        if (n < fewest_to_hold_out) return;
        const std::size_t first = n - n / 5;
        const auto value = per_gb ? seconds_per_gb : seconds;
        kernel::Sample before = sample_of(kind, 0, first, value);
        if (per_gb) before.resolution = 0;
        const auto found = law_of_sample(before);
        if (!found) return;
        double recorded = 0;
        for (std::size_t i = first; i < n; ++i) recorded += value(kind.ended[i]);
        const double last = static_cast<double>(n - first);
        recorded /= last;
        HeldOut one{path, found->fitted.law.mean(), recorded, false, false};
        const double deviation = std::sqrt(found->fitted.law.variance());
        if (!std::isfinite(one.predicted)) return;
        one.has_interval = std::isfinite(deviation) && deviation > 0;
        one.covered = std::fabs(one.predicted - recorded) <=
                      kernel::student_quantile(0.95, static_cast<double>(first - 1)) * deviation *
                          std::sqrt(1 / last + 1 / static_cast<double>(first));
        validation_.held_out.push_back(std::move(one));
    }

    void fit_failure(const std::string& path, const Kind& kind) {
        if (!(kind.failed > 0) && !(by_path_.at(path)->work->failure > 0)) return;
        if (!(kind.attempts > 0)) return;
        const kernel::Interval share = kernel::share_limits(kind.failed, kind.attempts, interval_level);
        CalibratedElement element;
        element.path = path + ".failure";
        element.family = "share";
        element.how = std::to_string(static_cast<std::int64_t>(kind.failed)) + " of " +
                      std::to_string(static_cast<std::int64_t>(kind.attempts)) + " attempts";
        element.observations = static_cast<std::int64_t>(kind.attempts);
        element.numbers.push_back({"failed", "", share.estimate, share.low, share.high});
        into_.elements.push_back(std::move(element));
        into_.edits.push_back({path + ".failure", {}, std::round(share.estimate * 1e5) / 1e5, true});
        into_.uncertain.push_back({path + ".failure", {}, kind.attempts, 0, {}});
    }

    const WorkingElements elements_;
    const CalibrationOptions& options_;
    Calibration& into_;
    std::map<std::string, const WorkingElement*> by_path_;
    std::map<std::string, Kind> kinds_;  ///< by path
    std::map<std::string, std::int64_t> unmatched_;
    Validation validation_;
    std::int64_t few_ = 0;
};

}  // namespace

void calibrate_kinds(const models::Scenario& twin, const std::vector<models::RecordedRun>& runs,
                     const std::vector<bool>& chosen, const CalibrationOptions& options, Calibration& into) {
    KindFit fit(twin, options, into);
    bool any = false;
    for (std::size_t i = 0; i < runs.size(); ++i)
        if (chosen[i]) {
            fit.add(runs[i]);
            any = true;
        }
    if (any) fit.fit();
}

}  // namespace understudy::studies
