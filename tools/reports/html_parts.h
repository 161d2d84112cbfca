// The parts of the HTML report, each from the result alone. Internal to tools/reports.
#pragma once

#include <string>
#include <string_view>

#include "tools/studies/result.h"

namespace understudy::reports {

/// For text between tags and in attributes; bytes that are not UTF-8 become replacement characters.
std::string escape_html(std::string_view text);

std::string html_objectives(const studies::RunResult& result);
std::string html_graph(const studies::RunResult& result);
std::string html_metrics(const studies::RunResult& result);

/// Charts that are filled from `data` by report.js.
struct HtmlSeries {
    std::string section;
    std::string data;  ///< JSON, safe inside <script>
};
HtmlSeries html_series(const studies::RunResult& result);

/// Class of a utilisation: 0 below 50 %, 1 below 70, 2 below 85, 3 below 95, 4 from there.
int load_class(double utilisation);

}  // namespace understudy::reports
