#include "tools/reports/cheapest_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

#include "tools/reports/candidate_words.h"
#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/table.h"

namespace understudy::reports {

namespace {

using studies::Candidate;
using studies::CheapestResult;
using studies::Study;
using studies::Verdict;

using Row = std::vector<std::string>;

std::string cost_text(const CheapestResult& result, const Candidate& candidate) {
    return candidate.cost ? cost_words(*candidate.cost, result.cost_unit) : "";
}

/// `text` broken at spaces; words that are wider than a line are shortened.
std::vector<std::string> lines_of(const std::string& text, int width) {
    std::vector<std::string> lines(1);
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        word = shorten(word, width);
        std::string& line = lines.back();
        if (line.empty())
            line = word;
        else if (text_width(line) + 1 + text_width(word) <= width)
            line += " " + word;
        else
            lines.push_back(word);
    }
    return lines;
}

/// The last cell of each row in lines of a row each, as wide as the cells before it leave room.
std::vector<Row> wrapped_at_end(const std::vector<Row>& rows, int width) {
    constexpr int comfortable = 36, least = 16, least_of_first = 12, most_lines = 3;
    std::vector<int> widths(rows.front().size() - 1);
    for (const Row& row : rows)
        for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], text_width(row[i]));
    const auto room_with = [&](int first) {
        int room = width - 2 - (first + 2);
        for (std::size_t i = 1; i < widths.size(); ++i) room -= widths[i] + 2;
        return room;
    };
    // What is long in the first column may stand above the rest of its row.
    int room = room_with(widths.front());
    if (room < comfortable) room = room_with(std::min(widths.front(), least_of_first));
    room = std::max(least, room);
    std::vector<Row> result;
    for (const Row& row : rows) {
        const std::vector<std::string> lines = lines_of(shorten(row.back(), most_lines * room), room);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            result.push_back(i == 0 ? row : Row(row.size()));
            result.back().back() = lines[i];
        }
    }
    return result;
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
    page.what_was_set(study.set);
    page.wrapped("", basis_words(result, study.factors.size()));
    if (result.warm_up_s && *result.warm_up_s > 0)
        page.wrapped(
            "", fmt::format("warm-up of {} cut ({})", human(*result.warm_up_s, "s"), result.warm_up_reason));
    if (!result.explanation.empty()) page.wrapped("", result.explanation);
    page.warnings("warning: ", result.warnings, "--json has all");
    if (result.best) {
        page.heading("Cheapest that keeps its promises");
        page.wrapped("  ", setting_words(study, result.best->values) +
                               (result.best->cost ? ": " + cost_text(result, *result.best) : ""));
        if (result.best->promises.empty() && !result.best->why.empty()) page.wrapped("  ", result.best->why);
        add_promises(page, *result.best);
    }
    if (result.current) {
        page.heading("As it is now");
        const Candidate& now = *result.current;
        std::string setting = setting_words(study, now.values);
        if (now.cost) setting += (setting.empty() ? "" : ": ") + cost_text(result, now);
        if (!setting.empty()) page.wrapped("  ", setting);
        if (now.promises.empty() || !now.why.empty())
            page.wrapped("  " + page.verdict(now.verdict, 14),
                         now.why.empty() ? "it was not simulated" : now.why);
        add_promises(page, now);
    }
    if (!result.certificate.empty()) {
        page.heading(proof_words(result));
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
            row.push_back(why_words(one));
            rows.push_back(std::move(row));
        }
        std::string text = table(wrapped_at_end(rows, page.width()), page.width());
        text.pop_back();
        page.line(text);
        if (result.certificate.size() > most_rows)
            page.line(fmt::format("  and {} more; --json has all", result.certificate.size() - most_rows));
    }
    return page.take();
}

}  // namespace understudy::reports
