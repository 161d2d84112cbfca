// "did you mean ...?": the nearest word of a list, and the words other tools use for what we call something
// else.
//
// Pure functions, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace understudy::formats {

/// The candidate that `word` is most likely a misspelling of; empty if none is near enough. Ignores case, and
/// takes swapped neighbours as one mistake.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// What another tool's word is called here: "replicas" -> "workers". Empty if we know none. The answer may be
/// a path or a phrase ("retry.times") that is not one of the keys at hand.
std::string_view our_word_for(std::string_view word);

/// "did you mean 'workers'?", or "" where nothing is near: first a foreign word whose translation (or its
/// first part) is among the candidates, then the nearest candidate.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace understudy::formats
