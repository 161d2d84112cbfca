// Backfills: a pipeline is due for times that have passed, as far as what it reads can still be read.
//
// A run of a time reads what landed since the time before. It is made as long as each of its inputs keeps the newest of that,
// and has all that it should read as long as each keeps the oldest. What an earlier backfill has written for those times is
// there again for as long as its retention says. What it takes to make it is what a run takes that reads as much.
#include <algorithm>

#include "models/simulation/state.h"

namespace understudy::models {

bool State::can_read(Index stream, Time landed, Time at) const {
    const Time retention = model_->streams[stream].retention;
    if (retention < 0 || kernel::later(landed, retention) >= at) return true;
    return std::any_of(remade_.begin(), remade_.end(), [&](const Remade& one) {
        return one.stream == stream && one.from <= landed && landed <= one.until && one.at < at &&
               kernel::later(one.at, retention) >= at;
    });
}

MadeUpGap State::made_up_gap(const ActionRow& row, Time since, Time at) const {
    MadeUpGap gap;
    for (const MadeUpRun& run : row.made_up) {
        if (run.due < since) continue;
        bool made = true;
        for (const Index stream : row.reads_kept) {
            made = made && can_read(stream, run.due, at);
            if (gap.stream == none && !can_read(stream, run.reads_from, at)) gap.stream = stream;
        }
        gap.left_out += made ? 0 : 1;
    }
    return gap;
}

Amount State::landed_in(const MadeUpRun& run, Index stream) const {
    const StreamState& state = streams_[stream];
    const auto by = [&](Time instant) -> Amount {
        const auto after = std::upper_bound(state.history.begin(), state.history.end(), instant,
                                            [](Time at, const auto& entry) { return at < entry.first; });
        return after == state.history.begin() ? Amount{} : std::prev(after)->second;
    };
    // As far as it is kept.
    const Time retention = model_->streams[stream].retention;
    const Time from = can_read(stream, run.reads_from, now())
                          ? run.reads_from
                          : std::min(run.due, std::max(run.reads_from, now() - retention));
    const Amount first = by(from), last = by(run.due);
    Amount in{last.records - first.records, last.bytes - first.bytes};
    if (from < 0 && now() > 0) {
        const double times =
            kernel::to_seconds(std::min<Time>(run.due, 0) - from) / kernel::to_seconds(now());
        in.records += state.landed_records * times;
        in.bytes += state.landed_bytes * times;
    }
    return in;
}

void State::make_up(const ActionRow& row) {
    const auto due = [&](const std::optional<MadeUpRun>& run) {
        for (const Index pipeline : row.pipelines) due_now(pipeline, none, 1, 0, true, run);
    };
    if (row.made_up.empty()) {
        for (std::int64_t run = 0; run < row.runs; ++run) due({});
        return;
    }
    std::optional<Time> from;
    for (const MadeUpRun& run : row.made_up) {
        const bool made = std::all_of(row.reads_kept.begin(), row.reads_kept.end(),
                                      [&](Index stream) { return can_read(stream, run.due, now()); });
        if (!made) continue;
        if (!from) from = run.reads_from;
        due(run);
    }
    if (from)
        for (const Index stream : row.remakes)
            remade_.push_back({stream, *from, row.made_up.back().due, now()});
}

}  // namespace understudy::models
