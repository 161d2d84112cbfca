#include "tools/formats/json/members_from_json.h"

#include <algorithm>
#include <cmath>

namespace understudy::formats {

namespace {

using ReadJson = nlohmann::ordered_json;

double limit_or(const ReadJson& object, const char* name, double otherwise) {
    const ReadJson& value = object.at(name);
    return value.is_null() ? otherwise : value.get<double>();
}

}  // namespace

std::string text_member(const ReadJson& object, const char* name) {
    return object.at(name).get<std::string>();
}

std::vector<std::string> texts_member(const ReadJson& object, const char* name) {
    return object.at(name).get<std::vector<std::string>>();
}

studies::Verdict verdict_member(const ReadJson& object, const char* name) {
    return named_member(object, name, studies::Verdict::inconclusive);
}

std::optional<double> number_member(const ReadJson& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) return std::nullopt;
    return found->get<double>();
}

studies::Estimate estimate_from_json(const ReadJson& object) {
    studies::Estimate read;
    read.value = number_member(object, "estimate");
    read.low = number_member(object, "low");
    read.high = number_member(object, "high");
    const auto part = [&](const char* name) -> std::optional<studies::PartOfInterval> {
        const auto found = object.find(name);
        if (found == object.end()) return std::nullopt;
        return studies::PartOfInterval{found->at("low").get<double>(), found->at("high").get<double>()};
    };
    read.simulation = part("simulation");
    read.input = part("input");
    return read;
}

kernel::Estimate interval_from_json(const ReadJson& object) {
    kernel::Estimate read;
    read.centre = limit_or(object, "value", NAN);
    read.low = limit_or(object, "low", -INFINITY);
    read.high = limit_or(object, "high", INFINITY);
    return read;
}

kernel::Scalability scalability_from_json(const ReadJson& object) {
    kernel::Scalability law;
    law.rate = interval_from_json(object.at("rate"));
    law.contention = interval_from_json(object.at("contention"));
    law.coherence = interval_from_json(object.at("coherence"));
    if (object.contains("peak_workers")) {
        law.peak_workers = interval_from_json(object.at("peak_workers"));
        law.peak_throughput = object.at("peak_throughput").get<double>();
    }
    law.off_by = maybe_member<double>(object, "off_by");
    return law;
}

std::vector<studies::Candidate::Promise> promises_from_json(const ReadJson& list) {
    std::vector<studies::Candidate::Promise> read;
    for (const ReadJson& one : list)
        read.push_back({text_member(one, "text"), text_member(one, "unit"), limit_or(one, "limit", INFINITY),
                        verdict_member(one), estimate_from_json(one)});
    return read;
}

studies::Study study_from_json(const ReadJson& object, const std::vector<studies::Study::Method>& methods) {
    studies::Study read;
    read.method = named_member(object, "method", studies::Study::Method::sobol);
    if (std::find(methods.begin(), methods.end(), read.method) == methods.end())
        throw std::invalid_argument(
            fmt::format("it is of another method than '{}'", studies::name_of(methods.front())));
    read.name = text_member(object, "study");
    read.base = text_member(object, "base");
    read.changes = member_or<std::vector<std::string>>(object, "changes");
    read.set = texts_member(object, "set");
    return read;
}

void vary_from_json(const ReadJson& object, studies::Study& study) {
    const auto vary = object.find("vary");
    if (vary == object.end())
        throw std::invalid_argument("it has no 'vary', as those of earlier builds of understudy");
    if (!vary->is_object()) throw std::invalid_argument("'vary' is no map");
    for (const auto& [path, written] : vary->items()) {
        studies::Factor& factor = study.factors.emplace_back();
        factor.path = path;
        factor.written = written.get<std::string>();
    }
    if (study.factors.empty()) throw std::invalid_argument("'vary' is empty");
}

std::vector<std::string> values_from_json(const studies::Study& study, const ReadJson& object) {
    std::vector<std::string> read;
    for (const studies::Factor& factor : study.factors) {
        const ReadJson& value = object.at(factor.path);
        if (!value.is_string() && !value.is_number())
            throw std::invalid_argument(fmt::format("'{}' has no value", factor.path));
        read.push_back(value.is_string() ? value.get<std::string>() : value.dump());
    }
    return read;
}

studies::Candidate candidate_from_json(const studies::Study& study, const ReadJson& object) {
    studies::Candidate read;
    if (object.contains("values")) read.values = values_from_json(study, object.at("values"));
    read.cost = maybe_member<double>(object, "cost");
    read.verdict = verdict_member(object);
    if (object.contains("reason"))
        read.reason = named_member(object, "reason", studies::Reason::no_objectives);
    read.why = member_or<std::string>(object, "why");
    read.replications = whole_member<std::uint64_t>(object, "replications");
    if (object.contains("objectives")) read.promises = promises_from_json(object.at("objectives"));
    return read;
}

studies::Candidate setting_from_json(const studies::Study& study, const ReadJson& object) {
    if (!object.contains("values")) throw std::invalid_argument("a setting has no 'values'");
    return candidate_from_json(study, object);
}

std::vector<studies::Candidate> settings_from_json(const studies::Study& study, const ReadJson& list) {
    std::vector<studies::Candidate> read;
    for (const ReadJson& one : list) read.push_back(setting_from_json(study, one));
    return read;
}

}  // namespace understudy::formats
