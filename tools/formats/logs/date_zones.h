// Do the dates of a log say their zone? Those that do not are read as of UTC, and moved to a zone that is known
// (models/replay/local_dates.h).
//
// A value; not thread-safe.
#pragma once

#include <string_view>

namespace understudy::formats {

class DateZones {
public:
    /// A date or a number that was read as an instant, as it stands in the log; numbers count for nothing.
    void add(std::string_view text) {
        const bool is_number = text.size() < 8 || text.find_first_of("-/T") == std::string_view::npos;
        if (is_number || mixed()) return;
        (says_zone(text) ? with_ : without_) = true;
    }
    /// There are dates, and none says its zone.
    bool local() const { return without_ && !with_; }
    /// Some say it and some do not.
    bool mixed() const { return without_ && with_; }

private:
    /// "2024-05-01T12:00Z" and "2024-05-01 12:00:00+02:00" do.
    static bool says_zone(std::string_view date) {
        const std::size_t clock = date.find_first_of("T ", date.find_first_not_of(" \t"));
        return clock != std::string_view::npos &&
               (date.find_first_of("+-Zz", clock) != std::string_view::npos ||
                date.find("UTC", clock) != std::string_view::npos);
    }

    bool with_ = false, without_ = false;
};

}  // namespace understudy::formats
