#include "tools/reports/sensitivity_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "tools/reports/difference_text.h"
#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/scalability_text.h"
#include "tools/reports/table.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

namespace {

using studies::SensitivityOfMeasure;
using studies::SensitivityResult;
using studies::Study;

using Row = std::vector<std::string>;

/// "+1.2 s (+0.9 to +1.5)"
std::string change(const kernel::Estimate& estimate, const std::string& unit, const HumanUnit& shown) {
    return difference_text(estimate.centre, estimate.low, estimate.high, unit, shown);
}

/// The same for each one of a factor, which may be far less.
std::string slope(const kernel::Estimate& estimate, const std::string& unit) {
    return difference_text(estimate.centre, estimate.low, estimate.high, unit);
}

/// "1.2 s (0.9 to 1.5)", of shares in points as the effects are.
std::string size_of(const kernel::Estimate& estimate, const std::string& unit, const HumanUnit& shown) {
    const auto number = [&](double value) { return human_number(value * shown.factor, 3); };
    return fmt::format("{}{} ({} to {})", number(estimate.centre),
                       unit == "fraction" ? " points" : shown.suffix, number(estimate.low),
                       number(estimate.high));
}

/// "62 % (51 to 73)": a share may come out below 0 or above 1, and is shown as the nearest that there is.
std::string share(const kernel::Estimate& estimate) {
    const auto whole = [](double value) { return fmt::format("{:.0f}", 100 * std::clamp(value, 0.0, 1.0)); };
    return fmt::format("{} % ({} to {})", whole(estimate.centre), whole(estimate.low), whole(estimate.high));
}

template <class Size>
std::vector<std::size_t> largest_first(std::size_t count, Size size) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return size(a) > size(b); });
    return order;
}

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
            row[3] = change(setting.difference->estimate, measure.unit, shown);
            if (setting.difference->order == kernel::Difference::Order::undecided && row[3] != "the same")
                row[4] = "undecided";
            if (setting.per_unit)
                slopes.push_back({factor.path, before + " to " + at, slope(*setting.per_unit, measure.unit)});
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
    for (const std::size_t i : largest_first(
             measure.effects.size(), [&](std::size_t f) { return measure.effects[f].magnitude.centre; })) {
        const kernel::ElementaryEffects& one = measure.effects[i];
        rows.push_back({study.factors[i].path, change(one.mean, measure.unit, shown),
                        size_of(one.magnitude, measure.unit, shown),
                        human_in(shown, one.standard_deviation, 3)});
    }
    return table(rows, width);
}

std::string of_indices(const Study& study, const SensitivityOfMeasure& measure, int width) {
    std::vector<Row> rows = {{"factor", "alone", "with others", ""}};
    for (const std::size_t i :
         largest_first(study.factors.size(), [&](std::size_t f) { return measure.indices->total[f].centre; }))
        rows.push_back(
            {study.factors[i].path, share(measure.indices->first[i]), share(measure.indices->total[i]),
             // What it does with others includes what it does alone.
             measure.indices->total[i].centre < measure.indices->first[i].centre ? "the same but for chance"
                                                                                 : ""});
    // The root of what holds a variance holds its root.
    kernel::Estimate sd = measure.indices->variance;
    for (double* value : {&sd.centre, &sd.low, &sd.high}) *value = std::sqrt(std::max(*value, 0.0));
    const auto within = [&](const kernel::Estimate& estimate) {
        return with_interval({estimate.centre, estimate.low, estimate.high, estimate.level, 0}, measure.unit);
    };
    Page page({width, false, 0});
    page.wrapped("  ", fmt::format("mean {}, sd {}; noise is {} of what replications differ",
                                   within(measure.indices->mean), within(sd), share(measure.indices->noise)));
    return page.take() + table(rows, width);
}

}  // namespace

std::string sensitivity_report(const Study& study, const SensitivityResult& result, int width) {
    std::string text = fmt::format("{}: {} over {} {}, {} settings, {} replications, seed {}\n", study.name,
                                   studies::name_of(study.method), study.factors.size(),
                                   study.factors.size() == 1 ? "factor" : "factors", result.settings,
                                   result.replications, result.seed);
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
