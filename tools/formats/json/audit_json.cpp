#include "tools/formats/json/audit_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "kernel/purpose_names.h"
#include "tools/formats/json/result_json.h"

namespace understudy::formats {

std::string audit_as_json(const std::string& first, const std::string& second, const StreamAudit& audit) {
    using Json = nlohmann::ordered_json;
    Json document;
    document["agrees"] = audit.agrees();
    document["equal"] = audit.equal();
    document["different"] = audit.different();
    document["cut"] = audit.cut;
    document["replications"] = audit.replications;
    document["runs"] = {{{"file", first},
                         {"replications_only_here", audit.only_first},
                         {"elements_only_here", audit.elements_only_first}},
                        {{"file", second},
                         {"replications_only_here", audit.only_second},
                         {"elements_only_here", audit.elements_only_second}}};
    document["streams"] = Json::array();
    for (const AuditedStream& stream : audit.streams)
        document["streams"].push_back({{"element", stream.element},
                                       {"purpose", kernel::name_of(stream.purpose)},
                                       {"equal", stream.equal},
                                       {"different", stream.different},
                                       {"only_first", stream.only_first},
                                       {"only_second", stream.only_second}});
    document["differences"] = Json::array();
    // Numbers of JSON end at 2^53 in many readers: identities are text.
    for (const DifferentDraw& draw : audit.differences)
        document["differences"].push_back({{"replication", draw.replication},
                                           {"element", draw.element},
                                           {"purpose", kernel::name_of(draw.purpose)},
                                           {"item", fmt::format("{:016x}", draw.item)},
                                           {"attempt", draw.attempt},
                                           {"first", draw.first},
                                           {"second", draw.second}});
    return json_text(document);
}

}  // namespace understudy::formats
