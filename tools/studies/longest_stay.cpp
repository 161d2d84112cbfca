#include "tools/studies/longest_stay.h"

#include <algorithm>
#include <cmath>

namespace understudy::studies {

namespace {

class LongestStay {
public:
    explicit LongestStay(const models::Scenario& scenario) : scenario_(scenario) {
        for (const models::Pool& pool : scenario.twin.pools) look(pool.workers);
        for (const models::Budget& budget : scenario.twin.budgets) {
            note(mean_of(budget.interval));
            note(mean_of(budget.after));
            if (budget.refill == models::Budget::Refill::amounts) note(budget.schedule.period);
        }
        for (const models::Stage& stage : scenario.twin.stages) {
            look(stage.work);
            if (stage.batch) note(stage.batch->after);
            if (stage.window) note(stage.window->size);
            if (stage.join) note(stage.join->within);
        }
        for (const models::Pipeline& pipeline : scenario.twin.pipelines) {
            note(pipeline.schedule.period);
            for (const models::Task& task : pipeline.tasks) {
                look(task.work);
                note(mean_of(task.delay));
            }
        }
        for (const models::Load& load : scenario.loads) {
            note(mean_of(load.delay));
            note(mean_of(load.arrivals.think));
            for (const auto& state : load.arrivals.states) note(mean_of(state.stay));
        }
        for (const models::Profile& profile : scenario.profiles) note(profile.period);
    }

    double seconds() const { return longest_; }

private:
    void note(double seconds) {
        if (std::isfinite(seconds)) longest_ = std::max(longest_, seconds);
    }
    void note(kernel::Time time) { note(kernel::to_seconds(time)); }
    void note(const std::optional<kernel::Time>& time) {
        if (time) note(*time);
    }

    static double mean_or_middle(const kernel::Distribution& law) {
        const double mean = law.mean();
        return std::isfinite(mean) ? mean : law.quantile(0.5);
    }

    /// Of a field the longest of all loads that have it.
    double mean_of(const models::Law& law) const {
        double sum = 0;
        for (const models::Term& term : law.terms) {
            if (term.recorded) continue;
            if (term.field.empty()) {
                sum += mean_or_middle(term.law);
                continue;
            }
            double longest = 0;
            for (const models::Load& load : scenario_.loads)
                for (const auto& [name, of_field] : load.fields)
                    if (name == term.field && &of_field != &law)
                        longest = std::max(longest, mean_of(of_field));
            sum += longest;
        }
        return sum;
    }

    void look(const models::Workers& workers) {
        for (const models::Law* law : {&workers.turning, &workers.launch, &workers.release, &workers.poll,
                                       &workers.start_up, &workers.keep_alive})
            note(mean_of(*law));
        for (const models::Outage& outage : workers.outages) {
            note(mean_of(outage.up));
            note(mean_of(outage.lasts));
            if (outage.every) note(outage.every->period);
        }
        if (workers.scale) note(workers.scale->every);
    }

    void look(const models::Work& work) {
        if (work.workers) look(*work.workers);
        note(mean_of(work.launch));
        note(mean_of(work.service));
        note(mean_of(work.fails_after));
        // One pause after the other, as far as they are written.
        double pauses = 0;
        for (const models::Law& pause : work.retry.backoff) pauses += mean_of(pause);
        note(pauses);
        note(work.retry.first);
    }

    const models::Scenario& scenario_;
    double longest_ = 0;
};

}  // namespace

double longest_stay(const models::Scenario& scenario) { return LongestStay(scenario).seconds(); }

}  // namespace understudy::studies
