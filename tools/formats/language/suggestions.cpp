#include "tools/formats/language/suggestions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "tools/formats/letters.h"

namespace understudy::formats {

namespace {

using Pair = std::pair<std::string_view, std::string_view>;

// Words of Airflow, dbt, Kubernetes, Kafka, Flink, Spark, k6, GitHub Actions, AWS and queueing packages.
constexpr Pair foreign[] = {
    {"replicas", "workers"},
    {"parallelism", "workers"},
    {"concurrency", "workers"},
    {"threads", "workers"},
    {"slots", "workers"},
    {"servers", "workers"},
    {"instances", "workers"},
    {"num_workers", "workers"},
    {"executors", "workers"},
    {"pool", "runs_on"},
    {"pool_slots", "runs_on"},
    {"resources", "runs_on"},
    {"needs", "runs_on"},
    {"queue_size", "queue.capacity"},
    {"max_queue", "queue.capacity"},
    {"buffer", "queue.capacity"},
    {"timeout_s", "timeout"},
    {"timeout_ms", "timeout"},
    {"timeout_seconds", "timeout"},
    {"execution_timeout", "timeout"},
    {"dagrun_timeout", "timeout"},
    {"retries", "retry.times"},
    {"max_retries", "retry.times"},
    {"attempts", "retry.times"},
    {"max_attempts", "retry.times"},
    {"retry_delay", "retry.backoff"},
    {"delay_between_retries", "retry.backoff"},
    {"depends_on", "after"},
    {"deps", "after"},
    {"dependencies", "after"},
    {"upstream", "after"},
    {"upstream_task_ids", "after"},
    {"parents", "after"},
    {"cron", "schedule"},
    {"schedule_interval", "schedule"},
    {"interval", "schedule"},
    {"timetable", "schedule"},
    {"max_active_run", "max_active_runs"},
    {"max_active_tis", "max_active_tasks"},
    {"task_concurrency", "max_active_tasks"},
    {"priority_weight", "priority"},
    {"duration", "service"},
    {"service_time", "service"},
    {"runtime", "service"},
    {"processing_time", "service"},
    {"latency", "service"},
    {"time", "service"},
    {"default_args", "defaults"},
    {"input", "reads"},
    {"inputs", "reads"},
    {"source", "reads"},
    {"sources", "reads"},
    {"from_stream", "reads"},
    {"consumes", "reads"},
    {"output", "writes"},
    {"outputs", "writes"},
    {"sink", "writes"},
    {"to", "writes"},
    {"next", "writes"},
    {"produces", "writes"},
    {"outlets", "writes"},
    {"dlq", "dead_letter"},
    {"dead_letter_queue", "dead_letter"},
    {"on_failure", "dead_letter"},
    {"failure_rate", "failure"},
    {"error_rate", "failure"},
    {"fail", "failure"},
    {"cpu", "cores"},
    {"cpus", "cores"},
    {"vcpus", "cores"},
    {"cpu_cores", "cores"},
    {"mem", "memory"},
    {"ram", "memory"},
    {"memory_mb", "memory"},
    {"discipline", "order"},
    {"policy", "order"},
    {"price", "cost"},
    {"cost_per_hour", "cost"},
    {"rate", "arrivals"},
    {"arrival", "arrivals"},
    {"arrival_rate", "arrivals"},
    {"interarrival", "arrivals"},
    {"vus", "users"},
    {"clients", "users"},
    {"think_time", "think"},
    {"stages", "profile"},
    {"start_time", "first"},
    {"end_time", "until"},
    {"bytes", "size"},
    {"rows", "records"},
    {"duration_s", "length"},
    {"runtime_length", "length"},
    {"horizon", "length"},
    {"warmup", "warm_up"},
    {"timezone", "zone"},
    {"tz", "zone"},
    {"start_date", "start"},
    {"random_seed", "seed"},
    {"runs", "replications"},
    {"reps", "replications"},
    {"slo", "objectives"},
    {"slos", "objectives"},
    {"thresholds", "objectives"},
    {"sla", "objectives"},
    {"metrics", "measures"},
    {"workload", "load"},
    {"loads", "load"},
    {"traffic", "load"},
    {"vars", "parameters"},
    {"variables", "parameters"},
    {"params", "parameters"},
    {"events", "actions"},
    {"tables", "datasets"},
    {"topics", "datasets"},
    {"dags", "pipelines"},
    {"workflows", "pipelines"},
    {"jobs", "pipelines"},
    {"nodes", "stages"},
    {"steps", "tasks"},
    {"models", "tasks"},
    {"FIFO", "fifo"},
    {"fcfs", "fifo"},
    {"lcfs", "lifo"},
    {"sjf", "shortest"},
    {"srpt", "shortest"},
    {"ps", "shared"},
    {"round-robin", "round_robin"},
    {"bestfit", "pack"},
    {"binpack", "pack"},
};

/// Optimal string alignment: insertions, deletions, changes and swaps of neighbours.
std::size_t distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        now[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = std::min(now[j], before_last[j - 2] + 1);
        }
        before_last.swap(last);
        last.swap(now);
    }
    return last[b.size()];
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
    const std::string sought = lower(word);
    // A long word may have two or three mistakes, a short one only one; a candidate of one letter is never
    // meant.
    const std::size_t limit = sought.size() <= 2 ? 0 : sought.size() <= 4 ? 1 : sought.size() <= 8 ? 2 : 3;
    std::string best;
    std::size_t least = limit + 1;
    if (sought.size() > 60) return best;
    for (const std::string& candidate : candidates) {
        if (candidate.size() > sought.size() + limit || sought.size() > candidate.size() + limit) continue;
        const std::size_t steps = distance(sought, lower(candidate));
        if (steps < least && steps < std::max<std::size_t>(candidate.size(), 1)) {
            least = steps;
            best = candidate;
        }
    }
    return best;
}

std::string_view our_word_for(std::string_view word) {
    const std::string small = lower(word);
    for (const auto& [theirs, ours] : foreign)
        if (theirs == word || lower(theirs) == small) return ours;
    return {};
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
    const std::string_view translated = our_word_for(word);
    const std::string_view head = translated.substr(0, translated.find('.'));
    if (!head.empty() && std::find(candidates.begin(), candidates.end(), head) != candidates.end())
        return head == translated
                   ? fmt::format("did you mean '{}'?", translated)
                   : fmt::format("did you mean '{}: {{{}: ...}}'?", head, translated.substr(head.size() + 1));
    const std::string near = nearest(word, candidates);
    if (!near.empty()) return fmt::format("did you mean '{}'?", near);
    return "";
}

}  // namespace understudy::formats
