// The log of changes: what was requested, decided, applied and rolled back, read from the chain of records of the store
// (store/record.h), in which each entry is a record whose text is kept with it.
//
// | action | version | content: SHA-256 of | change |
// | request | of the base; 0: a file | the request (request.h): its digest | SHA-256 of the change file |
// | approve, reject | the same | the decision with its signature (decision_text.h) | the same |
// | apply, rollback | the one that was made | what was done (log_deed) | the same |
//
// Functions that write make one record; put them in a Transaction with what they rest on. Not thread-safe, as the store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/formats/approval/decision_text.h"
#include "tools/formats/approval/request.h"
#include "tools/formats/store/store.h"

namespace understudy::formats {

struct LoggedDecision {
    Record record;
    SignedDecision text;
    studies::Decision decision;
};

/// `apply` or `rollback`.
struct LoggedDeed {
    Record record;
    std::string clock;  ///< UNDERSTUDY_NOW, as it was; empty: the machine's
};

struct LoggedRequest {
    std::string digest;
    Record record;  ///< the first with this digest
    Request request;
    std::string change_text;  ///< of the change file
    std::vector<LoggedDecision> decisions;
    std::vector<LoggedDeed> deeds;  ///< the first first

    /// Applied and not rolled back since.
    bool is_applied() const { return !deeds.empty() && deeds.back().record.action == "apply"; }
    studies::RequestFacts facts() const;
};

/// In the order of the log. What does not hold together does not count (problems_in_change_log()).
std::vector<LoggedRequest> read_change_log(Store& store);

/// What of the log does not hold together, line by line, though every record is as it was written: entries that nobody can
/// read or that are of no request, a decision under another name or time than is signed, a change file that is not the one
/// that was requested, a version that is not what was approved. A store that check_store() finds right.
std::vector<std::string> problems_in_change_log(Store& store);

Record log_request(Store& store, const Request& request, const std::string& change_text,
                   const Signature& signature);
Record log_decision(Store& store, const LoggedRequest& request, const SignedDecision& text,
                    const Signature& signature);
/// `action`: "apply" or "rollback"; `version`: what it made; `clock`: the instant that stood for the present, where it was not
/// that of the machine's clock.
Record log_deed(Store& store, const LoggedRequest& request, const std::string& action, std::int64_t version,
                const Signature& signature, const std::string& clock = {});

}  // namespace understudy::formats
