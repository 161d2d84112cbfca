// The checker behind models/check.h, one part a file (see the comment before each group). Internal to
// models/check.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "models/check.h"
#include "models/dataset_lineage.h"
#include "models/quoted.h"

namespace understudy::models {

class Checker {
public:
    Checker(const Scenario& scenario, const Unread& unread) : s_(scenario), unread_(unread) {}
    Problems run();

private:
    enum class Kind { load, type, pool, budget, dataset, stage, pipeline, task, action };
    /// The nodes of a pool, by what one of them holds; a slot has no cores.
    struct Capacity {
        double count = 0, cores = 0;
        std::int64_t memory = 0;
        std::vector<std::string> skills = {};
    };

    void error(std::string path, std::string message, std::string hint = "") {
        if (!is_unread(path))
            problems_.push_back(
                {Problem::Severity::error, std::move(path), std::move(message), std::move(hint)});
    }
    void warn(std::string path, std::string message, std::string hint = "") {
        if (unread_.empty())
            problems_.push_back(
                {Problem::Severity::warning, std::move(path), std::move(message), std::move(hint)});
    }
    /// An error of one value by itself, whatever else its element says: a reference, a need.
    void error_of_value(const std::string& path, std::string message, std::string hint = "") {
        if (!is_unread_value(path))
            problems_.push_back({Problem::Severity::error, path, std::move(message), std::move(hint)});
    }
    /// Whether something of the element of the path, or of what it is a part of, could not be read.
    bool is_unread(const std::string& path) const;
    /// Whether the value at the path, all of it or a part, could not be read.
    bool is_unread_value(const std::string& path) const;
    /// Whether something unread may have given the name, or the pipeline before its dot, a meaning.
    bool may_be_unread(const std::string& name) const {
        return unread_.names.contains(name) || unread_.names.contains(name.substr(0, name.find('.')));
    }

    // ---- names.cpp: names and streams: one namespace, and who writes what.
    static std::string near(const std::string& name, const std::set<std::string>& names);
    std::set<std::string> names_of(std::initializer_list<Kind> kinds) const;
    bool is(const std::string& name, Kind kind) const;
    bool is_written(const std::string& stream) const { return writers_.contains(stream); }
    /// Stages that read a stream, in the scenario's order.
    const std::vector<const Stage*>& readers_of(const std::string& stream) const {
        static const std::vector<const Stage*> nobody;
        const auto found = readers_.find(stream);
        return found == readers_.end() ? nobody : found->second;
    }
    static const char* noun(Kind kind);
    void declare(const std::string& name, Kind kind, const std::string& path);
    void collect_names();
    void check_renamed();
    void add_writer(const std::string& stream, const std::string& writer);
    void add_outputs(const std::string& name, const Writes& writes);
    void collect_streams();
    void require_written(const std::string& stream, const std::string& path, bool declared_is_enough);
    std::string outputs_of(const std::string& name) const;
    /// Streams that a task writes, at its end or where it has failed.
    static std::vector<const std::string*> outputs_of(const Task& task);

    // ---- workers.cpp: workers, what is needed of them, and how an item is worked on.
    void check_workers(const Workers& workers, const std::string& path);
    void check_range(const Workers& workers, const std::string& path);
    bool has_nodes(const Workers& workers) const;
    void check_order(const Workers& workers, const std::string& path);
    void check_poll(const Workers& workers, const std::string& path);
    void check_outage(const Outage& outage, const Workers& workers, const std::string& path);
    /// The law of something that happens to workers: there is no item whose field or size it could take.
    void check_law_of_workers(const Law& law, const std::string& path);
    std::vector<Capacity> nodes_of(const Workers& workers) const;
    void check_need(const Need& need, const std::string& path);
    static std::string number_text(double number);
    static std::string count_text(double workers);
    static std::string amount_text(double cores, std::int64_t memory);
    /// Each partition has a line of its own and one worker of the stage that reads it.
    void check_partitions(const Dataset& dataset);
    /// `looks`: it is a sensor, which waits instead of working.
    void check_work(const Work& work, const std::string& path, const std::string& what, bool looks = false);
    // ---- transfers.cpp: what is moved over links
    void check_transfers(const Work& work, const std::string& path);
    void check_growth(const Workers& workers, const std::string& path);
    /// Nothing is crossed by transfers and run on as well; once all work has been looked at.
    void check_links();
    void check_law(const Law& law, const std::string& path);
    void check_writes(const Writes& writes, const std::string& path);

    // ---- columns.cpp: columns of datasets
    void check_columns(const Dataset& dataset);
    /// Of all columns: it leads somewhere that is read, and does not go round.
    void check_lineage();
    void check_origin(const std::string& origin, const std::map<std::string, const Dataset*>& datasets,
                      const std::string& path);
    /// Of each column: who writes its dataset reads what it is made of, or what comes of that.
    void check_origins_are_read(const Dataset& dataset, const DatasetLineage& lineage);

    // ---- flow.cpp: stages and loads, and the ways of items between them.
    void check_dataset(const Dataset& dataset);
    void check_stage(const Stage& stage);
    void check_batch_fits(const Stage& stage, const std::string& path);
    /// Something goes by the keys of items: some load gives them one.
    void require_keys(const std::string& path, const std::string& otherwise);
    void check_take(const Stage& stage, const std::string& path);
    void check_holds_until(const Stage& stage, const std::string& path);
    /// Where the way depends on the load, all that come have one.
    void check_classes();
    /// Stages that what an element writes may come to, none of them behind the `last`.
    std::vector<const Stage*> reached_from(const std::string& name, const Writes& writes,
                                           const std::string& last = "") const;
    /// Stages that pass their output round to themselves: at once, they would turn for ever at one instant; with time,
    /// nothing ever leaves.
    void check_endless_loops();
    /// Of a scenario that has no errors so far.
    void check_torn_copies();
    /// That an item which comes there may have: more than this can never come together; 0: it has none. `unlimited`: not
    /// known before a run.
    std::int64_t most_parts(const Stage& stage);
    /// Fills in most_parts_.
    void find_parts();
    void check_load(const Load& load);
    /// How many items come with an arrival.
    void check_items(const Load& load);
    bool is_held_back(const Load& load) const;
    void check_reachable();
    /// Stages that hold their workers until the next has a place: in a circle they may all wait for each
    /// other.
    void check_blocking_loops();

    // ---- values.cpp: what items carry: fields that are needed, and ways that go by them.
    /// Where a value is asked for, all items that come there have it.
    void check_fields();
    /// What comes from one source lacks these fields at first: who misses one of them says `misses(path, field)`.
    template <class Misses>
    void follow_fields(const std::string& name, const Writes& writes, std::set<std::string> lacks,
                       Misses misses);
    /// Whether all that comes to the stage goes on as it is, sooner or later.
    static bool keeps_all(const Stage& stage);
    /// A way back that goes by a value which nothing on it changes is taken for ever.
    void check_rounds_by_value();

    // ---- budgets.cpp: budgets, and what is spent from them.
    void check_budget(const Budget& budget);
    void check_spends(const Work& work, const std::string& path);

    // ---- state.cpp: what is there when the simulation begins.
    void check_skills();
    void check_state();
    void check_present(const ElementState& state, const Stage& stage, const std::string& path);
    void check_present_load(const ElementState& state, const Load& load, const std::string& path);
    void check_present_runs(const ElementState& state, const Pipeline& pipeline, const std::string& path);

    // ---- pipelines.cpp: pipelines: tasks, their order, and circles in it.
    void check_pipeline(const Pipeline& pipeline);
    void check_task(const Pipeline& pipeline, const Task& task, const std::string& path);
    /// What comes of what a task has done, or failed to do.
    void check_ends_of(const Task& task, const std::string& path);
    /// An outage or too few workers may end the work for good.
    bool may_be_cut_off(const Work& work) const;
    /// `holds_until` of the task at that position; `before`: of each, the tasks that it waits for.
    void check_kept(const Pipeline& pipeline, std::size_t position,
                    const std::vector<std::vector<std::size_t>>& before, const std::string& path);
    void check_cycle(const Pipeline& pipeline, const std::vector<std::vector<std::size_t>>& before,
                     const std::string& path);

    // ---- promises.cpp: what refers to the elements: actions, measures, objectives, the run.
    void check_actions();
    void check_measure(const Measure& measure, const std::string& path);
    void check_scope(const Measure& measure, const std::string& path);
    /// The first pipeline of those whose tasks write it, where nobody else does and nothing is put aside there; else empty.
    std::string only_pipeline_tasks_write(const std::string& stream) const;
    /// `of LOAD` and `items N..M` of what is measured there: elsewhere nothing would ever be counted.
    void check_qualifiers(const Measure& measure, const std::string& path);
    void check_condition(const Condition& condition, const std::string& path);
    bool has_own_workers(const std::string& name) const;
    bool has_endless_workers(const std::string& name) const;
    void check_run();
    void check_size_of_run();
    bool lacks_start() const { return !s_.run.start && !is_unread("run"); }
    bool runs_until_empty() const { return !s_.run.length && !is_unread("run"); }

    const Scenario& s_;
    const Unread& unread_;
    Problems problems_;
    std::map<std::string, Kind> kinds_;
    std::set<std::string> profiles_;
    std::map<std::string, std::set<std::string>> writers_;      ///< of a stream
    std::map<std::string, std::vector<const Stage*>> readers_;  ///< of a stream
    std::map<std::string, std::int64_t> most_parts_;            ///< of an item in a stream, once asked for
    bool parts_are_known_ = false;
    std::set<std::string> used_types_, used_pools_, used_budgets_;
    std::set<std::string> crossed_links_, run_on_;  ///< pools that transfers go over, that work runs on
    bool retry_for_queue_ = false;                  ///< the stage at hand retries what finds no place
};

}  // namespace understudy::models
