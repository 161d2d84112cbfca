// How far a rewind or a backfill can read. Plain values, thread-safe.
#pragma once

#include "models/compile/model.h"

namespace understudy::models {

/// What a stage would not read again if it were rewound, of what it has read since an instant.
struct RewindGap {
    bool too_long_ago = false;  ///< some was read before the time that it goes back
    Index stream = none;        ///< the first that keeps some of the rest no more, by its retention
    bool any() const { return too_long_ago || stream != none; }
};

/// What a backfill would not make anew, for some input no longer keeps what was to be read.
struct MadeUpGap {
    Index stream = none;        ///< the first that keeps some of it no more
    std::int64_t left_out = 0;  ///< runs that have nothing to read, and are not made
};

}  // namespace understudy::models
