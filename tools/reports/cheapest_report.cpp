#include "tools/reports/cheapest_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/table.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

namespace {

using studies::Candidate;
using studies::CheapestResult;
using studies::Study;
using studies::Verdict;

using Row = std::vector<std::string>;

std::string cost_text(const CheapestResult& result, const Candidate& candidate) {
    if (!candidate.cost) return "";
    return human_number(*candidate.cost, 6) + (result.cost_unit.empty() ? "" : " " + result.cost_unit);
}

std::string settings_text(const Study& study, const Candidate& candidate) {
    std::string text;
    for (std::size_t f = 0; f < candidate.values.size(); ++f)
        text += (f == 0 ? "" : ", ") + study.factors[f].path + " " + candidate.values[f];
    return text;
}

std::string seen_of(const Candidate::Promise& promise) {
    return promise.estimate.value ? with_interval(promise.estimate, promise.unit) : "nothing was observed";
}

/// Of several promises the one to show: what is broken, else what is not decided.
int weight(Verdict verdict) {
    return verdict == Verdict::violated ? 2 : verdict == Verdict::inconclusive ? 1 : 0;
}

/// What decided: the promise that is broken, or the formula.
std::string why(const Candidate& candidate) {
    if (candidate.replications == 0 && candidate.promises.empty())
        return candidate.why.empty() ? "not simulated" : candidate.why;
    const Candidate::Promise* shown = nullptr;
    for (const Candidate::Promise& promise : candidate.promises)
        if (shown == nullptr || weight(promise.verdict) > weight(shown->verdict)) shown = &promise;
    std::string text = shown == nullptr ? "" : seen_of(*shown);
    if (!candidate.why.empty()) text += (text.empty() ? "" : ", ") + candidate.why;
    return text;
}

void add_promises(Page& page, const Candidate& candidate) {
    for (const Candidate::Promise& promise : candidate.promises) {
        page.wrapped("  " + page.verdict(promise.verdict, 14), promise.text);
        page.line("                " + seen_of(promise));
    }
}

}  // namespace

std::string cheapest_report(const Study& study, const CheapestResult& result, const TextOptions& look) {
    Page page(look);
    page.line(page.styled(study.name, bold) + ": " + page.verdict(result.verdict, 0) +
              (result.reason == studies::Reason::none || result.reason == studies::Reason::limit
                   ? std::string()
                   : fmt::format(" ({})", studies::name_of(result.reason))));
    page.wrapped("",
                 fmt::format("{} settings of {} {}, {} replications, {} confidence, seed {}", result.settings,
                             study.factors.size(), study.factors.size() == 1 ? "parameter" : "parameters",
                             result.replications, studies::percent(result.confidence), result.seed));
    if (result.warm_up_s && *result.warm_up_s > 0)
        page.wrapped(
            "", fmt::format("warm-up of {} cut ({})", human(*result.warm_up_s, "s"), result.warm_up_reason));
    if (!result.explanation.empty()) page.wrapped("", result.explanation);
    page.warnings("warning: ", result.warnings, "--json has all");
    if (result.best) {
        page.heading("Cheapest that keeps its promises");
        page.wrapped("  ", settings_text(study, *result.best) +
                               (result.best->cost ? ": " + cost_text(result, *result.best) : ""));
        if (result.best->promises.empty() && !result.best->why.empty()) page.wrapped("  ", result.best->why);
        add_promises(page, *result.best);
    }
    if (result.current) {
        page.heading("As it is now");
        std::string text = studies::name_of(result.current->verdict);
        if (result.current->cost) text += ", " + cost_text(result, *result.current);
        page.wrapped("  ", text + (why(*result.current).empty() ? "" : ": " + why(*result.current)));
    }
    if (!result.certificate.empty()) {
        const auto violated =
            std::count_if(result.certificate.begin(), result.certificate.end(),
                          [](const Candidate& one) { return one.verdict == Verdict::violated; });
        page.heading(violated == std::ssize(result.certificate)
                         ? (result.best ? "Proof: whatever is cheaper has no more than one of these"
                                        : "Proof: no setting has more than one of these")
                         : "What is cheaper, and not all of it violated yet");
        std::vector<Row> rows;
        Row head;
        for (const studies::Factor& factor : study.factors) head.push_back(factor.path);
        head.insert(head.end(), {"cost", "", ""});
        rows.push_back(head);
        constexpr std::size_t most_rows = 20;
        for (const Candidate& one : result.certificate) {
            if (rows.size() > most_rows) break;
            Row row = one.values;
            row.push_back(cost_text(result, one));
            row.push_back(studies::name_of(one.verdict));
            int used = 2;
            for (const std::string& cell : row) used += std::max(4, text_width(cell)) + 2;
            row.push_back(shorten(why(one), std::max(24, page.width() - used - 8)));
            rows.push_back(std::move(row));
        }
        std::string text = table(rows, page.width());
        text.pop_back();
        page.line(text);
        if (result.certificate.size() > most_rows)
            page.line(fmt::format("  and {} more; --json has all", result.certificate.size() - most_rows));
    }
    return page.take();
}

}  // namespace understudy::reports
