// What the kinds of truth cases are written with: laws and numbers of their JSON in the words of the scenario language.
// One time unit of a case is one second. Internal to tools/formats/truth.
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "tools/formats/language/decimal.h"
#include "tools/formats/truth/truth_cases.h"

namespace understudy::formats::kinds {

using Json = nlohmann::ordered_json;

/// Shortest text that reads back as the number.
std::string number(double value);
/// A share as text in percent, without what binary fractions leave over: 0.3 as "30%".
std::string percent(double share);
inline std::string seconds(double value) { return number(value) + "s"; }
inline std::string exponential(double rate) { return "exponential(mean " + seconds(1 / rate) + ")"; }
inline std::string poisson(double rate) { return "poisson(" + number(rate) + "/s)"; }
/// {"dist": "erlang", "k": 2, "mean": 1} as "erlang(k 2 mean 1s)". Throws std::invalid_argument that names the laws there
/// are for one that is not known.
std::string law(const Json& law);
/// The same of numbers, such as items of a batch.
std::string count_law(const Json& law);
/// A hyperexponential law.
std::string mixture(const Json& shares, const Json& rates);
double mean_of(const Json& law);

/// Throw std::invalid_argument where there is no such number.
double num(const Json& params, const char* key);
long long whole_number(const Json& value, const std::string& what);
long long whole(const Json& params, const char* key);

/// Adds what most stations are asked: `util` `L` `Lq` `W` `Wq` `P_wait`, quantiles and variances.
void measure_station(CaseScenario& scenario, const std::string& station);

/// Frames a steady model; `pace`: items a second.
CaseScenario steady(const std::string& body, double pace);
/// A model that is looked at from its empty start for `length` seconds, `replications` times.
CaseScenario from_empty(const std::string& body, double length, long long replications);
/// A model that ends by itself.
CaseScenario until_empty(const std::string& body, long long replications);

std::optional<CaseScenario> station(const std::string& kind, const Json& params);
std::optional<CaseScenario> discipline(const std::string& kind, const Json& params);
std::optional<CaseScenario> network(const std::string& kind, const Json& params);
std::optional<CaseScenario> worker_life(const std::string& kind, const Json& params);
std::optional<CaseScenario> gathering(const std::string& kind, const Json& params);
std::optional<CaseScenario> limit(const std::string& kind, const Json& params);
/// What of a model that changes with time is asked for: when, and of which customers.
struct Asked {
    std::vector<double> instants, customers;
};
std::optional<CaseScenario> over_time(const std::string& kind, const Json& params, const Asked& asked);

}  // namespace understudy::formats::kinds
