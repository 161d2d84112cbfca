// What a rehearsal found, in words and in order, for the pages that show it: a terminal's and HTML.
//
// Pure, thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tools/studies/rehearse.h"

namespace understudy::reports {

/// "30 replications of each in pairs, under the same random numbers (seed 42); ...".
std::string rehearsal_how_words(const studies::RehearsalResult& result);
/// Measures that surely differ, those that changed by the largest share first; with those that are judged, or without.
enum class Judged { with, without };
std::vector<const studies::ComparedMeasure*> differing(const studies::RehearsalResult& result, Judged judged);
/// How many measures are the same to the last digit.
std::size_t same_measures(const studies::RehearsalResult& result);
/// What pairs are good for; empty: nobody knows.
std::string pairing_words(const studies::RehearsalResult& result);
/// Why one of the two is not to be believed; empty: both are.
std::string doubt_of(const studies::ComparedMeasure& measure);
/// What to do now; empty: nothing.
std::string next_words(const studies::RehearsalResult& result);

}  // namespace understudy::reports
