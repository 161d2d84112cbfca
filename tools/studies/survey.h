// Many settings side by side: all of a grid, a Latin hypercube of them, or of a grid those that nothing beats.
//
// Every setting is run with the same replications under common random numbers, each of them a unit of its own (units.h).
// Of each measure the mean of the replications' own values is told, with its interval.
//
// - grid: all combinations of the values.
// - latin: as many settings as asked for, of each parameter one value in each of as many equal parts of what it may be, put
//   together at random (McKay, Beckman and Conover 1979).
// - frontier: all combinations; one that costs no more than another and does better, beyond what chance does, beats it.
//   What is left is the frontier of what is minimised against the first of the measures. `confidence` is that of all
//   pairs together (Bonferroni): the chance that any setting is left out wrongly is at most 1 - confidence.
//
// The result depends on the study and its base alone. No I/O. Throws BadSetting.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/scalability.h"
#include "tools/studies/result.h"
#include "tools/studies/setting.h"
#include "tools/studies/study.h"
#include "tools/studies/units.h"

namespace understudy::studies {

struct SurveyResult {
    struct Setting {
        std::vector<std::string> values;  ///< by factor
        std::optional<double> cost;       ///< of frontier, and where the study has one
        std::vector<Estimate> measures;   ///< none where a replication had no data
        std::string overload;             ///< what is offered more than it can do
        /// Of frontier: it is beaten by the setting of this number.
        std::optional<std::size_t> beaten_by;
    };
    /// Of a grid over nothing but a number of workers: how a measure scales with it.
    struct Scaling {
        std::size_t measure = 0;
        kernel::Scalability law;
    };
    double confidence = 0.95;
    std::uint64_t seed = 1;
    std::vector<std::string> measures, units;
    std::string cost_unit;
    std::vector<Scaling> scaling;
    std::vector<Setting> settings;  ///< of frontier by cost; else in order of the design
    std::size_t asked = 0;          ///< settings of the design; more than `settings` where it was interrupted
    std::int64_t replications = 0, each = 0;
    std::optional<double> warm_up_s;
    std::string warm_up_reason;
    bool interrupted = false;
};

bool is_survey(Study::Method method);

/// Why the study cannot be done with its budget; empty: it can.
std::string survey_problem(const Study& study, const models::Scenario& base);

SurveyResult survey(const Study& study, const ReadBase& read, const StudyOptions& options);

}  // namespace understudy::studies
