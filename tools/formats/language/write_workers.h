// Workers, their types and budgets as the nodes of a scenario file, beside what the language takes where nothing is said.
// Pure.
#pragma once

#include "models/scenario.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

/// Adds what a type has other than `known`, which it stands upon.
void put_type(Node& map, const models::WorkerType& type, const models::WorkerType& known,
              const std::string& currency);
/// Adds the keys of a pool, or of workers of one's own; `scenario` has the types.
void put_workers(Node& map, const models::Workers& workers, const models::Scenario& scenario);
Node budget_node(const models::Budget& budget);

}  // namespace understudy::formats
