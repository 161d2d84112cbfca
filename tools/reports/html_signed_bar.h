// How much more or less something is, as a bar from 0 with its interval, for a cell of a table. SVG that needs no script and
// stays as it is on paper. Internal to tools/reports. Pure.
#pragma once

#include <string>
#include <vector>

#include "tools/studies/result.h"

namespace understudy::reports {

/// From the least to the most that any bar of a column has, 0 among it.
class SignedAxis {
public:
    void take(const studies::Estimate& estimate);
    /// Bars that are longer than this many times the usual one are cut, so that one does not squeeze the others.
    static constexpr double most_usual = 8;
    double low() const;
    double high() const;

private:
    std::vector<double> ends_;
};

/// `look`: a class of colour: "better", "worse", "moved", "open". Empty where there is no value, or all are 0.
std::string html_signed_bar(const studies::Estimate& estimate, const SignedAxis& axis, const char* look);

}  // namespace understudy::reports
