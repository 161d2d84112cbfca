#include "tools/reports/html_signed_bar.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace understudy::reports {

namespace {

constexpr double bar_width = 220;

/// As far as bars are drawn to that side of 0.
double end_of(const std::vector<double>& ends, double sign) {
    std::vector<double> sizes;
    double most = 0;
    for (const double end : ends) {
        sizes.push_back(std::fabs(end));
        most = std::max(most, sign * end);
    }
    if (sizes.empty()) return 0;
    const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
    std::nth_element(sizes.begin(), middle, sizes.end());
    return sign * (*middle > 0 ? std::min(most, SignedAxis::most_usual * *middle) : most);
}

}  // namespace

void SignedAxis::take(const studies::Estimate& estimate) {
    for (const std::optional<double>& end : {estimate.value, estimate.low, estimate.high})
        if (end && std::isfinite(*end)) ends_.push_back(*end);
}

double SignedAxis::low() const { return end_of(ends_, -1); }
double SignedAxis::high() const { return end_of(ends_, 1); }

std::string html_signed_bar(const studies::Estimate& estimate, const SignedAxis& axis, const char* look) {
    const double low = axis.low(), high = axis.high();
    if (!estimate.value || !std::isfinite(*estimate.value) || !(high > low)) return "";
    const auto x = [&](double value) {
        return 4 + (std::clamp(value, low, high) - low) / (high - low) * (bar_width - 8);
    };
    const double from = std::min(x(0), x(*estimate.value)), to = std::max(x(0), x(*estimate.value));
    std::string svg = fmt::format(
        "<svg class=\"gain\" viewBox=\"0 0 {0} 16\" width=\"{0}\" height=\"16\" aria-hidden=\"true\">"
        "<rect class=\"{1}\" x=\"{2:.1f}\" y=\"3\" width=\"{3:.1f}\" height=\"10\"/>",
        bar_width, look, from, std::max(1.0, to - from));
    if (estimate.low && estimate.high)
        svg += fmt::format("<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"8\" y2=\"8\"/>", x(*estimate.low),
                           x(*estimate.high));
    // Where it goes on beyond the column.
    if (*estimate.value > high)
        svg += fmt::format("<path class=\"on\" d=\"M{} 3l4 5 -4 5z\"/>", bar_width - 4);
    if (*estimate.value < low) svg += "<path class=\"on\" d=\"M4 3l-4 5 4 5z\"/>";
    return svg +
           fmt::format("<line class=\"zero\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"0\" y2=\"16\"/></svg>", x(0));
}

}  // namespace understudy::reports
