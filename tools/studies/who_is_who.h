// Which arrival of a load, batch of a stage or run of a pipeline the items of a trace are. Internal to tools/studies.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "models/compile/model.h"
#include "models/trace.h"

namespace understudy::studies {

/// Who is meant, by the index of its load, pipeline or (of a batch) stage.
struct Known {
    enum class Kind : std::uint8_t { item, run, batch } kind = Kind::item;
    models::Index of = 0;
    std::uint64_t number = 0;  ///< from 1
    auto operator<=>(const Known&) const = default;
};

/// Is told each row of one simulation, in order; keeps those alone that have not left.
class WhoIsWho {
public:
    /// `model` must outlive it.
    explicit WhoIsWho(const models::Model& model);

    /// Whose item the row is about; of a row of a pipeline, which run. Nothing where that is not known.
    std::optional<Known> of(const models::TraceRow& row);

    /// By element; models::none where the element is something else.
    models::Index load_of(std::uint32_t element) const { return at(loads_, element); }
    models::Index pipeline_of(std::uint32_t element) const { return at(pipelines_, element); }
    models::Index stage_of(std::uint32_t element) const { return at(stages_, element); }
    bool is_task(std::uint32_t element) const {
        const models::Index stage = stage_of(element);
        return stage != models::none && model_.stages[stage].pipeline != models::none;
    }

private:
    static models::Index at(const std::vector<models::Index>& indices, std::uint32_t element) {
        return element < indices.size() ? indices[element] : models::none;
    }
    std::optional<Known> known(std::uint64_t item) const;
    void member(const models::TraceRow& row);

    const models::Model& model_;
    std::vector<models::Index> loads_, pipelines_, stages_;
    std::vector<std::uint64_t> arrivals_, batches_;  ///< so far: by load, by stage
    std::unordered_map<std::uint64_t, Known> items_;
    std::unordered_map<std::uint64_t, std::uint64_t>
        unborn_;  ///< copies of what has not been born yet, of what
};

}  // namespace understudy::studies
