#include "models/analytic/stock.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel/exact_math.h"

namespace understudy::models {

namespace {

namespace exact = kernel::exact;

/// P(n) of a Poisson law, until next to nothing is left.
std::vector<double> poisson_shares(double mean) {
    // From the most likely number on both ways, so that nothing underflows.
    const auto peak = static_cast<std::size_t>(mean);
    const double reach = 40 + 12 * std::sqrt(mean);
    const auto last = static_cast<std::size_t>(mean + reach);
    std::vector<double> shares(last + 1, 0);
    shares[peak] = 1;
    double sum = 1;
    for (std::size_t n = peak; n > 0; --n) sum += shares[n - 1] = shares[n] * static_cast<double>(n) / mean;
    for (std::size_t n = peak; n < last; ++n)
        sum += shares[n + 1] = shares[n] * mean / static_cast<double>(n + 1);
    for (double& share : shares) share /= sum;
    return shares;
}

}  // namespace

StockAnswer random_tokens(double rate, double tokens, long size) {
    const double load = rate / tokens, b = static_cast<double>(size), beyond = exact::pow(load, b);
    StockAnswer answer;
    answer.waits = beyond;
    answer.line = beyond * load / (1 - load);
    answer.level = b - load * (1 - beyond) / (1 - load);
    return answer;
}

std::optional<StockAnswer> regular_tokens(double rate, double interval, long size) {
    const double load = rate * interval;
    constexpr std::size_t most = 20'000;
    // What comes within a part of an interval: more than n with probability more[n].
    std::vector<double> more;
    double left = 1;
    for (const double share : poisson_shares(load)) more.push_back(left = std::max(0.0, left - share));
    // M/D/1 by a recursion of positive terms (Tijms 2003, sec. 9.2.1): p(j) = more(j - 1) p(0) + sum of more(j - k) p(k).
    std::vector<double> present = {1 - load};
    double sum = present.front();
    while (1 - sum > 1e-15) {
        const std::size_t j = present.size();
        if (j >= most) return std::nullopt;
        double next = j - 1 < more.size() ? more[j - 1] * present[0] : 0;
        for (std::size_t k = j > more.size() ? j - more.size() : 1; k < j; ++k)
            if (k > 0 && j - k < more.size()) next += more[j - k] * present[k];
        next /= 1 - more[0];
        present.push_back(next);
        sum += next;
        if (next < 1e-300 || (next < 1e-17 && 1 - sum < 1e-12)) break;
    }
    // Just after a token one less; then, at a random instant until the next, n demands more with probability more[n] / load.
    std::vector<double> lacking(present.size() + more.size(), 0);
    for (std::size_t j = 0; j < present.size(); ++j)
        for (std::size_t n = 0; n < more.size(); ++n)
            lacking[(j > 0 ? j - 1 : 0) + n] += present[j] * more[n] / load;
    StockAnswer answer;
    const auto b = static_cast<std::size_t>(size);
    for (std::size_t n = 0; n < lacking.size(); ++n) {
        if (n >= b) answer.waits += lacking[n];
        if (n > b) answer.line += static_cast<double>(n - b) * lacking[n];
        if (n < b) answer.level += static_cast<double>(b - n) * lacking[n];
    }
    return answer;
}

StockAnswer ordered_stock(double rate, long at_most, long amount, double lead) {
    const double mean = rate * lead;
    const std::vector<double> demand = poisson_shares(mean);
    StockAnswer answer;
    for (long position = at_most + 1; position <= at_most + amount; ++position) {
        double owed = 0, none = 0;
        for (std::size_t n = 0; n < demand.size(); ++n) {
            const double lacks = static_cast<double>(n) - static_cast<double>(position);
            if (lacks >= 0) none += demand[n];
            if (lacks > 0) owed += lacks * demand[n];
        }
        answer.line += owed;
        answer.waits += none;
        answer.level += static_cast<double>(position) - mean + owed;
    }
    const auto q = static_cast<double>(amount);
    answer.line /= q;
    answer.waits /= q;
    answer.level /= q;
    return answer;
}

}  // namespace understudy::models
