#include "tools/reports/sensitivity_report.h"

#include <fmt/format.h>

#include <vector>

#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/scalability_text.h"
#include "tools/reports/sensitivity_words.h"
#include "tools/reports/table.h"

namespace understudy::reports {

namespace {

using studies::SensitivityOfMeasure;
using studies::SensitivityResult;
using studies::Study;

using Row = std::vector<std::string>;

std::string of_settings(const Study& study, const SensitivityOfMeasure& measure, int width) {
    constexpr int longest_value = 16;
    std::vector<Row> rows = {{"setting", "", "value", "less the base", ""}};
    // Finite differences from the step before, in the same pairs.
    std::vector<Row> slopes = {{"for each one of it", "", ""}};
    std::vector<std::optional<double>> values = {measure.at_base};
    for (const auto& setting : measure.settings)
        if (setting.why.empty()) values.push_back(setting.value);
    const HumanUnit shown = shared_unit(values, measure.unit);
    rows.push_back({"base", "", human_in(shown, measure.at_base), "", ""});
    std::string before;
    for (const auto& setting : measure.settings) {
        const studies::Factor& factor = study.factors[setting.factor];
        const std::string at = shorten(factor.steps[setting.step].text, longest_value);
        Row row = {factor.path, at, human_in(shown, setting.value), "", ""};
        if (!setting.why.empty()) {
            row[2] = "-";
            row[3] = setting.why;
        } else if (setting.difference) {
            row[3] = effect_words(setting.difference->estimate, measure.unit, shown);
            if (setting.difference->order == kernel::Difference::Order::undecided && row[3] != "the same")
                row[4] = "undecided";
            if (setting.per_unit)
                slopes.push_back(
                    {factor.path, before + " to " + at, slope_words(*setting.per_unit, measure.unit)});
            before = at;
        }
        rows.push_back(std::move(row));
    }
    std::string text = table(rows, width);
    if (slopes.size() > 1) text += table(slopes, width);
    Page page({width, false, 0});
    for (const auto& [factor, law] : measure.scaling)
        add_scalability(page, study.factors[factor].path, law, measure.unit);
    return text + page.take();
}

std::string of_effects(const Study& study, const SensitivityOfMeasure& measure, int width) {
    std::vector<Row> rows = {{"factor", "effect over its range", "size", "bends or joins"}};
    std::vector<std::optional<double>> values;
    for (const kernel::ElementaryEffects& one : measure.effects)
        values.insert(values.end(), {one.mean.centre, one.magnitude.centre, one.standard_deviation});
    const HumanUnit shown = shared_unit(values, measure.unit);
    for (const std::size_t i : by_size(measure.effects)) {
        const kernel::ElementaryEffects& one = measure.effects[i];
        rows.push_back({study.factors[i].path, effect_words(one.mean, measure.unit, shown),
                        size_words(one.magnitude, measure.unit, shown),
                        human_in(shown, one.standard_deviation, 3)});
    }
    return table(rows, width);
}

std::string of_indices(const Study& study, const SensitivityOfMeasure& measure, int width) {
    std::vector<Row> rows = {{"factor", "alone", "with others", ""}};
    for (const std::size_t i : by_size(*measure.indices))
        rows.push_back({study.factors[i].path, share_words(measure.indices->first[i]),
                        share_words(measure.indices->total[i]),
                        // What it does with others includes what it does alone.
                        measure.indices->total[i].centre < measure.indices->first[i].centre
                            ? "the same but for chance"
                            : ""});
    Page page({width, false, 0});
    page.wrapped("  ", spread_words(*measure.indices, measure.unit));
    return page.take() + table(rows, width);
}

}  // namespace

std::string sensitivity_report(const Study& study, const SensitivityResult& result, int width) {
    std::string text = study.name + ": " + basis_words(study, result) + "\n";
    Page head({width, false, 0});
    head.what_was_set(study.set);
    text += head.take();
    if (result.warm_up_s && *result.warm_up_s > 0)
        text += fmt::format("warm-up of {} cut ({})\n", human(*result.warm_up_s, "s"), result.warm_up_reason);
    text += fmt::format("{} intervals\n", studies::percent(result.confidence));
    if (!result.no_rows.empty()) return text + "\nno answer: " + result.no_rows + "\n";
    if (result.interrupted) text += "interrupted: of what had been run\n";
    Page warnings({width, false, 0});
    warnings.warnings("warning: ", result.warnings, "--json has all");
    text += warnings.take();
    for (const SensitivityOfMeasure& measure : result.measures) {
        text += "\n" + measure.name + "\n";
        if (!measure.why.empty())
            text += "  no answer: " + measure.why + "\n";
        else if (study.method == Study::Method::one_at_a_time)
            text += of_settings(study, measure, width);
        else if (study.method == Study::Method::morris)
            text += of_effects(study, measure, width);
        else
            text += of_indices(study, measure, width);
    }
    return text;
}

}  // namespace understudy::reports
