// What Airflow writes of schedules, pools, times and states, in its exports and in its facets of OpenLineage.
//
// Pure functions, thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tools/formats/catalogs/catalog.h"
#include "tools/formats/catalogs/cron_schedule.h"
#include "tools/formats/catalogs/json_members.h"

namespace understudy::formats {

inline constexpr const char* airflow_default_pool = "default_pool";
inline constexpr std::array<std::string_view, 5> airflow_needed_columns = {"dag_id", "task_id", "start_date",
                                                                           "end_date", "state"};

/// A number, also where it is written as text.
std::optional<double> airflow_number(const std::optional<JsonValue>& value);
/// At least 0 and less than a billion.
std::optional<std::int64_t> whole_count(std::optional<double> number);
/// 300.0, "300", "0:05:00", "1 day, 0:00:00", {"__type": "TimeDelta", "days": 0, "seconds": 300}.
std::optional<double> airflow_seconds(const std::optional<JsonValue>& value);
std::optional<double> airflow_seconds(std::string_view text);

struct AirflowSchedule {
    std::string text;  ///< cron, a preset, "timedelta 300"; empty: none, or by hand
    std::string zone;  ///< empty: UTC
    /// The class of a timetable that has neither an expression nor a delta: "AssetTriggeredTimetable"; empty: there is none,
    /// or it is one that schedules nothing.
    std::string other_timetable;
};
/// Of a DAG, however its version of Airflow writes it.
AirflowSchedule airflow_schedule(const JsonValue& dag);
std::optional<WrittenSchedule> schedule_of_airflow(const std::string& text, const std::string& zone);

enum class AirflowOutcome {
    completed,
    failed,
    never,  ///< it took no time
    open,   ///< it has not ended
    unknown
};
/// `state` in small letters.
AirflowOutcome airflow_outcome(std::string_view state);
/// Whether the language has it.
bool is_trigger_rule(std::string_view word);

CatalogPool airflow_pool(const std::string& name);

}  // namespace understudy::formats
