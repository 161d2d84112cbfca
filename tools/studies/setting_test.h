// Does a setting keep what is promised? Decided from its replications, as few as it takes.
//
// Each promise is a sum whose sign decides (evidence.h), tested at every look (kernel/sequential_test.h); one of a share
// of items is never taken to be kept, or broken, on fewer of them than their number alone allows (Clopper and Pearson
// 1934), and one of which replications have hardly seen anything at all, such as losses, by how often they did
// (kernel/few_differ.h). A setting is met where each promise is, and violated where one is. Values only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/intervals.h"
#include "models/measure.h"
#include "tools/studies/result.h"
#include "tools/studies/units.h"

namespace understudy::studies {

/// What one event more would add to a replication's own value of a promise, where none was seen (rare_counts.h,
/// rare_waits.h).
struct OneMore {
    double size = 0;        ///< 0: it cannot happen, or nobody knows how much it would be
    bool is_stay = false;   ///< somebody waits: it says something only where nobody was ever seen to
    bool per_item = false;  ///< of all items of a replication together
};

/// The chances, over all looks at a setting, that it is taken for what it is not.
struct WrongChances {
    double met = 0.01;       ///< a violated one for met
    double violated = 0.01;  ///< a met one for violated
};

class SettingTest {
public:
    /// `unseen`: by objective; empty: nothing is known of it.
    explicit SettingTest(const std::vector<models::Objective>& objectives, std::vector<OneMore> unseen = {});

    /// The next replications, in order.
    void add(const UnitOutcome& outcome);
    std::uint64_t replications() const { return replications_; }
    int looks() const { return looks_; }
    /// How many replications the next look takes in all.
    std::uint64_t wanted() const;
    /// All of them are there.
    void look() { ++looks_; }

    /// Violated where any promise is, or where there is a fault().
    Verdict verdict(const WrongChances& wrong) const;
    /// Of the promise by itself; of what could not go on to its end each is violated.
    Verdict verdict_of(std::size_t objective, const WrongChances& wrong) const;
    /// Whether each promise is kept going by what was seen alone, however unsure that is.
    bool seems_met() const;
    /// Whether nothing was seen that a promise is about.
    bool without_data(std::size_t objective) const;
    /// A promise about what was never seen however often it was looked: more of the same will not decide it.
    std::optional<std::size_t> never_seen() const;
    /// Why it is violated whatever is promised; empty: it is not.
    std::string fault() const;
    bool breaks_constraint() const;

    /// What was seen of a promise: of all replications together where that is an average or a share.
    Estimate estimate(std::size_t objective, double confidence) const;
    /// Each replication's own value of a probe: objectives, then measures.
    const std::vector<double>& values(std::size_t probe) const { return values_[probe]; }
    const std::string& overload() const { return overload_; }

private:
    std::optional<kernel::Estimate> of_few(std::size_t objective, double level) const;

    const std::vector<models::Objective>& objectives_;
    std::vector<OneMore> unseen_;
    std::uint64_t replications_ = 0;
    int looks_ = 0;
    UnitOutcome::Replication::Fault fault_ =
        UnitOutcome::Replication::Fault::none;  ///< the first that there was
    std::string overload_;
    std::vector<std::vector<double>> excess_, weight_;  ///< by objective, then replication with data
    std::vector<std::vector<double>> values_;           ///< by probe, then replication
};

}  // namespace understudy::studies
