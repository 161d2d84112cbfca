// What moved most between the runs of a pair, as a section of a rehearsal's report. Internal to tools/reports.
#pragma once

#include <string>

#include "tools/reports/page.h"
#include "tools/studies/moved.h"

namespace understudy::reports {

/// "+41 s at dedupe (41 s of wait), behind batch 77 of dedupe (38 s) and 3 more"; empty where nothing is known.
std::string moved_text(const studies::MovedOne& one);

/// "of 27849 items, 2878 took longer and 0 less long"; `plural`: "items".
std::string moved_counts_text(const studies::MovedKind& kind, const char* plural);
bool has_moved(const studies::Moved& moved);

/// Nothing where nothing moved.
void put_moved(Page& page, const studies::Moved& moved);

}  // namespace understudy::reports
