#include "tools/studies/calibrate_tries.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "kernel/special_functions.h"
#include "kernel/statistics.h"
#include "tools/studies/calibrate_parts.h"

namespace understudy::studies {

namespace {

using models::RecordedTask;

/// From so many on a pause has a law of its own; fewer give their mean.
constexpr std::size_t fewest_pauses_for_a_law = 10;
/// Pauses that vary by less are one.
constexpr double same_pause = 0.05;
/// One retry pauses longer than the one before where its mean is so many times longer, and both were seen so often.
constexpr double pause_grown = 1.5;
constexpr std::size_t fewest_to_compare = 5;

bool has_name_of_its_own(const RecordedTask& task) {
    return !task.tag.empty() || (!task.process.empty() && task.name != task.process);
}

/// The law of the pauses, and how sure it is.
models::Law law_of_pauses(const std::string& path, const std::vector<double>& pauses, Calibration& into) {
    const kernel::Moments moments = kernel::moments_of(pauses);
    const double deviation = std::sqrt(moments.variance());
    const auto n = static_cast<double>(pauses.size());
    if (pauses.size() >= fewest_pauses_for_a_law && deviation > same_pause * moments.mean()) {
        kernel::Sample sample;
        sample.observed = pauses;
        if (const auto choice = kernel::choose_family(sample)) {
            if (choice->refused)
                into.warnings.push_back(path + ": " + why_refused(*choice->refused, moments.mean(), "s") +
                                        ": " + std::string(kernel::name_of(choice->chosen.family)) +
                                        " is taken");
            add_uncertain_law(path, choice->chosen, choice->runner_up, n, into);
            return law_of(shortened(choice->chosen.law));
        }
    }
    // Student's: of few values the deviation is not known either.
    if (n > 2 && deviation > same_pause * moments.mean())
        into.uncertain.push_back({path,
                                  {},
                                  0,
                                  deviation / moments.mean() / std::sqrt(n) *
                                      kernel::student_quantile(0.975, n - 1) / kernel::normal_quantile(0.975),
                                  {}});
    return law_of(kernel::Distribution::constant(four_digits(moments.mean())));
}

}  // namespace

void Attempts::add(const SeenRun& seen, const RecordedTask& task) {
    if (!models::has_times(task)) return;
    if (logs_.empty() || logs_.back().run != seen.run) logs_.push_back({seen.run, seen.end});
    numbered_ = numbered_ || task.attempt > 1;
    attempts_.push_back({&task, seen.run->epoch_ns, logs_.size() - 1});
}

Tries Attempts::tries() const {
    using Key = std::tuple<std::size_t, std::string, std::string, std::string, std::string, std::string>;
    Tries found;
    std::map<Key, std::vector<Attempt>> items;
    std::vector<Attempt> nameless;
    for (const Attempt& attempt : attempts_) {
        const RecordedTask& task = *attempt.task;
        if (task.run.empty() && !has_name_of_its_own(task)) {
            nameless.push_back(attempt);
            continue;
        }
        // Logs without dates have clocks of their own.
        const std::size_t log = attempt.offset_ns == 0 ? attempt.log : logs_.size();
        items[{log, task.workflow, task.run, task.process, task.name, task.tag}].push_back(attempt);
    }
    struct Last {
        const Attempt* attempt;
        std::int64_t tries;
    };
    std::vector<Last> last;
    std::int64_t lost = 0, most_lost = 0;
    const auto instant = [](const Attempt& attempt, kernel::Time time) { return attempt.offset_ns + time; };
    for (auto& [key, item] : items) {
        std::stable_sort(item.begin(), item.end(), [&](const Attempt& a, const Attempt& b) {
            return instant(a, *a.task->started) < instant(b, *b.task->started);
        });
        const auto well = std::count_if(item.begin(), item.end(),
                                        [](const Attempt& attempt) { return !attempt.task->failed; });
        if (!numbered_ && well > 1) {
            found.unknown += static_cast<std::int64_t>(item.size()) - well;
            continue;
        }
        const std::int64_t before = std::max(0, item.front().task->attempt - 1);
        lost += before;
        std::int64_t tries = before;
        most_lost = std::max(most_lost, before);
        for (std::size_t i = 0; i < item.size(); ++i) {
            const RecordedTask& task = *item[i].task;
            if (!task.failed) {
                tries = 0;
                continue;
            }
            const bool followed =
                i + 1 < item.size() &&
                instant(item[i + 1], *item[i + 1].task->started) >= instant(item[i], *task.completed) &&
                (!numbered_ || item[i + 1].task->attempt == task.attempt + 1);
            if (!followed) {
                last.push_back({&item[i], tries});
                tries = 0;
                continue;
            }
            const RecordedTask& next = *item[i + 1].task;
            const kernel::Time ready = next.submitted.value_or(*next.started);
            const double pause = kernel::to_seconds(
                std::max<kernel::Time>(0, instant(item[i + 1], ready) - instant(item[i], *task.completed)));
            if (found.pauses.size() <= static_cast<std::size_t>(tries)) found.pauses.emplace_back();
            found.pauses[static_cast<std::size_t>(tries)].push_back(pause);
            found.most = std::max(found.most, ++tries);
            ++found.again;
            found.later.push_back(&next);
        }
    }
    // A log that has other tries begins behind those.
    if (found.again == 0 && lost > 0) {
        found.again = found.lost = lost;
        found.most = most_lost;
    }
    double longest = 0;
    for (const std::vector<double>& pauses : found.pauses)
        for (const double pause : pauses) longest = std::max(longest, pause);
    for (const auto& [attempt, tries] : last) {
        if (found.again > 0 &&
            kernel::to_seconds(logs_[attempt->log].end - *attempt->task->completed) < longest)
            continue;
        ++found.given_up;
        found.most = std::max(found.most, tries);
    }
    for (const auto& [attempt, tries] : last) found.given_up_earlier += tries < found.most;
    found.given_up_earlier = std::min(found.given_up_earlier, found.given_up);
    // Of attempts that are numbered and have no name: each that is not the first is one tried again.
    std::int64_t again = 0, failed = 0;
    for (const Attempt& attempt : nameless) {
        failed += attempt.task->failed;
        again += attempt.task->attempt > 1;
        if (attempt.task->attempt > 1) found.later.push_back(attempt.task);
        found.most = std::max<std::int64_t>(found.most, attempt.task->attempt - 1);
    }
    if (numbered_) {
        found.again += std::min(again, failed);
        found.given_up += std::max<std::int64_t>(0, failed - again);
    } else {
        found.unknown += failed;
    }
    return found;
}

void fit_retry(const std::string& path, const models::Work& now, const Tries& tries, Calibration& into) {
    const std::int64_t known = tries.again + tries.given_up;
    if (tries.unknown > 0)
        into.unidentified.push_back(
            path + ".retry: whether " + std::to_string(tries.unknown) +
            (tries.unknown == 1 ? " failed attempt was" : " failed attempts were") +
            " tried again: the log has no run, no name of each item and no number of the attempt; it stays "
            "as "
            "it is, so that " +
            (now.retry.times > 0 ? "it is tried again up to " + std::to_string(now.retry.times) + " times"
                                 : "what fails is lost"));
    if (known == 0 || (tries.again == 0 && now.retry.times == 0)) return;
    models::Retry retry = now.retry;
    if (tries.given_up > 0) {
        retry.times = tries.most;
    } else if (now.retry.times < tries.most) {
        retry.times = models::unlimited;
        into.assumed.push_back(path + ".retry: no item of the logs was given up, after up to " +
                               std::to_string(tries.most) + (tries.most == 1 ? " try" : " tries") +
                               " again: tried again without a limit");
    }
    std::vector<double> all;
    bool longer_each_time = false;
    for (std::size_t i = 0; i < tries.pauses.size(); ++i) {
        const std::vector<double>& pauses = tries.pauses[i];
        all.insert(all.end(), pauses.begin(), pauses.end());
        longer_each_time =
            longer_each_time ||
            (i > 0 && pauses.size() >= fewest_to_compare && tries.pauses[i - 1].size() >= fewest_to_compare &&
             kernel::moments_of(pauses).mean() >
                 pause_grown * kernel::moments_of(tries.pauses[i - 1]).mean());
    }
    if (!all.empty()) {
        retry.first.reset();
        retry.backoff.clear();
        if (longer_each_time)
            for (std::size_t i = 0; i < tries.pauses.size(); ++i)
                retry.backoff.push_back(
                    law_of_pauses(path + ".retry.backoff." + std::to_string(i + 1), tries.pauses[i], into));
        else
            retry.backoff.push_back(law_of_pauses(path + ".retry.backoff", all, into));
    } else if (tries.again > 0) {
        into.unidentified.push_back(path + ".retry: the pause before another try, as " +
                                    (tries.lost > 0 ? "tries before the last are not in the log"
                                                    : "the log does not say which attempts are of one item"));
    }
    if (tries.given_up > 0 && tries.given_up_earlier > 0 && tries.again > 0)
        into.unidentified.push_back(path + ".retry: why " + std::to_string(tries.given_up_earlier) + " of " +
                                    std::to_string(tries.given_up) +
                                    " that were given up were so after fewer tries than others: in the twin "
                                    "all are tried as often");
    CalibratedElement element;
    element.path = path + ".retry";
    element.family = "tries";
    element.how = std::to_string(tries.again) + " of " + std::to_string(known) +
                  " failed attempts tried again, up to " + std::to_string(tries.most) + " times";
    element.observations = known;
    if (!all.empty()) {
        const kernel::Moments moments = kernel::moments_of(all);
        CalibratedNumber pause{"pause", "s", moments.mean(), {}, {}};
        if (const auto n = static_cast<double>(all.size()); n > 2) {
            const double wide = kernel::student_quantile(0.975, n - 1) * std::sqrt(moments.variance() / n);
            pause.low = std::max(0.0, moments.mean() - wide);
            pause.high = moments.mean() + wide;
        }
        element.numbers.push_back(std::move(pause));
    }
    into.elements.push_back(std::move(element));
    CalibrationEdit edit;
    edit.path = path + ".retry";
    edit.retry = std::move(retry);
    into.edits.push_back(std::move(edit));
}

}  // namespace understudy::studies
