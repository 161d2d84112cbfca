#include "tools/formats/catalogs/openlineage.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/catalogs/json_members.h"
#include "tools/formats/catalogs/schedule_guess.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

namespace {

constexpr std::int64_t no_time = std::numeric_limits<std::int64_t>::max();
constexpr std::uint32_t nobody = std::numeric_limits<std::uint32_t>::max();

/// The newest word on something; of two of the same instant the greater one, so that their order does not matter.
template <class Value>
struct Newest {
    std::int64_t time = std::numeric_limits<std::int64_t>::min();
    Value value{};
    bool said = false;

    /// Whether it counts.
    bool offer(std::int64_t at, Value other) {
        if (said && std::tie(at, other) <= std::tie(time, value)) return false;
        time = at;
        value = std::move(other);
        said = true;
        return true;
    }
};

/// Greater outweighs, where two ends of a run have the same time.
enum class End : std::uint8_t { none, complete, abort, fail };

/// What one job says of one run.
struct RunRecord {
    XXH128_hash_t id;          ///< of run and job
    std::uint64_t run = 0;     ///< of the run alone
    std::uint64_t parent = 0;  ///< the run that it is part of; 0: not said
    std::int64_t start = no_time, end = std::numeric_limits<std::int64_t>::min(), nominal = no_time;
    std::int64_t seen = no_time;  ///< at work
    std::uint32_t job = nobody;
    End ended = End::none;

    bool started() const { return start != no_time; }
    bool has_ended() const { return ended != End::none; }
};

/// 64-bit keys in an open table: half the memory of a std::unordered_set, which matters for ten million events.
class HashSet {
public:
    void foresee(std::uint64_t key) const { __builtin_prefetch(&slots_[key & (slots_.size() - 1)]); }
    /// Whether it was new.
    bool insert(std::uint64_t key) {
        key |= std::uint64_t{key == 0};
        if ((used_ + 1) * 3 > slots_.size() * 2) grow();
        return place(slots_, key) && ++used_ > 0;
    }

private:
    static bool place(std::vector<std::uint64_t>& slots, std::uint64_t key) {
        std::size_t at = key & (slots.size() - 1);
        while (slots[at] != 0 && slots[at] != key) at = (at + 1) & (slots.size() - 1);
        if (slots[at] == key) return false;
        slots[at] = key;
        return true;
    }
    void grow() {
        std::vector<std::uint64_t> larger(slots_.size() * 2);
        for (const std::uint64_t key : slots_)
            if (key != 0) place(larger, key);
        slots_ = std::move(larger);
    }

    std::vector<std::uint64_t> slots_ = std::vector<std::uint64_t>(1024);
    std::size_t used_ = 0;
};

struct JobRecord {
    std::string label, title;
    bool has_events = false;
    Newest<std::string> owner, description;
    Newest<std::pair<std::string, std::uint32_t>>
        parent;  ///< by its label, so that ties do not depend on numbers
    std::set<std::uint32_t> reads, writes, after;
    std::set<std::string> tags;
};

struct DatasetRecord {
    std::string label, title;
    Newest<std::vector<std::pair<std::string, std::string>>> schema;  ///< columns with their types
    std::uint64_t schema_said = 0;  ///< hash of what the newest schema was read from
    Newest<std::string> owner, description;
    std::set<std::tuple<std::string, std::uint32_t, std::string>>
        origins;                                          ///< column, of dataset, its column
    std::set<std::pair<std::string, std::string>> tests;  ///< assertion, column
};

/// "ns/name", as label of a job or dataset; a namespace such as "s3://bucket/" keeps its one slash.
std::string label_of(std::string_view space, std::string_view name) {
    std::string label = clean_text(space);
    if (!label.empty() && label.back() != '/') label += '/';
    std::string_view rest = name;
    while (!label.empty() && !rest.empty() && rest.front() == '/') rest.remove_prefix(1);
    return label + clean_text(rest);
}

/// The quoted words of a list that Python has written into a text: "['copy', 'load']".
std::vector<std::string> python_list(std::string_view text) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\'' && text[i] != '"') continue;
        const std::size_t end = text.find(text[i], i + 1);
        if (end == std::string_view::npos) break;
        words.emplace_back(text.substr(i + 1, end - i - 1));
        i = end;
    }
    return words;
}

/// What an event holds, found in one pass.
struct EventMembers {
    explicit EventMembers(const JsonValue& event) {
        std::tie(time, type, run, job, dataset, inputs, outputs, schema, producer) =
            std::tuple_cat(members<9>(event, {"eventTime", "eventType", "run", "job", "dataset", "inputs",
                                              "outputs", "schemaURL", "producer"}));
    }
    std::optional<JsonValue> time, type, run, job, dataset, inputs, outputs, schema, producer;
};

std::string owners_of(const JsonValue& object) {
    std::set<std::string> names;
    if (const auto facet = member(object, "ownership"))
        for_each(*facet, "owners", [&](const JsonValue& owner) {
            if (std::string name = text_of(owner, "name"); !name.empty()) names.insert(std::move(name));
        });
    return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

struct OpenLineageEvents::State {
    std::deque<RunRecord> runs;
    std::vector<std::uint32_t> run_table = std::vector<std::uint32_t>(1024, nobody);
    HashSet seen;
    std::deque<JobRecord> jobs;
    std::unordered_map<std::string, std::uint32_t> job_numbers;
    std::deque<DatasetRecord> datasets;
    std::unordered_map<std::string, std::uint32_t> dataset_numbers;
    CatalogCounts counts;
    std::int64_t volumes = 0, metrics = 0;
    std::string buffer;

    RunRecord& run(XXH128_hash_t id) {
        if ((runs.size() + 1) * 3 > run_table.size() * 2) {
            std::vector<std::uint32_t>(run_table.size() * 2, nobody).swap(run_table);
            for (std::uint32_t i = 0; i < runs.size(); ++i) run_table[slot_of(runs[i].id)] = i;
        }
        const std::size_t slot = slot_of(id);
        if (run_table[slot] == nobody) {
            run_table[slot] = static_cast<std::uint32_t>(runs.size());
            runs.push_back({id});
        }
        return runs[run_table[slot]];
    }
    void foresee(XXH128_hash_t id) const {
        __builtin_prefetch(&run_table[id.low64 & (run_table.size() - 1)]);
    }
    void foresee_record(XXH128_hash_t id) const {
        const std::uint32_t number = run_table[id.low64 & (run_table.size() - 1)];
        if (number != nobody) __builtin_prefetch(&runs[number]);
    }
    std::size_t slot_of(XXH128_hash_t id) const {
        std::size_t at = id.low64 & (run_table.size() - 1);
        while (run_table[at] != nobody && XXH128_isEqual(runs[run_table[at]].id, id) == 0)
            at = (at + 1) & (run_table.size() - 1);
        return at;
    }

    template <class Records>
    std::uint32_t number_of(Records& records, std::unordered_map<std::string, std::uint32_t>& numbers,
                            std::string_view space, std::string_view name) {
        buffer.assign(space).append(1, '\0').append(name);
        if (const auto found = numbers.find(buffer); found != numbers.end()) return found->second;
        std::string key = buffer, label = label_of(space, name);
        // Namespaces and names that differ in what a label cannot hold are one.
        const std::string label_key = std::string(1, '\0') + label;
        auto [of_label, fresh] = numbers.emplace(label_key, static_cast<std::uint32_t>(records.size()));
        if (fresh) {
            records.emplace_back();
            records.back().label = std::move(label);
            records.back().title = clean_text(name);
        } else if (const std::string title = clean_text(name); title < records[of_label->second].title) {
            records[of_label->second].title = title;
        }
        const std::uint32_t number = of_label->second;
        numbers.emplace(std::move(key), number);
        return number;
    }
    std::uint32_t job(std::string_view space, std::string_view name) {
        return number_of(jobs, job_numbers, space, name);
    }
    std::uint32_t dataset(std::string_view space, std::string_view name) {
        return number_of(datasets, dataset_numbers, space, name);
    }

    void read_job(const JsonValue& facets, std::uint32_t number, std::int64_t time);
    void read_parent(const JsonValue& run, std::uint32_t number, std::int64_t time);
    void read_order(const JsonValue& run, std::string_view space, std::uint32_t number);
    std::optional<std::uint32_t> read_dataset(const JsonValue& object, std::int64_t time);
    void unite_renamed(Catalog& catalog);
    std::uint32_t read_other_facets(const JsonValue& facets, std::uint32_t number, std::int64_t time);
    std::vector<CatalogRun> each_run() const;
    Catalog catalog(bool with_runs);
};

OpenLineageEvents::OpenLineageEvents() : state_(std::make_unique<State>()) {}
OpenLineageEvents::~OpenLineageEvents() = default;

bool OpenLineageEvents::looks_like_event(const simdjson::dom::element& value) {
    const EventMembers event(value);
    return (event.run || event.job || event.dataset || event.inputs || event.outputs) &&
           (event.time || event.type || event.schema || (event.producer && event.run) ||
            (event.inputs && event.job && member(*event.job, "namespace")));
}

void OpenLineageEvents::add(const simdjson::dom::element& event, const std::filesystem::path& file,
                            std::int64_t line, ImportProblems& problems) {
    State& s = *state_;
    std::vector<std::string> lacks;
    const EventMembers all(event);
    const std::string_view written = raw_text(all.time);
    std::optional<std::int64_t> time;
    if (!written.empty()) {
        time = date_instant(written);
        if (!time) {
            problems.add(
                file, line,
                fmt::format("eventTime '{}' is no time such as '2026-03-09T05:00:00Z'", clean_text(written)));
            return;
        }
    } else {
        lacks.emplace_back("eventTime");
    }
    const auto& job = all.job;
    const auto& run = all.run;
    const auto& own_dataset = all.dataset;
    const std::string_view type = raw_text(all.type);
    const bool about_data = own_dataset && !job && !run;
    const bool about_job =
        job && !run && (type.empty() || raw_text(all.schema).ends_with("/JobEvent")) && !about_data;
    std::optional<JsonValue> job_space, job_name, job_facets, run_id, run_facets;
    if (job)
        std::tie(job_space, job_name, job_facets) =
            std::tuple_cat(members<3>(*job, {"namespace", "name", "facets"}));
    if (run) std::tie(run_id, run_facets) = std::tuple_cat(members<2>(*run, {"runId", "facets"}));
    const std::string_view id = raw_text(run_id);
    if (!about_data) {
        if (!job) lacks.emplace_back("job");
        if (job && !has_text(job_space)) lacks.emplace_back("job.namespace");
        if (job && !has_text(job_name)) lacks.emplace_back("job.name");
        if (!about_job && id.empty()) lacks.emplace_back("run.runId");
    } else if (raw_text(*own_dataset, "namespace").empty() || raw_text(*own_dataset, "name").empty()) {
        lacks.emplace_back("dataset.namespace and dataset.name");
    }
    if (!lacks.empty()) {
        problems.add(file, line, fmt::format("is no OpenLineage event: lacks {}", fmt::join(lacks, ", ")));
        return;
    }
    // The words of the standard in capitals; some writers differ.
    const std::string word = plain_word(type);
    End end = End::none;
    bool starts = false;
    if (word == "start")
        starts = true;
    else if (word == "complete")
        end = End::complete;
    else if (word == "abort")
        end = End::abort;
    else if (word == "fail")
        end = End::fail;
    else if (!word.empty() && word != "running" && word != "other") {
        problems.add(file, line,
                     fmt::format("eventType '{}' is none of START, RUNNING, COMPLETE, ABORT, FAIL, OTHER",
                                 clean_text(type)));
        return;
    }
    ++s.counts.events;
    const std::string_view space = raw_text(job_space), name = raw_text(job_name);
    // Of millions of events hardly one is near in memory: what is looked at below is asked for while other parts are read.
    std::uint64_t told = 0;
    {
        s.buffer.assign(word).append(1, '\n');
        s.buffer.append(reinterpret_cast<const char*>(&*time), sizeof *time);
        const auto put = [&](std::string_view text) { s.buffer.append(1, '\n').append(text); };
        // With its run, type and time alone, the same event may be told anew with a facet more.
        put(id);
        if (!run) put(space), put(name);
        if (about_data) put(raw_text(*own_dataset, "namespace")), put(raw_text(*own_dataset, "name"));
        told = XXH3_64bits(s.buffer.data(), s.buffer.size());
    }
    s.seen.foresee(told);
    if (about_data) {
        if (!s.seen.insert(told)) ++s.counts.repeated_events;
        s.read_dataset(*own_dataset, *time);
        return;
    }
    const std::uint32_t number = s.job(space, name);
    s.jobs[number].has_events = true;
    if (job_facets) s.read_job(*job_facets, number, *time);
    XXH128_hash_t of_job{};
    if (run) {
        // By the label: numbers depend on the order of events.
        s.buffer.assign(id).append(1, '\n').append(s.jobs[number].label);
        of_job = XXH3_128bits(s.buffer.data(), s.buffer.size());
        s.foresee(of_job);
    }
    for_each(all.inputs, [&](const JsonValue& input) {
        if (const auto dataset = s.read_dataset(input, *time)) s.jobs[number].reads.insert(*dataset);
    });
    if (run) s.foresee_record(of_job);
    for_each(all.outputs, [&](const JsonValue& output) {
        if (const auto dataset = s.read_dataset(output, *time)) s.jobs[number].writes.insert(*dataset);
    });
    if (!s.seen.insert(told)) ++s.counts.repeated_events;
    if (run) {
        RunRecord& record = s.run(of_job);
        record.run = XXH3_64bits(id.data(), id.size());
        record.job = number;
        if (starts) record.start = std::min(record.start, *time);
        if (word == "running") record.seen = std::min(record.seen, *time);
        if (end != End::none && std::tie(*time, end) > std::tie(record.end, record.ended)) {
            record.end = *time;
            record.ended = end;
        }
        if (const auto& facets = run_facets) {
            if (const auto nominal = member(*facets, "nominalTime")) {
                const auto instant = date_instant(raw_text(*nominal, "nominalStartTime"));
                if (instant) record.nominal = std::min(record.nominal, *instant);
            }
            if (const auto parent = member(*facets, "parent", "run"))
                if (const std::string_view of = raw_text(*parent, "runId"); !of.empty() && of != id)
                    record.parent = std::max(record.parent, XXH3_64bits(of.data(), of.size()));
            s.read_parent(*facets, number, *time);
            s.read_order(*facets, space, number);
        }
    }
}

void OpenLineageEvents::State::read_job(const JsonValue& facets, std::uint32_t number, std::int64_t time) {
    JobRecord& record = jobs[number];
    if (std::string owner = owners_of(facets); !owner.empty()) record.owner.offer(time, std::move(owner));
    if (const auto text = member(facets, "documentation"))
        if (std::string about = text_of(*text, "description"); !about.empty())
            record.description.offer(time, std::move(about));
    if (const auto kind = member(facets, "jobType"))
        for (const char* key : {"integration", "jobType"})
            if (const std::string_view word = raw_text(*kind, key); !word.empty())
                record.tags.insert(plain_word(clean_text(word)));
}

void OpenLineageEvents::State::read_parent(const JsonValue& facets, std::uint32_t number, std::int64_t time) {
    const auto parent = member(facets, "parent", "job");
    if (!parent) return;
    const std::string_view space = raw_text(*parent, "namespace"), name = raw_text(*parent, "name");
    if (!is_said(space) || !is_said(name)) return;
    const std::uint32_t of = job(space, name);
    if (of != number) jobs[number].parent.offer(time, {jobs[of].label, of});
}

void OpenLineageEvents::State::read_order(const JsonValue& facets, std::string_view space,
                                          std::uint32_t number) {
    const auto task = member(facets, "airflow", "task");
    if (!task) return;
    const auto dag = member(facets, "airflow", "dag");
    const std::string in = dag ? std::string(raw_text(*dag, "dag_id")) : "";
    if (in.empty()) return;
    for (const std::string& before : python_list(raw_text(*task, "upstream_task_ids")))
        jobs[number].after.insert(job(space, in + "." + before));
    for (const std::string& behind : python_list(raw_text(*task, "downstream_task_ids")))
        jobs[job(space, in + "." + behind)].after.insert(number);
}

std::optional<std::uint32_t> OpenLineageEvents::State::read_dataset(const JsonValue& object,
                                                                    std::int64_t time) {
    const auto [of_space, of_name, facets, input_facets, output_facets] =
        members<5>(object, {"namespace", "name", "facets", "inputFacets", "outputFacets"});
    const std::string_view space = raw_text(of_space), name = raw_text(of_name);
    if (!is_said(name)) return std::nullopt;
    const std::uint32_t number = dataset(space, name);
    volumes += (output_facets && member(*output_facets, "outputStatistics")) ||
               (input_facets && member(*input_facets, "inputStatistics"));
    metrics += input_facets && member(*input_facets, "dataQualityMetrics");
    for (const auto& holder : {facets, input_facets})
        if (holder)
            if (const auto quality = member(*holder, "dataQualityAssertions"))
                for_each(*quality, "assertions", [&](const JsonValue& one) {
                    datasets[number].tests.emplace(text_of(one, "assertion"), text_of(one, "column"));
                });
    if (!facets) return number;
    if (const auto schema = member(*facets, "schema")) {
        // Most events say what was said before: nothing is built anew for them.
        std::uint64_t said = 0;
        for_each(*schema, "fields", [&](const JsonValue& field) {
            for (const char* key : {"name", "type"}) {
                const std::string_view text = raw_text(field, key);
                said = XXH3_64bits_withSeed(text.data(), text.size(), said + 1);
            }
        });
        auto& newest = datasets[number].schema;
        if (newest.said && said == datasets[number].schema_said) {
            newest.time = std::max(newest.time, time);
            return read_other_facets(*facets, number, time);
        }
        std::vector<std::pair<std::string, std::string>> columns;
        std::set<std::string> names;
        for_each(*schema, "fields", [&](const JsonValue& field) {
            std::string column = clean_text(raw_text(field, "name"));
            if (!column.empty() && names.insert(column).second)
                columns.emplace_back(std::move(column), clean_text(raw_text(field, "type")));
        });
        if (!columns.empty() && newest.offer(time, std::move(columns))) datasets[number].schema_said = said;
    }
    return read_other_facets(*facets, number, time);
}

/// What describes a dataset besides its schema; its number.
std::uint32_t OpenLineageEvents::State::read_other_facets(const JsonValue& facets, std::uint32_t number,
                                                          std::int64_t time) {
    if (std::string owner = owners_of(facets); !owner.empty())
        datasets[number].owner.offer(time, std::move(owner));
    if (const auto text = member(facets, "documentation"))
        if (std::string about = text_of(*text, "description"); !about.empty())
            datasets[number].description.offer(time, std::move(about));
    if (const auto lineage = member(facets, "columnLineage"))
        for_each_member(*lineage, "fields", [&](std::string_view column, const JsonValue& origin) {
            for_each(origin, "inputFields", [&](const JsonValue& field) {
                const std::string_view of = raw_text(field, "name");
                std::string from = text_of(field, "field");
                if (clean_text(of).empty() || from.empty() || clean_text(column).empty()) return;
                const std::uint32_t other = dataset(raw_text(field, "namespace"), of);
                datasets[number].origins.emplace(clean_text(column), other, std::move(from));
            });
        });
    return number;
}

bool OpenLineageEvents::empty() const { return state_->counts.events == 0; }

namespace {

/// Numbers in the order of labels, and where each record has gone.
template <class Records>
std::vector<std::uint32_t> order_by_label(const Records& records, std::vector<std::uint32_t>& place) {
    std::vector<std::uint32_t> order(records.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return records[a].label < records[b].label; });
    place.resize(order.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i;
    return order;
}

/// What the runs of one job say.
struct JobRuns {
    std::vector<double> durations, failed_durations;
    std::vector<std::int64_t> nominal;
    std::int64_t completed = 0, failed = 0, without_start = 0, without_end = 0, without_both = 0,
                 backwards = 0;
};

/// "3 runs have no START: a (2), b (1)": the jobs with most first.
void note_runs(Catalog& catalog, const std::vector<std::pair<std::string, std::int64_t>>& by_job,
               const std::string& what) {
    std::int64_t total = 0;
    for (const auto& [label, count] : by_job) total += count;
    if (total == 0) return;
    auto most = by_job;
    std::erase_if(most, [](const auto& one) { return one.second == 0; });
    std::stable_sort(most.begin(), most.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    constexpr std::size_t shown = 5;
    std::string text = fmt::format("{} run{} {}:", total, total == 1 ? "" : "s", what);
    for (std::size_t i = 0; i < std::min(shown, most.size()); ++i)
        text += fmt::format("{} {} ({})", i > 0 ? "," : "", most[i].first, most[i].second);
    if (most.size() > shown) text += fmt::format(" and {} more jobs", most.size() - shown);
    catalog.notes.push_back(std::move(text));
}

}  // namespace

/// A job that is called something else at its end than at its start is one, with the later name. Where several jobs have
/// starts and ends of one run, each has a run of its own. Counts the runs.
void OpenLineageEvents::State::unite_renamed(Catalog& catalog) {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> order;
    order.reserve(runs.size());
    for (const RunRecord& one : runs) order.emplace_back(one.run, static_cast<std::uint32_t>(order.size()));
    std::sort(order.begin(), order.end());
    std::int64_t shared = 0;
    for (std::size_t from = 0, to = 0; from < order.size(); from = to) {
        ++catalog.counts.runs;
        for (to = from + 1; to < order.size() && order[to].first == order[from].first;) ++to;
        if (to - from == 1) continue;
        std::vector<std::uint32_t> only_started, only_ended, neither, both;
        for (std::size_t at = from; at < to; ++at) {
            const RunRecord& one = runs[order[at].second];
            auto& kind = one.started()     ? (one.has_ended() ? both : only_started)
                         : one.has_ended() ? only_ended
                                           : neither;
            kind.push_back(order[at].second);
        }
        const auto give = [&](std::uint32_t what, RunRecord& into) {
            into.start = std::min(into.start, runs[what].start);
            into.nominal = std::min(into.nominal, runs[what].nominal);
            runs[what].job = nobody;
        };
        if (only_started.size() == 1 && only_ended.size() == 1) {
            give(only_started.front(), runs[only_ended.front()]);
            both.push_back(only_ended.front());
            only_started.clear();
            only_ended.clear();
        }
        if (const std::size_t told = both.size() + only_started.size() + only_ended.size(); told > 0) {
            for (const std::uint32_t one : neither) runs[one].job = nobody;
            shared += told > 1;
        }
    }
    if (shared > 0)
        catalog.notes.push_back(fmt::format("{} run id{} shared by several jobs: each has a run of its own",
                                            shared, shared == 1 ? " is" : "s are"));
}

std::vector<CatalogRun> OpenLineageEvents::State::each_run() const {
    std::vector<CatalogRun> all;
    const auto digits = [](std::uint64_t id) { return id == 0 ? "" : fmt::format("{:016x}", id); };
    const auto known = [](std::int64_t time) { return time == no_time ? std::nullopt : std::optional(time); };
    for (const RunRecord& run : runs) {
        CatalogRun one;
        one.job = jobs[run.job].label;
        one.title = jobs[run.job].title;
        one.id = digits(run.run);
        one.parent = digits(run.parent);
        one.start = known(run.start);
        one.seen = known(run.seen);
        one.nominal = known(run.nominal);
        if (run.has_ended()) one.end = run.end;
        one.failed = run.has_ended() && run.ended != End::complete;
        all.push_back(std::move(one));
    }
    return all;
}

Catalog OpenLineageEvents::State::catalog(bool with_runs) {
    Catalog catalog;
    catalog.counts = counts;
    // As the events tell them: what else is known of a run may come in another file.
    if (with_runs) catalog.runs = each_run();
    std::vector<std::uint32_t> dataset_place, job_place;
    const auto dataset_order = order_by_label(datasets, dataset_place);
    const auto job_order = order_by_label(jobs, job_place);

    for (const std::uint32_t number : dataset_order) {
        DatasetRecord& record = datasets[number];
        CatalogDataset dataset;
        dataset.label = record.label;
        dataset.title = record.title;
        dataset.owner = record.owner.value;
        dataset.description = record.description.value;
        std::map<std::string, std::size_t> known;
        const auto column = [&](const std::string& name) -> CatalogColumn& {
            const auto [at, fresh] = known.emplace(name, dataset.columns.size());
            if (fresh) {
                dataset.columns.emplace_back();
                dataset.columns.back().name = name;
            }
            return dataset.columns[at->second];
        };
        for (const auto& [name, type] : record.schema.value) column(name).type = type;
        for (const auto& [name, other, from] : record.origins)
            column(name).derives_from.push_back({dataset_place[other], from});
        for (CatalogColumn& one : dataset.columns)
            std::sort(one.derives_from.begin(), one.derives_from.end());
        catalog.counts.columns += static_cast<std::int64_t>(dataset.columns.size());
        catalog.counts.column_origins += static_cast<std::int64_t>(record.origins.size());
        catalog.counts.tests += static_cast<std::int64_t>(record.tests.size());
        catalog.datasets.push_back(std::move(dataset));
    }
    catalog.counts.datasets = static_cast<std::int64_t>(catalog.datasets.size());

    std::vector<JobRuns> of_job(jobs.size());
    unite_renamed(catalog);
    for (const RunRecord& run : runs) {
        if (run.job == nobody) continue;
        JobRuns& all = of_job[run.job];
        const bool started = run.started(), ended = run.has_ended();
        if (run.nominal != no_time) all.nominal.push_back(run.nominal);
        if (ended) ++(run.ended == End::complete ? all.completed : all.failed);
        if (!started || !ended)
            ++(started ? all.without_end : ended ? all.without_start : all.without_both);
        else if (run.end < run.start)
            ++all.backwards;
        else
            (run.ended == End::complete ? all.durations : all.failed_durations)
                .push_back(kernel::to_seconds(run.end - run.start));
    }
    std::vector<std::pair<std::string, std::int64_t>> no_start, no_end, neither, backwards;
    for (const std::uint32_t number : job_order) {
        JobRuns& all = of_job[number];
        std::sort(all.durations.begin(), all.durations.end());
        std::sort(all.failed_durations.begin(), all.failed_durations.end());
        CatalogCounts& c = catalog.counts;
        c.usable_durations += static_cast<std::int64_t>(all.durations.size() + all.failed_durations.size());
        c.runs_without_start += all.without_start;
        c.runs_without_end += all.without_end;
        c.runs_without_both += all.without_both;
        c.runs_that_end_before_they_start += all.backwards;
        c.failed_runs += all.failed;
        const std::string& label = jobs[number].label;
        no_start.emplace_back(label, all.without_start);
        no_end.emplace_back(label, all.without_end);
        neither.emplace_back(label, all.without_both);
        backwards.emplace_back(label, all.backwards);
        ++(jobs[number].has_events ? c.jobs : c.parents);
    }
    note_runs(catalog, no_start, "ended without a START, so their durations are not known");
    note_runs(catalog, no_end, "started and did not end, so their durations are not known");
    note_runs(catalog, neither, "neither started nor ended");
    note_runs(catalog, backwards, "ended before they started: their times are not used");

    // ---- who stands below whom
    std::vector<bool> is_parent(jobs.size());
    for (const JobRecord& job : jobs)
        if (job.parent.said) is_parent[job.parent.value.second] = true;
    // The topmost job, and the one right below it on the way; in a circle the first by label is the top.
    std::vector<std::uint32_t> top(jobs.size()), below(jobs.size());
    std::size_t circles = 0;
    for (const std::uint32_t start : job_order) {
        std::set<std::uint32_t> way = {start};
        std::uint32_t at = start, under = start;
        while (jobs[at].parent.said) {
            const std::uint32_t next = jobs[at].parent.value.second;
            if (!way.insert(next).second) {
                ++circles;
                at = *std::min_element(way.begin(), way.end(), [&](std::uint32_t a, std::uint32_t b) {
                    return jobs[a].label < jobs[b].label;
                });
                under = start;
                break;
            }
            under = at;
            at = next;
        }
        top[start] = at;
        below[start] = under;
    }
    if (circles > 0) catalog.notes.push_back(fmt::format("{} jobs are their own parents' parents", circles));

    // ---- pipelines and their tasks
    std::map<std::pair<std::string, std::string>, std::size_t>
        pipelines;  // label and, of single jobs, schedule
    std::vector<std::size_t> task(jobs.size(), std::numeric_limits<std::size_t>::max());
    std::vector<std::vector<std::int64_t>> nominal_of;
    const auto pipeline_at = [&](const std::string& label, const std::string& title,
                                 const std::string& schedule) {
        const auto [at, fresh] = pipelines.emplace(std::pair(label, schedule), catalog.pipelines.size());
        if (fresh) {
            catalog.pipelines.emplace_back();
            catalog.pipelines.back().label = label;
            catalog.pipelines.back().title = title;
            nominal_of.emplace_back();
        }
        return at->second;
    };
    const auto add_task = [&](std::uint32_t number, std::size_t pipeline) {
        JobRecord& record = jobs[number];
        CatalogJob job;
        job.label = record.label;
        job.title = record.title;
        job.owner = record.owner.value;
        job.description = record.description.value;
        job.tags.assign(record.tags.begin(), record.tags.end());
        job.pipeline = pipeline;
        job.durations = std::move(of_job[number].durations);
        job.failed_durations = std::move(of_job[number].failed_durations);
        job.completed = of_job[number].completed;
        job.failed = of_job[number].failed;
        task[number] = catalog.jobs.size();
        catalog.jobs.push_back(std::move(job));
        auto& nominal = nominal_of[pipeline];
        nominal.insert(nominal.end(), of_job[number].nominal.begin(), of_job[number].nominal.end());
    };
    std::int64_t deeper = 0;
    for (const std::uint32_t number : job_order) {
        JobRecord& record = jobs[number];
        if (top[number] == number && is_parent[number]) {
            const std::size_t at = pipeline_at(record.label, record.title, "");
            catalog.pipelines[at].owner = record.owner.value;
            catalog.pipelines[at].description = record.description.value;
            nominal_of[at].insert(nominal_of[at].end(), of_job[number].nominal.begin(),
                                  of_job[number].nominal.end());
        } else if (top[number] == number) {
            // Nobody has heard of it but another's list of what comes next.
            if (!record.has_events) continue;
            const auto own = regular_schedule(of_job[number].nominal);
            const std::size_t slash =
                record.label.size() - std::min(record.label.size(), record.title.size());
            std::string space = record.label.substr(0, slash);
            while (!space.empty() && space.back() == '/') space.pop_back();
            if (space.empty()) space = "jobs";
            add_task(number, pipeline_at(space, own ? space + " " + own->text : space, own ? own->text : ""));
        } else if (below[number] == number) {
            const JobRecord& parent = jobs[top[number]];
            add_task(number, pipeline_at(parent.label, parent.title, ""));
        } else {
            ++deeper;
        }
    }
    if (deeper > 0)
        catalog.assumed.push_back(
            fmt::format("{} jobs further below are within the time of the job they belong to, which has "
                        "their reads and writes",
                        deeper));
    // A parent that reads or writes by itself does so when all below it have ended.
    for (const std::uint32_t number : job_order)
        if (top[number] == number && is_parent[number] &&
            !(jobs[number].reads.empty() && jobs[number].writes.empty())) {
            const std::size_t pipeline = pipelines.at({jobs[number].label, ""});
            JobRuns none;
            std::swap(none, of_job[number]);
            const std::size_t others = catalog.jobs.size();
            add_task(number, pipeline);
            for (std::size_t i = 0; i < others; ++i)
                if (catalog.jobs[i].pipeline == pipeline) catalog.jobs.back().after.push_back(i);
        }
    for (const std::uint32_t number : job_order) {
        const JobRecord& record = jobs[number];
        catalog.counts.edges += static_cast<std::int64_t>(record.reads.size() + record.writes.size());
        const std::size_t at = task[number] < catalog.jobs.size() ? task[number] : task[below[number]];
        if (at >= catalog.jobs.size()) continue;
        CatalogJob& job = catalog.jobs[at];
        for (const std::uint32_t dataset : record.reads) job.reads.push_back(dataset_place[dataset]);
        for (const std::uint32_t dataset : record.writes) job.writes.push_back(dataset_place[dataset]);
        for (const std::uint32_t before : record.after)
            if (task[before] < catalog.jobs.size() && task[before] != at &&
                catalog.jobs[task[before]].pipeline == job.pipeline)
                job.after.push_back(task[before]);
    }
    for (CatalogJob& job : catalog.jobs)
        for (auto* list : {&job.reads, &job.writes, &job.after}) {
            std::sort(list->begin(), list->end());
            list->erase(std::unique(list->begin(), list->end()), list->end());
        }
    std::int64_t irregular = 0;
    for (std::size_t i = 0; i < catalog.pipelines.size(); ++i) {
        CatalogPipeline& pipeline = catalog.pipelines[i];
        auto& nominal = nominal_of[i];
        std::sort(nominal.begin(), nominal.end());
        nominal.erase(std::unique(nominal.begin(), nominal.end()), nominal.end());
        if (const auto schedule = regular_schedule(nominal)) {
            pipeline.schedule = schedule->text;
            pipeline.period = schedule->period;
            pipeline.first_ns = nominal.front();
        } else if (nominal.size() > 1) {
            ++irregular;
        }
    }
    if (irregular > 0)
        catalog.notes.push_back(fmt::format(
            "{} pipeline{} nominal times that follow no schedule: fewer than three, or not regular",
            irregular, irregular == 1 ? " has" : "s have"));
    if (volumes > 0) catalog.not_used.push_back("statistics of inputs and outputs: volumes belong to a load");
    if (metrics > 0) catalog.not_used.push_back("data quality metrics");
    if (catalog.counts.tests > 0)
        catalog.not_used.push_back("data quality assertions: counted, without effect on a run");
    return catalog;
}

Catalog OpenLineageEvents::take(bool runs) {
    Catalog catalog = state_->catalog(runs);
    state_ = std::make_unique<State>();
    return catalog;
}

}  // namespace understudy::formats
