#include "tools/reports/validation_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/listed.h"
#include "tools/formats/printable.h"
#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/table.h"

namespace understudy::reports {

namespace {

using formats::printable;
using formats::printable_lines;
using studies::Check;

void put_rows(Page& page, const std::vector<std::vector<std::string>>& rows) {
    const std::string text = table(rows, page.width());
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = text.find('\n', begin);
        page.line(text.substr(begin, end - begin));
        begin = end + 1;
    }
}

const char* style_of(Check::Status status) {
    switch (status) {
        case Check::Status::passed: return "\033[1;32m";
        case Check::Status::failed: return "\033[1;31m";
        default: return "\033[1;33m";
    }
}

void put_check(Page& page, const Check& check) {
    // wrapped() counts what it is given: the colour goes in afterwards, by its own line.
    const std::string what =
        printable_lines(check.about.empty() ? check.message : check.about + ": " + check.message);
    page.line(fmt::format("  {}  {}",
                          page.styled(fmt::format("{:<7}", name_of(check.status)), style_of(check.status)),
                          page.styled(check.name, bold)));
    page.whole("           ", what);
    if (!check.place.empty() && check.status != Check::Status::passed)
        page.whole("           ", "at " + printable(check.place));
    if (!check.fix.empty()) page.whole("           fix: ", printable_lines(check.fix));
}

std::string counted(std::size_t count, const std::string& word) { return fmt::format("{} {}", count, word); }

std::string summary_of(const studies::Checks& checks) {
    std::size_t by_status[4] = {};
    for (const Check& check : checks) ++by_status[static_cast<int>(check.status)];
    std::string text = fmt::format("{} check{}", checks.size(), checks.size() == 1 ? "" : "s");
    const char* before = ": ";
    for (const Check::Status status :
         {Check::Status::failed, Check::Status::warned, Check::Status::skipped, Check::Status::passed})
        if (const std::size_t count = by_status[static_cast<int>(status)]; count > 0) {
            text += before + counted(count, name_of(status));
            before = ", ";
        }
    return text;
}

std::string extreme_of(const studies::ColumnProfile& p, bool least) {
    // Of numbers that are all whole none loses a digit.
    if (const auto& whole = least ? p.least_integer : p.greatest_integer; whole && p.reals + p.decimals == 0)
        return std::to_string(*whole);
    if (const auto& number = least ? p.least : p.greatest) return fmt::format("{:.7g}", *number);
    // NULL is counted, and none of the values.
    if (const auto& text = least ? p.first_text : p.last_text)
        return text->empty() ? "''" : shorten(printable(*text), 14);
    return "-";
}

void put_transformation(Page& page, const studies::Transformation& one) {
    page.heading(fmt::format("What {} makes of the sample", one.task));
    const auto rows_text = [](std::int64_t count) {
        return fmt::format("{} row{}", count, count == 1 ? "" : "s");
    };
    page.whole("  ", printable(fmt::format("{} -> {}: {} -> {}", one.from, one.to,
                                           rows_text(one.baseline.rows), rows_text(one.candidate.rows))));
    if (one.differences) {
        const studies::RowDifferences& d = *one.differences;
        page.line();
        put_rows(page, {{"rows", "same", "changed", "deleted", "added"},
                        {printable(fmt::format("by {}", fmt::join(d.key, ", "))), std::to_string(d.same),
                         std::to_string(d.changed), std::to_string(d.deleted), std::to_string(d.added)}});
        if (!d.by_column.empty()) {
            std::vector<std::vector<std::string>> rows = {{"column", "rows changed", "by at most"}};
            for (const auto& column : d.by_column)
                rows.push_back({printable(column.column), std::to_string(column.changed),
                                column.greatest > 0 ? fmt::format("{:.4g}", column.greatest) : "-"});
            page.line();
            put_rows(page, rows);
        }
        if (!d.examples.empty()) {
            std::vector<std::vector<std::string>> rows = {{"such as", "column", "before", "after"}};
            for (const studies::RowExample& example : d.examples) {
                // No number of SQL is longer.
                constexpr int widest_number = 24;
                const auto [before, after] =
                    shorten_apart(printable(example.baseline), printable(example.candidate), widest_number);
                rows.push_back(
                    {printable(example.key), shorten(printable(example.column), 16), before, after});
            }
            page.line();
            put_rows(page, rows);
        }
    }
    std::vector<std::vector<std::string>> rows = {{"column", "", "null", "distinct", "min", "max", "mean"}};
    const auto add = [&](const studies::ColumnProfile& p, const char* side) {
        rows.push_back({printable(p.name), side, std::to_string(p.nulls),
                        (p.distinct_is_exact ? "" : "~") + std::to_string(p.distinct), extreme_of(p, true),
                        extreme_of(p, false), p.mean ? fmt::format("{:.5g}", *p.mean) : "-"});
    };
    const auto named = [](const studies::ResultProfile& profile,
                          const std::string& name) -> const studies::ColumnProfile* {
        for (const studies::ColumnProfile& p : profile.columns)
            if (p.name == name) return &p;
        return nullptr;
    };
    constexpr std::size_t most = 40;
    std::size_t left_out = 0;
    for (const studies::ColumnProfile& p : one.candidate.columns) {
        if (rows.size() > most) {
            ++left_out;
            continue;
        }
        if (const auto* before = named(one.baseline, p.name)) add(*before, "before");
        add(p, "after");
    }
    page.line();
    put_rows(page, rows);
    if (left_out > 0) page.line(fmt::format("  and {} more columns: --json has all", left_out));
}

std::string keys_text(const studies::ChangedElement& element) { return models::listed(element.keys, 4); }

void names(Page& page, const char* heading, const std::vector<std::string>& all) {
    if (all.empty()) return;
    page.heading(heading);
    for (const std::string& name : all) page.wrapped("  ", name);
}

}  // namespace

std::string expected_value(const models::Answer& answer, const std::string& unit) {
    if (answer.kind == models::Answer::Kind::refused) return answer.unstable ? "unstable" : "-";
    return (answer.kind == models::Answer::Kind::approximate ? "about " : "") + human(answer.value, unit);
}

std::string validation_report(const formats::Validation& validation, const TextOptions& look) {
    Page page(look);
    page.whole("", fmt::format("{} onto {}", validation.change, printable(validation.base)));
    if (const auto& review = validation.review) {
        page.wrapped("  ",
                     fmt::format("{}: {}", studies::name_of(review->category), fmt::join(review->why, "; ")));
    }
    if (!validation.kinds.empty())
        page.wrapped("  ", "kinds: " + formats::kinds_text(validation.kinds, validation.kind));
    page.heading("Checks");
    for (const Check& check : validation.checks) put_check(page, check);
    if (validation.review)
        for (const studies::Transformation& one : validation.review->transformations)
            put_transformation(page, one);
    page.line();
    page.line(summary_of(validation.checks));
    if (validation.stale || validation.failed())
        page.wrapped("Next: ", validation.stale ? "look at what moved, and set 'base' to the latest version"
                                                : "see 'fix' of what failed, then validate again");
    else
        page.whole("Next: ", fmt::format("understudy change impact {}", printable(validation.file)));
    return page.take();
}

std::string change_impact_report(const formats::Validation& validation, const studies::ChangeImpact& impact,
                                 const TextOptions& look) {
    Page page(look);
    page.wrapped("", fmt::format("{} onto {}: {}, risk {:.0f} of 625 ({})", validation.change,
                                 printable(validation.base), studies::name_of(impact.category), impact.risk,
                                 impact.level));
    page.wrapped("  ", "kinds: " + formats::kinds_text(validation.kinds, validation.kind));
    page.heading("Changed");
    constexpr const char* kinds[] = {"added", "removed", "changed"};
    std::vector<std::vector<std::string>> rows;
    for (const studies::ChangedElement& element : impact.changed)
        rows.push_back({element.name.empty() ? element.type : element.name, element.type,
                        kinds[static_cast<int>(element.kind)], shorten(keys_text(element), 36)});
    put_rows(page, rows);
    if (impact.changed.empty()) page.line("  nothing");
    if (!impact.affected.empty()) {
        page.heading("Touched, and how many steps away");
        rows.clear();
        constexpr std::size_t most = 50;
        for (const studies::AffectedThing& thing : impact.affected) {
            if (rows.size() == most) break;
            rows.push_back({thing.name, thing.kind, fmt::format("{}", thing.steps),
                            thing.through.empty() ? "" : "by " + shorten(thing.through, 20),
                            shorten(thing.owner, 14)});
        }
        put_rows(page, rows);
        if (impact.affected.size() > most)
            page.line(fmt::format("  and {} more: --json has all", impact.affected.size() - most));
    }
    names(page, "To be asked", impact.owners);
    names(page, "Contracts", impact.contracts);
    names(page, "May read what changes: nobody knows which columns they read", impact.unknown);
    names(page, "On the same workers or budgets: they may have to wait", impact.competing);
    if (!impact.effects.empty()) {
        page.heading("Expected by formulas");
        rows = {{"objective", "before", "after", "", ""}};
        for (const studies::ExpectedEffect& effect : impact.effects)
            rows.push_back({effect.text, expected_value(effect.baseline, effect.unit),
                            expected_value(effect.candidate, effect.unit), studies::name_of(effect.after),
                            effect.at_stake ? "at stake" : ""});
        put_rows(page, rows);
    }
    if (!impact.no_longer_promised.empty()) page.heading("No longer promised");
    for (const studies::WeakerPromise& one : impact.no_longer_promised) {
        page.wrapped("  ", one.text);
        if (!one.now.empty()) page.wrapped("    now ", one.now);
    }
    page.heading(fmt::format("Risk {:.0f} of 625: {}", impact.risk, impact.level));
    for (const studies::RiskFactor& factor : impact.factors)
        page.wrapped(fmt::format("  {:<14} {:>3.1f}  ", factor.name, factor.value), factor.why);
    page.line();
    page.whole("Next: ", fmt::format("understudy rehearse {}", printable(validation.file)));
    return page.take();
}

}  // namespace understudy::reports
