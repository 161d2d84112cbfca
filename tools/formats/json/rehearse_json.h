// A rehearsal as one JSON document, for `understudy rehearse --json`, and the digest that names it. docs/file-formats.md
// has the members, which are an interface. Equal results give equal bytes, whatever the number of threads. Pure,
// thread-safe.
#pragma once

#include <string>

#include "tools/studies/rehearse.h"

namespace understudy::formats {

/// SHA-256 of what the verdict rests on: version, both scenarios as they were run, what is accepted, seed, confidence,
/// how many replications there might have been, whether they were independent; and of the verdicts. docs/file-formats.md
/// has the bytes.
std::string rehearsal_digest(const studies::RehearsalResult& result);

std::string rehearsal_as_json(const studies::RehearsalResult& result);

/// What the document has of a rehearsal, for who shows it again: neither scenarios nor replications.
struct RehearsalAnswer {
    studies::RehearsalResult result;
    std::string digest;
};
/// Throws std::invalid_argument, which says what is wrong, where it is none or does not hold together.
RehearsalAnswer rehearsal_from_json(const std::string& document);

}  // namespace understudy::formats
