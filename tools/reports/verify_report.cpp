#include "tools/reports/verify_report.h"

#include <fmt/format.h>

#include <cmath>

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

std::string verification_summary(const std::vector<VerifiedModel>& models) {
    std::size_t counts[4] = {}, all = 0, values = 0;
    double sum = 0, squares = 0;
    for (const VerifiedModel& model : models)
        for (const VerifiedQuantity& quantity : model.quantities) {
            ++counts[static_cast<std::size_t>(quantity.agreement)];
            ++all;
            for (const double z : quantity.z) {
                sum += z;
                squares += z * z;
                ++values;
            }
        }
    std::string text = fmt::format("{} models, {} quantities: {} inside", models.size(), all, counts[0]);
    for (const Agreement agreement : {Agreement::imprecise, Agreement::outside, Agreement::not_expressed})
        if (counts[static_cast<std::size_t>(agreement)] > 0)
            text += fmt::format(", {} {}", counts[static_cast<std::size_t>(agreement)], name_of(agreement));
    text += "\n";
    if (values > 1) {
        const auto n = static_cast<double>(values);
        const double mean = sum / n;
        text += fmt::format(
            "z of {} estimates: mean {:.3f}, standard deviation {:.3f} (0 and 1 where all is right)\n",
            values, mean, std::sqrt(std::max(0.0, (squares - n * mean * mean) / (n - 1))));
    }
    return text;
}

}  // namespace understudy::reports
