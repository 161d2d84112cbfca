#include "tools/studies/canary_cases.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "kernel/intervals.h"
#include "tools/studies/mean_estimate.h"

namespace understudy::studies {

using models::Aggregate;
using models::Metric;
using CanaryCase = CanaryResult::Case;

namespace {

/// What all rounds together say of each case.
class Rounds {
public:
    Rounds(const PreparedCanary& prepared, const std::vector<CanaryRound>& all, double level,
           const CanaryOptions& options)
        : prepared_(prepared), all_(all), level_(level), level_of_means_(options.confidence) {
        measured_s_ = kernel::to_seconds(*prepared.same.scenario.run.length - options.warm_up);
    }

    std::vector<CanaryCase> cases() const {
        std::vector<CanaryCase> cases;
        const std::size_t number = 2 + prepared_.twin.bad.size();
        for (std::size_t i = 0; i < number; ++i) cases.push_back(one(i));
        return cases;
    }

private:
    CanaryCase one(std::size_t number) const {
        const Rollout& rollout = prepared_.twin.rollout;
        CanaryCase result;
        result.kind = number == 0   ? CanaryCase::Kind::same
                      : number == 1 ? CanaryCase::Kind::change
                                    : CanaryCase::Kind::bad;
        const bool bad = result.kind == CanaryCase::Kind::bad;
        if (bad) result.text = prepared_.twin.bad[number - 2].text;
        result.stopped_at.assign(rollout.shares.size(), 0);
        for (const Guard& guard : rollout.guards) result.causes.push_back({guard.text()});
        result.causes.push_back({prepared_.twin.detect});
        std::vector<double> noticed_after, stopped_after, passed_after, given;
        for (const CanaryRound& round : all_) {
            const CanaryWay& way = round.ways[number];
            if (way.passed) {
                ++result.passed;
                passed_after.push_back(way.after_s);
                result.unfinished += way.unfinished ? 1 : 0;
            } else {
                ++result.stopped;
                ++result.stopped_at[way.step];
                ++result.causes[way.cause].stopped;
                result.causes[way.cause].without_data += way.without_data ? 1 : 0;
                result.causes[way.cause].within += way.within ? 1 : 0;
                noticed_after.push_back(way.noticed_s);
                stopped_after.push_back(way.after_s);
            }
            double most = 0;
            for (const std::size_t measure : prepared_.given)
                most = std::max(most, way.ended.values[measure].value_or(0));
            given.push_back(most);
        }
        if (!prepared_.twin.detects && !prepared_.twin.notices) result.causes.pop_back();
        const auto positive = [&](const std::vector<double>& values) {
            return mean_estimate(values, level_of_means_, {0, INFINITY});
        };
        result.noticed_after = positive(noticed_after);
        result.stopped_after = positive(stopped_after);
        result.passed_after = positive(passed_after);
        result.given = positive(given);
        const std::size_t first = prepared_.counted;
        result.lost = count(number, counted_of(Metric::lost));
        result.late = count(number, counted_of(Metric::late));
        result.duplicated = count(number, {first});
        result.left = count(number, {first + 1});
        result.time = count(number, {first + 2}, measured_s_);
        result.failed = count(number, prepared_.failed);
        if (!prepared_.landings.empty())
            result.missed = amount(number, [](const CanaryEnd& ended) { return ended.missed; });
        judge(result, bad ? result.passed : result.stopped,
              bad                                     ? rollout.false_pass
              : result.kind == CanaryCase::Kind::same ? rollout.false_stop
                                                      : 0.5);
        return result;
    }

    /// Positions of what is counted of a metric, on both sides and wherever else.
    std::vector<std::size_t> counted_of(Metric metric) const {
        std::vector<std::size_t> positions;
        const std::vector<models::Measure>& measures = prepared_.same.scenario.measures;
        for (std::size_t i = prepared_.counted; i < measures.size(); ++i)
            if (measures[i].metric == metric && measures[i].aggregate == Aggregate::total)
                positions.push_back(i);
        return positions;
    }

    /// Of several measures their sum.
    CanaryResult::Count count(std::size_t number, const std::vector<std::size_t>& measures,
                              double times = 1) const {
        return amount(number, [&](const CanaryEnd& ended) {
            double sum = 0;
            for (const std::size_t measure : measures) sum += times * ended.values[measure].value_or(0);
            return sum;
        });
    }

    template <class Of>
    CanaryResult::Count amount(std::size_t number, Of of) const {
        std::vector<double> with, more;
        for (const CanaryRound& round : all_) {
            with.push_back(of(round.ways[number].ended));
            more.push_back(with.back() - of(round.without));
        }
        return {mean_estimate(with, level_of_means_, {0, INFINITY}), mean_estimate(more, level_of_means_)};
    }

    void judge(CanaryCase& result, std::int64_t wrong, double limit) const {
        const std::int64_t trials = result.passed + result.stopped;
        result.limit = limit;
        result.wrong.level = level_;
        result.wrong.replications = trials;
        const auto interval =
            kernel::share_interval(static_cast<std::size_t>(wrong), static_cast<std::size_t>(trials), level_);
        if (!interval) return;
        result.wrong.value = static_cast<double>(wrong) / static_cast<double>(trials);
        result.wrong.low = interval->low;
        result.wrong.high = interval->high;
        if (interval->high < limit)
            result.verdict = Verdict::met;
        else if (interval->low > limit)
            result.verdict = Verdict::violated;
    }

    const PreparedCanary& prepared_;
    const std::vector<CanaryRound>& all_;
    double level_, level_of_means_, measured_s_ = 0;
};

}  // namespace

std::vector<CanaryCase> canary_cases(const PreparedCanary& prepared, const std::vector<CanaryRound>& rounds,
                                     double level, const CanaryOptions& options) {
    return Rounds(prepared, rounds, level, options).cases();
}

bool is_settled(const CanaryCase& one) {
    return one.verdict != Verdict::inconclusive && one.wrong.low && one.wrong.high &&
           *one.wrong.high - *one.wrong.low <= 2 * CanaryResult::narrow_enough;
}

void judge_canary(CanaryResult& result) {
    if (result.replications == 0) {
        result.why =
            result.interrupted ? "interrupted before it was rehearsed" : "no replication came to its end";
        return;
    }
    result.verdict = Verdict::met;
    const auto say = [&](const CanaryCase& one, const std::string& what) {
        if (one.verdict == Verdict::met) return;
        if (result.verdict == Verdict::violated) return;
        const bool violated = one.verdict == Verdict::violated;
        if (!violated && result.verdict == Verdict::inconclusive) return;
        result.verdict = one.verdict;
        result.why = violated ? what + " more often than in " + percent(one.limit) + " of simulations"
                              : "it cannot be told whether " + what + " in less than " + percent(one.limit) +
                                    " of simulations: take more replications";
    };
    for (const CanaryCase& one : result.cases)
        say(one, one.kind == CanaryCase::Kind::same ? "it stops a candidate that is what is there"
                 : one.kind == CanaryCase::Kind::change
                     ? "it stops the change as it is"
                     : "it lets a bad candidate through (" + one.text + ")");
    if (result.interrupted && result.verdict != Verdict::violated) {
        result.verdict = Verdict::inconclusive;
        result.why = "interrupted after " + std::to_string(result.replications) + " of at most " +
                     std::to_string(result.most) + " replications";
    }
}

}  // namespace understudy::studies
