#include "tools/formats/transformations/row_comparison.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "tools/formats/transformations/sql_value.h"

namespace understudy::formats {

namespace {

constexpr std::size_t most_examples = 5;  ///< of rows that only one of them has
constexpr std::int64_t most_of_a_column = 3;
constexpr std::size_t most_changed = 30;
constexpr std::size_t block_bytes = 1 << 20;
constexpr std::int64_t most_kept_bytes = 384LL << 20;
constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();

/// 1 and 1.0 are one key.
SqlValue key_value(SqlValue value) {
    constexpr double exact = 9007199254740992.0;  // 2^53
    if (value.kind == SqlValue::Kind::real && value.real == std::floor(value.real) &&
        std::fabs(value.real) <= exact) {
        value.integer = static_cast<std::int64_t>(value.real);
        value.kind = SqlValue::Kind::integer;
    }
    return value;
}

bool is_same(const SqlValue& a, const SqlValue& b, double tolerance) {
    if (a.kind == SqlValue::Kind::integer && b.kind == SqlValue::Kind::integer) return a.integer == b.integer;
    if (a.is_number() && b.is_number()) {
        const double x = a.number(), y = b.number();
        if (x == y) return true;
        if (std::isinf(x) || std::isinf(y)) return false;
        return std::fabs(x - y) <= tolerance * std::max({1.0, std::fabs(x), std::fabs(y)});
    }
    return a.kind == b.kind && a.bytes == b.bytes;
}

}  // namespace

/// Keys with the bytes behind them, found by the key.
struct RowComparison::Rows {
    /// `kept`: bytes of all such, together at most most_kept_bytes.
    explicit Rows(std::int64_t& kept) : kept_(kept) {}

    struct Row {
        std::uint64_t hash;
        const char* bytes;  ///< length of the key, the key, then the values
        bool matched;
    };
    std::vector<Row> rows;
    std::vector<std::uint32_t> slots;
    std::vector<std::unique_ptr<char[]>> blocks;
    std::size_t used = 0, size = 0;
    std::int64_t bytes = 0;

    Row* find(std::string_view key) {
        if (slots.empty()) return nullptr;
        const std::uint64_t hash = XXH3_64bits(key.data(), key.size());
        for (std::size_t at = hash & (slots.size() - 1); slots[at] != nowhere;
             at = (at + 1) & (slots.size() - 1)) {
            Row& row = rows[slots[at]];
            if (row.hash == hash && key_of(row.bytes) == key) return &row;
        }
        return nullptr;
    }

    void add(std::string_view key, std::string_view values) {
        if (2 * (rows.size() + 1) > slots.size()) grow();
        const std::size_t length = sizeof(std::uint32_t) + key.size() + values.size();
        if (used + length > size) {
            size = std::max(block_bytes, length);
            blocks.push_back(std::make_unique<char[]>(size));
            used = 0;
            bytes += static_cast<std::int64_t>(size);
        }
        char* const at = blocks.back().get() + used;
        used += length;
        const auto key_size = static_cast<std::uint32_t>(key.size());
        std::memcpy(at, &key_size, sizeof key_size);
        std::memcpy(at + sizeof key_size, key.data(), key.size());
        if (!values.empty()) std::memcpy(at + sizeof key_size + key.size(), values.data(), values.size());
        rows.push_back({XXH3_64bits(key.data(), key.size()), at, false});
        put(static_cast<std::uint32_t>(rows.size() - 1));
        const std::int64_t all =
            bytes + static_cast<std::int64_t>(rows.size() * sizeof(Row) + slots.size() * 4);
        kept_ += all - counted_;
        counted_ = all;
        if (kept_ > most_kept_bytes)
            throw SqlError(
                0, fmt::format("the rows to be compared take more than {} MiB", most_kept_bytes >> 20),
                "take a smaller sample");
    }

    static std::string_view key_of(const char* bytes) {
        std::uint32_t size = 0;
        std::memcpy(&size, bytes, sizeof size);
        return {bytes + sizeof size, size};
    }
    static const char* values_of(const char* bytes) {
        const std::string_view key = key_of(bytes);
        return key.data() + key.size();
    }

private:
    void put(std::uint32_t index) {
        std::size_t at = rows[index].hash & (slots.size() - 1);
        while (slots[at] != nowhere) at = (at + 1) & (slots.size() - 1);
        slots[at] = index;
    }
    void grow() {
        slots.assign(std::max<std::size_t>(64, 2 * slots.size()), nowhere);
        for (std::uint32_t i = 0; i < rows.size(); ++i) put(i);
    }

    std::int64_t& kept_;
    std::int64_t counted_ = 0;  ///< of them these
};

RowComparison::RowComparison(std::vector<std::string> key, double tolerance)
    : key_(std::move(key)),
      tolerance_(tolerance),
      rows_(std::make_unique<Rows>(kept_)),
      added_(std::make_unique<Rows>(kept_)) {
    found_.key = key_;
}
RowComparison::~RowComparison() = default;

void RowComparison::require_key(const std::vector<std::string>& columns, std::vector<int>& places) const {
    for (const std::string& name : key_) {
        const auto found = std::find(columns.begin(), columns.end(), name);
        if (found == columns.end())
            throw SqlError(
                0, fmt::format("the result has no column '{}', which rows are to be told apart by", name),
                fmt::format("select it, or take another key; there {} {}", columns.size() == 1 ? "is" : "are",
                            fmt::join(columns, ", ")));
        places.push_back(static_cast<int>(found - columns.begin()));
    }
}

bool RowComparison::take_key(const SqlRow& row, const std::vector<int>& places) {
    key_bytes_.clear();
    for (const int place : places) {
        const SqlValue value = value_of(row, place);
        if (value.kind == SqlValue::Kind::null) return false;
        append_value(key_value(value), key_bytes_);
    }
    return true;
}

void RowComparison::begin_baseline(const std::vector<std::string>& columns) {
    require_key(columns, baseline_key_);
    baseline_columns_ = columns;
}

void RowComparison::add_baseline(const SqlRow& row) {
    if (!take_key(row, baseline_key_)) {
        ++found_.without_key_baseline;
        return;
    }
    if (rows_->find(key_bytes_) != nullptr) {
        ++found_.repeated_baseline;
        return;
    }
    row_bytes_.clear();
    for (int i = 0; i < row.columns(); ++i) append_value(value_of(row, i), row_bytes_);
    rows_->add(key_bytes_, row_bytes_);
}

void RowComparison::begin_candidate(const std::vector<std::string>& columns) {
    require_key(columns, candidate_key_);
    for (std::size_t i = 0; i < baseline_columns_.size(); ++i) {
        const auto found = std::find(columns.begin(), columns.end(), baseline_columns_[i]);
        other_.push_back(found == columns.end() ? -1 : static_cast<int>(found - columns.begin()));
        if (found == columns.end()) found_.only_baseline.push_back(baseline_columns_[i]);
        by_column_.push_back({baseline_columns_[i], 0, 0});
        // The key has been compared.
        if (std::find(key_.begin(), key_.end(), baseline_columns_[i]) != key_.end()) other_.back() = -1;
    }
    for (const std::string& name : columns)
        if (std::find(baseline_columns_.begin(), baseline_columns_.end(), name) == baseline_columns_.end())
            found_.only_candidate.push_back(name);
}

void RowComparison::add_candidate(const SqlRow& row) {
    if (!take_key(row, candidate_key_)) {
        ++found_.without_key_candidate;
        return;
    }
    Rows::Row* const before = rows_->find(key_bytes_);
    if (before == nullptr) {
        if (added_->find(key_bytes_) != nullptr) {
            ++found_.repeated_candidate;
            return;
        }
        added_->add(key_bytes_, {});
        ++found_.added;
        if (added_examples_.size() < most_examples)
            added_examples_.push_back({shown_key(added_->rows.back().bytes), "", "no row", "a row"});
        return;
    }
    if (before->matched) {
        ++found_.repeated_candidate;
        return;
    }
    before->matched = true;
    compare_row(row, before->bytes);
}

void RowComparison::compare_row(const SqlRow& row, const char* kept) {
    const char* at = Rows::values_of(kept);
    bool differs = false;
    for (std::size_t i = 0; i < baseline_columns_.size(); ++i) {
        const SqlValue a = read_value(at);
        if (other_[i] < 0) continue;
        const SqlValue b = value_of(row, other_[i]);
        if (is_same(a, b, tolerance_)) continue;
        studies::RowDifferences::ByColumn& column = by_column_[i];
        ++column.changed;
        if (a.is_number() && b.is_number())
            column.greatest = std::max(column.greatest, std::fabs(a.number() - b.number()));
        if (column.changed <= most_of_a_column && changed_.size() < most_changed) {
            auto [before, after] = shown_apart(a, b);
            changed_.push_back({shown_key(kept), column.column, std::move(before), std::move(after)});
        }
        differs = true;
    }
    ++(differs ? found_.changed : found_.same);
}

std::string RowComparison::shown_key(const char* bytes) const {
    const std::string_view key = Rows::key_of(bytes);
    const char* at = key.data();
    std::string text;
    for (const std::string& name : key_)
        text += (text.empty() ? "" : ", ") + name + " " + shown_value(read_value(at));
    return text;
}

studies::RowDifferences RowComparison::take() {
    for (const Rows::Row& row : rows_->rows) {
        if (row.matched) continue;
        ++found_.deleted;
        if (deleted_.size() < most_examples)
            deleted_.push_back({shown_key(row.bytes), "", "a row", "no row"});
    }
    for (const auto& column : by_column_)
        if (column.changed > 0) found_.by_column.push_back(column);
    for (const auto* list : {&changed_, &deleted_, &added_examples_})
        found_.examples.insert(found_.examples.end(), list->begin(), list->end());
    return std::move(found_);
}

}  // namespace understudy::formats
