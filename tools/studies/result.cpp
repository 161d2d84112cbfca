#include "tools/studies/result.h"

#include <cstdio>
#include <string_view>

namespace understudy::studies {

std::string percent(double fraction) {
    // What is not all is not shown as all.
    constexpr int most_digits = 15;
    char text[32];
    for (int digits = 4; digits <= most_digits; ++digits) {
        std::snprintf(text, sizeof text, "%.*g%%", digits, 100 * fraction);
        if (!(fraction < 1) || std::string_view(text) != "100%") break;
    }
    return text;
}

std::string hexadecimal(std::uint64_t value) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
    return text;
}

const char* name_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::met: return "met";
        case Verdict::violated: return "violated";
        case Verdict::inconclusive: return "inconclusive";
    }
    return "inconclusive";
}

const char* name_of(Reason reason) {
    switch (reason) {
        case Reason::none: return "none";
        case Reason::limit: return "limit";
        case Reason::constraint: return "constraint";
        case Reason::unstable: return "unstable";
        case Reason::critical: return "critical";
        case Reason::precision: return "precision";
        case Reason::data: return "data";
        case Reason::warm_up: return "warm_up";
        case Reason::not_credible: return "not_credible";
        case Reason::no_objectives: return "no_objectives";
    }
    return "none";
}

}  // namespace understudy::studies
