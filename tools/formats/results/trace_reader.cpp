#include "tools/formats/results/trace_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "kernel/invariant.h"
#include "tools/formats/results/hdf5.h"
#include "tools/formats/results/result_layout.h"
#include "tools/formats/results/trace_columns.h"

namespace understudy::formats {

using namespace hdf5;
using models::TraceDraw;
using models::TraceRow;

namespace {

/// Rows whose chunks are in the file, from the first on. The library reads a chunk that is missing as zeros, and a
/// kill in the middle of a flush left such columns in files of earlier builds.
std::uint64_t rows_saved(hid_t dataset) {
    const hsize_t rows = shape_of(dataset).at(0);
    const Handle properties(H5Dget_create_plist(dataset), "read");
    if (H5Pget_layout(properties) == H5D_CONTIGUOUS) return rows;
    hsize_t chunk = 0;
    if (H5Pget_layout(properties) != H5D_CHUNKED || H5Pget_chunk(properties, 1, &chunk) != 1 || chunk == 0) {
        throw Hdf5Error("a column of a trace is neither whole nor in chunks");
    }
    const auto saved = [&](hsize_t first) {
        haddr_t address = HADDR_UNDEF;
        hsize_t size = 0;
        unsigned filters = 0;
        check(H5Dget_chunk_info_by_coord(dataset, &first, &filters, &address, &size), "read");
        return address != HADDR_UNDEF && size > 0;
    };
    hsize_t end = rows;
    while (end > 0 && !saved((end - 1) / chunk * chunk)) end = (end - 1) / chunk * chunk;
    return end;
}

template <class Row>
class ColumnsReader {
public:
    explicit ColumnsReader(hid_t group, bool partial) {
        std::uint64_t shortest = UINT64_MAX, longest = 0;
        for_each_column<Row>([&](const auto& column) {
            Handle dataset = open_dataset(group, column.name);
            if (shape_of(dataset).size() != 1)
                throw Hdf5Error(fmt::format("'{}' is not a column", column.name));
            const std::uint64_t length =
                leaves_out_usual(column, dataset) ? shape_of(dataset)[0] : rows_saved(dataset);
            shortest = std::min(shortest, length);
            longest = std::max<std::uint64_t>(longest, partial ? length : shape_of(dataset)[0]);
            datasets_.push_back(std::move(dataset));
        });
        if (!partial && shortest != longest)
            throw Hdf5Error("the columns of a trace are of different lengths");
        rows_ = shortest;
    }

    std::uint64_t rows() const { return rows_; }

    std::vector<Row> read(std::uint64_t first, std::uint64_t count) const {
        if (first >= rows_) return {};
        count = std::min(count, rows_ - first);
        std::vector<Row> rows(count);
        std::size_t index = 0;
        for_each_column<Row>([&](const auto& column) {
            using Column = std::decay_t<decltype(column)>;
            using Member = std::decay_t<decltype(std::declval<Row>().*column.member)>;
            std::vector<typename Column::Value> values(count);
            read_slice<typename Column::Value>(datasets_[index++], first, values, column.name);
            for (std::size_t i = 0; i < count; ++i) rows[i].*column.member = static_cast<Member>(values[i]);
        });
        return rows;
    }

private:
    std::vector<Handle> datasets_;
    std::uint64_t rows_ = 0;
};

struct Replication {
    Replication(hid_t group, bool partial)
        : rows(group, partial),
          draws(open_group(group, Columns<TraceDraw>::group), partial),
          complete(read_attribute<std::uint8_t>(group, "complete") != 0) {}
    ColumnsReader<TraceRow> rows;
    ColumnsReader<TraceDraw> draws;
    bool complete;
};

}  // namespace

struct TraceReader::State {
    std::filesystem::path path;
    Handle file;
    bool partial = false;
    models::TraceHeader header;
    std::vector<std::int64_t> numbers;
    Handle traces;
    /// Columns stay open for one replication at a time: files with a thousand of them exist.
    mutable std::int64_t current_number = 0;
    mutable std::unique_ptr<Replication> current;

    /// What the library or we find wrong in the file, as an error of the file.
    template <class Action>
    auto guarded(Action&& action) const {
        be_quiet();
        return read_guarded(path, action);
    }

    const Replication& replication(std::int64_t number) const {
        kernel::require(std::binary_search(numbers.begin(), numbers.end(), number),
                        "a traced replication is asked for");
        if (current_number != number) {
            current = std::make_unique<Replication>(open_group(traces, std::to_string(number)), partial);
            current_number = number;
        }
        return *current;
    }

    void check_row(const TraceRow& row) const {
        using models::TraceEvent;
        const bool nowhere = row.element == models::no_element &&
                             (row.event == TraceEvent::leave || row.event == TraceEvent::act ||
                              row.event == TraceEvent::copy || row.event == TraceEvent::member);
        if ((row.element >= header.elements.size() && !nowhere) ||
            static_cast<int>(row.event) >= trace_event_count) {
            throw Hdf5Error("a row names an element or event that there is not");
        }
    }
    void check_row(const TraceDraw& draw) const {
        if (draw.element >= header.elements.size())
            throw Hdf5Error("a draw names an element that there is not");
    }

    template <class Rows>
    auto read(const Rows& columns, std::uint64_t first, std::uint64_t count) const {
        auto rows = columns.read(first, count);
        for (const auto& row : rows) check_row(row);
        return rows;
    }
};

TraceReader::TraceReader(const std::filesystem::path& path) : state_(std::make_unique<State>()) {
    State& state = *state_;
    state.path = path;
    state.file = open_for_reading(path);
    state.guarded([&] {
        require_our_format(state.file, path);
        state.partial = has_attribute(state.file, "partial");
        if (!has_link(state.file, "traces")) return;
        state.traces = open_group(state.file, "traces");
        state.header = read_trace_header(state.traces);
        state.numbers = replications_in(state.traces);
    });
}

TraceReader::~TraceReader() = default;
TraceReader::TraceReader(TraceReader&&) noexcept = default;

bool TraceReader::partial() const { return state_->partial; }
const models::TraceHeader& TraceReader::header() const { return state_->header; }
const std::vector<std::int64_t>& TraceReader::replications() const { return state_->numbers; }

bool TraceReader::complete(std::int64_t replication) const {
    return state_->guarded([&] { return state_->replication(replication).complete; });
}

std::uint64_t TraceReader::rows(std::int64_t replication) const {
    return state_->guarded([&] { return state_->replication(replication).rows.rows(); });
}

std::uint64_t TraceReader::draws(std::int64_t replication) const {
    return state_->guarded([&] { return state_->replication(replication).draws.rows(); });
}

std::vector<TraceRow> TraceReader::read_rows(std::int64_t replication, std::uint64_t first,
                                             std::uint64_t count) const {
    return state_->guarded([&] { return state_->read(state_->replication(replication).rows, first, count); });
}

std::vector<TraceDraw> TraceReader::read_draws(std::int64_t replication, std::uint64_t first,
                                               std::uint64_t count) const {
    return state_->guarded(
        [&] { return state_->read(state_->replication(replication).draws, first, count); });
}

void TraceReader::for_each_row(std::int64_t replication,
                               const std::function<void(const TraceRow&)>& tell) const {
    const std::uint64_t end = rows(replication);
    for (std::uint64_t first = 0; first < end; first += trace_chunk_rows) {
        for (const auto& row : read_rows(replication, first, trace_chunk_rows)) tell(row);
    }
}

void TraceReader::for_each_draw(std::int64_t replication,
                                const std::function<void(const TraceDraw&)>& tell) const {
    const std::uint64_t end = draws(replication);
    for (std::uint64_t first = 0; first < end; first += trace_chunk_rows) {
        for (const auto& row : read_draws(replication, first, trace_chunk_rows)) tell(row);
    }
}

}  // namespace understudy::formats
