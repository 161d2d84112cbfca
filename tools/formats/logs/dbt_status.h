// What a status in dbt's run results means, whatever reads them. Pure.
#pragma once

#include <string_view>

namespace understudy::formats {

/// It was worked on: not skipped, not without anything to do, not taken over from before.
inline bool has_run_in_dbt(std::string_view status) {
    return status != "skipped" && status != "no-op" && status != "reused";
}

/// dbt skips what comes behind it. Of a microbatch model some batches may have succeeded.
inline bool has_failed_in_dbt(std::string_view status) {
    return status == "error" || status == "fail" || status == "runtime error" || status == "partial success";
}

}  // namespace understudy::formats
