#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "kernel/fit.h"
#include "kernel/mean_of_fit.h"
#include "kernel/special_functions.h"
#include "kernel/statistics.h"
#include "models/graph.h"
#include "models/joined_copies.h"
#include "tools/studies/calibrate_by_size.h"
#include "tools/studies/calibrate_elements.h"
#include "tools/studies/calibrate_laws.h"
#include "tools/studies/calibrate_nodes.h"
#include "tools/studies/calibrate_tries.h"
#include "tools/studies/joint_intervals.h"
#include "tools/studies/loads_read_alone.h"

namespace understudy::studies {

namespace {

constexpr std::size_t fewest_to_choose = 10, fewest_for_a_law = 3;
/// From so many values on the last fifth is left out and predicted.
constexpr std::size_t fewest_to_hold_out = 25;
constexpr double interval_level = 0.95;
/// What goes by the size is only looked for among so many.
constexpr std::size_t fewest_with_sizes = 20;

/// So many that have not ended and whose sizes nobody knows yet may be left aside, as a share of those that have.
constexpr double most_without_size = 0.02;

struct Observation {
    kernel::Time at = 0;
    SizedDuration of;
};

/// How the log's durations are rounded.
struct RoundedTo {
    double resolution = 0;
    kernel::Rounding rounding = kernel::Rounding::nearest;
};

struct Kind {
    std::vector<Observation> seen;
    std::vector<SizedDuration> ended;        ///< by when they began
    std::vector<SizedDuration> open;         ///< known to have taken longer
    std::optional<kernel::Time> first_open;  ///< when the first of these began
    double attempts = 0, failed = 0;
    Attempts tries;
    std::vector<SizedDuration> broken_off;  ///< attempts that failed
    RoundedTo rounded;
    bool scaled = false;  ///< durations are multiplied by speeds
    const WorkingElement* element = nullptr;
};

bool has_size(const SizedDuration& one) { return one.gigabytes > 0; }

kernel::Sample sample_of(const DurationForm& form, std::span<const SizedDuration> ended,
                         std::span<const SizedDuration> open, const RoundedTo& rounded) {
    kernel::Sample sample;
    // What is divided by a size is a multiple of no unit any more.
    sample.resolution = form.per_gb() ? 0 : rounded.resolution;
    sample.rounding = rounded.rounding;
    for (const SizedDuration& one : ended) sample.observed.push_back(form.value(one));
    for (const SizedDuration& one : open)
        if (const double value = form.value(one); value > 0) sample.censored.push_back(value);
    return sample;
}

struct Found {
    kernel::FittedLaw fitted;
    std::optional<kernel::FittedLaw> runner_up, refused;
};

/// `usable`: of a choice between families.
std::optional<Found> law_of_sample(const kernel::Sample& sample, const kernel::Usable& usable) {
    if (sample.observed.size() >= fewest_to_choose) {
        const auto choice = kernel::choose_family(sample, usable);
        if (!choice) return std::nullopt;
        return Found{choice->chosen, choice->runner_up, choice->refused};
    }
    if (sample.observed.size() >= fewest_for_a_law)
        if (const auto fitted = kernel::fit(kernel::Family::lognormal, sample)) return Found{*fitted, {}, {}};
    if (sample.observed.empty()) return std::nullopt;
    double sum = 0;
    for (const double value : sample.observed) sum += value;
    const double mean = sum / static_cast<double>(sample.observed.size());
    kernel::FittedLaw fitted;
    fitted.law = kernel::Distribution::constant(mean);
    fitted.parameters = {{"value", mean, mean, mean}};
    return Found{fitted, {}, {}};
}

std::string seconds_of_kind(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.4g s", value);
    return text;
}

std::string unit_of(std::string_view parameter, bool per_gb) {
    if (parameter == "cv" || parameter == "shape" || parameter == "share") return "";
    return per_gb ? "s/GB" : "s";
}

class KindFit {
public:
    KindFit(const models::Scenario& twin, const std::vector<SeenRun>& runs, const CalibrationOptions& options,
            Calibration& into)
        : elements_(twin, runs),
          nodes_(twin),
          options_(options),
          into_(into),
          in_one_place_(!models::has_copies(twin, models::ScenarioGraph(twin))) {
        for (const auto& [stage, load] : loads_read_alone(twin)) loads_[stage] = load;
    }

    /// Before any is added: how fast workers are.
    void look_at_nodes(const std::vector<SeenRun>& runs) {
        for (const SeenRun& seen : runs)
            for (const models::RecordedTask* task : seen.ended) {
                const std::vector<const WorkingElement*> found = elements_.of(*task);
                if (found.size() == 1 && !crosses_a_link(*found.front()->work))
                    nodes_.add(found.front()->path, *found.front()->work, *task);
            }
        nodes_.fit(into_);
    }

    void add(const SeenRun& seen) {
        const double resolution = kernel::to_seconds(seen.run->resolution);
        for (const models::RecordedTask* task : seen.ended) {
            Kind* kind = kind_of(*task);
            if (kind == nullptr) continue;
            kind->rounded.resolution = std::max(kind->rounded.resolution, resolution);
            if (models::has_times(*task)) kind->rounded.rounding = kernel::Rounding::both_ends;
            const auto held = time_kept(*task, *kind);
            kind->attempts += held ? 1 : 0;
            kind->failed += held && task->failed ? 1 : 0;
            kind->tries.add(seen, *task);
            if (held && task->failed) kind->broken_off.push_back(at_speed_1(*task, *held, *kind));
            if (held && !task->failed)
                kind->seen.push_back({task->started.value_or(0), at_speed_1(*task, *held, *kind)});
        }
        for (const models::RecordedTask* task : seen.open) {
            Kind* kind = kind_of(*task);
            if (kind == nullptr || !task->started || seen.end <= *task->started) continue;
            const kernel::Time so_far =
                goes_by_advance(*task, *kind) ? *task->advance : seen.end - *task->started;
            kind->open.push_back(at_speed_1(*task, so_far, *kind));
            kind->first_open = std::min(kind->first_open.value_or(*task->started), *task->started);
        }
    }

    void fit() {
        validation_.of = "duration";
        for (auto& [path, kind] : kinds_) {
            if (options_.stop != nullptr && *options_.stop) {
                into_.interrupted = true;
                return;
            }
            std::stable_sort(kind.seen.begin(), kind.seen.end(),
                             [](const Observation& a, const Observation& b) { return a.at < b.at; });
            for (const Observation& one : kind.seen) kind.ended.push_back(one.of);
            // What is multiplied is a multiple of no unit any more.
            if (kind.scaled) kind.rounded = {};
            fit_duration(path, kind);
            count_lost_tries(path, kind);
            fit_failure(path, kind);
        }
        if (!validation_.held_out.empty()) into_.validations.push_back(summarised(validation_));
        if (few_ > 0)
            into_.assumed.push_back(std::to_string(few_) + (few_ == 1 ? " element has" : " elements have") +
                                    " fewer than 10 values: lognormal, below 3 the mean");
        for (const auto& [what, count] : ambiguous_)
            into_.unidentified.push_back("'" + what + ": " + std::to_string(count) +
                                         (count == 1 ? " task of the logs is" : " tasks of the logs are") +
                                         " left aside; give the elements labels of their own, or the log a "
                                         "column `workflow` with their pipelines");
        if (overlaps_ > 0)
            into_.assumed.push_back(std::to_string(overlaps_) + " of " + std::to_string(steps_) +
                                    " steps began before all of their case before them had ended: in the "
                                    "twin one follows the other, each for the time in which it was the last");
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
    static bool crosses_a_link(const models::Work& work) {
        return !work.transfers.over.empty() ||
               std::any_of(work.service.terms.begin(), work.service.terms.end(),
                           [](const models::Term& term) { return term.implied; });
    }

    static SizedDuration duration_of(const models::RecordedTask& task, kernel::Time held) {
        // An item of the twin is as large as what is read of it: what is written is another one.
        return {kernel::to_seconds(held), static_cast<double>(task.read_bytes) / gigabyte};
    }

    /// Of a run of which the twin does one step after the other, as where items are in one place at a time.
    bool goes_by_advance(const models::RecordedTask& task, const Kind& kind) const {
        return task.advance && in_one_place_ && kind.element->pipeline.empty();
    }

    /// For how long its item was kept by it.
    std::optional<kernel::Time> time_kept(const models::RecordedTask& task, const Kind& kind) {
        const auto held = models::time_held(task);
        if (!held || !goes_by_advance(task, kind)) return held;
        ++steps_;
        overlaps_ += *task.advance < *held ? 1 : 0;
        return task.advance;
    }

    /// What it would have taken on a worker of that speed.
    SizedDuration at_speed_1(const models::RecordedTask& task, kernel::Time held, Kind& kind) const {
        SizedDuration one = duration_of(task, held);
        const double speed = nodes_.speed(*kind.element->work, kind.element->path, task.node);
        if (speed == 1) return one;
        one.seconds = std::max(one.seconds, kind.rounded.resolution / 2) * speed;
        kind.scaled = true;
        return one;
    }

    /// Null where the task is nothing of the twin, or nobody can tell which element of it.
    Kind* kind_of(const models::RecordedTask& task) {
        const std::vector<const WorkingElement*> found = elements_.of(task);
        if (found.empty()) {
            ++unmatched_[task.process.empty() ? task.name : task.process];
            return nullptr;
        }
        if (found.size() > 1) {
            std::string paths;
            for (const WorkingElement* element : found)
                paths += (paths.empty() ? "" : " or ") + element->path;
            ++ambiguous_[(task.process.empty() ? task.name : task.process) + "' may be " + paths];
            return nullptr;
        }
        by_path_[found.front()->path] = found.front();
        Kind& kind = kinds_[found.front()->path];
        kind.element = found.front();
        return &kind;
    }

    /// A form with the law that it has.
    struct Fitted {
        DurationForm form;
        kernel::Sample sample;
        Found law;
        double aic = 0;
    };

    static std::optional<Fitted> fitted(DurationForm::Is is, std::span<const SizedDuration> ended,
                                        std::span<const SizedDuration> open, const RoundedTo& rounded) {
        const auto form = DurationForm::of(is, ended, interval_level);
        if (!form) return std::nullopt;
        kernel::Sample sample = sample_of(*form, ended, open, rounded);
        // What has not ended makes the mean of what has too small.
        const auto usable = [&](const kernel::FittedLaw& one) {
            return one.law.mean() < longest_simulated_s && (!open.empty() || has_mean_of(*form, one.law.mean(), ended));
        };
        auto law = law_of_sample(sample, usable);
        if (!law) return std::nullopt;
        const double aic = law->fitted.aic + form->aic_besides(ended);
        return Fitted{*form, std::move(sample), std::move(*law), aic};
    }

    /// Is the mean of its durations that of the log? What goes by sizes in another way has another one.
    static bool has_mean_of(const DurationForm& form, double mean, std::span<const SizedDuration> ended) {
        kernel::Moments left;
        double sum = 0;
        for (const SizedDuration& duration : ended) {
            left.add(duration.seconds - form.predicted(mean, duration.gigabytes));
            sum += duration.seconds;
        }
        const auto n = static_cast<double>(ended.size());
        const double error = std::sqrt(left.variance() / n);
        constexpr double small = 0.005;
        return std::isfinite(mean) &&
               (std::fabs(left.mean()) <= small * sum / n ||
                std::fabs(left.mean()) <= error * kernel::student_quantile(0.995, n - 1));
    }

    /// Of one that is taken: by its own spread as well, which that of a few long ones hides.
    static bool is_likely_mean(const DurationForm& form, const kernel::Distribution& law,
                               std::span<const SizedDuration> ended) {
        return has_mean_of(form, law.mean(), ended) &&
               (form.is() != DurationForm::Is::law ||
                !kernel::is_another_mean(law, mean_of(ended), ended.size()));
    }

    /// The likeliest form of durations whose sizes are known; nothing where they do not go by them.
    std::optional<Fitted> by_size(const std::string& path, const Kind& kind, const Fitted& usual) {
        const std::size_t n = kind.ended.size();
        if (!std::all_of(kind.ended.begin(), kind.ended.end(), has_size)) return std::nullopt;
        if (n < fewest_with_sizes) {
            if (grow_with_size(kind.ended))
                into_.unidentified.push_back(
                    path + ".service: " + std::to_string(n) +
                    " durations seem to go by their sizes, and are too few to tell how: "
                    "the law is that of all of them; from " +
                    std::to_string(fewest_with_sizes) + " on it is told");
            return std::nullopt;
        }
        std::vector<SizedDuration> open;
        std::copy_if(kind.open.begin(), kind.open.end(), std::back_inserter(open), has_size);
        const std::size_t without = kind.open.size() - open.size();
        if (static_cast<double>(without) > most_without_size * static_cast<double>(n)) return std::nullopt;
        double least = usual.aic;
        if (without > 0) {
            const auto of_these = fitted(DurationForm::Is::law, kind.ended, open, kind.rounded);
            if (!of_these) return std::nullopt;
            least = of_these->aic;
        }
        std::optional<Fitted> best;
        bool in_another_way = false;
        for (const auto is : {DurationForm::Is::law_per_gb, DurationForm::Is::base_and_law_per_gb,
                              DurationForm::Is::law_and_each_gb}) {
            auto one = fitted(is, kind.ended, open, kind.rounded);
            if (!one || one->aic >= least) continue;
            if (!has_mean_of(one->form, one->law.fitted.law.mean(), kind.ended)) {
                in_another_way = true;
                continue;
            }
            least = one->aic;
            best = std::move(one);
        }
        if (!best && in_another_way)
            into_.warnings.push_back(
                path +
                ".service: durations go by sizes, but neither in proportion nor with a "
                "constant besides: the law is that of all of them, whatever their sizes");
        if (best && !by_path_.at(path)->has_size && !loads_.contains(path)) {
            into_.unidentified.push_back(
                path +
                ".service: durations go by the sizes of the log, and in the twin what it works on has none: "
                "the law "
                "is that of all of them; a load with a 'size' that writes what it reads would give it one");
            return std::nullopt;
        }
        if (best && without > 0)
            into_.assumed.push_back(path + ".service: " + std::to_string(without) +
                                    " that had not ended have no sizes and are left aside");
        return best;
    }

    void fit_duration(const std::string& path, const Kind& kind) {
        const std::size_t n = kind.ended.size();
        if (crosses_a_link(*by_path_.at(path)->work)) {
            into_.unidentified.push_back(
                path +
                ".service: its durations hold what it moves over a link of the twin, which only "
                "repeats of its pipeline tell apart: it stays as it is");
            return;
        }
        const bool no_sizes = std::none_of(kind.ended.begin(), kind.ended.end(), has_size);
        if (const std::string by = goes_by(by_path_.at(path)->work->service, no_sizes);
            !by.empty() && n > 0) {
            into_.unidentified.push_back(path + ".service: in the twin it goes by " + by +
                                         ": it stays as it is, and that the mean of " + std::to_string(n) +
                                         (n == 1 ? " duration" : " durations") + " is " +
                                         seconds_of_kind(mean_of(kind.ended)) + " is not in the twin");
            return;
        }
        auto found = fitted(DurationForm::Is::law, kind.ended, kind.open, kind.rounded);
        if (!found) {
            if (!kind.open.empty())
                into_.unidentified.push_back(path + ".service: none of " + std::to_string(kind.open.size()) +
                                             " tasks had ended when the logs did");
            return;
        }
        if (auto sized = by_size(path, kind, *found)) found = std::move(sized);
        const DurationForm& form = found->form;
        if (const double mean = found->law.fitted.law.mean(); std::isfinite(mean) && mean >= longest_simulated_s) {
            into_.unidentified.push_back(path +
                                         ".service: the likeliest law of its durations has a mean of more "
                                         "than 292 years, so that some of them are none; see the longest");
            return;
        }
        if (n < fewest_to_choose) ++few_;
        hold_out(path, kind, form.is());
        const kernel::FittedLaw law = joint_intervals_of(path, kind, *found);
        CalibratedElement element;
        element.path = path + ".service";
        element.family = family_of(law.family, form);
        element.how = std::to_string(n) + (n == 1 ? " value" : " values") +
                      (kind.open.empty() ? "" : ", " + std::to_string(kind.open.size()) + " not ended yet");
        element.observations = static_cast<std::int64_t>(n + kind.open.size());
        if (form.has_constant())
            element.numbers.push_back({form.per_gb() ? "base" : "each GB", form.per_gb() ? "s" : "s/GB",
                                       form.constant().estimate, form.constant().low, form.constant().high});
        for (const kernel::FittedParameter& parameter : law.parameters) {
            CalibratedNumber number{std::string(parameter.name),
                                    unit_of(parameter.name, form.per_gb()),
                                    parameter.estimate,
                                    {},
                                    {}};
            if (n >= fewest_for_a_law && law.family != kernel::Family::constant &&
                std::isfinite(parameter.low)) {
                number.low = parameter.low;
                number.high = parameter.high;
            }
            element.numbers.push_back(std::move(number));
        }
        element.fit = kernel::goodness_of_fit(law, found->sample, options_.seed);
        warn_of_fit(element);
        warn_of_mean(element, found->law, form, kind.ended, kind.open.empty());
        if (found->law.runner_up) {
            element.runner_up = std::string(kernel::name_of(found->law.runner_up->family));
            element.aic_gap = found->law.runner_up->aic - law.aic;
        }
        CalibrationEdit edit{path + ".service", law_of(shortened(law.law)), {}, false};
        if (form.per_gb()) by_the_gigabyte(edit.law->terms.front());
        if (form.has_constant()) {
            models::Term constant;
            constant.law = kernel::Distribution::constant(four_digits(form.constant().estimate));
            if (!form.per_gb()) by_the_gigabyte(constant);
            edit.law->terms.insert(form.per_gb() ? edit.law->terms.begin() : edit.law->terms.end(),
                                   std::move(constant));
        }
        if (n >= fewest_for_a_law)
            add_uncertain_law(edit.path, law, found->law.runner_up,
                              std::max(1.0, std::floor(form.values_of_mean(kind.ended))), into_);
        into_.edits.push_back(std::move(edit));
        into_.elements.push_back(std::move(element));
        fit_size(path, kind, form.is() != DurationForm::Is::law);
    }

    /// Of a law that was likelier and whose mean is none, or not the log's; and of one that is taken all the same.
    void warn_of_mean(const CalibratedElement& element, const Found& law, const DurationForm& form,
                      std::span<const SizedDuration> ended, bool all_ended) {
        const double recorded = mean_of(ended);
        if (law.refused)
            into_.warnings.push_back(
                element.path + ": " +
                (form.per_gb() && std::isfinite(law.refused->law.mean())
                     ? std::string(kernel::name_of(law.refused->family)) +
                           " is likelier, but has another mean than the log"
                     : why_refused(*law.refused, recorded, "s")) +
                ": " + element.family + " is taken");
        if (all_ended && ended.size() >= fewest_to_choose && !is_likely_mean(form, law.fitted.law, ended))
            into_.warnings.push_back(element.path + ": the likeliest law, " + element.family + ", has " +
                                     (form.per_gb() ? "another mean than the log"
                                                    : mean_against(law.fitted.law, recorded, "s")) +
                                     "; see the longest of its durations");
    }

    static void by_the_gigabyte(models::Term& term) {
        term.per = models::Per::bytes;
        term.per_amount = gigabyte;
    }

    static std::string family_of(kernel::Family family, const DurationForm& form) {
        const std::string name(kernel::name_of(family));
        switch (form.is()) {
            case DurationForm::Is::law: break;
            case DurationForm::Is::law_per_gb: return name + " per GB";
            case DurationForm::Is::base_and_law_per_gb: return "base + " + name + " per GB";
            case DurationForm::Is::law_and_each_gb: return name + " + each GB";
        }
        return name;
    }

    /// Of fewer values than a family is chosen from, the profile of a lognormal mean is bounded by nothing: Student's
    /// interval of the mean itself, where it holds the law's; else there are too few for one.
    static kernel::FittedLaw intervals_of(const Fitted& found) {
        kernel::FittedLaw law = kernel::with_intervals(found.law.fitted, found.sample, interval_level);
        const std::vector<double>& values = found.sample.observed;
        if (values.size() >= fewest_to_choose || law.family != kernel::Family::lognormal) return law;
        constexpr double none = std::numeric_limits<double>::quiet_NaN();
        const kernel::Moments moments = kernel::moments_of(values);
        const auto n = static_cast<double>(values.size());
        const double wide =
            kernel::student_quantile(0.5 + interval_level / 2, n - 1) * std::sqrt(moments.variance() / n);
        for (kernel::FittedParameter& parameter : law.parameters) {
            if (!found.sample.censored.empty()) {
                parameter.low = parameter.high = none;
            } else if (parameter.name == "mean") {
                parameter.low = std::max(0.0, moments.mean() - wide);
                parameter.high = moments.mean() + wide;
                if (!(parameter.low <= parameter.estimate && parameter.estimate <= parameter.high))
                    parameter.low = parameter.high = none;
            }
        }
        return law;
    }

    /// With what is not known of a constant besides, and of the speeds of workers.
    kernel::FittedLaw joint_intervals_of(const std::string& path, const Kind& kind,
                                         const Fitted& found) const {
        kernel::FittedLaw law = intervals_of(found);
        const double degrees = std::max(1.0, static_cast<double>(kind.ended.size()) - 2);
        if (found.form.has_constant())
            if (const auto moved = kernel::fit(law.family, sample_of(found.form.with_lower_constant(),
                                                                     kind.ended, kind.open, kind.rounded)))
                widen(law, *moved, interval_level, degrees);
        if (kind.scaled)
            widen_by_factor(law, nodes_.error_of_scale(*kind.element->work, path), interval_level, degrees);
        return law;
    }

    /// The mean duration of the last fifth, predicted from what came before, and from their sizes where it goes by them.
    void hold_out(const std::string& path, const Kind& kind, DurationForm::Is is) {
        // Of those that began later than one that still runs, only the short ones have ended.
        const auto later = std::find_if(kind.seen.begin(), kind.seen.end(), [&](const Observation& one) {
            return kind.first_open && one.at >= *kind.first_open;
        });
        const auto n = static_cast<std::size_t>(later - kind.seen.begin());
        if (n < fewest_to_hold_out || 2 * n < kind.seen.size()) {
            if (kind.seen.size() >= fewest_to_hold_out)
                into_.notes.push_back(path +
                                      ".service: nothing is held out and predicted, as most began later than "
                                      "one that had not ended when the log did");
            return;
        }
        const auto all = std::span<const SizedDuration>(kind.ended).first(n);
        const auto before = all.first(n - n / 5), last = all.subspan(n - n / 5);
        auto found = fitted(is, before, {}, kind.rounded);
        if (!found && is != DurationForm::Is::law)
            found = fitted(DurationForm::Is::law_per_gb, before, {}, kind.rounded);
        if (!found) return;
        const double mean = found->law.fitted.law.mean();
        const auto m = static_cast<double>(last.size());
        double recorded = 0, predicted = 0;
        for (const SizedDuration& one : last) {
            recorded += one.seconds / m;
            predicted += found->form.predicted(mean, one.gigabytes) / m;
        }
        HeldOut one{path, predicted, recorded, false, false};
        const double variance = found->form.variance_of_mean(found->law.fitted.law.variance(), last);
        if (!std::isfinite(one.predicted)) return;
        one.has_interval = std::isfinite(variance) && variance > 0;
        one.covered =
            std::fabs(one.predicted - recorded) <=
            kernel::student_quantile(0.95, static_cast<double>(before.size() - 1)) * std::sqrt(variance);
        validation_.held_out.push_back(std::move(one));
    }

    /// Those that the log knows by number alone failed, or there would have been no later one.
    void count_lost_tries(const std::string& path, Kind& kind) {
        const auto lost = static_cast<double>(kind.tries.tries().lost);
        if (!(lost > 0)) return;
        kind.attempts += lost;
        kind.failed += lost;
        const std::string count = std::to_string(static_cast<std::int64_t>(lost));
        into_.assumed.push_back(path +
                                ".failure: the log has the last try of each task alone; by their numbers " +
                                count + (lost == 1 ? " try" : " tries") + " before failed");
        into_.unidentified.push_back(
            path + ".failure: how long the " + count +
            " failed tries took that are not in the log; in the twin as long as others");
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
        if (!(kind.failed > 0)) return;
        fit_retry(path, *by_path_.at(path)->work, kind.tries.tries(), into_);
        fit_fails_after(path, kind);
    }

    /// How long attempts that fail take, where that is not how long others do.
    void fit_fails_after(const std::string& path, const Kind& kind) {
        const models::Work& work = *by_path_.at(path)->work;
        const bool was_told = !work.fails_after.empty();
        const std::size_t n = kind.broken_off.size();
        if (n < fewest_for_a_law || (work.service.empty() && kind.ended.empty())) return;
        const auto found = fitted(DurationForm::Is::law, kind.broken_off, {}, kind.rounded);
        if (!found || !(was_told || is_another_law(*found, kind))) return;
        if (crosses_a_link(work)) {
            into_.unidentified.push_back(
                path + ".fails_after: attempts that failed took " +
                seconds_of_kind(mean_of(kind.broken_off)) +
                " in the mean, which holds what they moved over a link of the twin: it stays as it is");
            return;
        }
        CalibratedElement element = element_of(path + ".fails_after", *found, "s");
        element.how =
            std::to_string(n) + " attempts that failed" +
            (kind.ended.empty() ? ""
                                : "; others took " + seconds_of_kind(mean_of(kind.ended)) + " in the mean");
        into_.edits.push_back({element.path, law_of(shortened(found->law.fitted.law)), {}, false});
        add_uncertain_law(element.path, found->law.fitted, found->law.runner_up, static_cast<double>(n),
                          into_);
        into_.elements.push_back(std::move(element));
    }

    /// Is it likelier that they and the others have a law each than that all have one (at 1 percent)?
    static bool is_another_law(const Fitted& broken_off, const Kind& kind) {
        if (kind.ended.size() < fewest_for_a_law) return true;
        std::vector<SizedDuration> together = kind.ended;
        together.insert(together.end(), kind.broken_off.begin(), kind.broken_off.end());
        const auto others = fitted(DurationForm::Is::law, kind.ended, {}, kind.rounded);
        const auto all = fitted(DurationForm::Is::law, together, {}, kind.rounded);
        if (!others || !all || all->aic == -std::numeric_limits<double>::infinity()) return false;
        // Of nested laws twice what the likelihood grows by is as chi-squared, and AIC takes 2 for each parameter.
        const auto parameters = [](const Fitted& one) {
            return static_cast<double>(one.law.fitted.parameters.size());
        };
        const double more = std::max(1.0, parameters(broken_off) + parameters(*others) - parameters(*all));
        const double enough = 2 * kernel::gamma_quantile(more / 2, 0.99, 0.01);
        return all->aic - broken_off.aic - others->aic > enough - 2 * more;
    }

    static double mean_of(std::span<const SizedDuration> all) {
        double sum = 0;
        for (const SizedDuration& one : all) sum += one.seconds;
        return sum / static_cast<double>(all.size());
    }

    /// What was found of a law of plain values; a unit of its own have those of its parameters that are no plain numbers.
    CalibratedElement element_of(std::string path, const Fitted& found, const char* unit) {
        const kernel::FittedLaw sure = intervals_of(found);
        CalibratedElement element;
        element.path = std::move(path);
        element.family = std::string(kernel::name_of(sure.family));
        element.observations = static_cast<std::int64_t>(found.sample.size());
        for (const kernel::FittedParameter& parameter : sure.parameters) {
            const bool plain = unit_of(parameter.name, false).empty();
            CalibratedNumber number{
                std::string(parameter.name), plain ? "" : unit, parameter.estimate, {}, {}};
            if (sure.family != kernel::Family::constant && std::isfinite(parameter.low)) {
                number.low = parameter.low;
                number.high = parameter.high;
            }
            element.numbers.push_back(std::move(number));
        }
        element.fit = kernel::goodness_of_fit(sure, found.sample, options_.seed);
        warn_of_fit(element);
        if (found.law.runner_up) {
            element.runner_up = std::string(kernel::name_of(found.law.runner_up->family));
            element.aic_gap = found.law.runner_up->aic - sure.aic;
        }
        return element;
    }

    /// By what a service of the twin goes and the log does not tell; empty: by nothing such.
    static std::string goes_by(const models::Law& service, bool no_sizes) {
        for (const models::Term& term : service.terms) {
            if (term.per == models::Per::record) return "the records of an item, which are read of no log";
            if (term.per == models::Per::bytes && no_sizes)
                return "the size of an item, and the logs have none (a column `read_bytes`)";
        }
        return "";
    }

    /// How large the items of a load are: what its first stage read, where the twin knows of sizes, or goes by them now.
    void fit_size(const std::string& path, const Kind& kind, bool used) {
        const auto found = loads_.find(path);
        if (found == loads_.end()) return;
        const models::Load& load = *found->second;
        if (load.size.empty()
                ? !used
                : std::any_of(load.size.terms.begin(), load.size.terms.end(),
                              [](const models::Term& term) { return term.recorded || !term.field.empty(); }))
            return;
        std::vector<SizedDuration> sizes;
        for (const SizedDuration& one : kind.ended)
            if (has_size(one)) sizes.push_back({one.gigabytes, 0});
        const std::string name = load.name + ".size";
        if (sizes.size() < fewest_for_a_law) return;
        if (static_cast<double>(kind.ended.size() - sizes.size()) >
            most_without_size * static_cast<double>(sizes.size())) {
            into_.unidentified.push_back(name + ": " + std::to_string(kind.ended.size() - sizes.size()) +
                                         " of " + std::to_string(kind.ended.size()) +
                                         " tasks have no size in the logs: it stays as it is");
            return;
        }
        const auto law = fitted(DurationForm::Is::law, sizes, {}, {});
        if (!law) return;
        CalibratedElement element = element_of(name, *law, "GB");
        element.how = std::to_string(sizes.size()) + " sizes, of what " + path + " read";
        into_.edits.push_back({name, law_of(shortened(law->law.fitted.law).scaled(gigabyte)), {}, false});
        add_uncertain_law(name, law->law.fitted, law->law.runner_up, static_cast<double>(sizes.size()), into_,
                          gigabyte);
        into_.elements.push_back(std::move(element));
    }

    void warn_of_fit(const CalibratedElement& element) {
        if (element.fit && element.fit->p <= 0.05)
            into_.warnings.push_back(element.path + ": no family fits well (p " +
                                     std::to_string(element.fit->p).substr(0, 5) + "); " + element.family +
                                     " is the likeliest of them");
    }

    const WorkingElements elements_;
    NodeSpeeds nodes_;
    const CalibrationOptions& options_;
    Calibration& into_;
    std::map<std::string, const WorkingElement*> by_path_;
    std::map<std::string, Kind> kinds_;                 ///< by path
    std::map<std::string, const models::Load*> loads_;  ///< by the stage that reads it and nothing else
    std::map<std::string, std::int64_t> unmatched_, ambiguous_;
    Validation validation_;
    bool in_one_place_ = false;  ///< no item of the twin is at two places at once
    std::int64_t few_ = 0, steps_ = 0, overlaps_ = 0;
};

}  // namespace

void calibrate_kinds(const models::Scenario& twin, const std::vector<SeenRun>& runs,
                     const CalibrationOptions& options, Calibration& into) {
    KindFit fit(twin, runs, options, into);
    bool any = false;
    fit.look_at_nodes(runs);
    for (const SeenRun& run : runs)
        if (run.run != nullptr) {
            fit.add(run);
            any = true;
        }
    if (any) fit.fit();
}

}  // namespace understudy::studies
