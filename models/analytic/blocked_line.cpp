#include "models/analytic/blocked_line.h"

#include <Eigen/Core>
#include <map>

#include "models/analytic/quasi_birth_death.h"

namespace understudy::models {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;

/// By elimination of one state after the other, without a subtraction (Grassmann, Taksar and Heyman 1985).
std::vector<double> steady_state(std::vector<std::vector<double>> rates) {
    const std::size_t n = rates.size();
    for (std::size_t k = n; k-- > 1;) {
        double leaving = 0;
        for (std::size_t j = 0; j < k; ++j) leaving += rates[k][j];
        for (std::size_t i = 0; i < k; ++i) {
            if (rates[i][k] == 0) continue;
            rates[i][k] /= leaving;
            for (std::size_t j = 0; j < k; ++j) rates[i][j] += rates[i][k] * rates[k][j];
        }
    }
    std::vector<double> shares = {1};
    double sum = 1;
    for (std::size_t k = 1; k < n; ++k) {
        double share = 0;
        for (std::size_t i = 0; i < k; ++i) share += shares[i] * rates[i][k];
        shares.push_back(share);
        sum += share;
    }
    for (double& share : shares) share /= sum;
    return shares;
}

}  // namespace

std::optional<BlockedAnswer> saturated_line(const std::vector<double>& services,
                                            const std::vector<long>& places) {
    // Of each station how many are there, who is blocked included, and whether its worker is blocked.
    struct Row {
        std::vector<long> number;
        std::vector<bool> blocked;
        auto operator<=>(const Row&) const = default;
    };
    const std::size_t n = services.size();
    std::map<Row, std::size_t> positions;
    std::vector<Row> states = {{std::vector<long>(n, 0), std::vector<bool>(n, false)}};
    states.front().number[0] = 1;
    positions.emplace(states.front(), 0);
    std::vector<std::vector<std::pair<std::size_t, double>>> moves;
    // One has left station i: who is blocked before it gets the place, and so on.
    const auto leave = [&](Row& row, std::size_t i) {
        for (;; --i) {
            if (i > 0) --row.number[i];  // the first is never without
            if (i == 0 || !row.blocked[i - 1]) return;
            row.blocked[i - 1] = false;
            ++row.number[i];
        }
    };
    for (std::size_t at = 0; at < states.size(); ++at) {
        moves.emplace_back();
        const Row now = states[at];
        for (std::size_t i = 0; i < n; ++i) {
            if (now.number[i] == 0 || now.blocked[i]) continue;
            Row next = now;
            if (i + 1 == n) {
                leave(next, i);
            } else if (now.number[i + 1] <= places[i + 1]) {
                ++next.number[i + 1];
                leave(next, i);
            } else {
                next.blocked[i] = true;
            }
            const auto [found, fresh] = positions.emplace(next, states.size());
            if (fresh) states.push_back(next);
            if (states.size() > most_blocked_states) return std::nullopt;
            moves.back().emplace_back(found->second, 1 / services[i]);
        }
    }
    std::vector<std::vector<double>> rates(states.size(), std::vector<double>(states.size(), 0));
    for (std::size_t at = 0; at < moves.size(); ++at)
        for (const auto& [to, rate] : moves[at]) rates[at][to] += rate;
    const std::vector<double> shares = steady_state(std::move(rates));
    const std::vector<double> none(n, 0);
    BlockedAnswer answer{0, 0, none, none, none, none};
    for (std::size_t at = 0; at < states.size(); ++at)
        for (std::size_t i = 0; i < n; ++i) {
            const Row& row = states[at];
            if (row.number[i] > 0 && !row.blocked[i]) answer.works[i] += shares[at];
            if (row.blocked[i]) answer.blocked[i] += shares[at];
            answer.present[i] += static_cast<double>(row.number[i]) * shares[at];
            if (row.number[i] > 1) answer.line[i] += static_cast<double>(row.number[i] - 1) * shares[at];
        }
    answer.throughput = answer.works.back() / services.back();
    return answer;
}

std::optional<BlockedAnswer> fed_pair(double rate, double first, double second,
                                      std::optional<long> first_places, long second_places) {
    // Levels are those at the first station; phases those at the second, and in the last one it is full and the first blocked.
    const auto full = static_cast<Index>(second_places) + 1, size = full + 2;
    QuasiBirthDeath chain;
    const long most = first_places ? *first_places + 1 : 1;
    MatrixXd down;
    for (long n = 0; n <= most; ++n) {
        const bool last = first_places && n == most;
        const MatrixXd up =
            last ? MatrixXd::Zero(size, size) : MatrixXd(rate * MatrixXd::Identity(size, size));
        MatrixXd within = MatrixXd::Zero(size, size);
        down = MatrixXd::Zero(size, size);
        for (Index m = 0; m < size; ++m) {
            if (m > 0 && m <= full) within(m, m - 1) = 1 / second;
            if (n == 0) continue;
            if (m < full) down(m, m + 1) = 1 / first;
            if (m == full) within(m, m + 1) = 1 / first;
            if (m == full + 1) down(m, full) = 1 / second;
        }
        // Blocked with nobody there: never so.
        if (n == 0) within(full + 1, full) = 1 / second;
        chain.up.push_back(up);
        chain.within.push_back(within);
        chain.down.push_back(down);
    }
    chain.down_again = down;
    const auto law = solve_levels(chain);
    if (!law) return std::nullopt;
    BlockedAnswer answer{0, 0, {0, 0}, {0, 0}, {0, 0}, {0, 0}};
    const Eigen::VectorXd busy = law->tail();
    Eigen::VectorXd all = busy;
    std::vector<double> numbers, line;
    for (std::size_t n = 0; n < law->levels.size(); ++n) {
        if (n + 1 < law->levels.size()) all += law->levels[n];
        numbers.push_back(static_cast<double>(n));
        line.push_back(n > 0 ? static_cast<double>(n) - 1 : 0);
    }
    answer.present[0] = law->mean(numbers);
    answer.line[0] = law->mean(line);
    answer.blocked[0] = all(full + 1);
    for (Index m = 1; m < size; ++m) {
        const auto there = static_cast<double>(std::min(m, full));
        answer.works[1] += all(m);
        answer.present[1] += there * all(m);
        answer.line[1] += (there - 1) * all(m);
    }
    answer.works[0] = 1 - law->levels.front().sum() - answer.blocked[0];
    if (first_places) answer.lost = law->levels.back().sum();
    answer.throughput = rate * (1 - answer.lost);
    return answer;
}

}  // namespace understudy::models
