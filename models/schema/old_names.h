// What datasets and columns of a candidate are called in its base: those that a change has given another name are the same as
// before (Twin::renamed, and `renamed_columns` as of schema_differences()). What is new keeps its name. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "models/scenario.h"

namespace understudy::models {

class OldNames {
public:
    /// `renamed_columns` has to outlive it.
    OldNames(const Scenario& base, const Scenario& candidate,
             const std::map<std::string, std::string>& renamed_columns)
        : renamed_columns_(renamed_columns) {
        std::map<std::string, std::string> base_names;  // by what random numbers go by
        for (const Dataset& dataset : base.twin.datasets)
            base_names[base.twin.drawn_as(dataset.name)] = dataset.name;
        for (const Dataset& dataset : candidate.twin.datasets) {
            const auto before = base_names.find(candidate.twin.drawn_as(dataset.name));
            if (before != base_names.end() && before->second != dataset.name)
                datasets_[dataset.name] = before->second;
        }
    }

    /// `orders.email` of the candidate.
    std::string of_column(const std::string& column) const {
        if (const auto renamed = renamed_columns_.find(column); renamed != renamed_columns_.end())
            return renamed->second;
        const std::size_t dot = column.rfind('.');
        const auto dataset =
            dot == std::string::npos ? datasets_.end() : datasets_.find(column.substr(0, dot));
        return dataset == datasets_.end() ? column : dataset->second + column.substr(dot);
    }

private:
    const std::map<std::string, std::string>& renamed_columns_;
    std::map<std::string, std::string> datasets_;  ///< new names to old ones, of those that differ
};

}  // namespace understudy::models
