#include "tools/reports/moved_report.h"

#include <fmt/format.h>

#include <cmath>
#include <string_view>
#include <vector>

#include "models/listed.h"
#include "tools/reports/difference_text.h"
#include "tools/reports/numbers.h"

namespace understudy::reports {

using studies::MovedKind;
using studies::MovedOne;

namespace {

bool has_moved(const MovedKind& kind) {
    return kind.longer + kind.shorter + kind.baseline_only + kind.candidate_only > 0;
}

std::string longer_text(double seconds) { return difference_text(seconds, std::nullopt, std::nullopt, "s"); }

/// What of it is waiting, service or else: one word where it is one thing.
std::string split_text(const MovedOne::At& at) {
    const double wait = at.candidate.wait_s - at.baseline.wait_s;
    const double service = at.candidate.service_s - at.baseline.service_s;
    const double other = at.candidate.other_s - at.baseline.other_s;
    std::vector<std::string> parts;
    const auto add = [&](double seconds, const char* what, bool alone) {
        if (seconds != 0) parts.push_back(alone ? what : longer_text(seconds) + " " + what);
    };
    add(wait, "waiting", service == 0 && other == 0);
    add(service, "service", wait == 0 && other == 0);
    add(other, "other", wait == 0 && service == 0);
    return fmt::format("{}", fmt::join(parts, ", "));
}

void put_one(Page& page, const MovedOne& one) {
    const std::string front = "  " + padded(longer_text(one.moved_s()), 12, false);
    const std::string alike = one.alike > 0 ? fmt::format(" and {} alike", one.alike) : "";
    const UnitsBeside units = units_beside(one.baseline_s, one.candidate_s, "s");
    page.wrapped(front,
                 fmt::format("{}{}, from {} to {}", name_of(one.what), alike,
                             human_in(units.first, one.baseline_s), human_in(units.second, one.candidate_s)));
    if (const std::string text = moved_text(one); !text.empty()) page.wrapped(std::string(14, ' '), text);
}

void put_kind(Page& page, const MovedKind& kind, const char* plural) {
    constexpr std::size_t shown = 3;
    if (!has_moved(kind)) return;
    page.wrapped("  ", moved_counts_text(kind, plural));
    for (const std::vector<MovedOne>* most : {&kind.slower, &kind.faster})
        for (std::size_t i = 0; i < std::min(shown, most->size()); ++i) put_one(page, (*most)[i]);
}

}  // namespace

std::string moved_text(const MovedOne& one) {
    if (one.at.empty()) return "";
    const MovedOne::At& most = one.at.front();
    std::string text =
        fmt::format("{} at {} ({})", longer_text(most.moved_s()), most.element, split_text(most));
    if (!one.behind) return text;
    const MovedOne::Behind& behind = *one.behind;
    text += ", behind " + name_of(behind.who);
    const std::string where = behind.where == most.element ? "" : " at " + behind.where;
    text += fmt::format(" ({}{})", human(behind.seconds, "s"), where);
    text += models::and_more(behind.others);
    if (one.moved_s() < 0) text += " before";
    return text;
}

bool has_moved(const studies::Moved& moved) { return has_moved(moved.items) || has_moved(moved.runs); }

std::string moved_counts_text(const MovedKind& kind, const char* plural) {
    std::string text = fmt::format("of {} {}, {} took longer and {} less long", kind.compared, plural,
                                   kind.longer, kind.shorter);
    if (kind.baseline_only > 0) text += fmt::format("; {} ended in the baseline alone", kind.baseline_only);
    if (kind.candidate_only > 0)
        text += fmt::format("; {} ended in the candidate alone", kind.candidate_only);
    return text;
}

void put_moved(Page& page, const studies::Moved& moved) {
    if (!has_moved(moved)) return;
    page.heading("What moved most, in the first pair");
    put_kind(page, moved.items, "items");
    put_kind(page, moved.runs, "runs of pipelines");
    if (moved.cut)
        page.line(fmt::format("  Only the first {} of each run were looked at.", studies::most_compared));
    page.line();
}

}  // namespace understudy::reports
