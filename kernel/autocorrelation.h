// How long what was observed remembers: over what distance observations of a steady state depend on each other.
//
// The autocorrelation time is half of the sum of the autocorrelations at all distances, forwards and backwards: the mean of
// n observations varies as that of n / (2 time) independent ones. Noise at long distances would drown it, so the sum ends
// at five times what has come out by then.
//
// Sources: the window, Madras and Sokal 1988 (Journal of Statistical Physics 50, appendix C); over replications, Wolff 2004
// (Computer Physics Communications 156:2). Pure functions, thread-safe, the same bytes everywhere.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace understudy::kernel {

/// The autocorrelation time, in places, of a series with the autocorrelation `at(lag)` for lags of at least 1; at least
/// half a place, which is that of independent values. Nothing where the window does not close within `most` lags.
template <class Autocorrelation>
std::optional<double> windowed_time(std::size_t most, const Autocorrelation& at) {
    constexpr double window = 5;  // beyond so many times the time there is noise alone
    double time = 0.5;
    for (std::size_t lag = 1; lag <= most; ++lag) {
        time += at(lag);
        if (static_cast<double>(lag) >= window * time) return std::max(time, 0.5);
    }
    return std::nullopt;
}

/// How long a level remembers, in places of its series over independent replications: half of the time over which it is
/// correlated with itself. The autocorrelation of what a replication has beside the mean of all of them at the same
/// place, so that neither the start nor the hour of the day counts, as of windowed_time(). Of ten replications with thirty
/// relaxation times each it is known within a third or so. At least half a place, which means that it cannot be told from
/// none; a single series is taken about its own mean, and comes out a little low. At most 128 series, and 1024 places of
/// each (neighbours are put together), are looked at. 0 for none, or where nothing varies.
double relaxation(std::span<const std::vector<double>> series);

}  // namespace understudy::kernel
