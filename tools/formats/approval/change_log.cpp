#include "tools/formats/approval/change_log.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "tools/formats/approval/fields.h"
#include "tools/formats/files/sha256.h"
#include "tools/formats/store/present.h"

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

namespace {

class LogReader {
public:
    explicit LogReader(Store& store) : store_(store) {}

    std::vector<LoggedRequest> read() {
        for (const Record& record : store_.records()) {
            if (record.action == "request")
                take_request(record);
            else if (record.action == "approve" || record.action == "reject")
                take_decision(record);
            else if (record.action == "apply" || record.action == "rollback")
                take_deed(record);
        }
        return std::move(log_);
    }
    std::vector<std::string> problems() { return std::move(problems_); }

private:
    void take_request(const Record& record) {
        auto request = read_request(store_.content(record.content));
        std::string change = store_.content(record.change);
        if (!request) return problem(record, "cannot be read");
        if (record.change != request->change_sha256)
            return problem(record, "is of another change file than is kept with it");
        if (!by_digest_.emplace(record.content, log_.size()).second) return;
        log_.push_back({record.content, record, std::move(*request), std::move(change), {}, {}});
    }

    void take_decision(const Record& record) {
        const auto both = read_signed(store_.content(record.content));
        const auto read = both ? read_decision(both->statement) : std::nullopt;
        if (!read) return problem(record, "cannot be read");
        LoggedRequest* request = request_called(read->request);
        if (request == nullptr) return problem(record, "is of no request that came before it");
        const bool approves = read->decision.kind == studies::Decision::Kind::approve;
        if ((record.action == "approve") != approves || record.time != utc_text(read->decision.at))
            return problem(record, "says something else than what is signed");
        request->decisions.push_back({record, *both, read->decision});
    }

    void take_deed(const Record& record) {
        const auto deed = read_fields(deed_line, store_.content(record.content));
        if (!deed) return problem(record, "cannot be read");
        LoggedRequest* request = request_called(field_in(*deed, "request"));
        if (request == nullptr) return problem(record, "is of no request that came before it");
        if (field_in(*deed, "action") != record.action)
            return problem(record, "says something else than it holds");
        if (record.action == "apply" && !makes_candidate(*request, record))
            return problem(record, "made another version than was requested");
        request->deeds.push_back({record, field_in(*deed, "clock")});
    }

    /// Of a twin that is there no more nobody can tell.
    bool makes_candidate(const LoggedRequest& request, const Record& record) {
        try {
            const auto numbered = [&](std::int64_t number) {
                return store_.find({record.twin, VersionName::By::number, number, ""});
            };
            const Version made = numbered(record.version);
            if (made.sha256 == sha256_hex(request.request.candidate)) return true;
            if (record.version <= 1) return false;  // it was made of none
            const auto expected =
                made_of_latest(store_.text_of(numbered(request.request.version)), request.request.candidate,
                               store_.text_of(numbered(record.version - 1)));
            return expected && made.sha256 == sha256_hex(*expected);
        } catch (const NoSuchVersion&) {
            return true;
        }
    }

    LoggedRequest* request_called(const std::string& digest) {
        const auto found = by_digest_.find(digest);
        return found == by_digest_.end() ? nullptr : &log_[found->second];
    }

    void problem(const Record& record, const std::string& what) {
        problems_.push_back(
            fmt::format("record {} ({} by {}) {}", record.sequence, record.action, record.author, what));
    }

    Store& store_;
    std::vector<LoggedRequest> log_;
    std::map<std::string, std::size_t> by_digest_;
    std::vector<std::string> problems_;
};

}  // namespace

std::vector<LoggedRequest> read_change_log(Store& store) { return LogReader(store).read(); }

std::vector<std::string> problems_in_change_log(Store& store) {
    LogReader reader(store);
    (void)reader.read();
    return reader.problems();
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
                const Signature& signature, const std::string& clock) {
    Fields fields = {
        {"request", request.digest},
        {"action", action},
        {"version", request.request.twin.empty() ? "" : version_text(request.request.twin, version)}};
    if (!clock.empty()) fields.emplace_back("clock", clock);
    return note_of(store, request, action, version, write_fields(deed_line, fields), signature);
}

}  // namespace understudy::formats
