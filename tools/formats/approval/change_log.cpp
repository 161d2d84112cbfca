#include "tools/formats/approval/change_log.h"

#include <map>
#include <utility>

#include "tools/formats/approval/fields.h"
#include "tools/formats/files/sha256.h"

namespace understudy::formats {

namespace {

constexpr std::string_view deed_line = "understudy deed 1";

Record note_of(Store& store, const LoggedRequest& request, const std::string& action, std::int64_t version,
               const std::string& text, const Signature& signature) {
    return store.note({action, request.request.twin, version, text, request.change_text}, signature);
}

}  // namespace

studies::RequestFacts LoggedRequest::facts() const {
    return facts_of(request, record.author, utc_seconds(record.time).value_or(0));
}

std::vector<LoggedRequest> read_change_log(Store& store) {
    std::vector<LoggedRequest> log;
    std::map<std::string, std::size_t> by_digest;
    const auto request_called = [&](const std::string& digest) -> LoggedRequest* {
        const auto found = by_digest.find(digest);
        return found == by_digest.end() ? nullptr : &log[found->second];
    };
    for (const Record& record : store.records()) {
        if (!is_note(record.action)) continue;
        const std::string text = store.content(record.content);
        if (record.action == "request") {
            auto request = read_request(text);
            // What has been altered is for the check of the store to tell.
            if (!request || !by_digest.emplace(record.content, log.size()).second) continue;
            log.push_back(
                {record.content, record, std::move(*request), store.content(record.change), {}, {}});
        } else if (record.action == "approve" || record.action == "reject") {
            const auto both = read_signed(text);
            const auto read = both ? read_decision(both->statement) : std::nullopt;
            if (!read) continue;
            if (LoggedRequest* request = request_called(read->request))
                request->decisions.push_back({record, *both, read->decision});
        } else if (const auto deed = read_fields(deed_line, text)) {
            if (LoggedRequest* request = request_called(field_in(*deed, "request")))
                request->deeds.push_back(record);
        }
    }
    return log;
}

Record log_request(Store& store, const Request& request, const std::string& change_text,
                   const Signature& signature) {
    return store.note({"request", request.twin, request.version, write_request(request), change_text},
                      signature);
}

Record log_decision(Store& store, const LoggedRequest& request, const SignedDecision& text,
                    const Signature& signature) {
    const auto read = read_decision(text.statement);
    const bool approve = read && read->decision.kind == studies::Decision::Kind::approve;
    return note_of(store, request, approve ? "approve" : "reject", request.request.version,
                   write_signed(text), signature);
}

Record log_deed(Store& store, const LoggedRequest& request, const std::string& action, std::int64_t version,
                const Signature& signature) {
    const std::string text = write_fields(
        deed_line,
        {{"request", request.digest},
         {"action", action},
         {"version", request.request.twin.empty() ? "" : version_text(request.request.twin, version)}});
    return note_of(store, request, action, version, text, signature);
}

}  // namespace understudy::formats
