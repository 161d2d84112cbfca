// Which of several tasks of one name a piece of work is. Internal to follow.h.
//
// Import calls the second task of a name "NAME #2", in the order in which a run submitted them (job_names.h). A log has the name
// alone: its pieces are numbered by the same rule, each run by itself, over all that is known. Where there are more than the
// pipeline has tasks, as of several runs that the log does not tell apart, they begin again with the first.
#pragma once

#include <vector>

#include "tools/studies/follow_names.h"
#include "tools/studies/follow_pieces.h"

namespace understudy::studies {

/// `elements`: of each piece, as its names say; those of numbered tasks become what the piece is. Pure, thread-safe.
void tell_jobs_apart(const std::vector<Piece>& pieces, const FollowedNames& names,
                     std::vector<FollowedElement>& elements);

}  // namespace understudy::studies
