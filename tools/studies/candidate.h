// A setting that a study weighs, and what is known of it; what the searches for one have in common. Values only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/measure.h"
#include "tools/studies/result.h"
#include "tools/studies/setting_test.h"

namespace understudy::studies {

/// A setting, and what is known of it.
struct Candidate {
    struct Promise {
        std::string text, unit;
        double limit = 0;
        Verdict verdict = Verdict::inconclusive;
        Estimate estimate;  ///< none where nothing was simulated
    };
    std::vector<std::string> values;  ///< by factor
    std::optional<double> cost;
    Verdict verdict = Verdict::inconclusive;
    Reason reason = Reason::none;
    std::string why;  ///< for people: what decided, or what stands in the way
    std::vector<Promise> promises;
    std::uint64_t replications = 0;  ///< 0: it was decided by formulas
};

/// What the test has shown, into a candidate whose verdict is given.
void describe(Candidate& one, const SettingTest& seen, const std::vector<models::Objective>& objectives,
              const std::vector<std::string>& units, const WrongChances& wrong, double confidence);

/// Why replications of it tell no more; empty: they may. `setting`: for people.
std::string without_data(const SettingTest& seen, const std::vector<models::Objective>& objectives,
                         const std::string& setting);

/// Replications of a search that says nothing of them.
constexpr std::int64_t usual_budget = 10'000;

}  // namespace understudy::studies
