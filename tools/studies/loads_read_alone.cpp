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

}  // namespace

std::map<std::string, const models::Load*> loads_read_alone(const models::Scenario& twin) {
    std::map<std::string, int> writers;
    const auto count = [&](const std::string& name, const models::Writes& writes) {
        for (const std::string& stream : streams_of(name, writes)) ++writers[stream];
    };
    for (const models::Load& load : twin.loads) count(load.name, load.writes);
    for (const models::Stage& stage : twin.twin.stages) count(stage.name, stage.writes);
    std::map<std::string, const models::Load*> loads;
    for (const models::Load& load : twin.loads) {
        const std::vector<std::string> streams = streams_of(load.name, load.writes);
        if (streams.size() != 1 || writers[streams.front()] != 1) continue;
        for (const models::Stage& stage : twin.twin.stages)
            if (stage.reads == streams) {
                loads[stage.name] = &load;
                break;
            }
    }
    return loads;
}

}  // namespace understudy::studies
