// The knee of a load: of several levels that of the greatest power, which is throughput over mean latency, and those whose
// power is not shown to be less. Below it a higher load brings more than it costs, above it less.
//
// Source: Kleinrock 1979, Power and deterministic rules of thumb for probabilistic problems in computer communications
// (Proc. ICC), who has it at half of the capacity of M/M/1; comparison with the best in pairs, kernel/comparison.h.
// Internal to tools/studies. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace understudy::studies {

/// One value a replication; empty where one of them has no throughput or no latency.
std::vector<double> powers_of(const std::vector<double>& throughput, const std::vector<double>& latency);

struct GreatestPower {
    std::size_t at = 0, low = 0, high = 0;  ///< low <= at <= high
};

/// Of levels, rising, each with the powers of the same replications, at least two of each. The greatest mean, the first of
/// equal ones, and the range of all that paired differences do not show to be less, which hold together at `confidence`.
GreatestPower greatest_power(const std::vector<std::vector<double>>& of_levels, double confidence);

}  // namespace understudy::studies
