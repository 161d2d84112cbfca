// How far a rewind can read. A plain value, thread-safe.
#pragma once

#include "models/compile/model.h"

namespace understudy::models {

/// What a stage would not read again if it were rewound, of what it has read since an instant.
struct RewindGap {
    bool too_long_ago = false;  ///< some was read before the time that it goes back
    Index stream = none;        ///< the first that keeps some of the rest no more, by its retention
    bool any() const { return too_long_ago || stream != none; }
};

}  // namespace understudy::models
