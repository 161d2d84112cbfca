#include "tools/reports/verify_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "tools/reports/numbers.h"

namespace understudy::reports {

using studies::Agreement;
using studies::VerifiedModel;
using studies::VerifiedQuantity;

std::string verified_model(const VerifiedModel& model, int width) {
    std::size_t inside = 0;
    for (const VerifiedQuantity& quantity : model.quantities)
        inside += quantity.agreement == Agreement::inside;
    std::string text =
        shorten(fmt::format("{:<18} {:<13} {} of {} inside  {}", model.id, name_of(model.agreement()), inside,
                            model.quantities.size(), model.kind),
                width) +
        "\n";
    if (!model.why.empty()) return text + "    " + model.why + "\n";
    for (const VerifiedQuantity& quantity : model.quantities) {
        if (quantity.agreement == Agreement::inside) continue;
        std::string line = fmt::format("    {:<18} {:<13} {}", quantity.name, name_of(quantity.agreement),
                                       human_number(quantity.reference));
        if (quantity.estimate) line += fmt::format(", found {}", human_number(*quantity.estimate));
        if (quantity.low)
            line += fmt::format(" ({} to {})", human_number(*quantity.low), human_number(*quantity.high));
        if (!quantity.why.empty()) line += ": " + quantity.why;
        text += line + "\n";
    }
    return text;
}

namespace {

/// Quantities and their errors, of a kind or of all.
struct Tally {
    std::size_t quantities = 0, counts[4] = {}, values = 0;
    double sum = 0, squares = 0;

    void add(const VerifiedQuantity& quantity) {
        ++quantities;
        ++counts[static_cast<std::size_t>(quantity.agreement)];
        for (const double z : quantity.z) {
            ++values;
            sum += z;
            squares += z * z;
        }
    }
    std::size_t of(Agreement agreement) const { return counts[static_cast<std::size_t>(agreement)]; }
    double mean() const { return sum / static_cast<double>(values); }
    double deviation() const {
        const auto n = static_cast<double>(values);
        return std::sqrt(std::max(0.0, (squares - n * mean() * mean()) / (n - 1)));
    }
};

std::string by_kind(const std::vector<VerifiedModel>& models, int width) {
    std::vector<std::pair<std::string, Tally>> kinds;  // in the order of the file
    for (const VerifiedModel& model : models) {
        auto kind = std::find_if(kinds.begin(), kinds.end(),
                                 [&](const auto& known) { return known.first == model.kind; });
        if (kind == kinds.end()) kind = kinds.insert(kind, {model.kind, {}});
        for (const VerifiedQuantity& quantity : model.quantities) kind->second.add(quantity);
    }
    std::string text =
        fmt::format("{:<40} {:>10} {:>7} {:>7} {:>7}\n", "kind", "quantities", "inside", "z mean", "z sd");
    for (const auto& [name, tally] : kinds) {
        std::string line = fmt::format("{:<40} {:>10} {:>7}", shorten(name, 40), tally.quantities,
                                       tally.of(Agreement::inside));
        if (tally.values > 1) line += fmt::format(" {:>7.2f} {:>7.2f}", tally.mean(), tally.deviation());
        text += shorten(line, width) + "\n";
    }
    return text;
}

}  // namespace

std::string verification_summary(const std::vector<VerifiedModel>& models, int width) {
    Tally all;
    std::size_t seeds = 0;
    for (const VerifiedModel& model : models)
        for (const VerifiedQuantity& quantity : model.quantities) {
            all.add(quantity);
            seeds = std::max(seeds, quantity.z.size());
        }
    std::string text = seeds > 1 ? "\n" + by_kind(models, width) + "\n" : "";
    text += fmt::format("{} models, {} quantities: {} inside", models.size(), all.quantities,
                        all.of(Agreement::inside));
    for (const Agreement agreement : {Agreement::imprecise, Agreement::outside, Agreement::not_expressed})
        if (all.of(agreement) > 0) text += fmt::format(", {} {}", all.of(agreement), name_of(agreement));
    text += "\n";
    if (all.values > 1)
        text += fmt::format(
            "z of {} estimates: mean {:.3f}, standard deviation {:.3f} (0 and 1 where all is right)\n",
            all.values, all.mean(), all.deviation());
    return text;
}

}  // namespace understudy::reports
