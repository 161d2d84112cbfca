#include "tools/reports/html_demand.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tools/reports/candidate_words.h"
#include "tools/reports/demand_words.h"
#include "tools/reports/html_bars.h"
#include "tools/reports/html_cells.h"
#include "tools/reports/html_study.h"
#include "tools/reports/numbers.h"

namespace understudy::reports {

using studies::DemandResult;
using studies::Study;
using studies::Verdict;

namespace {

class DemandPage {
public:
    DemandPage(const Study& study, const DemandResult& result) : study_(study), result_(result) {}

    std::string header() const {
        StudyHead head;
        head.basis = basis_words(study_, result_);
        if (result_.best) {
            const auto& best = result_.choices[*result_.best];
            head.lead = fmt::format(
                "{}: {}, which regrets {} at most",
                result_.verdict == Verdict::met ? "least regret" : "least regret as far as is known",
                setting_words(study_, best.values), price(best.regret.largest));
        }
        if (study_.penalty)
            head.lines.push_back("where promises are broken, " +
                                 cost_words(*study_.penalty, result_.cost_unit) + " besides");
        head.lines.push_back(result_.explanation);
        head.verdict = result_.verdict;
        head.reason = result_.reason;
        if (result_.best) head.facts += choice_fact("least regret", result_.choices[*result_.best]);
        if (result_.best_expected && result_.best_expected != result_.best)
            head.facts += choice_fact("least expected cost", result_.choices[*result_.best_expected]);
        head.facts += html_fact("choices", std::to_string(result_.choices.size()),
                                fmt::format("in {} cases", study_.demand.size()));
        return html_study_head(study_, head);
    }

    std::string regrets() const {
        if (result_.choices.empty()) return "";
        CellTable cells;
        cells.down = "case";
        double most = 0;
        for (const auto& choice : result_.choices)
            for (const auto& regret : choice.regret.in_case)
                if (regret && std::isfinite(*regret)) most = std::max(most, *regret);
        for (std::size_t c = 0; c < result_.choices.size(); ++c)
            cells.columns.push_back({label(c), c == result_.best ? "least regret" : ""});
        for (std::size_t i = 0; i < study_.demand.size(); ++i) {
            const auto& chance = study_.demand[i].chance;
            cells.rows.push_back(
                {study_.demand[i].name + (chance ? ", " + studies::percent(*chance) : ""), ""});
            for (std::size_t c = 0; c < result_.choices.size(); ++c) {
                const DemandResult::Choice& choice = result_.choices[c];
                const studies::Candidate& here = choice.in_case[i];
                const auto& regret = choice.regret.in_case[i];
                Cell& cell = cells.cells.emplace_back();
                cell.text = regret_words(choice, i);
                cell.note = fmt::format("costs {}", cost_words(*here.cost, result_.cost_unit));
                cell.title = setting_words(study_, choice.values) + " in " + study_.demand[i].name + ": " +
                             studies::name_of(here.verdict) + ", " + why_words(here);
                if (regret) cell.share = std::isinf(*regret) ? 1 : most > 0 ? *regret / most : 0;
                cell.marked = c == result_.best;
            }
        }
        cells.rows.push_back({"at most", ""});
        for (std::size_t c = 0; c < result_.choices.size(); ++c) {
            Cell& cell = cells.cells.emplace_back();
            cell.text = price(result_.choices[c].regret.largest);
            cell.marked = c == result_.best;
            cell.strong = true;
        }
        return fmt::format(
            "<section id=\"regret\" class=\"long\"><h2>Regret of each choice in each case<small>{}the "
            "darker, the "
            "more is regretted; broken: what is promised is not kept there</small></h2>\n{}</section>\n",
            result_.cost_unit.empty() ? "" : escape_html(result_.cost_unit) + "; ", cells_html(cells));
    }

    std::string choices() const {
        if (result_.choices.empty()) return "";
        std::string html;
        BarChart regret{"largest regret", "", result_.cost_unit, {}},
            expected{"expected cost", "", result_.cost_unit, {}};
        const bool chances = !study_.demand.empty() && study_.demand.front().chance;
        for (std::size_t c = 0; c < result_.choices.size(); ++c) {
            const DemandResult::Choice& choice = result_.choices[c];
            regret.groups.push_back(group(c, choice.regret.largest, c == result_.best, "least regret"));
            expected.groups.push_back(
                group(c, choice.regret.expected_cost, c == result_.best_expected, "least expected cost"));
        }
        html += bars_html(regret);
        if (chances) html += bars_html(expected);
        if (!html.empty()) html = "<div class=\"charts drawn\">\n" + html + "</div>\n";
        return "<section id=\"choices\" class=\"long\"><h2>Choices</h2>\n" + html + choice_table(chances) +
               "</section>\n";
    }

    std::string cases() const {
        if (result_.cases.empty()) return "";
        const bool chances = study_.demand.front().chance.has_value();
        std::string head = "<th>case</th><th>is</th>";
        if (chances) head += "<th class=\"number\">chance</th>";
        head += "<th></th><th class=\"number\">cheapest</th>";
        for (const studies::Factor& factor : study_.factors)
            head += fmt::format("<th class=\"number\">{}</th>", escape_html(factor.path));
        head += "<th></th>";
        std::vector<std::string> rows;
        for (std::size_t i = 0; i < result_.cases.size(); ++i) {
            const studies::CheapestResult& answer = result_.cases[i];
            const studies::DemandCase& of = study_.demand[i];
            std::string& row = rows.emplace_back();
            row =
                fmt::format("<td class=\"name\">{}</td><td class=\"mono note\">{}</td>", escape_html(of.name),
                            escape_html(fmt::format("{}", fmt::join(of.overrides, ", "))));
            if (chances) row += fmt::format("<td class=\"number\">{}</td>", studies::percent(*of.chance));
            row += fmt::format("<td class=\"verdict\">{}</td>", html_badge(answer.verdict));
            row += fmt::format(
                "<td class=\"number\">{}</td>",
                answer.best ? escape_html(cost_words(*answer.best->cost, result_.cost_unit)) : "");
            for (std::size_t f = 0; f < study_.factors.size(); ++f)
                row += fmt::format("<td class=\"number\">{}</td>",
                                   answer.best ? escape_html(answer.best->values[f]) : "");
            row += fmt::format("<td class=\"soft note\">{}</td>",
                               escape_html(!answer.explanation.empty() ? answer.explanation
                                           : answer.best ? fmt::format("its proof has {} settings",
                                                                       answer.certificate.size())
                                           : answer.verdict == Verdict::violated ? "none does"
                                                                                 : "not known"));
        }
        return "<section id=\"cases\" class=\"long\"><h2>The cheapest that keeps its promises in each "
               "case</h2>\n" +
               html_table(head, rows, 400, "cases") + "</section>\n";
    }

private:
    std::string price(const std::optional<double>& value) const {
        return price_words(value, result_.cost_unit);
    }
    std::string choice_fact(const char* name, const DemandResult::Choice& choice) const {
        std::string note = "regrets " + price(choice.regret.largest) + " at most";
        if (choice.regret.chance_kept)
            note += ", kept with a chance of " + studies::percent(*choice.regret.chance_kept);
        return html_fact(name, cost_words(choice, result_.cost_unit),
                         setting_words(study_, choice.values) + "; " + note);
    }
    std::string label(std::size_t c) const {
        return fmt::format("{}: {}", c + 1, setting_words(study_, result_.choices[c].values));
    }
    BarGroup group(std::size_t c, const std::optional<double>& value, bool marked, const char* mark) const {
        Bar bar;
        bar.value = value.value_or(NAN);
        bar.text = price(value);
        bar.title = label(c) + ": " + bar.text;
        return {label(c) + (marked ? std::string(" - ") + mark : ""), {bar}, marked};
    }

    std::string choice_table(bool chances) const {
        std::string head = "<th></th>";
        for (const studies::Factor& factor : study_.factors)
            head += fmt::format("<th class=\"number\">{}</th>", escape_html(factor.path));
        head += "<th class=\"number\">cost</th><th class=\"number\">largest regret</th>";
        if (chances) head += "<th class=\"number\">kept</th><th class=\"number\">expected</th>";
        head += "<th>because it is</th>";
        std::vector<std::string> rows;
        for (std::size_t c = 0; c < result_.choices.size(); ++c) {
            const DemandResult::Choice& choice = result_.choices[c];
            std::string& row = rows.emplace_back(fmt::format("<td>{}</td>", c + 1));
            const auto cell = [&](const std::string& text) {
                row += fmt::format("<td class=\"number\">{}</td>", escape_html(text));
            };
            for (const std::string& value : choice.values) cell(value);
            cell(cost_words(choice, result_.cost_unit));
            cell(price(choice.regret.largest));
            if (chances) {
                cell(choice.regret.chance_kept ? studies::percent(*choice.regret.chance_kept) : "not known");
                cell(price(choice.regret.expected_cost));
            }
            row += fmt::format("<td class=\"soft note\">{}</td>",
                               escape_html(fmt::format("{}", fmt::join(choice.why, "; "))));
        }
        return html_table(head, rows, 400, "choices");
    }

    const Study& study_;
    const DemandResult& result_;
};

}  // namespace

std::string html_demand(const Study& study, const DemandResult& result, const AnswerOrigin& origin) {
    const DemandPage page(study, result);
    return html_study(
        study, origin, std::string("least regret, ") + studies::name_of(result.verdict), page.header(),
        {{"warnings", "Warnings", html_warnings(result.warnings)},
         {"regret", "Regret", page.regrets()},
         {"choices", "Choices", page.choices()},
         {"cases", "Cases", page.cases()},
         {"provenance", "Where this comes from",
          html_study_origin(study, origin,
                            {{"varied", vary_words(study)},
                             {"seed", std::to_string(result.seed)},
                             {"replications", std::to_string(result.replications)},
                             {"warm-up", warm_up_words(result.warm_up_s, result.warm_up_reason)},
                             {"confidence", human(result.confidence, "fraction")}})}});
}

}  // namespace understudy::reports
