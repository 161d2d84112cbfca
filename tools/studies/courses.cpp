#include "tools/studies/courses.h"

#include <algorithm>

namespace understudy::studies {

namespace {

constexpr std::size_t most_points = 50;

/// Where the course of a level is kept as a series: at whichever probe looks at it first.
std::size_t probe_of_level(const models::Measure& level, const models::Model& model) {
    const auto found = std::find_if(model.probes.begin(), model.probes.end(), [&](const auto& probe) {
        return probe.series && probe.measure.metric == level.metric && probe.measure.scope == level.scope &&
               probe.measure.of_load.empty();
    });
    return static_cast<std::size_t>(found - model.probes.begin());
}

}  // namespace

CoursesOf::CoursesOf(const std::vector<Course>& asked, const models::Model& model) {
    if (asked.empty() || model.sample <= 0 || model.length == kernel::never) return;
    sample_ = model.sample;
    const auto samples = static_cast<std::size_t>(model.length / model.sample);
    together_ = std::max<std::size_t>(1, (samples + most_points - 1) / most_points);
    for (const Course& course : asked) {
        std::vector<std::size_t>& probes = probes_.emplace_back();
        for (const models::Measure& level : course.levels) probes.push_back(probe_of_level(level, model));
        std::erase(probes, model.probes.size());  // of what is not simulated
    }
}

std::vector<std::vector<double>> CoursesOf::of(const models::ReplicationOutcome& outcome) const {
    std::vector<std::vector<double>> courses;
    for (const std::vector<std::size_t>& probes : probes_) {
        std::vector<double>& course = courses.emplace_back();
        std::size_t samples = 0;
        for (const std::size_t probe : probes) samples = std::max(samples, outcome.series[probe].size());
        for (std::size_t first = 0; first < samples; first += together_) {
            const std::size_t last = std::min(first + together_, samples);
            double sum = 0;
            for (const std::size_t probe : probes) {
                const std::vector<double>& series = outcome.series[probe];
                for (std::size_t i = first; i < std::min(last, series.size()); ++i) sum += series[i];
            }
            course.push_back(sum / static_cast<double>(last - first));
        }
    }
    return courses;
}

void MeanCourses::add(const std::vector<std::vector<double>>& of_replication) {
    if (sums_.size() < of_replication.size()) sums_.resize(of_replication.size());
    for (std::size_t course = 0; course < of_replication.size(); ++course) {
        const std::vector<double>& values = of_replication[course];
        std::vector<Sum>& sums = sums_[course];
        if (sums.size() < values.size()) sums.resize(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            sums[i].sum += values[i];
            ++sums[i].count;
        }
    }
}

std::vector<std::vector<double>> MeanCourses::means() const {
    std::vector<std::vector<double>> all;
    for (const std::vector<Sum>& sums : sums_) {
        std::vector<double>& means = all.emplace_back();
        for (const Sum& one : sums) means.push_back(one.sum / one.count);
    }
    return all;
}

}  // namespace understudy::studies
