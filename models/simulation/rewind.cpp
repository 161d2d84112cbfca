// Rewinds: a stage reads once more what it has read since an instant, as a consumer does whose offsets are set back.
//
// It remembers what it has read, as it came, for as long as some action may ask for. What was read counts from when its
// work began, or from when it came where it is gathered first; what is at work goes on. What its dataset no longer keeps
// stays away. The rest comes back in its old order, before those who wait, as items of their own: they are no arrivals,
// count as `duplicated` wherever they come, and keep no promise a second time where they land.
#include <algorithm>

#include "models/simulation/state.h"

namespace understudy::models {

void State::remember(Index index) {
    const Item& item = items_[index];
    const StageRow& row = model_->stages[item.stage];
    // A batch is no item that was read; what is tried or taken up again has been.
    if (item.batched || item.remembered) return;
    std::deque<Read>& reads = stages_[item.stage].reads;
    while (!reads.empty() && reads.front().at < now() - row.remembers) {
        stages_[item.stage].forgotten = reads.front().at;
        reads.pop_front();
    }
    if (reads.size() >= most_items) throw Outgrown{};
    Read read{now(),     item.entered,  item.born, item.identity, item.load_number, item.records,
              item.size, item.priority, item.key,  item.load,     item.lane,        item.input,
              {}};
    const std::size_t fields = model_->fields.size();
    for (std::size_t f = 0; f < fields; ++f) read.fields.push_back(fields_[index * fields + f]);
    reads.push_back(std::move(read));
    items_[index].remembered = true;
}

/// Whether what was read is still there to be read again.
bool State::keeps(const StageRow& row, const Read& read, Time at) const {
    const Time retention = model_->streams[row.reads[read.input]].retention;
    return retention < 0 || kernel::later(read.came, retention) >= at;
}

RewindGap State::rewind_gap(Index stage, Time since, Time at, Time back) const {
    const StageRow& row = model_->stages[stage];
    const StageState& state = stages_[stage];
    RewindGap gap;
    gap.too_long_ago = state.forgotten >= since && state.forgotten < at - back;
    for (const Read& read : state.reads) {
        if (read.at < since) continue;
        if (read.at < at - back)
            gap.too_long_ago = true;
        else if (gap.stream == none && !keeps(row, read, at))
            gap.stream = row.reads[read.input];
    }
    return gap;
}

void State::rewind(Index stage, Time back) {
    const StageRow& row = model_->stages[stage];
    StageState& state = stages_[stage];
    const auto from = std::find_if(state.reads.begin(), state.reads.end(),
                                   [&](const Read& read) { return read.at >= now() - back; });
    std::vector<Read> again(from, state.reads.end());
    state.reads.erase(from, state.reads.end());
    std::erase_if(again, [&](const Read& read) { return !keeps(row, read, now()); });
    // The last first to the head of a line; what is gathered, or passes at once, in order.
    const bool stands = row.line_pool != none && row.join == none && row.batch == none && row.window == none;
    if (stands) std::reverse(again.begin(), again.end());
    for (const Read& read : again) {
        const Index index = add_item();
        const Index family = families_.add({read.born, 1, none, false, true});
        ++open_arrivals_;
        refresh_system();
        Item& item = items_[index];
        item.born = read.born;
        item.identity = kernel::mix_bits(read.identity + 0x9E3779B97F4A7C15ULL * ++state.read_again);
        item.load_number = read.load_number;
        item.records = read.records;
        item.size = read.size;
        item.priority = read.priority;
        item.key = read.key;
        item.load = read.load;
        item.lane = read.lane;
        item.input = read.input;
        item.family = family;
        item.again = true;
        item.queued = now();
        item.next_stage = stage;
        const std::size_t fields = model_->fields.size();
        for (std::size_t f = 0; f < fields; ++f) fields_[index * fields + f] = read.fields[f];
        meter_.count(none, Metric::duplicated, read.load);
        admit(index, false, stands);
    }
}

}  // namespace understudy::models
