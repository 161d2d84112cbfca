#include "tools/studies/load_levels.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "kernel/exact_math.h"
#include "models/users.h"

namespace understudy::studies {

namespace {

/// A range without steps is cut into so many.
constexpr std::size_t cuts = 256;
/// So many multiples of a load from one to the next that is twice as high.
constexpr std::ptrdiff_t an_octave = 32;

Factor::Value multiple(double factor) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3gx", factor);
    // As it is read back.
    return {text, std::stod(text)};
}

std::vector<std::int64_t> users_at(const Factor::Value& level,
                                   const std::vector<const models::Load*>& loads) {
    std::vector<std::int64_t> users;
    if (level.number && level.text.ends_with('x'))
        for (const models::Load* load : loads)
            users.push_back(models::multiple_of_users(load->arrivals.users, *level.number));
    return users;
}

}  // namespace

LoadLevels::LoadLevels(const Study& study, const models::Scenario& base) {
    const bool multiplies = study.factors.empty();
    if (multiplies)
        lay_multiples();
    else
        lay_factor(study.factors.front());
    const std::vector<const models::Load*> users = multiplied_users(base);
    constexpr std::size_t nowhere = SIZE_MAX, as_it_is = octaves_down * an_octave;
    leave_out_same(users, multiplies ? as_it_is : nowhere);
    if (!multiplies) return;
    now_ = level_at_[as_it_is];
    if (users.size() == 1) name_by_users(*users.front());
}

void LoadLevels::lay_multiples() {
    path_ = "load";
    for (std::ptrdiff_t i = 0; i <= (octaves_down + octaves_up) * an_octave; ++i)
        levels_.push_back(multiple(kernel::exact::pow(2, static_cast<double>(i) / an_octave - octaves_down)));
}

void LoadLevels::lay_factor(const Factor& factor) {
    path_ = factor.path;
    levels_ = factor.values;
    if (!levels_.empty()) return;
    const double low = *factor.steps.front().number, high = *factor.steps.back().number;
    for (std::size_t i = 0; i <= cuts; ++i) {
        const double at = static_cast<double>(i) / cuts;
        levels_.push_back({factor.at(at), low + at * (high - low)});
    }
}

/// The loads of users that are multiplied, where nothing else is.
std::vector<const models::Load*> LoadLevels::multiplied_users(const models::Scenario& base) const {
    std::vector<const models::Load*> all;
    for (const models::Load& load : base.loads) {
        const bool of_users = load.arrivals.kind == models::Arrivals::Kind::users;
        if (path_ == "load" && !of_users && load.arrivals.kind != models::Arrivals::Kind::saturated)
            return {};
        if (of_users && (path_ == "load" || path_ == load.name + ".users")) all.push_back(&load);
    }
    return all;
}

/// There are whole users, so several multiples may be one level: that of the first of them, or of the load as it is.
void LoadLevels::leave_out_same(const std::vector<const models::Load*>& loads, std::size_t place_now) {
    const std::vector<Factor::Value> all = std::exchange(levels_, {});
    std::vector<std::int64_t> before;
    for (std::size_t place = 0; place < all.size(); ++place) {
        std::vector<std::int64_t> users = users_at(all[place], loads);
        if (users.empty() || users != before) {
            places_.push_back(place);
            levels_.push_back(all[place]);
        } else if (place == place_now) {
            places_.back() = place;
            levels_.back() = all[place];
        }
        level_at_.push_back(levels_.size() - 1);
        before = std::move(users);
    }
}

/// Multiples of one load of users say how many there are: of five 0.6x is three, as anything from 0.5x is.
void LoadLevels::name_by_users(const models::Load& load) {
    const std::vector<const models::Load*> one = {&load};
    for (std::size_t i = 0; i < levels_.size(); ++i) {
        const std::vector<std::int64_t> users = users_at(levels_[i], one);
        const Factor::Value named =
            multiple(static_cast<double>(users.front()) / static_cast<double>(load.arrivals.users));
        if (i != now_ && users_at(named, one) == users) levels_[i] = named;
    }
}

std::size_t LoadLevels::shifted(std::size_t level, double octaves) const {
    const auto by = static_cast<std::ptrdiff_t>(octaves * an_octave);
    const auto place = static_cast<std::ptrdiff_t>(places_[level]) + by;
    return level_at_[static_cast<std::size_t>(
        std::clamp(place, std::ptrdiff_t{0}, static_cast<std::ptrdiff_t>(level_at_.size()) - 1))];
}

}  // namespace understudy::studies
