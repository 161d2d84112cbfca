// Laws of truth cases: their JSON in the words of the scenario language. Internal to tools/formats/truth.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/truth/params.h"

namespace understudy::formats::kinds {

/// {"dist": "erlang", "k": 2, "mean": 1} as "erlang(k 2 mean 1s)". Throws std::invalid_argument that names the laws there
/// are for one that is not known, and where a mean or spread that is stated besides is not the law's.
std::string law(const Params& law);
/// Its mean; of a law without one, where its middle is.
double mean_of(const Params& law);
/// The same of numbers, such as items of a batch.
std::string count_law(const Params& law);
double mean_count(const Params& law);
/// A hyperexponential law.
std::string mixture(const std::vector<double>& shares, const std::vector<double>& rates);

}  // namespace understudy::formats::kinds
