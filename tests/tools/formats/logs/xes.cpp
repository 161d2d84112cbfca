// Promised: XES as cases of steps, starts and ends in pairs, of one instance where the log has them; suspended steps are at
// work in stretches, aborted ones end, withdrawn ones are none; what stands in a log twice is one event; other transitions,
// events without a name or time and starts without an end are counted; broken XML, document types, other roots and bad
// times are refused, with line and column. Shown: small logs by hand, plain, gzip, and in one long line.
#include "tools/formats/logs/xes.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/tools/formats/logs/sample_log.h"
#include "tools/formats/logs/process_reader.h"

namespace understudy::formats {

using kernel::minute;
using models::ProcessLog;

namespace {

std::string event(const std::string& name, const std::string& clock, const std::string& transition = "",
                  const std::string& resource = "") {
    std::string text = "<event><string key=\"concept:name\" value=\"" + name +
                       "\"/><date key=\"time:timestamp\" value=\"2026-03-09T" + clock + ":00.000+01:00\"/>";
    if (!transition.empty()) text += "<string key=\"lifecycle:transition\" value=\"" + transition + "\"/>";
    if (!resource.empty()) text += "<string key=\"org:resource\" value=\"" + resource + "\"/>";
    return text + "</event>\n";
}

std::string trace(const std::string& events) {
    return "<trace><string key=\"concept:name\" value=\"a case\"/>\n" + events + "</trace>\n";
}

const std::string head =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<log xmlns=\"http://www.xes-standard.org/\">\n";

ProcessLog read(const std::string& text) {
    Input input("log.xes", text);
    return read_xes(input);
}

std::string refused(const std::string& text) {
    try {
        read(text);
    } catch (const FileError& error) {
        return error.what();
    }
    return "read";
}

std::int64_t counted(const ProcessLog& log, const std::string& words) {
    for (const models::RecordedRun::Note& note : log.notes)
        if (note.text.find(words) != std::string::npos) return note.count;
    return 0;
}

}  // namespace

TEST_CASE("starts and ends are steps, in pairs and in order") {
    const ProcessLog log = read(
        head + "<global scope=\"event\"><string key=\"concept:name\" value=\"none\"/></global>\n" +
        trace(event("check &amp; sign", "10:00", "START", "Ana") +
              event("check &amp; sign", "10:05", "start", "Ben") +
              event("check &amp; sign", "10:20", "Complete", "Ana") + event("pay", "10:10", "complete") +
              event("check &amp; sign", "10:30", "complete", "Ben") + event("pay", "10:40", "schedule")) +
        trace(event("pay", "09:00")) + trace(event("pay", "11:00", "start")) + "</log>\n");
    CHECK(log.format == "xes");
    CHECK(log.events == 8);
    CHECK(log.traces == 3);
    CHECK(log.activities == std::vector<std::string>{"check & sign", "pay"});
    CHECK(log.resources == std::vector<std::string>{"Ana", "Ben"});
    CHECK(log.steps_with_start == 2);
    REQUIRE(log.cases.size() == 2);
    // 2026-03-09 09:00 in a zone an hour ahead.
    CHECK(log.epoch_ns == 1'773'043'200 * kernel::second);
    CHECK(log.cases[0].steps.size() == 1);
    CHECK(log.cases[0].steps[0].end == 0);
    CHECK_FALSE(log.cases[0].steps[0].start);
    const auto& steps = log.cases[1].steps;
    REQUIRE(steps.size() == 3);
    CHECK(*steps[0].start == 60 * minute);
    CHECK(steps[0].end == 80 * minute);
    CHECK(steps[0].resource == 0);
    CHECK(*steps[1].start == 65 * minute);
    CHECK(steps[1].end == 90 * minute);
    CHECK(steps[2].activity == 1);
    CHECK(steps[2].resource == models::nobody);
    CHECK(models::cycle_time(log.cases[1]) == 30 * minute);
    CHECK(counted(log, "handed over and not seen to begin") == 1);
    CHECK(counted(log, "starts that no end came for") == 1);
    CHECK(counted(log, "cases without a step") == 1);
}

TEST_CASE("from suspend to resume work stands still, and who did which stretch is known") {
    const ProcessLog log =
        read(head +
             trace(event("call", "08:00", "start", "Ana") + event("call", "08:10", "suspend", "Ana") +
                   event("call", "10:00", "resume", "Ben") + event("call", "10:05", "complete", "Ben") +
                   event("call", "11:00", "suspend", "Ben")) +
             trace(event("call", "12:00", "start", "Ana") + event("call", "12:30", "suspend", "Ana") +
                   event("call", "13:00", "complete", "Ben")) +
             trace(event("call", "14:00", "start") + event("call", "14:10", "complete")) + "</log>");
    REQUIRE(log.cases.size() == 3);
    REQUIRE(log.stretches.size() == 3);
    const models::ProcessStep& call = log.cases[0].steps[0];
    CHECK(call.stretches == 2);
    CHECK(*call.start == 0);
    CHECK(call.end == 125 * minute);
    kernel::Time worked = 0;
    models::each_stretch(log, call, [&](const models::WorkStretch& one) { worked += one.end - one.begin; });
    CHECK(worked == 15 * minute);
    CHECK(log.stretches[0].resource == 0);
    CHECK(log.stretches[1].begin == 120 * minute);
    CHECK(log.stretches[1].resource == 1);
    // Ended while it was suspended.
    CHECK(log.cases[1].steps[0].stretches == 1);
    CHECK(log.cases[2].steps[0].stretches == 0);
    CHECK(counted(log, "steps that were suspended") == 2);
    CHECK(counted(log, "suspends and resumes of no step that had begun") == 1);
}

TEST_CASE("an abort ends what had begun, and what was not begun is no step") {
    const ProcessLog log = read(
        head +
        trace(event("a", "08:00", "start") + event("a", "08:05", "ate_abort") + event("a", "09:00", "start") +
              event("a", "09:01", "complete") + event("b", "09:02", "schedule") +
              event("b", "09:03", "withdraw") + event("c", "09:04", "ate_abort")) +
        trace(event("a", "10:00", "start") + event("b", "10:01", "start") + event("c", "10:02", "pi_abort")) +
        "</log>");
    REQUIRE(log.cases.size() == 2);
    const auto& steps = log.cases[0].steps;
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].end - *steps[0].start == 5 * minute);
    CHECK(steps[1].end - *steps[1].start == minute);
    CHECK(log.cases[1].steps.size() == 2);
    CHECK(counted(log, "aborted or withdrawn after they had begun") == 3);
    CHECK(counted(log, "withdrawn, skipped or aborted before they began") == 2);
    CHECK(counted(log, "starts that no end came for") == 0);
}

TEST_CASE("a step was handed over when it was scheduled, what was so first begins first") {
    const ProcessLog log = read(head +
                                trace(event("a", "08:00", "schedule") + event("a", "08:10", "schedule") +
                                      event("a", "08:05", "assign") + event("a", "08:30", "start") +
                                      event("a", "08:40", "start") + event("a", "08:45", "complete") +
                                      event("a", "08:50", "complete") +
                                      // Once more, without a word of when; and what has no start.
                                      event("a", "09:00", "start") + event("a", "09:05", "complete") +
                                      event("b", "09:05", "schedule") + event("b", "09:20", "complete") +
                                      event("c", "09:21", "schedule")) +
                                "</log>");
    REQUIRE(log.cases.size() == 1);
    const auto& steps = log.cases[0].steps;
    REQUIRE(steps.size() == 4);
    CHECK(log.steps_with_submission == 3);
    CHECK(log.cases[0].begin() == 0);
    CHECK(steps[0].submitted == 0);
    CHECK(*steps[0].start == 30 * minute);
    CHECK(steps[1].submitted == 10 * minute);
    CHECK_FALSE(steps[2].submitted);
    CHECK(steps[3].submitted == 65 * minute);
    CHECK_FALSE(steps[3].start);
    CHECK(counted(log, "says when they were handed over") == 3);
    CHECK(counted(log, "neither begin nor interrupt nor end work") == 1);
    CHECK(counted(log, "handed over and not seen to begin") == 1);
    // An attribute of the event says the same.
    std::string with = event("a", "08:30", "complete");
    with.insert(with.find("</event>"),
                "<date key=\"enable_time\" value=\"2026-03-09T08:10:00.000+01:00\"/>"
                "<date key=\"start_time\" value=\"2026-03-09T08:20:00.000+01:00\"/>");
    const ProcessLog attribute = read(head + trace(with) + "</log>");
    REQUIRE(attribute.cases.size() == 1);
    CHECK(attribute.cases[0].steps[0].submitted == 0);
    CHECK(attribute.cases[0].steps[0].start == 10 * minute);
}

TEST_CASE("a start and an end are of one instance, where the log tells instances apart") {
    const auto of = [](const std::string& text, const std::string& instance) {
        return text.substr(0, text.find("</event>")) + "<string key=\"concept:instance\" value=\"" +
               instance + "\"/></event>";
    };
    const auto lengths = [](const ProcessLog& log) {
        std::vector<kernel::Time> minutes;
        for (const models::ProcessStep& step : log.cases[0].steps)
            minutes.push_back((step.end - step.begin()) / minute);
        return minutes;
    };
    const auto with = [&](const std::vector<std::string>& instances) {
        return read(head +
                    trace(of(event("a", "08:00", "start"), instances[0]) +
                          of(event("a", "08:01", "start"), instances[1]) +
                          of(event("a", "08:02", "complete"), instances[2]) +
                          of(event("a", "09:40", "complete"), instances[3])) +
                    "</log>");
    };
    CHECK(lengths(with({"1", "2", "2", "1"})) == std::vector<kernel::Time>{100, 1});
    // Numbers of events are no instances.
    CHECK(lengths(with({"1", "2", "3", "4"})) == std::vector<kernel::Time>{2, 99});
}

TEST_CASE("an event that stands in the log twice is one") {
    std::string twice;
    for (int i = 10; i < 15; ++i) {
        const std::string one = event("a", std::to_string(i) + ":00", "start") +
                                event("a", std::to_string(i) + ":05", "complete");
        twice += trace(one + one);
    }
    const ProcessLog log = read(head + twice + "</log>");
    for (const models::ProcessCase& one : log.cases) {
        REQUIRE(one.steps.size() == 1);
        CHECK(one.steps[0].end - *one.steps[0].start == 5 * minute);
    }
    CHECK(counted(log, "in more than one of ten: taken once") == 10);
    // Two of hundreds may well have happened.
    std::string once;
    for (int i = 0; i < 200; ++i) once += trace(event("a", "10:00"));
    const ProcessLog few = read(head + once + trace(event("b", "10:00") + event("b", "10:00")) + "</log>");
    CHECK(few.cases.back().steps.size() == 2);
    CHECK(counted(few, "taken for as many") == 1);
    // What differs in anything is another event.
    std::string other = event("b", "10:00");
    other.insert(other.find("</event>"), "<string key=\"note\" value=\"x\"/>");
    const ProcessLog two = read(head + trace(event("b", "10:00") + other) + "</log>");
    CHECK(two.cases[0].steps.size() == 2);
}

TEST_CASE("of one instant a start comes before the end that has none") {
    const ProcessLog log = read(head + trace(event("a", "10:00", "complete") + event("a", "10:00", "start")) +
                                trace(event("b", "11:00", "complete") + event("b", "11:00", "start") +
                                      event("b", "11:30", "complete")) +
                                "</log>");
    REQUIRE(log.cases.size() == 2);
    REQUIRE(log.cases[0].steps.size() == 1);
    CHECK(*log.cases[0].steps[0].start == 0);
    CHECK(log.cases[0].steps[0].end == 0);
    // More ends than starts: as listed.
    CHECK_FALSE(log.cases[1].steps[0].start);
    CHECK(log.cases[1].steps[1].end - *log.cases[1].steps[1].start == 30 * minute);
}

TEST_CASE("a log of other transitions alone has a step for each event") {
    const ProcessLog log = read(
        head + trace(event("Queued", "10:00", "Awaiting Assignment") + event("Done", "11:00", "Closed")) +
        "</log>");
    CHECK(log.cases[0].steps.size() == 2);
    CHECK(counted(log, "neither start nor complete") == 2);
}

TEST_CASE("attributes of attributes are not the event's, and what lacks a name or time is left out") {
    const ProcessLog log =
        read(head +
             trace(event("a", "10:00") +
                   "<event><string key=\"concept:name\" value=\"b\"><string key=\"concept:name\" "
                   "value=\"inner\"/></string>"
                   "<date key=\"time:timestamp\" value=\"2026-03-09T11:00:00Z\"/></event>" +
                   "<event><string key=\"concept:name\" value=\"c\"/></event>" +
                   "<event><date key=\"time:timestamp\" value=\"2026-03-09T11:00:00Z\"/></event>") +
             "</log>");
    CHECK(log.activities == std::vector<std::string>{"a", "b"});
    CHECK(log.events == 2);
    CHECK(counted(log, "without a name") == 1);
    CHECK(counted(log, "without a time") == 1);
}

TEST_CASE("roles and groups of resources are kept, and events outside of a trace are told") {
    std::string with_role = event("a", "10:00", "complete", "Ana");
    with_role.insert(with_role.find("</event>"),
                     "<string key=\"org:role\" value=\"clerk\"/><string key=\"org:group\" value=\"north\"/>");
    const ProcessLog log =
        read(head + event("outside", "09:00") + trace(with_role) + event("outside", "11:00") + "</log>");
    CHECK(log.roles == std::vector<std::string>{"clerk"});
    CHECK(log.roles_of == std::vector<std::vector<std::uint32_t>>{{0}});
    CHECK(counted(log, "groups of resources: not used") == 1);
    CHECK(log.events == 1);
    CHECK(counted(log, "events outside of a trace, which belong to no case: left out") == 2);
    for (const models::RecordedRun::Note& note : log.notes)
        if (note.text.starts_with("events outside")) CHECK(note.first_line == 3);
    CHECK(refused(head + event("outside", "09:00") + "</log>") ==
          "log.xes:3:1: error: an event outside of a trace belongs to no case, and the log has no others");
}

TEST_CASE("what is broken is refused with its place") {
    CHECK(refused("<?xml version=\"1.0\"?>\n<html><body/></html>") ==
          "log.xes:2:1: error: the root is <html>, and that of XES is <log>");
    CHECK(refused(head + "<trace>\n<event></trace></log>") ==
          "log.xes:4:10: error: the XML is broken: mismatched tag");
    CHECK(refused(head + trace(event("a", "10:00"))).find(": error: the XML is broken: no element found") !=
          std::string::npos);
    CHECK(refused("<!DOCTYPE log [<!ENTITY a \"b\">]>\n<log/>") ==
          "log.xes:1:15: error: a document type, which logs have no use for");
    CHECK(
        refused(
            head +
            trace(
                "<event><string key=\"concept:name\" value=\"a\"/>\n<date key=\"time:timestamp\" "
                "value=\"yesterday\"/></event>\n<event>\n<date key=\"time:timestamp\" value=\"\"/></event>") +
            "</log>") ==
        "log.xes:5:1: error: 'yesterday' is no date and time\nlog.xes:7:1: error: '' is no date and time");
    CHECK(refused(head + "</log>") == "log.xes: has no events");
    CHECK(refused(head + trace(event("a", "10:00", "start")) + "</log>") ==
          "log.xes: has 1 events and no step that ended");
    CHECK(refused(head + "<trace><event><string key=\"concept:name\" value=\"" + std::string(20 << 20, 'x') +
                  "\"/>")
              .find("16 MiB of XML without an element") != std::string::npos);
    CHECK(refused(head + trace(event(std::string(5000, 'x'), "10:00")) + "</log>") ==
          "log.xes: has a name of 5000 bytes; those of cases, activities and resources have up to 4096");
    std::string many;
    for (int i = 0; i < 10'001; ++i) many += event("a" + std::to_string(i), "10:00");
    CHECK(refused(head + trace(many) + "</log>") ==
          "log.xes: has more than 10000 different activities: these are no activities");
    std::string deep = head;
    for (int i = 0; i < 2000; ++i) deep += "<a>";
    CHECK(refused(deep).find("elements within elements, deeper than any log has them") != std::string::npos);
}

TEST_CASE("plain or gzip, in one line or many, cut in the middle") {
    std::string events;
    for (int i = 0; i < 2000; ++i) events += trace(event("a", "10:00") + event("b", "11:00"));
    std::string text = head + events + "</log>";
    std::erase(text, '\n');
    REQUIRE(text.size() > 400'000);
    const ScratchFolder folder;
    const auto cases = [](const std::filesystem::path& file) {
        const auto read = read_process_log(file);
        if (const auto* failure = std::get_if<LogFailure>(&read)) FAIL(failure->message);
        return std::get<ProcessLog>(read);
    };
    CHECK(looks_like_process_log(folder.write("a.xes", text)));
    CHECK(cases(folder.path() / "a.xes").cases.size() == 2000);
    const std::string packed = gzipped(text);
    CHECK(looks_like_process_log(folder.write("a.xes.gz", packed)));
    CHECK(cases(folder.path() / "a.xes.gz").cases.size() == 2000);
    const ProcessLog half = cases(folder.write("half.xes.gz", packed.substr(0, packed.size() / 2)));
    CHECK(half.cases.size() > 10);
    CHECK(half.cases.size() < 2000);
    CHECK(counted(half, "breaks off") == 1);
}

TEST_CASE("a start may be an attribute of the event that ends, and other times are told") {
    const auto with = [](const std::string& start, const std::string& transition = "") {
        std::string one = event("check", "10:40", transition);
        return one.replace(one.find("</event>"), 8, start + "</event>");
    };
    const std::string start = R"(<date key="start_timestamp" value="2026-03-09T10:00:00.000+01:00"/>)";
    const ProcessLog log = read(head + trace(with(start) + with(start, "complete")) + "</log>");
    REQUIRE(log.cases.size() == 1);
    CHECK(log.steps_with_start == 2);
    CHECK(*log.cases[0].steps[0].start == 0);
    CHECK(log.cases[0].steps[0].end == 40 * minute);
    const std::string standard = R"(<date key="time:start" value="2026-03-09T10:00:00.000+01:00"/>)";
    CHECK(read(head + trace(with(standard)) + "</log>").steps_with_start == 1);
    // Of an event that begins a step it says nothing new.
    CHECK(read(head + trace(with(start, "start") + event("check", "10:50", "complete")) + "</log>")
              .cases[0]
              .steps[0]
              .end == 10 * minute);
    const ProcessLog other =
        read(head + trace(with(R"(<date key="due" value="2026-03-19T10:00:00.000+01:00"/>)")) + "</log>");
    CHECK(other.steps_with_start == 0);
    CHECK(counted(other, "attribute 'due' holds times and is not used") == 1);
    CHECK(refused(head + trace(with(R"(<date key="start_timestamp" value="soon"/>)")) + "</log>")
              .find("'soon' is no date and time") != std::string::npos);
}

}  // namespace understudy::formats
