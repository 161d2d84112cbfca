#include "tools/studies/calibrate_unseen.h"

#include <algorithm>
#include <map>
#include <string>

#include "models/listed.h"
#include "tools/studies/calibrate_elements.h"
#include "tools/studies/seen_load.h"

namespace understudy::studies {

namespace {

constexpr std::size_t most_named_unseen = 10;

struct Attempted {
    bool ended = false, failed = false;
};

}  // namespace

void say_unseen(const models::Scenario& twin, const std::vector<SeenRun>& runs, Calibration& into) {
    const bool any = std::any_of(runs.begin(), runs.end(), [](const SeenRun& run) {
        return run.run != nullptr && !(run.ended.empty() && run.open.empty());
    });
    if (!any) return;
    const WorkingElements elements(twin, runs);
    std::map<std::string, Attempted> attempted;
    for (const SeenRun& run : runs)
        for (const auto* tasks : {&run.ended, &run.open})
            for (const models::RecordedTask* task : *tasks)
                // Of which of several it is may be unknown, and is told where it is looked for.
                for (const WorkingElement* element : elements.of(*task)) {
                    Attempted& one = attempted[element->path];
                    one.ended = one.ended || tasks == &run.ended;
                    one.failed = one.failed || task->failed;
                }
    if (attempted.empty()) return;  // another twin's log, which is told
    std::vector<std::string> unseen, never_failed;
    const auto look_at = [&](const std::string& path, const models::Work& work) {
        if (!work.workers && work.runs_on.empty()) return;
        const auto known = attempted.find(path);
        if (known == attempted.end())
            unseen.push_back(path);
        else if (!known->second.failed && work.retry.times > 0)
            never_failed.push_back(path);
    };
    for (const models::Stage& stage : twin.twin.stages) look_at(stage.name, stage.work);
    for (const models::Pipeline& pipeline : twin.twin.pipelines)
        for (const models::Task& task : pipeline.tasks) look_at(pipeline.name + "." + task.name, task.work);
    if (!unseen.empty())
        into.unidentified.push_back(models::listed(unseen, most_named_unseen) +
                                    ": no log has an attempt of " + (unseen.size() == 1 ? "it" : "them") +
                                    ": service, failure and retry stay as they are");
    if (!never_failed.empty())
        into.unidentified.push_back(models::listed(never_failed, most_named_unseen) +
                                    ": what becomes of a failed attempt (retry): none failed in the logs");
    std::vector<std::string> loads;
    const auto seen = loads_seen(twin, elements, runs);
    for (const models::Load& load : twin.loads)
        if (std::none_of(seen.begin(), seen.end(), [&](const auto& one) {
                return one.second.load == &load && !one.second.logs.empty();
            }))
            loads.push_back(load.name + ".arrivals");
    if (!loads.empty())
        into.unidentified.push_back(models::listed(loads, most_named_unseen) +
                                    ": no log tells what comes of " + (loads.size() == 1 ? "it" : "them") +
                                    " alone, as of a load whose only reader has attempts in a log");
}

}  // namespace understudy::studies
