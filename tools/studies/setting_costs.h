// What the settings of a grid cost: what is to be as little as possible, and the prices of parameters.
//
// Where a formula knows the measure of every setting exactly (workers that are always there), nothing is simulated for
// it; where in addition each factor adds what it adds whatever the others are, which is tried out, only as many
// settings are read as there are values; and of a factor with thousands of numbers fewer, where each unit adds the same,
// which is tried out as well. Money per time is per hour, in which prices are taken to be as well.
// No I/O; throws BadSetting as the base does.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tools/studies/setting.h"
#include "tools/studies/study.h"

namespace understudy::studies {

/// Settings beyond so many are not looked at one by one.
constexpr std::size_t most_settings = 200'000;

struct SettingCosts {
    /// By setting, the last factor changing fastest; empty: the measure is not known before a run.
    std::vector<double> costs;
    std::string unit;       ///< "EUR/h"; may be empty
    std::string not_known;  ///< why it is not known
};
SettingCosts setting_costs(const Study& study, const ReadBase& read);

/// What the prices come to at these places along the factors.
double priced(const Study& study, const std::vector<std::size_t>& places);
/// What they come to in the base, and what the base costs as far as that is known before a run; nothing where it is not.
std::optional<double> price_now(const Study& study);
std::optional<double> cost_now(const Study& study, const ReadBase& read);
/// The unit of what is minimised and what it is multiplied by to be in that: "EUR/h" and 3600.
std::pair<std::string, double> cost_unit(const Study& study, const models::Scenario& base);

/// The overrides of a setting.
std::vector<std::string> overrides_of(const Study& study, const std::vector<std::size_t>& places);

}  // namespace understudy::studies
