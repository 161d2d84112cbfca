// Dates as people and office programs write them: "31.12.2019 10:00", "2019/12/31 9:05:00.250", "12/31/2019 1:00 PM".
//
// With points the day comes first; with slashes or dashes before the year either may, and one date by itself need not say
// which: that is for the log as a whole to say. Years have four digits; days, months and hours one or two; a clock may be
// missing, as may its seconds, and a zone. Pure functions, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace understudy::formats {

enum class DayOrder { day_first, month_first };

/// What one text says of the order of a log's dates; nothing where it is no date that leaves it to a log.
enum class OrderSaid { nothing, open, day_first, month_first };
OrderSaid order_said_by(std::string_view date);

/// The same date as ISO 8601 has it, or nothing: no date, or one whose order has to be known and is not.
std::optional<std::string> iso_date(std::string_view date, std::optional<DayOrder> order);

}  // namespace understudy::formats
