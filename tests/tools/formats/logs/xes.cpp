// Promised: XES as cases of steps, starts and ends in pairs; other transitions, events without a name or time and starts
// without an end are counted; broken XML, document types, other roots and bad times are refused, with line and column.
// Shown: small logs by hand, plain, gzip, and in one long line.
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
    CHECK(counted(log, "transitions other than start and complete") == 1);
    CHECK(counted(log, "starts that no end came for") == 1);
    CHECK(counted(log, "cases without a step") == 1);
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

}  // namespace understudy::formats
