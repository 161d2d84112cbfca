// A check of a change: what was looked at, how it came out, where and what to do. Values; thread safety: values.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace understudy::studies {

struct Check {
    enum class Status {
        passed,
        warned,   ///< it may go on, but somebody should look
        failed,   ///< the change must not go on as it is
        skipped,  ///< it could not be looked at; the message says why
    };
    std::string name;  ///< what was looked at, one of a few words: "schema", "stability", "rows"
    Status status = Status::passed;
    std::string about;    ///< the element, column or path it is of: "orders.email"; may be empty
    std::string message;  ///< what was found
    std::string place;    ///< `file:line:column` of what made it so; empty: there is none
    std::string fix;      ///< what to do; empty: nothing
    /// What makes it so, where that is not what it is of: its edit is the place.
    std::string because = {};
};
using Checks = std::vector<Check>;

inline const char* name_of(Check::Status status) {
    switch (status) {
        case Check::Status::passed: return "passed";
        case Check::Status::warned: return "warned";
        case Check::Status::failed: return "failed";
        case Check::Status::skipped: return "skipped";
    }
    return "";
}

inline bool has_failed(const Checks& checks) {
    return std::any_of(checks.begin(), checks.end(),
                       [](const Check& check) { return check.status == Check::Status::failed; });
}

}  // namespace understudy::studies
