// Values that items carry, before anything is simulated: what is known of them at each stage, and how many items go
// which way by them.
//
// Fields of one item are drawn on their own, so that all that an item has met is in a few words: by which law each
// value was drawn, and to which range the ways that it took have narrowed it. Stages, loads and such words make a
// Markov chain, whose flows are linear equations (as of classes in a network, Baskett et al. 1975); shares and means
// are sums over it. Where a law is not of that form (a sum, a recording, a field made of another, one by which items
// are lost) nothing is claimed: `shares_known` or `mean` say so. Pure; not thread-safe.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kernel/distribution.h"
#include "models/scenario.h"

namespace understudy::models {

class ValueFlow {
public:
    explicit ValueFlow(const Scenario& scenario);

    /// Some way goes by a value, or some value is changed on the way. Else nothing below has an answer.
    bool asked() const { return !tracked_.empty(); }

    /// What the rest of the model does to flows: of items per second of each load; of items that a stage lets
    /// through, and that it sends to its dead letters, for each that comes; and the share of a writer's items that one
    /// of its targets gets by any other rule.
    struct Surroundings {
        std::vector<double> rates;
        std::function<double(std::size_t stage)> passed, failed;
        std::function<double(const Writes&, const Writes::Target&, std::size_t stage)> share;
    };
    void solve(const Surroundings& around);

    /// There is an answer to the last question: the chain is not too large.
    bool solved() const { return solved_; }

    /// Shares of what a writer sends that go one way: of its items, their records and their bytes.
    struct Shares {
        double items = 0, records = 0, bytes = 0;
    };
    Shares of_load(std::size_t load, std::size_t target) const;
    Shares of_stage(std::size_t stage, std::size_t load, std::size_t target) const;
    /// All shares are exact where items go by values.
    bool shares_known() const { return shares_known_; }

    /// Calls visit(share, load, mean) for the kinds of items that come to a stage; mean(field): empty where it is not
    /// known.
    using MeanOf = std::function<std::optional<double>(const std::string& field)>;
    void for_each_kind(
        std::size_t stage,
        const std::function<void(double share, std::size_t load, const MeanOf& mean)>& visit) const;

private:
    /// What is known of one value: the law it was drawn by and where it lies.
    struct Known {
        int law = -1;                    ///< into laws_; -1: not known
        std::vector<ValueRange> within;  ///< empty: anywhere
    };
    using Kind = std::vector<Known>;  ///< of each of tracked_
    struct Node {
        std::size_t stage = 0, load = 0, kind = 0;
        double flow = 0;
    };
    struct Way {
        std::string stream;
        double share = 0;
        double records = 0, bytes = 0;  ///< shares of those, times what is there before
        std::size_t target = 0, kind = 0;
    };

    std::optional<std::size_t> tracked(const std::string& name) const;
    int law_id(const Law& law);
    int law_id(const kernel::Distribution& law);
    Known drawn_by(const Law& law, double otherwise, const Kind& before);
    std::size_t kind_id(const Kind& kind);
    Kind at_birth(const Load& load);
    Kind after(const Stage& stage, const Kind& before);
    std::vector<Way> ways(const std::string& name, const Writes& writes, std::size_t load, std::size_t kind,
                          std::size_t stage);
    double probability(const Known& known) const;
    std::optional<double> mean(const Known& known) const;
    void add_shares(Shares& sum, const std::vector<Way>& ways, std::size_t target, double weight) const;
    void clear();

    const Scenario& scenario_;
    Surroundings around_;
    std::vector<std::string> tracked_;  ///< values that ways go by or that change
    std::vector<kernel::Distribution> laws_;
    std::vector<Kind> kinds_;
    std::map<std::vector<double>, std::size_t> kind_ids_;
    std::vector<Node> nodes_;
    std::vector<std::vector<std::size_t>> nodes_of_;  ///< by stage
    std::vector<std::vector<Way>> ways_of_node_, ways_of_load_;
    std::vector<std::size_t> kind_of_load_;
    bool shares_known_ = true, solved_ = false, too_large_ = false;
};

}  // namespace understudy::models
