#include "tools/formats/results/live_file.h"

#include <string>
#include <vector>

#include "tools/formats/results/result_layout.h"
#include "tools/formats/results/trace_columns.h"

namespace understudy::formats {

using namespace hdf5;
using models::TraceDraw;
using models::TraceRow;

namespace {

/// The columns of one replication's rows or draws.
template <class Row>
class LiveColumns {
public:
    explicit LiveColumns(hid_t group) {
        for_each_column<Row>([&](const auto& column) {
            using Value = typename std::decay_t<decltype(column)>::Value;
            const Handle properties = column_properties(column);
            const hsize_t chunk = trace_chunk_rows, none = 0, any = H5S_UNLIMITED;
            check(H5Pset_chunk(properties, 1, &chunk), "prepare");
            const Handle access(H5Pcreate(H5P_DATASET_ACCESS), "prepare");
            check(H5Pset_chunk_cache(access, 1, trace_chunk_rows * sizeof(Value), 1.0), "prepare");
            const Handle space(H5Screate_simple(1, &none, &any), "prepare");
            columns_.push_back({Handle(
                H5Dcreate2(group, column.name, stored_type<Value>(), space, H5P_DEFAULT, properties, access),
                "create a column")});
        });
    }

    void append(const models::TraceBlock<Row>& rows, std::uint32_t first, std::uint32_t end) {
        const hsize_t start = rows_, whole = trace_chunk_rows;
        std::size_t index = 0;
        for_each_column<Row>([&](const auto& column) {
            using Value = typename std::decay_t<decltype(column)>::Value;
            Grown& to = columns_[index++];
            if (column.usual && !rows.has_unusual()) return;
            const Value* values = rows.columns().*column.array;
            // Some chunks ahead, as growing takes as long as writing; what is too much is taken back at a flush.
            if (to.length < start + end) resize(to, start + ahead * whole);
            if (end == whole) {
                // A chunk goes to the disk as it stands, with what was written of it before.
                check(H5Dwrite_chunk(to.dataset, H5P_DEFAULT, 0, &start, whole * sizeof(Value), values),
                      "write a column");
                return;
            }
            const hsize_t from = start + first, count = end - first;
            const Handle file_space(H5Dget_space(to.dataset), "grow a column");
            check(H5Sselect_hyperslab(file_space, H5S_SELECT_SET, &from, nullptr, &count, nullptr), "write");
            const Handle memory_space(H5Screate_simple(1, &count, nullptr), "write");
            check(H5Dwrite(to.dataset, native_type<Value>(), memory_space, file_space, H5P_DEFAULT,
                           values + first),
                  "write a column");
        });
        told_ = start + end;
        if (end == whole) rows_ += whole;
    }

    /// All columns are as long as there are rows.
    void even_out() {
        for (Grown& column : columns_)
            if (column.length != told_) resize(column, told_);
    }

private:
    static constexpr hsize_t ahead = 16;
    struct Grown {
        Handle dataset;
        hsize_t length = 0;
    };
    static void resize(Grown& column, hsize_t length) {
        check(H5Dset_extent(column.dataset, &length), "grow a column");
        column.length = length;
    }

    std::vector<Grown> columns_;
    std::uint64_t rows_ = 0;  ///< of the full blocks so far
    std::uint64_t told_ = 0;  ///< with those of the block at hand
};

}  // namespace

struct LiveFile::Replication {
    Replication(hid_t traces, std::int64_t number)
        : group(create_group(traces, std::to_string(number))),
          draws_group(create_group(group, Columns<TraceDraw>::group)),
          rows(group),
          draws(draws_group) {
        write_attribute(group, "complete", std::uint8_t{0});
    }
    void even_out() {
        rows.even_out();
        draws.even_out();
    }
    Handle group, draws_group;
    LiveColumns<TraceRow> rows;
    LiveColumns<TraceDraw> draws;
};

LiveFile::LiveFile(const std::filesystem::path& path, const models::TraceHeader& header,
                   const studies::Provenance& provenance)
    : file_(OutputFile::Place::live, path) {
    write_provenance_into(file_, provenance);
    write_attribute(file_, "partial", std::uint8_t{1});
    traces_ = create_group(file_, "traces");
    write_trace_header_into(traces_, header);
    flush();
}

LiveFile::~LiveFile() { file_.give_up(); }

void LiveFile::begin(std::int64_t replication) {
    open_.try_emplace(replication, std::make_unique<Replication>(traces_, replication));
}

template <>
void LiveFile::append(std::int64_t replication, const models::TraceBlock<TraceRow>& rows, std::uint32_t first,
                      std::uint32_t end) {
    open_.at(replication)->rows.append(rows, first, end);
}

template <>
void LiveFile::append(std::int64_t replication, const models::TraceBlock<TraceDraw>& draws,
                      std::uint32_t first, std::uint32_t end) {
    open_.at(replication)->draws.append(draws, first, end);
}

void LiveFile::end(std::int64_t replication, bool complete) {
    open_.at(replication)->even_out();
    if (complete) {
        const Handle attribute(H5Aopen(open_.at(replication)->group, "complete", H5P_DEFAULT),
                               "end a replication");
        const std::uint8_t yes = 1;
        check(H5Awrite(attribute, H5T_NATIVE_UINT8, &yes), "end a replication");
    }
    open_.erase(replication);  // closes its columns and their buffers
}

void LiveFile::flush() {
    for (const auto& [number, replication] : open_) replication->even_out();
    file_.flush();
}

void LiveFile::close() {
    for (const auto& [number, replication] : open_) replication->even_out();
    open_.clear();
    traces_.close();
    file_.close();
}

}  // namespace understudy::formats
