// What was found of an entry that a rehearsal accepts or not, in words, for all reports that show it.
//
// Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/rehearse.h"

namespace understudy::reports {

/// "interrupted before it was rehearsed", where none of its replications has ended; else empty.
std::string not_rehearsed_text(const studies::RehearsalResult& result);
/// What was found: an objective's value with its interval, or by how much the two differ.
std::string found_text(const studies::Accepted& entry);
/// The two parts of its interval; empty where there is one alone.
std::string parts_text(const studies::Accepted& entry);
/// Why it is not met; empty where the limit says it.
std::string why_text(const studies::Accepted& entry);
/// How far from the limit it had to be to be told; of an entry that has a `smallest_effect`.
std::string effect_text(const studies::Accepted& entry);

/// How an objective that the candidate promises no more would be judged.
std::string would_be_text(const studies::NoLongerPromised& one);

}  // namespace understudy::reports
