#include "tools/formats/json/members_from_json.h"
#include "tools/formats/json/moved_json.h"

namespace understudy::formats {

namespace {

using MovedJson = nlohmann::ordered_json;
using studies::MovedOne;
using studies::OneOfMany;

OneOfMany one_from_json(const MovedJson& object) {
    const std::string kind = text_member(object, "kind");
    OneOfMany one;
    if (kind == "item")
        one.kind = OneOfMany::Kind::item;
    else if (kind == "run")
        one.kind = OneOfMany::Kind::run;
    else if (kind == "batch")
        one.kind = OneOfMany::Kind::batch;
    else
        throw std::invalid_argument(fmt::format("'{}' is no kind of what moved", kind));
    one.of = text_member(object, "of");
    one.number = whole_member<std::uint64_t>(object, "number");
    return one;
}

studies::Spent spent_from_json(const MovedJson& object) {
    return {object.at("wait_s").get<double>(), object.at("service_s").get<double>(),
            object.at("other_s").get<double>()};
}

MovedOne moved_one_from_json(const MovedJson& object) {
    MovedOne one;
    one.what = one_from_json(object);
    one.born_s = object.at("born_s").get<double>();
    one.baseline_s = object.at("baseline_s").get<double>();
    one.candidate_s = object.at("candidate_s").get<double>();
    for (const MovedJson& at : object.at("at"))
        one.at.push_back({text_member(at, "element"), spent_from_json(at.at("baseline")),
                          spent_from_json(at.at("candidate"))});
    one.alike = whole_member<std::size_t>(object, "alike");
    if (object.contains("behind")) {
        const MovedJson& behind = object.at("behind");
        one.behind = {one_from_json(behind), text_member(behind, "at"), behind.at("seconds").get<double>(),
                      whole_member<std::size_t>(behind, "others")};
    }
    return one;
}

studies::MovedKind kind_from_json(const MovedJson& object) {
    studies::MovedKind kind;
    kind.compared = whole_member<std::int64_t>(object, "compared");
    kind.longer = whole_member<std::int64_t>(object, "longer");
    kind.shorter = whole_member<std::int64_t>(object, "shorter");
    kind.baseline_only = whole_member<std::int64_t>(object, "baseline_only");
    kind.candidate_only = whole_member<std::int64_t>(object, "candidate_only");
    for (const MovedJson& one : object.at("slower")) kind.slower.push_back(moved_one_from_json(one));
    for (const MovedJson& one : object.at("faster")) kind.faster.push_back(moved_one_from_json(one));
    return kind;
}

}  // namespace

studies::Moved moved_from_json(const nlohmann::ordered_json& object) {
    studies::Moved moved;
    moved.replication = whole_member<std::int64_t>(object, "replication");
    moved.items = kind_from_json(object.at("items"));
    moved.runs = kind_from_json(object.at("runs"));
    moved.cut = object.at("cut").get<bool>();
    return moved;
}

}  // namespace understudy::formats
