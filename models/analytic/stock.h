// Single Poisson demands on a store: tokens that come one by one into a bucket, and stock that is ordered again.
//
// Who finds nothing waits, first come first served. Pure, thread-safe.
#pragma once

#include <optional>

namespace understudy::models {

struct StockAnswer {
    double line = 0;   ///< in line, on average
    double waits = 0;  ///< share of demands
    double level = 0;  ///< of the store, on average
};
/// Tokens come at random (a Poisson process of `tokens` a second) into a bucket of `size`: demands that wait plus tokens that
/// lack are M/M/1. `rate` below `tokens`. A wait is exponential, of rate tokens - rate.
StockAnswer random_tokens(double rate, double tokens, long size);
/// Tokens come every `interval`: what lacks just before a token is what M/D/1 leaves behind (Kleinrock 1975, sec. 5.6; cf.
/// Berger 1991), and between two of them demands add to it. Nothing where that takes more than 20 000 states.
std::optional<StockAnswer> regular_tokens(double rate, double interval, long size);
/// (r, Q): `amount` is ordered whenever stock and what is on order, less what is owed, is down at `at_most`, and comes after
/// a constant time: that position has each value above `at_most` for as long as any other, and demands of one such time
/// are Poisson (Hadley and Whitin 1963, sec. 4.7; Zipkin 2000, sec. 6.2).
StockAnswer ordered_stock(double rate, long at_most, long amount, double lead);

}  // namespace understudy::models
