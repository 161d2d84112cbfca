// A forecast as one JSON document (docs/file-formats.md, "JSON of twin forecast"). Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/forecast.h"

namespace understudy::formats {

/// Times are seconds of the scenario's clock; what is not over by the end has no number but `"not_by_end": true`.
std::string forecast_as_json(const studies::Forecast& forecast);

}  // namespace understudy::formats
