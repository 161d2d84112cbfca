#include <algorithm>
#include <cmath>
#include <map>

#include "kernel/special_functions.h"
#include "kernel/statistics.h"
#include "tools/studies/fisher.h"
#include "tools/studies/load_fit.h"
#include "tools/studies/rate_words.h"

namespace understudy::studies {

void LoadFit::fit_sizes() {
    std::vector<double> all;
    for (const auto& log : seen_.batches->sizes) all.insert(all.end(), log.begin(), log.end());
    const LawOfSizes found = law_of_sizes(all);
    CalibratedElement& one = into_.elements.emplace_back();
    one.path = name() + ".items";
    one.family = found.family;
    one.how = std::to_string(all.size()) + " batches, their arrivals at most " +
              two_digits(seen_.batches->most_apart_s) + " s apart";
    one.observations = std::ssize(all);
    CalibratedNumber mean{"mean", "", found.mean, {}, {}};
    if (const kernel::Moments moments = kernel::moments_of(all); moments.variance() > 0) {
        const auto n = static_cast<double>(all.size());
        const double wide =
            kernel::student_quantile(0.5 + level_of_rates / 2, n - 1) * std::sqrt(moments.variance() / n);
        mean.low = std::max(1.0, found.mean - wide);
        mean.high = found.mean + wide;
        if (found.choice && found.choice->refused)
            into_.warnings.push_back(one.path + ": " + why_refused(*found.choice->refused, found.mean, "") +
                                     ": " + found.family + " is taken");
        if (found.choice)
            add_uncertain_law(one.path, found.choice->chosen, found.choice->runner_up, n, into_);
        else
            add_uncertain(one.path, n);
        into_.assumed.push_back(name() + ": how many come in a batch does not go by the batches before it");
    }
    one.numbers.push_back(std::move(mean));
    CalibrationEdit edit;
    edit.path = name() + ".items";
    edit.law = found.law;
    into_.edits.push_back(std::move(edit));
    warn_of_sizes_by_hour();
}

void LoadFit::warn_of_sizes_by_hour() {
    std::map<std::int64_t, kernel::Moments> by_hour;
    kernel::Moments all;
    for (std::size_t i = 0; i < seen_.logs.size(); ++i) {
        const LogOfLoad& log = seen_.logs[i];
        if (log.run->epoch_ns == 0) return;
        for (std::size_t k = 0; k < log.instants.size(); ++k) {
            constexpr std::int64_t day_ns = static_cast<std::int64_t>(day_s) * kernel::second;
            const std::int64_t of_day =
                (local_ns(twin_.run, *log.run, log.instants[k]) % day_ns + day_ns) % day_ns;
            by_hour[of_day / kernel::hour].add(seen_.batches->sizes[i][k]);
            all.add(seen_.batches->sizes[i][k]);
        }
    }
    double within = 0;
    for (const auto& [hour, sizes] : by_hour) within += sizes.squared_distances();
    const double groups = static_cast<double>(by_hour.size()), n = static_cast<double>(all.count());
    const double between = all.squared_distances() - within, below = n - groups;
    const double least = 1e-9 * all.mean() * all.mean();
    if (groups < 2 || below < 2 * groups || !(between > n * least)) return;
    const double f = between / (groups - 1) / std::max(within / below, least);
    if (fisher_survival(f, groups - 1, below) >= level_of_tests) return;
    unidentified(
        "has batches whose size goes by the hour of the day: the twin's are drawn from those of "
        "all hours");
    into_.warnings.push_back(name() +
                             ".items: batches are larger at some hours than at others, which the twin "
                             "does not show: queues at those hours will be longer than in a run");
}

}  // namespace understudy::studies
