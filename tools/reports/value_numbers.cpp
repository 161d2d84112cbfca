#include "tools/reports/value_numbers.h"

#include <charconv>
#include <cmath>
#include <map>
#include <string_view>

namespace understudy::reports {

std::optional<ValueNumbers> numbers_of(const std::vector<std::string>& texts) {
    static const std::map<std::string_view, double> durations = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3},
                                                                 {"s", 1},     {"min", 60},  {"h", 3600},
                                                                 {"d", 86400}, {"w", 604800}};
    ValueNumbers read;
    bool first = true;
    for (const std::string& text : texts) {
        double value = 0;
        const char* const end = text.data() + text.size();
        const auto [rest, wrong] = std::from_chars(text.data(), end, value);
        if (wrong != std::errc() || !std::isfinite(value)) return std::nullopt;
        std::string unit(rest, end);
        if (const auto known = durations.find(unit); known != durations.end()) {
            value *= known->second;
            unit = "s";
        } else if (unit == "%") {
            value /= 100;
            unit = "fraction";
        }
        if (unit.find_first_of("0123456789.( ") != std::string::npos) return std::nullopt;
        if (!first && unit != read.unit) return std::nullopt;
        read.unit = unit;
        read.values.push_back(value);
        first = false;
    }
    return first ? std::nullopt : std::optional(read);
}

}  // namespace understudy::reports
