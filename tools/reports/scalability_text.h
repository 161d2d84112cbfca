// The universal scalability law as people read it.
#pragma once

#include <string>
#include <vector>

#include "kernel/scalability.h"
#include "tools/reports/page.h"

namespace understudy::reports {

/// "spark.workers scales with 10 items/s each (9.8 to 10.2), contention 5 % (4 to 6), coherence 0.05 % (0.04 to 0.06); most
/// at 44 (40 to 48)", and by how much it is off where it does not fit. `unit`: of the throughput.
std::vector<std::string> scalability_words(const std::string& factor, const kernel::Scalability& law,
                                           const std::string& unit);
void add_scalability(Page& page, const std::string& factor, const kernel::Scalability& law,
                     const std::string& unit);

}  // namespace understudy::reports
