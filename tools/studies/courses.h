// What levels come to over the time of a run, all of some kind together, such as what waits anywhere: at a modest number of
// points, of one replication and as the mean of several.
//
// A point is a stretch of the run, whose warm-up is a part of it, and its value the mean over that stretch. Runs until empty
// have no courses. Internal to tools/studies. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "models/compile/model.h"
#include "models/simulation/replication.h"
#include "tools/studies/setting.h"

namespace understudy::studies {

/// The courses of a setting that are asked for, with the probes of its model found.
class CoursesOf {
public:
    CoursesOf(const std::vector<Course>& asked, const models::Model& model);
    /// How long a stretch is; 0: there are none.
    double stretch_s() const { return kernel::to_seconds(static_cast<kernel::Time>(together_) * sample_); }
    /// By course, then stretch. Of a replication that was broken off as far as it came.
    std::vector<std::vector<double>> of(const models::ReplicationOutcome& outcome) const;

private:
    std::vector<std::vector<std::size_t>> probes_;  ///< by course
    kernel::Time sample_ = 0;
    std::size_t together_ = 0;  ///< samples that are a point
};

/// The mean over replications, of those that came to a stretch. The same ones in the same order give the same bits.
class MeanCourses {
public:
    void add(const std::vector<std::vector<double>>& of_replication);
    /// By course, then stretch.
    std::vector<std::vector<double>> means() const;

private:
    struct Sum {
        double sum = 0, count = 0;
    };
    std::vector<std::vector<Sum>> sums_;
};

}  // namespace understudy::studies
