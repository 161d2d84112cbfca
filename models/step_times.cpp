#include "models/step_times.h"

#include <algorithm>

namespace understudy::models {

using kernel::Time;

std::vector<StepTimes> step_times(const ProcessLog& log, const ProcessCase& one) {
    std::vector<StepTimes> all;
    all.reserve(one.steps.size());
    Time since = one.begin();
    for (const ProcessStep& step : one.steps) {
        StepTimes times;
        times.since = since;
        times.wait = std::max<Time>(0, step.begin() - since);
        if (step.start) {
            each_stretch(log, step, [&](const WorkStretch& stretch) {
                times.worked += stretch.end - stretch.begin;
                times.advance += std::max<Time>(0, stretch.end - std::max(since, stretch.begin));
            });
            times.suspended =
                std::max<Time>(0, step.end - std::max(since, *step.start)) - times.advance;
        }
        since = std::max(since, step.end);
        all.push_back(times);
    }
    return all;
}

Time advance_so_far(const ProcessCase& one, Time begin, Time until) {
    Time since = begin;
    for (const ProcessStep& step : one.steps)
        if (step.begin() < begin) since = std::max(since, step.end);
    return std::max<Time>(0, until - since);
}

}  // namespace understudy::models
