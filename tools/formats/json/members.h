// Members of JSON documents that several kinds of result have. Pure functions, thread-safe.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "kernel/intervals.h"
#include "kernel/scalability.h"
#include "tools/formats/json/problems_json.h"
#include "tools/studies/result.h"
#include "tools/studies/study.h"

namespace understudy::formats {

/// Sets a member only where there is a number.
void put(nlohmann::ordered_json& object, const char* name, std::optional<double> value);

/// Its members `estimate`, `low` and `high`, and the parts `simulation` and `input` of the interval, as far as they are known.
void put_estimate(nlohmann::ordered_json& object, const studies::Estimate& estimate);

/// The latter alone.
void put_parts(nlohmann::ordered_json& object, const studies::Estimate& estimate);

/// `study`, `base` and `method`: what the answer to a study begins with.
void put_study(nlohmann::ordered_json& object, const studies::Study& study);

/// `vary`: what each parameter may be, as written. Whoever reads the answer knows its parameters, and their order, by it.
void put_vary(nlohmann::ordered_json& object, const studies::Study& study);

/// `verdict`, and `reason` and `explanation` where it has them.
void put_verdict(nlohmann::ordered_json& object, studies::Verdict verdict, studies::Reason reason,
                 const std::string& explanation);

/// `warm_up` {seconds, reason}, where it is known.
void put_warm_up(nlohmann::ordered_json& object, std::optional<double> seconds, const std::string& reason);

/// {value, low, high}
nlohmann::ordered_json interval_as_json(const kernel::Estimate& estimate);

/// `rate`, `contention`, `coherence`, and its peak and by how much it is off where there is that.
void put_scalability(nlohmann::ordered_json& object, const kernel::Scalability& law);

/// `problems`, with the places that they have.
nlohmann::ordered_json problems_as_json(const std::vector<ToldProblem>& problems);

}  // namespace understudy::formats
