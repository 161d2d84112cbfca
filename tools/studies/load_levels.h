// The levels that a breaking point is looked for on, from the lowest load to the highest.
//
// Those of the study's one factor in its order, one without steps cut into many; without a factor multiples of all loads,
// as many to each octave. Of loads of users whose multiples come to the same whole numbers each is there once. Thread-safe
// once made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/scenario.h"
#include "tools/studies/study.h"

namespace understudy::studies {

class LoadLevels {
public:
    /// Without a factor: so often twice as much, and half as much, as the load is.
    static constexpr std::ptrdiff_t octaves_up = 10, octaves_down = 6;

    /// The study has one factor, or none.
    LoadLevels(const Study& study, const models::Scenario& base);

    /// What is raised; "load": all loads.
    const std::string& path() const { return path_; }
    std::size_t size() const { return levels_.size(); }
    const Factor::Value& operator[](std::size_t level) const { return levels_[level]; }
    /// The load as it is, where nothing else is raised; else the first.
    std::size_t now() const { return now_; }
    /// Without a factor: the level so many octaves above, or below, or the nearest that there is.
    std::size_t shifted(std::size_t level, double octaves) const;

private:
    void lay_multiples();
    void lay_factor(const Factor& factor);
    std::vector<const models::Load*> multiplied_users(const models::Scenario& base) const;
    void leave_out_same(const std::vector<const models::Load*>& users, std::size_t place_now);
    void name_by_users(const models::Load& load);

    std::string path_;
    std::vector<Factor::Value> levels_;
    std::size_t now_ = 0;
    /// Before those that are the same were left out: where each level was, and which level is there.
    std::vector<std::size_t> places_, level_at_;
};

}  // namespace understudy::studies
