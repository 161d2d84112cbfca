#include "tools/formats/catalogs/airflow_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/language/values.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

namespace {

constexpr std::string_view airflow_delta = "timedelta ";

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> all) {
    return std::find(all.begin(), all.end(), word) != all.end();
}

/// A schedule that is text, or a delta of whatever shape.
std::string schedule_text(const std::optional<JsonValue>& value) {
    if (!value) return "";
    std::string text = clean_text(raw_text(value));
    if (text.empty()) text = text_of(*value, "value");
    if (!text.empty()) {
        // "1 day, 0:00:00" of a summary.
        if (text.find(':') != std::string::npos && text.find('*') == std::string::npos)
            if (const auto seconds = airflow_seconds(text))
                return fmt::format("{}{}", airflow_delta, *seconds);
        return text;
    }
    const auto seconds = airflow_seconds(value);
    return seconds ? fmt::format("{}{}", airflow_delta, *seconds) : "";
}

}  // namespace

std::optional<double> airflow_number(const std::optional<JsonValue>& value) {
    double number = 0;
    if (!value) return std::nullopt;
    if (value->get(number) == simdjson::SUCCESS) return number;
    return log_number(raw_text(value));
}

std::optional<std::int64_t> whole_count(std::optional<double> number) {
    if (!number || !(*number >= 0) || *number >= 1e9 || *number != std::floor(*number)) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

std::optional<double> airflow_seconds(std::string_view text) {
    text = trimmed(text);
    if (text.empty()) return std::nullopt;
    double seconds = 0;
    if (const std::size_t day = text.find(" day"); day != std::string_view::npos) {
        const auto days = log_number(text.substr(0, day));
        if (!days) return std::nullopt;
        seconds = *days * 86400;
        const std::size_t comma = text.find(',', day);
        if (comma == std::string_view::npos) return seconds;
        text = trimmed(text.substr(comma + 1));
    }
    double clock = 0;
    for (std::size_t from = 0, parts = 0; from <= text.size(); ++parts) {
        const std::size_t end = std::min(text.find(':', from), text.size());
        const auto number = log_number(text.substr(from, end - from));
        if (!number || *number < 0 || parts > 2) return std::nullopt;
        clock = clock * 60 + *number;
        from = end + 1;
    }
    // "5:00" of a Python delta does not occur: hours come first.
    if (std::count(text.begin(), text.end(), ':') == 1) return std::nullopt;
    return seconds + clock;
}

std::optional<double> airflow_seconds(const std::optional<JsonValue>& value) {
    if (!value) return std::nullopt;
    double number = 0;
    if (value->get(number) == simdjson::SUCCESS) return number >= 0 ? std::optional(number) : std::nullopt;
    if (const std::string_view text = raw_text(value); !text.empty()) return airflow_seconds(text);
    if (const auto inner = member(*value, "__var")) return airflow_seconds(inner);
    const auto days = number_of(*value, "days"), seconds = number_of(*value, "seconds");
    if (!days && !seconds) return std::nullopt;
    return days.value_or(0) * 86400 + seconds.value_or(0) +
           number_of(*value, "microseconds").value_or(0) / 1e6;
}

AirflowSchedule airflow_schedule(const JsonValue& dag) {
    AirflowSchedule schedule;
    schedule.zone = text_of(dag, "timezone");
    if (const auto timetable = member(dag, "timetable")) {
        const JsonValue inside = member(*timetable, "__var").value_or(*timetable);
        schedule.text = schedule_text(member(inside, "expression"));
        if (schedule.text.empty()) schedule.text = schedule_text(member(inside, "delta"));
        if (std::string zone = text_of(inside, "timezone"); !zone.empty()) schedule.zone = std::move(zone);
        const std::string type = text_of(*timetable, "__type");
        schedule.other_timetable = type.substr(type.rfind('.') + 1);
    }
    for (const char* key : {"schedule_interval", "schedule", "timetable_summary"})
        if (schedule.text.empty()) schedule.text = schedule_text(member(dag, key));
    if (is_one_of(schedule.text, {"None", "null", "none", "@once", "Never, external triggers only"}))
        schedule.text.clear();
    if (!schedule.text.empty() || is_one_of(schedule.other_timetable, {"NullTimetable", "OnceTimetable"}))
        schedule.other_timetable.clear();
    // "Timezone('Europe/Berlin')" as Python shows it.
    if (const std::size_t quote = schedule.zone.find('\''); quote != std::string::npos)
        schedule.zone = schedule.zone.substr(quote + 1, schedule.zone.rfind('\'') - quote - 1);
    return schedule;
}

std::optional<WrittenSchedule> schedule_of_airflow(const std::string& text, const std::string& zone) {
    if (!text.starts_with(airflow_delta)) return schedule_of_cron(text, zone);
    const auto seconds = log_number(std::string_view(text).substr(airflow_delta.size()));
    // As short as the run of a twin could not bear is nothing that a scheduler does.
    if (!seconds || !(*seconds >= 1) || *seconds > 1e9) return std::nullopt;
    const kernel::Time period = kernel::from_seconds(*seconds);
    return WrittenSchedule{"every " + print_duration(period), period};
}

AirflowOutcome airflow_outcome(std::string_view state) {
    if (state == "success") return AirflowOutcome::completed;
    if (is_one_of(state, {"failed", "up_for_retry", "shutdown"})) return AirflowOutcome::failed;
    if (is_one_of(state, {"skipped", "upstream_failed", "removed"})) return AirflowOutcome::never;
    if (is_one_of(state, {"running", "queued", "scheduled", "deferred", "up_for_reschedule", "restarting",
                          "none", "null", "no_status", ""}))
        return AirflowOutcome::open;
    return AirflowOutcome::unknown;
}

bool is_trigger_rule(std::string_view word) {
    return is_one_of(word, {"all_success", "all_done", "one_success", "none_failed"});
}

CatalogPool airflow_pool(const std::string& name) {
    CatalogPool pool;
    pool.label = clean_label("pool of Airflow: " + name);
    pool.title = name;
    pool.source = CatalogSource::airflow;
    return pool;
}

}  // namespace understudy::formats
