#include "tools/studies/calibrate_told_apart.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "kernel/random.h"

namespace understudy::studies {

namespace {

using ByTask = std::vector<std::vector<std::optional<double>>>;

/// Names that leave more variation than this are looked at, in processes of so many tasks.
constexpr double largest_cv_by_name = 0.2;
constexpr std::size_t fewest_to_tell = 3;
constexpr int deals = 199;
/// Names that do as well as one deal in twenty tell something; so few say that each repeat has the same work.
constexpr double level_of_names = 0.05, level_of_ranks = 0.01;
/// Fewer ways to deal tell nothing at these levels.
constexpr double fewest_ways = 100;
/// Names that leave so much of what varies by chance say less than ranks that leave a fourth of what names do.
constexpr double names_say_little = 0.5, ranks_say_more = 4;
/// From so many repeats on what varies among tasks that are alike is known well enough for a law.
constexpr std::size_t fewest_repeats_of_a_law = 10;

/// Squared deviations from the mean of each, relative to it.
double squares_within(const ByTask& durations) {
    double squares = 0;
    for (const auto& of_one : durations) {
        double sum = 0, count = 0;
        for (const auto& value : of_one)
            if (value) sum += *value, ++count;
        if (!(sum > 0)) continue;
        for (const auto& value : of_one)
            if (value) {
                const double off = *value * count / sum - 1;
                squares += off * off;
            }
    }
    return squares;
}

template <class Value>
void deal(std::vector<Value>& values, kernel::Stream& random) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
}

/// Sorted within each repeat.
double squares_by_rank(std::vector<std::vector<double>> of_repeat) {
    ByTask ranked(of_repeat.front().size());
    for (std::vector<double>& values : of_repeat) {
        std::sort(values.begin(), values.end());
        for (std::size_t k = 0; k < values.size(); ++k) ranked[k].emplace_back(values[k]);
    }
    return squares_within(ranked);
}

/// In multiples of the mean of each repeat.
std::vector<std::vector<double>> in_own_means(std::vector<std::vector<double>> of_repeat) {
    for (std::vector<double>& values : of_repeat) {
        const double sum = std::accumulate(values.begin(), values.end(), 0.0);
        for (double& value : values) value = sum > 0 ? value * static_cast<double>(values.size()) / sum : 0;
    }
    return of_repeat;
}

class Dealt {
public:
    Dealt(const std::string& process, const ByTask& seconds)
        : seconds_(seconds),
          random_(kernel::stream_key(1, 0, process, kernel::Purpose::bootstrap, "told apart")) {
        const std::size_t repeats = seconds.front().size();
        for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
            std::vector<double> values;
            for (const auto& of_task : seconds)
                if (of_task[repeat]) values.push_back(*of_task[repeat]);
            ways_ *= ways_of(values.size());
            most_ways_ = std::max(most_ways_, ways_of(values.size()));
            of_repeat_.push_back(std::move(values));
        }
        whole_ = of_repeat_;
        std::erase_if(whole_, [&](const auto& values) { return values.size() < seconds.size(); });
    }

    /// Under which names the durations of one repeat stand is of no account, only how those of the others do.
    double ways() const { return ways_ / most_ways_; }
    std::size_t whole_repeats() const { return whole_.size(); }

    struct Held {
        double p = 1;     ///< of deals that do as well
        double left = 1;  ///< of the variation that deals leave in the mean
    };
    Held by_name() {
        const double own = squares_within(seconds_);
        double sum = 0;
        int as_good = 1;
        for (int i = 0; i < deals; ++i) {
            ByTask dealt = seconds_;
            for (std::size_t repeat = 0; repeat < of_repeat_.size(); ++repeat) {
                std::vector<double> values = of_repeat_[repeat];
                deal(values, random_);
                std::size_t next = 0;
                for (auto& of_task : dealt)
                    if (of_task[repeat]) of_task[repeat] = values[next++];
            }
            const double by_chance = squares_within(dealt);
            sum += by_chance;
            as_good += by_chance <= own ? 1 : 0;
        }
        return {as_good / (deals + 1.0), sum > 0 ? own * deals / sum : 1};
    }
    double p_of_ranks() {
        const std::vector<std::vector<double>> of_repeat = in_own_means(whole_);
        std::vector<double> all;
        for (const std::vector<double>& values : of_repeat)
            all.insert(all.end(), values.begin(), values.end());
        const double own = squares_by_rank(of_repeat);
        int as_good = 1;
        for (int i = 0; i < deals; ++i) {
            deal(all, random_);
            std::vector<std::vector<double>> dealt = of_repeat;
            auto next = all.begin();
            for (std::vector<double>& values : dealt)
                for (double& value : values) value = *next++;
            as_good += squares_by_rank(in_own_means(std::move(dealt))) <= own ? 1 : 0;
        }
        return as_good / (deals + 1.0);
    }
    /// The variance of those of one rank, in repeats that have all tasks, of which there are two and more.
    double variance_by_rank() const {
        return squares_by_rank(whole_) / static_cast<double>(seconds_.size() * (whole_.size() - 1));
    }

private:
    static double ways_of(std::size_t count) {
        double ways = 1;
        for (std::size_t i = 2; i <= count && ways < fewest_ways; ++i) ways *= static_cast<double>(i);
        return ways;
    }

    const ByTask& seconds_;
    kernel::Stream random_;
    std::vector<std::vector<double>> of_repeat_, whole_;  ///< whole: that have all tasks
    double ways_ = 1, most_ways_ = 1;
};

}  // namespace

ToldApart how_told_apart(const std::string& process, const ByTask& seconds) {
    if (seconds.size() < fewest_to_tell) return ToldApart::by_name;
    double freedom = 0;
    for (const auto& of_task : seconds) {
        const auto count =
            std::count_if(of_task.begin(), of_task.end(), [](const auto& one) { return one.has_value(); });
        freedom += static_cast<double>(std::max<std::ptrdiff_t>(0, count - 1));
    }
    const double squares = squares_within(seconds);
    if (!(freedom > 0) || squares < largest_cv_by_name * largest_cv_by_name * freedom)
        return ToldApart::by_name;
    Dealt dealt(process, seconds);
    const bool ranks_leave_little =
        dealt.whole_repeats() > 1 && squares / freedom > ranks_say_more * dealt.variance_by_rank();
    if (seconds.front().size() < fewest_repeats_of_a_law)
        return ranks_leave_little ? ToldApart::by_rank : ToldApart::by_name;
    if (dealt.ways() < fewest_ways) return ToldApart::by_name;
    const Dealt::Held names = dealt.by_name();
    if (names.left > names_say_little && ranks_leave_little && dealt.p_of_ranks() <= level_of_ranks)
        return ToldApart::by_rank;
    return names.p > level_of_names ? ToldApart::not_at_all : ToldApart::by_name;
}

}  // namespace understudy::studies
