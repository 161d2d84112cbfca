// A rehearsal with something of everything, for tests of documents and reports.
#pragma once

#include "tools/studies/rehearse.h"

namespace understudy::tests {

/// An objective that holds and one that is not settled, an increase that is past its margin and one in shares; a promise that
/// is gone; measures that differ, surely and not, are the same, and have no data; a stress; a rollout with checks and a bad
/// candidate; a way back; items and runs that moved. `name`: of scenarios, measures and whatever else has one.
studies::RehearsalResult sample_rehearsal(const std::string& name = "shop");

}  // namespace understudy::tests
