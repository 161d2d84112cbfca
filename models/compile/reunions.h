// Finds the stages where copies of one item may meet again by different ways: after a stream with several
// readers, or an element that writes to several streams. Only there is an item's identity mixed with the way it
// came, so that its copies draw on their own; anywhere else a new writer or reader shifts nobody's draws.
//
// Follows each branch of each fork through the compiled flow: O(branches x stages).
#pragma once

#include "models/compile/model.h"

namespace understudy::models {

/// Sets StageRow::copies_meet. After streams and stages have been compiled.
void mark_reunions(Model& model);

}  // namespace understudy::models
