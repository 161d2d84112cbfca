// Scenarios of tests/tools/studies, from their text to a result.
#pragma once

#include <string>

#include "tools/studies/run.h"

namespace understudy::tests {

/// `rest`: all but the first two keys. Fails the test where it is refused.
studies::PreparedRun prepared(const std::string& rest);

/// On one thread.
studies::RunResult simulated(const studies::PreparedRun& run);

/// What its file holds.
std::string bytes_of(const studies::RunResult& result);
/// As a later run has it: from a file.
studies::RunResult reread(const studies::RunResult& result);

/// What logs are fitted to: jobs that come to one worker.
models::Scenario twin_of_jobs();

bool warns(const studies::RunResult& result, const std::string& part);

}  // namespace understudy::tests
