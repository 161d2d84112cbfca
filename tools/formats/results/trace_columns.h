// The columns of a trace in a file. Internal to tools/formats/results.
//
// One list of columns serves the live file, the finished file and the reader: what a column is called, which
// array of a block it stores, and which member of the row it holds.
//
// Most chunks of some columns hold nothing but one value. It is their fill value, and such chunks are in no file: whoever
// reads them sees it all the same.
#pragma once

#include <cstdint>
#include <optional>
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
    std::optional<Stored> usual = std::nullopt;  ///< what all rows of a chunk have that is left out

    constexpr Column seldom_but(Stored value) const {
        Column column = *this;
        column.usual = value;
        return column;
    }
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
    static constexpr auto list = std::make_tuple(
        column_of("time_ns", &Arrays::time, &Row::time), column_of("event", &Arrays::event, &Row::event),
        column_of("element", &Arrays::element, &Row::element), column_of("item", &Arrays::item, &Row::item),
        column_of("attempt", &Arrays::attempt, &Row::attempt).seldom_but(Row{}.attempt),
        column_of("worker", &Arrays::worker, &Row::worker).seldom_but(Row{}.worker),
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
                        column_of("attempt", &Arrays::attempt, &Row::attempt).seldom_but(Row{}.attempt),
                        column_of("value", &Arrays::value, &Row::value));
};

/// tell(column) for each column in order.
template <class Row, class Tell>
void for_each_column(Tell&& tell) {
    std::apply([&](const auto&... column) { (tell(column), ...); }, Columns<Row>::list);
}

/// How a column is created, but for its chunks.
template <class Row, class Stored, class Member>
hdf5::Handle column_properties(const Column<Row, Stored, Member>& column) {
    hdf5::Handle properties = hdf5::dataset_properties();
    if (column.usual)
        hdf5::check(H5Pset_fill_value(properties, hdf5::native_type<Stored>(), &*column.usual), "prepare");
    return properties;
}

/// Are chunks of that dataset left out where they hold nothing but the usual value? Not in files of earlier builds.
template <class Row, class Stored, class Member>
bool leaves_out_usual(const Column<Row, Stored, Member>& column, hid_t dataset) {
    if (!column.usual) return false;
    const hdf5::Handle properties(H5Dget_create_plist(dataset), "read");
    H5D_fill_value_t defined = H5D_FILL_VALUE_UNDEFINED;
    hdf5::check(H5Pfill_value_defined(properties, &defined), "read");
    return defined == H5D_FILL_VALUE_USER_DEFINED;
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
