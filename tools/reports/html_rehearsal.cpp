#include "tools/reports/html_rehearsal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tools/reports/accepted_text.h"
#include "tools/reports/canary_report.h"
#include "tools/reports/difference_text.h"
#include "tools/reports/html_bars.h"
#include "tools/reports/html_card.h"
#include "tools/reports/html_page.h"
#include "tools/reports/html_signed_bar.h"
#include "tools/reports/html_study.h"
#include "tools/reports/moved_report.h"
#include "tools/reports/numbers.h"
#include "tools/reports/rehearsal_words.h"
#include "tools/reports/rollback_report.h"
#include "tools/reports/summary.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

using studies::Accepted;
using studies::ComparedMeasure;
using studies::RehearsalResult;
using studies::Verdict;

namespace {

constexpr std::size_t rows_of_rehearsal = 400, cards_of_rehearsal = 200;

std::string section_html(const char* id, const std::string& title, const std::string& note,
                         const std::string& html) {
    return fmt::format("<section id=\"{}\" class=\"long\"><h2>{}{}</h2>\n{}</section>\n", id,
                       escape_html(title),
                       note.empty() ? "" : fmt::format("<small>{}</small>", escape_html(note)), html);
}

std::string paragraph(const std::string& text) {
    return text.empty() ? "" : fmt::format("<p>{}</p>\n", escape_html(text));
}

/// "13 s (12 to 14), before 9 s": the value, and smaller what is said of it.
void set_value(Card& card, const std::string& found) {
    const std::size_t end = std::min(found.find(" ("), found.find(", "));
    card.value = found.substr(0, end);
    if (end != std::string::npos) card.interval = found.substr(found[end] == ',' ? end : end + 1);
}

std::string entry_card(const Accepted& entry) {
    const studies::Estimate& estimate = entry.estimate;
    const bool increase = entry.kind == Accepted::Kind::increase;
    Card card;
    card.verdict = entry.verdict;
    card.text = entry.text;
    if (estimate.value) set_value(card, found_text(entry));
    card.notes = {parts_text(entry), why_text(entry)};
    if (entry.verdict == Verdict::inconclusive && entry.smallest_effect && *entry.smallest_effect > 0)
        card.notes.push_back(effect_text(entry));
    card.estimate = estimate;
    card.comparison = entry.comparison;
    card.limit = entry.limit;
    card.share = !increase && entry.unit == "fraction";
    card.number = [&entry, increase](double value, int digits) {
        if (!increase) return human(value, entry.unit, digits);
        return entry.relative ? relative_difference_text(value, {}, {})
                              : difference_text(value, {}, {}, entry.unit);
    };
    return html_card(card);
}

std::string count_of(const std::vector<Accepted>& accepted, Verdict verdict) {
    return std::to_string(std::count_if(accepted.begin(), accepted.end(),
                                        [&](const Accepted& entry) { return entry.verdict == verdict; }));
}

/// What decided the verdict, in a sentence.
std::string lead_of(const RehearsalResult& result) {
    if (result.interrupted) return "interrupted before there was a verdict";
    if (result.reason == studies::Reason::no_objectives) return "nothing was to be judged";
    if (result.verdict == Verdict::met) return "all that is accepted holds";
    std::vector<std::string> texts;
    const auto add = [&](const std::vector<Accepted>& accepted, const std::string& where) {
        for (const Accepted& entry : accepted)
            if (entry.verdict == result.verdict) texts.push_back(entry.text + where);
    };
    add(result.accepted, "");
    for (const RehearsalResult& one : result.stresses) add(one.accepted, " under " + one.stress);
    if (result.canary && result.canary->verdict == result.verdict) texts.push_back("the rollout");
    if (result.rollback && result.rollback->verdict == result.verdict) texts.push_back("the way back");
    constexpr std::size_t shown = 3;
    const std::size_t more = texts.size() > shown ? texts.size() - shown : 0;
    if (more > 0) texts.resize(shown);
    std::string text = result.verdict == Verdict::violated ? "does not hold: " : "not settled: ";
    return text + fmt::format("{}", fmt::join(texts, "; ")) +
           (more > 0 ? fmt::format("; and {} more", more) : "");
}

class RehearsalPage {
public:
    RehearsalPage(const RehearsalResult& result, const std::string& digest)
        : result_(result), digest_(digest) {}

    std::string title() const {
        const std::string& candidate = result_.runs[1].result.provenance.scenario_name;
        const std::string& baseline = result_.runs[0].result.provenance.scenario_name;
        return candidate == baseline ? candidate : candidate + " in the place of " + baseline;
    }

    std::string header() const {
        StudyHead head;
        head.basis = rehearsal_how_words(result_);
        head.lead = lead_of(result_);
        if (!result_.trusted.empty())
            head.lines.push_back("OVERRIDE: the twin is taken for credible, whatever its error: " +
                                 result_.trusted);
        head.lines.push_back(next_words(result_));
        if (result_.reason != studies::Reason::no_objectives) head.verdict = result_.verdict;
        head.reason = result_.reason;
        head.facts = facts();
        return html_head(title(), result_.runs[1].result.provenance.set, head);
    }

    std::string accepted() const {
        if (result_.accepted.empty()) return "";
        const std::string none = not_rehearsed_text(result_);
        const std::string html = none.empty() ? cards(result_.accepted) : paragraph(sentence(none));
        return section_html(
            "accepted", "Accepted is",
            fmt::format("all intervals together at {} confidence; the red side is past the limit",
                        human(result_.confidence, "fraction")),
            html + no_longer_promised());
    }

    std::string stresses() const {
        std::string html;
        for (const RehearsalResult& one : result_.stresses) {
            html += fmt::format("<h3>{}<small class=\"soft\"> {} replications of each</small></h3>\n",
                                escape_html(one.stress), one.replications);
            for (const std::string& warning : one.warnings) html += paragraph("warning: " + warning);
            const std::string none = not_rehearsed_text(one);
            html += none.empty() ? cards(one.accepted) : paragraph(sentence(none));
        }
        return html.empty() ? "" : section_html("stress", "Under stress", "", html);
    }

    std::string rollout() const {
        std::string html;
        if (result_.canary) html += rollout_of(*result_.canary, "");
        for (const RehearsalResult& one : result_.stresses)
            if (one.canary) html += rollout_of(*one.canary, one.stress);
        return html.empty() ? "" : section_html("rollout", "The rollout", "", html);
    }

    std::string way_back() const {
        if (!result_.rollback) return "";
        const studies::RollbackResult& way = *result_.rollback;
        std::string html = fmt::format("<p>{} well again once <span class=\"mono\">{}</span></p>\n",
                                       html_badge(way.verdict), escape_html(way.until));
        html += paragraph(sentence(way.why));
        for (const std::string& warning : way.warnings) html += paragraph("warning: " + warning);
        if (way.replications == 0) return section_html("rollback", "The way back", "", html);
        if (const std::string bars = way_back_bars(way); !bars.empty())
            html += "<div class=\"charts drawn\">\n" + bars + "</div>\n";
        std::vector<std::string> rows;
        for (const auto& row : rollback_rows(way))
            rows.push_back(html_cell(row[0], "name") + html_cell(row[1], "number"));
        rows.push_back(html_cell("last safe moment to decide", "name") +
                       html_cell(last_safe_text(way), "number"));
        html += html_table("<th>what</th><th class=\"number\"></th>", rows, rows_of_rehearsal, "rows");
        for (const std::string& edit : way.loses_data)
            html += paragraph("No way back once it is in: " + edit + " (the data are gone).");
        return section_html("rollback", "The way back",
                            fmt::format("{} fork{} of as many simulations", way.replications,
                                        way.replications == 1 ? "" : "s"),
                            html);
    }

    std::string differences() const {
        if (result_.comparison.measures.empty()) return "";
        std::vector<const ComparedMeasure*> shown = differing(result_, Judged::with);
        const std::size_t surely = shown.size();
        for (const ComparedMeasure& measure : result_.comparison.measures)
            if (const auto& one = measure.differences.front().difference;
                one && one->order == kernel::Difference::Order::undecided &&
                !(one->estimate.low == 0 && one->estimate.high == 0))
                shown.push_back(&measure);
        SignedAxis axis;
        for (const ComparedMeasure* measure : shown) axis.take(relative_of(*measure));
        std::vector<std::string> rows;
        for (std::size_t i = 0; i < shown.size(); ++i) rows.push_back(row_of(*shown[i], axis, i < surely));
        std::string html;
        if (!rows.empty())
            html += html_table(
                "<th>measure</th><th class=\"number\">before</th><th class=\"number\">after</th><th "
                "class=\"number\">difference</th><th class=\"aside\"></th><th class=\"number\">of what was "
                "before</th>",
                rows, rows_of_rehearsal, "measures");
        html += paragraph(result_.same_events
                              ? "The same happened in both, event by event."
                              : fmt::format("{} measures in both: {} the same to the last digit.",
                                            result_.comparison.measures.size(), same_measures(result_)));
        if (result_.same_model) html += paragraph("What is simulated is the same in both.");
        html += paragraph(pairing_words(result_));
        std::string alone;
        for (const std::string& one : result_.comparison.only_in_some)
            alone += fmt::format("<li class=\"mono\">{}</li>\n", escape_html(one));
        if (!alone.empty()) html += "<h3>Not in both</h3>\n<ul>\n" + alone + "</ul>\n";
        return section_html("differences", "What differs",
                            fmt::format("each by itself, at {} confidence; those that surely differ first",
                                        human(result_.comparison.confidence, "fraction")),
                            html);
    }

    std::string moved() const {
        if (!result_.moved || !has_moved(*result_.moved)) return "";
        const std::string html =
            moved_of(result_.moved->items, "items") + moved_of(result_.moved->runs, "runs of pipelines");
        return section_html("moved", "What moved most", "in the first pair", html);
    }

    std::string origin() const {
        const auto& before = result_.runs[0].result;
        const auto& after = result_.runs[1].result;
        std::string calibration;
        for (const studies::CalibrationError& one : result_.calibration)
            calibration += (calibration.empty() ? "" : "; ") +
                           fmt::format("{}: {} ({})", one.of, human(one.error, "fraction"), one.source);
        return section_html(
            "provenance", "Where this comes from", "",
            html_entries(
                {{"digest", digest_},
                 {"baseline", before.provenance.scenario_name + ", " + before.provenance.scenario_digest},
                 {"candidate", after.provenance.scenario_name + ", " + after.provenance.scenario_digest},
                 {"set", fmt::format("{}", fmt::join(after.provenance.set, ", "))},
                 {"seed", result_.independent ? fmt::format("{} and {}", result_.seed, result_.candidate_seed)
                                              : std::to_string(result_.seed)},
                 {"fingerprints", before.fingerprint + ", " + after.fingerprint},
                 {"error of the twin", calibration},
                 {"understudy", before.provenance.version}}));
    }

private:
    std::string cards(const std::vector<Accepted>& accepted) const {
        std::string html;
        for (std::size_t i = 0; i < std::min(cards_of_rehearsal, accepted.size()); ++i)
            html += entry_card(accepted[i]);
        if (accepted.size() > cards_of_rehearsal)
            html += fmt::format("<p class=\"soft\">and {} more; --json has all</p>\n",
                                accepted.size() - cards_of_rehearsal);
        return html;
    }

    std::string facts() const {
        std::string html =
            html_fact("replications of each", std::to_string(result_.replications),
                      result_.replications < result_.most ? fmt::format("{} at most", result_.most)
                                                          : std::string("as many as there might be"));
        if (!result_.accepted.empty())
            html += html_fact(
                "accepted", count_of(result_.accepted, Verdict::met) + " met",
                fmt::format("{} violated, {} inconclusive", count_of(result_.accepted, Verdict::violated),
                            count_of(result_.accepted, Verdict::inconclusive)));
        if (!result_.stresses.empty()) {
            const auto hold = std::count_if(result_.stresses.begin(), result_.stresses.end(),
                                            [](const auto& one) { return one.verdict == Verdict::met; });
            html += html_fact("stresses", fmt::format("{} of {} hold", hold, result_.stresses.size()), "");
        }
        if (result_.canary && !result_.canary->cases.empty()) {
            const auto& same = result_.canary->cases.front();
            html +=
                html_fact("stopped by chance", human(same.wrong.value, "fraction"), canary_found_text(same));
        }
        if (result_.rollback && result_.rollback->recovered.seen > 0)
            html += html_fact("well again after", human(result_.rollback->recovered.seconds.value, "s"),
                              "from the failure");
        return html;
    }

    std::string no_longer_promised() const {
        std::string html;
        for (const studies::NoLongerPromised& one : result_.no_longer_promised) {
            html += fmt::format("<li><span class=\"mono\">{}</span> {}", escape_html(one.text),
                                escape_html(would_be_text(one)));
            if (!one.now.empty()) html += fmt::format("; now {}", escape_html(one.now));
            html += "</li>\n";
        }
        return html.empty()
                   ? ""
                   : "<h3>No longer promised, and no part of the verdict</h3>\n<ul>\n" + html + "</ul>\n";
    }

    static std::string rollout_of(const studies::CanaryResult& rollout, const std::string& stress) {
        std::string html;
        if (!stress.empty()) html += fmt::format("<h3>Under {}</h3>\n", escape_html(stress));
        for (const std::string& text : canary_plan_texts(rollout)) html += paragraph(sentence(text));
        html += paragraph(sentence(rollout.why));
        for (const std::string& warning : rollout.warnings) html += paragraph("warning: " + warning);
        if (rollout.replications == 0) return html;
        for (const studies::CanaryResult::Case& one : rollout.cases) {
            Card card;
            card.verdict = one.verdict;
            card.text = canary_promise_text(one);
            if (one.wrong.value) set_value(card, canary_found_text(one));
            card.notes = canary_case_texts(rollout, one);
            card.notes.insert(card.notes.begin(), one.text);
            card.estimate = one.wrong;
            card.limit = one.limit;
            card.share = true;
            card.number = [](double value, int digits) { return human(value, "fraction", digits); };
            html += html_card(card);
        }
        return html;
    }

    static std::string way_back_bars(const studies::RollbackResult& way) {
        BarChart chart{"How long it takes", "", "s", {}};
        const auto add = [&](const std::string& name, const studies::RollbackResult::Stretch& stretch,
                             bool marked) {
            if (stretch.seen == 0 || !stretch.seconds.value) return;
            Bar bar;
            bar.value = *stretch.seconds.value;
            bar.low = stretch.seconds.low;
            bar.high = stretch.seconds.high;
            bar.text = human(bar.value, "s");
            bar.title = name + ": " + with_interval(stretch.seconds, "s");
            chart.groups.push_back({name, {bar}, marked});
        };
        add("until it is detected", way.detected, false);
        add("until it is decided", way.decided, false);
        for (const studies::RollbackResult::Step& step : way.steps) add(step.text, step.takes, false);
        add("until it has drained", way.drained, false);
        add("from the failure until it is well again", way.recovered, true);
        return bars_html(chart);
    }

    static studies::Estimate relative_of(const ComparedMeasure& measure) {
        const studies::ComparedDifference& one = measure.differences.front();
        const std::optional<double> before = measure.estimates.front().value;
        studies::Estimate relative;
        if (!one.difference || !one.relative || !before) return relative;
        const double of = std::fabs(*before);
        relative.value = one.relative;
        if (std::isfinite(one.difference->estimate.low)) relative.low = one.difference->estimate.low / of;
        if (std::isfinite(one.difference->estimate.high)) relative.high = one.difference->estimate.high / of;
        return relative;
    }

    static std::string row_of(const ComparedMeasure& measure, const SignedAxis& axis, bool surely) {
        kernel::Estimate estimate = measure.differences.front().difference->estimate;
        const std::optional<double> before = measure.estimates.front().value,
                                    after = measure.estimates.back().value;
        const UnitsBeside units = units_beside(before, after, measure.unit);
        studies::Estimate relative = relative_of(measure);
        // Means of the same values in another order.
        constexpr double rounding = 1e-12;
        if (relative.value && std::fabs(*relative.value) < rounding) relative.value = estimate.centre = 0;
        const std::string doubt = doubt_of(measure);
        return fmt::format("<td class=\"name\">{}{}</td>", escape_html(measure.name),
                           doubt.empty()
                               ? ""
                               : fmt::format("<br><small class=\"soft\">{}</small>", escape_html(doubt))) +
               html_cell(human_in(units.first, before), "number") +
               html_cell(human_in(units.second, after), "number") +
               html_cell(difference_text(estimate.centre, estimate.low, estimate.high, measure.unit,
                                         shared_unit({before, after}, measure.unit)),
                         "number") +
               fmt::format("<td class=\"aside\">{}</td>",
                           html_signed_bar(relative, axis, surely ? "moved" : "open")) +
               html_cell(relative.value ? relative_difference_text(*relative.value, {}, {}) : "", "number");
    }

    static std::string moved_of(const studies::MovedKind& kind, const char* plural) {
        std::string html = paragraph(sentence(moved_counts_text(kind, plural)));
        std::vector<std::string> rows;
        for (const std::vector<studies::MovedOne>* most : {&kind.slower, &kind.faster})
            for (const studies::MovedOne& one : *most) {
                const UnitsBeside units = units_beside(one.baseline_s, one.candidate_s, "s");
                rows.push_back(html_cell(name_of(one.what) +
                                             (one.alike > 0 ? fmt::format(" and {} alike", one.alike) : ""),
                                         "name") +
                               html_cell(human_in(units.first, one.baseline_s), "number") +
                               html_cell(human_in(units.second, one.candidate_s), "number") +
                               html_cell(difference_text(one.moved_s(), {}, {}, "s"), "number") +
                               html_cell(moved_text(one), "soft note"));
            }
        if (!rows.empty())
            html += html_table(
                "<th>what</th><th class=\"number\">before</th><th class=\"number\">after</th><th "
                "class=\"number\">longer by</th><th>where, and behind what</th>",
                rows, rows_of_rehearsal, plural);
        return html;
    }

    const RehearsalResult& result_;
    const std::string& digest_;
};

}  // namespace

std::string html_rehearsal(const RehearsalResult& result, const std::string& digest) {
    const RehearsalPage rehearsal(result, digest);
    HtmlPage page;
    page.title = rehearsal.title() + ": rehearsal, " + studies::name_of(result.verdict);
    page.header = rehearsal.header();
    page.sections = {{"warnings", "Warnings", html_warnings(result.warnings)},
                     {"accepted", "Accepted is", rehearsal.accepted()},
                     {"stress", "Under stress", rehearsal.stresses()},
                     {"rollout", "The rollout", rehearsal.rollout()},
                     {"rollback", "The way back", rehearsal.way_back()},
                     {"differences", "What differs", rehearsal.differences()},
                     {"moved", "What moved most", rehearsal.moved()},
                     {"provenance", "Where this comes from", rehearsal.origin()}};
    page.footer =
        fmt::format("Made by understudy {} from the answer alone.", result.runs[0].result.provenance.version);
    return html_page(page);
}

}  // namespace understudy::reports
