// What a rehearsal was to show, as checks: one for each entry that was accepted, under each stress too, and for the rollout and
// the way back; numbers as the text report has them. Met is passed; violated is failed, and so is what could not be told: a gate
// lets neither through. What the rehearsal warns of is warned of, such as what `change validate` refuses. Pure.
#pragma once

#include "tools/studies/change_check.h"
#include "tools/studies/rehearse.h"

namespace understudy::reports {

studies::Checks rehearsal_checks(const studies::RehearsalResult& result);

}  // namespace understudy::reports
