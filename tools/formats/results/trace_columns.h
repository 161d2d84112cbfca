// The columns of a trace in a file. Internal to tools/formats/results.
//
// One list of columns serves the live file, the finished file and the reader: what a column is called, which
// array of a block it stores, and which member of the row it holds.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <tuple>

#include "models/trace_sink.h"
#include "tools/formats/results/hdf5.h"
#include "tools/formats/results/result_layout.h"

namespace understudy::formats {

/// A column named `name`: an array of a block, and the member of the row that it holds.
template <class Row, class Stored, class Member>
struct Column {
    using Value = Stored;
    const char* name;
    Stored (models::TraceColumns<Row>::*array)[models::trace_block_rows];
    Member Row::*member;
};
template <class Row, class Stored, class Member>
constexpr Column<Row, Stored, Member> column_of(
    const char* name, Stored (models::TraceColumns<Row>::*array)[models::trace_block_rows],
    Member Row::*member) {
    return {name, array, member};
}

/// The columns of a row type, in their order in the file, and the group below the replication's that they
/// stand in.
template <class Row>
struct Columns;

template <>
struct Columns<models::TraceRow> {
    using Row = models::TraceRow;
    using Arrays = models::TraceColumns<Row>;
    static constexpr const char* group = nullptr;  ///< the replication's own
    static constexpr auto list =
        std::make_tuple(column_of("time_ns", &Arrays::time, &Row::time),
                        column_of("event", &Arrays::event, &Row::event),
                        column_of("element", &Arrays::element, &Row::element),
                        column_of("item", &Arrays::item, &Row::item),
                        column_of("attempt", &Arrays::attempt, &Row::attempt),
                        column_of("worker", &Arrays::worker, &Row::worker),
                        column_of("value", &Arrays::value, &Row::value));
};

template <>
struct Columns<models::TraceDraw> {
    using Row = models::TraceDraw;
    using Arrays = models::TraceColumns<Row>;
    static constexpr const char* group = "draws";
    static constexpr auto list =
        std::make_tuple(column_of("identity", &Arrays::identity, &Row::identity),
                        column_of("element", &Arrays::element, &Row::element),
                        column_of("purpose", &Arrays::purpose, &Row::purpose),
                        column_of("attempt", &Arrays::attempt, &Row::attempt),
                        column_of("value", &Arrays::value, &Row::value));
};

/// tell(column) for each column in order.
template <class Row, class Tell>
void for_each_column(Tell&& tell) {
    std::apply([&](const auto&... column) { (tell(column), ...); }, Columns<Row>::list);
}

/// Reads values [first, first + count) of a one-dimensional dataset.
template <class T>
void read_slice(hid_t dataset, std::uint64_t first, std::span<T> values, const char* name) {
    if (values.empty()) return;
    const hsize_t start = first, count = values.size();
    const hdf5::Handle file_space(H5Dget_space(dataset), "read");
    hdf5::check(H5Sselect_hyperslab(file_space, H5S_SELECT_SET, &start, nullptr, &count, nullptr), "read");
    const hdf5::Handle memory_space(H5Screate_simple(1, &count, nullptr), "read");
    hdf5::check(
        H5Dread(dataset, hdf5::native_type<T>(), memory_space, file_space, H5P_DEFAULT, values.data()),
        std::string("read '") + name + "'");
}

}  // namespace understudy::formats
