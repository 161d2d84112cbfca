#include "tools/formats/logs/outcomes.h"

#include <cmath>
#include <string>

#include "tools/formats/catalogs/airflow_values.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

Outcome outcome(std::string_view text) {
    const std::string word = plain_word(text);
    for (const std::string_view good :
         {"", "ok", "completed", "complete", "success", "successful", "succeeded", "done", "finished",
          "passed", "0", "-", "neutral", "unstable", "succeededwithissues", "partiallysucceeded"})
        if (word == good) return Outcome::completed;
    for (const std::string_view bad :
         {"failed", "fail", "failure", "error", "aborted", "killed", "timeout", "interrupted", "cancelled",
          "canceled", "timed_out", "timedout", "startup_failure", "infrastructure_fail", "broken"})
        if (word == bad) return Outcome::failed;
    for (const std::string_view not_run : {"not_run", "not_built", "abandoned"})
        if (word == not_run) return Outcome::never_ran;
    // As `import` takes them: Airflow stamps instants on what never ran all the same.
    switch (airflow_outcome(word)) {
        case AirflowOutcome::completed: return Outcome::completed;
        case AirflowOutcome::failed: return Outcome::failed;
        case AirflowOutcome::never: return Outcome::never_ran;
        case AirflowOutcome::open:
        case AirflowOutcome::unknown: break;
    }
    const auto number = log_number(word);
    if (number && *number == std::floor(*number)) return Outcome::failed;
    return Outcome::unknown;
}

}  // namespace understudy::formats
