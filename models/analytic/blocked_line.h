// Stations in a row with one exponential worker each and few places between them: who has done and finds no place keeps its
// worker until there is one (blocking after service).
//
// Finite Markov chains, or of one level after the other (Hunt 1956; Perros 1994). Pure, thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace understudy::models {

struct BlockedAnswer {
    double throughput = 0;
    double lost = 0;              ///< share of arrivals
    std::vector<double> works;    ///< by station: share of time in which its worker is at work
    std::vector<double> blocked;  ///< by station: in which it has done and finds no place
    std::vector<double>
        present;  ///< by station, on average; those who are blocked are at the one that they come from
    std::vector<double> line;  ///< by station, on average
};
/// More states take longer than an answer at once may.
inline constexpr std::size_t most_blocked_states = 400;
/// The first station never lacks work; the others have so many places to wait in (of `places` the first is not looked at).
std::optional<BlockedAnswer> saturated_line(const std::vector<double>& services,
                                            const std::vector<long>& places);
/// Poisson arrivals at two stations, of which the first has `first_places` to wait in, beyond which they are lost (absent: no
/// limit), and the second `second_places`.
std::optional<BlockedAnswer> fed_pair(double rate, double first, double second,
                                      std::optional<long> first_places, long second_places);

}  // namespace understudy::models
