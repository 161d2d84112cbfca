#include "tools/studies/calibrate_dispatch.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "kernel/fit.h"
#include "kernel/special_functions.h"
#include "kernel/statistics.h"
#include "tools/studies/calibrate_parts.h"
#include "tools/studies/lags_of_lines.h"
#include "tools/studies/law_of.h"
#include "tools/studies/mean_of_lags.h"

namespace understudy::studies {

namespace {

constexpr double level_of_lags = 0.95;
/// Lags below both are none, unless the twin has one there.
constexpr double least_lag_s = 1, least_lag_share = 0.005;

std::string seconds_of_lag(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.4g s", value);
    return text;
}

class DispatchFit {
public:
    DispatchFit(LagsOfLines& seen, Calibration& into) : seen_(seen), lines_(seen.lines()), into_(into) {}

    void fit() {
        for (const auto& [name, lags] : seen_.lags()) fit_line(lines_.line(name), lags);
        for (const auto& [path, waits] : seen_.waits()) say_what_is_not_told(path, waits);
    }

private:
    double work_of(const std::string& line) const { return MeanOfLags(seen_.works_of(line)).mean; }

    bool counts(const WaitingLine& line, const MeanOfLags& lag) const {
        return lag.told() && lag.mean >= std::min(least_lag_s, least_lag_share * work_of(line.name)) &&
               lag.mean > kernel::student_quantile(level_of_another, lag.n - 1) * lag.error;
    }

    void fit_line(WaitingLine& line, const LagsOfLine& lags) {
        if (line.why_not.empty() &&
            std::any_of(lags.by_crowd.begin(), lags.by_crowd.end(),
                        [](const auto& one) { return grows_with_the_crowd(one.second); }))
            line.why_not =
                "who finds a worker free waits the longer the more are there, as if it had fewer workers";
        const MeanOfLags dispatch(lags.dispatch_s), turn_around(lags.turn_around_s);
        // What waits for a worker that the twin alone has looks like turn-around.
        if (line.why_not.empty() && turn_around.told() &&
            static_cast<double>(lags.most_at_work) < line.places)
            line.why_not = "no more than " + std::to_string(lags.most_at_work) +
                           " were at work at once while others waited, as if it had fewer workers";
        if (!line.why_not.empty()) return;
        const models::Workers& workers = *line.workers;
        const bool alike = !turn_around.told() || !is_another(dispatch, turn_around);
        std::optional<double> launch;
        if (line.may_launch() && (counts(line, dispatch) || (dispatch.told() && !workers.launch.empty()))) {
            std::vector<double> values = lags.dispatch_s;
            std::string how = std::to_string(values.size()) + " starts that found a worker free";
            if (!turn_around.told()) {
                into_.assumed.push_back(
                    line.name +
                    ".launch: it holds a worker meanwhile, which the logs do not tell, as "
                    "hardly anybody waited for one");
            } else if (!alike && turn_around.mean < dispatch.mean) {
                values = lags.turn_around_s;
                how = std::to_string(values.size()) + " starts that waited for a worker";
            }
            launch = add(line.name + ".launch", values, how, lags.resolution_s);
        } else if (line.may_launch() && lags.dispatch_s.empty() && counts(line, turn_around) &&
                   turn_around.mean < least_whole(lags)) {
            launch = add(line.name + ".launch", lags.turn_around_s,
                         std::to_string(lags.turn_around_s.size()) + " starts that waited for a worker",
                         lags.resolution_s);
        }
        bool told = launch.has_value();
        if ((!launch || (!alike && turn_around.mean > *launch)) &&
            (counts(line, turn_around) || (turn_around.told() && !workers.release.empty()))) {
            std::vector<double> values = lags.turn_around_s;
            for (double& value : values) value = std::max(0.0, value - launch.value_or(0));
            add(line.name + ".release", values,
                std::to_string(values.size()) + " starts that waited for a worker" +
                    (launch ? ", less the launch" : ""),
                launch ? 0 : lags.resolution_s);
            told = true;
        } else if (launch && turn_around.told() && !workers.release.empty()) {
            set(line.name + ".release", law_of(kernel::Distribution::constant(0)));
        }
        if (told) told_.insert(line.name);
        // What of the dispatch is no launch.
        const double besides = launch && alike ? 0 : std::max(0.0, dispatch.mean - launch.value_or(0));
        std::set<std::string> pipelines;
        for (const WorkingElement* user : line.users)
            if (!user->pipeline.empty()) pipelines.insert(user->pipeline);
        for (const std::string& pipeline : pipelines)
            if (fit_delays(line, lags, pipeline, launch, besides)) told = true;
        if (launch && besides > 0 &&
            std::any_of(line.users.begin(), line.users.end(),
                        [](const WorkingElement* user) { return user->pipeline.empty(); }))
            into_.unidentified.push_back(line.name + ": stages that find a worker free wait " +
                                         seconds_of_lag(besides) +
                                         " longer than its launch, and have no delay to show it");
        if (told) say_who_is_missing(line);
    }

    /// Where there are fewer workers than the twin says, waits for one look like dispatch.
    static bool grows_with_the_crowd(std::vector<std::pair<double, double>> by_crowd) {
        if (by_crowd.size() < 2 * fewest_lags) return false;
        std::sort(by_crowd.begin(), by_crowd.end());
        double usual = by_crowd[(by_crowd.size() - 1) / 2].first;
        if (usual == by_crowd.back().first) usual -= 0.5;
        std::vector<double> few, many;
        for (const auto& [there, lag] : by_crowd) (there <= usual ? few : many).push_back(lag);
        const MeanOfLags of_few(few), of_many(many);
        constexpr double much = 1.1;
        return of_few.told() && of_many.told() && of_many.mean > much * of_few.mean &&
               is_another(of_few, of_many);
    }

    static double least_whole(const LagsOfLine& lags) {
        double least = std::numeric_limits<double>::infinity();
        for (const auto& [pipeline, values] : lags.whole_s)
            if (const MeanOfLags mean(values); mean.told()) least = std::min(least, mean.mean);
        return std::isfinite(least) ? least : 0;
    }

    bool fit_delays(const WaitingLine& line, const LagsOfLine& lags, const std::string& pipeline,
                    const std::optional<double>& launch, double besides) {
        const auto of = [&](const std::map<std::string, std::vector<double>>& by_pipeline) {
            const auto known = by_pipeline.find(pipeline);
            return known != by_pipeline.end() ? known->second : std::vector<double>();
        };
        std::vector<double> values = of(lags.hand_over_s);
        std::string how = "from the end of what a task waits for to its submission";
        double shift = besides;
        if (values.size() < fewest_lags) {
            values = of(lags.whole_s);
            shift = -launch.value_or(0);
            how = "from the end of what a task waits for to its start on a free worker" +
                  std::string(launch ? ", less the launch" : "");
        } else if (shift > 0) {
            how += ", and the dispatch";
            // Task by task, so that the delay varies as both do together.
            if (const std::vector<double> both = of(lags.both_s); both.size() >= fewest_lags) {
                values = both;
                shift = -launch.value_or(0);
            }
        }
        for (double& value : values) value = std::max(0.0, value + shift);
        bool told = set_delays(line, pipeline, values, how, shift != 0 ? 0 : lags.resolution_s, true);
        if (!launch && set_delays(line, pipeline, of(lags.first_s),
                                  "from submission to start on a free worker", lags.resolution_s, false))
            told = true;
        return told;
    }

    /// Of the pipeline's tasks on the line that wait for others, or that wait for none.
    bool set_delays(const WaitingLine& line, const std::string& pipeline, const std::vector<double>& values,
                    const std::string& how, double resolution, bool waiting) {
        std::vector<std::string> paths;
        bool has_one = false;
        for (const WorkingElement* user : line.users)
            if (user->pipeline == pipeline && lines_.waits_for_tasks(user->path) == waiting) {
                paths.push_back(user->path);
                has_one = has_one || !lines_.task(user->path).delay.empty();
            }
        const MeanOfLags mean(values);
        if (paths.empty() || !mean.told() || !(counts(line, mean) || has_one)) return false;
        const models::Law law =
            report(paths.size() == 1 ? paths.front() + ".delay"
                                     : pipeline + ".delay of " + std::to_string(paths.size()) +
                                           (waiting ? " tasks on " : " first tasks on ") + line.name,
                   values, std::to_string(values.size()) + " times " + how, resolution);
        for (const std::string& task : paths) {
            set(task + ".delay", law);
            delayed_.insert(task);
        }
        return true;
    }

    /// The mean of what is set there.
    double add(const std::string& path, const std::vector<double>& values, const std::string& how,
               double resolution) {
        set(path, report(path, values, how, resolution));
        return MeanOfLags(values).mean;
    }

    void set(const std::string& path, models::Law law) {
        into_.edits.push_back({path, std::move(law), {}, false});
    }

    /// The law of these lags, with the mean that they have.
    models::Law report(const std::string& path, const std::vector<double>& values, const std::string& how,
                       double resolution) {
        const MeanOfLags mean(values);
        const double wide = kernel::student_quantile(0.5 + level_of_lags / 2, mean.n - 1) * mean.error;
        kernel::Sample sample;
        sample.observed = values;
        sample.resolution = resolution;
        sample.rounding = kernel::Rounding::both_ends;
        const auto usable = [&](const kernel::FittedLaw& one) {
            return std::fabs(one.law.mean() - mean.mean) <= std::max(least_lag_share * mean.mean, wide);
        };
        kernel::Distribution law = kernel::Distribution::constant(four_digits(mean.mean));
        std::string family = "constant";
        // Below the resolution there is a mean, and no shape.
        if (mean.error > 0 && mean.mean > resolution)
            if (const auto choice = kernel::choose_family(sample, usable); choice && usable(choice->chosen)) {
                law = shortened(choice->chosen.law);
                family = std::string(kernel::name_of(choice->chosen.family));
            }
        CalibratedElement element;
        element.path = path;
        element.family = family;
        element.how = how;
        element.observations = static_cast<std::int64_t>(values.size());
        element.numbers.push_back(
            {"mean", "s", mean.mean, std::max(0.0, mean.mean - wide), mean.mean + wide});
        into_.elements.push_back(std::move(element));
        return law_of(law);
    }

    void say_who_is_missing(const WaitingLine& line) {
        if (!(line.places < models::most_told_apart)) return;
        std::string missing;
        for (const WorkingElement* user : line.users)
            if (!seen_.has_seen(user->path)) missing += (missing.empty() ? "" : ", ") + user->path;
        if (!missing.empty())
            into_.assumed.push_back("nothing was at " + line.name + " of " + missing +
                                    ", which no log has, when the lags of others were taken");
    }

    /// What not even the shortest wait was without is no queue.
    void say_what_is_not_told(const std::string& path, std::vector<double> waits) {
        if (waits.size() < fewest_lags) return;
        const models::Work& work = *lines_.found(path)->work;
        const WaitingLine& line = lines_.line(work.workers ? path : work.runs_on.front().pool);
        if (told_.contains(line.name) || delayed_.contains(path)) return;
        std::sort(waits.begin(), waits.end());
        const double least = kernel::sorted_quantile(waits, 0.05);
        if (least < std::max(least_lag_s, least_lag_share * work_of(line.name))) return;
        const std::string why = !line.why_not.empty() ? line.why_not
                                : line.may_launch()
                                    ? "hardly any found a worker free, or waited for one that became free"
                                    : "nothing of a stage on such workers shows the former";
        into_.unidentified.push_back(
            path + ": 19 of 20 waited " + seconds_of_lag(least) + " and more from submission to start, " +
            seconds_of_lag(MeanOfLags(waits).mean) +
            " in the mean: what of that is dispatch and what a queue cannot be told, for " + why +
            "; a `delay` of the task, or `launch` of the pool, would show the former");
    }

    LagsOfLines& seen_;
    WaitingLines& lines_;
    Calibration& into_;
    std::set<std::string> told_, delayed_;  ///< lines, paths of tasks
};

}  // namespace

void calibrate_dispatch(const models::Scenario& twin, const std::vector<SeenRun>& runs,
                        const CalibrationOptions& options, Calibration& into) {
    LagsOfLines seen(twin, runs);
    for (const SeenRun& run : runs) {
        if (options.stop != nullptr && *options.stop) {
            into.interrupted = true;
            return;
        }
        if (run.run != nullptr) seen.add(run);
    }
    DispatchFit(seen, into).fit();
}

}  // namespace understudy::studies
