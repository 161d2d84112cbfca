// A result for a terminal: objectives first, then warnings, what was expected before simulating, and the
// metrics.
//
// Made from the result alone; the same result gives the same text. Thread-safe.
#pragma once

#include <string>

#include "tools/studies/result.h"

namespace understudy::reports {

struct TextOptions {
    int width = 80;       ///< no line is longer, from 60 on
    bool colour = false;  ///< the caller knows whether this is a terminal (and NO_COLOR)
    int metrics = 200;    ///< at most this many metrics; what is left out is said
};

std::string text_report(const studies::RunResult& result, const TextOptions& options = {});

}  // namespace understudy::reports
