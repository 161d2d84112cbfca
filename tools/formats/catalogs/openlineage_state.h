// What lineage events have said so far, and what comes of it. Internal to the files of OpenLineage: openlineage.cpp reads
// events into it, openlineage_runs.cpp tells what runs say of jobs and pipelines, openlineage_catalog.cpp makes the catalog.
// Not thread-safe.
#pragma once

#include <xxhash.h>

#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tools/formats/catalogs/catalog.h"
#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/catalogs/json_members.h"
#include "tools/formats/catalogs/openlineage.h"

namespace understudy::formats {

struct OpenLineageEvents::State {
    static constexpr std::int64_t no_time = std::numeric_limits<std::int64_t>::max();
    static constexpr std::uint32_t nobody = std::numeric_limits<std::uint32_t>::max();

    explicit State(bool each_run) : keeps_runs(each_run) {}
    bool keeps_runs;  ///< each by itself is asked for

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

    /// What facets have said one by one, in whatever order, and have not deleted since: what is said at the instant of a
    /// deletion stays.
    template <class Value>
    struct Lasting {
        std::map<Value, std::int64_t> told;  ///< when it was last
        std::int64_t deleted = std::numeric_limits<std::int64_t>::min();

        void tell(std::int64_t at, Value value) {
            std::int64_t& last = told.try_emplace(std::move(value), at).first->second;
            last = std::max(last, at);
        }
        void drop(std::int64_t at) { deleted = std::max(deleted, at); }
        void take(const Lasting& other) {
            for (const auto& [value, at] : other.told) tell(at, value);
            drop(other.deleted);
        }
        std::vector<Value> values() const {
            std::vector<Value> all;
            for (const auto& [value, at] : told)
                if (at >= deleted) all.push_back(value);
            return all;
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
        bool has_failed = false;  ///< also where it has completed since

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

    /// What an event says that one run read or wrote of one dataset; 0: not known.
    struct Volume {
        std::uint32_t dataset = nobody;
        bool written = false;
        std::int64_t bytes = 0, records = 0;
        std::int64_t time = 0;
        auto operator<=>(const Volume&) const = default;
    };

    struct JobRecord {
        std::string label, title;
        bool has_events = false;
        bool is_named = false;  ///< by another's run; a DAG's list of its tasks is no word on runs
        Newest<std::string> owner, description;
        Newest<std::pair<std::string, std::uint32_t>>
            parent,  ///< by its label, so that ties do not depend on numbers
            root;    ///< what jobs below it say of the topmost one, where it says nothing itself
        // As Airflow's facets have it.
        Newest<std::pair<std::string, std::int64_t>> pool;     ///< with slots
        Newest<std::pair<std::int64_t, double>> retry;         ///< how often, and seconds before
        Newest<std::pair<std::string, std::string>> schedule;  ///< of a DAG, with its zone (airflow_values.h)
        Newest<std::string> trigger_rule;
        bool has_order = false;
        std::set<std::uint32_t> reads, writes, after;
        Lasting<std::string> tags;
        std::set<std::string> types;  ///< words of what kind of job it is
    };

    struct DatasetRecord {
        std::string label, title;
        std::set<std::string> aliases;  ///< labels that symlinks give it
        Lasting<std::string> tags;
        std::size_t nested = 0;  ///< fields within columns of the newest schema
        Lasting<std::pair<std::uint32_t, std::string>>
            of_all;  ///< columns that all of it depends on: dataset, column
        Newest<std::vector<std::pair<std::string, std::string>>> schema;  ///< columns with their types
        std::uint64_t schema_said = 0;  ///< hash of what the newest schema was read from
        Newest<std::string> owner, description;
        Lasting<std::tuple<std::string, std::uint32_t, std::string>>
            origins;                                          ///< column, of dataset, its column
        Lasting<std::string> of_nothing;                      ///< columns of which an event names no origin
        std::set<std::pair<std::string, std::string>> tests;  ///< assertion, column
    };

    static std::string label_of(std::string_view space, std::string_view name);

    std::deque<RunRecord> runs;
    std::vector<std::uint32_t> run_table = std::vector<std::uint32_t>(1024, nobody);
    HashSet seen;
    std::deque<JobRecord> jobs;
    std::unordered_map<std::string, std::uint32_t> job_numbers;
    std::deque<DatasetRecord> datasets;
    std::unordered_map<std::string, std::uint32_t> dataset_numbers;
    CatalogCounts counts;
    /// By the low half of the run record's id: of those that tell any; each that was told where runs are kept, else the most.
    std::unordered_map<std::uint64_t, std::vector<Volume>> volumes_of;
    std::int64_t volumes = 0, metrics = 0, tagged_runs = 0, other_dependencies = 0;
    std::int64_t without_zone = 0;             ///< events
    std::set<std::uint32_t> dropped, renamed;  ///< datasets
    std::set<std::pair<std::uint32_t, std::string>> tagged_columns;
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
    void read_dependencies(const JsonValue& facet, std::uint32_t number);
    void read_settings(const JsonValue& airflow, std::uint32_t number, std::int64_t time);
    void read_dag(const JsonValue& airflow, std::string_view space, std::int64_t time);
    void schedule_as_told(Catalog& catalog, const std::vector<std::uint32_t>& tops);
    void read_order_of_all(const JsonValue& facets, std::string_view space, std::string_view name);
    std::optional<std::uint32_t> read_dataset(const JsonValue& object, std::int64_t time);
    void read_volume(const JsonValue& object, std::uint32_t dataset, bool written, std::int64_t time,
                     std::vector<Volume>& volumes) const;
    void add_volumes(const RunRecord& run, const std::vector<Volume>& told);
    std::vector<Volume> largest_volumes(const RunRecord& run) const;
    void unite_renamed(Catalog& catalog);
    std::uint32_t read_other_facets(const JsonValue& facets, std::uint32_t number, std::int64_t time);
    std::vector<CatalogRun> each_run() const;
    std::vector<std::uint32_t> same_datasets() const;
    struct Place {
        std::uint32_t top, below;
    };
    Place place_under(std::uint32_t job, std::uint32_t parent, std::size_t& circles) const;
    void describe_runs(CatalogJob& job, std::vector<std::uint32_t> list, std::size_t& repeated) const;
    void describe_volumes(CatalogJob& job, const std::vector<std::uint32_t>& list,
                          const std::vector<std::uint32_t>& dataset_place) const;
    void schedule_as_begun(Catalog& catalog, const std::vector<bool>& untold,
                           const std::vector<std::vector<std::uint32_t>>& of_task,
                           const std::vector<std::vector<std::uint32_t>>& of_pipeline) const;
    void count_pipeline_runs(Catalog& catalog, const std::vector<std::vector<std::uint32_t>>& of_task,
                             const std::vector<std::uint32_t>& tops) const;
    void compare_with_own_runs(Catalog& catalog, const std::vector<std::vector<std::uint32_t>>& of_task,
                               const std::vector<std::vector<std::uint32_t>>& of_pipeline) const;
    Catalog catalog();
};

}  // namespace understudy::formats
