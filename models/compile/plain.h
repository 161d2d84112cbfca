// The plain part of a model: loads and stages of which a simulation needs to keep so little that they run on a
// path of their own, several times as fast (models/simulation/plain.cpp) and with the same bytes.
//
// Plain are stages with workers of their own, equal and constant in number; one fifo line, unlimited or bounded
// with `drop`; a law without fields; nothing that fails, waits for others, is batched or told apart; and loads of
// single items. All that writes to a plain stage is plain, and what it writes goes to plain stages or out: items
// never pass from one path to the other.
#pragma once

#include <boost/align/aligned_allocator.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernel/cache_line.h"
#include "kernel/distribution.h"
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

/// Where the items of a stage or load may go, by the shares of their ways. At least one way.
class PlainWays {
public:
    PlainWays() = default;
    /// In the order of their cumulative shares, of which the last is 1. None: it is no plain stage or load.
    explicit PlainWays(const std::vector<PlainWay>& ways);

    bool empty() const { return ways_.empty(); }
    std::size_t size() const { return ways_.size(); }
    const PlainWay& operator[](std::size_t i) const { return ways_[i]; }
    const PlainWay& front() const { return ways_.front(); }
    auto begin() const { return ways_.begin(); }
    auto end() const { return ways_.end(); }
    std::size_t index_of(const PlainWay& way) const { return static_cast<std::size_t>(&way - ways_.data()); }

    /// The first whose cumulative share is above `u`, of [0, 1). Among many in constant time, by a guide (Chen and
    /// Asau 1974).
    const PlainWay& at(double u) const {
        const PlainWay* way = ways_.data();
        const PlainWay* const last = way + (ways_.size() - 1);
        if (!guide_.empty()) [[unlikely]]
            way += guide_[static_cast<std::size_t>(u * static_cast<double>(guide_.size() - 1))];
        while (way != last && u >= way->cumulative) ++way;
        return *way;
    }

private:
    std::vector<PlainWay, boost::alignment::aligned_allocator<PlainWay, kernel::cache_line>> ways_;
    std::vector<Index>
        guide_;  ///< where to begin in each part of as many as there are ways; empty: at the first
};

/// A law without fields: a sum of terms.
struct PlainTerm {
    double times = 1;
    kernel::Distribution law;

    friend bool operator==(const PlainTerm&, const PlainTerm&) = default;
};
using PlainLaw = std::vector<PlainTerm>;

/// Probes that follow the levels of one element: at most one of each that asks for the mean, or anybody.
struct PlainLevels {
    Index present = none, waiting = none, utilisation = none;
    bool anybody = false;  ///< then the three are not set
};

/// What each event looks at fills the first line of a processor's cache.
struct alignas(kernel::cache_line) PlainStageRow {
    Index element = none;
    /// All items of one load, and no others, come here, about in the order of their numbers; none: they do not.
    Index all_of = none;
    std::uint64_t name_hash = 0;
    std::int64_t queue_capacity = -1;  ///< -1: unlimited
    Index quantiles = none;            ///< probe of its latencies, as ears has it
    Index likely = none;               ///< plain stage that most go to next
    Index law = none;                  ///< of PlainModel::laws
    bool in_cycle = false;
    PlainWays ways;
    Index stage = none, pool = none;
    PlainEars ears;
    PlainLevels levels;
};

struct PlainLoadRow {
    PlainWays ways;  ///< empty: it is not plain
    PlainEars ears;  ///< of its arrivals
    /// Something is drawn for its items by their identity, not by the number of their arrival.
    bool identities = true;

    bool is_plain() const { return !ways.empty(); }
};

struct PlainModel {
    std::vector<PlainStageRow> stages;
    std::vector<PlainLaw> laws;       ///< of services, each once
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
