// What refers to the elements: actions, measures, objectives, the run.
#include <algorithm>

#include "models/check/checker.h"
#include "models/check/measured_of.h"
#include "models/series.h"

namespace understudy::models {

void Checker::check_actions() {
    for (std::size_t i = 0; i < s_.actions.size(); ++i) {
        const Action& action = s_.actions[i];
        const std::string path = "actions." + std::to_string(i);
        if (action.every && action.every->kind == Schedule::Kind::calendar && lacks_start())
            error(path + ".every", "a schedule of the calendar needs the date at which the run starts",
                  "add it: 'run: {start: 2026-03-09T00:00, ...}'");
        if (action.every &&
            (action.every->kind == Schedule::Kind::each || action.every->kind == Schedule::Kind::updated))
            error(path + ".every", "an action cannot wait for data", "write 'at', or a schedule of time");
        if (action.at && s_.run.length && *action.at >= *s_.run.length)
            warn(path + ".at", "the action comes after the end of the run", "it never happens");
        if (action.when) {
            check_condition(*action.when, path + ".when");
            const bool falls =
                action.when->comparison == Comparison::less || action.when->comparison == Comparison::at_most;
            if (!action.when->updated.empty())
                error(path + ".when",
                      "'updated' is of the time between two runs, which an action does not have",
                      "let a pipeline run then: 'schedule: updated " + action.when->updated + "'");
            else if (action.when->metric == Metric::freshness && falls)
                error(path + ".when", "freshness falls whenever something lands",
                      "wait for it to be too much: '>'");
            else if (action.when->metric == Metric::age && falls)
                error(path + ".when", "an age falls whenever the oldest leaves",
                      "wait for it to be too much: '>'");
            for (const Budget& budget : s_.twin.budgets)
                if (budget.name == action.when->scope && budget.refill == Budget::Refill::continuous)
                    error(path + ".when",
                          "budget " + quoted(budget.name) + " is filled all the time, and not watched",
                          "watch who waits for it");
        }
        const char* key = action.verb == Action::Verb::fail     ? "fail"
                          : action.verb == Action::Verb::heal   ? "heal"
                          : action.verb == Action::Verb::pause  ? "pause"
                          : action.verb == Action::Verb::resume ? "resume"
                          : action.verb == Action::Verb::run    ? "run"
                          : action.verb == Action::Verb::rewind ? "rewind"
                                                                : nullptr;
        if (key == nullptr || action.target.empty() || may_be_unread(action.target)) continue;
        const auto found = kinds_.find(action.target);
        if (found == kinds_.end()) {
            const std::set<std::string> names =
                names_of({Kind::stage, Kind::pool, Kind::pipeline, Kind::load, Kind::task});
            error_of_value(path + "." + key, "nothing is called " + quoted(action.target),
                           near(action.target, names));
        } else if (action.verb == Action::Verb::fail || action.verb == Action::Verb::heal) {
            if (found->second != Kind::stage && found->second != Kind::pool)
                error_of_value(
                    path + "." + key,
                    quoted(action.target) + " is " + noun(found->second) + ", which has no workers to fail",
                    "name a pool or a stage");
        } else if (action.verb == Action::Verb::rewind) {
            if (found->second != Kind::stage)
                error_of_value(path + "." + key,
                               quoted(action.target) + " is " + noun(found->second) +
                                   ", which reads no stream that it could go back in",
                               "name the stage that is to read again");
        } else if (action.verb == Action::Verb::run) {
            if (found->second != Kind::pipeline)
                error_of_value(path + "." + key,
                               quoted(action.target) + " is " + noun(found->second) + ", which has no runs",
                               "name a pipeline");
            for (const Pipeline& pipeline : s_.twin.pipelines)
                if (pipeline.name == action.target && action.from &&
                    pipeline.schedule.kind != Schedule::Kind::every &&
                    pipeline.schedule.kind != Schedule::Kind::calendar)
                    error(path + ".from",
                          "pipeline " + quoted(pipeline.name) +
                              " is not scheduled by the clock, so nothing of a span "
                              "of time can be made up for",
                          "leave 'from' and 'until' out for one run");
        } else if (found->second != Kind::stage && found->second != Kind::pool &&
                   found->second != Kind::pipeline && found->second != Kind::load) {
            error_of_value(path + "." + key,
                           quoted(action.target) + " is " + noun(found->second) + ", which cannot be paused",
                           "name a stage, a pool, a pipeline or a load");
        }
    }
}

void Checker::check_measure(const Measure& measure, const std::string& path) {
    const auto known = [&](const std::string& name) {
        return kinds_.contains(name) || writers_.contains(name) || may_be_unread(name);
    };
    std::set<std::string> names;
    for (const auto& [name, kind] : kinds_) names.insert(name);
    for (const auto& [name, writers] : writers_) names.insert(name);
    for (const std::string& name : {measure.scope, measure.scope_to})
        if (!name.empty() && !known(name))
            error(path, "nothing is called " + quoted(name), near(name, names));
    if (!measure.of_load.empty() && !is(measure.of_load, Kind::load) && !may_be_unread(measure.of_load)) {
        const std::set<std::string> loads = names_of({Kind::load});
        error(path, "no load is called " + quoted(measure.of_load), near(measure.of_load, loads));
    }
    if (!measure.during_action.empty() && !is(measure.during_action, Kind::action) &&
        !may_be_unread(measure.during_action)) {
        const std::set<std::string> actions = names_of({Kind::action});
        error(path, "no action is called " + quoted(measure.during_action),
              near(measure.during_action, actions).empty() ? "give the action a 'name'"
                                                           : near(measure.during_action, actions));
    }
    if (measure.by_clock && lacks_start())
        error(path, "a time of day needs the date at which the run starts",
              "add it: 'run: {start: 2026-03-09T00:00, ...}'");
    const std::size_t problems = problems_.size();
    if (!measure.scope.empty() && known(measure.scope) && !may_be_unread(measure.scope))
        check_scope(measure, path);
    if (problems_.size() == problems) check_qualifiers(measure, path);
    if (problems_.size() == problems && measure.metric == Metric::latency && measure.scope_to.empty())
        if (const std::string pipeline = only_pipeline_tasks_write(measure.scope); !pipeline.empty())
            warn(path, "latency(" + measure.scope + ") is always 0: what tasks write is born as it lands",
                 "measure latency(" + pipeline + "), from when its run is due to its end, or freshness(" +
                     measure.scope + ")");
    if (const Measurable of = measured_of(measure.metric); measure.scope.empty() && !of.whole) {
        const std::string other = instead_of_whole(measure.metric);
        error(path,
              std::string(name_of(measure.metric)) + " is measured of " + of.kinds() +
                  ", not of the whole system",
              "name one" + (other.empty() ? "" : "; " + other));
    }
    if ((measure.metric == Metric::age || measure.metric == Metric::cost) && measure.scope.empty() &&
        !measure.of_load.empty())
        error(path, std::string(name_of(measure.metric)) + "() is not measured by load",
              "leave 'of " + measure.of_load + "' out");
    if (measure.during && s_.run.length && measure.during->from >= *s_.run.length)
        warn(path, "the window lies after the end of the run", "nothing is measured");
    if (measure.at && s_.run.length && *measure.at > *s_.run.length)
        error(path, "the instant lies after the end of the run", "write an earlier one, or 'at end'");
    if (measure.metric == Metric::cost && s_.currency.empty() && unread_.empty())
        error(path, "nothing in the file costs anything", "say what workers cost: 'cost: 0.8EUR/h'");
}

void Checker::check_scope(const Measure& measure, const std::string& path) {
    const MetricKind kind = kind_of(measure.metric);
    if (!measure.of_load.empty() &&
        (kind == MetricKind::level || kind == MetricKind::state || kind == MetricKind::money) &&
        ((measure.metric != Metric::present && measure.metric != Metric::waiting &&
          measure.metric != Metric::retrying && measure.metric != Metric::empty) ||
         !is(measure.scope, Kind::stage)))
        error(path, std::string(name_of(measure.metric)) + "(" + measure.scope + ") is not counted by load",
              "of a load are counted present, waiting, retrying and empty of a stage, and present()");
    const auto found = kinds_.find(measure.scope);
    const bool written = writers_.contains(measure.scope);
    const bool stage = found != kinds_.end() && (found->second == Kind::stage || found->second == Kind::task);
    const bool pool =
        found != kinds_.end() &&
        (found->second == Kind::pool || (found->second == Kind::stage && has_own_workers(measure.scope)) ||
         (found->second == Kind::task && has_own_workers(measure.scope)));
    const auto refuse = [&](const std::string& due, const std::string& hint) {
        error(path,
              std::string(name_of(measure.metric)) + " is measured of " + due + ", and " +
                  quoted(measure.scope) + " is " + (found != kinds_.end() ? noun(found->second) : "a stream"),
              hint);
    };
    const Measurable of = measured_of(measure.metric);
    const auto is_one = [&](Kind one) { return found != kinds_.end() && found->second == one; };
    const bool measured = (of.stage && stage) || (of.pool && pool) || (of.stream && written) ||
                          (of.load && is_one(Kind::load)) || (of.pipeline && is_one(Kind::pipeline)) ||
                          (of.budget && is_one(Kind::budget));
    if (!measured && measure.scope_to.empty()) {
        if (of.pool && !of.stage && is_one(Kind::stage))
            error(path, "stage " + quoted(measure.scope) + " has no workers of its own",
                  "measure its pool instead");
        else if (is_one(Kind::load) && of.whole)
            refuse(of.kinds(),
                   "write '" + std::string(name_of(measure.metric)) + "() of " + measure.scope + "'");
        else
            refuse(of.kinds(), of.whole ? "name one, or leave the name out" : "name one");
        return;
    }
    switch (measure.metric) {
        case Metric::utilisation:
        case Metric::busy:
        case Metric::workers:
        case Metric::starting:
        case Metric::occupied:
        case Metric::up:
        case Metric::down:
        case Metric::saturated:
        case Metric::idle:
        case Metric::active_period:
        case Metric::bottleneck:
        case Metric::shifting:
            if (pool && has_endless_workers(measure.scope) &&
                (measure.metric == Metric::active_period || is_of_the_past(measure.metric)))
                return error(path, quoted(measure.scope) + " has as many workers as it takes",
                             "measure one that has a number of them");
            return;
        case Metric::cycle: {
            const auto named = std::find_if(s_.twin.pools.begin(), s_.twin.pools.end(),
                                            [&](const Pool& one) { return one.name == measure.scope; });
            if (named == s_.twin.pools.end() || named->workers.order != Order::cyclic)
                refuse("a pool with 'order: cyclic'", "name one");
            return;
        }
        case Metric::slowdown:
            if (!is_one(Kind::stage)) refuse("a stage", "name one");
            return;
        case Metric::level:
        case Metric::refilled:
            if (measure.aggregate != Aggregate::at) {
                for (const Budget& budget : s_.twin.budgets)
                    if (budget.name == measure.scope && budget.refill == Budget::Refill::continuous)
                        error(path,
                              std::string(name_of(measure.metric)) + " of budget " + quoted(budget.name) +
                                  ", which is filled all the time, is not measured",
                              "measure its level 'at' an instant, or who waits for it");
            }
            return;
        case Metric::age:
            if (stage) return;
            if (written && (found == kinds_.end() || found->second == Kind::dataset)) {
                for (const Pipeline& pipeline : s_.twin.pipelines)
                    for (const Task& task : pipeline.tasks)
                        for (const std::string* output : outputs_of(task))
                            if (*output == measure.scope)
                                return error(path,
                                             "the age of " + quoted(measure.scope) +
                                                 " is that of items on their way there, and pipeline " +
                                                 quoted(pipeline.name) + " writes it",
                                             "measure its freshness, or the age of a task");
                return;
            }
            refuse("a stage, a task, a dataset, or all arrivals", "name one, or write 'age()'");
            return;
        case Metric::taken:
        case Metric::late: {
            const bool taken = measure.metric == Metric::taken;
            const std::string needs = taken ? "'take'" : "'window'";
            const auto named = std::find_if(s_.twin.stages.begin(), s_.twin.stages.end(),
                                            [&](const Stage& one) { return one.name == measure.scope; });
            if (named == s_.twin.stages.end())
                refuse("a stage with " + needs, "name one");
            else if (taken ? named->take <= 1 : !named->window)
                error(path, "stage " + quoted(measure.scope) + " has no " + needs,
                      "add it, or measure another");
            return;
        }
        case Metric::batch:
        case Metric::forming:
        case Metric::batched:
        case Metric::filled: {
            const auto named = std::find_if(s_.twin.stages.begin(), s_.twin.stages.end(),
                                            [&](const Stage& one) { return one.name == measure.scope; });
            if (named == s_.twin.stages.end())
                refuse("a stage with 'batch' or 'window'", "name one");
            else if (!named->batch && !(named->window && measure.metric != Metric::filled))
                error(path, "stage " + quoted(measure.scope) + " makes no batches",
                      "add 'batch', or measure another");
            return;
        }
        default: return;
    }
}

std::string Checker::only_pipeline_tasks_write(const std::string& stream) const {
    const auto writers = writers_.find(stream);
    if (writers == writers_.end()) return "";
    std::string first;
    std::size_t tasks = 0;
    for (const Pipeline& pipeline : s_.twin.pipelines)
        for (const Task& task : pipeline.tasks) {
            if (task.dead_letter == stream) return "";
            if (!writers->second.contains(pipeline.name + "." + task.name)) continue;
            ++tasks;
            if (first.empty()) first = pipeline.name;
        }
    return tasks == writers->second.size() ? first : "";
}

void Checker::check_qualifiers(const Measure& measure, const std::string& path) {
    const std::string& of = measure.scope_to.empty() ? measure.scope : measure.scope_to;
    if (!of.empty() && ((!kinds_.contains(of) && !is_written(of)) || may_be_unread(of))) return;
    const std::string what = std::string(name_of(measure.metric)) + "(" +
                             (measure.scope_to.empty() ? of : measure.scope + " -> " + of) + ")";
    const MetricKind kind = kind_of(measure.metric);
    if (!measure.of_load.empty() && !of.empty() && (kind == MetricKind::item || kind == MetricKind::event)) {
        const bool landed = measure.metric == Metric::landed;
        bool counted = is(of, Kind::stage) && !landed;
        if (is(of, Kind::load) && !landed) {
            counted = of == measure.of_load;
        } else if (!counted && is_written(of)) {
            // What a task writes came with a run. Deadlines are of runs as well.
            const std::set<std::string>& writers = writers_.at(of);
            counted = !unread_.empty() ||
                      (std::any_of(writers.begin(), writers.end(),
                                   [&](const std::string& writer) { return !is(writer, Kind::task); }) &&
                       !(landed && measure.aggregate == Aggregate::share));
        }
        if (!counted)
            error(path, what + " is not counted by load",
                  is(of, Kind::load) ? "all of it is of load " + quoted(of)
                                     : "leave 'of " + measure.of_load + "' out");
    }
    if (measure.items && (!is_numbered(measure.metric) || !(is(of, Kind::stage) || is(of, Kind::task))) &&
        (!of.empty() || measured_of(measure.metric).whole))
        error(path, what + " is not of items that have numbers",
              "they are numbered as they enter a stage or a task: measure it there, or leave 'items' out");
}

void Checker::check_condition(const Condition& condition, const std::string& path) {
    if (!condition.updated.empty()) return require_written(condition.updated, path, false);
    Measure measure;
    measure.aggregate = Aggregate::at;
    measure.metric = condition.metric;
    measure.scope = condition.scope;
    check_measure(measure, path);
}

bool Checker::has_own_workers(const std::string& name) const {
    for (const Stage& stage : s_.twin.stages)
        if (stage.name == name) return stage.work.workers.has_value();
    for (const Pipeline& pipeline : s_.twin.pipelines)
        for (const Task& task : pipeline.tasks)
            if (pipeline.name + "." + task.name == name) return task.work.workers.has_value();
    return false;
}

bool Checker::has_endless_workers(const std::string& name) const {
    const auto endless = [](const Workers& workers) { return workers.count == unlimited; };
    for (const Pool& pool : s_.twin.pools)
        if (pool.name == name) return endless(pool.workers);
    for (const Stage& stage : s_.twin.stages)
        if (stage.name == name) return stage.work.workers && endless(*stage.work.workers);
    for (const Pipeline& pipeline : s_.twin.pipelines)
        for (const Task& task : pipeline.tasks)
            if (pipeline.name + "." + task.name == name)
                return task.work.workers && endless(*task.work.workers);
    return false;
}

void Checker::check_size_of_run() {
    constexpr std::int64_t most_replications = 1'000'000;
    const std::int64_t replications = s_.run.replications;
    if (replications > most_replications)
        error("run.replications", number_text(static_cast<double>(replications)) + " replications",
              "at most 1000000; what more of them would settle is smaller than any model is right");
    const kernel::Time sample = sample_of(s_);
    if (!s_.run.length || sample <= 0) return;
    const std::int64_t points = *s_.run.length / sample;
    if (points > most_points_of_series)
        return error("run.sample",
                     "the series would have " + number_text(static_cast<double>(points)) + " points each",
                     "at most 100000: sample less often");
    if (replications > most_replications) return;
    const auto series = static_cast<double>(series_of(s_));
    if (series * static_cast<double>(points) * static_cast<double>(replications) > most_values_of_series)
        error(s_.run.sample ? "run.sample" : "run.replications",
              "about " + number_text(series) + " series of " + number_text(static_cast<double>(points)) +
                  " points in " + number_text(static_cast<double>(replications)) +
                  " replications are more than fits",
              "at most 200000000 values in all: fewer replications, or a longer 'sample'");
}

void Checker::check_run() {
    check_size_of_run();
    if (!Calendar::zone_exists(s_.run.zone))
        error("run.zone", "unknown time zone " + quoted(s_.run.zone),
              "zones are called as in the tz database, such as 'Europe/Berlin'");
    if (s_.run.detail == Detail::partial && s_.objectives.empty() && s_.measures.empty())
        warn("run.detail", "nothing is promised or measured that something could be left out for",
             "add objectives; else all is simulated");
    if (runs_until_empty())
        for (const Pipeline& pipeline : s_.twin.pipelines)
            if ((pipeline.schedule.kind == Schedule::Kind::every ||
                 pipeline.schedule.kind == Schedule::Kind::calendar) &&
                !is_unread("twin.pipelines." + pipeline.name))
                error("run.until",
                      "'until: empty' with pipeline " + quoted(pipeline.name) + ", whose schedule never ends",
                      "write 'length' instead");
    for (const Profile& profile : s_.profiles)
        if (profile.weekend && lacks_start())
            error("profiles." + profile.name + ".weekend", "a weekend needs the date at which the run starts",
                  "add it: 'run: {start: 2026-03-09T00:00, ...}'");
}

}  // namespace understudy::models
