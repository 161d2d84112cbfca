// What things of a baseline are called in a candidate, and back: those that a change has given another name are the same as
// before (models::Twin::renamed). Pure, thread-safe.
#pragma once

#include <map>
#include <string>

#include "models/initial_state.h"
#include "models/measure.h"
#include "models/scenario.h"

namespace understudy::studies {

/// Elements, tasks (`pipeline.task`) and streams. What is not in the other keeps its name.
class Counterparts {
public:
    using Names = std::map<std::string, std::string>;

    Counterparts(const models::Scenario& baseline, const models::Scenario& candidate);
    /// What things are called, by the names that they had at first.
    Counterparts(const Names& baseline, const Names& candidate);

    std::string in_candidate(const std::string& name) const { return called(name, to_candidate_); }
    std::string in_baseline(const std::string& name) const { return called(name, to_baseline_); }
    /// The same measure of the other, its text with it.
    models::Measure in_candidate(models::Measure measure) const {
        return moved(std::move(measure), to_candidate_);
    }
    models::Measure in_baseline(models::Measure measure) const {
        return moved(std::move(measure), to_baseline_);
    }
    models::Objective in_candidate(models::Objective objective) const;
    models::InitialState in_candidate(models::InitialState state) const;
    /// A path that begins with a name: "clean.service".
    std::string path_in_candidate(const std::string& path) const;
    /// Whether everything is called as it was.
    bool empty() const { return to_candidate_.empty(); }

private:
    static std::string called(const std::string& name, const Names& names);
    static models::Measure moved(models::Measure measure, const Names& names);

    Names to_candidate_, to_baseline_;  ///< those that differ
};

/// The text of a measure or an objective with other names: those in its parentheses and of its load.
std::string with_names(const std::string& text, const std::map<std::string, std::string>& names);

}  // namespace understudy::studies
