// A result as one HTML file: verdicts, series with bands, the graph with utilisation, metrics, provenance.
//
// Self-contained (no network, styles and the chart library inside), light and dark, printable. Made from the
// result alone; the same result gives the same bytes. Large results are summarised: the page stays below
// about a megabyte, and says what it left out. Thread-safe.
#pragma once

#include <string>

#include "tools/studies/result.h"

namespace understudy::reports {

std::string html_report(const studies::RunResult& result);

}  // namespace understudy::reports
