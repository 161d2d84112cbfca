// The parts of a scenario, each read from its map (used by scenario_reader.cpp only).
//
// Every function fills what it can and reports the rest; nothing throws. `name` is the element's key in the
// file.
#pragma once

#include <string>
#include <vector>

#include "models/scenario.h"
#include "tools/formats/language/map_reader.h"

namespace understudy::formats {

void read_description(MapReader& map, models::Description& into);
models::WorkerType read_type(Reading& reading, const Entry& element);
/// Worker keys of a pool, or of a stage or task of its own.
void read_workers(MapReader& map, models::Workers& into);
/// Workers of these keys serve all items at once, and need no number.
bool serves_all_at_once(const Node& workers);
models::Pool read_pool(Reading& reading, const Entry& element);
models::Budget read_budget(Reading& reading, const Entry& element);
models::Dataset read_dataset(Reading& reading, const Entry& element);
models::ElementState read_state(Reading& reading, const Entry& element);

/// What stages and tasks share; `element` owns the name of its pool.
void read_work(MapReader& map, models::Work& into);
void read_writes(MapReader& map, models::Writes& into);
void read_emits(MapReader& map, models::Emits& into);
models::Stage read_stage(Reading& reading, const Entry& element);

models::Pipeline read_pipeline(Reading& reading, const Entry& element);
/// The tasks of a pipeline with its `defaults` merged in: a task's own key replaces the whole value.
void merge_defaults(Node& pipeline);

/// Fields of all items, with what they are; before any law that may name one is read.
void read_field_dimensions(Reading& reading, const Node& root);
models::Arrivals read_arrivals(std::string_view text, const LawContext& context);
std::string print_arrivals(const models::Arrivals& arrivals);
models::Load read_load(Reading& reading, const Entry& element);
models::Profile read_profile(Reading& reading, const Entry& element);

/// What overrides, edits and (but for profiles and other actions) actions may point at: a name, and where its keys are listed.
struct Target {
    std::string name;
    std::string_view place;  ///< in the key table: "stage", "task", "load", ...
    const Node* node = nullptr;
    Place where;
};
std::vector<Target> targets_of(const Node& root);
/// The target that `path` starts with (the longest name wins), or null; `key` gets what follows its dot.
const Target* resolve(const std::vector<Target>& targets, std::string_view path, std::string& key);

/// `asked_for`: it may have no time of its own.
models::Action read_action(Reading& reading, const Node& node, const std::vector<Target>& targets,
                           bool asked_for = false);
models::Run read_run(Reading& reading, const Node* node, Place where, bool has_pipelines);

}  // namespace understudy::formats
