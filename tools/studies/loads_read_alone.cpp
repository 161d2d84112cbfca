#include "tools/studies/loads_read_alone.h"

#include <vector>

namespace understudy::studies {

namespace {

/// The streams that an element's items go to.
std::vector<std::string> streams_of(const std::string& name, const models::Writes& writes) {
    if (writes.targets.empty()) return {name};
    std::vector<std::string> streams;
    for (const models::Writes::Target& target : writes.targets) streams.push_back(target.stream);
    return streams;
}

/// How many write each stream.
std::map<std::string, int> writers_of_streams(const models::Scenario& twin) {
    std::map<std::string, int> writers;
    const auto count = [&](const std::string& name, const models::Writes& writes) {
        for (const std::string& stream : streams_of(name, writes)) ++writers[stream];
    };
    for (const models::Load& load : twin.loads) count(load.name, load.writes);
    for (const models::Stage& stage : twin.twin.stages) count(stage.name, stage.writes);
    return writers;
}

/// The stage that reads all of what is written so, and nothing else; null: none.
const models::Stage* only_reader(const models::Scenario& twin, const std::map<std::string, int>& writers,
                                 const std::vector<std::string>& streams) {
    if (streams.size() != 1 || writers.at(streams.front()) != 1) return nullptr;
    for (const models::Stage& stage : twin.twin.stages)
        if (stage.reads == streams) return &stage;
    return nullptr;
}

bool holds_nobody(const models::Stage& stage) {
    const auto& workers = stage.work.workers;
    return stage.work.runs_on.empty() && workers && workers->groups.empty() &&
           workers->count == models::unlimited;
}

}  // namespace

std::map<std::string, const models::Load*> loads_read_alone(const models::Scenario& twin) {
    const auto writers = writers_of_streams(twin);
    std::map<std::string, const models::Load*> loads;
    for (const models::Load& load : twin.loads)
        if (const models::Stage* stage = only_reader(twin, writers, streams_of(load.name, load.writes)))
            loads[stage->name] = &load;
    return loads;
}

std::map<std::string, const models::Load*> loads_told_alone(const models::Scenario& twin,
                                                            const std::set<std::string>& told) {
    const auto writers = writers_of_streams(twin);
    std::map<std::string, const models::Load*> loads;
    for (const models::Load& load : twin.loads) {
        const models::Stage* stage = only_reader(twin, writers, streams_of(load.name, load.writes));
        if (stage != nullptr && holds_nobody(*stage) && !told.contains(stage->name))
            if (const models::Stage* next =
                    only_reader(twin, writers, streams_of(stage->name, stage->writes));
                next != nullptr && told.contains(next->name))
                stage = next;
        if (stage != nullptr) loads[stage->name] = &load;
    }
    return loads;
}

}  // namespace understudy::studies
