// Whom a simulation tells its trace, and the blocks of columns it is told in.
//
// A simulation tells a TraceSink; what the sink does with it (a file, a fingerprint, a checker) is not the
// simulation's business. One replication tells one sink from one thread; different replications may tell
// different sinks at once.
//
// A full trace has dozens of rows for each item, so telling one costs a handful of stores: rows stand in blocks,
// an array for each member, just as files keep them. The sink hears of it when a block is full, and may look into
// the unfinished one from another thread at any time. Attempts and workers, which nearly always have the same
// value, stand in a block beforehand and are only written for rows that have another.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "models/trace.h"

namespace understudy::models {

/// Rows or draws in a block. The chunks of a file are as long, so that a block is written as it stands.
inline constexpr std::uint32_t trace_block_rows = 32768;

/// Rows as columns.
template <class Row>
struct TraceColumns;

template <>
struct TraceColumns<TraceRow> {
    std::int64_t time[trace_block_rows];
    std::uint64_t item[trace_block_rows];
    double value[trace_block_rows];
    std::uint32_t element[trace_block_rows];
    std::uint8_t event[trace_block_rows];
    // seldom anything but these
    std::uint16_t attempt[trace_block_rows];
    std::int32_t worker[trace_block_rows];

    static bool is_usual(const TraceRow& row) { return row.attempt == 0 && row.worker == -1; }
    void set_usual(std::uint32_t at, const TraceRow& row) {
        time[at] = row.time;
        item[at] = row.item;
        value[at] = row.value;
        element[at] = row.element;
        event[at] = static_cast<std::uint8_t>(row.event);
    }
    void set_seldom(std::uint32_t at, const TraceRow& row) {
        attempt[at] = row.attempt;
        worker[at] = row.worker;
    }
    TraceRow row(std::uint32_t at) const {
        return {time[at],    item[at],   element[at], static_cast<TraceEvent>(event[at]),
                attempt[at], worker[at], value[at]};
    }
};

template <>
struct TraceColumns<TraceDraw> {
    std::uint64_t identity[trace_block_rows];
    double value[trace_block_rows];
    std::uint32_t element[trace_block_rows];
    std::uint16_t purpose[trace_block_rows];
    // seldom anything but 0
    std::uint16_t attempt[trace_block_rows];

    static bool is_usual(const TraceDraw& draw) { return draw.attempt == 0; }
    void set_usual(std::uint32_t at, const TraceDraw& draw) {
        identity[at] = draw.identity;
        value[at] = draw.value;
        element[at] = draw.element;
        purpose[at] = draw.purpose;
    }
    void set_seldom(std::uint32_t at, const TraceDraw& draw) { attempt[at] = draw.attempt; }
    TraceDraw row(std::uint32_t at) const {
        return {identity[at], element[at], purpose[at], attempt[at], value[at]};
    }
};

/// Rows of one simulation, in order. One thread adds, any may read what count() says is there.
template <class Row>
class TraceBlock {
public:
    /// `room`: full after so many, at most trace_block_rows.
    explicit TraceBlock(std::uint32_t room = trace_block_rows)
        : columns_(std::make_unique_for_overwrite<TraceColumns<Row>>()), room_(room) {
        make_usual(room);
    }

    std::uint32_t room() const { return room_; }
    std::uint32_t count() const { return count_.load(std::memory_order_acquire); }
    const TraceColumns<Row>& columns() const { return *columns_; }
    Row operator[](std::uint32_t at) const { return columns_->row(at); }

    /// Has a row that can be seen another attempt or worker than they nearly always have? Asked after count().
    bool has_unusual() const { return unusual_.load(std::memory_order_relaxed); }

    void show(std::uint32_t count) { count_.store(count, std::memory_order_release); }
    /// For rows of another simulation, or later ones.
    void clear() {
        if (has_unusual()) make_usual(room_);
        unusual_.store(false, std::memory_order_relaxed);
        count_.store(0, std::memory_order_relaxed);
    }

private:
    friend class TraceSink;
    /// Nobody sees the row before show().
    [[gnu::always_inline]] static void put(TraceColumns<Row>& columns, TraceBlock& block, std::uint32_t at,
                                           const Row& row) {
        columns.set_usual(at, row);
        if (!TraceColumns<Row>::is_usual(row)) {
            columns.set_seldom(at, row);
            block.unusual_.store(true, std::memory_order_relaxed);
        }
    }
    void make_usual(std::uint32_t count) {
        for (std::uint32_t at = 0; at < count; ++at) columns_->set_seldom(at, Row{});
    }

    std::unique_ptr<TraceColumns<Row>> columns_;
    std::uint32_t room_;
    std::atomic<std::uint32_t> count_{0};
    std::atomic<bool> unusual_{false};  ///< true before the row is shown
};

class TraceSink {
public:
    TraceSink(const TraceSink&) = delete;
    TraceSink& operator=(const TraceSink&) = delete;
    virtual ~TraceSink() = default;

    void row(const TraceRow& row) { add(rows_, row); }
    void draw(const TraceDraw& draw) { add(draws_, draw); }

protected:
    /// Begins in these blocks, which are the sink's own and empty.
    TraceSink(TraceBlock<TraceRow>& rows, TraceBlock<TraceDraw>& draws) : rows_(rows), draws_(draws) {}
    /// The block at hand is full: returns an empty one (the same, if it has been cleared).
    virtual TraceBlock<TraceRow>& next_rows() = 0;
    virtual TraceBlock<TraceDraw>& next_draws() = 0;

private:
    friend class TraceBurst;
    template <class Row>
    struct At {
        At() = default;
        explicit At(TraceBlock<Row>& begun)
            : columns(begun.columns_.get()), block(&begun), room(begun.room()) {}
        TraceColumns<Row>* columns = nullptr;
        TraceBlock<Row>* block = nullptr;
        std::uint32_t count = 0;  ///< told so far
        std::uint32_t room = 0;
    };
    template <class Row>
    [[gnu::always_inline]] void put(At<Row>& at, const Row& row) {
        TraceBlock<Row>::put(*at.columns, *at.block, at.count, row);
        if (++at.count == at.room) [[unlikely]]
            at = turned_over(at);
    }
    template <class Row>
    [[gnu::always_inline]] void add(At<Row>& at, const Row& row) {
        put(at, row);
        at.block->show(at.count);
    }
    template <class Row>
    [[gnu::noinline]] At<Row> turned_over(At<Row> at) {
        at.block->show(at.count);
        if constexpr (std::is_same_v<Row, TraceRow>)
            return At<Row>(next_rows());
        else
            return At<Row>(next_draws());
    }

    At<TraceRow> rows_;
    At<TraceDraw> draws_;
};

/// Several rows of one event, shown to readers together. While there is one, all rows of its sink go through it.
class TraceBurst {
public:
    /// `sink` may be null: then no row may come.
    explicit TraceBurst(TraceSink* sink) : sink_(sink) {
        if (sink_) at_ = sink_->rows_;
    }
    [[gnu::always_inline]] void row(const TraceRow& row) { sink_->put(at_, row); }
    void end() {
        if (!sink_) return;
        at_.block->show(at_.count);
        sink_->rows_ = at_;
    }

private:
    TraceSink* sink_;
    TraceSink::At<TraceRow> at_;
};

/// A sink that is told each row at once.
class TraceListener : public TraceSink {
public:
    TraceListener() : TraceListener(std::make_unique<Blocks>()) {}
    virtual void heard(const TraceRow& row) = 0;
    virtual void heard(const TraceDraw& draw) = 0;

private:
    struct Blocks {
        TraceBlock<TraceRow> rows{1};
        TraceBlock<TraceDraw> draws{1};
    };
    explicit TraceListener(std::unique_ptr<Blocks> blocks)
        : TraceSink(blocks->rows, blocks->draws), blocks_(std::move(blocks)) {}
    TraceBlock<TraceRow>& next_rows() final {
        heard(blocks_->rows[0]);
        blocks_->rows.clear();
        return blocks_->rows;
    }
    TraceBlock<TraceDraw>& next_draws() final {
        heard(blocks_->draws[0]);
        blocks_->draws.clear();
        return blocks_->draws;
    }

    std::unique_ptr<Blocks> blocks_;
};

}  // namespace understudy::models
