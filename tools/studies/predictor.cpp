#include "tools/studies/predictor.h"

#include <algorithm>
#include <cmath>

#include "kernel/exact_math.h"
#include "tools/studies/constraints.h"
#include "tools/studies/exact_value.h"
#include "tools/studies/rare_counts.h"
#include "tools/studies/rare_waits.h"

namespace understudy::studies {

namespace {

/// The mean of what a quantile is promised of: where there is no formula for the one, there may be for the other.
models::Measure mean_of(models::Measure measure) {
    measure.aggregate = models::Aggregate::average;
    measure.text = "mean of " + measure.text;
    return measure;
}

/// Nothing where it takes a part of it from what it works on.
std::optional<double> mean_of_law(const models::Law& law) {
    double sum = 0;
    for (const models::Term& term : law.terms) {
        if (!term.field.empty() || term.recorded || term.per != models::Per::once) return std::nullopt;
        sum += term.law.mean();
    }
    return sum;
}

/// As rates and offered loads say: over all that is done on the same workers.
double mean_at_station(const PreparedRun& prepared, const models::Work& work, const std::string& name) {
    const std::string& element = work.workers || work.runs_on.empty() ? name : work.runs_on.front().pool;
    for (const models::StationForecast& station : prepared.forecast)
        if (station.element == element && station.arrival_rate > 0)
            return station.offered_load / station.arrival_rate;
    return 0;
}

/// How long an item is at work where a measure is of, in seconds: about so long it would have waited that did.
double mean_of_work(const PreparedRun& prepared, const models::Measure& measure) {
    const models::Twin& twin = prepared.scenario.twin;
    double all = 0;
    const auto mean = [&](const models::Work& work, const std::string& name) {
        const double own = mean_of_law(work.service).value_or(mean_at_station(prepared, work, name));
        all += own;
        return own;
    };
    for (const models::Stage& stage : twin.stages)
        if (const double own = mean(stage.work, stage.name); stage.name == measure.scope) return own;
    for (const models::Pipeline& pipeline : twin.pipelines)
        for (const models::Task& task : pipeline.tasks) {
            const std::string name = pipeline.name + "." + task.name;
            if (const double own = mean(task.work, name); name == measure.scope) return own;
        }
    return all;
}

/// Of a count any size: one event more is worth what the time of a run makes of it.
OneMore may_be_unseen(const PreparedRun& prepared, const models::Measure& measure) {
    if (may_yet_happen(prepared.scenario, measure)) return {1, false, false};
    const bool wait = is_plain_mean_of(measure, models::Metric::wait);
    if (!wait && !is_plain_mean_of(measure, models::Metric::waiting)) return {};
    const double stay = mean_of_work(prepared, measure);
    return {std::isfinite(stay) ? stay : 0, true, wait};
}

}  // namespace

Predictor::Predictor(const ReadBase& read, const std::vector<models::Objective>& objectives, bool decides)
    : read_(read), objectives_(objectives), decides_(decides) {
    for (auto& scale : scale_) scale.assign(objectives.size(), 1.0);
    for (const models::Objective& objective : objectives) asked_.measures.push_back(objective.measure);
    for (std::size_t i = 0; i < objectives.size(); ++i) {
        const models::Measure& measure = objectives[i].measure;
        asked_.measures.push_back(mean_of(measure));
        // As if it were exponential, until more is known.
        if (measure.aggregate == models::Aggregate::quantile)
            scale_[1][i] = -kernel::exact::log1p(-measure.quantile);
    }
}

const Predictor::Said& Predictor::said(const std::vector<std::string>& overrides) {
    if (const auto known = said_.find(overrides); known != said_.end()) return known->second;
    Said said;
    std::optional<PreparedRun> made;
    try {
        made = prepare_setting(read_, overrides, asked_);
    } catch (const BadSetting& wrong) {
        // Its values are right one by one, but not together.
        said.known = {Verdict::violated, Reason::none, wrong.what(), true};
        said.near.resize(objectives_.size());
        said.by_mean.resize(objectives_.size());
        said.exact.resize(objectives_.size());
        said.unseen.resize(objectives_.size());
        return said_.emplace(overrides, std::move(said)).first->second;
    }
    const PreparedRun& prepared = *made;
    // No formula knows whether a constraint is broken.
    bool all = !has_constraints(prepared.scenario), at_limit = false;
    said.length = prepared.scenario.run.length;
    for (std::size_t i = 0; i < objectives_.size(); ++i) {
        const models::Objective& objective = objectives_[i];
        const models::Answer& answer = prepared.answers[i];
        const models::Answer& mean = prepared.answers[objectives_.size() + i];
        const bool sure = decides_ && answer.kind == models::Answer::Kind::exact;
        all = all && sure && holds_exactly(objective.comparison, answer.value, objective.limit);
        at_limit = at_limit || is_limit(answer.value, objective.limit);
        said.exact.push_back(answer.kind == models::Answer::Kind::exact ? 1 : 0);
        const bool is_none = answer.kind == models::Answer::Kind::exact && answer.value == 0;
        said.unseen.push_back(is_none ? OneMore{} : may_be_unseen(prepared, objective.measure));
        const bool refused = answer.kind == models::Answer::Kind::refused;
        const models::Answer& near = refused ? mean : answer;
        said.near.push_back(near.kind == models::Answer::Kind::refused ? std::nullopt
                                                                       : std::optional(near.value));
        said.by_mean.push_back(refused ? 1 : 0);
        if (said.known.verdict == Verdict::violated) continue;
        if ((answer.unstable || answer.critical) && prepared.scenario.run.length)
            said.known = {Verdict::violated, answer.critical ? Reason::critical : Reason::unstable,
                          overload_of(prepared), false, false};
        else if (sure && !holds_exactly(objective.comparison, answer.value, objective.limit))
            said.known = {
                Verdict::violated,         Reason::limit, "by formula: " + answer.method, false, false,
                std::pair(i, answer.value)};
    }
    if (all) said.known = {Verdict::met, Reason::none, "by formula", false, at_limit};
    return said_.emplace(overrides, std::move(said)).first->second;
}

const Predictor::Known& Predictor::known(const std::vector<std::string>& overrides) {
    return said(overrides).known;
}

std::optional<double> Predictor::exactly(const std::vector<std::string>& overrides, std::size_t objective) {
    const Said& said = this->said(overrides);
    return said.exact[objective] != 0 ? said.near[objective] : std::nullopt;
}

std::vector<OneMore> Predictor::unseen(const std::vector<std::string>& overrides, kernel::Time warm_up) {
    const Said& said = this->said(overrides);
    std::vector<OneMore> unseen = said.unseen;
    const double span = said.length ? kernel::to_seconds(*said.length - warm_up) : 0;
    for (std::size_t i = 0; i < unseen.size(); ++i) {
        if (!unseen[i].is_stay && unseen[i].size > 0)
            unseen[i].size = one_event_of(objectives_[i].measure, span);
        // A number in line is a mean over time.
        if (unseen[i].is_stay && !unseen[i].per_item) unseen[i].size = span > 0 ? unseen[i].size / span : 0;
    }
    return unseen;
}

std::optional<double> Predictor::strain(const std::vector<std::string>& overrides) {
    const Said& said = this->said(overrides);
    if (said.known.verdict == Verdict::violated) return INFINITY;
    double most = 0;
    for (std::size_t i = 0; i < objectives_.size(); ++i) {
        if (!said.near[i]) return std::nullopt;
        const models::Objective& objective = objectives_[i];
        const bool less = objective.comparison == models::Comparison::less ||
                          objective.comparison == models::Comparison::at_most;
        const double value = scale_[said.by_mean[i]][i] * *said.near[i];
        if (!(value > 0 && objective.limit > 0)) continue;
        most = std::max(most, less ? value / objective.limit : objective.limit / value);
    }
    // What is kept at its limit is not beyond it by rounding.
    return said.known.verdict == Verdict::met ? std::min(most, 1.0) : most;
}

void Predictor::tell(const std::vector<std::string>& overrides, std::size_t objective, double value) {
    const Said& said = this->said(overrides);
    if (said.near[objective] && *said.near[objective] > 0 && value > 0)
        scale_[said.by_mean[objective]][objective] = value / *said.near[objective];
}

}  // namespace understudy::studies
