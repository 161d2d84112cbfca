// The plain part of a model: loads and stages of which a simulation needs to keep so little that they run on a
// path of their own, several times as fast (models/simulation/plain.cpp) and with the same bytes.
//
// Plain are stages with workers of their own, equal and constant in number; one fifo line, unlimited or bounded
// with `drop`; a law without fields; nothing that fails, waits for others, is batched or told apart; and loads of
// single items. All that writes to a plain stage is plain, and what it writes goes to plain stages or out: items
// never pass from one path to the other.
#pragma once

#include <cstdint>
#include <vector>

#include "models/compile/ids.h"

namespace understudy::models {

struct Model;

/// Who listens to one metric of an element: nobody, at most one probe of each simple kind, or anybody.
struct PlainEar {
    Index sum = none;        ///< sees all and keeps the sum of values, or counts; is told totals now and then
    Index quantiles = none;  ///< sees all and keeps quantiles
    bool anybody = false;    ///< then the two are not set

    /// It wants to know of each item when it happens.
    bool of_each() const { return quantiles != none || anybody; }
};

/// The metrics of an element, of what happens to items.
struct PlainEars {
    PlainEar arrived, dropped, lost, wait, waited, service, latency, completed, attempts, backoff, end;
    // Whether anybody but sums, and quantiles of latency, wants to know of each item that enters, starts or leaves.
    // No sums are kept of service and end: who asks for them is told of each item.
    bool each_enter = false, each_start = false, each_leave = false;
    /// Probes that are the share of arrivals that were lost or had to wait: told the number of all now and then.
    std::vector<Index> shares;
};

/// Where items go: a stream, and who reads it.
struct PlainWay {
    Index stream = none;    ///< none: the exit, without landing anywhere
    Index element = none;   ///< of the stream
    Index to = none;        ///< plain stage; none: out of the system
    double cumulative = 1;  ///< share of this way and all before it
    bool heard = false;     ///< some probe listens to what lands there
    bool counted = false;   ///< some pipeline wants to know how much has landed there
    bool traced = false;    ///< a trace tells what lands there
};

/// Probes that follow the levels of one element: at most one of each that asks for the mean, or anybody.
struct PlainLevels {
    Index present = none, waiting = none, utilisation = none;
    bool anybody = false;  ///< then the three are not set
};

struct PlainStageRow {
    Index stage = none, element = none, pool = none;
    Index law = none;
    std::int64_t queue_capacity = -1;  ///< -1: unlimited
    std::uint64_t name_hash = 0;
    bool in_cycle = false;
    /// All items of one load, and no others, come here, about in the order of their numbers; none: they do not.
    Index all_of = none;
    std::vector<PlainWay> ways;
    PlainEars ears;
    PlainLevels levels;
};

struct PlainLoadRow {
    std::vector<PlainWay> ways;  ///< empty: it is not plain
    PlainEars ears;              ///< of its arrivals
    /// Something is drawn for its items by their identity, not by the number of their arrival.
    bool identities = true;

    bool is_plain() const { return !ways.empty(); }
};

struct PlainModel {
    std::vector<PlainStageRow> stages;
    std::vector<Index> of_stage;      ///< by stage of the model; none: it is not plain
    std::vector<PlainLoadRow> loads;  ///< by load of the model
    PlainEars system_ears;
    PlainLevels system_levels;
    /// Stages, each behind those that write to it; empty where some ways go round in a circle.
    std::vector<Index> order;
    std::size_t longest_way = 0;  ///< how many of them one item can pass

    bool empty() const { return stages.empty(); }
};

/// Finds the plain part of a model whose other rows are complete.
PlainModel plain_part(const Model& model);

}  // namespace understudy::models
