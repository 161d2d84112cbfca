// The plain part of a model: loads and stages of which a simulation needs to keep so little that they run on a
// path of their own, several times as fast (models/simulation/plain.cpp) and with the same bytes.
//
// Plain are stages with workers of their own, equal and constant in number; one fifo line, unlimited or
// bounded with `drop`; a law without fields; nothing that fails, waits for others, is batched or told apart; and loads of single items. All that writes to a plain stage is plain, and what it writes goes
// to plain stages or out: items never pass from one path to the other.
#pragma once

#include <cstdint>
#include <vector>

#include "models/compile/ids.h"

namespace understudy::models {

struct Model;

/// Metrics of an element that some probe listens to.
struct PlainHeard {
    bool arrived = false, dropped = false, lost = false, wait = false, waited = false, service = false,
         latency = false, completed = false, attempts = false, backoff = false, end = false;
};

/// Where items go: a stream, and who reads it.
struct PlainWay {
    Index stream = none;    ///< none: the exit, without landing anywhere
    Index element = none;   ///< of the stream
    Index to = none;        ///< plain stage; none: out of the system
    double cumulative = 1;  ///< share of this way and all before it
    bool heard = false;     ///< some probe listens to what lands there
};

/// Probes that follow the levels of one element, by what they follow.
struct PlainLevels {
    std::vector<Index> present, waiting, utilisation;
    bool others = false;  ///< there are more, of other levels
};

struct PlainStageRow {
    Index stage = none, element = none, pool = none;
    Index law = none;
    std::int64_t queue_capacity = -1;  ///< -1: unlimited
    std::uint64_t name_hash = 0;
    bool in_cycle = false;
    std::vector<PlainWay> ways;
    PlainHeard heard;
    PlainLevels levels;
};

struct PlainModel {
    std::vector<PlainStageRow> stages;
    std::vector<Index> of_stage;               ///< by stage of the model; none: it is not plain
    std::vector<std::vector<PlainWay>> loads;  ///< by load of the model; empty: it is not plain
    std::vector<bool> loads_heard;  ///< by load: some probe listens to how its arrivals, or all, end
    PlainHeard system_heard;
    PlainLevels system;

    bool empty() const { return stages.empty(); }
};

/// Finds the plain part of a model whose other rows are complete.
PlainModel plain_part(const Model& model);

}  // namespace understudy::models
