// How a change says what it makes anew: `backfill`, read as text. Not thread-safe.
#pragma once

#include "tools/formats/language/map_reader.h"
#include "tools/studies/backfill_price.h"

namespace understudy::formats {

/// `none`, or a map. Errors go to the reading.
studies::BackfillPlan read_backfill(Reading& reading, const Node& node, Place where);

/// Runs at once, ascending, from "1,4,16"; Fault where there is none.
std::vector<std::int64_t> read_concurrency(std::string_view text);

}  // namespace understudy::formats
