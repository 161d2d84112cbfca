// Promised: process logs in tables, by the usual names of columns, with starts or transitions or neither; rows that lack
// something are counted; times that cannot be read and broken rows are refused with their line; object-centric logs and
// other files are refused for what they are. Shown: small tables by hand.
#include "tools/formats/logs/process_csv.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/tools/formats/logs/sample_log.h"
#include "tools/formats/logs/process_reader.h"

namespace understudy::formats {

using kernel::hour;
using kernel::minute;
using models::ProcessLog;

namespace {

ProcessLog table(const std::string& text) {
    Input input("log.csv", text);
    return read_process_csv(input);
}

std::string refused_table(const std::string& text) {
    try {
        table(text);
    } catch (const FileError& error) {
        return error.what();
    }
    return "read";
}

std::string refused_file(const std::filesystem::path& file) {
    const auto read = read_process_log(file);
    REQUIRE(std::holds_alternative<LogFailure>(read));
    return std::get<LogFailure>(read).message;
}

}  // namespace

TEST_CASE("a line a step, cases in any order") {
    const ProcessLog log = table(
        "case_id,resource,activity,start_time,end_time\n"
        "2,Ben,\"check, sign\",2026-03-09T10:00:00.000,2026-03-09T10:30:00.000\n"
        "1,Ana,pay,2026-03-09T09:30:00,2026-03-09T10:00:00\n"
        "2,,pay,,2026-03-09T11:00:00\n"
        "1,Ana,pay,2026-03-09T09:00:00,2026-03-09T09:15:00\n"
        "1,Ana,pay,2026-03-09T12:00:00,2026-03-09T11:00:00\n"
        ",Ana,pay,2026-03-09T12:00:00,2026-03-09T11:00:00\n");
    CHECK(log.format == "csv");
    CHECK(log.events == 5);
    CHECK(log.traces == 2);
    REQUIRE(log.cases.size() == 2);
    CHECK(log.cases[0].id == "1");
    REQUIRE(log.cases[0].steps.size() == 3);
    CHECK(*log.cases[0].steps[0].start == 0);
    CHECK(log.cases[0].steps[0].end == 15 * minute);
    CHECK_FALSE(log.cases[0].steps[2].start);
    CHECK(log.cases[1].steps[0].resource == 1);
    CHECK(log.cases[1].steps[1].resource == models::nobody);
    CHECK(log.steps_with_start == 3);
    CHECK(log.notes.size() == 3);
}

TEST_CASE("a row that has begun and not ended is told as such") {
    const ProcessLog log = table(
        "case_id,activity,start_time,end_time\n1,a,2026-03-09T10:00,2026-03-09T11:00\n1,b,2026-03-09T11:00,\n"
        "1,,2026-03-09T11:00,\n");
    REQUIRE(log.notes.size() == 2);
    CHECK(log.notes[0].text == "rows with a start and no end, which had not ended: left out");
    CHECK(log.notes[0].first_line == 3);
    CHECK(log.notes[1].text == "rows without a case, an activity or a time: left out");
}

TEST_CASE("a row may say when its step was handed over") {
    const std::string rows =
        "1,a,2026-03-09T09:30,2026-03-09T10:00,2026-03-09T11:00\n"
        "1,b,2026-03-09T12:00,2026-03-09T11:10,2026-03-09T11:20\n1,c,,2026-03-09T11:30,2026-03-09T11:40\n";
    const ProcessLog log = table("case_id,activity,Enable Time,start_time,end_time\n" + rows);
    REQUIRE(log.cases.size() == 1);
    CHECK(log.cases[0].steps[0].submitted == 0);
    CHECK(log.cases[0].steps[0].start == 30 * minute);
    CHECK_FALSE(log.cases[0].steps[1].submitted);
    CHECK_FALSE(log.cases[0].steps[2].submitted);
    CHECK(log.steps_with_submission == 1);
    REQUIRE(log.notes.size() == 2);
    CHECK(log.notes[0].text == "submitted after it started: when it was submitted is not known");
    CHECK(log.notes[0].first_line == 3);
    CHECK(log.notes[1].text ==
          "steps of which the log says when they were handed over: they wait from then on");
    // A name alone need not mean it; who says so does.
    const ProcessLog other = table("case_id,activity,submitted,end_time\n1,a,yes,2026-03-09T10:00\n");
    CHECK(other.steps_with_submission == 0);
    REQUIRE(other.notes.size() == 1);
    CHECK(other.notes[0].text == "column 'submitted' holds what is no date and time: not used there");
}

TEST_CASE("columns go by their usual names") {
    for (const char* header :
         {"case:concept:name,concept:name,time:timestamp", "Case ID,Activity,Complete Timestamp",
          "CaseID;activity;timestamp", "case\tactivity\ttime"}) {
        CAPTURE(header);
        std::string text = std::string(header) + "\n1,a,2026/03/09 10:00:00.5\n1,b,2026/03/09 12:00:00\n";
        for (char& c : text)
            if (c == ',' && std::string(header).find(',') == std::string::npos)
                c = std::string(header).find(';') != std::string::npos ? ';' : '\t';
        const ProcessLog log = table(text);
        CHECK(log.cases[0].steps.size() == 2);
        CHECK(models::cycle_time(log.cases[0]) == 2 * hour - kernel::second / 2);
    }
    const ProcessLog events = table(
        "case_id,activity,lifecycle:transition,timestamp\n1,a,start,2026-03-09T10:00\n1,a,complete,2026-03-"
        "09T11:00\n");
    CHECK(*events.cases[0].steps[0].start == 0);
    for (const std::string resource : {"user", "originator", "Originator", "resource"}) {
        CAPTURE(resource);
        const ProcessLog others =
            table("case_id,activity,event_type," + resource +
                  ",timestamp\n1,a,start,Ana,2026-03-09T10:00\n1,a,complete,Ana,2026-03-09T11:00\n");
        REQUIRE(others.cases[0].steps.size() == 1);
        CHECK(*others.cases[0].steps[0].start == 0);
        CHECK(others.resources == std::vector<std::string>{"Ana"});
    }
    CHECK_FALSE(looks_like_process_table({"case_id", "activity", "cost"}));
    CHECK_FALSE(looks_like_process_table({"process", "start", "complete"}));
}

TEST_CASE("starts and ends by other names, and times that are not read are noted") {
    for (const char* header : {"case_id,activity,begin,end", "caseId,activity,startTime,timestamp",
                               "case_id,activity,start_date,end", "Case ID,Activity,Start Date,End Date",
                               "caseID,activityName,beginTime,endTime"}) {
        CAPTURE(header);
        const ProcessLog log = table(std::string(header) + "\n1,a,2026-03-09 10:00:00,2026-03-09 10:05:00\n");
        CHECK(log.steps_with_start == 1);
        CHECK(log.local_dates);
        CHECK(log.notes.empty());
    }
    const ProcessLog log = table(
        "case,activity,ready,end\n1,a,2026-03-09T10:00Z,2026-03-09T10:05Z\n1,b,2026-03-09T10:00Z,2026-03-"
        "09T10:06Z\n");
    REQUIRE(log.notes.size() == 1);
    CHECK(log.notes[0].text.starts_with("column 'ready' holds times and is not used"));
    const ProcessLog failing = table(
        "case,activity,end,status\n1,a,2026-03-09T10:05Z,ok\n1,b,2026-03-09T10:06Z,failed\n2,a,2026-03-"
        "09T10:07Z,Failed\n");
    REQUIRE(failing.notes.size() == 1);
    CHECK(failing.notes[0].text.starts_with("column 'status' says that steps failed, and is not used"));
    CHECK(failing.notes[0].count == 2);
    CHECK_FALSE(log.local_dates);
}

TEST_CASE("a table that is no log of a process lacks a column by name") {
    CHECK(why_no_process_log("case_id,job,ready\n1,a,2026-03-09\n") ==
          "an activity (activity, concept:name), and of a time (timestamp, end_time, time:timestamp)");
    CHECK(why_no_process_log("case_id,activity,end\n1,a,2026-03-09\n") == "");
    CHECK(why_no_process_log("kind: DataContract\nid: a, b\n") == "");
    CHECK(why_no_process_log("hello\n") == "");
    CHECK(why_no_process_log("sep=,\ncase_id,activity,end\n").find("Excel") != std::string::npos);
}

TEST_CASE("times that cannot be read and broken rows are refused with their line") {
    CHECK(refused_table("case,activity,time\n1,a,then\n1,b\n1,c,2026-03-09T10:00\n1,\"d") ==
          "log.csv:2:5: error: 'then' in column time is no date and time\n"
          "log.csv:3: error: 2 fields, and the header has 3\n"
          "log.csv:5: error: a quote that is not closed, or a line longer than any row");
    CHECK(refused_table("case,activity,time\n") == "log.csv: has no events");
}

TEST_CASE("columns of other tools, and those that somebody says") {
    for (const char* header :
         {"_CASE_KEY,ACTIVITY,EVENTTIME", "case_id,activity_id,timestamp", "CaseID,Task,Complete",
          "Case ID,Event Name,Date", "trace_id,event,time", "Case No,Task Name,DateTime"}) {
        CAPTURE(header);
        CHECK(table(std::string(header) + "\n1,a,2026-03-09 10:00:00\n").cases.size() == 1);
    }
    const ScratchFolder folder;
    const auto file =
        folder.write("t.csv",
                     "order,what,by,ready,end,activity\n1,a,Ana,2026-03-09 10:00,2026-03-09 10:05,x\n"
                     "1,b,Ben,2026-03-09 10:05,2026-03-09 11:00,x\n");
    CHECK_FALSE(looks_like_process_log(file));
    const ColumnsSaid said = {
        {"case", "order"}, {"activity", "what"}, {"resource", "by"}, {"start", "ready"}};
    CHECK(looks_like_process_log(file, said));
    const auto read = read_process_log(file, {}, false, said);
    REQUIRE(std::holds_alternative<ProcessLog>(read));
    const ProcessLog& log = std::get<ProcessLog>(read);
    CHECK(log.activities == std::vector<std::string>{"a", "b"});
    CHECK(log.resources == std::vector<std::string>{"Ana", "Ben"});
    CHECK(log.steps_with_start == 2);
    const auto refused = [&](const ColumnsSaid& columns) {
        return std::get<LogFailure>(read_process_log(file, {}, false, columns)).message;
    };
    CHECK(refused({{"case", "ordre"}})
              .find("lacks the column `ordre` that --columns gives for `case`; columns are "
                    "order, what, by, ready, end, activity") != std::string::npos);
    CHECK(
        refused({{"case", "order"}, {"who", "by"}})
            .find(
                "--columns says 'who', and columns of a process are case, "
                "activity, end, start, submitted, resource, transition, instance, role, group, duration and "
                "'dates'") != std::string::npos);
    CHECK(refused({{"case", "order"}, {"caseid", "what"}}).find("two columns for `case`") !=
          std::string::npos);
    CHECK(refused({{"case", "order"}, {"dates", "american"}})
              .find("'day first' or 'month first', not 'american'") != std::string::npos);
    CHECK(refused({{"case", "order"}, {"end", "by"}})
              .starts_with(file.string() + ":2:5: error: 'Ana' in column by"));
    CHECK(std::get<LogFailure>(read_process_log(folder.write("l.xes", "<log/>"), {}, false, {{"case", "a"}}))
              .message.find("is no table") != std::string::npos);
}

TEST_CASE("roles are those of resources, or else their groups") {
    const std::string rows =
        "1,a,Ana,clerk,north,2026-03-09T10:00\n1,b,Ben,,south,2026-03-09T11:00\n1,b,Ana,judge,north,2026-03-"
        "09T12:00\n";
    const ProcessLog log = table("case,activity,resource,org:role,org:group,time\n" + rows);
    CHECK(log.roles == std::vector<std::string>{"clerk", "judge"});
    CHECK(log.roles_of == std::vector<std::vector<std::uint32_t>>{{0, 1}, {}});
    REQUIRE(log.notes.size() == 1);
    CHECK(log.notes[0].text == "groups of resources: not used, as the log has their roles");
    const ProcessLog groups = table("case,activity,resource,kind,Team,time\n" + rows);
    CHECK(groups.roles == std::vector<std::string>{"north", "south"});
    CHECK(groups.roles_of == std::vector<std::vector<std::uint32_t>>{{0}, {1}});
    CHECK(groups.notes.empty());
    const ProcessLog nobody = table("case,activity,who,role,time\n1,a,Ana,clerk,2026-03-09T10:00\n");
    CHECK(nobody.roles.empty());
    REQUIRE(nobody.notes.size() == 1);
    CHECK(nobody.notes[0].text == "roles and groups of events without a resource: not used");
    CHECK(nobody.notes[0].first_line == 2);
}

TEST_CASE("dates as people write them") {
    const auto iso = [](const char* text, std::optional<DayOrder> order = {}) {
        return iso_date(text, order).value_or("none");
    };
    CHECK(iso("31.12.2019 10:00") == "2019-12-31T10:00:00");
    CHECK(iso("1.2.2019 9:05:07,25") == "2019-02-01T09:05:07.25");
    CHECK(iso("2019/12/31 10:00:00.000") == "2019-12-31T10:00:00.000");
    CHECK(iso("2019-1-5 9:05") == "2019-01-05T09:05:00");
    CHECK(iso("12/31/2019 1:00 PM", DayOrder::month_first) == "2019-12-31T13:00:00");
    CHECK(iso("12/31/2019, 12:00:01 am", DayOrder::month_first) == "2019-12-31T00:00:01");
    CHECK(iso("31-12-2019T10:00:00+02:00", DayOrder::day_first) == "2019-12-31T10:00:00+02:00");
    CHECK(iso("05/05/2019") == "2019-05-05");
    CHECK(iso("03/04/2019 10:00") == "none");
    CHECK(iso("03/04/2019 10:00", DayOrder::day_first) == "2019-04-03T10:00:00");
    CHECK(iso("03/04/2019 10:00", DayOrder::month_first) == "2019-03-04T10:00:00");
    CHECK(iso("12/31/2019 13:00 PM", DayOrder::month_first) == "none");
    for (const char* no : {"3/4/19", "then", "", "10:00", "1.2", "2019/12", "31.12.2019x", "1.2.2019 10"}) {
        CAPTURE(no);
        CHECK(iso(no, DayOrder::day_first) == "none");
    }
    CHECK(order_said_by("13/1/2019") == OrderSaid::day_first);
    CHECK(order_said_by("1/13/2019") == OrderSaid::month_first);
    CHECK(order_said_by("1/1/2019") == OrderSaid::open);
    CHECK(order_said_by("1.2.2019") == OrderSaid::nothing);
    CHECK(order_said_by("2019/1/2") == OrderSaid::nothing);
}

TEST_CASE("whether the day comes first is for the log to say") {
    const ScratchFolder folder;
    const auto read = [&](const std::string& times, const ColumnsSaid& columns = {}) {
        std::string text = "case,activity,end\n";
        for (std::size_t at = 0, end = 0; end != std::string::npos; at = end + 1) {
            end = times.find('|', at);
            text += "1,a,\"" + times.substr(at, end == std::string::npos ? end : end - at) + "\"\n";
        }
        return read_process_log(folder.write("t.csv", text), {}, false, columns);
    };
    const auto span = [&](const std::string& times, const ColumnsSaid& columns = {}) {
        const auto log = read(times, columns);
        REQUIRE_MESSAGE(std::holds_alternative<ProcessLog>(log), std::get<LogFailure>(log).message);
        CHECK(std::get<ProcessLog>(log).local_dates == (times.find_first_of("./") != std::string::npos));
        return models::cycle_time(std::get<ProcessLog>(log).cases[0]) / hour;
    };
    const auto refused = [&](const std::string& times, const ColumnsSaid& columns = {}) {
        return std::get<LogFailure>(read(times, columns)).message;
    };
    // The first of March is 28 days after the first of February, and February is 31 days after January.
    CHECK(span("01.02.2019 10:00|01.03.2019 10:00") == 28 * 24);
    CHECK(span("01/01/2019 10:00|01/02/2019 10:00|31/01/2019 10:00") == 31 * 24);
    CHECK(span("1/1/2019 10:00 AM|1/2/2019 1:00 PM|1/31/2019 10:00 AM") == 30 * 24);
    CHECK(span("01/02/2019|01/03/2019", {{"dates", "month first"}}) == 24);
    CHECK(span("01/02/2019|01/03/2019", {{"dates", "day first"}}) == 28 * 24);
    CHECK(span("1577836800|1577840400") == 1);
    CHECK(span("1577836800000|1577840400000") == 1);
    const std::string file = (folder.path() / "t.csv").string();
    CHECK(
        refused("01/01/2019|02/03/2019 10:00") ==
        file +
            ":3:6: error: '02/03/2019 10:00' may have the day or the month first, and no date of the log "
            "says "
            "which; write 'dates: day first' or 'dates: month first' into a file and give it with --columns");
    CHECK(refused("02/03/2019|13/03/2019|03/14/2019") ==
          file +
              ":4:6: error: '03/14/2019' in column end is no date and time with the day first, as line 3 has "
              "it");
    CHECK(refused("02/03/2019|13/03/2019", {{"dates", "month first"}}) ==
          file +
              ":3:6: error: '13/03/2019' in column end is no date and time with the month first, as "
              "--columns says");
    CHECK(refused("7").starts_with(file + ":2:6: error: '7' in column end is no date and time"));
}

TEST_CASE("other files are refused for what they are") {
    const ScratchFolder folder;
    const auto objects = folder.write(
        "o.csv",
        "ocel:eid,ocel:activity,ocel:timestamp,ocel:type:orders\n1,a,2019-05-20 07:07:47.000Z,\"['1']\"\n");
    CHECK(looks_like_process_log(objects));
    CHECK(
        refused_file(objects).starts_with(objects.string() + ":1:1: error: is an object-centric log (OCEL)"));
    const auto json = folder.write("o.jsonocel", "{\n\"objectTypes\": []}");
    CHECK(refused_file(json).starts_with(json.string() + ":1:1: error: is an object-centric log (OCEL)"));
    CHECK(refused_file(folder.write("o.sqlite", "SQLite format 3")).find("is a database of SQLite") !=
          std::string::npos);
    CHECK_FALSE(looks_like_process_log(folder.write("a.csv", "process,start,complete\n1,2,3\n")));
    CHECK_FALSE(looks_like_process_log(folder.path()));
    CHECK_FALSE(looks_like_process_log(folder.path() / "none"));
    CHECK(refused_file(folder.write("e.csv", "")).find("is empty") != std::string::npos);
    CHECK(refused_file(folder.path() / "a.csv").find("is no process log") != std::string::npos);
}

TEST_CASE("a duration gives what is lacking of a start and an end") {
    const ProcessLog ends = table(
        "case_id,activity,timestamp,duration_s\n1,a,2026-03-09T10:11,660\n1,b,2026-03-09T10:30,-\n"
        "2,a,2026-03-09T11:00,2h\n");
    CHECK(ends.steps_with_start == 2);
    CHECK(ends.cases[0].id == "2");
    CHECK(*ends.cases[1].steps[0].start == 60 * minute);
    CHECK(ends.cases[1].steps[0].end == 71 * minute);
    REQUIRE_FALSE(ends.notes.empty());
    CHECK(ends.notes[0].text.find("starts are `timestamp` less `duration_s`") == 0);
    const ProcessLog starts = table(
        "case_id,activity,start_time,Duration (min)\n1,a,2026-03-09T10:00,11\n1,b,2026-03-09T10:30,5\n");
    CHECK(starts.steps_with_start == 2);
    CHECK(starts.cases[0].steps[0].end == 11 * minute);
    // Where columns are not separated by commas one within a number is a decimal one.
    const ProcessLog comma = table("case_id;activity;start_time;duration_min\n1;a;2026-03-09T10:00;1,5\n");
    CHECK(comma.steps_with_start == 1);
    CHECK(comma.cases[0].steps[0].end == 90 * kernel::second);
    // The unit may be said, and a plain number without one is none.
    const ColumnsSaid said = {{"case", "No"}, {"duration_ms", "lasted"}};
    Input input("log.csv", "no,activity,start,lasted\n1,a,2026-03-09T10:00,60000\n");
    CHECK(read_process_csv(input, {said}).cases[0].steps[0].end == minute);
    const ProcessLog unknown = table("case_id,activity,timestamp,duration\n1,a,2026-03-09T10:11,660\n");
    CHECK(unknown.steps_with_start == 0);
    REQUIRE(unknown.notes.size() == 1);
    CHECK(unknown.notes[0].text.find("column 'duration' holds durations of a unit that neither") == 0);
    // A start that is there says more.
    CHECK(*table("case_id,activity,start,end,duration_s\n1,a,2026-03-09T10:00,2026-03-09T10:11,1\n")
               .cases[0]
               .steps[0]
               .start == 0);
}

TEST_CASE("days of a spreadsheet are refused for what they are") {
    CHECK(refused_table("case_id,activity,end\n1,a,42751.561805556\n")
              .find("log.csv:2:5: error: '42751.561805556' in column end looks like the day number of a "
                    "spreadsheet") == 0);
}

TEST_CASE("object-centric logs in XML are told as such") {
    for (const char* text :
         {"<?xml version='1.0'?>\n<log><global scope=\"event\"/><events><event/></events></log>",
          "<log><object-types><object-type name=\"order\"/></object-types></log>"}) {
        const ScratchFolder folder;
        CHECK(refused_file(folder.write("o.xmlocel", text)).find("is an object-centric log (OCEL)") !=
              std::string::npos);
    }
}

}  // namespace understudy::formats
