#include "models/check/measured_of.h"

#include <vector>

namespace understudy::models {

std::string Measurable::kinds() const {
    std::vector<std::string> names;
    if (stage) names.insert(names.end(), {"a stage", "a task"});
    if (pool) names.emplace_back("a pool");
    if (pool && !stage) names.emplace_back("a stage with workers");
    if (pipeline) names.emplace_back("a pipeline");
    if (load) names.emplace_back("a load");
    if (stream) names.emplace_back("what is written");
    if (budget) names.emplace_back("a budget");
    if (whole) names.emplace_back("the whole system");
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i)
        text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
    return text;
}

Measurable measured_of(Metric metric) {
    switch (metric) {
        case Metric::latency:
            return {.whole = true, .load = true, .stream = true, .stage = true, .pipeline = true};
        case Metric::wait: return {.stage = true, .pipeline = true};
        case Metric::service:
        case Metric::backoff:
        case Metric::attempts:
        case Metric::gathering: return {.stage = true};
        case Metric::delay: return {.pipeline = true};
        case Metric::end: return {.whole = true, .load = true, .pipeline = true};
        case Metric::slowdown:
        case Metric::taken:
        case Metric::batch:
        case Metric::forming:
        case Metric::batched:
        case Metric::filled:
        case Metric::late: return {.stage = true};
        case Metric::present:
            return {.whole = true, .load = true, .stage = true, .pool = true, .pipeline = true};
        case Metric::waiting:
        case Metric::empty: return {.stage = true, .pool = true, .pipeline = true};
        case Metric::retrying:
        case Metric::lag: return {.stage = true};
        case Metric::blocked: return {.stage = true, .pool = true};
        case Metric::age: return {.whole = true, .stream = true, .stage = true};
        case Metric::freshness:
        case Metric::landed: return {.stream = true};
        case Metric::utilisation:
        case Metric::busy: return {.pool = true, .pipeline = true};
        case Metric::cycle:
        case Metric::active_period:
        case Metric::workers:
        case Metric::starting:
        case Metric::idle:
        case Metric::saturated:
        case Metric::occupied:
        case Metric::up:
        case Metric::down:
        case Metric::bottleneck:
        case Metric::shifting: return {.pool = true};
        case Metric::level:
        case Metric::refilled: return {.budget = true};
        case Metric::arrived:
        case Metric::completed:
            return {.whole = true, .load = true, .stream = true, .stage = true, .pipeline = true};
        case Metric::lost: return {.whole = true, .load = true, .stream = true, .stage = true};
        case Metric::dead_lettered: return {.whole = true, .load = true, .stage = true};
        case Metric::dropped:
        case Metric::expired:
        case Metric::retried:
        case Metric::interrupted: return {.stage = true};
        case Metric::failed:
        case Metric::waited: return {.stage = true, .pipeline = true};
        case Metric::duplicated: return {.whole = true, .stream = true, .stage = true};
        case Metric::cost: return {.whole = true, .pool = true, .budget = true};
    }
    return {};
}

bool is_numbered(Metric metric) {
    switch (metric) {
        case Metric::latency:
        case Metric::wait:
        case Metric::service:
        case Metric::backoff:
        case Metric::gathering:
        case Metric::attempts:
        case Metric::slowdown:
        case Metric::taken: return true;
        default: return false;
    }
}

std::string instead_of_whole(Metric metric) {
    switch (metric) {
        case Metric::waiting:
        case Metric::lag:
        case Metric::busy:
        case Metric::retrying: return "present() has all that is not done yet";
        case Metric::wait: return "latency() has all waits in it";
        case Metric::dropped:
        case Metric::expired:
        case Metric::failed: return "lost() has all that is lost for good";
        default: return "";
    }
}

}  // namespace understudy::models
