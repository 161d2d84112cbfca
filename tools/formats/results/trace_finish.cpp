#include "tools/formats/results/trace_finish.h"

#include <libdeflate.h>

#include <algorithm>
#include <bit>
#include <deque>
#include <future>
#include <memory>
#include <new>
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
Bytes shuffled_and_deflated(const Bytes& values, std::size_t value_bytes) {
    Bytes shuffled(values.size());
    for (std::size_t byte = 0; byte < value_bytes; ++byte) {
        unsigned char* to = shuffled.data() + byte * trace_chunk_rows;
        for (std::size_t row = 0; row < trace_chunk_rows; ++row) to[row] = values[row * value_bytes + byte];
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

/// A column on its way from the live file to the finished one. Chunks pass as they are, without the library's
/// buffers and conversions.
class ColumnCopy {
public:
    ColumnCopy(hid_t from_group, hid_t to_group, const char* name, hid_t type, std::size_t value_bytes,
               TraceCompression compression)
        : from_(open_dataset(from_group, name)), rows_(shape_of(from_).at(0)), value_bytes_(value_bytes) {
        const hsize_t chunk = trace_chunk_rows, most = H5S_UNLIMITED;
        const Handle properties = dataset_properties();
        check(H5Pset_chunk(properties, 1, &chunk), "prepare");
        if (compression == TraceCompression::deflate) {
            check(H5Pset_shuffle(properties), "prepare");
            check(H5Pset_deflate(properties, 1), "prepare");
        }
        const Handle space(H5Screate_simple(1, &rows_, &most), "prepare");
        to_ = Handle(H5Dcreate2(to_group, name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT),
                     "create a column");
    }

    void copy() {
        Bytes values(trace_chunk_rows * value_bytes_);
        for (hsize_t first = 0; first < rows_; first += trace_chunk_rows) {
            read(first, values);
            write(first, values);
        }
    }

    /// Compressing takes most of the time and the library would do it one chunk at a time, so it is done here on
    /// all cores; chunks are written in order, so that the bytes are the same for any number.
    void copy_compressed() {
        std::deque<std::pair<hsize_t, std::future<Bytes>>> on_the_way;
        const std::size_t at_once = 2 * std::max(1u, std::thread::hardware_concurrency());
        const auto write_first = [&] {
            write(on_the_way.front().first, on_the_way.front().second.get());
            on_the_way.pop_front();
        };
        for (hsize_t first = 0; first < rows_; first += trace_chunk_rows) {
            if (on_the_way.size() >= at_once) write_first();
            Bytes values(trace_chunk_rows * value_bytes_);
            read(first, values);
            on_the_way.emplace_back(first, std::async(std::launch::async, [this, moved = std::move(values)] {
                                        return shuffled_and_deflated(moved, value_bytes_);
                                    }));
        }
        while (!on_the_way.empty()) write_first();
    }

private:
    /// Zeros follow the last row.
    void read(hsize_t first, Bytes& values) {
        hsize_t stored = 0;
        check(H5Dget_chunk_storage_size(from_, &first, &stored), "read a column");
        if (stored != values.size()) throw Hdf5Error("a chunk of the live file is missing");
        std::uint32_t filters = 0;
        check(H5Dread_chunk(from_, H5P_DEFAULT, &first, &filters, values.data()), "read a column");
        const std::size_t rows = std::min<hsize_t>(trace_chunk_rows, rows_ - first);
        std::fill(values.begin() + static_cast<std::ptrdiff_t>(rows * value_bytes_), values.end(), 0);
    }
    void write(hsize_t first, const Bytes& values) {
        check(H5Dwrite_chunk(to_, H5P_DEFAULT, 0, &first, values.size(), values.data()), "write a column");
    }

    Handle from_, to_;
    hsize_t rows_;
    std::size_t value_bytes_;
};

template <class Row>
void copy_columns(hid_t from_group, hid_t to_group, TraceCompression compression) {
    for_each_column<Row>([&](const auto& column) {
        using Value = typename std::decay_t<decltype(column)>::Value;
        ColumnCopy column_copy(from_group, to_group, column.name, stored_type<Value>(), sizeof(Value),
                               compression);
        if (compression == TraceCompression::deflate)
            column_copy.copy_compressed();
        else
            column_copy.copy();
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
