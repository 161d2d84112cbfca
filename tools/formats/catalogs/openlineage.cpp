#include "tools/formats/catalogs/openlineage.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
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
    std::uint32_t job = nobody, parent_job = nobody;
    std::int32_t instance = -1;       ///< of a mapped task
    std::int16_t nominal_offset = 0;  ///< minutes to UTC, as it was written
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
    bool is_named = false;  ///< by another's run; a DAG's list of its tasks is no word on runs
    Newest<std::string> owner, description;
    Newest<std::pair<std::string, std::uint32_t>>
        parent,  ///< by its label, so that ties do not depend on numbers
        root;    ///< what jobs below it say of the topmost one, where it says nothing itself
    bool has_order = false;
    std::set<std::uint32_t> reads, writes, after;
    std::set<std::string> tags;
};

struct DatasetRecord {
    std::string label, title;
    std::set<std::string> aliases;  ///< labels that symlinks give it
    std::set<std::pair<std::uint32_t, std::string>>
        of_all;  ///< columns that all of it depends on: dataset, column
    Newest<std::vector<std::pair<std::string, std::string>>> schema;  ///< columns with their types
    std::uint64_t schema_said = 0;  ///< hash of what the newest schema was read from
    Newest<std::string> owner, description;
    std::set<std::tuple<std::string, std::uint32_t, std::string>>
        origins;                                          ///< column, of dataset, its column
    std::set<std::pair<std::string, std::string>> tests;  ///< assertion, column
};

/// "ns/name", as label of a job or dataset; a namespace such as "s3://bucket/" keeps its one slash.
std::string label_of(std::string_view space, std::string_view name) {
    std::string label = clean_label(space);
    if (!label.empty() && label.back() != '/') label += '/';
    std::string_view rest = name;
    while (!label.empty() && !rest.empty() && rest.front() == '/') rest.remove_prefix(1);
    return label + clean_label(rest);
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

/// Minutes that the clock of "2026-03-09T05:00:00+01:00" is ahead of UTC.
std::int16_t offset_of(std::string_view time) {
    const std::size_t clock = time.find_first_of("T ");
    const std::size_t sign = clock == std::string_view::npos ? clock : time.find_first_of("+-", clock);
    if (sign == std::string_view::npos) return 0;
    std::array<int, 4> digits{};
    std::size_t count = 0;
    for (const char c : time.substr(sign + 1)) {
        if (count == digits.size()) break;
        if (c >= '0' && c <= '9')
            digits.at(count++) = c - '0';
        else if (c != ':')
            break;
    }
    const int minutes = (digits[0] * 10 + digits[1]) * 60 + digits[2] * 10 + digits[3];
    return static_cast<std::int16_t>(time[sign] == '-' ? -minutes : minutes);
}

std::int32_t instance_of(const JsonValue& object, std::string_view key) {
    const double number = number_of(object, key).value_or(-1);
    return number >= 0 && number < 1e9 ? static_cast<std::int32_t>(number) : -1;
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
    void read_parent(const JsonValue& parent, std::uint32_t number, std::int64_t time, std::string_view id,
                     RunRecord& record);
    std::optional<std::uint32_t> job_in(const std::optional<JsonValue>& object);
    void read_order(const JsonValue& airflow, std::string_view space, std::uint32_t number);
    void read_order_of_all(const JsonValue& facets, std::string_view space, std::string_view name);
    std::optional<std::uint32_t> read_dataset(const JsonValue& object, std::int64_t time);
    void unite_renamed(Catalog& catalog);
    std::uint32_t read_other_facets(const JsonValue& facets, std::uint32_t number, std::int64_t time);
    std::vector<CatalogRun> each_run() const;
    std::vector<std::uint32_t> same_datasets() const;
    struct Place {
        std::uint32_t top, below;
    };
    Place place_under(std::uint32_t job, std::uint32_t parent, std::size_t& circles) const;
    void describe_runs(CatalogJob& job, std::vector<std::uint32_t> list, std::size_t& repeated) const;
    void count_pipeline_runs(Catalog& catalog, const std::vector<std::vector<std::uint32_t>>& of_task,
                             const std::vector<std::uint32_t>& tops) const;
    void compare_with_own_runs(Catalog& catalog, const std::vector<std::vector<std::uint32_t>>& of_task,
                               const std::vector<std::vector<std::uint32_t>>& of_pipeline) const;
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
    if (job_facets) {
        s.read_job(*job_facets, number, *time);
        s.read_order_of_all(*job_facets, space, name);
    }
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
        if (run_facets) {
            const auto [nominal, parent, mapped, airflow] =
                members<4>(*run_facets, {"nominalTime", "parent", "airflowMappedTask", "airflow"});
            if (nominal) {
                const std::string_view due = raw_text(*nominal, "nominalStartTime");
                if (const auto instant = date_instant(due); instant && *instant < record.nominal) {
                    record.nominal = *instant;
                    record.nominal_offset = offset_of(due);
                }
            }
            if (parent) s.read_parent(*parent, number, *time, id, record);
            if (mapped) record.instance = std::max(record.instance, instance_of(*mapped, "mapIndex"));
            if (airflow) {
                if (const auto task = member(*airflow, "taskInstance"))
                    record.instance = std::max(record.instance, instance_of(*task, "map_index"));
                s.read_order(*airflow, space, number);
            }
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

std::optional<std::uint32_t> OpenLineageEvents::State::job_in(const std::optional<JsonValue>& object) {
    if (!object) return std::nullopt;
    const std::string_view space = raw_text(*object, "namespace"), name = raw_text(*object, "name");
    if (!is_said(space) || !is_said(name)) return std::nullopt;
    const std::uint32_t number = job(space, name);
    jobs[number].is_named = true;
    return number;
}

/// The run and the job that this run names as its parent, and the topmost one.
void OpenLineageEvents::State::read_parent(const JsonValue& parent, std::uint32_t number, std::int64_t time,
                                           std::string_view id, RunRecord& record) {
    const auto [run, of_job, root] = members<3>(parent, {"run", "job", "root"});
    std::uint64_t of_run = 0;
    if (run)
        if (const std::string_view text = raw_text(*run, "runId"); !text.empty() && text != id)
            of_run = XXH3_64bits(text.data(), text.size());
    const auto of = job_in(of_job);
    if (of && *of != number) {
        jobs[number].parent.offer(time, {jobs[*of].label, *of});
        // Of two the same in whatever order.
        if (*of != record.parent_job &&
            (of_run > record.parent || record.parent_job == nobody ||
             (of_run == record.parent && jobs[*of].label < jobs[record.parent_job].label)))
            record.parent_job = *of;
        if (root)
            if (const auto top = job_in(member(*root, "job")); top && *top != *of && *top != number)
                jobs[*of].root.offer(time, {jobs[*top].label, *top});
    }
    record.parent = std::max(record.parent, of_run);
}

/// A DAG of Airflow lists its tasks, with those that send no events.
void OpenLineageEvents::State::read_order_of_all(const JsonValue& facets, std::string_view space,
                                                 std::string_view name) {
    const auto airflow = member(facets, "airflow");
    if (!airflow) return;
    for_each_member(*airflow, "tasks", [&](std::string_view task, const JsonValue& about) {
        simdjson::dom::array behind;
        const auto list = member(about, "downstream_task_ids");
        if (!list || list->get(behind) != simdjson::SUCCESS) return;
        const std::uint32_t number = job(space, fmt::format("{}.{}", name, task));
        jobs[number].has_order = true;
        for (const JsonValue one : behind)
            if (std::string_view id; one.get(id) == simdjson::SUCCESS)
                jobs[job(space, fmt::format("{}.{}", name, id))].after.insert(number);
    });
}

void OpenLineageEvents::State::read_order(const JsonValue& airflow, std::string_view space,
                                          std::uint32_t number) {
    const auto task = member(airflow, "task");
    if (!task) return;
    const auto dag = member(airflow, "dag");
    const std::string in = dag ? std::string(raw_text(*dag, "dag_id")) : "";
    if (in.empty()) return;
    const std::string_view before_it = raw_text(*task, "upstream_task_ids");
    jobs[number].has_order = jobs[number].has_order || !before_it.empty();
    const auto task_called = [&](const std::string& id) {
        const std::uint32_t other = job(space, in + "." + id);
        jobs[other].is_named = true;
        return other;
    };
    for (const std::string& before : python_list(before_it)) jobs[number].after.insert(task_called(before));
    for (const std::string& behind : python_list(raw_text(*task, "downstream_task_ids")))
        jobs[task_called(behind)].after.insert(number);
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
    if (const auto links = member(facets, "symlinks"))
        for_each(*links, "identifiers", [&](const JsonValue& one) {
            const std::string_view name = raw_text(one, "name");
            if (is_said(name)) datasets[number].aliases.insert(label_of(raw_text(one, "namespace"), name));
        });
    if (const auto lineage = member(facets, "columnLineage")) {
        for_each(*lineage, "dataset", [&](const JsonValue& field) {
            const std::string_view of = raw_text(field, "name");
            std::string from = text_of(field, "field");
            if (clean_text(of).empty() || from.empty()) return;
            const std::uint32_t other = dataset(raw_text(field, "namespace"), of);
            datasets[number].of_all.emplace(other, std::move(from));
        });
        for_each_member(*lineage, "fields", [&](std::string_view column, const JsonValue& origin) {
            for_each(origin, "inputFields", [&](const JsonValue& field) {
                const std::string_view of = raw_text(field, "name");
                std::string from = text_of(field, "field");
                if (clean_text(of).empty() || from.empty() || clean_text(column).empty()) return;
                const std::uint32_t other = dataset(raw_text(field, "namespace"), of);
                datasets[number].origins.emplace(clean_text(column), other, std::move(from));
            });
        });
    }
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
    std::vector<std::uint32_t> runs;
    std::vector<NominalTime> nominal;
    std::int64_t usable = 0, failed = 0, without_start = 0, without_end = 0, without_both = 0, backwards = 0;
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
            if (runs[what].nominal < into.nominal) {
                into.nominal = runs[what].nominal;
                into.nominal_offset = runs[what].nominal_offset;
            }
            into.instance = std::max(into.instance, runs[what].instance);
            if (into.parent_job == nobody) {
                into.parent_job = runs[what].parent_job;
                into.parent = runs[what].parent;
            }
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

/// For each dataset the one that it is: another, where exactly one other names it in its symlinks.
std::vector<std::uint32_t> OpenLineageEvents::State::same_datasets() const {
    std::vector<std::uint32_t> same(datasets.size());
    std::unordered_map<std::string_view, std::uint32_t> by_label;
    for (std::uint32_t i = 0; i < datasets.size(); ++i) {
        same[i] = i;
        by_label.emplace(datasets[i].label, i);
    }
    std::map<std::uint32_t, std::set<std::uint32_t>> named_by;
    for (std::uint32_t i = 0; i < datasets.size(); ++i)
        for (const std::string& alias : datasets[i].aliases)
            if (const auto found = by_label.find(alias); found != by_label.end() && found->second != i)
                named_by[found->second].insert(i);
    for (const auto& [alias, by] : named_by) {
        const std::uint32_t one = *by.begin();
        // Of two that name each other, the first by label.
        const auto back = named_by.find(one);
        const bool mutual = back != named_by.end() && back->second.contains(alias);
        if (by.size() == 1 && (!mutual || datasets[one].label < datasets[alias].label)) same[alias] = one;
    }
    for (std::uint32_t& one : same)
        for (std::size_t steps = 0; same[one] != one && steps < same.size(); ++steps) one = same[one];
    return same;
}

/// The topmost job, and the first with events right below it on the way; in a circle the first by label is the top.
OpenLineageEvents::State::Place OpenLineageEvents::State::place_under(std::uint32_t start,
                                                                      std::uint32_t parent,
                                                                      std::size_t& circles) const {
    std::set<std::uint32_t> way = {start};
    std::uint32_t at = start, under = start;
    for (std::uint32_t next = parent;; next = jobs[at].parent.value.second) {
        if (!way.insert(next).second) {
            ++circles;
            at = *std::min_element(way.begin(), way.end(), [&](std::uint32_t a, std::uint32_t b) {
                return jobs[a].label < jobs[b].label;
            });
            return {at, start};
        }
        if (jobs[at].has_events) under = at;
        at = next;
        if (!jobs[at].parent.said) return {at, under};
    }
}

/// Durations and ends of runs; what failed and was tried again within one run of the pipeline, or for one nominal time;
/// instances of a mapped task as one. `repeated` counts jobs that do the same several times in one run of the pipeline.
void OpenLineageEvents::State::describe_runs(CatalogJob& job, std::vector<std::uint32_t> list,
                                             std::size_t& repeated) const {
    const auto group_of = [&](std::uint32_t run) {
        const RunRecord& one = runs[run];
        return one.parent != 0          ? std::tuple(1, one.parent, std::int64_t{0})
               : one.nominal != no_time ? std::tuple(2, std::uint64_t{0}, one.nominal)
                                        : std::tuple(3, std::uint64_t{run}, std::int64_t{0});
    };
    const auto order_of = [&](std::uint32_t run) {
        const RunRecord& one = runs[run];
        return std::tuple(group_of(run), one.instance, one.start, one.end, one.ended, one.run);
    };
    if (std::any_of(list.begin(), list.end(),
                    [&](std::uint32_t run) { return std::get<0>(group_of(run)) < 3; }))
        std::sort(list.begin(), list.end(), [&](std::uint32_t a, std::uint32_t b) {
            const std::uint64_t one = runs[a].parent, other = runs[b].parent;
            return one != other && one != 0 && other != 0 ? one < other : order_of(a) < order_of(b);
        });
    double pauses = 0;
    std::int64_t tries = 0, groups = 0, instances = 0;
    bool repeats = false;
    for (std::size_t from = 0, to = 0; from < list.size(); from = to) {
        for (to = from + 1; to < list.size() && group_of(list[to]) == group_of(list[from]);) ++to;
        const bool mapped = std::get<0>(group_of(list[from])) == 1 && runs[list[from]].instance >= 0 &&
                            runs[list[from]].instance != runs[list[to - 1]].instance;
        std::int64_t again = 0, first = no_time, last = std::numeric_limits<std::int64_t>::min(), here = 1;
        for (std::size_t i = from; i < to; ++i) {
            const RunRecord& run = runs[list[i]];
            const bool complete = run.ended == End::complete, usable = run.started() && run.has_ended();
            if (run.has_ended()) ++(complete ? job.completed : job.failed);
            if (i > from) {
                const RunRecord& before = runs[list[i - 1]];
                const bool other = before.instance != run.instance;
                here += other;
                if (!other && before.has_ended() && before.ended != End::complete && run.started() &&
                    run.start >= before.end) {
                    job.retries = std::max(job.retries, ++again);
                    pauses += kernel::to_seconds(run.start - before.end);
                    ++tries;
                } else {
                    again = 0;
                    repeats = repeats || (!other && before.ended == End::complete && complete &&
                                          std::get<0>(group_of(list[from])) == 1);
                }
            }
            if (!usable || run.end < run.start) continue;
            if (mapped && complete) {
                first = std::min(first, run.start);
                last = std::max(last, run.end);
            } else {
                (complete ? job.durations : job.failed_durations)
                    .push_back(kernel::to_seconds(run.end - run.start));
            }
        }
        if (mapped && first != no_time) job.durations.push_back(kernel::to_seconds(last - first));
        const RunRecord& newest = runs[list[to - 1]];
        job.given_up += newest.has_ended() && newest.ended != End::complete;
        ++groups;
        instances += here;
    }
    repeated += repeats;
    if (tries > 0) job.backoff = pauses / static_cast<double>(tries);
    if (groups > 0) job.instances = static_cast<double>(instances) / static_cast<double>(groups);
    std::sort(job.durations.begin(), job.durations.end());
    std::sort(job.failed_durations.begin(), job.failed_durations.end());
}

/// In how many runs of its pipeline each task was, of those that were seen whole: that ended and in which nothing failed, or,
/// where the pipeline sends no events itself, without a first or last one that lacks what all others have.
void OpenLineageEvents::State::count_pipeline_runs(Catalog& catalog,
                                                   const std::vector<std::vector<std::uint32_t>>& of_task,
                                                   const std::vector<std::uint32_t>& tops) const {
    // One for each run of a task, in order of the pipeline's runs: of millions no map is built.
    struct Seen {
        std::uint64_t parent;
        std::uint32_t task;
        std::int64_t end;
        End ended;
        std::int64_t first;
    };
    const auto by_parent = [](const Seen& a, const Seen& b) {
        return std::tie(a.parent, a.task, a.end, a.ended) < std::tie(b.parent, b.task, b.end, b.ended);
    };
    std::vector<std::vector<Seen>> were_in(tops.size());
    std::vector<bool> known(tops.size());
    for (std::size_t p = 0; p < tops.size(); ++p) known[p] = tops[p] != nobody;
    for (std::size_t t = 0; t < of_task.size(); ++t) {
        const std::size_t p = catalog.jobs[t].pipeline;
        for (const std::uint32_t number : of_task[t]) {
            const RunRecord& run = runs[number];
            known[p] = known[p] && run.parent != 0 && run.parent_job == tops[p];
            if (!known[p]) break;
            were_in[p].push_back({run.parent, static_cast<std::uint32_t>(t), run.end, run.ended,
                                  run.started()     ? run.start
                                  : run.has_ended() ? run.end
                                                    : run.seen});
        }
    }
    std::map<std::uint32_t, std::size_t> pipeline_of;
    for (std::size_t p = 0; p < tops.size(); ++p)
        if (known[p]) pipeline_of.emplace(tops[p], p);
    std::vector<std::vector<std::pair<std::uint64_t, bool>>> own(tops.size());  // whether it was seen whole
    for (const RunRecord& run : runs)
        if (run.job != nobody)
            if (const auto found = pipeline_of.find(run.job); found != pipeline_of.end())
                own[found->second].emplace_back(run.run, run.started() && run.ended == End::complete);
    std::vector<std::int64_t> counted(tops.size());
    std::vector<std::int64_t> present(of_task.size());
    /// One run of the pipeline: its part of what was seen.
    struct Whole {
        std::uint64_t parent;
        std::size_t from, to;
        std::int64_t first;
        bool failed;
    };
    for (const auto& [top, p] : pipeline_of) {
        std::vector<Seen>& all = were_in[p];
        std::sort(all.begin(), all.end(), by_parent);
        std::sort(own[p].begin(), own[p].end());
        const auto for_each_task = [&](const Whole& whole, const auto& tell) {
            for (std::size_t i = whole.from; i < whole.to; ++i)
                if (i + 1 == whole.to || all[i + 1].task != all[i].task) tell(all[i]);
        };
        std::vector<Whole> wholes;
        for (std::size_t from = 0, to = 0; from < all.size(); from = to) {
            Whole whole{all[from].parent, from, from, no_time, false};
            for (; to < all.size() && all[to].parent == whole.parent; ++to)
                whole.first = std::min(whole.first, all[to].first);
            whole.to = to;
            for_each_task(whole, [&](const Seen& newest) {
                whole.failed = whole.failed || newest.ended != End::complete;
            });
            wholes.push_back(whole);
        }
        if (!own[p].empty()) {
            std::erase_if(wholes, [&](const Whole& whole) {
                return !std::binary_search(own[p].begin(), own[p].end(), std::pair(whole.parent, true));
            });
        } else if (wholes.size() > 2) {
            // The log may begin or end in the middle of one: where it lacks what all between them have.
            std::sort(wholes.begin(), wholes.end(), [](const Whole& a, const Whole& b) {
                return std::tie(a.first, a.parent) < std::tie(b.first, b.parent);
            });
            std::map<std::uint32_t, std::size_t> inner;
            for (std::size_t i = 1; i + 1 < wholes.size(); ++i)
                for_each_task(wholes[i], [&](const Seen& one) { ++inner[one.task]; });
            const auto lacks_something = [&](const Whole& whole) {
                std::set<std::uint32_t> has;
                for_each_task(whole, [&](const Seen& one) { has.insert(one.task); });
                return std::any_of(inner.begin(), inner.end(), [&](const auto& one) {
                    return one.second == wholes.size() - 2 && !has.contains(one.first);
                });
            };
            const bool first = lacks_something(wholes.front()), last = lacks_something(wholes.back());
            if (last) wholes.pop_back();
            if (first) wholes.erase(wholes.begin());
        }
        for (const Whole& whole : wholes) {
            if (whole.failed) continue;
            ++counted[p];
            for_each_task(whole, [&](const Seen& one) { ++present[one.task]; });
        }
    }
    for (std::size_t t = 0; t < of_task.size(); ++t) {
        catalog.jobs[t].present_in = present[t];
        catalog.jobs[t].runs_of_pipeline = counted[catalog.jobs[t].pipeline];
    }
}

/// How long a pipeline says that its runs took, and how much of that none of its tasks was at work.
void OpenLineageEvents::State::compare_with_own_runs(
    Catalog& catalog, const std::vector<std::vector<std::uint32_t>>& of_task,
    const std::vector<std::vector<std::uint32_t>>& of_pipeline) const {
    std::vector<std::map<std::uint64_t, std::vector<std::pair<std::int64_t, std::int64_t>>>> work(
        of_pipeline.size());
    for (std::size_t t = 0; t < of_task.size(); ++t)
        if (const std::size_t p = catalog.jobs[t].pipeline; !of_pipeline[p].empty())
            for (const std::uint32_t number : of_task[t])
                if (const RunRecord& run = runs[number]; run.parent != 0 && run.started() && run.has_ended())
                    work[p][run.parent].emplace_back(run.start, run.end);
    std::vector<std::pair<double, std::string>> idle;
    std::vector<std::string> in_turn;
    for (std::size_t p = 0; p < of_pipeline.size(); ++p) {
        double whole = 0, without = 0;
        bool together = false, several = false;
        std::int64_t count = 0;
        kernel::Time span = 0;
        for (const std::uint32_t number : of_pipeline[p]) {
            const RunRecord& run = runs[number];
            const auto found = work[p].find(run.run);
            if (!run.started() || !run.has_ended() || run.end < run.start || found == work[p].end()) continue;
            std::sort(found->second.begin(), found->second.end());
            std::int64_t at = run.start, gap = 0;
            for (const auto& [start, end] : found->second) {
                several = several || at > run.start;
                together = together || start < at - kernel::second;
                if (start > at) gap += std::min(start, run.end) - at;
                at = std::clamp(std::max(at, end), run.start, run.end);
            }
            gap += run.end - at;
            span = run.end - run.start;
            whole += kernel::to_seconds(span);
            without += kernel::to_seconds(gap);
            ++count;
        }
        if (count == 0) continue;
        if (count == 1) catalog.pipelines[p].recorded_span = span;
        const auto free = std::count_if(catalog.jobs.begin(), catalog.jobs.end(), [&](const CatalogJob& job) {
            return job.pipeline == p && job.after.empty() && job.reads.empty();
        });
        if (several && !together && free > 1) in_turn.push_back(catalog.pipelines[p].label);
        const auto mean = [&](double sum) { return sum / static_cast<double>(count); };
        // Below a hundredth it is what clocks and schedulers take.
        if (without > 0.01 * whole && mean(without) >= 1)
            idle.emplace_back(-mean(without),
                              fmt::format("{} ({:.4g}s of {:.4g}s)", catalog.pipelines[p].label,
                                          mean(without), mean(whole)));
    }
    if (!in_turn.empty())
        catalog.assumed.push_back(
            fmt::format("the tasks of {} pipeline{} were one after the other in what was recorded, no event "
                        "says that they have to "
                        "be, and in the twin those that wait for nothing start together: {}{}",
                        in_turn.size(), in_turn.size() == 1 ? "" : "s", in_turn.front(),
                        in_turn.size() == 1 ? "" : fmt::format(" and {} more", in_turn.size() - 1)));
    if (idle.empty()) return;
    std::sort(idle.begin(), idle.end());
    constexpr std::size_t shown = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(shown, idle.size()); ++i)
        text += (i > 0 ? ", " : "") + idle[i].second;
    if (idle.size() > shown) text += fmt::format(" and {} more", idle.size() - shown);
    catalog.assumed.push_back(
        fmt::format("for part of {} none of the tasks was at work, in the mean of the runs, and that time is "
                    "not in the twin: {}",
                    idle.size() == 1 ? "its time" : "their time", text));
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
    auto dataset_order = order_by_label(datasets, dataset_place);
    const auto job_order = order_by_label(jobs, job_place);
    // What is known under two names is one, with what is said of either.
    const std::vector<std::uint32_t> stands_for = same_datasets();
    std::size_t linked = 0;
    for (std::uint32_t i = 0; i < datasets.size(); ++i) {
        const std::uint32_t into = stands_for[i];
        if (into == i) continue;
        ++linked;
        DatasetRecord &from = datasets[i], &to = datasets[into];
        if (from.schema.said) to.schema.offer(from.schema.time, std::move(from.schema.value));
        if (from.owner.said) to.owner.offer(from.owner.time, std::move(from.owner.value));
        if (from.description.said)
            to.description.offer(from.description.time, std::move(from.description.value));
        to.origins.insert(from.origins.begin(), from.origins.end());
        to.of_all.insert(from.of_all.begin(), from.of_all.end());
        to.tests.insert(from.tests.begin(), from.tests.end());
    }
    std::erase_if(dataset_order, [&](std::uint32_t i) { return stands_for[i] != i; });
    for (std::uint32_t place = 0; place < dataset_order.size(); ++place)
        dataset_place[dataset_order[place]] = place;
    for (std::uint32_t i = 0; i < datasets.size(); ++i) dataset_place[i] = dataset_place[stands_for[i]];
    if (linked > 0)
        catalog.notes.push_back(
            fmt::format("{} dataset{} another one by its symlinks", linked, linked == 1 ? " is" : "s are"));

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
        dataset.has_all_columns = record.schema.said;
        for (const auto& [name, other, from] : record.origins)
            column(name).derives_from.push_back({dataset_place[other], from});
        // What rows there are depends on these, so each column does.
        for (const auto& [other, from] : record.of_all)
            for (CatalogColumn& one : dataset.columns)
                one.derives_from.push_back({dataset_place[other], from});
        for (CatalogColumn& one : dataset.columns) {
            std::sort(one.derives_from.begin(), one.derives_from.end());
            one.derives_from.erase(std::unique(one.derives_from.begin(), one.derives_from.end()),
                                   one.derives_from.end());
        }
        catalog.counts.columns += static_cast<std::int64_t>(dataset.columns.size());
        catalog.counts.column_origins += static_cast<std::int64_t>(record.origins.size());
        catalog.counts.tests += static_cast<std::int64_t>(record.tests.size());
        catalog.datasets.push_back(std::move(dataset));
    }
    catalog.counts.datasets = static_cast<std::int64_t>(catalog.datasets.size());

    std::vector<JobRuns> of_job(jobs.size());
    unite_renamed(catalog);
    for (std::uint32_t i = 0; i < runs.size(); ++i) {
        const RunRecord& run = runs[i];
        if (run.job == nobody) continue;
        JobRuns& all = of_job[run.job];
        const bool started = run.started(), ended = run.has_ended();
        all.runs.push_back(i);
        if (run.nominal != no_time) all.nominal.push_back({run.nominal, run.nominal_offset * kernel::minute});
        if (ended && run.ended != End::complete) ++all.failed;
        if (!started || !ended)
            ++(started ? all.without_end : ended ? all.without_start : all.without_both);
        else
            ++(run.end < run.start ? all.backwards : all.usable);
    }
    std::vector<std::pair<std::string, std::int64_t>> no_start, no_end, neither, backwards;
    for (const std::uint32_t number : job_order) {
        JobRuns& all = of_job[number];
        CatalogCounts& c = catalog.counts;
        c.usable_durations += all.usable;
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
        if (jobs[number].has_events)
            ++c.jobs;
        else
            c.parents += jobs[number].is_named;
    }
    note_runs(catalog, no_start, "ended without a START, so their durations are not known");
    note_runs(catalog, no_end, "started and did not end, so their durations are not known");
    note_runs(catalog, neither, "neither started nor ended");
    note_runs(catalog, backwards, "ended before they started: their times are not used");

    // ---- who stands below whom
    for (JobRecord& job : jobs)
        if (!job.parent.said) job.parent = job.root;
    // The parents of each job: those of its runs, and the newest that was said.
    std::vector<std::set<std::uint32_t>> parents(jobs.size());
    std::vector<bool> is_parent(jobs.size());
    for (std::uint32_t number = 0; number < jobs.size(); ++number) {
        if (jobs[number].parent.said) parents[number].insert(jobs[number].parent.value.second);
        for (std::uint32_t last = nobody; const std::uint32_t run : of_job[number].runs)
            if (const std::uint32_t parent = runs[run].parent_job; parent != last && parent != nobody) {
                parents[number].insert(parent);
                last = parent;
            }
        for (const std::uint32_t parent : parents[number]) is_parent[parent] = true;
    }
    // The topmost job and the one below it on the way, for each parent; the runs that belong there.
    struct Stand {
        Place place;
        std::vector<std::uint32_t> runs;
    };
    std::vector<std::vector<Stand>> stands(jobs.size());
    std::size_t circles = 0, shared = 0;
    for (const std::uint32_t number : job_order) {
        std::map<std::uint32_t, std::size_t> of_parent;
        const auto stand_at = [&](Place place) {
            auto& all = stands[number];
            const auto there = std::find_if(all.begin(), all.end(), [&](const Stand& one) {
                return one.place.top == place.top && one.place.below == place.below;
            });
            const auto at = static_cast<std::size_t>(there - all.begin());
            if (there == all.end()) all.push_back({place, {}});
            return at;
        };
        if (!jobs[number].parent.said)
            stand_at({number, number});
        else  // the newest first: it has the runs that name none
            of_parent[jobs[number].parent.value.second] =
                stand_at(place_under(number, jobs[number].parent.value.second, circles));
        std::vector<std::uint32_t> more(parents[number].begin(), parents[number].end());
        std::sort(more.begin(), more.end(),
                  [&](std::uint32_t a, std::uint32_t b) { return jobs[a].label < jobs[b].label; });
        for (const std::uint32_t parent : more)
            if (!of_parent.contains(parent))
                of_parent[parent] = stand_at(place_under(number, parent, circles));
        if (stands[number].size() == 1) {
            stands[number].front().runs = std::move(of_job[number].runs);
            continue;
        }
        for (const std::uint32_t run : of_job[number].runs) {
            const auto found = of_parent.find(runs[run].parent_job);
            stands[number][found == of_parent.end() ? 0 : found->second].runs.push_back(run);
        }
        of_job[number].runs = {};
        std::set<std::uint32_t> tops;
        for (const Stand& one : stands[number]) tops.insert(one.place.top);
        shared += tops.size() > 1;
    }
    if (circles > 0) catalog.notes.push_back(fmt::format("{} jobs are their own parents' parents", circles));
    if (shared > 0)
        catalog.notes.push_back(
            fmt::format("{} job{} below several parents: a task of each, with the runs there", shared,
                        shared == 1 ? " is" : "s are"));

    // ---- pipelines and their tasks
    std::map<std::pair<std::string, std::string>, std::size_t>
        pipelines;                                                      // label and, of single jobs, schedule
    std::map<std::pair<std::uint32_t, std::size_t>, std::size_t> task;  // by job and pipeline
    std::vector<std::vector<NominalTime>> nominal_of;
    std::vector<std::uint32_t> top_of_pipeline;
    std::vector<std::vector<std::uint32_t>> runs_of_task;
    std::size_t repeated = 0;
    const auto pipeline_at = [&](const std::string& label, const std::string& title,
                                 const std::string& schedule, std::uint32_t top) {
        const auto [at, fresh] = pipelines.emplace(std::pair(label, schedule), catalog.pipelines.size());
        if (fresh) {
            catalog.pipelines.emplace_back();
            catalog.pipelines.back().label = label;
            catalog.pipelines.back().title = title;
            nominal_of.emplace_back();
            top_of_pipeline.push_back(top);
        }
        return at->second;
    };
    const auto add_task = [&](std::uint32_t number, std::size_t pipeline, std::vector<std::uint32_t> list) {
        JobRecord& record = jobs[number];
        CatalogJob job;
        job.label = record.label;
        job.title = record.title;
        job.owner = record.owner.value;
        job.description = record.description.value;
        job.tags.assign(record.tags.begin(), record.tags.end());
        job.pipeline = pipeline;
        job.has_order = record.has_order;
        describe_runs(job, list, repeated);
        task[{number, pipeline}] = catalog.jobs.size();
        catalog.jobs.push_back(std::move(job));
        for (const std::uint32_t run : list)
            if (runs[run].nominal != no_time)
                nominal_of[pipeline].push_back(
                    {runs[run].nominal, runs[run].nominal_offset * kernel::minute});
        runs_of_task.push_back(std::move(list));
    };
    std::int64_t deeper = 0;
    for (const std::uint32_t number : job_order) {
        JobRecord& record = jobs[number];
        for (Stand& stand : stands[number]) {
            const auto [top, below] = stand.place;
            if (top == number && is_parent[number]) {
                const std::size_t at = pipeline_at(record.label, record.title, "", number);
                catalog.pipelines[at].owner = record.owner.value;
                catalog.pipelines[at].description = record.description.value;
                nominal_of[at].insert(nominal_of[at].end(), of_job[number].nominal.begin(),
                                      of_job[number].nominal.end());
            } else if (top == number) {
                // Nobody has heard of it but another's list of what comes next.
                if (!record.has_events) continue;
                const auto own = regular_schedule(of_job[number].nominal);
                const std::size_t slash =
                    record.label.size() - std::min(record.label.size(), record.title.size());
                std::string space = record.label.substr(0, slash);
                while (!space.empty() && space.back() == '/') space.pop_back();
                if (space.empty()) space = "jobs";
                add_task(
                    number,
                    pipeline_at(own ? space + " " + own->text : space, space, own ? own->text : "", nobody),
                    std::move(stand.runs));
            } else if (below == number) {
                // One that only those below it name has no runs: they are the tasks.
                if (!record.has_events) continue;
                const JobRecord& parent = jobs[top];
                const std::size_t pipeline = pipeline_at(parent.label, parent.title, "", top);
                if (!task.contains({number, pipeline})) add_task(number, pipeline, std::move(stand.runs));
            } else {
                ++deeper;
            }
        }
    }
    if (deeper > 0)
        catalog.assumed.push_back(
            fmt::format("{} jobs further below are within the time of the job they belong to, which has "
                        "their reads and writes",
                        deeper));
    if (repeated > 0)
        catalog.assumed.push_back(
            fmt::format("{} job{} several runs in one run of {} pipeline: in the twin one each time, as long "
                        "as one of them",
                        repeated, repeated == 1 ? " has" : "s have", repeated == 1 ? "its" : "their"));
    count_pipeline_runs(catalog, runs_of_task, top_of_pipeline);
    // A parent that reads or writes by itself does so when all below it have ended.
    for (const std::uint32_t number : job_order)
        if (stands[number].front().place.top == number && is_parent[number] &&
            !(jobs[number].reads.empty() && jobs[number].writes.empty())) {
            const std::size_t pipeline = pipelines.at({jobs[number].label, ""});
            const std::size_t others = catalog.jobs.size();
            add_task(number, pipeline, {});
            for (std::size_t i = 0; i < others; ++i)
                if (catalog.jobs[i].pipeline == pipeline) catalog.jobs.back().after.push_back(i);
        }
    for (const std::uint32_t number : job_order) {
        const JobRecord& record = jobs[number];
        catalog.counts.edges += static_cast<std::int64_t>(record.reads.size() + record.writes.size());
        // What it comes after, through jobs that have no runs.
        std::set<std::uint32_t> before, met = {number};
        std::vector<std::uint32_t> open(record.after.begin(), record.after.end());
        while (!open.empty()) {
            const std::uint32_t at = open.back();
            open.pop_back();
            if (!met.insert(at).second) continue;
            if (jobs[at].has_events)
                before.insert(at);
            else
                open.insert(open.end(), jobs[at].after.begin(), jobs[at].after.end());
        }
        std::map<std::size_t, std::size_t> own;  // the task that does what it does, by pipeline
        for (auto at = task.lower_bound({number, 0}); at != task.end() && at->first.first == number; ++at)
            own.emplace(at->first.second, at->second);
        for (const Stand& stand : stands[number])
            if (const auto pipeline = pipelines.find({jobs[stand.place.top].label, ""});
                pipeline != pipelines.end())
                if (const auto above = task.find({stand.place.below, pipeline->second}); above != task.end())
                    own.emplace(pipeline->second, above->second);
        for (const auto& [pipeline, which] : own) {
            CatalogJob& job = catalog.jobs[which];
            for (const std::uint32_t dataset : record.reads) job.reads.push_back(dataset_place[dataset]);
            for (const std::uint32_t dataset : record.writes) job.writes.push_back(dataset_place[dataset]);
            for (const std::uint32_t one : before)
                if (const auto other = task.find({one, pipeline});
                    other != task.end() && other->second != which)
                    job.after.push_back(other->second);
        }
    }
    for (CatalogJob& job : catalog.jobs)
        for (auto* list : {&job.reads, &job.writes, &job.after}) {
            std::sort(list->begin(), list->end());
            list->erase(std::unique(list->begin(), list->end()), list->end());
        }
    std::vector<std::vector<std::uint32_t>> own_runs;
    for (const std::uint32_t top : top_of_pipeline)
        own_runs.push_back(top == nobody ? std::vector<std::uint32_t>() : stands[top].front().runs);
    compare_with_own_runs(catalog, runs_of_task, own_runs);
    std::int64_t irregular = 0, moving = 0;
    std::size_t outside = 0;
    for (std::size_t i = 0; i < catalog.pipelines.size(); ++i) {
        CatalogPipeline& pipeline = catalog.pipelines[i];
        auto& nominal = nominal_of[i];
        std::sort(nominal.begin(), nominal.end());
        nominal.erase(std::unique(nominal.begin(), nominal.end()), nominal.end());
        if (const auto schedule = regular_schedule(nominal)) {
            pipeline.schedule = schedule->text;
            pipeline.period = schedule->period;
            pipeline.first_ns = schedule->first;
            outside += schedule->outside;
            moving += schedule->moves;
        } else if (nominal.size() > 1) {
            ++irregular;
        }
    }
    if (outside > 0)
        catalog.assumed.push_back(fmt::format(
            "{} nominal time{} no schedule and {} left out: somebody may have started the run{}", outside,
            outside == 1 ? " follows" : "s follow", outside == 1 ? "is" : "are", outside == 1 ? "" : "s"));
    if (moving > 0)
        catalog.assumed.push_back(
            fmt::format("{} schedule{} a clock that was moved by an hour: which zone it is in no event says, "
                        "so {} in UTC as of "
                        "the newest run",
                        moving, moving == 1 ? " follows" : "s follow", moving == 1 ? "it is" : "they are"));
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
