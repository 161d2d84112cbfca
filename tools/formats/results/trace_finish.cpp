#include "tools/formats/results/trace_finish.h"

#include <libdeflate.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <deque>
#include <future>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "kernel/invariant.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/results/hdf5.h"
#include "tools/formats/results/result_layout.h"
#include "tools/formats/results/seal.h"
#include "tools/formats/results/trace_columns.h"

namespace understudy::formats {

using namespace hdf5;
using models::TraceDraw;
using models::TraceRow;

namespace {

static_assert(std::endian::native == std::endian::little, "columns are written as they stand in memory");

using Bytes = std::vector<unsigned char>;

/// As the library's own shuffle and deflate would leave a chunk: byte by byte of all values, then zlib's format.
Bytes shuffled_and_deflated(std::span<const std::byte> values, std::size_t value_bytes) {
    Bytes shuffled(values.size());
    for (std::size_t byte = 0; byte < value_bytes; ++byte) {
        unsigned char* to = shuffled.data() + byte * trace_chunk_rows;
        for (std::size_t row = 0; row < trace_chunk_rows; ++row)
            to[row] = static_cast<unsigned char>(values[row * value_bytes + byte]);
    }
    const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
        libdeflate_alloc_compressor(1), libdeflate_free_compressor);
    if (!compressor) throw std::bad_alloc();
    Bytes deflated(libdeflate_zlib_compress_bound(compressor.get(), shuffled.size()));
    deflated.resize(libdeflate_zlib_compress(compressor.get(), shuffled.data(), shuffled.size(),
                                             deflated.data(), deflated.size()));
    kernel::require(!deflated.empty(), "a compressed chunk fits its bound");
    return deflated;
}

/// A column of the live file, chunk by chunk and without the library's buffers and conversions.
template <class Column>
class LiveColumn {
public:
    using Value = typename Column::Value;

    LiveColumn(hid_t group, const Column& column)
        : dataset_(open_dataset(group, column.name)), rows_(shape_of(dataset_).at(0)) {
        const hsize_t all = (rows_ + trace_chunk_rows - 1) / trace_chunk_rows,
                      there = H5Dget_storage_size(dataset_) / chunk_bytes;
        empty_ = there == 0;
        some_left_out_ = there != all;
        if (some_left_out_ && !leaves_out_usual(column, dataset_))
            throw Hdf5Error("a chunk of the live file is missing");
    }

    hsize_t rows() const { return rows_; }
    /// No chunk is there: all rows have the usual value.
    bool empty() const { return empty_; }

    /// The chunk that begins with that row, zeros behind the last row; false where it is left out.
    bool read(hsize_t first, std::span<Value> values) const {
        if (some_left_out_) {
            hsize_t stored = 0;
            haddr_t address = HADDR_UNDEF;
            unsigned filtered = 0;
            check(H5Dget_chunk_info_by_coord(dataset_, &first, &filtered, &address, &stored),
                  "read a column");
            if (address == HADDR_UNDEF) return false;
        }
        std::uint32_t filters = 0;
        check(H5Dread_chunk(dataset_, H5P_DEFAULT, &first, &filters, values.data()), "read a column");
        std::fill(values.begin() + static_cast<std::ptrdiff_t>(rows_at(first)), values.end(), Value{});
        return true;
    }
    hsize_t rows_at(hsize_t first) const { return std::min<hsize_t>(trace_chunk_rows, rows_ - first); }

private:
    static constexpr hsize_t chunk_bytes = trace_chunk_rows * sizeof(Value);
    Handle dataset_;
    hsize_t rows_;
    bool empty_ = false, some_left_out_ = false;
};

/// As one piece, which costs a call for many chunks; a column that is empty stays so.
template <class Column>
void copy_whole(const LiveColumn<Column>& from, hid_t to_group, const Column& column) {
    using Value = typename Column::Value;
    const Handle properties = column_properties(column);
    if (!from.empty()) check(H5Pset_fill_time(properties, H5D_FILL_TIME_NEVER), "prepare");
    const hsize_t rows = from.rows();
    const Handle space(H5Screate_simple(1, &rows, nullptr), "prepare");
    const Handle to(
        H5Dcreate2(to_group, column.name, stored_type<Value>(), space, H5P_DEFAULT, properties, H5P_DEFAULT),
        "create a column");
    if (from.empty()) return;
    constexpr hsize_t at_once = 8;  // chunks
    std::vector<Value> values(at_once * trace_chunk_rows);
    for (hsize_t first = 0; first < rows; first += values.size()) {
        const hsize_t count = std::min<hsize_t>(values.size(), rows - first);
        for (hsize_t at = 0; at < count; at += trace_chunk_rows) {
            const std::span<Value> chunk = std::span(values).subspan(at, trace_chunk_rows);
            if (!from.read(first + at, chunk)) std::fill(chunk.begin(), chunk.end(), *column.usual);
        }
        check(H5Sselect_hyperslab(space, H5S_SELECT_SET, &first, nullptr, &count, nullptr), "write a column");
        const Handle memory_space(H5Screate_simple(1, &count, nullptr), "write a column");
        check(H5Dwrite(to, native_type<Value>(), memory_space, space, H5P_DEFAULT, values.data()),
              "write a column");
    }
}

/// Compressing takes most of the time and the library would do it one chunk at a time, so it is done here on
/// all cores; chunks are written in order, so that the bytes are the same for any number.
template <class Column>
void copy_compressed(const LiveColumn<Column>& from, hid_t to_group, const Column& column) {
    using Value = typename Column::Value;
    const Handle properties = column_properties(column);
    const hsize_t chunk = trace_chunk_rows, rows = from.rows(), most = H5S_UNLIMITED;
    check(H5Pset_chunk(properties, 1, &chunk), "prepare");
    check(H5Pset_shuffle(properties), "prepare");
    check(H5Pset_deflate(properties, 1), "prepare");
    const Handle space(H5Screate_simple(1, &rows, &most), "prepare");
    const Handle to(
        H5Dcreate2(to_group, column.name, stored_type<Value>(), space, H5P_DEFAULT, properties, H5P_DEFAULT),
        "create a column");
    std::deque<std::pair<hsize_t, std::future<Bytes>>> on_the_way;
    const std::size_t at_once = 2 * std::max(1u, std::thread::hardware_concurrency());
    const auto write_first = [&] {
        const hsize_t first = on_the_way.front().first;
        const Bytes bytes = on_the_way.front().second.get();
        on_the_way.pop_front();
        check(H5Dwrite_chunk(to, H5P_DEFAULT, 0, &first, bytes.size(), bytes.data()), "write a column");
    };
    for (hsize_t first = 0; first < rows; first += trace_chunk_rows) {
        if (on_the_way.size() >= at_once) write_first();
        std::vector<Value> values(trace_chunk_rows);
        if (!from.read(first, values)) continue;
        on_the_way.emplace_back(first, std::async(std::launch::async, [moved = std::move(values)] {
                                    return shuffled_and_deflated(std::as_bytes(std::span(moved)),
                                                                 sizeof(Value));
                                }));
    }
    while (!on_the_way.empty()) write_first();
}

template <class Row>
void copy_columns(hid_t from_group, hid_t to_group, TraceCompression compression) {
    for_each_column<Row>([&](const auto& column) {
        const LiveColumn from(from_group, column);
        if (compression == TraceCompression::deflate)
            copy_compressed(from, to_group, column);
        else
            copy_whole(from, to_group, column);
    });
}

}  // namespace

void write_trace_header_into(hid_t traces, const models::TraceHeader& header) {
    std::vector<std::string> events;
    for (int event = 0; event < trace_event_count; ++event) {
        events.emplace_back(name_of(static_cast<models::TraceEvent>(event)));
    }
    write_column(traces, "event_names", events);
    const Handle elements = create_group(traces, "elements");
    std::vector<std::string> names, kinds, labels;
    for (const auto& element : header.elements) {
        names.push_back(element.name);
        kinds.push_back(element.kind);
        labels.push_back(element.label);
    }
    write_column(elements, "name", names);
    write_column(elements, "kind", kinds);
    write_column(elements, "label", labels);
}

models::TraceHeader read_trace_header(hid_t traces) {
    const Handle elements = open_group(traces, "elements");
    const auto names = read_text_column(elements, "name");
    const auto kinds = read_text_column(elements, "kind");
    const auto labels = read_text_column(elements, "label");
    if (kinds.size() != names.size() || labels.size() != names.size()) {
        throw Hdf5Error("the elements' columns are of different lengths");
    }
    models::TraceHeader header;
    for (std::size_t i = 0; i < names.size(); ++i) header.elements.push_back({names[i], kinds[i], labels[i]});
    return header;
}

void write_result_with_traces(const std::filesystem::path& target, const studies::RunResult& result,
                              const std::filesystem::path& live, TraceCompression compression) {
    AtomicFile aside(target);
    {
        const Handle from_file = open_for_reading(live, true);
        const Handle from_traces = open_group(from_file, "traces");
        OutputFile to_file(OutputFile::Place::disk, aside.aside());
        write_result_into(to_file, result);
        const Handle to_traces = create_group(to_file, "traces");
        write_trace_header_into(to_traces, read_trace_header(from_traces));
        for (const std::int64_t number : replications_in(from_traces)) {
            const std::string name = std::to_string(number);
            const Handle from = open_group(from_traces, name);
            const Handle to = create_group(to_traces, name);
            write_attribute(to, "complete", read_attribute<std::uint8_t>(from, "complete"));
            copy_columns<TraceRow>(from, to, compression);
            const Handle from_draws = open_group(from, Columns<TraceDraw>::group);
            const Handle to_draws = create_group(to, Columns<TraceDraw>::group);
            copy_columns<TraceDraw>(from_draws, to_draws, compression);
        }
        to_file.close();
    }
    aside.write(seal_of_file(aside.aside()));
    aside.commit();
}

}  // namespace understudy::formats
