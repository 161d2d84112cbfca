// What the backfill of a change costs, as text and as Markdown. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/formats/json/validation_json.h"
#include "tools/reports/text_report.h"
#include "tools/studies/backfill_price.h"

namespace understudy::reports {

std::string price_report(const formats::Validation& validation, const studies::BackfillPrice& price,
                         const TextOptions& look);
std::string price_markdown(const formats::Validation& validation, const studies::BackfillPrice& price);

}  // namespace understudy::reports
