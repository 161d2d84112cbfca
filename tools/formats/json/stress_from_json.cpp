#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "tools/formats/json/stress_json.h"
#include "tools/formats/named.h"

namespace understudy::formats {

namespace {
namespace stress_document {

using Json = nlohmann::ordered_json;
using studies::Estimate;

/// What may be left out.
template <class T>
std::optional<T> maybe(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end()) return std::nullopt;
    return found->get<T>();
}
template <class T>
T or_else(const Json& object, const char* name, T otherwise = {}) {
    return maybe<T>(object, name).value_or(std::move(otherwise));
}
std::string text(const Json& object, const char* name) { return object.at(name).get<std::string>(); }

template <class T>
T whole(const Json& object, const char* name) {
    if (!object.at(name).is_number_integer())
        throw std::invalid_argument(fmt::format("'{}' is no whole number", name));
    return object.at(name).get<T>();
}

template <class Enumeration>
Enumeration chosen(const Json& object, const char* name, Enumeration last) {
    const std::string written = text(object, name);
    if (const auto found = named(written, last)) return *found;
    throw std::invalid_argument(fmt::format("'{}' is no {}", written, name));
}
studies::Verdict verdict(const Json& object, const char* name = "verdict") {
    return chosen(object, name, studies::Verdict::inconclusive);
}

Estimate estimate(const Json& object) {
    Estimate read;
    read.value = maybe<double>(object, "estimate");
    read.low = maybe<double>(object, "low");
    read.high = maybe<double>(object, "high");
    const auto part = [&](const char* name) -> std::optional<studies::PartOfInterval> {
        const auto found = object.find(name);
        if (found == object.end()) return std::nullopt;
        return studies::PartOfInterval{found->at("low").get<double>(), found->at("high").get<double>()};
    };
    read.simulation = part("simulation");
    read.input = part("input");
    return read;
}

std::vector<studies::Candidate::Promise> promises(const Json& list) {
    std::vector<studies::Candidate::Promise> read;
    for (const Json& one : list)
        read.push_back({text(one, "text"), text(one, "unit"),
                        or_else(one, "limit", std::numeric_limits<double>::infinity()), verdict(one),
                        estimate(one)});
    return read;
}

studies::Level level(const Json& row) {
    studies::Level read;
    read.value = text(row, "value");
    read.number = maybe<double>(row, "number");
    read.verdict = verdict(row);
    read.by_formula = or_else(row, "by_formula", false);
    read.why = or_else<std::string>(row, "why");
    read.replications = whole<std::uint64_t>(row, "replications");
    read.most_loaded = or_else<std::string>(row, "most_loaded");
    read.promises = promises(row.at("objectives"));
    read.broken = or_else<std::vector<std::string>>(row, "broken");
    for (const Json& one : row.at("metrics"))
        read.measures.push_back({text(one, "name"), text(one, "unit"), estimate(one)});
    if (row.contains("series"))
        for (const Json& one : row.at("series"))
            read.series.push_back({text(one, "name"), text(one, "unit"), one.at("stretch_s").get<double>(),
                                   one.at("means").get<std::vector<double>>()});
    return read;
}

studies::RecoveryResult disturbance(const Json& row) {
    studies::RecoveryResult read;
    read.name = text(row, "name");
    read.at_s = row.at("at_s").get<double>();
    read.lasts_s = maybe<double>(row, "for_s");
    read.replications = whole<std::int64_t>(row, "replications");
    read.why = or_else<std::string>(row, "why");
    if (!read.why.empty()) return read;
    const auto timing = [](const Json& seconds) {
        return studies::RecoveryResult::Timing{whole<std::int64_t>(seconds, "seen"), estimate(seconds)};
    };
    read.survived = verdict(row, "survived");
    read.not_survived = or_else<std::string>(row, "survived_why");
    read.window_s = maybe<double>(row, "window_s");
    read.detected = timing(row.at("detected_s"));
    read.detected_by = row.at("detected_by").get<std::vector<std::string>>();
    read.peak = estimate(row.at("peak"));
    read.peak_of = text(row.at("peak"), "of");
    read.peak_unit = text(row.at("peak"), "unit");
    read.peak_without = estimate(row.at("peak_without"));
    if (row.contains("kept_again_s")) read.kept_again = timing(row.at("kept_again_s"));
    if (row.contains("drained_s")) read.drained = timing(row.at("drained_s"));
    read.lost = estimate(row.at("lost"));
    read.lost_more = estimate(row.at("lost_more"));
    read.late = estimate(row.at("late"));
    read.late_more = estimate(row.at("late_more"));
    read.dead_lettered_more = estimate(row.at("dead_lettered_more"));
    read.left = estimate(row.at("left"));
    read.left_more = estimate(row.at("left_more"));
    read.promises = promises(row.at("objectives"));
    return read;
}

std::vector<studies::Station> stations(const Json& list) {
    std::vector<studies::Station> read;
    for (const Json& row : list) {
        const Json& utilisation = row.at("utilisation");
        const Json& ceiling = row.at("ceiling_per_s");
        read.push_back({text(row, "name"), estimate(utilisation), maybe<double>(utilisation, "expected"),
                        estimate(ceiling), maybe<double>(ceiling, "expected"),
                        estimate(row.at("active_period_s")), estimate(row.at("bottleneck")),
                        estimate(row.at("shifting"))});
    }
    return read;
}

studies::ByActivity by_activity(const Json& row) {
    const auto one = [&](const char* name) -> std::optional<studies::Foremost> {
        const auto found = row.find(name);
        if (found == row.end()) return std::nullopt;
        return studies::Foremost{text(*found, "name"), found->at("decided").get<bool>()};
    };
    return {one("longest_active_period"), one("most_time")};
}

studies::BottlenecksResult bottlenecks(const Json& row) {
    studies::BottlenecksResult read;
    read.why = or_else<std::string>(row, "why");
    const Json& target = row.at("target");
    read.target = text(target, "name");
    read.target_unit = text(target, "unit");
    read.lower_is_better = text(target, "better") == "lower";
    read.target_now = estimate(target);
    read.replications = whole<std::uint64_t>(row, "replications");
    read.stations = stations(row.at("stations"));
    read.by_activity = by_activity(row.at("by_activity"));
    read.ranked = row.at("ranked").get<bool>();
    for (const Json& one : row.at("remedies"))
        read.remedies.push_back({chosen(one, "kind", studies::Remedy::Kind::places), text(one, "element"),
                                 text(one, "set"), text(one, "text"), estimate(one.at("gain")),
                                 one.at("decided").get<bool>(), estimate(one.at("latency_s")),
                                 estimate(one.at("throughput_per_s"))});
    if (row.contains("fixed")) {
        const Json& fixed = row.at("fixed");
        read.fixed = {text(fixed, "element"), text(fixed, "set"), estimate(fixed.at("target")),
                      stations(fixed.at("stations")), by_activity(fixed.at("by_activity"))};
    }
    return read;
}

studies::Study study(const Json& document) {
    studies::Study read;
    read.method = chosen(document, "method", studies::Study::Method::sobol);
    if (read.method != studies::Study::Method::breaking_point)
        throw std::invalid_argument("it is of another method than 'breaking_point'");
    read.name = text(document, "study");
    read.base = text(document, "base");
    read.changes = or_else<std::vector<std::string>>(document, "changes");
    read.set = document.at("set").get<std::vector<std::string>>();
    if (const auto written = maybe<std::string>(document.at("breaking_point"), "growth"))
        read.growth.emplace().written = *written;
    return read;
}

class Reading {
public:
    explicit Reading(const Json& document) : document_(document) {}

    studies::BreakingPointResult result() {
        for (const Json& row : document_.at("levels")) result_.levels.push_back(level(row));
        require_same_promises();
        result_.verdict = verdict(document_);
        if (document_.contains("reason"))
            result_.reason = chosen(document_, "reason", studies::Reason::no_objectives);
        result_.explanation = or_else<std::string>(document_, "explanation");
        result_.confidence = document_.at("confidence").get<double>();
        result_.seed = whole<std::uint64_t>(document_, "seed");
        result_.factor = text(document_, "factor");
        breaking_point(document_.at("breaking_point"));
        if (document_.contains("knee")) knee(document_.at("knee"));
        for (const Json& row : document_.at("disturbances")) result_.disturbances.push_back(disturbance(row));
        result_.replications = whole<std::int64_t>(document_, "runs");
        if (document_.contains("warm_up")) {
            result_.warm_up_s = document_.at("warm_up").at("seconds").get<double>();
            result_.warm_up_reason = text(document_.at("warm_up"), "reason");
        }
        result_.warnings = document_.at("warnings").get<std::vector<std::string>>();
        result_.interrupted = document_.at("interrupted").get<bool>();
        return std::move(result_);
    }

private:
    std::size_t level_at(const Json& object, const char* name) const {
        const std::string value = text(object, name);
        const auto found = std::find_if(result_.levels.begin(), result_.levels.end(),
                                        [&](const studies::Level& one) { return one.value == value; });
        if (found == result_.levels.end())
            throw std::invalid_argument(fmt::format("'{}' of '{}' is no level", value, name));
        return static_cast<std::size_t>(found - result_.levels.begin());
    }

    void breaking_point(const Json& row) {
        if (row.contains("holds_at")) result_.holds_at = level_at(row, "holds_at");
        if (row.contains("breaks_at")) result_.breaks_at = level_at(row, "breaks_at");
        result_.breaks_first = or_else<std::vector<std::string>>(row, "first");
        result_.holds_until = maybe<std::string>(row, "holds_until");
        result_.breaks_by = maybe<std::string>(row, "breaks_by");
    }

    void knee(const Json& row) {
        if (const auto why = maybe<std::string>(row, "why")) {
            result_.why_no_knee = *why;
            return;
        }
        result_.knee = {level_at(row, "low"), level_at(row, "at"), level_at(row, "high"),
                        row.at("from_first").get<bool>(), row.at("to_last").get<bool>()};
    }

    /// What was simulated was asked the same at all levels.
    void require_same_promises() const {
        const studies::Level* first = nullptr;
        for (const studies::Level& one : result_.levels) {
            if (one.replications == 0) continue;
            if (first == nullptr) first = &one;
            const bool same = std::equal(one.promises.begin(), one.promises.end(), first->promises.begin(),
                                         first->promises.end(),
                                         [](const auto& a, const auto& b) { return a.text == b.text; });
            if (!same)
                throw std::invalid_argument(
                    fmt::format("levels {} and {} have other objectives", first->value, one.value));
        }
    }

    const Json& document_;
    studies::BreakingPointResult result_;
};

}  // namespace stress_document
}  // namespace

StressAnswer stress_from_json(const std::string& document) {
    try {
        const nlohmann::ordered_json read = nlohmann::ordered_json::parse(document);
        StressAnswer answer;
        answer.study = stress_document::study(read);
        answer.result = stress_document::Reading(read).result();
        if (read.contains("bottlenecks"))
            answer.bottlenecks = stress_document::bottlenecks(read.at("bottlenecks"));
        return answer;
    } catch (const nlohmann::ordered_json::exception& wrong) {
        throw std::invalid_argument(wrong.what());
    }
}

}  // namespace understudy::formats
