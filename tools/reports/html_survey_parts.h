// The parts of the page of settings side by side. Internal to tools/reports.
#pragma once

#include <string>
#include <vector>

#include "tools/reports/html_chart.h"
#include "tools/studies/study.h"
#include "tools/studies/survey.h"

namespace understudy::reports {

/// Values that settings have of a parameter, each once, with their places across: by their numbers where they are such, else
/// one beside the other.
class ValuesAcross {
public:
    ValuesAcross(const std::string& path, const std::vector<std::string>& values);
    /// In order.
    const std::vector<std::string>& values() const { return values_; }
    bool numeric() const { return numeric_; }
    /// Of a value that is there.
    double x(const std::string& value) const;
    /// As a number, where they are such.
    double number(const std::string& value) const;
    const std::string& unit() const { return unit_; }
    const ChartAcross& across() const { return across_; }

private:
    std::size_t place_of(const std::string& value) const;

    std::vector<std::string> values_;
    std::vector<double> numbers_, places_;
    std::string unit_;
    bool numeric_ = false;
    ChartAcross across_;
};

/// Of all combinations: a measure by the parameter with the most values, with a line each of another with few, or in cells; a
/// drawing for each combination of all others.
std::string html_grid(const studies::Study& study, const studies::SurveyResult& result, std::size_t measure);
/// Of any settings: a measure by each parameter that is a number.
std::string html_scatter(const studies::Study& study, const studies::SurveyResult& result,
                         std::size_t measure);
/// Cost against a measure.
std::string html_frontier(const studies::Study& study, const studies::SurveyResult& result,
                          std::size_t measure);

/// "spark.workers 4, 7.2 EUR/h: 5.1 s (5 to 5.2)", and what is wrong with it.
std::string setting_title(const studies::Study& study, const studies::SurveyResult& result,
                          const studies::SurveyResult::Setting& setting, std::size_t measure);

}  // namespace understudy::reports
