#include "tools/studies/follow_amounts.h"

#include <algorithm>
#include <set>
#include <utility>

#include "tools/studies/landed_by_clock.h"

namespace understudy::studies {

using models::PresentAmount;

namespace {

PresentAmount& operator+=(PresentAmount& sum, const PresentAmount& more) {
    sum.records += more.records;
    sum.size += more.size;
    return sum;
}

}  // namespace

FollowedAmounts::FollowedAmounts(const FollowParts& parts, const models::ScenarioGraph& graph)
    : parts_(parts),
      graph_(graph),
      counted_(counted_amounts(parts.twin)),
      names_(parts.twin.twin),
      in_the_log_(parts.twin.twin.pipelines.size(), false) {
    if (!counted_.any()) return;
    std::set<std::string> datasets;
    for (const models::Pipeline& pipeline : parts.twin.twin.pipelines)
        for (const models::Task& task : pipeline.tasks) {
            for (const models::TaskInput& input : task.reads) datasets.insert(input.dataset);
            datasets.insert(task.writes.begin(), task.writes.end());
        }
    for (const std::string& name : datasets) {
        std::string label;
        for (const models::Dataset& one : parts.twin.twin.datasets)
            if (one.name == name) label = one.description.label;
        names_.add_dataset(datasets_.size(), name, label);
        datasets_.push_back(name);
    }
    using Is = FollowedElement::Is;
    for (std::size_t i = 0; i < parts.pieces.size(); ++i) {
        const FollowedElement& of = parts.elements[i];
        const Piece& piece = parts.pieces[i];
        if (of.is != Is::task && of.is != Is::pipeline) continue;
        in_the_log_[of.place] = true;
        if (of.is == Is::task && piece.ended && !piece.failed) ended_[{of.place, of.task}].push_back(&piece);
    }
}

bool FollowedAmounts::is_followed(std::size_t pipeline) const {
    return in_the_log_[pipeline] || parts_.options.base_ns;
}

std::string FollowedAmounts::dataset_called(const std::string& name) const {
    const auto meant = names_.meant_by(name);
    return !meant.empty() && meant.front().size() == 1 ? datasets_[meant.front().front()] : "";
}

bool FollowedAmounts::is_told(const PieceAmount& amount) const {
    return (!counted_.records || amount.records > 0) && (!counted_.bytes || amount.bytes > 0);
}

PresentAmount FollowedAmounts::amount_of(const PieceAmount& amount) const {
    return {amount.records > 0 ? static_cast<double>(amount.records) : 1, static_cast<double>(amount.bytes)};
}

FollowedAmounts::Read FollowedAmounts::read_by(const Piece& piece, const models::Task& task) const {
    Read read;
    std::vector<const PieceAmount*> told;
    for (const PieceAmount& one : piece.amounts)
        if (!one.written && is_told(one)) told.push_back(&one);
    if (told.empty() || !counted_.any()) return read;
    PresentAmount sum;
    for (const PieceAmount* one : told) {
        if (one->dataset.empty()) {
            read.all = amount_of(*one);
            if (task.reads.size() == 1) read.of = {{task.reads.front().dataset, *read.all}};
            return read;
        }
        sum += amount_of(*one);
        const std::string dataset = dataset_called(one->dataset);
        const bool is_input =
            std::any_of(task.reads.begin(), task.reads.end(),
                        [&](const models::TaskInput& input) { return input.dataset == dataset; });
        if (is_input) read.of[dataset] = amount_of(*one);
    }
    const bool every = std::all_of(task.reads.begin(), task.reads.end(), [&](const models::TaskInput& input) {
        return read.of.contains(input.dataset);
    });
    // What else it reads is part of its time, too, as where its service was fitted to all that runs read.
    if (every || (task.reads.size() == 1 && told.size() == 1)) read.all = sum;
    if (read.all && task.reads.size() == 1) read.of = {{task.reads.front().dataset, *read.all}};
    return read;
}

std::optional<PresentAmount> FollowedAmounts::written_by(std::size_t pipeline, std::size_t task,
                                                         const std::string& dataset, std::int64_t after,
                                                         std::int64_t until) const {
    const models::Task& of = parts_.twin.twin.pipelines[pipeline].tasks[task];
    PresentAmount sum;
    const auto ended = ended_.find({pipeline, task});
    if (ended == ended_.end()) return sum;
    for (const Piece* piece : ended->second) {
        if (*piece->ended <= after || *piece->ended > until) continue;
        // What instances write lands when the last of them has ended.
        if (of.expand > 1) return std::nullopt;
        std::vector<const PieceAmount*> told;
        for (const PieceAmount& one : piece->amounts)
            if (one.written) told.push_back(&one);
        std::optional<PresentAmount> wrote;
        for (const PieceAmount* one : told)
            if (is_told(*one) && dataset_called(one->dataset) == dataset) wrote = amount_of(*one);
        if (!wrote && told.size() == 1 && of.writes.size() == 1 && is_told(*told.front()))
            wrote = amount_of(*told.front());
        if (!wrote) return std::nullopt;
        sum += *wrote;
    }
    return sum;
}

std::optional<PresentAmount> FollowedAmounts::landed(const std::string& dataset, std::int64_t after,
                                                     std::int64_t until) const {
    PresentAmount sum;
    if (until <= after) return sum;
    const auto stream = graph_.find(models::VertexKind::stream, dataset);
    if (stream == models::Graph::null_vertex()) return std::nullopt;
    if (!graph_.in(stream, models::EdgeKind::dead_letter).empty()) return std::nullopt;
    const std::int64_t clock = parts_.options.clock_ns;
    for (const models::GraphIndex writer : graph_.in(stream, models::EdgeKind::writes)) {
        const models::GraphVertex& one = graph_.graph()[writer];
        std::optional<PresentAmount> more;
        if (one.kind == models::VertexKind::load)
            more = landed_by_clock(parts_.twin.loads[one.position], after - clock, until - clock);
        else if (one.kind == models::VertexKind::task && is_followed(one.pipeline))
            more = written_by(one.pipeline, one.position, dataset, after, until);
        if (!more) return std::nullopt;
        sum += *more;
    }
    return sum;
}

}  // namespace understudy::studies
