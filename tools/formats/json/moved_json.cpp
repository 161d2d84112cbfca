#include "tools/formats/json/moved_json.h"

namespace understudy::formats {

namespace {

using Json = nlohmann::ordered_json;
using studies::OneOfMany;

Json one_of_many(const OneOfMany& one) {
    const char* kind = one.kind == OneOfMany::Kind::item  ? "item"
                       : one.kind == OneOfMany::Kind::run ? "run"
                                                          : "batch";
    return {{"kind", kind}, {"of", one.of}, {"number", one.number}};
}

Json spent(const studies::Spent& spent) {
    return {{"wait_s", spent.wait_s}, {"service_s", spent.service_s}, {"other_s", spent.other_s}};
}

Json moved_one(const studies::MovedOne& one) {
    Json row = one_of_many(one.what);
    row["born_s"] = one.born_s;
    row["baseline_s"] = one.baseline_s;
    row["candidate_s"] = one.candidate_s;
    row["moved_s"] = one.moved_s();
    row["at"] = Json::array();
    for (const studies::MovedOne::At& at : one.at)
        row["at"].push_back({{"element", at.element},
                             {"moved_s", at.moved_s()},
                             {"baseline", spent(at.baseline)},
                             {"candidate", spent(at.candidate)}});
    row["alike"] = one.alike;
    if (one.behind) {
        row["behind"] = one_of_many(one.behind->who);
        row["behind"]["at"] = one.behind->where;
        row["behind"]["seconds"] = one.behind->seconds;
        row["behind"]["others"] = one.behind->others;
    }
    return row;
}

Json moved_kind(const studies::MovedKind& kind) {
    Json row = {{"compared", kind.compared},
                {"longer", kind.longer},
                {"shorter", kind.shorter},
                {"baseline_only", kind.baseline_only},
                {"candidate_only", kind.candidate_only},
                {"slower", Json::array()},
                {"faster", Json::array()}};
    for (const studies::MovedOne& one : kind.slower) row["slower"].push_back(moved_one(one));
    for (const studies::MovedOne& one : kind.faster) row["faster"].push_back(moved_one(one));
    return row;
}

}  // namespace

Json moved_as_json(const studies::Moved& moved) {
    return {{"replication", moved.replication},
            {"items", moved_kind(moved.items)},
            {"runs", moved_kind(moved.runs)},
            {"cut", moved.cut}};
}

}  // namespace understudy::formats
