// Names of the columns of a table: which one a title means, and the unit that a name ends with.
//
// Pure functions, thread-safe.
#pragma once

#include <array>
#include <cctype>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/time.h"

namespace understudy::formats {

struct PlainUnit {
    std::string_view word;
    std::int64_t value;  ///< in ns, or bytes
};
inline constexpr std::array<PlainUnit, 13> time_unit_words = {{{"ms", kernel::millisecond},
                                                               {"millis", kernel::millisecond},
                                                               {"us", kernel::microsecond},
                                                               {"ns", kernel::nanosecond},
                                                               {"s", kernel::second},
                                                               {"sec", kernel::second},
                                                               {"secs", kernel::second},
                                                               {"seconds", kernel::second},
                                                               {"min", kernel::minute},
                                                               {"minutes", kernel::minute},
                                                               {"h", kernel::hour},
                                                               {"hours", kernel::hour},
                                                               {"d", kernel::day}}};
/// Powers of 1024 whatever the spelling, as log_size() reads them.
inline constexpr std::array<PlainUnit, 18> size_unit_words = {{{"b", 1},
                                                               {"byte", 1},
                                                               {"bytes", 1},
                                                               {"k", 1LL << 10},
                                                               {"kb", 1LL << 10},
                                                               {"kib", 1LL << 10},
                                                               {"kbytes", 1LL << 10},
                                                               {"m", 1LL << 20},
                                                               {"mb", 1LL << 20},
                                                               {"mib", 1LL << 20},
                                                               {"mbytes", 1LL << 20},
                                                               {"g", 1LL << 30},
                                                               {"gb", 1LL << 30},
                                                               {"gib", 1LL << 30},
                                                               {"gbytes", 1LL << 30},
                                                               {"t", 1LL << 40},
                                                               {"tb", 1LL << 40},
                                                               {"tib", 1LL << 40}}};

/// What a column's name ends with, and how long the name is without it and what separates it.
struct NameEnding {
    std::int64_t unit = 0;  ///< 0: none
    std::size_t stem = 0;
};

/// "start_ms", "took (s)", "RAM [GB]"; `name` in small letters.
template <class Units>
NameEnding ending_of(std::string_view name, const Units& units) {
    const std::size_t last = name.find_last_not_of(" )]");
    if (last == std::string_view::npos) return {0, name.size()};
    for (const PlainUnit& unit : units) {
        if (last < unit.word.size()) continue;  // nothing in front of it
        const std::size_t begin = last + 1 - unit.word.size();
        if (name.substr(begin, unit.word.size()) != unit.word ||
            std::isalnum(static_cast<unsigned char>(name[begin - 1])) != 0)
            continue;
        const std::size_t stem = name.find_last_not_of(" ([_-.", begin - 1);
        return {unit.value, stem == std::string_view::npos ? 0 : stem + 1};
    }
    return {0, name.size()};
}

/// A column's name in small letters as it is, and then "startedAt" as "started_at".
std::array<std::string, 2> words_of(std::string_view column);

/// Where the column of that title is: to the letter, else whatever its case; `absent`: nowhere.
std::size_t column_titled(const std::vector<std::string>& header, std::string_view title);

/// Is this a date with a clock, as a column of instants has them?
bool is_date_text(std::string_view text);

/// Of a column whose values are dates and that is taken for nothing.
std::string unread_times_note(std::string_view column);

}  // namespace understudy::formats
