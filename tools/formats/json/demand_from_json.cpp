#include <algorithm>
#include <cmath>

#include "tools/formats/json/demand_json.h"
#include "tools/formats/json/members_from_json.h"

namespace understudy::formats {

namespace {

class DemandDocument {
public:
    explicit DemandDocument(const nlohmann::ordered_json& document) : document_(document) {}

    DemandAnswer read() {
        studies::Study& study = answer_.study;
        studies::DemandResult& result = answer_.result;
        study = study_from_json(document_, {studies::Study::Method::cheapest});
        vary_from_json(document_, study);
        study.penalty = maybe_member<double>(document_, "penalty");
        read_verdict(document_, result);
        read_basis(document_, result);
        result.cost_unit = text_member(document_, "cost_unit");
        for (const auto& row : document_.at("cases")) add_case(row);
        for (const auto& row : document_.at("choices")) result.choices.push_back(choice(row));
        result.best = choice_of("best");
        result.best_expected = choice_of("best_expected");
        result.settings = whole_member<std::size_t>(document_, "settings");
        result.replications = whole_member<std::int64_t>(document_, "runs");
        result.completed = document_.at("completed").get<double>();
        result.warnings = texts_member(document_, "warnings");
        return std::move(answer_);
    }

private:
    void add_case(const nlohmann::ordered_json& row) {
        studies::Study& study = answer_.study;
        studies::DemandCase& of = study.demand.emplace_back();
        of.name = text_member(row, "name");
        of.load = member_or<std::string>(row, "load");
        of.overrides = texts_member(row, "overrides");
        of.chance = maybe_member<double>(row, "chance");
        if (of.chance.has_value() != study.demand.front().chance.has_value())
            throw std::invalid_argument("some of its cases have a chance and some have none");
        studies::CheapestResult& found = answer_.result.cases.emplace_back();
        read_verdict(row, found);
        found.confidence = row.at("confidence").get<double>();
        if (row.contains("best")) {
            found.best = setting_from_json(study, row.at("best"));
            if (!found.best->cost) throw std::invalid_argument("the cheapest of a case has no cost");
        }
        found.certificate = settings_from_json(study, row.at("certificate"));
        found.by_formula = whole_member<std::size_t>(row, "decided_by_formula");
        found.distrusted = texts_member(row, "not_monotone");
        found.tried = settings_from_json(study, row.at("tried"));
    }

    /// What has no price is unlimited; what is absent besides is not known.
    static std::optional<double> regret(const nlohmann::ordered_json& row, const char* name) {
        if (member_or(row, "no_price", false)) return INFINITY;
        return maybe_member<double>(row, name);
    }

    studies::DemandResult::Choice choice(const nlohmann::ordered_json& row) const {
        studies::DemandResult::Choice read;
        read.values = values_from_json(answer_.study, row.at("values"));
        read.why = texts_member(row, "why");
        read.regret.largest = regret(row, "largest_regret");
        read.regret.chance_kept = maybe_member<double>(row, "chance_kept");
        read.regret.expected_cost = maybe_member<double>(row, "expected_cost");
        // Both are known where all cases are decided.
        if (read.regret.chance_kept && !read.regret.expected_cost) read.regret.expected_cost = INFINITY;
        for (const auto& one : row.at("cases")) {
            const std::size_t i = read.in_case.size();
            if (i >= answer_.study.demand.size() || text_member(one, "case") != answer_.study.demand[i].name)
                throw std::invalid_argument("a choice is judged in a case that there is not");
            read.in_case.push_back(candidate_from_json(answer_.study, one));
            read.in_case.back().values = read.values;
            if (!read.in_case.back().cost) throw std::invalid_argument("a choice has no cost in a case");
            read.regret.in_case.push_back(regret(one, "regret"));
        }
        if (read.in_case.size() != answer_.study.demand.size() || read.in_case.empty())
            throw std::invalid_argument("a choice is not judged in all cases");
        return read;
    }

    std::optional<std::size_t> choice_of(const char* name) const {
        if (!document_.contains(name)) return std::nullopt;
        const auto values = values_from_json(answer_.study, document_.at(name).at("values"));
        const auto& all = answer_.result.choices;
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.values == values; });
        if (found == all.end()) throw std::invalid_argument(fmt::format("'{}' is none of the choices", name));
        return static_cast<std::size_t>(found - all.begin());
    }

    const nlohmann::ordered_json& document_;
    DemandAnswer answer_;
};

}  // namespace

DemandAnswer demand_from_json(const std::string& document) {
    return from_document(document,
                         [](const nlohmann::ordered_json& read) { return DemandDocument(read).read(); });
}

}  // namespace understudy::formats
