// What the backfill of a change costs, as JSON for `understudy change price` (docs/file-formats.md has the members). Pure,
// thread-safe.
#pragma once

#include <string>

#include "tools/formats/json/validation_json.h"
#include "tools/studies/backfill_price.h"

namespace understudy::formats {

std::string price_as_json(const Validation& validation, const studies::BackfillPrice& price);

}  // namespace understudy::formats
