// Where in a twin a fitted input stands: `scan.service`, `nightly.build.failure`, `sheets.items`, `scan.retry.backoff.2`,
// `scan.writes`.
// Pure, thread-safe.
#pragma once

#include <cstddef>
#include <string_view>

#include "models/scenario.h"

namespace understudy::studies {

struct InputPath {
    std::string_view of;   ///< the stage, the task of its pipeline, or the load; of all others the whole path
    std::string_view key;  ///< "service", "retry.backoff"; empty: none that fits give
    std::size_t number = 0;  ///< from 1, in a list; 0: not in one
};
/// The path's text must outlive it.
InputPath input_path(std::string_view path);

/// The law that stands there; null: none.
template <class Work>
auto law_of_work(Work& work, const InputPath& at) -> decltype(&work.service) {
    if (at.key == "service") return &work.service;
    if (at.key == "fails_after") return &work.fails_after;
    auto& pauses = work.retry.backoff;
    if (at.key != "retry.backoff" || work.retry.first || at.number > pauses.size()) return nullptr;
    if (at.number == 0) return pauses.size() == 1 ? &pauses.front() : nullptr;
    return &pauses[at.number - 1];
}

/// Likewise; `arrivals` are more than a law.
template <class Load>
auto law_of_load(Load& load, const InputPath& at) -> decltype(&load.size) {
    if (at.key == "size") return &load.size;
    return at.key == "items" ? &load.items : nullptr;
}

}  // namespace understudy::studies
