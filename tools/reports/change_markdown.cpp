#include "tools/reports/change_markdown.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <set>
#include <string_view>

#include "tools/reports/markdown.h"
#include "tools/reports/numbers.h"
#include "tools/reports/validation_report.h"

namespace understudy::reports {

namespace {

constexpr std::size_t most_rows = 60;
constexpr std::size_t most_drawn = 60;

/// A label of Mermaid, in quotes.
std::string label(std::string_view text) {
    std::string result;
    for (const char c : shorten(text, 40)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '_' || c == '-' || c == '.' || c == ' ' || c == '/' || c == ':';
        if (plain)
            result += c;
        else if (static_cast<unsigned char>(c) >= 0x80)
            result += c;
        else
            result += fmt::format("#{};", static_cast<int>(c));
    }
    return result;
}

const char* sign_of(studies::Check::Status status) {
    switch (status) {
        case studies::Check::Status::passed: return ":white_check_mark: passed";
        case studies::Check::Status::warned: return ":warning: warned";
        case studies::Check::Status::failed: return ":x: failed";
        case studies::Check::Status::skipped: return ":fast_forward: skipped";
    }
    return "";
}

std::string mermaid(const studies::ChangeImpact& impact) {
    std::string text = "```mermaid\ngraph LR\n";
    std::map<std::string, std::string> ids;
    const auto node = [&](const std::string& name, const std::string& shown, const char* shape) {
        const auto [at, is_new] = ids.try_emplace(name, fmt::format("n{}", ids.size()));
        if (is_new) text += fmt::format("  {}[\"{}\"]{}\n", at->second, label(shown), shape);
        return at->second;
    };
    for (const studies::ChangedElement& element : impact.changed)
        if (!element.name.empty() && ids.size() < most_drawn) node(element.name, element.name, ":::changed");
    // A column hangs on its dataset.
    const auto column_or_element = [&](const std::string& name) {
        const bool is_new = !ids.contains(name);
        std::string id = node(name, name, "");
        const std::size_t dot = name.rfind('.');
        const auto dataset = dot == std::string::npos ? ids.end() : ids.find(name.substr(0, dot));
        if (is_new && dataset != ids.end()) text += fmt::format("  {} --> {}\n", dataset->second, id);
        return id;
    };
    std::size_t left_out = 0;
    for (const studies::AffectedThing& thing : impact.affected) {
        if (ids.size() >= most_drawn) {
            ++left_out;
            continue;
        }
        const std::string from = column_or_element(thing.through);
        const std::string to = node(thing.name, thing.name, "");
        if (from != to) text += fmt::format("  {} --> {}\n", from, to);
    }
    if (left_out > 0) text += fmt::format("  more[\"and {} more\"]\n", left_out);
    return text + "  classDef changed stroke-width:3px\n```\n";
}

}  // namespace

std::string change_markdown(const formats::Validation& validation, const studies::ChangeImpact* impact) {
    std::string text =
        fmt::format("## Change {}: {}\n\n", in_markdown(validation.change), formats::outcome_of(validation));
    if (validation.review)
        text += fmt::format("**{}**: {}\n\n", studies::name_of(validation.review->category),
                            in_markdown(fmt::format("{}", fmt::join(validation.review->why, "; ")), 600));
    if (!validation.kinds.empty())
        text +=
            fmt::format("Kinds: {}\n\n", in_markdown(formats::kinds_text(validation.kinds, validation.kind)));
    text += "| | check | |\n| --- | --- | --- |\n";
    std::size_t rows = 0, passed = 0;
    for (const studies::Check& check : validation.checks) {
        if (check.status == studies::Check::Status::passed) {
            ++passed;
            continue;
        }
        if (++rows > most_rows) continue;
        std::string what = check.about.empty() ? check.message : check.about + ": " + check.message;
        text += fmt::format("| {} | {} | {}{}{} |\n", sign_of(check.status), in_markdown(check.name),
                            in_markdown(what, 400),
                            check.place.empty() ? "" : "<br>at " + in_markdown(check.place),
                            check.fix.empty() ? "" : "<br>fix: " + in_markdown(check.fix, 300));
    }
    if (passed > 0)
        text += fmt::format("| {} | {} checks | |\n", sign_of(studies::Check::Status::passed), passed);
    if (rows > most_rows) text += fmt::format("| | | and {} more |\n", rows - most_rows);
    if (validation.review)
        for (const studies::Transformation& one : validation.review->transformations) {
            text += fmt::format("\n### Rows of {}\n\n", in_markdown(one.task));
            text += fmt::format("{} rows before, {} with the change", one.baseline.rows, one.candidate.rows);
            if (one.differences)
                text +=
                    fmt::format(": {} the same, {} changed, {} deleted, {} added", one.differences->same,
                                one.differences->changed, one.differences->deleted, one.differences->added);
            text += ".\n";
            if (one.differences && !one.differences->examples.empty()) {
                text += "\n| such as | column | before | after |\n| --- | --- | --- | --- |\n";
                for (const studies::RowExample& example : one.differences->examples)
                    text += fmt::format("| {} | {} | {} | {} |\n", in_markdown(example.key, 60),
                                        in_markdown(example.column, 60), in_markdown(example.baseline, 60),
                                        in_markdown(example.candidate, 60));
            }
        }
    if (impact == nullptr) return text;
    text += fmt::format("\n### Impact: risk {:.0f} of 625 ({})\n\n", impact->risk, impact->level);
    for (const studies::RiskFactor& factor : impact->factors)
        text += fmt::format("- {} {:.1f}: {}\n", factor.name, factor.value, in_markdown(factor.why, 300));
    if (!impact->owners.empty())
        text += fmt::format("\nTo be asked: {}\n",
                            in_markdown(fmt::format("{}", fmt::join(impact->owners, ", ")), 600));
    if (!impact->competing.empty())
        text += fmt::format("\nOn the same workers or budgets, and may have to wait: {}\n",
                            in_markdown(fmt::format("{}", fmt::join(impact->competing, ", ")), 600));
    if (!impact->effects.empty()) {
        text += "\n| objective | before | after | |\n| --- | --- | --- | --- |\n";
        std::size_t shown = 0;
        for (const studies::ExpectedEffect& effect : impact->effects) {
            if (++shown > most_rows) continue;
            text +=
                fmt::format("| {} | {} | {} | {} |\n", in_markdown(effect.text),
                            expected_value(effect.baseline, effect.unit),
                            expected_value(effect.candidate, effect.unit), studies::name_of(effect.after));
        }
        if (shown > most_rows) text += fmt::format("\nand {} more\n", shown - most_rows);
    }
    if (!impact->no_longer_promised.empty()) text += "\nNo longer promised:\n\n";
    std::size_t listed = 0;
    for (const studies::WeakerPromise& one : impact->no_longer_promised)
        if (++listed <= most_rows)
            text += fmt::format("- :warning: {}{}\n", in_markdown(one.text),
                                one.now.empty() ? "" : ", now " + in_markdown(one.now));
    if (listed > most_rows) text += fmt::format("- and {} more\n", listed - most_rows);
    if (!impact->affected.empty()) text += "\n" + mermaid(*impact);
    return text;
}

}  // namespace understudy::reports
