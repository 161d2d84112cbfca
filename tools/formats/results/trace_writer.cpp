#include "tools/formats/results/trace_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "kernel/invariant.h"
#include "tools/formats/results/live_file.h"
#include "tools/formats/results/result_reader.h"
#include "tools/formats/results/result_writer.h"
#include "tools/formats/results/trace_channel.h"
#include "tools/formats/results/trace_finish.h"

namespace understudy::formats {

using models::TraceDraw;
using models::TraceRow;
using Clock = std::chrono::steady_clock;

namespace {

/// What a sink and the writer thread share.
struct Stream {
    Stream(BlockBudget& budget, std::int64_t replication)
        : number(replication), rows(budget), draws(budget) {}
    const std::int64_t number;
    TraceChannel<TraceRow> rows;
    TraceChannel<TraceDraw> draws;
    std::atomic<bool> complete{false};
    std::atomic<bool> ended{false};  ///< the sink is gone: nothing more will come
    bool begun = false;              ///< the writer thread's: the file has its group
};

class Sink final : public ReplicationTrace {
public:
    Sink(const std::shared_ptr<Stream>& stream, BlockBudget& budget)
        : ReplicationTrace(stream->rows.first(), stream->draws.first()), stream_(stream), budget_(budget) {}
    ~Sink() override {
        stream_->ended.store(true, std::memory_order_release);
        budget_.wake();
    }
    void complete() override { stream_->complete.store(true, std::memory_order_relaxed); }

private:
    models::TraceBlock<TraceRow>& next_rows() override { return stream_->rows.next(); }
    models::TraceBlock<TraceDraw>& next_draws() override { return stream_->draws.next(); }

    std::shared_ptr<Stream> stream_;
    BlockBudget& budget_;
};

/// Takes away what a killed run left, unless a run is still writing it.
void remove_leftover(const std::filesystem::path& live, const std::filesystem::path& target) {
    const int descriptor = ::open(live.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return;
    const bool busy = ::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(descriptor);
    if (busy) throw FileError(target, "another run is writing it now; wait for it or choose another --out");
    std::error_code failed;
    const bool empty =
        std::filesystem::is_regular_file(live, failed) && std::filesystem::is_empty(live, failed);
    if (!empty && whose(live) == Whose::foreign)
        throw FileError(live, "is no trace of understudy and in the way; move it away");
    std::filesystem::remove(live, failed);
}

}  // namespace

std::uint64_t estimate_trace_bytes(std::uint64_t rows, std::uint64_t draws) {
    const std::uint64_t live = rows * trace_bytes_per_row + draws * trace_bytes_per_draw;
    return live + live / 2 + (1u << 20);
}

struct TraceWriter::State {
    State(std::filesystem::path result, TraceWriterOptions chosen)
        : target(std::move(result)), live(target), options(chosen), budget(options.blocks_in_flight) {
        live += ".partial";
    }

    std::filesystem::path target, live;
    TraceWriterOptions options;
    BlockBudget budget;
    // the writer thread's, from its start to its end
    std::unique_ptr<LiveFile> file;
    std::uint64_t rows_since_flush = 0;
    int begun_since_flush = 0;  ///< replications
    // shared
    mutable std::mutex mutex;
    std::vector<std::shared_ptr<Stream>> streams;  ///< not yet ended
    std::set<std::int64_t> numbers;                ///< of all, ever
    std::optional<std::string> problem;
    std::atomic<bool> stopping{false};
    std::thread thread;

    void stop() {
        if (!thread.joinable()) return;
        stopping = true;
        budget.wake();
        thread.join();
    }

    /// Does something with the file; after the first failure there is none and nothing is done. The disk
    /// keeps what the last flush left.
    template <class Action>
    void with_file(Action&& action) {
        if (file == nullptr) return;
        try {
            action(*file);
        } catch (const std::exception& error) {
            file.reset();
            const std::lock_guard lock(mutex);
            problem = fmt::format("{}: the trace ends early: {}", live.string(), error.what());
        }
    }

    void take_all(bool unfinished) {
        std::vector<std::shared_ptr<Stream>> now;
        {
            const std::lock_guard lock(mutex);
            now = streams;
        }
        bool any_ended = false;
        for (auto& stream : now) {
            const bool ended = stream->ended.load(std::memory_order_acquire);
            if (!stream->begun) {
                // A flush keeps in memory what it changes, most of which is what came new.
                if (++begun_since_flush > 256) flush();
                with_file([&](LiveFile& to) { to.begin(stream->number); });
            }
            stream->begun = true;
            const auto append = [&](const auto& rows, std::uint32_t first, std::uint32_t end) {
                rows_since_flush += end - first;
                with_file([&](LiveFile& to) { to.append(stream->number, rows, first, end); });
            };
            stream->rows.consume(unfinished || ended, append);
            stream->draws.consume(unfinished || ended, append);
            if (!ended) continue;
            any_ended = true;
            with_file([&](LiveFile& to) { to.end(stream->number, stream->complete); });
            const std::lock_guard lock(mutex);
            std::erase(streams, stream);
        }
        // A replication that has ended is worth keeping at once.
        if (any_ended) flush();
    }

    void flush() {
        with_file([](LiveFile& to) { to.flush(); });
        rows_since_flush = 0;
        begun_since_flush = 0;
    }

    void run() {
        hdf5::be_quiet();
        auto next_flush = Clock::now() + options.flush_interval;
        while (true) {
            budget.wait_until(next_flush);
            const bool last = stopping.load();
            const bool due = last || Clock::now() >= next_flush || rows_since_flush >= options.rows_per_flush;
            take_all(due);
            if (due) {
                flush();
                next_flush = Clock::now() + options.flush_interval;
            }
            if (last) break;
        }
        with_file([](LiveFile& to) { to.close(); });
        file.reset();
    }
};

TraceWriter::TraceWriter(std::filesystem::path target, const models::TraceHeader& header,
                         const studies::Provenance& provenance, TraceWriterOptions options)
    : state_(std::make_unique<State>(std::move(target), options)) {
    std::error_code none;
    const auto kind = std::filesystem::status(state_->target, none).type();
    if (kind != std::filesystem::file_type::not_found && kind != std::filesystem::file_type::regular) {
        throw FileError(state_->target, "is not a regular file, so it cannot hold a trace");
    }
    remove_leftover(state_->live, state_->target);
    try {
        state_->file = std::make_unique<LiveFile>(state_->live, header, provenance);
    } catch (const hdf5::Hdf5Error& error) {
        throw FileError(state_->live, error.what());
    }
    state_->thread = std::thread([state = state_.get()] { state->run(); });
}

TraceWriter::~TraceWriter() {
    if (state_) state_->stop();
}

std::unique_ptr<ReplicationTrace> TraceWriter::replication(std::int64_t number) {
    const std::lock_guard lock(state_->mutex);
    kernel::require(number > 0 && state_->numbers.insert(number).second,
                    "a replication is traced once, from 1");
    auto stream = std::make_shared<Stream>(state_->budget, number);
    state_->streams.push_back(stream);
    return std::make_unique<Sink>(stream, state_->budget);
}

std::optional<std::string> TraceWriter::problem() const {
    const std::lock_guard lock(state_->mutex);
    return state_->problem;
}

std::optional<std::string> TraceWriter::finish(const studies::RunResult& result) {
    State& state = *state_;
    {
        const std::lock_guard lock(state.mutex);
        for (const auto& stream : state.streams) {
            kernel::require(stream->ended, "all sinks of a trace are gone before it is finished");
        }
    }
    state.stop();
    if (!problem()) {
        try {
            write_result_with_traces(state.target, result, state.live, state.options.compression);
            std::error_code none;
            std::filesystem::remove(state.live, none);
            return std::nullopt;
        } catch (const hdf5::Hdf5Error& error) {
            state.problem = fmt::format("{}: {}", state.target.string(), error.what());
        } catch (const FileError& error) {
            state.problem = error.what();
        }
    }
    try {
        write_result(state.target, result);
    } catch (const FileError&) {
        // Where the trace fills the disk, taking it away makes room.
        std::error_code none;
        const std::uintmax_t freed = std::filesystem::file_size(state.live, none);
        if (none || std::filesystem::space(state.live, none).available >= freed || none) throw;
        std::filesystem::remove(state.live, none);
        write_result(state.target, result);
        return fmt::format("{}; {} has the result without traces, which were taken away to make room for it",
                           *state.problem, state.target.string());
    }
    return fmt::format("{}; {} has the result without traces, {} the rows so far", *state.problem,
                       state.target.string(), state.live.string());
}

void TraceWriter::abandon() {
    state_->stop();
    std::error_code none;
    std::filesystem::remove(state_->live, none);
}

const std::filesystem::path& TraceWriter::live_file() const { return state_->live; }

}  // namespace understudy::formats
