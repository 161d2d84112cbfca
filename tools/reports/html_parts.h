// The parts of the page of a run, each from the result alone. Internal to tools/reports.
#pragma once

#include <optional>
#include <string>

#include "tools/reports/html_page.h"
#include "tools/studies/result.h"

namespace understudy::reports {

std::string html_objectives(const studies::RunResult& result);
/// One of them: its verdict, its estimate, and the interval beside its limit.
std::string html_objective_card(const studies::ObjectiveResult& objective);
std::string html_graph(const studies::RunResult& result);
/// What was expected before simulating, against what came out.
std::string html_load(const studies::RunResult& result);
std::string html_metrics(const studies::RunResult& result);

/// Charts that are filled from `data` by report.js.
struct HtmlSeries {
    std::string section;
    std::string data;  ///< JSON, safe inside <script>
};
HtmlSeries html_series(const studies::RunResult& result);

/// Class of a utilisation: 0 below 50 %, 1 below 70, 2 below 85, 3 below 95, 4 from there.
int load_class(double utilisation);
/// A bar of that colour; empty: it is not known.
std::string html_meter(std::optional<double> utilisation);

}  // namespace understudy::reports
