#include "tools/formats/transformations/column_profiles.h"

#include <xxhash.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <set>
#include <string_view>
#include <unordered_set>

#include "tools/formats/transformations/sql_value.h"

namespace understudy::formats {

namespace {

constexpr std::size_t least_hashes = 1024;
constexpr std::size_t most_values = 100;
constexpr std::size_t most_value_bytes = 4096;  ///< no enum has longer ones
constexpr std::int64_t most_hash_bytes = 192LL << 20;

std::uint64_t hash_of(const SqlValue& value) {
    const auto kind = static_cast<std::uint64_t>(value.kind);
    switch (value.kind) {
        case SqlValue::Kind::integer: return XXH3_64bits_withSeed(&value.integer, sizeof value.integer, kind);
        case SqlValue::Kind::real: return XXH3_64bits_withSeed(&value.real, sizeof value.real, kind);
        default: return XXH3_64bits_withSeed(value.bytes.data(), value.bytes.size(), kind);
    }
}

/// A set of hashes in one block of memory.
class HashSet {
public:
    /// False: it was there.
    bool insert(std::uint64_t hash) {
        if (2 * (count_ + 1) > slots_.size()) grow();
        if (!place(hash)) return false;
        ++count_;
        return true;
    }
    std::int64_t bytes() const { return static_cast<std::int64_t>(slots_.size() * sizeof(std::uint64_t)); }
    void clear() {
        slots_ = {};
        count_ = 0;
    }

private:
    bool place(std::uint64_t hash) {
        if (hash == 0) hash = 1;  // 0 marks an empty slot
        for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
            if (slots_[at] == hash) return false;
            if (slots_[at] != 0) continue;
            slots_[at] = hash;
            return true;
        }
    }
    void grow() {
        std::vector<std::uint64_t> old = std::move(slots_);
        slots_.assign(std::max<std::size_t>(64, 2 * old.size()), 0);
        for (const std::uint64_t hash : old)
            if (hash != 0) place(hash);
    }

    std::vector<std::uint64_t> slots_;
    std::size_t count_ = 0;
};

bool digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return false;
    return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                       text.begin() + static_cast<std::ptrdiff_t>(at + count),
                       [](char c) { return c >= '0' && c <= '9'; });
}

int two_digits(std::string_view text, std::size_t at) { return 10 * (text[at] - '0') + text[at + 1] - '0'; }

bool is_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    if (!digits(text, 0, 4) || !digits(text, 5, 2) || !digits(text, 8, 2)) return false;
    const int year = 100 * two_digits(text, 0) + two_digits(text, 2), month = two_digits(text, 5),
              day = two_digits(text, 8);
    if (month < 1 || month > 12 || day < 1) return false;
    constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/// 05:00, 05:00:00, 05:00:00.123; `rest`: what comes behind.
bool is_time(std::string_view text, std::string_view* rest = nullptr) {
    if (text.size() < 5 || text[2] != ':' || !digits(text, 0, 2) || !digits(text, 3, 2)) return false;
    if (two_digits(text, 0) > 23 || two_digits(text, 3) > 59) return false;
    std::size_t end = 5;
    if (text.size() >= 8 && text[5] == ':' && digits(text, 6, 2)) {
        if (two_digits(text, 6) > 60) return false;
        end = 8;
        if (text.size() > 9 && text[8] == '.' && digits(text, 9, 1))
            for (end = 9; end < text.size() && text[end] >= '0' && text[end] <= '9';) ++end;
    }
    if (rest != nullptr) *rest = text.substr(end);
    return rest != nullptr || end == text.size();
}

bool is_timestamp(std::string_view text) {
    if (text.size() < 16 || (text[10] != 'T' && text[10] != ' ') || !is_date(text.substr(0, 10)))
        return false;
    std::string_view zone;
    if (!is_time(text.substr(11), &zone)) return false;
    if (zone.empty() || zone == "Z") return true;
    if (zone[0] != '+' && zone[0] != '-') return false;
    return (zone.size() == 3 && digits(zone, 1, 2)) || (zone.size() == 5 && digits(zone, 1, 4)) ||
           (zone.size() == 6 && zone[3] == ':' && digits(zone, 1, 2) && digits(zone, 4, 2));
}

/// Of a date or a timestamp: seconds since 1970, without fractions.
std::int64_t instant_of(std::string_view text) {
    const std::chrono::year_month_day day{std::chrono::year(100 * two_digits(text, 0) + two_digits(text, 2)),
                                          std::chrono::month(static_cast<unsigned>(two_digits(text, 5))),
                                          std::chrono::day(static_cast<unsigned>(two_digits(text, 8)))};
    constexpr std::int64_t minute = 60, hour = 3600;
    std::int64_t instant =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::sys_days(day).time_since_epoch())
            .count();
    if (text.size() < 16) return instant;
    std::string_view zone;
    text.remove_prefix(11);
    is_time(text, &zone);
    instant += two_digits(text, 0) * hour + two_digits(text, 3) * minute;
    if (text.size() - zone.size() >= 8) instant += two_digits(text, 6);
    if (zone.size() < 3) return instant;
    std::int64_t east = two_digits(zone, 1) * hour;
    if (zone.size() > 3) east += two_digits(zone, zone.size() - 2) * minute;
    return instant - (zone[0] == '-' ? -east : east);
}

bool is_decimal(std::string_view text) {
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
    const std::size_t dot = std::min(text.find('.'), text.size());
    const std::size_t behind = dot == text.size() ? 0 : text.size() - dot - 1;
    return dot + behind > 0 && digits(text, 0, dot) && (behind == 0 || digits(text, dot + 1, behind));
}

bool is_boolean(std::string_view text) {
    const auto same = [&](std::string_view word) {
        return text.size() == word.size() &&
               std::equal(text.begin(), text.end(), word.begin(),
                          [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
    };
    return same("true") || same("false");
}

/// A number without the point that SQL writes of a REAL that is whole.
std::string as_an_enum_has_it(const SqlValue& value, const std::string& shown) {
    if (value.kind == SqlValue::Kind::text) return std::string(value.bytes.substr(0, most_value_bytes));
    const bool whole = value.kind == SqlValue::Kind::real && shown.ends_with(".0");
    return whole ? shown.substr(0, shown.size() - 2) : shown;
}

}  // namespace

struct ColumnProfiles::Column {
    studies::ColumnProfile profile;
    std::set<std::uint64_t> least;            ///< hashes
    std::unordered_set<std::uint64_t> known;  ///< hashes of `profile.values`
    HashSet all;                              ///< while it is unique
    double sum = 0, rest = 0;                 ///< Neumaier 1974
    std::string first, last;                  ///< whole texts
    std::int64_t numbers = 0;

    void widen(double value) {
        profile.least = profile.least ? std::min(*profile.least, value) : value;
        profile.greatest = profile.greatest ? std::max(*profile.greatest, value) : value;
    }

    void add_number(double value) {
        widen(value);
        const double next = sum + value;
        rest += std::fabs(sum) >= std::fabs(value) ? (sum - next) + value : (value - next) + sum;
        sum = next;
        ++numbers;
    }

    /// A number, though it came as text.
    void add_decimal(std::string_view text) {
        ++profile.decimals;
        if (text[0] == '+') text.remove_prefix(1);
        double value = 0;
        // Of more digits than a double has room for it is infinite.
        if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc())
            value = text[0] == '-' ? -HUGE_VAL : HUGE_VAL;
        widen(value);
    }

    void add_text(std::string_view text) {
        if (profile.texts == 0 || text < first) first = text;
        if (profile.texts == 0 || text > last) last = text;
        ++profile.texts;
        std::int64_t characters = 0;
        for (const char c : text) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
        profile.longest = std::max(profile.longest, characters);
        if (text.empty()) return;
        const char c = text[0];
        if ((c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.') {
            const bool date = is_date(text), timestamp = is_timestamp(text);
            profile.dates += date ? 1 : 0;
            profile.timestamps += timestamp ? 1 : 0;
            if (date || timestamp) {
                const std::int64_t instant = instant_of(text);
                profile.newest = profile.newest ? std::max(*profile.newest, instant) : instant;
            }
            profile.times += is_time(text) ? 1 : 0;
            if (is_decimal(text)) add_decimal(text);
        } else {
            profile.booleans += is_boolean(text) ? 1 : 0;
        }
    }

    /// `hash_bytes`: of the sets of all columns, which this one adds to.
    void add_hash(const SqlValue& value, std::int64_t& hash_bytes) {
        const std::uint64_t hash = hash_of(value);
        if (least.size() < least_hashes) {
            least.insert(hash);
        } else if (hash < *least.rbegin() && least.insert(hash).second) {
            least.erase(std::prev(least.end()));
            profile.distinct_is_exact = false;
        } else if (hash > *least.rbegin()) {
            profile.distinct_is_exact = false;
        }
        if (profile.values_are_all && !known.contains(hash)) {
            if (known.size() < most_values) {
                known.insert(hash);
                std::string shown = shown_value(value);
                profile.values.push_back({as_an_enum_has_it(value, shown), std::move(shown)});
            } else {
                profile.values_are_all = false;
                known = {};
            }
        }
        if (profile.unique != studies::ColumnProfile::Unique::yes) return;
        hash_bytes -= all.bytes();
        const bool is_new = all.insert(hash);
        hash_bytes += all.bytes();
        if (is_new && hash_bytes <= most_hash_bytes) return;
        profile.unique =
            is_new ? studies::ColumnProfile::Unique::unknown : studies::ColumnProfile::Unique::no;
        if (!is_new) profile.repeated = shown_value(value);
        hash_bytes -= all.bytes();
        all.clear();
    }

    studies::ColumnProfile take(std::int64_t rows) {
        profile.rows = rows;
        // What corrects an infinite sum is no number.
        if (numbers > 0)
            profile.mean = (std::isfinite(sum) ? sum + rest : sum) / static_cast<double>(numbers);
        if (profile.texts > 0) {
            profile.first_text = shown_text(first);
            profile.last_text = shown_text(last);
        }
        profile.distinct = static_cast<std::int64_t>(least.size());
        if (!profile.distinct_is_exact)
            profile.distinct = std::min<std::int64_t>(
                rows - profile.nulls, std::llround(static_cast<double>(least_hashes - 1) /
                                                   (static_cast<double>(*least.rbegin()) / 0x1p64)));
        if (profile.unique == studies::ColumnProfile::Unique::yes) {
            profile.distinct = rows - profile.nulls;
            profile.distinct_is_exact = true;
        }
        std::sort(profile.values.begin(), profile.values.end(),
                  [](const auto& a, const auto& b) { return a.shown < b.shown; });
        return std::move(profile);
    }
};

ColumnProfiles::ColumnProfiles(const std::vector<std::string>& columns) {
    for (const std::string& name : columns) {
        columns_.push_back(std::make_unique<Column>());
        columns_.back()->profile.name = name;
    }
}
ColumnProfiles::~ColumnProfiles() = default;
ColumnProfiles::ColumnProfiles(ColumnProfiles&&) noexcept = default;

void ColumnProfiles::add(const SqlRow& row) {
    ++rows_;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        Column& column = *columns_[i];
        studies::ColumnProfile& profile = column.profile;
        const SqlValue value = value_of(row, static_cast<int>(i));
        switch (value.kind) {
            case SqlValue::Kind::null: ++profile.nulls; continue;
            case SqlValue::Kind::integer:
                ++profile.integers;
                profile.least_integer =
                    std::min(profile.least_integer.value_or(value.integer), value.integer);
                profile.greatest_integer =
                    std::max(profile.greatest_integer.value_or(value.integer), value.integer);
                column.add_number(value.number());
                break;
            case SqlValue::Kind::real:
                ++profile.reals;
                column.add_number(value.real);
                break;
            case SqlValue::Kind::text: column.add_text(value.bytes); break;
            case SqlValue::Kind::blob: ++profile.blobs; break;
        }
        bytes_ += value.is_number() ? 8.0 : static_cast<double>(value.bytes.size());
        column.add_hash(value, hash_bytes_);
    }
}

studies::ResultProfile ColumnProfiles::take() {
    studies::ResultProfile result;
    result.rows = rows_;
    result.bytes = bytes_;
    for (const auto& column : columns_) result.columns.push_back(column->take(rows_));
    return result;
}

}  // namespace understudy::formats
