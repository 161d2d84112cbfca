#include "tools/formats/catalogs/openlineage.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "models/knowledge/owners.h"
#include "tools/formats/catalogs/airflow_values.h"
#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/catalogs/json_members.h"
#include "tools/formats/catalogs/openlineage_state.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

namespace {

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

/// Whether "2026-03-09T05:00:00" says by which clock.
bool says_zone(std::string_view time) {
    if (time.ends_with('Z')) return true;
    const std::size_t clock = time.find_first_of("T ");
    return clock == std::string_view::npos || time.find_first_of("+-Zz", clock) != std::string_view::npos;
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

/// What has become of a dataset: "CREATE", "DROP", ...; empty: not said.
std::string_view state_change_of(const JsonValue& dataset) {
    const auto facets = member(dataset, "facets");
    const auto change = facets ? member(*facets, "lifecycleStateChange") : std::nullopt;
    return change ? raw_text(*change, "lifecycleStateChange") : std::string_view();
}

std::size_t fields_within(const JsonValue& column) {
    std::size_t count = 0;
    for_each(column, "fields", [&](const JsonValue& inner) { count += 1 + fields_within(inner); });
    return count;
}

/// Whether a facet says that what was said before holds no more.
bool is_deleted(const JsonValue& facet) {
    const auto flag = member(facet, "_deleted");
    bool deleted = false;
    return flag && flag->get(deleted) == simdjson::SUCCESS && deleted;
}

/// "pii" of {key: pii, value: true}, else "tier=gold"; those of columns go to `of_column`.
template <class Tags, class OfColumn>
void read_tags(const JsonValue& facets, std::int64_t time, Tags& tags, const OfColumn& of_column) {
    const auto facet = member(facets, "tags");
    if (!facet) return;
    if (is_deleted(*facet)) tags.drop(time);
    for_each(*facet, "tags", [&](const JsonValue& tag) {
        const std::string key = text_of(tag, "key"), value = text_of(tag, "value");
        if (key.empty()) return;
        if (const std::string column = text_of(tag, "field"); !column.empty())
            of_column(column);
        else
            tags.tell(time, value.empty() || value == "true" ? key : key + "=" + value);
    });
}

/// Those of type OWNER first; none where it is deleted. Absent: nothing is said of them.
std::optional<std::string> owners_of(const JsonValue& object) {
    const auto facet = member(object, "ownership");
    if (!facet) return std::nullopt;
    if (is_deleted(*facet)) return "";
    std::set<std::pair<bool, std::string>> found;
    for_each(*facet, "owners", [&](const JsonValue& owner) {
        if (std::string name = text_of(owner, "name"); !name.empty())
            found.emplace(plain_word(raw_text(owner, "type")) != "owner", std::move(name));
    });
    if (found.empty()) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& [other, name] : found)
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    return models::owners_text(names);
}

/// Empty where it is deleted. Absent: nothing is said.
std::optional<std::string> description_of(const JsonValue& object) {
    const auto facet = member(object, "documentation");
    if (!facet) return std::nullopt;
    if (is_deleted(*facet)) return "";
    std::string text = text_of(*facet, "description");
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

}  // namespace

/// "ns/name", as label of a job or dataset; a namespace such as "s3://bucket/" keeps its one slash.
std::string OpenLineageEvents::State::label_of(std::string_view space, std::string_view name) {
    std::string label = clean_label(space);
    if (!label.empty() && label.back() != '/') label += '/';
    std::string_view rest = name;
    while (!label.empty() && !rest.empty() && rest.front() == '/') rest.remove_prefix(1);
    return label + clean_label(rest);
}

OpenLineageEvents::OpenLineageEvents(bool runs) : state_(std::make_unique<State>(runs)) {}
OpenLineageEvents::~OpenLineageEvents() = default;

bool OpenLineageEvents::looks_like_event(const simdjson::dom::element& value) {
    const EventMembers event(value);
    return (event.run || event.job || event.dataset || event.inputs || event.outputs) &&
           (event.time || event.type || event.schema || (event.producer && event.run) ||
            (event.inputs && event.job && member(*event.job, "namespace")));
}

bool OpenLineageEvents::looks_like_events(std::string_view head) {
    const std::size_t start = head.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    const auto has = [&](std::string_view key) { return head.find(key) != std::string_view::npos; };
    return start != std::string_view::npos && (head[start] == '{' || head[start] == '[') &&
           (has(R"("eventTime")") || has(R"(\"eventTime\")"));
}

void OpenLineageEvents::add(const simdjson::dom::element& event, const std::filesystem::path& file,
                            std::int64_t line, ImportProblems& problems) {
    using End = State::End;
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
    s.without_zone += !written.empty() && !says_zone(written);
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
    std::vector<State::Volume> told_volumes;
    for_each(all.inputs, [&](const JsonValue& input) {
        // Most have none: those alone are looked at again.
        const std::int64_t said = s.volumes + s.metrics;
        if (const auto dataset = s.read_dataset(input, *time)) {
            s.jobs[number].reads.insert(*dataset);
            if (s.volumes + s.metrics > said) s.read_volume(input, *dataset, false, *time, told_volumes);
        }
    });
    if (run) s.foresee_record(of_job);
    for_each(all.outputs, [&](const JsonValue& output) {
        const std::int64_t said = s.volumes;
        const auto dataset = s.read_dataset(output, *time);
        if (!dataset) return;
        // Who drops a table has nothing to say of what is in it.
        if (plain_word(state_change_of(output)) == "drop")
            s.dropped.insert(*dataset);
        else
            s.jobs[number].writes.insert(*dataset);
        if (s.volumes > said) s.read_volume(output, *dataset, true, *time, told_volumes);
    });
    if (!s.seen.insert(told)) ++s.counts.repeated_events;
    if (run) {
        State::RunRecord& record = s.run(of_job);
        record.run = XXH3_64bits(id.data(), id.size());
        if (!told_volumes.empty()) s.add_volumes(record, told_volumes);
        record.job = number;
        if (starts) record.start = std::min(record.start, *time);
        if (word == "running") record.seen = std::min(record.seen, *time);
        record.has_failed = record.has_failed || end == End::fail || end == End::abort;
        if (end != End::none && std::tie(*time, end) > std::tie(record.end, record.ended)) {
            record.end = *time;
            record.ended = end;
        }
        if (run_facets) {
            const auto [nominal, parent, mapped, airflow, dag_run, dependencies, tags] =
                members<7>(*run_facets, {"nominalTime", "parent", "airflowMappedTask", "airflow",
                                         "airflowDagRun", "jobDependencies", "tags"});
            if (dependencies) s.read_dependencies(*dependencies, number);
            s.tagged_runs += tags.has_value();
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
                s.read_settings(*airflow, number, *time);
                s.read_dag(*airflow, space, *time);
            }
            if (dag_run) s.read_dag(*dag_run, space, *time);
        }
    }
}

void OpenLineageEvents::State::read_job(const JsonValue& facets, std::uint32_t number, std::int64_t time) {
    JobRecord& record = jobs[number];
    if (auto owner = owners_of(facets)) record.owner.offer(time, std::move(*owner));
    if (auto about = description_of(facets)) record.description.offer(time, std::move(*about));
    read_tags(facets, time, record.tags, [](const std::string&) {});
    if (const auto kind = member(facets, "jobType"))
        for (const char* key : {"integration", "jobType"})
            if (const std::string_view word = raw_text(*kind, key); !word.empty())
                record.types.insert(plain_word(clean_text(word)));
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

/// What a run says it comes before and after.
void OpenLineageEvents::State::read_dependencies(const JsonValue& facet, std::uint32_t number) {
    for (const auto& [key, before] : {std::pair("upstream", true), {"downstream", false}})
        for_each(facet, key, [&, before = before](const JsonValue& one) {
            const auto other = job_in(member(one, "job"));
            if (!other || *other == number) return;
            const std::string rule = plain_word(raw_text(one, "sequence_trigger_rule"));
            if (!rule.empty() && rule != "finish_to_start")
                ++other_dependencies;
            else
                jobs[before ? number : *other].after.insert(before ? *other : number);
        });
}

/// Where a task runs, and how often it may be tried again.
void OpenLineageEvents::State::read_settings(const JsonValue& airflow, std::uint32_t number,
                                             std::int64_t time) {
    const auto [task, instance] = members<2>(airflow, {"task", "taskInstance"});
    JobRecord& record = jobs[number];
    std::string pool;
    for (const auto& holder : {task, instance})
        if (holder && pool.empty()) pool = text_of(*holder, "pool");
    if (!pool.empty() && pool != airflow_default_pool) {
        const auto slots = task ? whole_count(airflow_number(member(*task, "pool_slots"))) : std::nullopt;
        record.pool.offer(time, {std::move(pool), std::max<std::int64_t>(1, slots.value_or(1))});
    }
    if (!task) return;
    if (const auto retries = whole_count(airflow_number(member(*task, "retries"))))
        record.retry.offer(time, {*retries, airflow_seconds(member(*task, "retry_delay")).value_or(0)});
    std::string rule = plain_word(raw_text(*task, "trigger_rule"));
    // "TriggerRule.ALL_DONE" as Python shows it.
    if (const std::size_t dot = rule.rfind('.'); dot != std::string::npos) rule.erase(0, dot + 1);
    if (!rule.empty()) record.trigger_rule.offer(time, std::move(rule));
}

void OpenLineageEvents::State::read_dag(const JsonValue& airflow, std::string_view space, std::int64_t time) {
    const auto dag = member(airflow, "dag");
    if (!dag) return;
    const std::string_view id = raw_text(*dag, "dag_id");
    AirflowSchedule schedule = airflow_schedule(*dag);
    if (schedule.text.empty() || !is_said(id)) return;
    jobs[job(space, id)].schedule.offer(time, {std::move(schedule.text), std::move(schedule.zone)});
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
        std::size_t nested = 0;
        std::set<std::string> names;
        for_each(*schema, "fields", [&](const JsonValue& field) {
            std::string column = clean_text(raw_text(field, "name"));
            nested += fields_within(field);
            if (!column.empty() && names.insert(column).second)
                columns.emplace_back(std::move(column), clean_text(raw_text(field, "type")));
        });
        // A schema without fields says nothing, unless it says that there is none any more.
        if ((!columns.empty() || is_deleted(*schema)) && newest.offer(time, std::move(columns))) {
            datasets[number].schema_said = said;
            datasets[number].nested = nested;
        }
    }
    return read_other_facets(*facets, number, time);
}

/// How much of it a run read or wrote, where its statistics say so; those of quality know it of what is read, too.
void OpenLineageEvents::State::read_volume(const JsonValue& object, std::uint32_t dataset, bool written,
                                           std::int64_t time, std::vector<Volume>& volumes_told) const {
    const auto facets = member(object, written ? "outputFacets" : "inputFacets");
    if (!facets) return;
    const auto statistics = member(*facets, written ? "outputStatistics" : "inputStatistics"),
               metrics_of = member(*facets, "dataQualityMetrics");
    const auto told = [&](const char* in_statistics, const char* in_metrics) -> std::int64_t {
        std::optional<double> number;
        if (statistics) number = formats::number_of(*statistics, in_statistics);
        if (metrics_of && !number) number = formats::number_of(*metrics_of, in_metrics);
        constexpr double most = 9e18;
        return number && *number > 0 && *number < most ? static_cast<std::int64_t>(*number) : 0;
    };
    const Volume volume{dataset, written, told("size", "bytes"), told("rowCount", "rowCount"), time};
    if (volume.bytes > 0 || volume.records > 0) volumes_told.push_back(volume);
}

void OpenLineageEvents::State::add_volumes(const RunRecord& run, const std::vector<Volume>& told) {
    std::vector<Volume>& known = volumes_of[run.id.low64];
    if (keeps_runs) {
        known.insert(known.end(), told.begin(), told.end());
        return;
    }
    // Who is not asked when it was told keeps the most: there are runs that say it a thousand times.
    for (const Volume& one : told) {
        const auto found = std::find_if(known.begin(), known.end(), [&](const Volume& other) {
            return other.dataset == one.dataset && other.written == one.written;
        });
        if (found == known.end())
            known.push_back(one);
        else
            found->bytes = std::max(found->bytes, one.bytes);
    }
}

/// Of several events that say how large one dataset was in a run the most.
std::vector<OpenLineageEvents::State::Volume> OpenLineageEvents::State::largest_volumes(
    const RunRecord& run) const {
    std::vector<Volume> all;
    const auto told = volumes_of.find(run.id.low64);
    if (told == volumes_of.end()) return all;
    for (const Volume& one : told->second) {
        const auto found = std::find_if(all.begin(), all.end(), [&](const Volume& other) {
            return other.dataset == one.dataset && other.written == one.written;
        });
        if (one.bytes == 0) continue;
        if (found == all.end())
            all.push_back(one);
        else
            found->bytes = std::max(found->bytes, one.bytes);
    }
    return all;
}

/// What describes a dataset besides its schema; its number.
std::uint32_t OpenLineageEvents::State::read_other_facets(const JsonValue& facets, std::uint32_t number,
                                                          std::int64_t time) {
    DatasetRecord& record = datasets[number];
    if (auto owner = owners_of(facets)) record.owner.offer(time, std::move(*owner));
    if (auto about = description_of(facets)) record.description.offer(time, std::move(*about));
    read_tags(facets, time, record.tags,
              [&](const std::string& column) { tagged_columns.emplace(number, column); });
    if (const auto change = member(facets, "lifecycleStateChange"))
        if (member(*change, "previousIdentifier")) renamed.insert(number);
    if (const auto links = member(facets, "symlinks"))
        for_each(*links, "identifiers", [&](const JsonValue& one) {
            const std::string_view name = raw_text(one, "name");
            if (is_said(name)) datasets[number].aliases.insert(label_of(raw_text(one, "namespace"), name));
        });
    if (const auto lineage = member(facets, "columnLineage")) {
        if (is_deleted(*lineage)) {
            record.origins.drop(time);
            record.of_nothing.drop(time);
            record.of_all.drop(time);
        }
        for_each(*lineage, "dataset", [&](const JsonValue& field) {
            const std::string_view of = raw_text(field, "name");
            std::string from = text_of(field, "field");
            if (clean_text(of).empty() || from.empty()) return;
            const std::uint32_t other = dataset(raw_text(field, "namespace"), of);
            datasets[number].of_all.tell(time, {other, std::move(from)});
        });
        for_each_member(*lineage, "fields", [&](std::string_view column, const JsonValue& origin) {
            simdjson::dom::array none;
            if (const auto inputs = member(origin, "inputFields");
                inputs && inputs->get(none) == simdjson::SUCCESS && none.size() == 0 &&
                !clean_text(column).empty())
                datasets[number].of_nothing.tell(time, clean_text(column));
            for_each(origin, "inputFields", [&](const JsonValue& field) {
                const std::string_view of = raw_text(field, "name");
                std::string from = text_of(field, "field");
                if (clean_text(of).empty() || from.empty() || clean_text(column).empty()) return;
                const std::uint32_t other = dataset(raw_text(field, "namespace"), of);
                datasets[number].origins.tell(time, {clean_text(column), other, std::move(from)});
            });
        });
    }
    return number;
}

bool OpenLineageEvents::empty() const { return state_->counts.events == 0; }

Catalog OpenLineageEvents::take() {
    Catalog catalog = state_->catalog();
    state_ = std::make_unique<State>(state_->keeps_runs);
    return catalog;
}

}  // namespace understudy::formats
