// A forecast as text for a terminal. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/forecast.h"

namespace understudy::reports {

std::string forecast_report(const studies::Forecast& forecast, int width);

}  // namespace understudy::reports
