#include "tools/formats/language/study_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "models/check.h"
#include "tools/formats/language/configuration.h"
#include "tools/formats/language/document.h"
#include "tools/formats/language/factor_values.h"
#include "tools/formats/language/objectives.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/substitution.h"
#include "tools/formats/language/trial.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

using studies::Factor;
using studies::Study;

namespace {

/// What parameters are in the base: as written, or, where the study multiplies what is there, once that.
void note_what_is_now(Study& study) {
    const Configuration base = read_configuration(study.base, study.overrides);
    for (Factor& factor : study.factors) {
        const bool multiplied =
            std::any_of(factor.steps.begin(), factor.steps.end(),
                        [](const Factor::Value& step) { return step.text.ends_with('x'); });
        const std::string path = plain_path(factor.path);
        const auto found = std::find_if(base.settings.begin(), base.settings.end(),
                                        [&](const Setting& one) { return plain_path(one.path) == path; });
        if (multiplied)
            factor.now = {"1x", 1};
        else if (found != base.settings.end() && !found->value.empty())
            factor.now = factor_of_values({found->value}).values.front();
    }
}

}  // namespace

std::string problems_of_base(StudyReading& reading, const ScenarioReading& base) {
    std::string lines;
    for (const Diagnostic& one : base.diagnostics.all()) {
        const std::string where = base.diagnostics.show(one.place);
        const auto key =
            std::find_if(reading.run.begin(), reading.run.end(),
                         [&](const StudyReading::RunKey& run) { return where == "--set " + run.override; });
        const bool is_not_read = one.place.line == 0 && one.place.source == 0;
        if (is_not_read && one.severity == Diagnostic::Severity::error)
            reading.diagnostics.error(reading.base, fmt::format("{}: {}", where, one.message), one.hint);
        else if (key == reading.run.end())
            lines += base.diagnostics.show(one) + "\n";
        else if (one.severity == Diagnostic::Severity::error)
            reading.diagnostics.error(key->place, one.message, one.hint);
        else
            reading.diagnostics.warning(key->place, one.message, one.hint);
    }
    return lines;
}

void check_money(StudyReading& reading, const models::Scenario& base) {
    const Study& study = reading.as_read();
    const Dimension minimised = study.minimise ? limit_dimension(*study.minimise) : Dimension::money;
    const bool is_money = minimised == Dimension::money || minimised == Dimension::cost;
    const std::string hint_of_kind = "minimise a cost, such as 'rate cost()', or leave 'prices' out";
    const std::string currency = !study.minimise ? study.prices.empty() ? "" : study.prices.front().currency
                                 : is_money      ? base.currency
                                                 : "";
    for (std::size_t i = 0; i < reading.prices.size() && i < study.prices.size(); ++i) {
        const studies::Price& price = study.prices[i];
        if (!is_money)
            reading.diagnostics.error(
                reading.prices[i],
                fmt::format("a price is added to '{}', which is no money", study.minimise->text),
                hint_of_kind);
        else if (!currency.empty() && price.currency != currency)
            reading.diagnostics.error(reading.prices[i],
                                      fmt::format("the price of '{}' is in {}, and what is minimised in {}",
                                                  price.path, price.currency, currency),
                                      fmt::format("use {} throughout", currency));
    }
    if (!study.penalty || currency.empty()) return;
    if (reading.penalty_currency != currency && !reading.penalty_currency.empty())
        reading.diagnostics.error(reading.penalty,
                                  fmt::format("the penalty is in {}, and what is minimised in {}",
                                              reading.penalty_currency, currency),
                                  fmt::format("use {} throughout", currency));
}

void check_values(StudyReading& reading) {
    note_what_is_now(reading.study ? *reading.study : reading.rest);
    const Study& study = reading.as_read();
    for (std::size_t f = 0; f < study.factors.size(); ++f) {
        const Factor& factor = study.factors[f];
        const StudyReading::Values& places = reading.vary.at(f);
        std::vector<std::pair<std::string, Place>> values;
        for (std::size_t s = 0; s < factor.steps.size(); ++s)
            values.emplace_back(factor.steps[s].text, places.steps.empty() ? places.all : places.steps.at(s));
        if (places.steps.empty())
            for (const double end : {0.001, 0.999}) values.emplace_back(factor.at(end), places.all);
        std::set<std::string> told;  // what is wrong with the parameter itself is wrong with all values
        for (const auto& [value, place] : values) {
            const std::string setting = factor.path + "=" + value;
            std::vector<std::string> overrides = study.overrides;
            overrides.push_back(setting);
            const ScenarioReading base = read_scenario_file(study.base, overrides, study.changes);
            if (base.scenario) continue;
            for (const Diagnostic& wrong : base.diagnostics.all()) {
                if (wrong.severity != Diagnostic::Severity::error) continue;
                // Right as it is, so that all that is wrong comes of the value; where it is noticed may be elsewhere.
                std::string message = wrong.message;
                if (wrong.place.source == 0 && wrong.place.line > 0)
                    message += fmt::format(" ({}:{})", study.base, wrong.place.line);
                if (told.insert(message).second)
                    reading.diagnostics.error(place, setting + ": " + message, wrong.hint);
            }
        }
    }
}

namespace {

/// Where what stands at `wanted` in a copy, read from the text of one line that `original` was written as, stands in the
/// original; a scalar's columns are counted on.
std::optional<Place> place_in_original(const Node& copy, const Node& original, Place wanted) {
    if (copy.is_scalar()) {
        const int offset = wanted.column - copy.place.column;
        if (offset < 0 || offset > static_cast<int>(copy.text.size())) return std::nullopt;
        return original.at(static_cast<std::size_t>(offset));
    }
    for (std::size_t i = 0; i < copy.items.size() && i < original.items.size(); ++i)
        if (const auto found = place_in_original(copy.items[i], original.items[i], wanted)) return found;
    for (std::size_t i = 0; i < copy.entries.size() && i < original.entries.size(); ++i) {
        if (copy.entries[i].place.column == wanted.column) return original.entries[i].place;
        if (const auto found = place_in_original(copy.entries[i].value, original.entries[i].value, wanted))
            return found;
    }
    return std::nullopt;
}

}  // namespace

void check_disturbances(StudyReading& reading, const models::Scenario& base) {
    const Study& study = reading.as_read();
    for (std::size_t d = 0; d < study.disturbances.size(); ++d) {
        const Node& action = reading.disturb.at(d);
        if (base.run.length && study.disturbances[d].at >= *base.run.length)
            reading.diagnostics.error(
                action.find("at")->value.place,
                fmt::format("'{}' comes after the end of the run, which is {} long",
                            study.disturbances[d].name, print_duration(*base.run.length)),
                "let it happen earlier, or make the run longer: 'run: {length: ...}'");
        std::vector<std::string> overrides = study.overrides;
        overrides.push_back(study.disturbances[d].override);
        Diagnostics ignored;
        const std::string& text = overrides.back();
        const Node copy = read_document(std::string_view(text).substr(text.find('=') + 1), ignored);
        for (const Wrong& wrong : wrong_with(study, overrides)) {
            Place place = action.place;
            if (wrong.place.line > 0) place = place_in_original(copy, action, wrong.place).value_or(place);
            if (const Entry* member = action.find(wrong.member)) place = member->value.place;
            reading.diagnostics.error(place, wrong.message, wrong.hint);
        }
    }
    if (!study.recovered) return;
    for (const std::string& alert : study.recovered->overrides) {
        std::vector<std::string> overrides = study.overrides;
        overrides.push_back(alert);
        const std::vector<Wrong> all = wrong_with(study, overrides);
        for (const Wrong& wrong : all)
            reading.diagnostics.error(reading.recovered, wrong.message, wrong.hint);
        if (!all.empty()) return;
    }
}

void check_measures(StudyReading& reading, models::Scenario base) {
    const Study& study = reading.as_read();
    base.objectives = study.objectives;
    base.measures = study.measures;
    if (study.minimise) base.measures.push_back(*study.minimise);
    std::vector<Place> places = reading.measures;
    if (study.minimise) places.push_back(reading.minimise);
    for (const models::Problem& problem : models::check(base)) {
        const bool measure = problem.path.starts_with("measures.");
        if (!measure && !problem.path.starts_with("objectives.")) continue;
        const std::size_t index = std::stoul(problem.path.substr(problem.path.find('.') + 1));
        const Place place = measure ? places.at(index) : reading.objectives.at(index);
        if (problem.severity == models::Problem::Severity::error)
            reading.diagnostics.error(place, problem.message, problem.hint);
        else
            reading.diagnostics.warning(place, problem.message, problem.hint);
    }
    if (reading.diagnostics.has_errors()) reading.study.reset();
}

}  // namespace understudy::formats
