#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

#include "tools/formats/catalogs/recorded_volumes.h"
#include "tools/formats/catalogs/task_circles.h"
#include "tools/formats/catalogs/twin_of_catalog.h"
#include "tools/formats/language/values.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

namespace {

/// To the microsecond: finer than any of these clocks, and short to read. Up to what the clock holds.
std::string seconds_text(double seconds) {
    const double microseconds = std::round(seconds * 1e6);
    return print_duration(static_cast<kernel::Time>(std::min(microseconds, 9.2e15)) * kernel::microsecond);
}

struct Fit {
    double mean = 0, cv = 0;
};

Fit moments(const std::vector<double>& values) {
    Fit fit;
    const auto n = static_cast<double>(values.size());
    fit.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    if (values.size() < 2 || !(fit.mean > 0)) return fit;
    double squares = 0;
    for (const double value : values) squares += (value - fit.mean) * (value - fit.mean);
    fit.cv = std::sqrt(squares / (n - 1)) / fit.mean;
    return fit;
}

}  // namespace

void TwinOfCatalog::order_jobs() {
    reads_.resize(c_.jobs.size());
    after_.resize(c_.jobs.size());
    for (std::size_t i = 0; i < c_.jobs.size(); ++i) {
        reads_[i].insert(c_.jobs[i].reads.begin(), c_.jobs[i].reads.end());
        after_[i].insert(c_.jobs[i].after.begin(), c_.jobs[i].after.end());
    }
    for (const std::size_t p : pipelines_) break_circles(of_pipeline_[p]);
}

std::map<std::size_t, std::vector<std::size_t>> TwinOfCatalog::writers_among(
    const std::vector<std::size_t>& jobs) const {
    std::map<std::size_t, std::vector<std::size_t>> writers;
    for (const std::size_t i : jobs)
        for (const std::size_t dataset : c_.jobs[i].writes) writers[dataset].push_back(i);
    return writers;
}

void TwinOfCatalog::break_circles(const std::vector<std::size_t>& jobs) {
    const std::set<std::size_t> here(jobs.begin(), jobs.end());
    for (const std::size_t i : jobs)
        std::erase_if(after_[i], [&](std::size_t k) { return k == i || !here.contains(k); });
    // By label: `jobs` is in that order.
    const LeftOut left_out = break_circles_of(
        jobs, writers_among(jobs), [&](std::size_t i) -> auto& { return reads_[i]; },
        [&](std::size_t i) -> auto& { return after_[i]; });
    if (left_out.reads + left_out.orders > 0)
        twin_.notes.push_back(
            fmt::format("jobs wait for each other in a circle: {} reads and {} orders of '{}' are left out",
                        left_out.reads, left_out.orders, labels_[c_.jobs[jobs.front()].pipeline]));
}

bool TwinOfCatalog::is_ranked(std::size_t p) const {
    const auto& jobs = of_pipeline_[p];
    return c_.pipelines[p].workers > 0 &&
           std::any_of(jobs.begin(), jobs.end(), [&](std::size_t i) { return c_.jobs[i].rank.has_value(); });
}

Node TwinOfCatalog::pipeline(std::size_t p) {
    const CatalogPipeline& from = c_.pipelines[p];
    Node node = Node::map();
    node.block = true;
    node.add_text("schedule", from.schedule.empty() ? "once" : from.schedule);
    if (from.max_active_runs > 0) node.add_text("max_active_runs", print_count(from.max_active_runs));
    if (from.max_active_tasks > 0) node.add_text("max_active_tasks", print_count(from.max_active_tasks));
    if (!from.in_twin) {
        node.add_text("label", labels_[p]);
        node.add_text("description", from.description);
        node.add_text("owner", from.owner);
        node.add("tags", Node::texts(tags(from.source, from.tags)));
    }
    const auto writers = writers_among(of_pipeline_[p]);
    std::size_t most = 0;
    for (const std::size_t i : of_pipeline_[p]) most = std::max(most, c_.jobs[i].rank.value_or(0) + 1);
    Node tasks = Node::map();
    tasks.block = true;
    for (const std::size_t i : of_pipeline_[p]) tasks.add(task_names_[i], task(i, p, writers, most));
    node.add("tasks", std::move(tasks));
    measures_.push_back(fmt::format("avg latency({})", pipeline_names_[p]));
    if (from.schedule.empty()) {
        once_ = once_ || !from.in_twin;
    } else {
        longest_ = std::max(longest_, from.period);
        shortest_ = shortest_ == 0 ? from.period : std::min(shortest_, from.period);
        if (from.first_ns != 0)
            first_ns_ = first_ns_ == 0 ? from.first_ns : std::min(first_ns_, from.first_ns);
    }
    return node;
}

Node TwinOfCatalog::task(std::size_t i, std::size_t p,
                         const std::map<std::size_t, std::vector<std::size_t>>& writers, std::size_t most) {
    const CatalogJob& job = c_.jobs[i];
    Node node = Node::map();
    std::set<std::size_t> implied;
    std::vector<std::string> reads, writes, after;
    for (const std::size_t dataset : reads_[i]) {
        reads.push_back(dataset_names_[dataset]);
        if (const auto found = writers.find(dataset); found != writers.end())
            implied.insert(found->second.begin(), found->second.end());
    }
    for (const std::size_t k : after_[i])
        if (!implied.contains(k)) after.push_back(task_names_[k]);
    for (const std::size_t dataset : job.writes) writes.push_back(dataset_names_[dataset]);
    for (auto* names : {&reads, &writes, &after}) std::sort(names->begin(), names->end());
    if (!after.empty()) node.add("after", Node::texts(after));
    node.add_text("trigger_rule", job.trigger_rule);
    Node inputs = Node::map();
    for (const std::string& name : reads) inputs.add_text(name, "new");
    if (!reads.empty()) node.add("reads", std::move(inputs));
    if (writes.size() == 1) node.add_text("writes", writes.front());
    if (writes.size() > 1) node.add("writes", Node::texts(writes));
    if (job.in_twin) return node;
    runs_on(node, job, p);
    if (is_ranked(p) && job.rank) node.add_text("priority", std::to_string(most - *job.rank));
    node.add_text("service", service(job));
    if (job.emits > 0 && !reads.empty() && !writes.empty()) {
        Node emits = Node::map();
        // Four digits: what was recorded knows no more of it.
        emits.add_text("size",
                       print_quantity(log_number(fmt::format("{:.4g}", job.emits)).value_or(job.emits),
                                      Dimension::share));
        node.add("emits", std::move(emits));
    }
    if (is_undecided(job)) {
        ++undecided_;
    } else if (job.failed > 0) {
        // In runs of the pipeline without it, it takes no time and does not fail.
        const double ended =
            static_cast<double>(job.completed + job.failed) / (has_gaps(job) ? presence(job) : 1);
        random_ = random_ || job.completed > 0;
        ++(job.may_retry.value_or(0) > 0 ? told_ : job.retries > 0 ? retried_ : failing_);
        node.add_text("failure",
                      print_quantity(std::round(1e6 * static_cast<double>(job.failed) / ended) / 1e6,
                                     Dimension::share));
        if (!job.durations.empty() && !job.failed_durations.empty()) {
            node.add_text("fails_after", law_of(job.failed_durations));
            ++fails_after_;
        }
        add_retry(node, job);
    } else if (job.may_retry.value_or(0) > 0) {
        ++allowed_;
    }
    node.add_text("label", job.label);
    node.add_text("description", job.description);
    node.add_text("owner", job.owner);
    std::vector<std::string> own = job.tags;
    if (const std::int64_t ended = job.completed + job.failed; ended > 1) own.push_back(runs_tag(ended));
    node.add("tags", Node::texts(tags(job.source, own)));
    return node;
}

void TwinOfCatalog::add_retry(Node& node, const CatalogJob& job) {
    const std::int64_t allowed = job.may_retry.value_or(0);
    if (!is_tried_again(job)) return;
    Node retry = Node::map();
    retry.add_text("times", allowed > 0        ? print_count(allowed)
                            : job.given_up > 0 ? print_count(job.retries)
                                               : "unlimited");
    unlimited_retries_ += allowed == 0 && job.given_up == 0;
    const double backoff = job.backoff > 0 ? job.backoff : job.retry_delay;
    if (backoff > 0) retry.add_text("backoff", seconds_text(backoff));
    node.add("retry", std::move(retry));
}

bool TwinOfCatalog::is_undecided(const CatalogJob& job) {
    return job.failed > 0 && job.completed == 0 && job.given_up == 0 && is_tried_again(job) &&
           job.may_retry.value_or(0) == 0;
}

bool TwinOfCatalog::is_tried_again(const CatalogJob& job) {
    return job.retries > 0 || job.may_retry.value_or(0) > 0;
}

void TwinOfCatalog::runs_on(Node& node, const CatalogJob& job, std::size_t p) const {
    if (job.is_use) return;
    if (!job.pool) {
        node.add_text("runs_on", pool_names_[p]);
        return;
    }
    const bool both = c_.pipelines[p].workers > 0;
    if (!both && job.pool_slots == 1) {
        node.add_text("runs_on", shared_names_[*job.pool]);
        return;
    }
    Node amounts = Node::map();
    amounts.add_text(shared_names_[*job.pool], print_count(job.pool_slots));
    if (both) amounts.add_text(pool_names_[p], "1");
    node.add("runs_on", std::move(amounts));
}

bool TwinOfCatalog::has_gaps(const CatalogJob& job) {
    return job.present_in > 0 && job.present_in < job.runs_of_pipeline;
}

double TwinOfCatalog::presence(const CatalogJob& job) {
    return static_cast<double>(job.present_in) / static_cast<double>(job.runs_of_pipeline);
}

std::string TwinOfCatalog::service(const CatalogJob& job) {
    const std::string law = service_of_its_runs(job);
    if (job.instances > 1) ++of_instances_;
    if (law.empty() || !has_gaps(job)) return law;
    ++with_gaps_;
    random_ = true;
    const double share = std::round(1e6 * presence(job)) / 1e6;
    return fmt::format("mix({} {} or {} 0s)", print_quantity(share, Dimension::share), law,
                       print_quantity(std::round(1e6 * (1 - share)) / 1e6, Dimension::share));
}

std::string TwinOfCatalog::service_of_its_runs(const CatalogJob& job) {
    const bool completed = !job.durations.empty();
    const std::vector<double>& durations = completed ? job.durations : job.failed_durations;
    if (durations.empty()) {
        if (job.source != CatalogSource::odcs && !job.is_use) ++without_duration_;
        return "";
    }
    if (!completed) ++of_failed_;
    std::string law = law_of(durations);
    of_one_ += durations.size() == 1;
    of_several_ += law.starts_with("lognormal");
    return law;
}

std::string TwinOfCatalog::law_of(const std::vector<double>& durations) {
    const Fit fit = moments(durations);
    // Below that, clocks differ more than runs.
    if (durations.size() == 1 || fit.cv < 0.001) return seconds_text(fit.mean);
    random_ = true;
    return fmt::format("lognormal(mean {} cv {:.4g})", seconds_text(fit.mean), fit.cv);
}

void TwinOfCatalog::say_what_is_not_known() {
    const auto assume = [&](std::size_t count, const char* one, const char* several) {
        if (count > 0) twin_.assumed.push_back(fmt::format("{} {}", count, count == 1 ? one : several));
    };
    assume(without_duration_, "task takes no time: no duration of it is known",
           "tasks take no time: no duration of theirs is known");
    assume(of_one_, "task takes as long as in its one recorded run",
           "tasks take as long as in their one recorded run each");
    assume(of_several_, "task has a lognormal law with the mean and the variation of its recorded runs",
           "tasks have a lognormal law with the mean and the variation of their recorded runs");
    assume(of_failed_, "task takes as long as its runs that failed, as none completed",
           "tasks take as long as their runs that failed, as none completed");
    assume(failing_, "task fails as often as it was recorded to, and is not tried again",
           "tasks fail as often as they were recorded to, and are not tried again");
    assume(told_,
           "task fails as often as its tries were recorded to, and is tried again as often as its platform "
           "allows",
           "tasks fail as often as their tries were recorded to, and are tried again as often as their "
           "platform allows");
    assume(retried_,
           "task fails as often as its tries were recorded to, and is tried again after the mean pause, "
           "as often "
           "as one run of it was at most",
           "tasks fail as often as their tries were recorded to, and are tried again after the mean "
           "pause, as "
           "often as one run of each was at most");
    assume(fails_after_,
           "of these takes as long as its runs that failed where it fails, by the same rule as where it "
           "does not",
           "of these take as long as their runs that failed where they fail, by the same rule as where "
           "they do not");
    assume(
        undecided_,
        "task has failed, is being tried again and has not ended well yet: how often it fails is not known, "
        "and in the twin it does not",
        "tasks have failed, are being tried again and have not ended well yet: how often they fail is not "
        "known, and in the twin they do not");
    assume(unlimited_retries_,
           "of these was never given up in what was recorded, and is tried until it completes: how often it "
           "would be is not known",
           "of these were never given up in what was recorded, and are tried until they complete: how often "
           "they "
           "would be is not known");
    if (allowed_ > 0)
        twin_.not_used.push_back(
            fmt::format("retries of {} task{} that never failed in what was read: without 'failure' "
                        "there is nothing to "
                        "try again",
                        allowed_, allowed_ == 1 ? "" : "s"));
    assume(with_gaps_,
           "task was in part of the runs of its pipeline: in as large a share of them it takes its time, "
           "in the "
           "others none, at random",
           "tasks were in part of the runs of their pipelines: in as large a share of them each takes "
           "its time, "
           "in the others none, at random and by itself");
    assume(of_instances_,
           "task has several instances in a run of its pipeline: it takes from the start of the first to "
           "the end "
           "of the last",
           "tasks have several instances in a run of their pipeline: each takes from the start of the "
           "first to "
           "the end of the last");
    if (once_ && c_.jobs.size() > 1)
        twin_.assumed.emplace_back("tasks that wait for nothing start together, at the scheduled time");
}

}  // namespace understudy::formats
