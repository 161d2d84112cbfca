#include "tools/reports/demand_report.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "tools/reports/candidate_words.h"
#include "tools/reports/demand_words.h"
#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/table.h"

namespace understudy::reports {

namespace {

using studies::DemandResult;
using studies::Study;
using studies::Verdict;

using Rows = std::vector<std::vector<std::string>>;

constexpr int longest_name = 24, longest_value = 14;

class DemandText {
public:
    DemandText(const Study& study, const DemandResult& result, const TextOptions& look)
        : study_(study), result_(result), page_(look) {}

    std::string write() {
        add_head();
        if (result_.best) add_answer();
        if (!result_.cases.empty()) add_cases();
        if (!result_.choices.empty()) {
            add_choices();
            add_regrets();
        }
        return page_.take();
    }

private:
    std::string money(double cost) const { return cost_words(cost, result_.cost_unit); }
    std::string price(const std::optional<double>& value) const {
        return price_words(value, result_.cost_unit);
    }
    std::string setting(const std::vector<std::string>& values) const {
        return setting_words(study_, values);
    }
    std::string cost_of(const DemandResult::Choice& choice) const {
        return cost_words(choice, result_.cost_unit);
    }
    bool has_chances() const { return study_.demand.front().chance.has_value(); }

    void add_head() {
        page_.line(page_.styled(study_.name, bold) + ": " + page_.verdict(result_.verdict, 0) +
                   (result_.reason == studies::Reason::none || result_.reason == studies::Reason::limit
                        ? std::string()
                        : fmt::format(" ({})", studies::name_of(result_.reason))));
        page_.what_was_set(study_.set);
        page_.wrapped("", basis_words(study_, result_));
        if (result_.warm_up_s && *result_.warm_up_s > 0)
            page_.wrapped("", fmt::format("warm-up of {} cut ({})", human(*result_.warm_up_s, "s"),
                                          result_.warm_up_reason));
        if (study_.penalty)
            page_.wrapped("", fmt::format("where promises are broken, {} besides", money(*study_.penalty)));
        if (!result_.explanation.empty()) page_.wrapped("", result_.explanation);
        for (const std::string& warning : result_.warnings) page_.wrapped("warning: ", warning);
    }

    void add_answer() {
        const DemandResult::Choice& best = result_.choices[*result_.best];
        page_.heading(result_.verdict == Verdict::met ? "Least regret" : "Least regret as far as is known");
        page_.wrapped("  ", setting(best.values) + ": " + cost_of(best));
        std::string text = "regrets " + price(best.regret.largest) + " at most";
        if (best.regret.chance_kept)
            text += fmt::format(", keeps its promises with a chance of {}, {} expected",
                                studies::percent(*best.regret.chance_kept), price(best.regret.expected_cost));
        page_.wrapped("  ", text);
        if (!result_.best_expected || result_.best_expected == result_.best) return;
        const DemandResult::Choice& other = result_.choices[*result_.best_expected];
        page_.heading("Least expected cost");
        page_.wrapped("  ", setting(other.values) + ": " + cost_of(other));
        page_.wrapped("  ", fmt::format("{} expected, regrets {} at most", price(other.regret.expected_cost),
                                        price(other.regret.largest)));
    }

    void add_table(const Rows& rows) {
        std::string text = table(rows, page_.width());
        text.pop_back();
        page_.line(text);
    }

    void add_cases() {
        page_.heading("The cheapest that keeps its promises in each case");
        Rows rows(1);
        rows[0] = {"case"};
        if (has_chances()) rows[0].push_back("chance");
        rows[0].push_back("cost");
        for (const studies::Factor& factor : study_.factors)
            rows[0].push_back(shorten(factor.path, longest_name));
        for (std::size_t i = 0; i < result_.cases.size(); ++i) {
            const studies::CheapestResult& answer = result_.cases[i];
            auto& row = rows.emplace_back();
            row.push_back(study_.demand[i].name);
            if (has_chances()) row.push_back(studies::percent(*study_.demand[i].chance));
            if (!answer.best) {
                row.push_back(answer.verdict == Verdict::violated ? "none does" : "not known");
                continue;
            }
            row.push_back(money(*answer.best->cost));
            for (const std::string& value : answer.best->values) row.push_back(shorten(value, longest_value));
            if (answer.verdict != Verdict::met) row.push_back("or cheaper");
        }
        add_table(rows);
    }

    void add_choices() {
        page_.heading("Choices");
        Rows rows(1);
        rows[0] = {""};
        for (const studies::Factor& factor : study_.factors)
            rows[0].push_back(shorten(factor.path, longest_name));
        rows[0].insert(rows[0].end(), {"cost", "largest regret"});
        if (has_chances()) rows[0].insert(rows[0].end(), {"kept", "expected"});
        for (std::size_t c = 0; c < result_.choices.size(); ++c) {
            const DemandResult::Choice& choice = result_.choices[c];
            auto& row = rows.emplace_back();
            row.push_back(std::to_string(c + 1));
            for (const std::string& value : choice.values) row.push_back(shorten(value, longest_value));
            row.insert(row.end(), {cost_of(choice), price(choice.regret.largest)});
            if (!has_chances()) continue;
            row.push_back(choice.regret.chance_kept ? studies::percent(*choice.regret.chance_kept)
                                                    : "not known");
            row.push_back(price(choice.regret.expected_cost));
        }
        add_table(rows);
        for (std::size_t c = 0; c < result_.choices.size(); ++c) {
            std::string text;
            for (const std::string& why : result_.choices[c].why) text += (text.empty() ? "" : "; ") + why;
            page_.wrapped(fmt::format("  {}: ", c + 1), text);
        }
    }

    void add_regrets() {
        page_.heading("Regret of each choice in each case" +
                      (result_.cost_unit.empty() ? "" : ", " + result_.cost_unit));
        Rows rows(1);
        rows[0] = {"case"};
        for (std::size_t c = 0; c < result_.choices.size(); ++c) rows[0].push_back(std::to_string(c + 1));
        for (std::size_t i = 0; i < study_.demand.size(); ++i) {
            auto& row = rows.emplace_back();
            row.push_back(study_.demand[i].name);
            for (const DemandResult::Choice& choice : result_.choices) row.push_back(regret_words(choice, i));
        }
        add_table(rows);
    }

    const Study& study_;
    const DemandResult& result_;
    Page page_;
};

}  // namespace

std::string demand_report(const Study& study, const DemandResult& result, const TextOptions& look) {
    return DemandText(study, result, look).write();
}

}  // namespace understudy::reports
