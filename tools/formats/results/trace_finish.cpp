#include "tools/formats/results/trace_finish.h"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <deque>
#include <future>
#include <new>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

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

/// As the library's own shuffle and deflate would leave a chunk: byte by byte of all values, then zlib.
std::vector<unsigned char> shuffled_and_deflated(const unsigned char* values, std::size_t value_bytes) {
    std::vector<unsigned char> shuffled(trace_chunk_rows * value_bytes);
    for (std::size_t byte = 0; byte < value_bytes; ++byte) {
        unsigned char* to = shuffled.data() + byte * trace_chunk_rows;
        for (std::size_t row = 0; row < trace_chunk_rows; ++row) to[row] = values[row * value_bytes + byte];
    }
    uLongf size = ::compressBound(shuffled.size());
    std::vector<unsigned char> deflated(size);
    if (::compress2(deflated.data(), &size, shuffled.data(), shuffled.size(), 1) != Z_OK)
        throw std::bad_alloc();
    deflated.resize(size);
    return deflated;
}

/// Calls take(number of its first row, values) for each chunk of a column; zeros follow the last row.
template <class Value, class Take>
void for_each_chunk(hid_t from, hsize_t rows, const char* name, Take take) {
    for (hsize_t first = 0; first < rows; first += trace_chunk_rows) {
        std::vector<Value> values(trace_chunk_rows, Value{});
        read_slice<Value>(from, first,
                          std::span(values).first(std::min<hsize_t>(trace_chunk_rows, rows - first)), name);
        take(first, std::move(values));
    }
}

void write_chunk(hid_t to, hsize_t first, std::size_t bytes, const void* values) {
    check(H5Dwrite_chunk(to, H5P_DEFAULT, 0, &first, bytes, values), "write a column");
}

/// Compressing takes most of the time and the library would do it one chunk at a time, so it is done here on all
/// cores; chunks are written in order, so that the bytes are the same for any number.
template <class Value>
void copy_compressed(hid_t from, hid_t to, hsize_t rows, const char* name) {
    using Packed = std::future<std::vector<unsigned char>>;
    std::deque<std::pair<hsize_t, Packed>> on_the_way;
    const std::size_t at_once = 2 * std::max(1u, std::thread::hardware_concurrency());
    const auto write_first = [&] {
        const auto packed = on_the_way.front().second.get();
        write_chunk(to, on_the_way.front().first, packed.size(), packed.data());
        on_the_way.pop_front();
    };
    for_each_chunk<Value>(from, rows, name, [&](hsize_t first, std::vector<Value> values) {
        if (on_the_way.size() >= at_once) write_first();
        on_the_way.emplace_back(first, std::async(std::launch::async, [moved = std::move(values)] {
                                    return shuffled_and_deflated(
                                        reinterpret_cast<const unsigned char*>(moved.data()), sizeof(Value));
                                }));
    });
    while (!on_the_way.empty()) write_first();
}

template <class Value>
void copy_column(hid_t from_group, hid_t to_group, const char* name, TraceCompression compression) {
    const Handle from = open_dataset(from_group, name);
    const std::vector<hsize_t> shape = shape_of(from);
    const hsize_t rows = shape.at(0), chunk = trace_chunk_rows;
    const Handle properties = dataset_properties();
    check(H5Pset_chunk(properties, 1, &chunk), "prepare");
    if (compression == TraceCompression::deflate) {
        check(H5Pset_shuffle(properties), "prepare");
        check(H5Pset_deflate(properties, 1), "prepare");
    }
    const hsize_t most = H5S_UNLIMITED;
    const Handle space(H5Screate_simple(1, &rows, &most), "prepare");
    const Handle to(
        H5Dcreate2(to_group, name, stored_type<Value>(), space, H5P_DEFAULT, properties, H5P_DEFAULT),
        "create a column");
    if (compression == TraceCompression::deflate) return copy_compressed<Value>(from, to, rows, name);
    for_each_chunk<Value>(from, rows, name, [&](hsize_t first, const std::vector<Value>& values) {
        write_chunk(to, first, values.size() * sizeof(Value), values.data());
    });
}

template <class Row>
void copy_columns(hid_t from_group, hid_t to_group, TraceCompression compression) {
    for_each_column<Row>([&](const auto& column) {
        copy_column<typename std::decay_t<decltype(column)>::Value>(from_group, to_group, column.name,
                                                                    compression);
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
