// Are some workers faster than others? The part of calibrate.h for kinds of tasks that looks at where they ran.
//
// Of each pool: the logarithms of durations are that of the element and of the node together (analysis of variance of two
// ways, as what differs by node must not be taken for what differs by task). Where the node counts, at 1 percent and by a
// twentieth and more, and the pool's types of workers are called as the log's nodes, they get a `speed`: that of the type
// with most tasks stays as it is. Where none is called so, the difference is said. Internal to tools/studies; deterministic.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "models/recorded_run.h"
#include "models/scenario.h"
#include "tools/studies/calibrate.h"

namespace understudy::studies {

class NodeSpeeds {
public:
    explicit NodeSpeeds(const models::Scenario& twin) : twin_(twin) {}
    void add(const std::string& path, const models::Work& work, const models::RecordedTask& task);
    /// Adds edits, evidence and what cannot be told.
    void fit(Calibration& into);
    /// What a duration of the element there is multiplied by to be what it is at speed 1; 1 where nothing was fitted.
    double speed(const models::Work& work, const std::string& path, const std::string& node) const;
    /// The standard error of the logarithm of what its durations were multiplied by in the mean: speeds are those of the log.
    double error_of_scale(const models::Work& work, const std::string& path) const;

private:
    struct Value {
        std::size_t element = 0;
        std::string node;
        double log_s = 0;
    };
    struct OfPool {
        std::vector<std::string> elements;
        std::vector<Value> values;
        std::map<std::string, double> speeds;          ///< by node, once fitted
        std::map<std::string, double> error_of_scale;  ///< by element, then
    };
    static std::string pool_of(const models::Work& work, const std::string& path);
    const models::Workers* workers_of(const std::string& pool) const;
    /// By node: the type of the pool's workers that is called so; empty: none is.
    std::string type_of(const models::Workers& workers, const std::string& node) const;
    void fit_pool(const std::string& name, OfPool& pool, Calibration& into);

    const models::Scenario& twin_;
    std::map<std::string, OfPool> pools_;
};

}  // namespace understudy::studies
