// The keys of a study that say what may come, of which nobody knows what will: `demand` and `penalty`.
//
// A case multiplies all loads, sets parameters of the base, or both; what it sets does not vary. Chances are given to
// all cases, and then add up to 100 %, or to none. The penalty is written in the unit of what is minimised, money per
// time where that is; kept per hour. Every mistake is reported at its place; nothing throws. Thread-safe: no shared state.
#pragma once

#include "models/scenario.h"
#include "tools/formats/language/map_reader.h"
#include "tools/formats/language/study_reader.h"
#include "tools/studies/study.h"

namespace understudy::formats {

/// Into a study that has been read as far as what it varies, minimises and prices; places into `into`.
void read_demand(Reading& reading, MapReader& map, studies::Study& study, StudyReading& into);

/// Reports what is wrong with the cases, each where it stands: reads and compiles the base, which is right as it is, with
/// what each case sets.
void check_demand(StudyReading& reading);

}  // namespace understudy::formats
