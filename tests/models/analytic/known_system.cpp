// Promised: single stages and small systems with a mechanism of their own are answered exactly, by a closed list of measures,
// and nothing of them is called exact as soon as any other mechanism takes part. Shown: each formula against a Markov chain
// that is cut off and eliminated state by state, or another formula of the literature; scenarios that have one mechanism, and
// the same with one more.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/analytic/blocked_line.h"
#include "models/analytic/bundles.h"
#include "models/analytic/multi_rate_loss.h"
#include "models/analytic/paused_worker.h"
#include "models/analytic/phase_queue.h"
#include "models/analytic/polling.h"
#include "models/analytic/shared_units.h"
#include "models/analytic/stock.h"
#include "models/analytic/worker_chains.h"
#include "tests/models/analytic/sample.h"

using namespace understudy;
using namespace understudy::models;
using kernel::Distribution;
using tests::answered;

namespace {

using State = std::vector<int>;
using Moves = std::vector<std::pair<State, double>>;

/// The steady state of the chain that is reached from a state, found by elimination (Grassmann, Taksar and Heyman 1985).
std::map<State, double> steady_state(const State& start, const std::function<Moves(const State&)>& moves) {
    std::map<State, std::size_t> position = {{start, 0}};
    std::vector<State> states = {start};
    std::vector<std::vector<std::pair<std::size_t, double>>> rates;
    for (std::size_t at = 0; at < states.size(); ++at) {
        rates.emplace_back();
        const State now = states[at];
        for (const auto& [next, rate] : moves(now)) {
            if (!(rate > 0)) continue;
            const auto [found, fresh] = position.emplace(next, states.size());
            if (fresh) states.push_back(next);
            rates.back().emplace_back(found->second, rate);
        }
    }
    const std::size_t n = states.size();
    REQUIRE(n < 1500);
    std::vector<std::vector<double>> matrix(n, std::vector<double>(n, 0));
    for (std::size_t at = 0; at < n; ++at)
        for (const auto& [to, rate] : rates[at]) matrix[at][to] += rate;
    for (std::size_t k = n; k-- > 1;) {
        double leaving = 0;
        for (std::size_t j = 0; j < k; ++j) leaving += matrix[k][j];
        for (std::size_t i = 0; i < k; ++i) {
            if (matrix[i][k] == 0) continue;
            matrix[i][k] /= leaving;
            for (std::size_t j = 0; j < k; ++j) matrix[i][j] += matrix[i][k] * matrix[k][j];
        }
    }
    std::vector<double> shares = {1};
    double sum = 1;
    for (std::size_t k = 1; k < n; ++k) {
        double share = 0;
        for (std::size_t i = 0; i < k; ++i) share += shares[i] * matrix[i][k];
        shares.push_back(share);
        sum += share;
    }
    std::map<State, double> all;
    for (std::size_t at = 0; at < n; ++at) all.emplace(states[at], shares[at] / sum);
    return all;
}

double mean_of(const std::map<State, double>& shares, const std::function<double(const State&)>& of) {
    double sum = 0;
    for (const auto& [state, share] : shares) sum += share * of(state);
    return sum;
}

void near(double value, double reference) {
    CHECK(std::fabs(value - reference) <= 1e-6 * std::fabs(reference));
}

void exactly(const std::string& text, const std::string& measure, double value) {
    const Answer answer = (*answered(text))(measure);
    INFO(text, "\n", measure, ": ", answer.why);
    CHECK(answer.kind == Answer::Kind::exact);
    near(answer.value, value);
}

const std::string run = "run: {length: 40h, warm_up: 1h}\n";

}  // namespace

TEST_CASE("MMPP/M/2 of three states: as the chain, cut off at 250") {
    std::vector<Arrivals::State> states(3);
    const double rates[] = {0.2, 2.5, 0}, stays[] = {4, 2, 1};
    const char* names[] = {"calm", "busy", "off"};
    for (std::size_t i = 0; i < 3; ++i) {
        states[i].name = names[i];
        states[i].rate = rates[i];
        states[i].stay.terms = {Term{Distribution::exponential(stays[i])}};
    }
    states[0].next = {{"busy", 0.7}, {"off", 0.3}};
    states[1].next = {{"calm", 1}};
    states[2].next = {{"calm", 0.5}, {"busy", 0.5}};
    const auto arrivals = arrivals_by_states(states, 1);
    REQUIRE(arrivals);
    const auto queue = phase_queue(*arrivals, *as_phases(Distribution::exponential(1.2)), 2);
    REQUIRE(queue);
    const auto chain = steady_state({0, 0}, [&](const State& at) {
        Moves moves;
        if (at[0] < 250) moves.push_back({{at[0] + 1, at[1]}, rates[at[1]]});
        if (at[0] > 0) moves.push_back({{at[0] - 1, at[1]}, std::min(at[0], 2) / 1.2});
        const double next[3][3] = {{0, 0.7, 0.3}, {1, 0, 0}, {0.5, 0.5, 0}};
        for (int to = 0; to < 3; ++to) moves.push_back({{at[0], to}, next[at[1]][to] / stays[at[1]]});
        return moves;
    });
    const double rate = mean_of(chain, [&](const State& at) { return rates[at[1]]; });
    near(queue->rate, rate);
    near(queue->present, mean_of(chain, [](const State& at) { return at[0]; }));
    near(queue->line, mean_of(chain, [](const State& at) { return std::max(0, at[0] - 2); }));
    near(queue->empty, mean_of(chain, [](const State& at) { return at[0] == 0; }));
    near(queue->saturated, mean_of(chain, [](const State& at) { return at[0] >= 2; }));
    near(queue->waits, mean_of(chain, [&](const State& at) { return at[0] >= 2 ? rates[at[1]] / rate : 0; }));
    // The law of waits has the mean that Little's law says, and who waits does so by it.
    REQUIRE(queue->wait_law);
    double waits = 0;
    for (const double start : queue->wait_law->start) waits += start;
    near(waits, queue->waits);
    CHECK(*quantile(*queue->wait_law, 1 - queue->waits + 1e-9) < 1e-3);
    double area = 0;  // under the survival function, by quantiles
    constexpr int steps = 20000;
    for (int i = 0; i < steps; ++i) area += quantile(*queue->wait_law, (i + 0.5) / steps).value_or(0) / steps;
    CHECK(area == doctest::Approx(queue->line / rate).epsilon(2e-3));
}

TEST_CASE("PH/PH/2: as the chain, cut off at 200") {
    // Erlang-2 arrivals of a second, hyperexponential services.
    const double up = 2, p = 0.6, fast = 1 / 0.8, slow = 1 / 2.5;
    const auto service = as_phases(
        Distribution::mixture({p, 1 - p}, {Distribution::exponential(0.8), Distribution::exponential(2.5)}));
    const auto between = as_phases(Distribution::erlang(2, 1));
    REQUIRE(service);
    const auto queue = phase_queue(renewal_arrivals(*between), *service, 2);
    REQUIRE(queue);
    // In line, at work in the first phase, in the second, phase of arrivals.
    const auto chain = steady_state({0, 0, 0, 0}, [&](const State& at) {
        Moves moves;
        const int busy = at[1] + at[2];
        if (at[3] == 0) {
            moves.push_back({{at[0], at[1], at[2], 1}, up});
        } else if (busy == 2) {
            if (at[0] < 200) moves.push_back({{at[0] + 1, at[1], at[2], 0}, up});
        } else {
            moves.push_back({{0, at[1] + 1, at[2], 0}, up * p});
            moves.push_back({{0, at[1], at[2] + 1, 0}, up * (1 - p)});
        }
        for (int phase = 1; phase <= 2; ++phase) {
            const double ends = at[static_cast<std::size_t>(phase)] * (phase == 1 ? fast : slow);
            State next = at;
            --next[static_cast<std::size_t>(phase)];
            if (at[0] == 0) {
                moves.push_back({next, ends});
                continue;
            }
            --next[0];
            for (int begun = 1; begun <= 2; ++begun) {
                State taken = next;
                ++taken[static_cast<std::size_t>(begun)];
                moves.push_back({taken, ends * (begun == 1 ? p : 1 - p)});
            }
        }
        return moves;
    });
    near(queue->line, mean_of(chain, [](const State& at) { return at[0]; }));
    near(queue->empty, mean_of(chain, [](const State& at) { return at[1] + at[2] == 0; }));
    near(queue->waits,
         mean_of(chain, [&](const State& at) { return at[1] + at[2] == 2 && at[3] == 1 ? 2.0 : 0; }));
}

TEST_CASE("units that three classes take: as all states, and as Erlang's loss for one class") {
    const std::vector<UnitsClass> classes = {{4, 1}, {1.5, 3}, {0.7, 4}};
    const auto answer = multi_rate_loss(classes, 10);
    const auto chain = steady_state({0, 0, 0}, [&](const State& at) {
        Moves moves;
        const long taken = at[0] + 3 * at[1] + 4 * at[2];
        for (std::size_t i = 0; i < 3; ++i) {
            State more = at, less = at;
            ++more[i];
            --less[i];
            if (taken + classes[i].units <= 10) moves.push_back({more, classes[i].offered});
            if (at[i] > 0) moves.push_back({less, at[i]});
        }
        return moves;
    });
    const auto taken = [](const State& at) { return at[0] + 3 * at[1] + 4 * at[2]; };
    for (std::size_t i = 0; i < 3; ++i)
        near(answer.lost[i],
             mean_of(chain, [&](const State& at) { return taken(at) + classes[i].units > 10; }));
    near(answer.taken, mean_of(chain, taken));
    near(multi_rate_loss({{8, 1}}, 10).lost[0], erlang_b(8, 1, 10).lost);
    // As many units as would overflow without care.
    const double large = multi_rate_loss({{2000, 1}}, 2000).lost[0];
    near(large, erlang_b(2000, 1, 2000).lost);
}

TEST_CASE("several taken up at once by two workers: as the chain, cut off at 400") {
    const auto answer = bundled_service(3, 1, 2, 3);
    const auto chain = steady_state({0, 0}, [](const State& at) {
        Moves moves;
        if (at[0] < 2)
            moves.push_back({{at[0] + 1, 0}, 3});
        else if (at[1] < 400)
            moves.push_back({{2, at[1] + 1}, 3});
        const int taken = std::min(at[1], 3);
        if (at[0] > 0) moves.push_back({{at[0] - (taken == 0), at[1] - taken}, at[0]});
        return moves;
    });
    near(answer.line, mean_of(chain, [](const State& at) { return at[1]; }));
    near(answer.busy, mean_of(chain, [](const State& at) { return at[0]; }));
    near(answer.empty, mean_of(chain, [](const State& at) { return at[0] == 0; }));
    near(answer.waits, mean_of(chain, [](const State& at) { return at[0] == 2; }));
    near(bundled_service(0.7, 1, 1, 1).wait, erlang_c(0.7, 1, 1).wait);
    near(answer.waits / answer.drain, answer.wait);
}

TEST_CASE("gathered by number or time: both ends, and by hand") {
    near(gathered(5, 10, 1e6).gathering, gathered(5, 10, std::nullopt).gathering);
    near(gathered(5, 500, 1.5).gathering, gathered(5, 0, 1.5).gathering);
    // Two items or so long: the second comes within it, or not.
    const auto two = gathered(1, 2, 1);
    const double comes = 1 - std::exp(-1.0);
    near(two.filled, comes);
    near(two.items, 1 + comes);
    near(two.forming, comes);
    near(two.gathering, comes / (1 + comes));
}

TEST_CASE("workers that fail: as the chain, and one worker as by completion times") {
    for (const bool while_busy : {false, true}) {
        const auto answer = failing_workers(2, 1, 3, {10, 3, false, while_busy});
        REQUIRE(answer);
        const auto chain = steady_state({0, 3}, [&](const State& at) {
            const int busy = std::min(at[0], at[1]);
            Moves moves = {{{at[0], at[1] - 1}, (while_busy ? busy : at[1]) / 10.0},
                           {{at[0], at[1] + 1}, (3 - at[1]) / 3.0},
                           {{at[0] - 1, at[1]}, busy}};
            if (at[0] < 250) moves.push_back({{at[0] + 1, at[1]}, 2});
            return moves;
        });
        near(answer->present, mean_of(chain, [](const State& at) { return at[0]; }));
        near(answer->workers, mean_of(chain, [](const State& at) { return at[1]; }));
        near(answer->empty, mean_of(chain, [](const State& at) { return at[0] == 0; }));
        near(answer->line, mean_of(chain, [](const State& at) { return std::max(0, at[0] - at[1]); }));
    }
    const auto together = failing_workers(1, 1, 2, {8, 2, true, false});
    const auto chain = steady_state({0, 1}, [&](const State& at) {
        Moves moves = {{{at[0], 1 - at[1]}, at[1] == 1 ? 1 / 8.0 : 1 / 2.0},
                       {{at[0] - 1, at[1]}, at[1] * std::min(at[0], 2)}};
        if (at[0] < 250) moves.push_back({{at[0] + 1, at[1]}, 1});
        return moves;
    });
    near(together->present, mean_of(chain, [](const State& at) { return at[0]; }));
    for (const bool while_busy : {false, true}) {
        const double fails = 0.1;
        const WorkLaw work = completion(exponential_law(1), fails, exponential_law(2.5));
        Beginning beginning;
        beginning.third = 0;
        if (!while_busy) beginning = after_failures(0.5, fails, exponential_law(2.5));
        const double wait = paused_worker(0.5, work, beginning).wait;
        const auto one = failing_workers(0.5, 1, 1, {10, 2.5, false, while_busy});
        near(one->present, 0.5 * (wait + work.mean));
        near(one->empty, paused_worker(0.5, work, beginning).empty);
    }
}

TEST_CASE("workers that start: as the chain, and one worker as by decomposition") {
    const auto answer = starting_workers(2, 1, 1, 4, 3);
    REQUIRE(answer);
    const auto chain = steady_state({0, 1}, [](const State& at) {
        const int busy = std::min(at[0], at[1]), starts = std::min(at[0] - busy, 4 - at[1]);
        Moves moves = {{{at[0], at[1] + 1}, starts / 3.0},
                       {{at[0] - 1, std::max(1, std::min(at[1], at[0] - 1))}, busy}};
        if (at[0] < 250) moves.push_back({{at[0] + 1, at[1]}, 2});
        return moves;
    });
    near(answer->present, mean_of(chain, [](const State& at) { return at[0]; }));
    near(answer->workers, mean_of(chain, [](const State& at) { return at[1]; }));
    near(answer->starting,
         mean_of(chain, [](const State& at) { return std::min(at[0] - std::min(at[0], at[1]), 4 - at[1]); }));
    const auto one = starting_workers(0.5, 1, 0, 1, 3);
    const auto paused =
        paused_worker(0.5, exponential_law(1), after_start(0.5, 1, exponential_law(3), std::nullopt));
    near(one->present, 0.5 * (paused.wait + 1));
    near(one->empty, paused.empty);
    // Starts for three, ready for a while after the last one: off or ready, present, starting.
    const auto three =
        paused_worker(0.5, exponential_law(1), after_start(0.5, 3, exponential_law(2), exponential_law(4)));
    enum { off, starting, on };
    const auto full = steady_state({off, 0}, [](const State& at) {
        Moves moves;
        const int next = at[1] + 1;
        if (at[1] < 200) moves.push_back({{at[0] == off && next == 3 ? starting : at[0], next}, 0.5});
        if (at[0] == starting) moves.push_back({{on, at[1]}, 1 / 2.0});
        if (at[0] == on)
            moves.push_back(at[1] > 0 ? std::pair<State, double>{{on, at[1] - 1}, 1}
                                      : std::pair<State, double>{{off, 0}, 1 / 4.0});
        return moves;
    });
    near(0.5 * (three.wait + 1), mean_of(full, [](const State& at) { return at[1]; }));
    near(three.empty, mean_of(full, [](const State& at) { return at[1] == 0; }));
    near(1 - three.waits, mean_of(full, [](const State& at) { return at[0] == on && at[1] == 0; }));
}

TEST_CASE("pauses of a worker: the spread of waits, as of M/G/1 and what is left of a pause") {
    const WorkLaw service = work_law(Distribution::uniform(0.5, 1.5)),
                  pause = work_law(Distribution::uniform(1, 3));
    const auto answer = paused_worker(0.6, service, after_pauses(0.6, pause));
    const Station plain = one_server(0.6, service);
    const double left = pause.second / (2 * pause.mean);
    near(answer.wait, plain.wait + left);
    near(*answer.wait_variance, *plain.wait_variance + *pause.third / (3 * pause.mean) - left * left);
    // Times until a pause is over of which the chance counts: no variance where others decide on a wait.
    CHECK_FALSE(paused_worker(0.5, service, after_start(0.5, 2, pause, std::nullopt)).wait_variance);
}

TEST_CASE("customers that come again: as the chain, for one worker and two") {
    const double load = 0.7, pause = 2;
    const auto one = retrials(0.7, 1, 1, pause);
    REQUIRE(one);
    const auto alone = steady_state({0, 0}, [&](const State& at) {
        Moves moves;
        if (at[1] == 0) {
            moves.push_back({{at[0], 1}, 0.7});
            moves.push_back({{at[0] - 1, 1}, at[0] / pause});
        } else {
            if (at[0] < 300) moves.push_back({{at[0] + 1, 1}, 0.7});
            moves.push_back({{at[0], 0}, 1});
        }
        return moves;
    });
    near(one->orbit, mean_of(alone, [](const State& at) { return at[0]; }));
    near(one->blocked, load);
    const auto two = retrials(1.2, 1, 2, pause);
    const auto chain = steady_state({0, 0}, [&](const State& at) {
        Moves moves;
        if (at[1] < 2) {
            moves.push_back({{at[0], at[1] + 1}, 1.2});
            moves.push_back({{at[0] - 1, at[1] + 1}, at[0] / pause});
        } else if (at[0] < 300) {
            moves.push_back({{at[0] + 1, 2}, 1.2});
        }
        moves.push_back({{at[0], at[1] - 1}, at[1]});
        return moves;
    });
    near(two->orbit, mean_of(chain, [](const State& at) { return at[0]; }));
    near(two->blocked, mean_of(chain, [](const State& at) { return at[1] == 2; }));
}

TEST_CASE("a worker that goes round: alike lines, and the pseudo-conservation law of others") {
    // Takagi 1986: of N lines alike with constant ways.
    const WorkLaw half = work_law(Distribution::constant(0.5));
    for (const bool gated : {false, true}) {
        const std::vector<PolledLine> alike(3, {0.2, exponential_law(1), gated});
        const double load = 0.6, own = 0.2;
        const double expected = (3 * 0.2 * 2 + 0.5 * (3 + (gated ? load : -load))) / (2 * (1 - load));
        CHECK(own * 3 == doctest::Approx(load));
        const auto waits = polling_waits(alike, half);
        REQUIRE(waits);
        for (const double wait : *waits) near(wait, expected);
    }
    // Boxma and Groenendijk 1987, eq. 3.10: of exhaustive and gated lines together.
    const WorkLaw way = exponential_law(0.3);
    const std::vector<PolledLine> lines = {{0.3, exponential_law(1), true},
                                           {0.2, work_law(Distribution::uniform(0, 1)), false},
                                           {0.5, work_law(Distribution::constant(0.4)), true},
                                           {0.05, exponential_law(2), false}};
    double load = 0, squares = 0, residual = 0, weighted = 0, gated_squares = 0;
    const auto waits = polling_waits(lines, way);
    REQUIRE(waits);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const double own = lines[i].rate * lines[i].service.mean;
        load += own;
        squares += own * own;
        residual += lines[i].rate * lines[i].service.second;
        weighted += own * (*waits)[i];
        if (lines[i].gated) gated_squares += own * own;
    }
    const double all = 4 * way.mean, all_second = 4 * (way.second - way.mean * way.mean) + all * all;
    near(weighted, load * residual / (2 * (1 - load)) + load * all_second / (2 * all) +
                       all / (2 * (1 - load)) * (load * load - squares) + all / (1 - load) * gated_squares);
}

TEST_CASE("tokens and stock: as chains") {
    const auto random = random_tokens(0.8, 1, 4);
    const auto chain = steady_state({0}, [](const State& at) {  // what lacks of a full bucket
        Moves moves = {{{at[0] - 1}, at[0] > 0 ? 1.0 : 0.0}};
        if (at[0] < 300) moves.push_back({{at[0] + 1}, 0.8});
        return moves;
    });
    near(random.line, mean_of(chain, [](const State& at) { return std::max(0, at[0] - 4); }));
    near(random.level, mean_of(chain, [](const State& at) { return std::max(0, 4 - at[0]); }));
    near(random.waits, mean_of(chain, [](const State& at) { return at[0] >= 4; }));
    // A regular token is at last like one that comes in very many phases.
    const auto regular = regular_tokens(0.7, 1, 3);
    REQUIRE(regular);
    const auto erlang = [](int k) {
        const auto phases = steady_state({0, 0}, [k](const State& at) {
            Moves moves = {{{at[1] + 1 == k ? std::max(0, at[0] - 1) : at[0], (at[1] + 1) % k}, k}};
            if (at[0] < 60) moves.push_back({{at[0] + 1, at[1]}, 0.7});
            return moves;
        });
        return mean_of(phases, [](const State& at) { return std::max(0, at[0] - 3); });
    };
    // The error of k phases goes with 1 / k, and that with its square: taken out of three of them.
    const double few = erlang(6), more = erlang(12), most = erlang(24);
    const double once = 2 * more - few, twice = 2 * most - more;
    CHECK(regular->line == doctest::Approx(twice + (twice - once) / 3).epsilon(2e-3));
    // With a lead that nothing comes in, stock is what is ordered; and in general what is there less what is owed is known.
    const auto stock = ordered_stock(3, 4, 6, 2.5);
    near(stock.level - stock.line, 4 + (6 + 1) / 2.0 - 7.5);
    near(ordered_stock(1e-9, 0, 1, 1).level, 1);
}

TEST_CASE("gangs in one line: as the chain, cut off, of which every one in line is told apart") {
    const std::vector<GangClass> classes = {{0.3, 1, 1}, {0.2, 1.5, 2}};
    const auto answer = gangs_in_line(classes, 3);
    REQUIRE(answer);
    // Jobs at work, and the classes of those in line, the first one first; one more comes in where there is room.
    const auto settled = [&](State at) {
        while (at.size() > 2) {
            const int first = at[2];
            if (at[0] + 2 * at[1] + classes[static_cast<std::size_t>(first)].units > 3) break;
            at.erase(at.begin() + 2);
            ++at[static_cast<std::size_t>(first)];
        }
        return at;
    };
    const auto chain = steady_state({0, 0}, [&](const State& at) {
        Moves moves;
        for (int i = 0; i < 2; ++i) {
            const auto of = static_cast<std::size_t>(i);
            State more = at, less = at;
            more.push_back(i);
            --less[of];
            if (at.size() < 2 + 7) moves.push_back({settled(more), classes[of].rate});
            if (at[of] > 0) moves.push_back({settled(less), at[of] / classes[of].service});
        }
        return moves;
    });
    // What the cut leaves out is some thousandths; a line that is cut has nothing behind it.
    for (int i = 0; i < 2; ++i) {
        const auto of = static_cast<std::size_t>(i);
        const double line =
            mean_of(chain, [&](const State& at) { return std::count(at.begin() + 2, at.end(), i); });
        CHECK(answer->line[of] == doctest::Approx(line).epsilon(0.01));
        near(answer->present[of] - answer->line[of], classes[of].rate * classes[of].service);
    }
    near(answer->taken, 0.3 + 2 * 0.2 * 1.5);
    // Of one unit each it is M/M/c.
    const auto plain = gangs_in_line({{1, 1, 1}, {0.5, 1, 1}}, 2);
    near(plain->line[0] + plain->line[1], erlang_c(1.5, 1, 2).line);
    near(plain->line[0], 2 * plain->line[1]);
    // And of all units each it is one worker: M/H2/1.
    const auto one = gangs_in_line({{0.3, 1, 2}, {0.2, 2, 2}}, 2);
    near(one->line[0] + one->line[1], 0.5 * 0.5 * (0.6 * 2 + 0.4 * 8) / (2 * 0.3));
    CHECK_FALSE(gangs_in_line({{0.9, 1, 1}, {0.5, 1, 2}}, 2));  // below what units could do, but for gaps
}

TEST_CASE(
    "gangs in one line: the truth gang-a is cut off at 13 in line, and what is beyond adds what we have "
    "more") {
    const double rates[] = {0.3, 0.15};
    const auto present = [&](int most) {
        // Singles and gangs at work, who is first in line (0: nobody, 1: a single, 2: a gang), how many are in line.
        const auto chain = steady_state({0, 0, 0, 0}, [&](const State& at) {
            Moves moves;
            const std::function<void(State, double)> settle = [&](State next, double rate) {
                if (next[3] == 0 || next[0] + 2 * next[1] + next[2] > 2) return moves.push_back({next, rate});
                ++next[static_cast<std::size_t>(next[2] - 1)];
                --next[3];
                for (int first = 1; first <= 2; ++first) {
                    next[2] = next[3] == 0 ? 0 : first;
                    settle(next, next[3] == 0 ? (first == 1 ? rate : 0) : rate * rates[first - 1] / 0.45);
                }
            };
            for (int i = 0; i < 2; ++i) {
                if (at[3] == 0) settle({at[0], at[1], i + 1, 1}, rates[i]);
                State less = at;
                --less[static_cast<std::size_t>(i)];
                if (at[static_cast<std::size_t>(i)] > 0) settle(less, at[static_cast<std::size_t>(i)]);
            }
            if (at[3] > 0 && at[3] < most) moves.push_back({{at[0], at[1], at[2], at[3] + 1}, 0.45});
            return moves;
        });
        return mean_of(chain, [](const State& at) { return at[0] + at[1] + at[3]; });
    };
    const auto answer = gangs_in_line({{0.3, 1, 1}, {0.15, 1, 2}}, 2);
    REQUIRE(answer);
    near(answer->present[0] + answer->present[1], present(100));
    near(0.6411699476586666, present(13));
}

TEST_CASE("the shorter of two lines: as the chain, cut off") {
    for (const double rate : {0.5, 1.6}) {
        const auto answer = shortest_of_two(rate, 1);
        REQUIRE(answer);
        const auto chain = steady_state({0, 0}, [&](const State& at) {  // the shorter first
            const auto ordered = [](int a, int b) { return State{std::min(a, b), std::max(a, b)}; };
            Moves moves;
            if (at[0] < 100 && at[1] - at[0] < 14) moves.push_back({ordered(at[0] + 1, at[1]), rate});
            if (at[0] > 0 && at[1] - at[0] < 14) moves.push_back({ordered(at[0] - 1, at[1]), 1});
            if (at[1] > 0) moves.push_back({ordered(at[0], at[1] - 1), 1});
            return moves;
        });
        near(answer->present, mean_of(chain, [](const State& at) { return at[0] + at[1]; }));
        near(answer->both_busy, mean_of(chain, [](const State& at) { return at[0] > 0; }));
        near(answer->empty, mean_of(chain, [](const State& at) { return at[1] == 0; }));
    }
}

TEST_CASE("blocked stations: as chains") {
    const auto line = saturated_line({1, 1 / 1.2}, {0, 3});
    REQUIRE(line);
    // Of two stations the second is M/M/1/K: 4 there, and one more that is blocked.
    const auto second = bounded(1, 1 / 1.2, 1, 4);
    near(line->blocked[0], second.present[5]);
    near(line->throughput, (1 - second.present[0]) * 1.2);
    // Places enough: nobody is blocked, and the slowest says how much comes through.
    near(saturated_line({0.1, 1}, {0, 5})->throughput, saturated_line({1, 0.1}, {0, 5})->throughput);
    // Reversed lines have one throughput (Melamed 1986).
    near(saturated_line({1, 0.8, 0.5}, {0, 1, 2})->throughput,
         saturated_line({0.5, 0.8, 1}, {0, 2, 1})->throughput);
    for (const int limit : {4, 250}) {
        const auto fed = fed_pair(0.6, 1, 0.9, limit == 4 ? std::optional<long>(3) : std::nullopt, 2);
        REQUIRE(fed);
        const auto chain =
            steady_state({0, 0, 0}, [&](const State& at) {  // at the first, at the second, blocked
                Moves moves;
                if (at[0] < limit) moves.push_back({{at[0] + 1, at[1], at[2]}, 0.6});
                if (at[0] > 0 && at[2] == 0)
                    moves.push_back(at[1] < 3 ? std::pair<State, double>{{at[0] - 1, at[1] + 1, 0}, 1}
                                              : std::pair<State, double>{{at[0], 3, 1}, 1});
                if (at[1] > 0)
                    moves.push_back(at[2] == 1 ? std::pair<State, double>{{at[0] - 1, 3, 0}, 1 / 0.9}
                                               : std::pair<State, double>{{at[0], at[1] - 1, 0}, 1 / 0.9});
                return moves;
            });
        near(fed->present[0], mean_of(chain, [](const State& at) { return at[0]; }));
        near(fed->present[1], mean_of(chain, [](const State& at) { return at[1]; }));
        near(fed->line[0], mean_of(chain, [](const State& at) { return std::max(0, at[0] - 1); }));
        near(fed->blocked[0], mean_of(chain, [](const State& at) { return at[2]; }));
        if (limit == 4) near(fed->lost, mean_of(chain, [](const State& at) { return at[0] == 4; }));
    }
}

namespace {

/// A mechanism that is answered, as a stage of its own, and a measure that has an exact answer.
struct Mechanism {
    std::string stage, arrivals, measure;
};
const std::vector<Mechanism>& mechanisms() {
    static const std::string exponential = ", service: exponential(mean 1s)";
    static const std::vector<Mechanism> all = {
        {"workers: 2" + exponential,
         "{states: {calm: {rate: 0.2/s, stay: exponential(mean 20s)}, burst: {rate: 1.5/s, stay: "
         "exponential(mean "
         "10s)}}}",
         "avg latency(server)"},
        {"workers: 2, service: erlang(k 2 mean 1s)", "poisson(1.5/s)", "avg wait(server)"},
        {"workers: 1, service: erlang(k 2 mean 1s)", "every erlang(k 3 mean 1.5s)", "avg wait(server)"},
        {"workers: 1, poll: 2s" + exponential, "poisson(0.6/s)", "avg wait(server)"},
        {"workers: 0..1, scale: {waiting: 2}, start_up: 1s" + exponential, "poisson(0.5/s)",
         "avg latency(server)"},
        {"workers: 1..3, scale: {waiting: 1}, start_up: exponential(mean 4s)" + exponential, "poisson(1.5/s)",
         "avg latency(server)"},
        {"workers: 1, outages: {crash: {up: exponential(mean 10s), for: 2s, takes: each}}, service: 1s",
         "poisson(0.5/s)", "avg latency(server)"},
        {"workers: 3, outages: {crash: {up: exponential(mean 10s), for: exponential(mean 2s), takes: each}}" +
             exponential,
         "poisson(1.5/s)", "avg latency(server)"},
        {"workers: 2, take: 3" + exponential, "poisson(3/s)", "avg wait(server)"},
        {"workers: 1, batch: {items: 4}" + exponential, "poisson(3/s)", "avg latency(server)"},
        {"workers: 1, queue: {capacity: 0, full: retry}, retry: {times: unlimited, backoff: exponential(mean "
         "2s)}" +
             exponential,
         "poisson(0.6/s)", "avg latency(server)"},
    };
    return all;
}

bool is_exact(const std::string& text, const std::string& measure) {
    return (*answered(text))(measure).kind == Answer::Kind::exact;
}

}  // namespace

TEST_CASE("one mechanism is answered; with any other none of it is called exact") {
    for (const Mechanism& one : mechanisms()) {
        const auto text = [&](const std::string& stage, const std::string& load, const std::string& rest,
                              const std::string& more = "") {
            return "profiles: {day: {steps: {0h: 50%, 12h: 100%}, period: 1d}}\ntwin: {stages: {server: "
                   "{reads: jobs, " +
                   one.stage + stage + "}" + more + "}}\nload: {jobs: {arrivals: " + one.arrivals + load +
                   "}}\n" + (rest.empty() ? run : rest);
        };
        INFO(one.stage);
        CHECK(is_exact(text("", "", ""), one.measure));
        // Far from it is an element that has nothing to do with it.
        CHECK(
            is_exact(text("", "", "", ", next: {reads: server, workers: 1, service: exponential(mean 0.1s)}"),
                     one.measure));
        const std::vector<std::pair<std::string, std::string>> others = {
            {", order: lifo, preempt: true", ""},
            {", launch: 1ms", ""},
            {", release: 1ms", ""},
            {", timeout: 3s", ""},
            {"", ", profile: day"},
            {"", ", count: 1000"},
            {"", ", from: 1min"},
            {"", ", until: 30h"},
            {"", ", items: 2"},
            {"", ", delay: exponential(mean 1s)"}};
        for (const auto& [stage, load] : others) {
            if (stage.find("preempt") != std::string::npos && one.stage.find("take") != std::string::npos)
                continue;  // no scenario
            INFO(stage, load);
            CHECK_FALSE(
                is_exact(text(stage, load, "run: {length: 40h, warm_up: 1h, start: 2026-03-09T00:00}\n"),
                         one.measure));
        }
        if (one.stage.find("queue:") == std::string::npos) {
            CHECK_FALSE(is_exact(text(", queue: {timeout: 5s}", "", ""), one.measure));
            CHECK_FALSE(is_exact(text(", failure: 10%, retry: {times: 2}", "", ""), one.measure));
        }
        // Measured from an empty start, changed on the way, begun in the middle, held up, and fed from elsewhere.
        CHECK_FALSE(is_exact(text("", "", "run: {length: 1h, warm_up: 0s}\n"), one.measure));
        CHECK_FALSE(is_exact(text("", "", run + "actions: [{at: 1h, set: load, to: 2x}]\n"), one.measure));
        CHECK_FALSE(
            is_exact(text("", "", "",
                          ", next: {reads: server, workers: 1, queue: {capacity: 2, full: block}, service: "
                          "exponential(mean 0.1s)}"),
                     one.measure));
        CHECK_FALSE(
            is_exact(text("", "", "",
                          ", next: {reads: server, workers: 1, service: exponential(mean 0.1s), writes: "
                          "{jobs: 10%, exit: 90%}}"),
                     one.measure));
    }
}

TEST_CASE("bursts at one stage: by load, and where nobody waits") {
    const std::string states =
        "{states: {calm: {rate: 0.2/s, stay: exponential(mean 20s)}, burst: {rate: 1.5/s, stay: "
        "exponential(mean "
        "10s)}}}";
    const auto text = [&](const std::string& workers, const std::string& writes = "") {
        return "twin: {stages: {server: {reads: jobs, workers: " + workers +
               ", service: exponential(mean 1s)}}}\nload: {jobs: {arrivals: " + states + writes + "}}\n" +
               run;
    };
    exactly(text("1"), "avg latency(server) of jobs", 9.974608531171118);
    exactly(text("1"), "p(95) latency(jobs)", 31.905286877719124);
    exactly(text("1"), "p(95) latency()", 31.905286877719124);
    exactly(text("1"), "rate arrived(jobs)", 19.0 / 30);
    exactly(text("unlimited"), "avg present(server)", 19.0 / 30);
    CHECK_FALSE(is_exact(text("unlimited"), "p(95) present(server)"));
    CHECK_FALSE(is_exact(text("unlimited"), "share empty(server)"));
    // Half of it, by chance, are bursts as well; and what goes elsewhere is no latency of all.
    CHECK(is_exact(text("1", ", writes: {jobs: 50%, exit: 50%}"), "avg latency(server)"));
    CHECK_FALSE(is_exact(text("1", ", writes: {jobs: 50%, exit: 50%}"), "avg latency()"));
}

TEST_CASE("what is near a mechanism that is answered is not") {
    const auto refused = [](const std::string& stage, const std::string& arrivals,
                            const std::string& measure) {
        const std::string text = "twin: {stages: {server: {reads: jobs, " + stage +
                                 "}}}\nload: {jobs: {arrivals: " + arrivals + "}}\n" + run;
        INFO(text);
        CHECK_FALSE(is_exact(text, measure));
    };
    const std::string exponential = ", service: exponential(mean 1s)";
    // Laws that are not phase-type, or not exponential where they have to be.
    refused(
        "workers: 1" + exponential,
        "{states: {calm: {rate: 0.2/s, stay: lognormal(mean 20s cv 1)}, burst: {rate: 1.5/s, stay: 10s}}}",
        "avg wait(server)");
    refused("workers: 2, service: lognormal(mean 1s cv 1)", "poisson(1.5/s)", "avg wait(server)");
    refused("workers: 2, take: 3, service: 1s", "poisson(3/s)", "avg wait(server)");
    refused("workers: 1, take: 3, service: 1s + 10ms per item", "poisson(2/s)", "avg wait(server)");
    refused("workers: 1, outages: {crash: {up: 10s, for: 2s, takes: each}}" + exponential, "poisson(0.5/s)",
            "avg wait(server)");
    refused("workers: 1, outages: {crash: {every: 10s, for: 2s, takes: each}}" + exponential,
            "poisson(0.5/s)", "avg wait(server)");
    refused(
        "workers: 1, interrupted: restart, outages: {crash: {up: exponential(mean 10s), for: 2s, takes: "
        "each}}" +
            exponential,
        "poisson(0.5/s)", "avg wait(server)");
    refused("workers: 2, poll: 2s" + exponential, "poisson(0.6/s)", "avg wait(server)");
    refused("workers: 0..2, scale: {waiting: 2}, start_up: exponential(mean 1s)" + exponential,
            "poisson(0.6/s)", "avg wait(server)");
    refused("workers: 0..2, scale: {waiting: 1}, start_up: 1s" + exponential, "poisson(0.6/s)",
            "avg wait(server)");
    refused(
        "workers: 0..2, scale: {waiting: 1}, start_up: exponential(mean 1s), keep_alive: 1s" + exponential,
        "poisson(0.6/s)", "avg wait(server)");
    refused("workers: 1, batch: {items: 4, after: 10s}" + exponential, "poisson(3/s)", "avg wait(server)");
    refused(
        "workers: 1, queue: {capacity: 0, full: retry}, retry: {times: 5, backoff: exponential(mean 2s)}" +
            exponential,
        "poisson(0.6/s)", "avg latency(server)");
    refused(
        "workers: 1, queue: {capacity: 0, full: retry}, retry: {times: unlimited, backoff: 2s}" + exponential,
        "poisson(0.6/s)", "avg latency(server)");
    // More than can be done.
    refused("workers: 1, poll: 2s" + exponential, "poisson(1/s)", "avg wait(server)");
    refused("workers: 1" + exponential,
            "{states: {calm: {rate: 0.5/s, stay: exponential(mean 20s)}, burst: {rate: 2/s, stay: "
            "exponential(mean "
            "10s)}}}",
            "avg wait(server)");
}

TEST_CASE("one worker that goes round, units of a pool: nobody else takes part") {
    const std::string rest = "load: {a: {arrivals: poisson(0.3/s)}, b: {arrivals: poisson(0.2/s)}}\n" + run;
    const auto cyclic = [&](const std::string& pool, const std::string& more = "") {
        return "twin:\n  pools: {worker: {workers: 1, order: cyclic, " + pool +
               "}}\n  stages: {s1: {reads: a, runs_on: worker, service: exponential(mean 1s)" + more +
               "}, s2: {reads: b, runs_on: worker, service: 0.5s}}\n" + rest;
    };
    CHECK(is_exact(cyclic("switch: 0.5s"), "avg wait(s2)"));
    CHECK(is_exact(cyclic("switch: 0.5s, visits: gated"), "avg cycle(worker)"));
    CHECK_FALSE(is_exact(cyclic("switch: 0.5s, visits: 1"), "avg wait(s2)"));
    CHECK_FALSE(is_exact(cyclic("switch: 0s"), "avg wait(s2)"));
    CHECK_FALSE(is_exact(cyclic("switch: 0.5s", ", queue: {timeout: 5s}"), "avg wait(s2)"));
    CHECK_FALSE(is_exact(cyclic("switch: 0.5s", ", writes: b"), "avg wait(s2)"));
    const auto units = [&](const std::string& large, const std::string& pool = "workers: 10") {
        return "twin:\n  pools: {units: {" + pool +
               "}}\n  stages: {s1: {reads: a, runs_on: {units: 1}, queue: {capacity: 0, full: drop}, "
               "service: "
               "lognormal(mean 9s cv 2)}, s2: {reads: b, runs_on: {units: 3}, " +
               large + "}}\n" + rest;
    };
    const std::string drops = "queue: {capacity: 0, full: drop}, service: exponential(mean 5s)";
    CHECK(is_exact(units(drops), "share lost(s2)"));
    CHECK(is_exact(units(drops), "avg latency()"));
    CHECK_FALSE(
        is_exact(units("queue: {capacity: 1, full: drop}, service: exponential(mean 5s)"), "share lost(s1)"));
    CHECK_FALSE(is_exact(units("service: exponential(mean 5s)"), "share lost(s1)"));
    CHECK_FALSE(is_exact(units(drops + ", writes: a"), "share lost(s1)"));
    CHECK_FALSE(is_exact(units(drops, "workers: 10, outages: {o: {up: exponential(mean 1h), for: 1min}}"),
                         "share lost(s1)"));
    CHECK_FALSE(is_exact(units(drops, "workers: 10, order: priority, preempt: true"), "share lost(s1)"));
    // Copies come to both at one instant.
    const std::string copied =
        "twin:\n  pools: {units: {workers: 10}}\n  stages: {s1: {reads: a, runs_on: {units: 1}, " + drops +
        "}, s2: {reads: a, runs_on: {units: 3}, " + drops + "}}\nload: {a: {arrivals: poisson(0.3/s)}}\n" +
        run;
    CHECK_FALSE(is_exact(copied, "share lost(s1)"));
}

TEST_CASE("stores, blocked rows, parts and pairs: nobody else takes part") {
    const auto tokens = [](const std::string& budget, const std::string& stage) {
        return "twin: {budgets: {bucket: {" + budget + "}}, stages: {gate: {reads: calls, spends: " + stage +
               "}}}\nload: {calls: {arrivals: poisson(0.8/s)}}\n" + run;
    };
    exactly(tokens("capacity: 4, refill: poisson(1/s)", "bucket"), "share waited(gate)", std::pow(0.8, 4));
    CHECK(is_exact(tokens("capacity: 4, refill: every 1s", "bucket"), "avg wait(gate)"));
    CHECK_FALSE(is_exact(tokens("capacity: 4, refill: 1/s", "bucket"), "avg wait(gate)"));
    CHECK_FALSE(is_exact(tokens("capacity: 4, refill: poisson(1/s)", "{bucket: 2}"), "avg wait(gate)"));
    CHECK_FALSE(
        is_exact(tokens("capacity: 4, refill: every uniform(0.5s..1.5s)", "bucket"), "avg wait(gate)"));
    CHECK_FALSE(is_exact(tokens("capacity: 4, refill: poisson(0.8/s)", "bucket"), "avg wait(gate)"));
    CHECK_FALSE(is_exact(tokens("capacity: 4, refill: poisson(1/s)", "bucket, queue: {timeout: 2s}"),
                         "avg wait(gate)"));
    CHECK_FALSE(is_exact(
        tokens(
            "capacity: unlimited, initial: 9, refill: {at_most: 4, amount: 6, after: exponential(mean 1s)}",
            "bucket"),
        "avg wait(gate)"));
    const auto row = [](const std::string& first, const std::string& second) {
        return "twin: {stages: {one: {reads: jobs, workers: 1, queue: {" + first +
               "}, service: exponential(mean 1s)}, two: {reads: one, " + second +
               "}}}\nload: {jobs: {arrivals: poisson(0.5/s)}}\n" + run;
    };
    const std::string blocks = "workers: 1, queue: {capacity: 2, full: block}, service: exponential(mean 1s)";
    CHECK(is_exact(row("capacity: 9, full: drop", blocks), "share lost(one)"));
    CHECK(is_exact(row("capacity: unlimited", blocks), "avg latency()"));
    CHECK_FALSE(is_exact(row("capacity: 9, full: drop", blocks + ", failure: 10%"), "share lost(one)"));
    CHECK_FALSE(is_exact(row("capacity: 9, full: drop, timeout: 9s", blocks), "share lost(one)"));
    CHECK_FALSE(is_exact(row("capacity: 9, full: drop",
                             "workers: 2, queue: {capacity: 2, full: block}, service: exponential(mean 1s)"),
                         "share lost(one)"));
    CHECK_FALSE(
        is_exact(row("capacity: 9, full: drop", "workers: 1, queue: {capacity: 2, full: block}, service: 1s"),
                 "share lost(one)"));
    const auto parts = [](const std::string& service, const std::string& join, const std::string& load = "") {
        return "twin: {stages: {server: {reads: jobs, workers: unlimited, service: " + service +
               "}, done: {reads: server, join: {of: parts, " + join +
               "}}}}\nload: {jobs: {arrivals: poisson(2/s), items: 5" + load + "}}\n" + run;
    };
    exactly(parts("exponential(mean 1s)", "needs: all"), "avg latency()", 137.0 / 60);
    CHECK(is_exact(parts("exponential(mean 1s)", "needs: 2, rest: ignore"), "p(95) latency(jobs -> done)"));
    CHECK_FALSE(is_exact(parts("exponential(mean 1s)", "needs: 2, rest: cancel"), "avg latency()"));
    CHECK_FALSE(is_exact(parts("lognormal(mean 1s cv 1)", "needs: all"), "avg latency()"));
    CHECK_FALSE(
        is_exact(parts("work", "needs: all", ", fields: {work: exponential(mean 1s)}"), "avg latency()"));
    const auto pairs = [](const std::string& stage, const std::string& left = "poisson(1/s)") {
        return "twin: {stages: {pair: {reads: [left, right], join: {of: inputs, " + stage +
               "}}}\nload: {left: {arrivals: " + left + "}, right: {arrivals: poisson(0.8/s)}}\n" + run;
    };
    const std::string places = "by: arrival}, queue: {capacity: 5, full: drop}";
    CHECK(is_exact(pairs(places), "share lost(pair) of left"));
    CHECK_FALSE(is_exact(pairs(places, "every 1s"), "share lost(pair) of left"));
    CHECK_FALSE(is_exact(pairs("by: arrival, within: 3s}, queue: {capacity: 5, full: drop}"),
                         "share lost(pair) of left"));
}
