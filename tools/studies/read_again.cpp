#include "tools/studies/read_again.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace understudy::studies {

std::string why_not_read_again(const models::Stage& stage) {
    if (stage.take > 1) return "a worker takes up several items at once";
    if (!stage.work.transfers.over.empty()) return "its items move data over a link";
    if (!stage.work.spends.empty()) return "its items spend from budgets";
    if (!stage.holds_until.empty()) return "its items keep what they hold until another stage";
    return "";
}

double read_again_s(const models::Scenario& scenario, const models::Stage& stage, double over_s) {
    double kept = 0;
    for (const std::string& stream : stage.reads) {
        const auto dataset = std::find_if(scenario.twin.datasets.begin(), scenario.twin.datasets.end(),
                                          [&](const models::Dataset& one) { return one.name == stream; });
        if (dataset == scenario.twin.datasets.end() || !dataset->retention) return over_s;
        kept = std::max(kept, kernel::to_seconds(*dataset->retention));
    }
    return std::min(kept, over_s);
}

std::vector<double> work_of_parts(const std::vector<double>& work, double items, double item_s) {
    const auto together = static_cast<std::size_t>(std::max(1.0, std::round(items)));
    std::vector<double> parts;
    for (std::size_t i = 0; i + together <= work.size(); i += together)
        parts.push_back(std::accumulate(work.begin() + static_cast<std::ptrdiff_t>(i),
                                        work.begin() + static_cast<std::ptrdiff_t>(i + together), 0.0));
    const double mean = items * item_s;
    const double seen = std::accumulate(parts.begin(), parts.end(), 0.0) /
                        static_cast<double>(std::max<std::size_t>(1, parts.size()));
    if (!(seen > 0)) return {mean};
    for (double& part : parts) part *= mean / seen;
    return parts;
}

}  // namespace understudy::studies
