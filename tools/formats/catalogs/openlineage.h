// OpenLineage events as a catalog: runs from their START to their end, jobs below their parents, datasets with columns.
//
// Events may come in any order and as often as they like. What is kept of a run is the first START, the last end and what
// that end was; of what describes jobs and datasets (schema, owner, documentation, parent) the newest word; of what reads
// and writes what, the union. So a repeated event changes nothing but the count of repetitions. A run without a START or
// without an end has no duration, and none is made up for it. Runs are told apart by `runId` and job; where one job has
// the START alone and another the end alone of one id, it is one run of a job that was renamed meanwhile.
//
// A pipeline is a parent that no other job is parent of (the root, where events name one), with the jobs right below it as
// its tasks, those of several parents in each with the runs there. A FAIL and the next START of one job in one run of its
// parent (or for one nominal time) is a retry; instances of a mapped task are one, from the first start to the last end; runs
// of the parent are counted in which a task was. What goes on further
// below (the queries of a Spark application that Airflow started) is within their time, and what it reads and writes is
// theirs. Jobs without a parent and without children share a pipeline with those of their namespace that have the same
// schedule. Schedules come from nominal times where these are regular (schedule_guess.h). Where Airflow's facet names the
// tasks before and after one, or that of the DAG all of them, that is their order, through tasks that send no events too;
// a dataset that exactly one other names in its symlinks is that one. Besides, who reads a dataset follows who writes it.
//
// Memory: about 180 bytes a run and 16 an event, whatever the events hold; where each run is asked for 40 more for each word on
// how much of a dataset one read or wrote. Not thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "tools/formats/catalogs/catalog.h"
#include "tools/formats/catalogs/import_problems.h"

namespace simdjson::dom {
class element;
}

namespace understudy::formats {

class OpenLineageEvents {
public:
    /// `runs`: each run by itself is asked for, with each word on how much it read and wrote.
    explicit OpenLineageEvents(bool runs = false);
    ~OpenLineageEvents();
    OpenLineageEvents(const OpenLineageEvents&) = delete;
    OpenLineageEvents& operator=(const OpenLineageEvents&) = delete;

    /// Whether it means to be one: an object with a run, a job or a dataset, and something that only events have.
    static bool looks_like_event(const simdjson::dom::element& value);
    /// By the beginning of JSON: events, or what carries them, as an object or as a text (messages of Kafka).
    static bool looks_like_events(std::string_view head);
    /// What makes it unusable goes to `problems`, with this place.
    void add(const simdjson::dom::element& event, const std::filesystem::path& file, std::int64_t line,
             ImportProblems& problems);
    bool empty() const;
    /// All of it as a catalog, with each run by itself (Catalog::runs) where they were asked for; nothing is left here.
    Catalog take();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace understudy::formats
