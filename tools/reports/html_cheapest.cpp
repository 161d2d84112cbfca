#include "tools/reports/html_cheapest.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/reports/candidate_words.h"
#include "tools/reports/html_dots.h"
#include "tools/reports/html_parts.h"
#include "tools/reports/html_study.h"
#include "tools/reports/numbers.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

using studies::Candidate;
using studies::CheapestResult;
using studies::Study;
using studies::Verdict;

namespace {

class CheapestPage {
public:
    CheapestPage(const Study& study, const CheapestResult& result) : study_(study), result_(result) {
        for (const Candidate& one : result.tried) add(one);
        for (const Candidate& one : result.certificate) add(one);
        if (result.best) add(*result.best);
        if (result.current && !result.current->values.empty()) add(*result.current);
    }

    std::string header() const {
        StudyHead head;
        head.basis = basis_words(result_, study_.factors.size());
        if (result_.best)
            head.lead = "cheapest that keeps its promises: " + setting_words(study_, result_.best->values) +
                        (result_.best->cost ? ", at " + cost(*result_.best) : "");
        head.lines = {result_.explanation};
        if (result_.best && result_.best->promises.empty()) head.lines.push_back(result_.best->why);
        head.verdict = result_.verdict;
        head.reason = result_.reason;
        if (result_.best)
            head.facts += html_fact("cheapest", result_.best->cost ? cost(*result_.best) : "no cost",
                                    setting_words(study_, result_.best->values), "is-met");
        if (result_.current)
            head.facts +=
                html_fact("as it is now", result_.current->cost ? cost(*result_.current) : "no cost",
                          studies::name_of(result_.current->verdict) +
                              (result_.current->values.empty()
                                   ? std::string()
                                   : ", " + setting_words(study_, result_.current->values)));
        head.facts += html_fact(
            "settings", std::to_string(result_.settings),
            fmt::format("{} decided by formulas, {} simulated", result_.by_formula, result_.tried.size()));
        return html_study_head(study_, head);
    }

    /// Every setting that was looked at by itself, by what it costs.
    std::string settings() const {
        LaneChart chart{"Settings that were looked at", "a dot each; the answer has a ring around it", "cost",
                        result_.cost_unit};
        chart.lanes = {"met", "inconclusive", "violated"};
        for (const Candidate& one : drawn()) {
            if (!one.cost) continue;
            Dot dot = dot_of(one, one.verdict);
            dot.value = one.verdict == Verdict::met ? 0 : one.verdict == Verdict::inconclusive ? 1 : 2;
            dot.title = setting_words(study_, one.values) + ": " + cost(one) + ", " +
                        studies::name_of(one.verdict) + ", " + why_words(one) + marks(one);
            chart.dots.push_back(std::move(dot));
        }
        std::string html = lanes_html(chart);
        for (const std::string& promise : promises()) html += promise_chart(promise);
        if (html.empty()) return "";
        html =
            "<section id=\"against\" class=\"long\"><h2>Against cost<small>a circle is met, a cross "
            "violated, a "
            "diamond open; lines through them are intervals</small></h2>\n<div class=\"charts drawn\">\n" +
            html + "</div>\n";
        if (seen_.size() > most_drawn)
            html +=
                fmt::format("<p class=\"soft\">{} of {} settings are drawn.</p>\n", most_drawn, seen_.size());
        return html + "</section>\n";
    }

    std::string answer() const { return cards("objectives", "The answer's promises", result_.best); }
    std::string now() const { return cards("now", "As it is now", result_.current); }

    std::string proof() const {
        if (result_.certificate.empty()) return "";
        return fmt::format("<section id=\"proof\" class=\"long\"><h2>{}</h2>\n{}</section>\n",
                           escape_html(proof_words(result_)), table(result_.certificate));
    }

    std::string tried() const {
        if (result_.tried.empty()) return "";
        return "<section id=\"tried\" class=\"long\"><h2>All that were simulated</h2>\n" +
               table(result_.tried) + "</section>\n";
    }

private:
    static constexpr std::size_t most_drawn = 400;

    std::string cost(const Candidate& one) const { return cost_words(*one.cost, result_.cost_unit); }
    void add(const Candidate& one) {
        const bool there = std::any_of(seen_.begin(), seen_.end(),
                                       [&](const Candidate& other) { return other.values == one.values; });
        if (!there) seen_.push_back(one);
    }
    bool is_best(const Candidate& one) const { return result_.best && result_.best->values == one.values; }
    std::string marks(const Candidate& one) const {
        const bool now = result_.current && result_.current->values == one.values;
        return std::string(is_best(one) ? "; the answer" : "") + (now ? "; as it is now" : "");
    }
    /// The answer and its proof in any case.
    std::vector<Candidate> drawn() const {
        std::vector<Candidate> list = seen_;
        const auto matters = [&](const Candidate& one) {
            return is_best(one) ||
                   std::any_of(result_.certificate.begin(), result_.certificate.end(),
                               [&](const Candidate& other) { return other.values == one.values; });
        };
        std::stable_partition(list.begin(), list.end(), matters);
        if (list.size() > most_drawn) list.resize(most_drawn);
        return list;
    }
    Dot dot_of(const Candidate& one, Verdict verdict) const {
        Dot dot;
        dot.x = *one.cost;
        dot.shape = shape_of(verdict);
        dot.look = std::string("is-") + studies::name_of(verdict);
        dot.marked = is_best(one);
        return dot;
    }

    /// In the order of the file.
    std::vector<std::string> promises() const {
        constexpr std::size_t most = 12;
        std::vector<std::string> texts;
        for (const Candidate& one : seen_)
            for (const auto& promise : one.promises)
                if (texts.size() < most && std::find(texts.begin(), texts.end(), promise.text) == texts.end())
                    texts.push_back(promise.text);
        return texts;
    }
    std::string promise_chart(const std::string& text) const {
        DotChart chart{text, "", "cost", result_.cost_unit, "", {}};
        for (const Candidate& one : drawn())
            for (const auto& promise : one.promises) {
                if (promise.text != text || !promise.estimate.value || !one.cost) continue;
                chart.unit = promise.unit;
                chart.limits = {{"limit " + human(promise.limit, promise.unit), promise.limit}};
                Dot dot = dot_of(one, promise.verdict);
                dot.value = *promise.estimate.value;
                dot.low = promise.estimate.low;
                dot.high = promise.estimate.high;
                dot.title = setting_words(study_, one.values) + ": " + cost(one) + ", " +
                            studies::name_of(promise.verdict) + " " + seen_of(promise) + marks(one);
                chart.dots.push_back(std::move(dot));
            }
        return dots_html(chart);
    }

    std::string cards(const char* id, const char* title, const std::optional<Candidate>& of) const {
        if (!of || (of->promises.empty() && of->why.empty())) return "";
        std::string html =
            fmt::format("<section id=\"{}\"><h2>{}<small>{}; {}</small></h2>\n", id, title,
                        escape_html(setting_words(study_, of->values)),
                        of->replications == 0 ? std::string("not simulated")
                                              : fmt::format("{} replications", of->replications));
        if (!of->why.empty())
            html += fmt::format("<p>{} {}</p>\n", html_badge(of->verdict), escape_html(of->why));
        for (const auto& promise : of->promises) {
            studies::ObjectiveResult objective;
            objective.text = promise.text;
            objective.unit = promise.unit;
            objective.limit = promise.limit;
            objective.verdict = promise.verdict;
            objective.estimate = promise.estimate;
            objective.comparison = promise.text.find(" >") == std::string::npos
                                       ? models::Comparison::at_most
                                       : models::Comparison::at_least;
            html += html_objective_card(objective);
        }
        return html + "</section>\n";
    }

    std::string table(const std::vector<Candidate>& list) const {
        std::string head;
        for (const studies::Factor& factor : study_.factors)
            head += fmt::format("<th class=\"number\">{}</th>", escape_html(factor.path));
        head += "<th class=\"number\">cost</th><th></th><th class=\"number\">replications</th><th></th>";
        std::vector<std::string> rows;
        for (const Candidate& one : list) {
            std::string& row = rows.emplace_back();
            for (const std::string& value : one.values)
                row += fmt::format("<td class=\"number\">{}</td>", escape_html(value));
            row += fmt::format("<td class=\"number\">{}</td><td class=\"verdict\">{}{}</td>",
                               one.cost ? escape_html(cost(one)) : "", html_badge(one.verdict),
                               is_best(one) ? " <span class=\"mark holds\">the answer</span>" : "");
            row += fmt::format("<td class=\"number\">{}</td><td class=\"soft note\">{}</td>",
                               one.replications, escape_html(why_words(one)));
        }
        return html_table(head, rows, 400, "settings");
    }

    const Study& study_;
    const CheapestResult& result_;
    std::vector<Candidate> seen_;
};

}  // namespace

std::string html_cheapest(const Study& study, const CheapestResult& result, const AnswerOrigin& origin) {
    const CheapestPage page(study, result);
    return html_study(
        study, origin, std::string("the cheapest that holds, ") + studies::name_of(result.verdict),
        page.header(),
        {{"warnings", "Warnings", html_warnings(result.warnings)},
         {"against", "Against cost", page.settings()},
         {"objectives", "Promises", page.answer()},
         {"now", "As it is now", page.now()},
         {"proof", "Proof", page.proof()},
         {"tried", "Settings", page.tried()},
         {"provenance", "Where this comes from",
          html_study_origin(
              study, origin,
              {{"varied", vary_words(study)},
               {"seed", std::to_string(result.seed)},
               {"replications", std::to_string(result.replications)},
               {"warm-up", warm_up_words(result.warm_up_s, result.warm_up_reason)},
               {"confidence", human(result.confidence, "fraction")},
               {"searched value by value", fmt::format("{}", fmt::join(result.distrusted, ", "))}})}});
}

}  // namespace understudy::reports
