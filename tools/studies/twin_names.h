// What the elements of a twin are called in logs of production, and which of them a log means by a text. One rule for all that
// hold logs against twins (calibrate_elements.h, follow_names.h).
//
// An element goes by its label, its name and, a task, its path (`nightly.build`) and its name behind the label of its
// pipeline; where nothing is called so now, by what it was called before it was renamed (models::Twin::renamed). What a log's
// text may mean is told by log_names.h.
//
// A label NAMESPACE/NAME, as OpenLineage gives it, says whose the element is: a text with a namespace means it if it is that
// label, and not by what follows its last separator, which may be the name of another's job.
//
// Internal to tools/studies; the twin must outlive it; thread-safe to ask.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "models/scenario.h"

namespace understudy::studies {

class TwinNames {
public:
    /// Numbers of elements, as who added them calls them.
    using Elements = std::vector<std::size_t>;

    explicit TwinNames(const models::Twin& twin) : twin_(twin) {}
    void add(std::size_t element, const models::Stage& stage);
    void add(std::size_t element, const models::Pipeline& pipeline);
    void add(std::size_t element, const models::Pipeline& pipeline, const models::Task& task);
    /// `label`: empty where it has none.
    void add_dataset(std::size_t element, const std::string& name, const std::string& label);

    /// Whose label, name or path is just this, each once.
    Elements called(const std::string& name) const;
    /// The likeliest first, none of them empty: those that are called as one of the names that the text may be, each once.
    std::vector<Elements> meant_by(const std::string& text) const;
    /// The label of one that the text would mean, were it not of another namespace; empty: there is none.
    std::string other_namespace(const std::string& text) const;

private:
    using ByName = std::map<std::string, Elements>;

    void add(std::size_t element, const std::string& label, const std::vector<std::string>& names,
             const std::vector<std::string>& former);
    bool is_of_another(std::size_t element, const std::string& text) const;

    const models::Twin& twin_;
    ByName now_, former_;
    std::map<std::size_t, std::string> labels_;  ///< that have a namespace
};

}  // namespace understudy::studies
