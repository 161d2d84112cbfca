#include "tools/reports/price_report.h"

#include <fmt/format.h>

#include <vector>

#include "tools/formats/printable.h"
#include "tools/reports/difference_text.h"
#include "tools/reports/markdown.h"
#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/table.h"
#include "tools/studies/schema_review.h"

namespace understudy::reports {

using studies::BackfillAt;
using studies::BackfillPrice;
using studies::Verdict;

namespace {

std::string what_text(const formats::Validation& validation, const BackfillPrice& price) {
    const char* category = studies::name_of(validation.review->category);
    if (!price.why_none.empty()) return fmt::format("{}, no backfill: {}", category, price.why_none);
    std::string text = fmt::format("{}, a backfill", category);
    if (price.over_s > 0) text += fmt::format(" of {} ({})", human(price.over_s, "s"), price.over_why);
    if (!price.why_unknown.empty()) text += ", not priced: " + price.why_unknown;
    return text;
}

std::string done_text(const BackfillAt& at) {
    return at.done_s ? human(*at.done_s, "s") : human(at.done_share, "fraction", 3) + " by the end";
}

std::string extra_cost_text(const BackfillPrice& price, const BackfillAt& at) {
    return at.cost ? difference_text(*at.cost, std::nullopt, std::nullopt, price.currency) : "-";
}

std::string work_text(const BackfillPrice& price) {
    std::string text =
        fmt::format("{} run{}, {} of work", price.runs, price.runs == 1 ? "" : "s", human(price.work_s, "s"));
    if (price.work_cost)
        text += fmt::format(", at {} of workers' time", human(*price.work_cost, price.currency));
    return text + fmt::format(", from {} on", human(price.begins_s, "s"));
}

/// Whom it delays, and what it puts at risk.
void put_at(Page& page, const BackfillAt& at) {
    std::vector<std::string> lines;
    for (const studies::Accepted& entry : at.objectives) {
        if (entry.verdict == Verdict::met) continue;
        const UnitsBeside units = units_beside(entry.estimate.value, entry.baseline, entry.unit);
        lines.push_back(fmt::format("{}: {}, {} with it, {} without", name_of(entry.verdict), entry.text,
                                    human_in(units.first, entry.estimate.value),
                                    human_in(units.second, entry.baseline)));
    }
    for (const studies::DelayedMeasure& one : at.delayed) {
        const UnitsBeside units = units_beside(one.before, one.after, one.unit);
        lines.push_back(fmt::format("{}: {}, from {} to {}", one.text,
                                    difference_text(one.more, one.low, one.high, one.unit,
                                                    shared_unit({one.before, one.after}, one.unit)),
                                    human_in(units.first, one.before), human_in(units.second, one.after)));
    }
    if (lines.empty()) lines.push_back("nobody is surely delayed");
    page.heading(fmt::format("With {} run{} at once", at.concurrency, at.concurrency == 1 ? "" : "s"));
    for (const std::string& line : lines) page.wrapped("  ", line);
}

std::string price_next(const formats::Validation& validation, const BackfillPrice& price) {
    if (!price.why_none.empty() || price.verdict == Verdict::met)
        return "understudy rehearse " + formats::printable(validation.file);
    if (!price.why_unknown.empty()) return "";
    return "fewer runs at once, another time (backfill: {at: ...}), or 'backfill: none' where what was "
           "written "
           "before may stay as it is";
}

}  // namespace

std::string price_report(const formats::Validation& validation, const BackfillPrice& price,
                         const TextOptions& look) {
    Page page(look);
    page.line(fmt::format("{} onto {}: {}", validation.change, formats::printable(validation.base),
                          price.why_none.empty() && price.why_unknown.empty()
                              ? page.verdict(price.verdict, 0) + (price.interrupted ? ", interrupted" : "")
                              : "not played"));
    page.wrapped("  ", what_text(validation, price));
    page.warnings("warning: ", price.warnings, "--json has all");
    std::vector<std::vector<std::string>> rows;
    for (const studies::BackfillTask& task : price.tasks)
        rows.push_back({task.job.name,
                        task.items > 0 ? fmt::format("{} item{}", task.items, task.items == 1 ? "" : "s")
                                       : fmt::format("{} runs", task.runs),
                        human(task.work_s, "s") + " each", task.job.why});
    for (const studies::RebuiltJob& stage : price.stages)
        rows.push_back({stage.name, price.why_none.empty() ? "a stage" : "", "not priced", stage.why});
    if (!rows.empty()) {
        page.heading(price.why_none.empty() ? "To be made anew" : "Left as it was written");
        std::string text = table(rows, page.width());
        text.pop_back();
        page.line(text);
    }
    if (!price.at.empty()) {
        page.line();
        page.wrapped("", work_text(price));
        page.line();
        std::vector<std::vector<std::string>> played = {{"at once", "done after", "cost", "objectives", ""}};
        for (const BackfillAt& at : price.at)
            played.push_back({std::to_string(at.concurrency), done_text(at), extra_cost_text(price, at),
                              name_of(at.verdict), at.why});
        std::string text = table(played, page.width());
        text.pop_back();
        page.line(text);
        for (const BackfillAt& at : price.at) put_at(page, at);
        page.line();
        page.wrapped(
            "", fmt::format("{} replications of each in pairs at the most, seed {}; {} confidence of all "
                            "objectives together",
                            price.at.back().replications, price.seed, human(price.confidence, "fraction")));
    }
    if (const std::string next = price_next(validation, price); !next.empty()) page.whole("Next: ", next);
    return page.take();
}

std::string price_markdown(const formats::Validation& validation, const BackfillPrice& price) {
    std::string text =
        fmt::format("## Price of {}{}\n\n{}\n\n", in_markdown(validation.change),
                    price.interrupted ? ": interrupted" : "", in_markdown(what_text(validation, price), 400));
    if (!price.at.empty()) {
        text += in_markdown(work_text(price), 400) + "\n\n";
        text +=
            "| at once | done after | cost | objectives | delayed most |\n| --- | --- | --- | --- | --- |\n";
        for (const BackfillAt& at : price.at) {
            std::string delayed = "nobody, surely";
            if (!at.delayed.empty())
                delayed = fmt::format("{}: {}", at.delayed.front().text,
                                      difference_text(at.delayed.front().more, at.delayed.front().low,
                                                      at.delayed.front().high, at.delayed.front().unit));
            text += fmt::format("| {} | {} | {} | {}{} | {} |\n", at.concurrency, in_markdown(done_text(at)),
                                in_markdown(extra_cost_text(price, at)), name_of(at.verdict),
                                at.why.empty() ? "" : "<br>" + in_markdown(at.why), in_markdown(delayed));
        }
    }
    TextOptions look;
    look.width = 80;
    return text + "\n<details><summary>The whole report</summary>\n\n" +
           fenced(price_report(validation, price, look)) + "\n</details>\n";
}

}  // namespace understudy::reports
