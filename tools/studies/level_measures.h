// What is measured of each level of a load, besides what is promised: how much comes through and how fast, what is lost,
// how busy each pool is and what waits for it, how far consumers of topics are behind, and what the study asks for.
//
// Of the first 32 pools, and of the first 32 consumers. Internal to tools/studies. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "models/scenario.h"
#include "tools/studies/setting.h"

namespace understudy::studies {

struct LevelMeasures {
    std::vector<models::Measure> measures;  ///< those of the study last
    std::optional<std::size_t> completed,
        latency;                            ///< of measures: the rate and the mean; none without loads
    std::vector<std::size_t> utilisations;  ///< of measures: the mean of each pool
    std::vector<Course> courses;            ///< what waits for workers anywhere, and the lag of all consumers
};

LevelMeasures measures_of_levels(const models::Scenario& base, const std::vector<models::Measure>& asked);

}  // namespace understudy::studies
