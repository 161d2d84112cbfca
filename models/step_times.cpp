#include "models/step_times.h"

#include <algorithm>

namespace understudy::models {

using kernel::Time;

namespace {

/// Of a step that began before its turn, beside others, it is as the log has it.
Time in_turn(Time submitted, Time since, Time begin) {
    return begin < since ? submitted : std::max(since, submitted);
}

/// When all steps that began before a step had ended.
Time ends_before(const ProcessCase& one, Time begin) {
    Time since = one.begin();
    for (const ProcessStep& step : one.steps)
        if (step.begin() < begin) since = std::max(since, step.end);
    return since;
}

}  // namespace

std::vector<StepTimes> step_times(const ProcessLog& log, const ProcessCase& one) {
    std::vector<StepTimes> all;
    all.reserve(one.steps.size());
    Time since = one.begin();
    for (const ProcessStep& step : one.steps) {
        StepTimes times;
        times.since = since;
        times.wait = std::max<Time>(0, step.begin() - since);
        if (step.submitted) times.submitted = in_turn(*step.submitted, since, step.begin());
        if (step.start) {
            each_stretch(log, step, [&](const WorkStretch& stretch) {
                times.worked += stretch.end - stretch.begin;
                times.advance += std::max<Time>(0, stretch.end - std::max(since, stretch.begin));
            });
            times.suspended = std::max<Time>(0, step.end - std::max(since, *step.start)) - times.advance;
        }
        since = std::max(since, step.end);
        all.push_back(times);
    }
    return all;
}

Time submission_in_turn(const ProcessCase& one, Time begin, Time submitted) {
    return in_turn(submitted, ends_before(one, begin), begin);
}

Time advance_so_far(const ProcessCase& one, Time begin, Time until) {
    return std::max<Time>(0, until - std::max(begin, ends_before(one, begin)));
}

}  // namespace understudy::models
