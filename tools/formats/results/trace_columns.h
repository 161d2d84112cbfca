// The columns of a trace in a file, and rows turned into columns. Internal to tools/formats/results.
//
// One list of columns serves the live file, the finished file and the reader: what a column is called, how it
// is stored, and which member of the row it holds.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "models/trace.h"
#include "tools/formats/results/hdf5.h"
#include "tools/formats/results/result_layout.h"

namespace understudy::formats {

/// A column named `name` of stored type `Stored`, from and to a member of Row.
template <class Row, class Stored, class Member>
struct Column {
    using Value = Stored;
    const char* name;
    Member Row::*member;
};
template <class Stored, class Row, class Member>
constexpr Column<Row, Stored, Member> column_of(const char* name, Member Row::*member) {
    return {name, member};
}

/// The columns of a row type, in their order in the file, and the group below the replication's that they
/// stand in.
template <class Row>
struct Columns;

template <>
struct Columns<models::TraceRow> {
    using Row = models::TraceRow;
    static constexpr const char* group = nullptr;  ///< the replication's own
    static constexpr auto list = std::make_tuple(
        column_of<std::int64_t>("time_ns", &Row::time), column_of<std::uint8_t>("event", &Row::event),
        column_of<std::uint32_t>("element", &Row::element), column_of<std::uint64_t>("item", &Row::item),
        column_of<std::uint16_t>("attempt", &Row::attempt), column_of<std::int32_t>("worker", &Row::worker),
        column_of<double>("value", &Row::value));
};

template <>
struct Columns<models::TraceDraw> {
    using Row = models::TraceDraw;
    static constexpr const char* group = "draws";
    static constexpr auto list = std::make_tuple(column_of<std::uint64_t>("identity", &Row::identity),
                                                 column_of<std::uint32_t>("element", &Row::element),
                                                 column_of<std::uint16_t>("purpose", &Row::purpose),
                                                 column_of<std::uint16_t>("attempt", &Row::attempt),
                                                 column_of<double>("value", &Row::value));
};

template <class Row>
constexpr std::size_t column_count = std::tuple_size_v<decltype(Columns<Row>::list)>;

/// tell(column) for each column in order.
template <class Row, class Tell>
void for_each_column(Tell&& tell) {
    std::apply([&](const auto&... column) { (tell(column), ...); }, Columns<Row>::list);
}

/// Rows as they stand in a file: an array for each column.
template <class Row>
class ColumnBlock {
public:
    explicit ColumnBlock(std::size_t rows) : arrays_(make(Columns<Row>::list, rows)) {}

    void set(std::size_t place, const Row& row) {
        set(place, row, std::make_index_sequence<column_count<Row>>());
    }
    /// tell(column, its values) for each column in order.
    template <class Tell>
    void for_each(Tell&& tell) const {
        for_each(tell, std::make_index_sequence<column_count<Row>>());
    }

private:
    template <class... Each>
    static auto make(const std::tuple<Each...>&, std::size_t rows) {
        return std::make_tuple(std::make_unique_for_overwrite<typename Each::Value[]>(rows)...);
    }
    template <std::size_t... Index>
    void set(std::size_t place, const Row& row, std::index_sequence<Index...>) {
        (store(std::get<Index>(arrays_).get() + place, row.*std::get<Index>(Columns<Row>::list).member), ...);
    }
    template <class Value, class Member>
    static void store(Value* to, Member value) {
        *to = static_cast<Value>(value);
    }
    template <class Tell, std::size_t... Index>
    void for_each(Tell& tell, std::index_sequence<Index...>) const {
        (tell(std::get<Index>(Columns<Row>::list), std::get<Index>(arrays_).get()), ...);
    }

    decltype(make(Columns<Row>::list, 0)) arrays_;
};

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
