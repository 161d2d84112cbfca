// Which jobs read and write which datasets, and what a dataset is made of by way of them.
//
// Whole datasets: what their columns are made of is said by people (`derives_from`), who reads and writes them by the twin, and
// the two are held against each other. Goes by names, so that a scenario need not be without errors. Immutable; thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/scenario.h"

namespace understudy::models {

/// A stage or a task by the data that it reads and writes, what has failed for good included.
struct DataJob {
    std::string name;      ///< a task's is `pipeline.task`
    std::string pipeline;  ///< empty: it is a stage
    std::vector<std::string> reads, writes;
};

/// In the order of the scenario: pipelines' tasks, then stages.
std::vector<DataJob> data_jobs_of(const Scenario& scenario);

class DatasetLineage {
public:
    explicit DatasetLineage(const Scenario& scenario);

    const std::vector<DataJob>& jobs() const { return jobs_; }
    bool is_written_by_load(const std::string& dataset) const { return written_by_loads_.contains(dataset); }
    /// By a load or a job.
    bool is_written(const std::string& dataset) const {
        return is_written_by_load(dataset) || writers_.contains(dataset);
    }
    /// In the order of jobs().
    std::vector<std::string> writers_of(const std::string& dataset) const;
    std::vector<std::string> readers_of(const std::string& dataset) const;

    /// Whether nothing but what jobs read goes into it: a load brings what it has from elsewhere, and of a job that reads
    /// nothing nobody has said what it reads.
    bool is_told(const std::string& dataset) const;
    /// Whether it is the same dataset, a job that writes it reads `origin`, or what is made of that. Linear in the jobs where
    /// no job reads `origin` itself.
    bool is_made_of(const std::string& dataset, const std::string& origin) const;

    /// The dataset of `orders.email`, both of whose names may have dots; empty: there is none.
    std::string of_column(const std::string& column) const;

private:
    /// It and all that it is made of.
    std::set<std::string> upstream_of(const std::string& dataset) const;

    std::vector<DataJob> jobs_;
    std::map<std::string, std::vector<std::size_t>> writers_, readers_;  ///< positions in jobs_
    std::set<std::string> written_by_loads_, datasets_;
};

}  // namespace understudy::models
