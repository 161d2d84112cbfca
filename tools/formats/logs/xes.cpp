#include "tools/formats/logs/xes.h"

#include <expat.h>
#include <fmt/format.h>

#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "tools/formats/logs/date_zones.h"
#include "tools/formats/logs/log_problems.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/process_csv.h"
#include "tools/formats/logs/process_events.h"
#include "tools/formats/printable.h"

namespace understudy::formats {

namespace {

/// Deeper than any log: expat keeps a few bytes for each open element.
constexpr int deepest_element = 1000;
/// Longer than any name, resource or time.
constexpr std::size_t longest_value = 64U << 10;
constexpr std::size_t xml_piece = 64U << 10;
/// Of one tag, text or comment: expat keeps all of it until it ends.
constexpr std::size_t longest_token = 16U << 20;

class XesReader {
public:
    XesReader(Input& input, bool unfinished)
        : input_(input),
          problems_(input.file()),
          events_(input.file(), unfinished),
          parser_(XML_ParserCreate(nullptr), XML_ParserFree) {
        if (parser_ == nullptr) throw std::bad_alloc();
        XML_SetUserData(parser_.get(), this);
        XML_SetElementHandler(
            parser_.get(),
            [](void* self, const XML_Char* name, const XML_Char** attributes) {
                static_cast<XesReader*>(self)->guarded(
                    [&](XesReader& reader) { reader.begin(name, attributes); });
            },
            [](void* self, const XML_Char*) {
                static_cast<XesReader*>(self)->guarded([](XesReader& reader) { reader.end(); });
            });
        XML_SetStartDoctypeDeclHandler(
            parser_.get(), [](void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
                static_cast<XesReader*>(self)->guarded(
                    [](XesReader& reader) { reader.stop("a document type, which logs have no use for"); });
            });
    }

    models::ProcessLog read() {
        for (;;) {
            const std::string_view piece = input_.take(xml_piece);
            const bool last = piece.empty();
            const XML_Status status =
                XML_Parse(parser_.get(), piece.data(), static_cast<int>(piece.size()), last ? 1 : 0);
            if (thrown_) std::rethrow_exception(thrown_);
            if (status != XML_STATUS_OK && !stopped_) {
                if (last && input_.ended_early())
                    events_.notes().add("the compressed file breaks off: what follows is missing");
                else
                    problem(fmt::format("the XML is broken: {}",
                                        XML_ErrorString(XML_GetErrorCode(parser_.get()))));
                break;
            }
            if (last || stopped_) break;
            if ((since_element_ += piece.size()) > longest_token) {
                problem(fmt::format("{} MiB of XML without an element", longest_token >> 20));
                break;
            }
        }
        if (outside_ && !any_event_)
            problems_.add(outside_->first, outside_->second,
                          "an event outside of a trace belongs to no case, and the log has no others");
        problems_.refuse();
        models::ProcessLog log = events_.finish("xes");
        log.local_dates = dates_.local();
        return log;
    }

private:
    /// No exception may pass through expat, which is C.
    template <typename Work>
    void guarded(Work work) {
        if (stopped_ || thrown_) return;
        since_element_ = 0;
        try {
            work(*this);
        } catch (...) {
            thrown_ = std::current_exception();
            XML_StopParser(parser_.get(), XML_FALSE);
        }
    }

    std::int64_t line() const { return static_cast<std::int64_t>(XML_GetCurrentLineNumber(parser_.get())); }

    std::int64_t column() const {
        return static_cast<std::int64_t>(XML_GetCurrentColumnNumber(parser_.get())) + 1;
    }

    void problem(const std::string& what) { problems_.add(line(), column(), what); }

    void stop(const std::string& what) {
        problem(what);
        stopped_ = true;
        XML_StopParser(parser_.get(), XML_FALSE);
    }

    static bool is(const char* name, const char* wanted) {
        const char* const colon = std::strrchr(name, ':');
        return std::strcmp(colon != nullptr ? colon + 1 : name, wanted) == 0;
    }

    void begin(const char* name, const char** attributes) {
        if (++depth_ > deepest_element) return stop("elements within elements, deeper than any log has them");
        if (depth_ == 1) {
            if (!is(name, "log"))
                stop(fmt::format("the root is <{}>, and that of XES is <log>",
                                 std::string(name).substr(0, 40)));
            return;
        }
        if (depth_ == 2 && is(name, "trace")) {
            in_trace_ = true;
            case_ = events_.new_case("");
            return;
        }
        if (depth_ == 2 && is(name, "event")) {
            if (!outside_) outside_.emplace(line(), column());
            events_.notes().add("events outside of a trace, which belong to no case: left out", line());
            return;
        }
        if (in_trace_ && depth_ == 3 && is(name, "event")) {
            in_event_ = any_event_ = true;
            activity_.clear();
            resource_.clear();
            transition_.clear();
            instance_.clear();
            role_.clear();
            group_.clear();
            word_for_word_ = 1;
            time_.reset();
            start_.reset();
            submitted_.reset();
            bad_time_ = false;
            return;
        }
        if (in_event_)
            for (const char** each = attributes; *each != nullptr; ++each) add_word(word_for_word_, *each);
        // Attributes of attributes say nothing of the event.
        if (in_event_ && depth_ == 4) attribute(attributes, is(name, "date"));
        if (in_trace_ && !in_event_ && depth_ == 3) name_trace(attributes);
    }

    void name_trace(const char** attributes) {
        bool is_name = false;
        const char* value = nullptr;
        for (; *attributes != nullptr; attributes += 2) {
            is_name = is_name || (std::strcmp(attributes[0], "key") == 0 &&
                                  std::strcmp(attributes[1], "concept:name") == 0);
            if (std::strcmp(attributes[0], "value") == 0) value = attributes[1];
        }
        if (is_name && value != nullptr) events_.name_case(case_, value);
    }

    void attribute(const char** attributes, bool is_date) {
        const char* key = nullptr;
        const char* value = nullptr;
        for (; *attributes != nullptr; attributes += 2) {
            if (std::strcmp(attributes[0], "key") == 0) key = attributes[1];
            if (std::strcmp(attributes[0], "value") == 0) value = attributes[1];
        }
        if (key == nullptr || value == nullptr) return;
        const auto keep = [&](std::string& into) {
            if (std::strlen(value) > longest_value) return problem("a value longer than any name");
            into = value;
        };
        if (std::strcmp(key, "concept:name") == 0) return keep(activity_);
        if (std::strcmp(key, "org:resource") == 0) return keep(resource_);
        if (std::strcmp(key, "org:role") == 0) return keep(role_);
        if (std::strcmp(key, "org:group") == 0) return keep(group_);
        if (std::strcmp(key, "lifecycle:transition") == 0) return keep(transition_);
        if (std::strcmp(key, "concept:instance") == 0) return keep(instance_);
        const bool is_time = std::strcmp(key, "time:timestamp") == 0;
        const bool is_start = !is_time && names_a_start(key);
        const bool is_submission = !is_time && !is_start && names_a_submission(key);
        if (!is_time && !is_start && !is_submission) {
            if (is_date) note_unread(key);
            return;
        }
        std::optional<std::int64_t>& into = is_time ? time_ : is_start ? start_ : submitted_;
        if (const auto instant = date_instant(value)) {
            into = instant;
            dates_.add(value);
            return;
        }
        // What the standard says nothing of may be anything.
        if (!is_time && !is_date) return;
        bad_time_ = true;
        problem(fmt::format("'{}' is no date and time", std::string(value).substr(0, 40)));
        if (problems_.full()) stop("no more of them are looked for");
    }

    /// A few: beyond them the log is of some other kind.
    void note_unread(const char* key) {
        constexpr std::size_t most = 8;
        if (unread_.size() >= most && unread_.count(key) == 0) return;
        unread_.emplace(key);
        events_.notes().add(
            fmt::format("attribute '{}' holds times and is not used: none of the names of a start or an end",
                        printable(std::string_view(key).substr(0, 40))),
            line());
    }

    /// Who writes starts and ends as events of their own says them there.
    bool is_an_end() const { return transition_.empty() || plain_word(transition_) == "complete"; }

    /// What says it of any other event says it of something else.
    std::optional<std::int64_t> submission() const {
        return is_an_end() || plain_word(transition_) == "start" ? submitted_ : std::nullopt;
    }

    void end() {
        if (in_event_ && depth_ == 3) {
            in_event_ = false;
            if (activity_.empty())
                events_.notes().add("events without a name: left out", line());
            else if (!time_ && !bad_time_)
                events_.notes().add("events without a time: left out", line());
            else if (time_)
                events_.add(case_, {activity_, resource_, transition_, is_an_end() ? start_ : std::nullopt,
                                    *time_, line(), instance_, word_for_word_, role_, group_, submission()});
        }
        if (depth_ == 2) in_trace_ = false;
        --depth_;
    }

    Input& input_;
    LogProblemList problems_;
    ProcessEvents events_;
    std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser_;
    std::exception_ptr thrown_;
    bool stopped_ = false;
    int depth_ = 0;
    std::size_t since_element_ = 0;  ///< bytes
    bool in_trace_ = false, in_event_ = false, bad_time_ = false;
    std::size_t case_ = 0;
    std::string activity_, resource_, transition_, instance_, role_, group_;
    bool any_event_ = false;
    std::optional<std::pair<std::int64_t, std::int64_t>>
        outside_;  ///< line and column of the first such event
    std::uint64_t word_for_word_ = 0;
    DateZones dates_;
    std::optional<std::int64_t> time_, start_, submitted_;
    std::set<std::string, std::less<>> unread_;  ///< attributes that hold times
};

}  // namespace

bool looks_like_xml(std::string_view head) {
    const std::size_t start = head.find_first_not_of(" \t\r\n");
    return start != std::string_view::npos && head[start] == '<';
}

models::ProcessLog read_xes(Input& input, bool unfinished) { return XesReader(input, unfinished).read(); }

}  // namespace understudy::formats
