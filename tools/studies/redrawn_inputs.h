// A twin whose fitted inputs are drawn anew, as another log would have given them (kernel/redraw.h).
//
// A draw has an address, so that it depends on the seed, its number and the path alone that the input was fitted at: not on
// threads, not on what else is drawn, and not on what things are called since. Two scenarios that have the same input get the same of one draw. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/scenario.h"
#include "tools/studies/uncertain_input.h"

namespace understudy::studies {

inline constexpr std::int64_t usual_input_draws = 100;
/// The fewest whose quantiles reach an interval of this level: 39 at 95 percent.
std::int64_t fewest_input_draws(double level);

/// By input: why it cannot be drawn again in this scenario, behind its path: "is no single law, as fits are"; empty: it can.
std::vector<std::string> why_not_redrawn(models::Scenario scenario,
                                         const std::vector<UncertainInput>& inputs);

/// The scenario with all inputs drawn anew; each must be one that can be.
models::Scenario redraw_inputs(const models::Scenario& scenario, const std::vector<UncertainInput>& inputs,
                               std::uint64_t seed, std::uint64_t draw);

/// "100 draws of 2 fitted inputs: calls.arrivals, server.service"
std::string redrawn_text(std::int64_t draws, const std::vector<UncertainInput>& inputs);

}  // namespace understudy::studies
