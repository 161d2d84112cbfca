#include "tools/formats/catalogs/catalog_twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <utility>

#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/catalogs/promised_objectives.h"
#include "tools/formats/catalogs/recorded_volumes.h"
#include "tools/formats/catalogs/task_circles.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"
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

void add_text(Node& map, const std::string& key, const std::string& text) {
    if (!text.empty()) map.add(key, Node::scalar(text));
}

Node texts(const std::vector<std::string>& list) {
    Node node = Node::list();
    for (const std::string& text : list) node.items.push_back(Node::scalar(text));
    return node;
}

class TwinOfCatalog {
public:
    TwinOfCatalog(const Catalog& catalog, const KnownNames& known) : c_(catalog), known_(known) {
        twin_.notes = catalog.notes;
        twin_.assumed = catalog.assumed;
        twin_.not_used = catalog.not_used;
    }

    CatalogTwin build(const std::string& wanted) {
        if (c_.jobs.empty()) throw std::invalid_argument("a catalog without a job");
        label_pipelines();
        choose_jobs();
        std::string title = wanted;
        if (title.empty() && c_.pipelines.size() == 1) title = c_.pipelines.front().title;
        if (title.empty()) title = c_.title.empty() ? "imported" : c_.title;
        ElementNames none;
        name_ = none.name(title, title, "twin");
        name_elements();
        order_jobs();
        Node root = Node::map();
        root.block = true;
        root.add("understudy", Node::scalar("1"));
        root.add("scenario", Node::scalar(name_));
        root.add("twin", twin());
        if (Node all = loads(); !all.entries.empty()) root.add("load", std::move(all));
        root.add("run", run());
        if (!promises_.empty()) root.add("objectives", texts(promises_));
        if (!measures_.empty()) root.add("measures", texts(measures_));
        const std::string text = write_document(root);
        const ScenarioReading reading = read_scenario(text, "the imported twin");
        if (!reading.scenario || reading.diagnostics.has_errors())
            throw std::logic_error("an imported twin that is no scenario:\n" + reading.diagnostics.show());
        twin_.scenario = *reading.scenario;
        twin_.text = write_scenario(twin_.scenario);
        return std::move(twin_);
    }

private:
    /// Each its own: as its source has it, where that is free.
    void label_pipelines() {
        const auto sources = known("source of pipeline");
        const std::map<std::size_t, std::string> as_before = labels_of_jobs();
        std::set<std::string> used;
        for (const auto& [pipeline, label] : as_before) used.insert(label);
        for (const CatalogPipeline& pipeline : c_.pipelines) {
            if (const auto found = as_before.find(labels_.size()); found != as_before.end()) {
                labels_.push_back(found->second);
                continue;
            }
            const std::string word = word_for(pipeline.source);
            const auto is_free = [&](const std::string& label) {
                const auto found = sources.find(label);
                return !used.contains(label) && (found == sources.end() || found->second == word);
            };
            std::string label = pipeline.label;
            for (int number = 1; !is_free(label); ++number)
                label = fmt::format("{} ({}{})", pipeline.label, word,
                                    number == 1 ? "" : fmt::format(" {}", number));
            used.insert(label);
            labels_.push_back(std::move(label));
        }
        twin_.pipeline_labels = labels_;
    }

    /// Pipelines of jobs without a parent, whose schedule is part of their label, have the label that an earlier import gave
    /// to most of their jobs: a schedule that was moved makes no pipeline anew.
    std::map<std::size_t, std::string> labels_of_jobs() const {
        std::map<std::string, std::vector<std::size_t>> of_job;
        for (const CatalogJob& job : c_.jobs)
            if (c_.pipelines[job.pipeline].of_no_parent) of_job[job.label].push_back(job.pipeline);
        std::map<std::pair<std::string, std::size_t>, std::size_t> common;  // by label and pipeline: jobs
        for (const auto& [key, name] : known("task")) {
            const std::size_t end = key.find('\n');
            const auto found = of_job.find(key.substr(end + 1));
            if (found == of_job.end()) continue;
            const std::string label = key.substr(0, end);
            for (const std::size_t pipeline : found->second)
                if (const std::string& space = c_.pipelines[pipeline].title;
                    label == space || label.starts_with(space + " "))
                    ++common[{label, pipeline}];
        }
        // The most jobs first; of as many, the pipeline that is called so.
        using Claim = std::tuple<std::size_t, bool, std::string, std::size_t>;
        std::vector<Claim> claims;
        for (const auto& [key, jobs] : common)
            claims.emplace_back(jobs, c_.pipelines[key.second].label == key.first, key.first, key.second);
        std::sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) {
            return std::tuple(std::get<0>(b), std::get<1>(b), std::get<2>(a), std::get<3>(a)) <
                   std::tuple(std::get<0>(a), std::get<1>(a), std::get<2>(b), std::get<3>(b));
        });
        std::map<std::size_t, std::string> labels;
        std::set<std::string> given;
        for (const auto& [jobs, same, label, pipeline] : claims)
            if (!labels.contains(pipeline) && given.insert(label).second) labels.emplace(pipeline, label);
        return labels;
    }

    /// Placeholders of contracts only where nothing else writes what they would.
    void choose_jobs() {
        std::set<std::size_t> written;
        for (const CatalogJob& job : c_.jobs)
            if (job.source != CatalogSource::odcs) written.insert(job.writes.begin(), job.writes.end());
        std::size_t placeholders = 0;
        of_pipeline_.resize(c_.pipelines.size());
        for (std::size_t i = 0; i < c_.jobs.size(); ++i) {
            const CatalogJob& job = c_.jobs[i];
            if (job.source == CatalogSource::odcs) {
                if (std::all_of(job.writes.begin(), job.writes.end(),
                                [&](std::size_t d) { return written.contains(d); }))
                    continue;
                ++placeholders;
            }
            of_pipeline_[job.pipeline].push_back(i);
        }
        if (placeholders > 0)
            twin_.assumed.push_back(
                fmt::format("{} table{} of contracts that nothing else writes: a task that takes no time "
                            "stands for what does, as often as "
                            "the contract promises, or once",
                            placeholders, placeholders == 1 ? "" : "s"));
        for (auto& jobs : of_pipeline_)
            std::sort(jobs.begin(), jobs.end(),
                      [&](std::size_t a, std::size_t b) { return c_.jobs[a].label < c_.jobs[b].label; });
        by_label(c_.datasets, datasets_);
        pipelines_.resize(labels_.size());
        std::iota(pipelines_.begin(), pipelines_.end(), std::size_t{0});
        std::sort(pipelines_.begin(), pipelines_.end(),
                  [&](std::size_t a, std::size_t b) { return labels_[a] < labels_[b]; });
        std::erase_if(pipelines_, [&](std::size_t i) { return of_pipeline_[i].empty(); });
    }

    template <class Elements>
    static void by_label(const Elements& elements, std::vector<std::size_t>& order) {
        order.resize(elements.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return elements[a].label < elements[b].label; });
    }

    std::map<std::string, std::string> known(const std::string& kind) const {
        const auto found = known_.find(kind);
        return found == known_.end() ? std::map<std::string, std::string>{} : found->second;
    }

    void name_elements() {
        // One namespace: what an earlier import has called anything is taken for all.
        ElementNames datasets(known("dataset")), pipelines(known("pipeline")), pools(known("pool"));
        const auto take_from = [&](ElementNames& names, const char* kind) {
            for (const auto& [label, name] : known(kind)) names.take(name);
        };
        for (const char* kind : {"dataset", "pipeline", "pool", "load", "other"}) {
            take_from(datasets, kind);
            take_from(pipelines, kind);
            take_from(pools, kind);
        }
        dataset_names_.resize(c_.datasets.size());
        for (const std::size_t i : datasets_) {
            dataset_names_[i] = datasets.name(c_.datasets[i].label, c_.datasets[i].title, "dataset");
            pipelines.take(dataset_names_[i]);
            pools.take(dataset_names_[i]);
        }
        pipeline_names_.resize(c_.pipelines.size());
        pool_names_.resize(c_.pipelines.size());
        task_names_.resize(c_.jobs.size());
        for (const std::size_t p : pipelines_) {
            const std::string& label = labels_[p];
            pipeline_names_[p] = pipelines.name(label, c_.pipelines[p].title, "pipeline");
            pools.take(pipeline_names_[p]);
            std::map<std::string, std::string> known_tasks;
            const std::string begin = label + "\n";
            for (const auto& [key, name] : known("task"))
                if (key.starts_with(begin)) known_tasks.emplace(key.substr(begin.size()), name);
            ElementNames tasks(std::move(known_tasks));
            for (const std::size_t i : of_pipeline_[p])
                task_names_[i] = tasks.name(c_.jobs[i].label, c_.jobs[i].title, "task");
        }
        for (const std::size_t p : pipelines_)
            if (has_own_pool(p))
                pool_names_[p] = pools.name(
                    pool_label(p),
                    pipelines_.size() == 1 ? pool_word(p) : pipeline_names_[p] + " " + pool_word(p), "pool");
        by_label(c_.pools, shared_pools_);
        shared_names_.resize(c_.pools.size());
        for (const std::size_t i : shared_pools_)
            shared_names_[i] = pools.name(c_.pools[i].label, c_.pools[i].title, "pool");
    }

    /// Workers that no other pipeline has; none where all its jobs are at pools that several may share.
    bool has_own_pool(std::size_t p) const {
        const auto& jobs = of_pipeline_[p];
        return c_.pipelines[p].workers > 0 || std::any_of(jobs.begin(), jobs.end(), [&](std::size_t i) {
                   return !c_.jobs[i].pool && !c_.jobs[i].is_use;
               });
    }

    std::string pool_label(std::size_t p) const { return labels_[p] + " (" + pool_word(p) + ")"; }
    std::string pool_word(std::size_t p) const {
        return c_.pipelines[p].source == CatalogSource::dbt ? "threads" : "workers";
    }

    // ---- what comes before what

    void order_jobs() {
        reads_.resize(c_.jobs.size());
        after_.resize(c_.jobs.size());
        for (std::size_t i = 0; i < c_.jobs.size(); ++i) {
            reads_[i].insert(c_.jobs[i].reads.begin(), c_.jobs[i].reads.end());
            after_[i].insert(c_.jobs[i].after.begin(), c_.jobs[i].after.end());
        }
        for (const std::size_t p : pipelines_) break_circles(of_pipeline_[p]);
    }

    std::map<std::size_t, std::vector<std::size_t>> writers_among(
        const std::vector<std::size_t>& jobs) const {
        std::map<std::size_t, std::vector<std::size_t>> writers;
        for (const std::size_t i : jobs)
            for (const std::size_t dataset : c_.jobs[i].writes) writers[dataset].push_back(i);
        return writers;
    }

    void break_circles(const std::vector<std::size_t>& jobs) {
        const std::set<std::size_t> here(jobs.begin(), jobs.end());
        for (const std::size_t i : jobs)
            std::erase_if(after_[i], [&](std::size_t k) { return k == i || !here.contains(k); });
        // By label: `jobs` is in that order.
        const LeftOut left_out = break_circles_of(
            jobs, writers_among(jobs), [&](std::size_t i) -> auto& { return reads_[i]; },
            [&](std::size_t i) -> auto& { return after_[i]; });
        if (left_out.reads + left_out.orders > 0)
            twin_.notes.push_back(fmt::format(
                "jobs wait for each other in a circle: {} reads and {} orders of '{}' are left out",
                left_out.reads, left_out.orders, labels_[c_.jobs[jobs.front()].pipeline]));
    }

    // ---- the twin

    Node twin() {
        Node node = Node::map();
        node.block = true;
        Node pools = Node::map(), datasets = Node::map(), pipelines = Node::map();
        for (Node* section : {&pools, &datasets, &pipelines}) section->block = true;
        std::size_t unlimited = 0;
        for (const std::size_t p : pipelines_) {
            if (!has_own_pool(p)) continue;
            Node pool = Node::map();
            const std::int64_t workers = c_.pipelines[p].workers;
            add_text(pool, "workers", workers > 0 ? print_count(workers) : "unlimited");
            unlimited += workers == 0;
            if (is_ranked(p)) add_text(pool, "order", "priority");
            if (const kernel::Time release = c_.pipelines[p].release; release > 0) {
                add_text(pool, "release", print_duration(release));
                twin_.assumed.push_back(
                    fmt::format("what a task held comes back {} after its end, the mean of the recording",
                                print_duration(release)));
            }
            add_text(pool, "label", pool_label(p));
            pool.add("tags", texts({word_for(c_.pipelines[p].source)}));
            pools.add(pool_names_[p], std::move(pool));
        }
        if (unlimited > 0)
            twin_.assumed.push_back(fmt::format(
                "{} pipeline{} as many workers as they ask for: no source says how many there are", unlimited,
                unlimited == 1 ? " has" : "s have"));
        std::size_t endless = 0;
        for (const std::size_t i : shared_pools_) {
            Node pool = Node::map();
            const CatalogPool& from = c_.pools[i];
            add_text(pool, "workers", from.workers > 0 ? print_count(from.workers) : "unlimited");
            endless += from.workers == 0;
            add_text(pool, "label", from.label);
            add_text(pool, "description", from.description);
            pool.add("tags", texts({word_for(from.source)}));
            pools.add(shared_names_[i], std::move(pool));
        }
        if (endless > 0)
            twin_.assumed.push_back(
                fmt::format("{} pool{} as many workers as are asked for: no source says how many there are",
                            endless, endless == 1 ? " has" : "s have"));
        for (const std::size_t i : datasets_) datasets.add(dataset_names_[i], dataset(c_.datasets[i]));
        for (const std::size_t p : pipelines_) pipelines.add(pipeline_names_[p], pipeline(p));
        if (!pools.entries.empty()) node.add("pools", std::move(pools));
        if (!datasets.entries.empty()) node.add("datasets", std::move(datasets));
        if (!pipelines.entries.empty()) node.add("pipelines", std::move(pipelines));
        say_what_is_not_known();
        return node;
    }

    static std::vector<std::string> tags(CatalogSource source, const std::vector<std::string>& own) {
        std::vector<std::string> all = {word_for(source)};
        for (const std::string& tag : own)
            if (std::find(all.begin(), all.end(), tag) == all.end()) all.push_back(tag);
        return all;
    }

    Node dataset(const CatalogDataset& d) const {
        Node node = Node::map();
        add_text(node, "contract", d.contract);
        Node columns = Node::map();
        for (const CatalogColumn& column : d.columns) {
            Node one = Node::map();
            add_text(one, "type", column.type);
            if (column.nullable) add_text(one, "nullable", *column.nullable ? "true" : "false");
            if (column.unique) add_text(one, "unique", *column.unique ? "true" : "false");
            if (!column.values.empty()) one.add("enum", texts(column.values));
            std::vector<std::string> origins;
            for (const ColumnOrigin& origin : column.derives_from)
                origins.push_back(dataset_names_[origin.dataset] + "." + origin.column);
            std::sort(origins.begin(), origins.end());
            if (!origins.empty()) one.add("derives_from", texts(origins));
            columns.add(column.name, std::move(one));
        }
        if (!columns.entries.empty()) node.add("columns", std::move(columns));
        add_text(node, "label", d.label);
        add_text(node, "description", d.description);
        add_text(node, "owner", d.owner);
        node.add("tags", texts(tags(d.source, d.tags)));
        return node;
    }

    bool is_ranked(std::size_t p) const {
        const auto& jobs = of_pipeline_[p];
        return c_.pipelines[p].workers > 0 && std::any_of(jobs.begin(), jobs.end(), [&](std::size_t i) {
                   return c_.jobs[i].rank.has_value();
               });
    }

    Node pipeline(std::size_t p) {
        const CatalogPipeline& from = c_.pipelines[p];
        Node node = Node::map();
        node.block = true;
        add_text(node, "schedule", from.schedule.empty() ? "once" : from.schedule);
        if (from.max_active_runs > 0) add_text(node, "max_active_runs", print_count(from.max_active_runs));
        if (from.max_active_tasks > 0) add_text(node, "max_active_tasks", print_count(from.max_active_tasks));
        add_text(node, "label", labels_[p]);
        add_text(node, "description", from.description);
        add_text(node, "owner", from.owner);
        node.add("tags", texts(tags(from.source, from.tags)));
        const auto writers = writers_among(of_pipeline_[p]);
        std::size_t most = 0;
        for (const std::size_t i : of_pipeline_[p]) most = std::max(most, c_.jobs[i].rank.value_or(0) + 1);
        Node tasks = Node::map();
        tasks.block = true;
        for (const std::size_t i : of_pipeline_[p]) tasks.add(task_names_[i], task(i, p, writers, most));
        node.add("tasks", std::move(tasks));
        measures_.push_back(fmt::format("avg latency({})", pipeline_names_[p]));
        if (from.schedule.empty()) {
            once_ = true;
        } else {
            longest_ = std::max(longest_, from.period);
            shortest_ = shortest_ == 0 ? from.period : std::min(shortest_, from.period);
            if (from.first_ns != 0)
                first_ns_ = first_ns_ == 0 ? from.first_ns : std::min(first_ns_, from.first_ns);
        }
        return node;
    }

    Node task(std::size_t i, std::size_t p, const std::map<std::size_t, std::vector<std::size_t>>& writers,
              std::size_t most) {
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
        if (!after.empty()) node.add("after", texts(after));
        add_text(node, "trigger_rule", job.trigger_rule);
        Node inputs = Node::map();
        for (const std::string& name : reads) add_text(inputs, name, "new");
        if (!reads.empty()) node.add("reads", std::move(inputs));
        if (writes.size() == 1) add_text(node, "writes", writes.front());
        if (writes.size() > 1) node.add("writes", texts(writes));
        runs_on(node, job, p);
        if (is_ranked(p) && job.rank) add_text(node, "priority", std::to_string(most - *job.rank));
        add_text(node, "service", service(job));
        if (job.emits > 0 && !reads.empty() && !writes.empty()) {
            Node emits = Node::map();
            // Four digits: what was recorded knows no more of it.
            add_text(emits, "size",
                     print_quantity(log_number(fmt::format("{:.4g}", job.emits)).value_or(job.emits),
                                    Dimension::share));
            node.add("emits", std::move(emits));
        }
        if (job.failed > 0) {
            // In runs of the pipeline without it, it takes no time and does not fail.
            const double ended =
                static_cast<double>(job.completed + job.failed) / (has_gaps(job) ? presence(job) : 1);
            random_ = random_ || job.completed > 0;
            ++(job.may_retry.value_or(0) > 0 ? told_ : job.retries > 0 ? retried_ : failing_);
            add_text(node, "failure",
                     print_quantity(std::round(1e6 * static_cast<double>(job.failed) / ended) / 1e6,
                                    Dimension::share));
            if (!job.durations.empty() && !job.failed_durations.empty()) {
                add_text(node, "fails_after", law_of(job.failed_durations));
                ++fails_after_;
            }
            add_retry(node, job);
        } else if (job.may_retry.value_or(0) > 0) {
            ++allowed_;
        }
        add_text(node, "label", job.label);
        add_text(node, "description", job.description);
        add_text(node, "owner", job.owner);
        std::vector<std::string> own = job.tags;
        if (const std::int64_t ended = job.completed + job.failed; ended > 1) own.push_back(runs_tag(ended));
        node.add("tags", texts(tags(job.source, own)));
        return node;
    }

    /// What its platform is told goes before what was seen of it.
    void add_retry(Node& node, const CatalogJob& job) {
        const std::int64_t allowed = job.may_retry.value_or(0);
        if (!is_tried_again(job)) return;
        Node retry = Node::map();
        add_text(retry, "times",
                 allowed > 0        ? print_count(allowed)
                 : job.given_up > 0 ? print_count(job.retries)
                                    : "unlimited");
        unlimited_retries_ += allowed == 0 && job.given_up == 0;
        const double backoff = job.backoff > 0 ? job.backoff : job.retry_delay;
        if (backoff > 0) add_text(retry, "backoff", seconds_text(backoff));
        node.add("retry", std::move(retry));
    }
    static bool is_tried_again(const CatalogJob& job) {
        return job.retries > 0 || job.may_retry.value_or(0) > 0;
    }

    void runs_on(Node& node, const CatalogJob& job, std::size_t p) const {
        if (job.is_use) return;
        if (!job.pool) {
            add_text(node, "runs_on", pool_names_[p]);
            return;
        }
        const bool both = c_.pipelines[p].workers > 0;
        if (!both && job.pool_slots == 1) {
            add_text(node, "runs_on", shared_names_[*job.pool]);
            return;
        }
        Node amounts = Node::map();
        add_text(amounts, shared_names_[*job.pool], print_count(job.pool_slots));
        if (both) add_text(amounts, pool_names_[p], "1");
        node.add("runs_on", std::move(amounts));
    }

    static bool has_gaps(const CatalogJob& job) {
        return job.present_in > 0 && job.present_in < job.runs_of_pipeline;
    }
    static double presence(const CatalogJob& job) {
        return static_cast<double>(job.present_in) / static_cast<double>(job.runs_of_pipeline);
    }

    std::string service(const CatalogJob& job) {
        const std::string law = service_of_its_runs(job);
        if (job.instances > 1) ++of_instances_;
        if (law.empty() || !has_gaps(job)) return law;
        ++with_gaps_;
        random_ = true;
        const double share = std::round(1e6 * presence(job)) / 1e6;
        return fmt::format("mix({} {} or {} 0s)", print_quantity(share, Dimension::share), law,
                           print_quantity(std::round(1e6 * (1 - share)) / 1e6, Dimension::share));
    }

    std::string service_of_its_runs(const CatalogJob& job) {
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

    std::string law_of(const std::vector<double>& durations) {
        const Fit fit = moments(durations);
        // Below that, clocks differ more than runs.
        if (durations.size() == 1 || fit.cv < 0.001) return seconds_text(fit.mean);
        random_ = true;
        return fmt::format("lognormal(mean {} cv {:.4g})", seconds_text(fit.mean), fit.cv);
    }

    void say_what_is_not_known() {
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
        assume(
            told_,
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
            unlimited_retries_,
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

    /// From the midnight before the first of the runs; a Monday where nothing says when.
    models::LocalInstant midnight_of_start() const {
        const std::int64_t first = first_ns_ != 0 ? first_ns_ : some_monday;
        return {first - ((first % kernel::day) + kernel::day) % kernel::day};
    }

    /// What comes from outside, where it was recorded how large it is: as its most frequent reader read it.
    Node loads() {
        struct Reader {
            kernel::Time period = 0;
            std::string schedule;
            const CatalogVolume* volume = nullptr;
            CatalogSource source = CatalogSource::openlineage;
        };
        std::set<std::size_t> written;
        std::map<std::size_t, Reader> readers;
        for (const std::size_t p : pipelines_)
            for (const std::size_t i : of_pipeline_[p]) {
                const CatalogJob& job = c_.jobs[i];
                written.insert(job.writes.begin(), job.writes.end());
                for (const CatalogVolume& volume : job.volumes) {
                    if (!reads_[i].contains(volume.dataset)) continue;
                    const CatalogPipeline& pipeline = c_.pipelines[p];
                    Reader& reader = readers[volume.dataset];
                    if (reader.volume == nullptr || reader.schedule.empty() ||
                        (!pipeline.schedule.empty() && pipeline.period < reader.period))
                        reader = {pipeline.period, pipeline.schedule, &volume, job.source};
                }
            }
        ElementNames names(known("load"));
        for (const char* kind : {"dataset", "pipeline", "pool", "other"})
            for (const auto& [label, name] : known(kind)) names.take(name);
        for (const auto* all : {&dataset_names_, &pipeline_names_, &pool_names_, &shared_names_})
            for (const std::string& name : *all)
                if (!name.empty()) names.take(name);
        Node all = Node::map();
        std::size_t without = 0;
        for (const std::size_t dataset : datasets_) {
            const auto found = readers.find(dataset);
            if (found == readers.end() || written.contains(dataset)) continue;
            const Reader& reader = found->second;
            auto load = load_of_volumes(reader.volume->bytes, dataset_names_[dataset], reader.schedule,
                                        midnight_of_start());
            if (!load) {
                ++without;
                continue;
            }
            random_ = random_ || reader.volume->bytes.front() != reader.volume->bytes.back();
            const std::string label = c_.datasets[dataset].label + " (recorded sizes)";
            add_text(*load, "label", label);
            load->add("tags", texts({word_for(reader.source)}));
            all.add(names.name(label, c_.datasets[dataset].title + " sizes", "load"), std::move(*load));
        }
        if (!all.entries.empty())
            twin_.assumed.push_back(fmt::format(
                "{} dataset{} from outside: once for each run of the most frequent reader as much lands "
                "there as its runs read",
                all.entries.size(), all.entries.size() == 1 ? " comes" : "s come"));
        if (without > 0)
            twin_.not_used.push_back(
                fmt::format("sizes of {} dataset{} from outside: the runs that read {} are not the same time "
                            "apart, or it is not known when they are due",
                            without, without == 1 ? "" : "s", without == 1 ? "it" : "them"));
        return all;
    }

    Node run() {
        Node node = Node::map();
        const models::LocalInstant midnight = midnight_of_start();
        constexpr std::int64_t periods = 14, most_runs = 20'000;
        const kernel::Time longest =
            shortest_ <= kernel::never / most_runs ? most_runs * shortest_ : kernel::never;
        const PromisedObjectives promised =
            objectives_of(c_.promises, promised_datasets(), midnight, longest);
        promises_ = promised.objectives;
        const auto add_all = [](std::vector<std::string>& to, const std::vector<std::string>& lines) {
            to.insert(to.end(), lines.begin(), lines.end());
        };
        add_all(twin_.assumed, promised.assumed);
        add_all(twin_.not_used, promised.not_used);
        if (longest_ == 0) {
            add_text(node, "until", "empty");
        } else {
            kernel::Time length = longest_ <= kernel::never / periods / 2 ? periods * longest_ : longest_;
            add_text(node, "length", print_duration(std::min(std::max(length, promised.length), longest)));
            add_text(node, "start", print_local_instant(midnight));
        }
        // Nothing to repeat where nothing is random, but for promises, which are judged over replications.
        if (!random_ && promises_.empty()) add_text(node, "replications", "1");
        return node;
    }

    /// Those of which something is promised.
    std::map<std::size_t, PromisedDataset> promised_datasets() const {
        std::map<std::size_t, PromisedDataset> datasets;
        for (const CatalogPromise& promise : c_.promises)
            datasets[promise.dataset].name = dataset_names_[promise.dataset];
        for (const std::size_t p : pipelines_) {
            const CatalogPipeline& pipeline = c_.pipelines[p];
            for (const std::size_t i : of_pipeline_[p])
                for (const std::size_t written : c_.jobs[i].writes) {
                    const auto found = datasets.find(written);
                    if (found == datasets.end()) continue;
                    PromisedDataset& dataset = found->second;
                    dataset.is_written = true;
                    if (!pipeline.schedule.empty()) dataset.schedules.push_back(pipeline.schedule);
                }
        }
        return datasets;
    }

    static constexpr std::int64_t some_monday = std::int64_t{1767571200} * kernel::second;

    const Catalog& c_;
    const KnownNames& known_;
    CatalogTwin twin_;
    std::string name_;
    std::vector<std::size_t> datasets_, pipelines_;      ///< in the order of labels
    std::vector<std::vector<std::size_t>> of_pipeline_;  ///< jobs, in the order of labels
    std::vector<std::string> labels_;                    ///< of pipelines, each another
    std::vector<std::string> dataset_names_, pipeline_names_, pool_names_, task_names_;
    std::vector<std::size_t> shared_pools_;  ///< in the order of labels
    std::vector<std::string> shared_names_;
    std::vector<std::set<std::size_t>> reads_, after_;  ///< of jobs, without circles
    std::vector<std::string> promises_, measures_;
    kernel::Time longest_ = 0, shortest_ = 0;
    std::int64_t first_ns_ = 0;
    bool once_ = false, random_ = false;
    std::size_t without_duration_ = 0, fails_after_ = 0, of_one_ = 0, of_several_ = 0, of_failed_ = 0,
                failing_ = 0, retried_ = 0, unlimited_retries_ = 0, allowed_ = 0, told_ = 0, with_gaps_ = 0,
                of_instances_ = 0;
};

std::vector<std::string> objectives_in(const Node& scenario) {
    std::vector<std::string> all;
    const Entry* entry = scenario.is_map() ? scenario.find("objectives") : nullptr;
    if (entry == nullptr) return all;
    for (const Node& one : entry->value.items)
        if (one.is_scalar()) all.push_back(one.text);
    return all;
}

/// Of "max latency(orders) < 4h": what stands before the comparison.
std::string_view measure_in(std::string_view objective) {
    const std::size_t end = objective.find_first_of("<>");
    objective = objective.substr(0, end);
    while (!objective.empty() && objective.back() == ' ') objective.remove_suffix(1);
    return objective;
}

}  // namespace

std::string runs_tag(std::int64_t runs) { return fmt::format("{} runs", runs); }

std::int64_t runs_in_tag(std::string_view tag) {
    constexpr std::string_view end = " runs";
    if (!tag.ends_with(end)) return 0;
    std::int64_t runs = 0;
    const char* last = tag.data() + tag.size() - end.size();
    const auto read = std::from_chars(tag.data(), last, runs);
    return read.ec == std::errc() && read.ptr == last && runs > 0 ? runs : 0;
}

CatalogTwin scenario_of(const Catalog& catalog, const std::string& name, const KnownNames& known) {
    return TwinOfCatalog(catalog, known).build(name);
}

std::vector<std::string> objectives_left(const Node& twin, const Node& import) {
    const std::vector<std::string> has = objectives_in(twin);
    std::vector<std::string> lines;
    for (const std::string& objective : objectives_in(import)) {
        if (std::find(has.begin(), has.end(), objective) != has.end()) continue;
        std::string instead;
        for (const std::string& other : has)
            if (measure_in(other) == measure_in(objective))
                instead += fmt::format("{}'{}'", instead.empty() ? "" : ", ", other);
        lines.push_back(fmt::format(
            "objective '{}' of the import is not in the twin, which has {}: objectives are changed "
            "by hand",
            objective, instead.empty() ? "none of it" : instead));
    }
    return lines;
}

}  // namespace understudy::formats
