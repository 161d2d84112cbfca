#include "tools/studies/rate_words.h"

#include <cstdio>

namespace understudy::studies {

namespace {

constexpr double day_s = 86'400;

std::string of_unit(double value, const char* unit) {
    char text[40];
    std::snprintf(text, sizeof text, "%.3g%s", value, unit);
    return text;
}

}  // namespace

std::string two_digits(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.2g", value);
    return text;
}

std::string rate_in_words(double per_s) {
    return per_s >= 1          ? of_unit(per_s, "/s")
           : per_s * 3600 >= 1 ? of_unit(per_s * 3600, "/h")
                               : of_unit(per_s * day_s, "/d");
}

std::string span_in_words(double seconds) {
    return seconds < 120         ? of_unit(seconds, " s")
           : seconds < 2 * 3600  ? of_unit(seconds / 60, " min")
           : seconds < 2 * day_s ? of_unit(seconds / 3600, " h")
                                 : of_unit(seconds / day_s, " days");
}

std::string seconds_or_minutes(kernel::Time time) {
    return time < 2 * kernel::minute ? two_digits(kernel::to_seconds(time)) + " s"
                                     : std::to_string(time / kernel::minute) + " min";
}

}  // namespace understudy::studies
