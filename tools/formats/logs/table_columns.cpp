#include "tools/formats/logs/table_columns.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/written_dates.h"
#include "tools/formats/printable.h"

namespace understudy::formats {

std::array<std::string, 2> words_of(std::string_view column) {
    std::string apart;
    for (std::size_t i = 0; i < column.size(); ++i) {
        const auto is = [&](std::size_t at, int (*kind)(int)) {
            return kind(static_cast<unsigned char>(column[at])) != 0;
        };
        if (i > 0 && is(i, std::isupper) && is(i - 1, std::islower)) apart += '_';
        apart += column[i];
    }
    return {plain_word(column), plain_word(apart)};
}

std::size_t column_titled(const std::vector<std::string>& header, std::string_view title) {
    const auto place = [&](auto same) {
        const auto at = std::find_if(header.begin(), header.end(), same);
        return at == header.end() ? absent : static_cast<std::size_t>(at - header.begin());
    };
    const std::size_t exact = place([&](const std::string& one) { return trimmed(one) == trimmed(title); });
    if (exact != absent) return exact;
    return place([&](const std::string& one) { return plain_word(one) == plain_word(title); });
}

bool is_date_text(std::string_view text) {
    text = trimmed(text);
    return text.size() > 10 && (date_instant(text) || order_said_by(text) == OrderSaid::open ||
                                iso_date(text, DayOrder::day_first));
}

std::string unread_times_note(std::string_view column) {
    return fmt::format("column '{}' holds times and is not used: none of the names of a start or an end",
                       printable(trimmed(column).substr(0, 40)));
}

}  // namespace understudy::formats
