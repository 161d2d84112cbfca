#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "tools/formats/json/members_from_json.h"
#include "tools/formats/json/stress_json.h"

namespace understudy::formats {

namespace {
namespace stress_document {

using Json = nlohmann::ordered_json;

studies::Level level(const Json& row) {
    studies::Level read;
    read.value = text_member(row, "value");
    read.number = maybe_member<double>(row, "number");
    read.verdict = verdict_member(row);
    read.by_formula = member_or(row, "by_formula", false);
    read.why = member_or<std::string>(row, "why");
    read.replications = whole_member<std::uint64_t>(row, "replications");
    read.most_loaded = member_or<std::string>(row, "most_loaded");
    read.promises = promises_from_json(row.at("objectives"));
    read.broken = member_or<std::vector<std::string>>(row, "broken");
    for (const Json& one : row.at("metrics"))
        read.measures.push_back(
            {text_member(one, "name"), text_member(one, "unit"), estimate_from_json(one)});
    if (row.contains("series"))
        for (const Json& one : row.at("series"))
            read.series.push_back({text_member(one, "name"), text_member(one, "unit"),
                                   one.at("stretch_s").get<double>(),
                                   one.at("means").get<std::vector<double>>()});
    return read;
}

studies::RecoveryResult disturbance(const Json& row) {
    studies::RecoveryResult read;
    read.name = text_member(row, "name");
    read.at_s = row.at("at_s").get<double>();
    read.lasts_s = maybe_member<double>(row, "for_s");
    read.replications = whole_member<std::int64_t>(row, "replications");
    read.why = member_or<std::string>(row, "why");
    if (!read.why.empty()) return read;
    const auto timing = [](const Json& seconds) {
        return studies::RecoveryResult::Timing{whole_member<std::int64_t>(seconds, "seen"),
                                               estimate_from_json(seconds)};
    };
    read.survived = verdict_member(row, "survived");
    read.not_survived = member_or<std::string>(row, "survived_why");
    read.window_s = maybe_member<double>(row, "window_s");
    read.detected = timing(row.at("detected_s"));
    read.detected_by = row.at("detected_by").get<std::vector<std::string>>();
    read.peak = estimate_from_json(row.at("peak"));
    read.peak_of = text_member(row.at("peak"), "of");
    read.peak_unit = text_member(row.at("peak"), "unit");
    read.peak_without = estimate_from_json(row.at("peak_without"));
    if (row.contains("kept_again_s")) read.kept_again = timing(row.at("kept_again_s"));
    if (row.contains("drained_s")) read.drained = timing(row.at("drained_s"));
    read.lost = estimate_from_json(row.at("lost"));
    read.lost_more = estimate_from_json(row.at("lost_more"));
    read.late = estimate_from_json(row.at("late"));
    read.late_more = estimate_from_json(row.at("late_more"));
    read.dead_lettered_more = estimate_from_json(row.at("dead_lettered_more"));
    read.left = estimate_from_json(row.at("left"));
    read.left_more = estimate_from_json(row.at("left_more"));
    read.promises = promises_from_json(row.at("objectives"));
    return read;
}

std::vector<studies::Station> stations(const Json& list) {
    std::vector<studies::Station> read;
    for (const Json& row : list) {
        const Json& utilisation = row.at("utilisation");
        const Json& ceiling = row.at("ceiling_per_s");
        read.push_back({text_member(row, "name"), estimate_from_json(utilisation),
                        maybe_member<double>(utilisation, "expected"), estimate_from_json(ceiling),
                        maybe_member<double>(ceiling, "expected"),
                        estimate_from_json(row.at("active_period_s")),
                        estimate_from_json(row.at("bottleneck")), estimate_from_json(row.at("shifting"))});
    }
    return read;
}

studies::ByActivity by_activity(const Json& row) {
    const auto one = [&](const char* name) -> std::optional<studies::Foremost> {
        const auto found = row.find(name);
        if (found == row.end()) return std::nullopt;
        return studies::Foremost{text_member(*found, "name"), found->at("decided").get<bool>()};
    };
    return {one("longest_active_period"), one("most_time")};
}

studies::BottlenecksResult bottlenecks(const Json& row) {
    studies::BottlenecksResult read;
    read.why = member_or<std::string>(row, "why");
    const Json& target = row.at("target");
    read.target = text_member(target, "name");
    read.target_unit = text_member(target, "unit");
    read.lower_is_better = text_member(target, "better") == "lower";
    read.target_now = estimate_from_json(target);
    read.replications = whole_member<std::uint64_t>(row, "replications");
    read.stations = stations(row.at("stations"));
    read.by_activity = by_activity(row.at("by_activity"));
    read.ranked = row.at("ranked").get<bool>();
    for (const Json& one : row.at("remedies"))
        read.remedies.push_back({named_member(one, "kind", studies::Remedy::Kind::places),
                                 text_member(one, "element"), text_member(one, "set"),
                                 text_member(one, "text"), estimate_from_json(one.at("gain")),
                                 one.at("decided").get<bool>(), estimate_from_json(one.at("latency_s")),
                                 estimate_from_json(one.at("throughput_per_s"))});
    if (row.contains("fixed")) {
        const Json& fixed = row.at("fixed");
        read.fixed = {text_member(fixed, "element"), text_member(fixed, "set"),
                      estimate_from_json(fixed.at("target")), stations(fixed.at("stations")),
                      by_activity(fixed.at("by_activity"))};
    }
    return read;
}

studies::Study study(const Json& document) {
    studies::Study read = study_from_json(document, {studies::Study::Method::breaking_point});
    if (const auto written = maybe_member<std::string>(document.at("breaking_point"), "growth"))
        read.growth.emplace().written = *written;
    return read;
}

class Reading {
public:
    explicit Reading(const Json& document) : document_(document) {}

    studies::BreakingPointResult result() {
        for (const Json& row : document_.at("levels")) result_.levels.push_back(level(row));
        require_same_promises();
        read_verdict(document_, result_);
        read_basis(document_, result_);
        result_.factor = text_member(document_, "factor");
        breaking_point(document_.at("breaking_point"));
        if (document_.contains("knee")) knee(document_.at("knee"));
        for (const Json& row : document_.at("disturbances")) result_.disturbances.push_back(disturbance(row));
        result_.replications = whole_member<std::int64_t>(document_, "runs");
        result_.warnings = document_.at("warnings").get<std::vector<std::string>>();
        return std::move(result_);
    }

private:
    std::size_t level_at(const Json& object, const char* name) const {
        const std::string value = text_member(object, name);
        const auto found = std::find_if(result_.levels.begin(), result_.levels.end(),
                                        [&](const studies::Level& one) { return one.value == value; });
        if (found == result_.levels.end())
            throw std::invalid_argument(fmt::format("'{}' of '{}' is no level", value, name));
        return static_cast<std::size_t>(found - result_.levels.begin());
    }

    void breaking_point(const Json& row) {
        if (row.contains("holds_at")) result_.holds_at = level_at(row, "holds_at");
        if (row.contains("breaks_at")) result_.breaks_at = level_at(row, "breaks_at");
        result_.breaks_first = member_or<std::vector<std::string>>(row, "first");
        result_.holds_until = maybe_member<std::string>(row, "holds_until");
        result_.breaks_by = maybe_member<std::string>(row, "breaks_by");
    }

    void knee(const Json& row) {
        if (const auto why = maybe_member<std::string>(row, "why")) {
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
    return from_document(document, [](const nlohmann::ordered_json& read) {
        StressAnswer answer;
        answer.study = stress_document::study(read);
        answer.result = stress_document::Reading(read).result();
        if (read.contains("bottlenecks"))
            answer.bottlenecks = stress_document::bottlenecks(read.at("bottlenecks"));
        return answer;
    });
}

}  // namespace understudy::formats
