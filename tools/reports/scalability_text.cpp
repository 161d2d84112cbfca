#include "tools/reports/scalability_text.h"

#include <fmt/format.h>

#include "tools/reports/numbers.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

namespace {

std::string fitted(const kernel::Estimate& estimate, const std::string& unit) {
    return with_interval({estimate.centre, estimate.low, estimate.high, estimate.level, 0}, unit);
}

}  // namespace

std::vector<std::string> scalability_words(const std::string& factor, const kernel::Scalability& law,
                                           const std::string& unit) {
    // A coherence that may be none has no peak that may not be far beyond; a law that does not hold has none to be believed.
    std::vector<std::string> lines = {fmt::format(
        "{} scales with {} each, contention {}, coherence {}; {}", factor, fitted(law.rate, unit),
        fitted(law.contention, "fraction"), fitted(law.coherence, "fraction"),
        law.peak_workers && law.coherence.low > 0 && !law.off_by
            ? fmt::format("most at {} ({} to {})", human_number(law.peak_workers->centre, 3),
                          human_number(law.peak_workers->low, 3), human_number(law.peak_workers->high, 3))
            : "no peak that is sure")};
    if (law.off_by)
        lines.push_back(fmt::format("the law does not fit these measurements: off by up to {}",
                                    human(*law.off_by, "fraction", 2)));
    return lines;
}

void add_scalability(Page& page, const std::string& factor, const kernel::Scalability& law,
                     const std::string& unit) {
    for (const std::string& line : scalability_words(factor, law, unit)) page.wrapped("  ", line);
}

}  // namespace understudy::reports
