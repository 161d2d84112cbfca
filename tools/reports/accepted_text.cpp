#include "tools/reports/accepted_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "tools/reports/difference_text.h"
#include "tools/reports/numbers.h"
#include "tools/reports/summary.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

using studies::Accepted;
using studies::Verdict;

namespace {

std::string amount(const std::optional<double>& value, const std::string& unit) { return human(value, unit); }

/// "5 s to 5.54 s", of the baseline and the candidate.
std::string from_to(const std::optional<double>& baseline, const std::optional<double>& candidate,
                    const std::string& unit) {
    if (!baseline || !candidate) return amount(baseline, unit) + " to " + amount(candidate, unit);
    const UnitsBeside units = units_beside(baseline, candidate, unit);
    return fmt::format(
        "from {} to {}",
        units.same ? human_number(*baseline * units.first.factor) : human_in(units.first, baseline),
        human_in(units.second, candidate));
}

}  // namespace

std::string not_rehearsed_text(const studies::RehearsalResult& result) {
    return result.interrupted && result.replications == 0 ? "interrupted before it was rehearsed" : "";
}

std::string found_text(const Accepted& entry) {
    if (entry.kind == Accepted::Kind::objective)
        return with_interval_and_before(entry.estimate, entry.baseline, entry.unit);
    const studies::Estimate& estimate = entry.estimate;
    const std::string both = from_to(entry.baseline, entry.candidate, entry.unit);
    const bool steady =
        entry.reason != studies::Reason::unstable && entry.reason != studies::Reason::critical;
    if (!steady) return both + " in these runs";
    if (!estimate.value) return both;
    return (entry.relative ? relative_difference_text(*estimate.value, estimate.low, estimate.high)
                           : difference_text(*estimate.value, estimate.low, estimate.high, entry.unit)) +
           ", " + both;
}

std::string parts_text(const Accepted& entry) {
    const studies::Estimate& estimate = entry.estimate;
    if (!estimate.value || !estimate.simulation || !estimate.input) return "";
    const bool objective = entry.kind == Accepted::Kind::objective;
    const auto part = [&](const char* name, const studies::PartOfInterval& of) {
        return std::string(name) + " " +
               (objective        ? amount(of.low, entry.unit) + " to " + amount(of.high, entry.unit)
                : entry.relative ? relative_difference_text(of.low, {}, {}) + " to " +
                                       relative_difference_text(of.high, {}, {})
                                 : difference_text(of.low, {}, {}, entry.unit) + " to " +
                                       difference_text(of.high, {}, {}, entry.unit));
    };
    return part("simulation", *estimate.simulation) + ", " + part("inputs", *estimate.input);
}

std::string effect_text(const Accepted& entry) {
    const std::string size = entry.relative ? human(*entry.smallest_effect, "fraction", 3)
                             : entry.kind == Accepted::Kind::increase && entry.unit == "fraction"
                                 ? human_number(100 * *entry.smallest_effect, 3) + " points"
                                 : human(*entry.smallest_effect, entry.unit, 3);
    return "told would be what lies " + size + " or more from the limit";
}

std::string why_text(const Accepted& entry) {
    std::string why = entry.verdict == Verdict::met || entry.reason == studies::Reason::limit
                          ? ""
                          : reason_words(entry.reason);
    if (!entry.explanation.empty()) why += (why.empty() ? "" : ": ") + entry.explanation;
    return why;
}

std::string would_be_text(const studies::NoLongerPromised& one) {
    if (!one.candidate.value) return "nothing in the candidate that it could be of";
    return fmt::format("would be {}: {}", studies::name_of(one.verdict),
                       with_interval_and_before(one.candidate, one.baseline, one.unit));
}

}  // namespace understudy::reports
