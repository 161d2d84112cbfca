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

#include "tools/formats/logs/date_zones.h"

namespace understudy::formats {

enum class DayOrder { day_first, month_first };

/// What one text says of the order of a log's dates; nothing where it is no date that leaves it to a log.
enum class OrderSaid { nothing, open, day_first, month_first };
OrderSaid order_said_by(std::string_view date);

/// The same date as ISO 8601 has it, or nothing: no date, or one whose order has to be known and is not.
std::optional<std::string> iso_date(std::string_view date, std::optional<DayOrder> order);

/// What the dates of a log, seen one after the other, say of their order: the first that says one.
class DatesOrder {
public:
    /// Known from elsewhere: line() is 0.
    void set(DayOrder order) { order_ = order; }
    /// True where the text is a date that needs an order.
    bool see(std::string_view date, std::int64_t line);
    std::optional<DayOrder> get() const { return order_; }
    std::int64_t line() const { return line_; }

private:
    std::optional<DayOrder> order_;
    std::int64_t line_ = 0;
};

/// Nanoseconds since 1970 of a date of either writing, and nothing of a number; `zones` is told of it.
std::optional<std::int64_t> read_date(std::string_view text, std::optional<DayOrder> order, DateZones& zones);

/// What `--columns` says of the order: "dates: day first", whatever the case.
inline constexpr const char* dates_field = "dates";
/// Throws FileError, of the file of the table, where it says neither.
DayOrder order_said_as(std::string_view text, const std::string& file);

/// Of a date that leaves its order open in a log in which none says it.
std::string order_unknown(std::string_view date);

/// A number as spreadsheets keep days (since 1899-12-30, from 1954 to 2119), with a clock behind the point. So may seconds
/// look: only where all of a log do it is likely.
bool may_be_spreadsheet_day(std::string_view number);
inline constexpr const char* spreadsheet_days =
    "looks like the day number of a spreadsheet; give its column the format of a date with a clock and "
    "export "
    "it again";

}  // namespace understudy::formats
