// Members of the documents of studies, read back: the inverse of members.h and setting_json.h, for who draws an answer. All
// of them throw std::invalid_argument, which says what is wrong, or nlohmann's own exceptions, which from_document makes such
// ones. Pure, thread-safe.
#pragma once

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "kernel/intervals.h"
#include "kernel/scalability.h"
#include "tools/formats/named.h"
#include "tools/studies/candidate.h"
#include "tools/studies/result.h"
#include "tools/studies/study.h"

namespace understudy::formats {

/// What may be left out.
template <class T>
std::optional<T> maybe_member(const nlohmann::ordered_json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end()) return std::nullopt;
    return found->get<T>();
}
template <class T>
T member_or(const nlohmann::ordered_json& object, const char* name, T otherwise = {}) {
    return maybe_member<T>(object, name).value_or(std::move(otherwise));
}

/// None where it is left out, or null.
std::optional<double> number_member(const nlohmann::ordered_json& object, const char* name);

template <class T>
T whole_member(const nlohmann::ordered_json& object, const char* name) {
    if (!object.at(name).is_number_integer())
        throw std::invalid_argument(fmt::format("'{}' is no whole number", name));
    return object.at(name).get<T>();
}

std::string text_member(const nlohmann::ordered_json& object, const char* name);
std::vector<std::string> texts_member(const nlohmann::ordered_json& object, const char* name);

/// One of an enumeration; `last`: the last of them.
template <class Enumeration>
Enumeration named_member(const nlohmann::ordered_json& object, const char* name, Enumeration last) {
    const std::string written = text_member(object, name);
    if (const auto found = named(written, last)) return *found;
    throw std::invalid_argument(fmt::format("'{}' is no {}", written, name));
}
studies::Verdict verdict_member(const nlohmann::ordered_json& object, const char* name = "verdict");

studies::Estimate estimate_from_json(const nlohmann::ordered_json& object);
/// What is not finite has no number in JSON: such ends are taken for unlimited.
kernel::Estimate interval_from_json(const nlohmann::ordered_json& object);
kernel::Scalability scalability_from_json(const nlohmann::ordered_json& object);
std::vector<studies::Candidate::Promise> promises_from_json(const nlohmann::ordered_json& list);

/// What put_study wrote; of another method than one of these it is refused.
studies::Study study_from_json(const nlohmann::ordered_json& object,
                               const std::vector<studies::Study::Method>& methods);
/// What put_vary wrote, into its factors.
void vary_from_json(const nlohmann::ordered_json& object, studies::Study& study);
/// By factor.
std::vector<std::string> values_from_json(const studies::Study& study, const nlohmann::ordered_json& object);
/// Without values if it has none.
studies::Candidate candidate_from_json(const studies::Study& study, const nlohmann::ordered_json& object);
/// One that has values.
studies::Candidate setting_from_json(const studies::Study& study, const nlohmann::ordered_json& object);
/// Each with values.
std::vector<studies::Candidate> settings_from_json(const studies::Study& study,
                                                   const nlohmann::ordered_json& list);

/// What put_verdict wrote.
template <class Result>
void read_verdict(const nlohmann::ordered_json& object, Result& into) {
    into.verdict = verdict_member(object);
    if (object.contains("reason"))
        into.reason = named_member(object, "reason", studies::Reason::no_objectives);
    into.explanation = member_or<std::string>(object, "explanation");
}

/// What put_warm_up wrote.
template <class Result>
void read_warm_up(const nlohmann::ordered_json& object, Result& into) {
    const auto found = object.find("warm_up");
    if (found == object.end()) return;
    into.warm_up_s = found->at("seconds").template get<double>();
    into.warm_up_reason = text_member(*found, "reason");
}

/// Of what all answers have at their head.
template <class Result>
void read_basis(const nlohmann::ordered_json& object, Result& into) {
    into.confidence = object.at("confidence").template get<double>();
    into.seed = whole_member<std::uint64_t>(object, "seed");
    into.interrupted = object.at("interrupted").template get<bool>();
    read_warm_up(object, into);
}

/// What `read` makes of the document.
template <class Read>
auto from_document(const std::string& document, Read read) {
    try {
        return read(nlohmann::ordered_json::parse(document));
    } catch (const nlohmann::ordered_json::exception& wrong) {
        throw std::invalid_argument(wrong.what());
    }
}

}  // namespace understudy::formats
