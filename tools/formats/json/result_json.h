// A result as one JSON document, for `--json`. docs/file-formats.md has the members.
//
// Member names are an interface. No number is ever null: what is not known is left out (a metric without data
// stands under `no_data` with the reason), and so is what is infinite. Numbers are printed with the fewest
// digits that read back as the same double. Equal results give equal bytes. Pure functions, thread-safe.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/studies/result.h"

namespace understudy::formats {

/// For callers that add members (replay) before they print it with json_text.
nlohmann::ordered_json result_document(const studies::RunResult& result);

/// Its member `forecast`.
nlohmann::ordered_json forecast_document(const std::vector<studies::StationForecast>& forecast);

/// Indented by two, in the order of the document, with a line feed at the end. Text that is not UTF-8 gets
/// replacement characters. A number that is not finite is left out with its key: put none into an array.
std::string json_text(const nlohmann::ordered_json& document);

/// json_text(result_document(result))
std::string result_as_json(const studies::RunResult& result);

}  // namespace understudy::formats
