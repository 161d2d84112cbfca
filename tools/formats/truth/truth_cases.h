// Truth cases: models with known answers, as a JSON document {cases: [...]}.
//
// A case has an `id`, a `kind` with `params` (or a `scenario` of its own with `measures`), reference values
// (`quantities`) and a `check`:
//   "ci"            the interval holds the value, and half its width is at most 1 % of it (2 % in tails)
//   "replications"  the same, over replications that end by themselves
//   "rel<=X"        the estimate is off by at most X of the value
// Errors of the file are a FileError; what a case lacks is said of the case. Thread-safe.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace understudy::formats {

/// What stands for a quantity in a run: a measure of the scenario language, and what is made of it.
struct QuantityMeasure {
    std::string text;  ///< "avg latency(server)"
    double factor = 1, offset = 0;
    bool variance = false;  ///< the variance of the replications' values, not their mean
};

/// A scenario without its `measures`.
struct CaseScenario {
    std::string text;
    std::map<std::string, QuantityMeasure> measures;  ///< by quantity
    /// Length and number of replications may be chosen for precision; else they are the scenario's own.
    bool steady = false;
    double pace = 0;    ///< items in a unit of time, of a kind; 0: its unit is a second
    double unit_s = 1;  ///< how long a unit of time of the case is here
};

struct TruthCase {
    std::string id, kind;
    std::vector<std::pair<std::string, double>> quantities;
    std::optional<double> relative_error;  ///< of "rel<=X"
    std::optional<CaseScenario> scenario;
    std::string missing;  ///< why there is no scenario
};

std::vector<TruthCase> read_truth_cases(const std::filesystem::path& path);

/// The scenario of a known kind of model, and what measures its usual quantities. `model` says in words what it is, and
/// may name a discipline that no parameter does. Throws std::out_of_range, nlohmann's exceptions or
/// std::invalid_argument where the parameters are not those of the kind, also where it has no such parameter; nothing
/// for a kind that is not known.
std::optional<CaseScenario> scenario_of_kind(const std::string& kind, const nlohmann::ordered_json& params,
                                             const std::vector<std::pair<std::string, double>>& quantities,
                                             const std::string& model);

}  // namespace understudy::formats
