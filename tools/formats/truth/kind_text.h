// What the kinds of truth cases are written with, in the words of the scenario language: numbers, stations and their
// measures, and runs.
// One time unit of a case is one second. Internal to tools/formats/truth.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "tools/formats/language/decimal.h"
#include "tools/formats/truth/params.h"
#include "tools/formats/truth/truth_cases.h"

namespace understudy::formats::kinds {

/// Shortest text that reads back as the number.
std::string number(double value);
/// A share as text in percent, without what binary fractions leave over: 0.3 as "30%".
std::string percent(double share);
inline std::string seconds(double value) { return number(value) + "s"; }
inline std::string exponential(double rate) { return "exponential(mean " + seconds(1 / rate) + ")"; }
inline std::string poisson(double rate) { return "poisson(" + number(rate) + "/s)"; }
double num(const Params& params, const char* key);
long long whole(const Params& params, const char* key);
/// `service`, or else exponential at rate `mu`.
std::string service_of(const Params& params);
/// `c`, or else one.
long long workers_of(const Params& params);

/// Adds what most stations are asked: `util` `L` `Lq` `W` `Wq` `P_wait`, quantiles and variances.
void measure_station(CaseScenario& scenario, const std::string& station);

/// Frames a steady model; `pace`: items a second.
CaseScenario steady(const std::string& body, double pace);
/// A model that is looked at from its empty start for `length` seconds, `replications` times.
CaseScenario from_empty(const std::string& body, double length, long long replications);
/// A model that ends by itself.
CaseScenario until_empty(const std::string& body, long long replications);

std::optional<CaseScenario> station(const std::string& kind, const Params& params);
std::optional<CaseScenario> discipline(const std::string& kind, const Params& params);
std::optional<CaseScenario> network(const std::string& kind, const Params& params);
/// `model`: in the words of the case, where the discipline may stand.
std::optional<CaseScenario> worker_life(const std::string& kind, const Params& params,
                                        const std::string& model);
std::optional<CaseScenario> gathering(const std::string& kind, const Params& params);
std::optional<CaseScenario> limit(const std::string& kind, const Params& params);
/// What of a model that changes with time is asked for: when, and of which customers; each as it is written in the name.
struct Asked {
    std::vector<std::pair<double, std::string>> instants, customers;
};
std::optional<CaseScenario> over_time(const std::string& kind, const Params& params, const Asked& asked);

}  // namespace understudy::formats::kinds
