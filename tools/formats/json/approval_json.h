// Requests and the log of changes as JSON (docs/file-formats.md has the members). Pure functions, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/approval/judged_request.h"
#include "tools/formats/store/store_check.h"

namespace understudy::formats {

/// `added`: the command has written something.
std::string request_as_json(const JudgedRequest& request, bool added);
std::string requests_as_json(const std::vector<JudgedRequest>& requests);

/// The log, and what is wrong with it.
struct CheckedLog {
    std::vector<JudgedRequest> requests;
    bool verified = false;  ///< problems were looked for
    std::vector<std::string> problems;
    std::vector<std::string>
        notes;         ///< what could not be looked at, or somebody should look at, and is no problem
    std::string head;  ///< hash of the last record of the store
};
/// An entry of the log with the request that it belongs to.
struct LogEntry {
    const JudgedRequest* request = nullptr;
    const Record* record = nullptr;
    const LoggedDecision* decision = nullptr;  ///< of `approve` and `reject`
    std::string clock = {};                    ///< where it went by another than the machine's
};
/// In the order of the log.
std::vector<LogEntry> entries_of(const std::vector<JudgedRequest>& requests);
std::string log_as_json(const CheckedLog& log);

}  // namespace understudy::formats
