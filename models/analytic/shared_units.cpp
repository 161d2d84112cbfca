#include "models/analytic/shared_units.h"

#include <Eigen/Core>
#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

#include "models/analytic/quasi_birth_death.h"

namespace understudy::models {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;

/// Jobs at work by class, and the class of who is first in line; -1: nobody is.
struct AtWork {
    std::vector<int> jobs;
    int first = -1;
    auto operator<=>(const AtWork&) const = default;
};

class Gangs {
public:
    Gangs(const std::vector<GangClass>& classes, int units) : classes_(classes), units_(units) {
        rate_ = std::accumulate(classes.begin(), classes.end(), 0.0,
                                [](double sum, const GangClass& one) { return sum + one.rate; });
        std::vector<int> none(classes.size(), 0);
        list(none, 0);
    }

    bool too_many() const {
        constexpr std::size_t most = 60;
        return blocked_.size() * static_cast<std::size_t>(units_) > most || free_.size() > most;
    }
    std::optional<GangAnswer> solve() const;

private:
    int taken(const std::vector<int>& jobs) const {
        int sum = 0;
        for (std::size_t i = 0; i < jobs.size(); ++i) sum += jobs[i] * classes_[i].units;
        return sum;
    }
    void list(std::vector<int>& jobs, std::size_t at) {
        if (at == classes_.size()) {
            free_.push_back({jobs, -1});
            for (std::size_t i = 0; i < classes_.size(); ++i)
                if (taken(jobs) + classes_[i].units > units_) blocked_.push_back({jobs, static_cast<int>(i)});
            return;
        }
        for (; taken(jobs) <= units_; ++jobs[at]) list(jobs, at + 1);
        jobs[at] = 0;
    }
    /// Calls to(state, in line, probability) for what becomes of a state in which the first in line, if there is one, may fit.
    void settle(AtWork now, int in_line, double chance,
                const std::function<void(const AtWork&, int, double)>& to) const {
        if (in_line == 0) return to(now, 0, chance);
        const auto first = static_cast<std::size_t>(now.first);
        if (taken(now.jobs) + classes_[first].units > units_) return to(now, in_line, chance);
        ++now.jobs[first];
        now.first = -1;
        if (in_line == 1) return to(now, 0, chance);
        for (std::size_t next = 0; next < classes_.size(); ++next) {
            now.first = static_cast<int>(next);
            settle(now, in_line - 1, chance * classes_[next].rate / rate_, to);
        }
    }
    /// Calls to(state, in line, rate).
    void moves(const AtWork& now, int in_line,
               const std::function<void(const AtWork&, int, double)>& to) const {
        for (std::size_t i = 0; i < classes_.size(); ++i) {
            if (in_line == 0) {
                AtWork next = now;
                next.first = static_cast<int>(i);
                settle(next, 1, classes_[i].rate, to);
            }
            if (now.jobs[i] == 0) continue;
            AtWork next = now;
            --next.jobs[i];
            settle(next, in_line, now.jobs[i] / classes_[i].service, to);
        }
        if (in_line > 0) to(now, in_line + 1, rate_);
    }

    const std::vector<GangClass>& classes_;
    int units_;
    double rate_ = 0;
    std::vector<AtWork> free_, blocked_;  ///< nobody in line, and somebody
};

std::optional<GangAnswer> Gangs::solve() const {
    // Level 0: nobody in line, and 1 to `units`; level n: from n units + 1 on as many.
    std::map<AtWork, Index> of_free, of_blocked;
    for (const AtWork& one : free_) of_free.emplace(one, static_cast<Index>(of_free.size()));
    for (const AtWork& one : blocked_) of_blocked.emplace(one, static_cast<Index>(of_blocked.size()));
    const auto width = static_cast<Index>(blocked_.size());
    const Index size = width * units_, first_size = size + static_cast<Index>(free_.size());
    const auto level_of = [&](int in_line) { return in_line == 0 ? 0 : (in_line - 1) / units_; };
    const auto position = [&](const AtWork& state, int in_line) {
        if (in_line == 0) return of_free.at(state);
        const Index within = (in_line - 1) % units_ * width + of_blocked.at(state);
        return level_of(in_line) == 0 ? within + static_cast<Index>(free_.size()) : within;
    };
    QuasiBirthDeath chain;
    const auto sizes = [&](int level) { return level == 0 ? first_size : size; };
    MatrixXd again;
    for (int level = 0; level <= 2; ++level) {
        MatrixXd up = MatrixXd::Zero(sizes(level), size), within = MatrixXd::Zero(sizes(level), sizes(level));
        MatrixXd down = MatrixXd::Zero(sizes(level), sizes(std::max(0, level - 1)));
        const auto add = [&](const AtWork& now, int in_line) {
            const Index row = position(now, in_line);
            moves(now, in_line, [&](const AtWork& next, int then, double rate) {
                const int to = level_of(then);
                (to > level ? up : to < level ? down : within)(row, position(next, then)) += rate;
            });
        };
        if (level == 0)
            for (const AtWork& now : free_) add(now, 0);
        for (int in_line = level * units_ + 1; in_line <= (level + 1) * units_; ++in_line)
            for (const AtWork& now : blocked_) add(now, in_line);
        if (level == 2) {
            chain.down_again = down;
            break;
        }
        chain.up.push_back(up);
        chain.within.push_back(within);
        chain.down.push_back(down);
    }
    const auto law = solve_levels(chain);
    if (!law) return std::nullopt;
    GangAnswer answer{std::vector<double>(classes_.size(), 0), std::vector<double>(classes_.size(), 0), 0};
    double behind = 0;  // the first in line
    const auto count = [&](const AtWork& now, double share) {
        for (std::size_t i = 0; i < classes_.size(); ++i) answer.present[i] += share * now.jobs[i];
        answer.taken += share * taken(now.jobs);
        if (now.first >= 0) answer.line[static_cast<std::size_t>(now.first)] += share;
    };
    for (const AtWork& now : free_) count(now, law->levels[0](position(now, 0)));
    const Eigen::VectorXd tail = law->tail(), above = law->above();
    for (int in_line = 1; in_line <= 2 * units_; ++in_line)
        for (const AtWork& now : blocked_) {
            const Index at = position(now, in_line);
            const bool first = level_of(in_line) == 0;
            const double share = first ? law->levels[0](at) : tail(at);
            count(now, share);
            behind += share * (in_line - 1) + (first ? 0 : above(at) * units_);
        }
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        answer.line[i] += behind * classes_[i].rate / rate_;
        answer.present[i] += answer.line[i];
    }
    return answer;
}

}  // namespace

std::optional<GangAnswer> gangs_in_line(const std::vector<GangClass>& classes, int units) {
    constexpr int most_units = 20;
    constexpr std::size_t most_classes = 6;
    if (units > most_units || classes.size() > most_classes) return std::nullopt;
    const Gangs gangs(classes, units);
    return gangs.too_many() ? std::nullopt : gangs.solve();
}

std::optional<ShortestQueueAnswer> shortest_of_two(double rate, double service) {
    constexpr Index size = 41;
    constexpr double beyond = 1e-12;
    const double drain = 1 / service;
    QuasiBirthDeath chain;
    for (int n = 0; n <= 1; ++n) {
        MatrixXd up = MatrixXd::Zero(size, size), within = up, down = up;
        for (Index more = 0; more < size; ++more) {
            if (more == 0) {
                within(0, 1) = rate;
                if (n > 0) down(0, 1) = 2 * drain;
                continue;
            }
            up(more, more - 1) = rate;
            within(more, more - 1) = drain;
            if (n > 0 && more + 1 < size) down(more, more + 1) = drain;
        }
        chain.up.push_back(up);
        chain.within.push_back(within);
        chain.down.push_back(down);
    }
    chain.down_again = chain.down.back();
    const auto law = solve_levels(chain);
    if (!law) return std::nullopt;
    const Eigen::VectorXd all = law->levels.front() + law->tail();
    if (all(size - 1) > beyond) return std::nullopt;
    ShortestQueueAnswer answer;
    answer.present = 2 * law->mean({0, 1});
    for (Index more = 0; more < size; ++more) answer.present += static_cast<double>(more) * all(more);
    answer.both_busy = law->tail().sum();
    answer.empty = law->levels.front()(0);
    return answer;
}

}  // namespace understudy::models
