// What formulas say of whether a setting keeps its promises: which settings need no simulation, and which to try first.
//
// What they know exactly decides. What they know nearly, or only of the mean of what is promised, orders: it is scaled
// by what simulation has shown (tell()), so that a rough formula with the right shape will do. Settings are read once
// and remembered. Throws BadSetting as the base does. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/analytic/answer.h"
#include "tools/studies/setting.h"
#include "tools/studies/setting_test.h"

namespace understudy::studies {

class Predictor {
public:
    /// The references have to outlive it. Where it does not decide nothing is known for sure but what is impossible or
    /// has no steady state.
    Predictor(const ReadBase& read, const std::vector<models::Objective>& objectives, bool decides);

    /// Known for sure, whatever a simulation says.
    struct Known {
        Verdict verdict = Verdict::inconclusive;
        Reason reason = Reason::none;
        std::string why;          ///< for people: the formula, or what is overloaded
        bool impossible = false;  ///< there is no such setting: it needs more than there is, say
        bool at_limit = false;    ///< it is met, and a value is its limit: no simulation will ever tell
        /// By formula: which promise is broken, and what it comes to.
        std::optional<std::pair<std::size_t, double>> broken = std::nullopt;
    };
    const Known& known(const std::vector<std::string>& overrides);
    /// What a promise is about comes to, where formulas know that exactly.
    std::optional<double> exactly(const std::vector<std::string>& overrides, std::size_t objective);
    /// By objective: what a simulation may not have seen, with that warm-up.
    std::vector<OneMore> unseen(const std::vector<std::string>& overrides, kernel::Time warm_up);
    /// How far the promise that is nearest to being broken is from its limit, as a ratio: above 1 it is broken. Nothing
    /// where no formula says anything of one of them.
    std::optional<double> strain(const std::vector<std::string>& overrides);
    /// What a simulation has shown of a promise.
    void tell(const std::vector<std::string>& overrides, std::size_t objective, double value);

private:
    struct Said {
        Known known;
        std::vector<std::optional<double>> near;  ///< by objective: the measure, or its mean
        std::vector<std::size_t> by_mean;         ///< by objective: 1 where it is the mean
        std::vector<std::uint8_t> exact = {};     ///< by objective: 1 where the measure is known exactly
        /// By objective: what may happen and hardly be seen. A count's size is not known before the warm-up is.
        std::vector<OneMore> unseen = {};
        std::optional<kernel::Time> length = {};  ///< of a run
    };
    const Said& said(const std::vector<std::string>& overrides);

    const ReadBase& read_;
    const std::vector<models::Objective>& objectives_;
    bool decides_;
    Asked asked_;
    std::vector<double> scale_[2];  ///< by objective: of simulated to said, the measure and its mean
    std::map<std::vector<std::string>, Said> said_;
};

}  // namespace understudy::studies
