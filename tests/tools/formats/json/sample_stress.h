// A stress test with something of everything, for tests of documents and reports.
#pragma once

#include "tools/formats/json/stress_json.h"

namespace understudy::tests {

/// Six levels, two of them by formulas, of which the highest breaks one of two promises; one disturbance that is survived, one
/// that is not and one that nobody knows of; growth; what would help.
formats::StressAnswer sample_stress();

}  // namespace understudy::tests
