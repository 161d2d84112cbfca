#include "tools/reports/change_markdown.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/formats/printable.h"
#include "tools/reports/markdown.h"
#include "tools/reports/numbers.h"
#include "tools/reports/validation_report.h"

namespace understudy::reports {

namespace {

using formats::printable;

constexpr std::size_t most_rows = 60;
constexpr std::size_t most_drawn = 60;
constexpr std::size_t most_of_checks = 35'000;  // of the checks: the rest has to fit into a comment as well
constexpr int most_copied = 2000;               // of what is copied from there, and so must not be cut

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

/// The worst first.
int rank_of(studies::Check::Status status) {
    switch (status) {
        case studies::Check::Status::failed: return 0;
        case studies::Check::Status::warned: return 1;
        case studies::Check::Status::skipped: return 2;
        case studies::Check::Status::passed: return 3;
    }
    return 3;
}

/// What has not passed, in order of how bad it is, so that what is too much hides nothing worse than what is shown.
std::vector<const studies::Check*> worst_first(const studies::Checks& checks) {
    std::vector<const studies::Check*> rows;
    for (const studies::Check& check : checks)
        if (check.status != studies::Check::Status::passed) rows.push_back(&check);
    std::stable_sort(rows.begin(), rows.end(), [](const studies::Check* a, const studies::Check* b) {
        return rank_of(a->status) < rank_of(b->status);
    });
    return rows;
}

/// Of those that are not among the first: "and 12 more: 2 failed, 10 warned".
std::string more_row(const std::vector<const studies::Check*>& rows, std::size_t shown) {
    if (rows.size() <= shown) return "";
    std::map<int, std::pair<const char*, std::size_t>> left;
    for (std::size_t i = shown; i < rows.size(); ++i) {
        auto& [name, count] = left[rank_of(rows[i]->status)];
        name = studies::name_of(rows[i]->status);
        ++count;
    }
    std::vector<std::string> parts;
    for (const auto& [rank, one] : left) parts.push_back(fmt::format("{} {}", one.second, one.first));
    return fmt::format("| | | and {} more: {} |\n", rows.size() - shown, fmt::join(parts, ", "));
}

/// Those that are drawn. What is touched comes first, with what it is reached through: of a change that names more than
/// can be drawn, what leads nowhere says least.
std::set<std::string> elements_drawn(const studies::ChangeImpact& impact) {
    std::set<std::string> drawn;
    for (const studies::AffectedThing& thing : impact.affected) {
        const std::size_t needs =
            (drawn.contains(thing.name) ? 0 : 1) + (drawn.contains(thing.through) ? 0 : 1);
        if (drawn.size() + needs > most_drawn) continue;
        drawn.insert(thing.through);
        drawn.insert(thing.name);
    }
    for (const studies::ChangedElement& element : impact.changed)
        if (!element.name.empty() && drawn.size() < most_drawn) drawn.insert(element.name);
    return drawn;
}

std::string mermaid(const studies::ChangeImpact& impact) {
    const std::set<std::string> drawn = elements_drawn(impact);
    std::string text = "```mermaid\ngraph LR\n";
    std::map<std::string, std::string> ids;
    const auto node = [&](const std::string& name, const char* shape) {
        const auto [at, is_new] = ids.try_emplace(name, fmt::format("n{}", ids.size()));
        if (is_new) text += fmt::format("  {}[\"{}\"]{}\n", at->second, label(name), shape);
        return at->second;
    };
    std::size_t changed_left = 0, affected_left = 0;
    for (const studies::ChangedElement& element : impact.changed) {
        if (element.name.empty()) continue;
        if (drawn.contains(element.name))
            node(element.name, ":::changed");
        else
            ++changed_left;
    }
    // A column hangs on its dataset.
    const auto column_or_element = [&](const std::string& name) {
        const bool is_new = !ids.contains(name);
        std::string id = node(name, "");
        const std::size_t dot = name.rfind('.');
        const auto dataset = dot == std::string::npos ? ids.end() : ids.find(name.substr(0, dot));
        if (is_new && dataset != ids.end()) text += fmt::format("  {} --> {}\n", dataset->second, id);
        return id;
    };
    for (const studies::AffectedThing& thing : impact.affected) {
        if (!drawn.contains(thing.name) || !drawn.contains(thing.through)) {
            ++affected_left;
            continue;
        }
        const std::string from = column_or_element(thing.through);
        const std::string to = node(thing.name, "");
        if (from != to) text += fmt::format("  {} --> {}\n", from, to);
    }
    if (affected_left > 0) text += fmt::format("  more[\"and {} more\"]\n", affected_left);
    if (changed_left > 0)
        text += fmt::format("  changes[\"and {} more that change\"]:::changed\n", changed_left);
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
    const std::vector<const studies::Check*> rows = worst_first(validation.checks);
    std::size_t shown = 0;
    for (; shown < std::min(rows.size(), most_rows) && text.size() < most_of_checks; ++shown) {
        const studies::Check& check = *rows[shown];
        std::string what = check.about.empty() ? check.message : check.about + ": " + check.message;
        text += fmt::format("| {} | {} | {}{}{} |\n", sign_of(check.status), in_markdown(check.name),
                            in_markdown(what, 400),
                            check.place.empty() ? "" : "<br>at " + in_markdown(check.place, most_copied),
                            check.fix.empty() ? "" : "<br>fix: " + in_markdown(check.fix, most_copied));
    }
    text += more_row(rows, shown);
    if (const std::size_t passed = validation.checks.size() - rows.size(); passed > 0)
        text += fmt::format("| {} | {} checks | |\n", sign_of(studies::Check::Status::passed), passed);
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
                    text += fmt::format("| {} | {} | {} | {} |\n", in_markdown(printable(example.key), 60),
                                        in_markdown(printable(example.column), 60),
                                        in_markdown(printable(example.baseline), 60),
                                        in_markdown(printable(example.candidate), 60));
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
        std::vector<const studies::ExpectedEffect*> effects;
        for (const studies::ExpectedEffect& effect : impact->effects) effects.push_back(&effect);
        const auto rank = [](const studies::ExpectedEffect* effect) {
            return effect->after == studies::Verdict::violated ? 0
                   : effect->after == studies::Verdict::met    ? 2
                                                               : 1;
        };
        std::stable_sort(effects.begin(), effects.end(),
                         [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
        for (std::size_t i = 0; i < std::min(effects.size(), most_rows); ++i) {
            const studies::ExpectedEffect& effect = *effects[i];
            text +=
                fmt::format("| {} | {} | {} | {} |\n", in_markdown(effect.text),
                            expected_value(effect.baseline, effect.unit),
                            expected_value(effect.candidate, effect.unit), studies::name_of(effect.after));
        }
        if (effects.size() > most_rows) text += fmt::format("\nand {} more\n", effects.size() - most_rows);
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
