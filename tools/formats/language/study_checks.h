// What a study says of its base, held against that base: each finding at its line and column of the study's file.
//
// All look at what could be read of the study, wrong elsewhere or not, and take a base that is right as it is. Thread-safe.
#pragma once

#include <string>

#include "models/scenario.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/study_reader.h"

namespace understudy::formats {

/// What is wrong with the base, as lines, where it could not be read with all that the study sets: without what the study's
/// own `run` does, which is reported at its key there.
std::string problems_of_base(StudyReading& reading, const ScenarioReading& base);

/// Reports what is added up and in another currency than the base, or no money.
void check_money(StudyReading& reading, const models::Scenario& base);

/// Reports what is wrong with values that parameters may have, at their ends and as steps, each where it stands: reads the
/// base, which is right as it is, with each of them. Notes what they are there.
void check_values(StudyReading& reading);

/// Reports what is wrong with disturbances and the condition of recovery, each where it stands: reads and compiles the
/// base, which is right as it is, with each of them; and those that come after the end of its run.
void check_disturbances(StudyReading& reading, const models::Scenario& base);

/// Reports what the study measures or promises and its base does not have.
void check_measures(StudyReading& reading, models::Scenario base);

}  // namespace understudy::formats
