// What was promised and what came of it: the verdict, the estimate, and its interval beside the limit as SVG that needs no
// script and stays as it is on paper. Internal to tools/reports. Pure.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "models/measure.h"
#include "tools/studies/result.h"

namespace understudy::reports {

struct Card {
    studies::Verdict verdict = studies::Verdict::inconclusive;
    std::string text;                ///< what is promised
    std::string value, interval;     ///< as people read them; without a value there is no estimate
    std::vector<std::string> notes;  ///< below; empty ones are left out
    // What is drawn:
    studies::Estimate estimate;
    models::Comparison comparison = models::Comparison::less;  ///< of the estimate with the limit
    double limit = 0;
    std::span<const double> by_replication = {};
    bool share = false;                              ///< nothing lies above 1
    std::function<std::string(double, int)> number;  ///< as people read it, with so many digits
};
std::string html_card(const Card& card);

}  // namespace understudy::reports
