// What the kinds of truth cases are written with, in the words of the scenario language: numbers, stations and their
// measures, and runs. Times are in the unit of the case, whose word in the scenario is chosen at last: one second, unless
// that would be too long or too short for the clock, which counts nanoseconds. Internal to tools/formats/truth.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tools/formats/language/decimal.h"
#include "tools/formats/truth/params.h"
#include "tools/formats/truth/truth_cases.h"

namespace understudy::formats::kinds {

/// Shortest text that reads back as the number.
std::string number(double value);
/// A share as text in percent, without what binary fractions leave over: 0.3 as "30%".
std::string percent(double share);
/// Stands for the word of the unit until write_unit().
inline constexpr char unit_mark = '@';
inline std::string duration(double value) { return number(value) + unit_mark; }
inline std::string per_unit(double rate) { return number(rate) + "/" + unit_mark; }
std::string exponential(double rate);
inline std::string poisson(double rate) { return "poisson(" + per_unit(rate) + ")"; }
/// The text with that word for a unit of so many seconds.
std::string in_unit(const std::string& text, std::string_view word, double seconds);
/// Chooses the unit by the pace of a scenario, and writes it.
void write_unit(CaseScenario& scenario);
double num(const Params& params, const char* key);
/// Above 0.
double rate(const Params& params, const char* key);
long long whole(const Params& params, const char* key);
/// `service`, or else exponential at rate `mu`.
std::string service_of(const Params& params);
/// `c`, or else one.
long long workers_of(const Params& params);

/// Adds what most stations are asked: `util` `L` `Lq` `W` `Wq` `P_wait`, quantiles and variances.
void measure_station(CaseScenario& scenario, const std::string& station);

/// The same of stations s1, s2, ..., each with its number behind the quantity ("W_2"), and of the first without one.
void measure_stations(CaseScenario& scenario, std::size_t count);

/// Frames a steady model; `pace`: items in a unit of time.
CaseScenario steady(const std::string& body, double pace);
/// A model that is looked at from its empty start for `length` units of time, `replications` times.
CaseScenario from_empty(const std::string& body, double length, long long replications);
/// A model that ends by itself; `pace` as of a steady one, 0: its unit is a second.
CaseScenario until_empty(const std::string& body, long long replications, double pace);

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
