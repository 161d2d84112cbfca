#include "tools/formats/json/batch_json.h"

#include <nlohmann/json.hpp>

#include "tools/formats/json/result_json.h"

namespace understudy::formats {

std::string batch_as_json(const models::RecordedRun& run, const studies::BatchTwin& twin,
                          const std::string& scenario) {
    using Json = nlohmann::ordered_json;
    Json document;
    document["scenario"] = scenario;
    document["source"] = run.source;
    document["format"] = run.format;
    document["counts"] = {
        {"jobs", twin.jobs}, {"left_out", run.left_out + twin.left_out}, {"classes", twin.classes}};
    document["offered_load"] = twin.offered;
    document["assumed"] = twin.assumed;
    document["not_in_twin"] = twin.not_in_twin;
    Json notes = Json::array();
    for (const models::RecordedRun::Note& note : run.notes)
        notes.push_back({{"text", note.text}, {"count", note.count}, {"first_line", note.first_line}});
    document["notes"] = std::move(notes);
    return json_text(document);
}

}  // namespace understudy::formats
