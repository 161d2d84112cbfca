// A request with its rehearsal as an in-toto attestation: a Statement v1 with the predicate test-result v0.1
// (https://in-toto.io/attestation/test-result/v0.1, its specification in the repository in-toto/attestation). Pure,
// thread-safe.
#pragma once

#include <string>

#include "tools/formats/approval/change_log.h"

namespace understudy::formats {

/// The subject is what the change makes of the twin, by the SHA-256 of its text; tests are the entries of what is accepted.
/// An entry that is inconclusive is a warning; so is the result, where none is violated.
std::string attestation_of(const LoggedRequest& request);

}  // namespace understudy::formats
