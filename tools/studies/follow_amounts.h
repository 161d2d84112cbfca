// How much runs have read and what has landed for them, by what a log tells of the sizes of inputs and outputs and by the
// clocks of loads. Internal to follow.h.
//
// Datasets of a log are matched as elements are (twin_names.h). Of records and bytes only those are asked for that anything
// in the twin goes by; of what lands without being counted each landing is one record, as an item is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/graph.h"
#include "tools/studies/follow_parts.h"
#include "tools/studies/task_amounts.h"

namespace understudy::studies {

class FollowedAmounts {
public:
    /// What they are given must outlive it.
    FollowedAmounts(const FollowParts& parts, const models::ScenarioGraph& graph);

    const CountedAmounts& counted() const { return counted_; }

    /// What the log tells that a piece reads.
    struct Read {
        /// In all: where each of the task's inputs is told, or its only one, or the sum alone.
        std::optional<models::PresentAmount> all;
        std::map<std::string, models::PresentAmount> of;  ///< of inputs of the task
    };
    Read read_by(const Piece& piece, const models::Task& task) const;

    /// What has landed in a dataset after `after`, up to and with `until` (ns since 1970). Nothing where it is not known: where
    /// the clock of a load does not tell, or a writer's end has come and the log does not say how much it wrote, or others than
    /// loads and tasks write it, or tasks of a pipeline that is not in the log. Instances of one task are not told apart.
    std::optional<models::PresentAmount> landed(const std::string& dataset, std::int64_t after,
                                                std::int64_t until) const;

private:
    std::optional<models::PresentAmount> written_by(std::size_t pipeline, std::size_t task,
                                                    const std::string& dataset, std::int64_t after,
                                                    std::int64_t until) const;
    /// Is it in the log? Of what was known before and is not in it nothing has happened since.
    bool is_followed(std::size_t pipeline) const;
    /// The one that the log calls so; empty: none, or several.
    std::string dataset_called(const std::string& name) const;
    bool is_told(const PieceAmount& amount) const;
    models::PresentAmount amount_of(const PieceAmount& amount) const;

    const FollowParts& parts_;
    const models::ScenarioGraph& graph_;
    CountedAmounts counted_;
    std::vector<std::string> datasets_;
    TwinNames names_;
    std::map<std::pair<std::size_t, std::size_t>, std::vector<const Piece*>> ended_;  ///< well, by task
    std::vector<bool> in_the_log_;                                                    ///< by pipeline
};

}  // namespace understudy::studies
