// What tells the tasks of a process apart from one repeat to the next: their names, the rank of their durations, or nothing.
// The part of calibrate.h for processes of repeats whose durations vary much by name.
//
// Independent durations of one law differ by name, and sorting them always brings those of one rank closer together, so that
// neither says anything by itself. Both are held against what chance would have, by permutation (Good 2005): names against
// the durations of each repeat dealt anew to its tasks, ranks against all durations dealt anew to the repeats, each in
// multiples of the mean of its repeat, so that one slow run is none. 199 deals with fixed random streams: deterministic.
//
// Of fewer than ten repeats ranks count wherever they leave a fourth of what names do: alike or not, the sorted durations of a
// run are then a better description of the next one's than a law around their mean (docs/calibration.md has what was measured).
// Internal to tools/studies; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace understudy::studies {

enum class ToldApart {
    by_name,  ///< a name is the same work in each repeat, or too few durations deny it
    by_rank,  ///< each repeat has the same work, under other names; of few repeats, at least as many of each length
    not_at_all,  ///< tasks are alike: names do no better than chance, and ranks neither
};

/// `seconds` by task, by repeat; nothing where the repeat does not have the task. `process`: whose random numbers.
ToldApart how_told_apart(const std::string& process,
                         const std::vector<std::vector<std::optional<double>>>& seconds);

}  // namespace understudy::studies
