// Promised: a later log of a process or a batch system leads on from the twin of an earlier one: what is the same keeps the name
// that people gave it, what is gone goes, what people added stays, and nobody gets what was said of somebody else. Shown on
// small twins.
#include "tools/formats/catalogs/log_changes.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace understudy::formats {

namespace {

Node read_twin(const std::string& text) {
    Diagnostics none;
    Node node = read_document(text, none);
    CHECK(none.show() == "");
    return node;
}

std::vector<std::string> edits_of(const TwinUpdate& update) {
    std::vector<std::string> lines;
    for (const Node& edit : update.edits) lines.push_back(write_flow(edit));
    return lines;
}

using Lines = std::vector<std::string>;

/// As an import of a process log makes it.
const std::string desk = R"(understudy: 1
scenario: desk
twin:
  types:
    people_1: {skills: [ask, check]}
    people_2: {skills: check}
    people_3: {skills: pay}
  pools:
    people: {workers: {people_1: 1, people_2: 1, people_3: 1}, backfill: any, label: people, tags: [process_log]}
  stages:
    ask_waits: {reads: to_ask, workers: unlimited, service: 47min, writes: at_ask, label: ask (waits), tags: [process_log]}
    ask: {reads: at_ask, runs_on: {people: {skill: ask}}, service: 10min, writes: at_pay, label: ask, tags: [process_log]}
    check: {reads: at_check, runs_on: {people: {skill: check}}, service: 11min, writes: {to_ask: 30%, at_pay: 70%}, label: check, tags: [process_log]}
    pay: {reads: at_pay, runs_on: {people: {skill: pay}}, service: 2min, writes: exit, label: pay, tags: [process_log]}
load:
  cases: {arrivals: poisson(0.4/h), writes: at_check, label: cases, tags: [process_log]}
run: {length: 2d}
)";

std::string with(std::string text, const std::string& what, const std::string& instead) {
    std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    for (; at != std::string::npos; at = text.find(what, at + instead.size()))
        text.replace(at, what.size(), instead);
    return text;
}

/// Everything is called otherwise, as `rename` does it: skills, which are no names of elements, stay.
std::string renamed_desk() {
    std::string text = desk;
    for (const auto& [from, to] : {std::pair("people: {workers", "staff: {workers"),
                                   {"runs_on: {people:", "runs_on: {staff:"},
                                   {"    ask: {", "    question: {"},
                                   {"    ask_waits: {", "    before_question: {"},
                                   {"  cases: {", "  claims: {"},
                                   {"at_ask", "asked"}})
        text = with(text, from, to);
    return with(text, "load:\n",
                "  renamed: {staff: people, question: ask, before_question: ask_waits, claims: cases, asked: "
                "at_ask}\nload:\n");
}

}  // namespace

TEST_CASE("the same log changes nothing, whatever its elements are called") {
    CHECK(edits_of(update_of_log(read_twin(desk), read_twin(desk), "process_log")) == Lines{});
    const TwinUpdate update = update_of_log(read_twin(renamed_desk()), read_twin(desk), "process_log");
    CHECK(edits_of(update) == Lines{});
    CHECK(update.notes == Lines{});
}

TEST_CASE("a twin of an import without labels is known by its old names") {
    std::string old = renamed_desk();
    for (const char* label : {", label: people", ", label: ask (waits)", ", label: cases"})
        old = with(old, label, "");
    CHECK(edits_of(update_of_log(read_twin(old), read_twin(desk), "process_log")) ==
          Lines{"{set: staff.label, to: people}", "{set: before_question.label, to: ask (waits)}",
                "{set: claims.label, to: cases}"});
    // Nobody keeps `renamed` who writes the file anew: labels alone do.
    std::string rewritten = renamed_desk();
    const std::size_t begin = rewritten.find("  renamed:");
    rewritten.erase(begin, rewritten.find('\n', begin) + 1 - begin);
    rewritten = with(rewritten, "asked", "at_ask");
    CHECK(edits_of(update_of_log(read_twin(rewritten), read_twin(desk), "process_log")) == Lines{});
}

TEST_CASE("a later log says what it says by the names of the twin") {
    const std::string later = with(with(desk, "service: 10min", "service: 12min"), "0.4/h", "0.5/h");
    CHECK(edits_of(update_of_log(read_twin(renamed_desk()), read_twin(later), "process_log")) ==
          Lines{"{set: question.service, to: 12min}", "{set: claims.arrivals, to: poisson(0.5/h)}"});
}

TEST_CASE("what people say of workers stays with who can do the same") {
    const std::string earlier =
        with(desk, "people_3: {skills: pay}", "people_3: {skills: pay, cost: 90EUR/h}");
    const auto after = [&](const std::string& types, const std::string& workers) {
        std::string now = with(desk, "    people_2: {skills: check}\n    people_3: {skills: pay}\n", types);
        return update_of_log(read_twin(earlier), read_twin(with(now, "people_2: 1, people_3: 1", workers)),
                             "process_log");
    };
    // One more who only checks: who pays is the fourth in the later log, and still the third in the twin.
    const TwinUpdate more = after(
        "    people_2: {skills: [ask, pay]}\n    people_3: {skills: check}\n    people_4: {skills: pay}\n",
        "people_2: 1, people_3: 2, people_4: 1");
    CHECK(edits_of(more) ==
          Lines{"{add: people_4, as: type, value: {skills: [ask, pay]}}",
                "{set: people.workers, to: {people_1: 1, people_4: 1, people_2: 2, people_3: 1}}"});
    CHECK(more.notes == Lines{});
    // Who can do one thing more is the same; who can do something else is somebody else, and that is told.
    const TwinUpdate learnt = after("    people_2: {skills: check}\n    people_3: {skills: [pay, check]}\n",
                                    "people_2: 1, people_3: 1");
    CHECK(edits_of(learnt) == Lines{"{set: people_3.skills, to: [pay, check]}"});
    const TwinUpdate gone = after("    people_2: {skills: check}\n", "people_2: 2");
    CHECK(edits_of(gone) ==
          Lines{"{set: people.workers, to: {people_1: 1, people_2: 2}}", "{remove: people_3}"});
    CHECK(gone.notes ==
          Lines{"people_3, who could do pay, is gone from what was read, and with it cost: 90EUR/h"});
}

TEST_CASE("what a later log lacks goes, and what people added stays") {
    std::string later = desk;
    for (const char* gone : {"    ask_waits: ", "    ask: "}) {
        const std::size_t begin = later.find(gone);
        later.erase(begin, later.find('\n', begin) + 1 - begin);
    }
    later = with(with(later, "{to_ask: 30%, at_pay: 70%}", "at_pay"), "[ask, check]", "check");
    std::string earlier =
        with(desk, "load:\n", "    audit: {reads: paid, workers: 1, service: 1min}\nload:\n");
    TwinUpdate update = update_of_log(read_twin(earlier), read_twin(later), "process_log");
    CHECK(edits_of(update) == Lines{"{set: people_1.skills, to: check}", "{set: check.writes, to: at_pay}",
                                    "{remove: ask_waits}", "{remove: ask}"});
    CHECK(update.notes == Lines{"1 element of the twin is not of such a log, and stays: audit"});
    // What something of the twin's own names stays as well.
    earlier = with(earlier, "run:", "objectives: [p(95) latency(ask) < 3d]\nrun:");
    update = update_of_log(read_twin(earlier), read_twin(later), "process_log");
    CHECK(edits_of(update).back() == "{remove: ask_waits}");
    CHECK(update.notes.back() ==
          "ask is gone from what was read and stays: 'ask' is still named in objectives: 'p(95) latency(ask) "
          "< 3d'");
}

TEST_CASE("keys that a later log has no value for go where an import wrote them") {
    const std::string later = with(desk, "runs_on: {people: {skill: ask}}, service: 10min, ", "");
    const std::string earlier = with(desk, "service: 10min, ", "service: 10min, priority: 2, ");
    CHECK(edits_of(update_of_log(read_twin(earlier), read_twin(later), "process_log")) ==
          Lines{"{remove: ask.runs_on}", "{remove: ask.service}"});
}

TEST_CASE("what is new takes no name that people have given to something else") {
    const std::string earlier =
        with(desk, "load:\n", "    phone: {reads: calls, workers: 1, service: 1min}\nload:\n");
    const std::string later = with(
        desk, "load:\n",
        "    phone: {reads: at_phone, workers: unlimited, service: 3min, writes: exit, label: phone, tags: "
        "[process_log]}\nload:\n");
    CHECK(edits_of(update_of_log(read_twin(earlier), read_twin(later), "process_log")) ==
          Lines{"{add: phone_2, as: stage, value: {reads: at_phone, workers: unlimited, service: 3min, "
                "writes: exit, "
                "label: phone, tags: [process_log]}}"});
}

TEST_CASE("a later log of a batch system has other hours and other classes") {
    const auto queue = [](const std::string& profile, const std::string& classes, const std::string& loads) {
        return read_twin(
            "understudy: 1\nscenario: queue\ntwin:\n  pools:\n    cluster: {workers: 32, backfill: easy, "
            "label: cluster, tags: [swf]}\n  stages:\n" +
            classes + "load:\n" + loads + "profiles:\n  week: {steps: {0h: " + profile +
            "}, period: 1w}\nrun: {length: 4w}\n");
    };
    const auto stage = [](const std::string& name) {
        return "    run_" + name + ": {reads: " + name +
               ", runs_on: cluster, service: 1h, writes: exit, label: run_" + name + ", tags: [swf]}\n";
    };
    const auto load = [](const std::string& name) {
        return "  " + name + ": {arrivals: poisson(1/h), profile: week, label: " + name + ", tags: [swf]}\n";
    };
    const Node earlier =
        queue("50%", stage("jobs_of_1") + stage("jobs_of_8"), load("jobs_of_1") + load("jobs_of_8"));
    const Node later =
        queue("80%", stage("jobs_of_1") + stage("jobs_of_2"), load("jobs_of_1") + load("jobs_of_2"));
    const TwinUpdate update = update_of_log(earlier, later, "swf");
    const Lines lines = edits_of(update);
    REQUIRE(lines.size() == 5);
    CHECK(lines[2] == "{set: week.steps, to: {0h: 80%}}");
    CHECK(lines[3] == "{remove: run_jobs_of_8}");
    CHECK(lines[4] == "{remove: jobs_of_8}");
    Node twin = earlier;
    CHECK(make_edits(twin, update.edits) == "");
    CHECK(edits_of(update_of_log(twin, later, "swf")) == Lines{});
}

TEST_CASE("hours that a later log of a batch system does not have go with their profile") {
    const std::string week = "profiles:\n  week: {steps: {0h: 50%}, period: 1w}\n";
    const auto queue = [](const std::string& profile, const std::string& more, const std::string& profiles) {
        return "understudy: 1\nscenario: queue\ntwin:\n  pools:\n    cluster: {workers: 32, label: cluster, "
               "tags: [swf]}\n  stages:\n    run_jobs: {reads: jobs, runs_on: cluster, service: 1h, writes: exit, "
               "label: run_jobs, tags: [swf]}\nload:\n  jobs: {arrivals: poisson(1/h)" +
               profile + ", label: jobs, tags: [swf]}\n" + more + profiles + "run: {length: 4w}\n";
    };
    const Node later = read_twin(queue("", "", ""));
    CHECK(edits_of(update_of_log(read_twin(queue(", profile: week", "", week)), later, "swf")) ==
          Lines{"{remove: jobs.profile}", "{remove: week}"});
    // Whatever people call it.
    std::string renamed = with(queue(", profile: week", "", week), "week", "hours");
    renamed = with(renamed, "load:\n", "  renamed: {hours: week}\nload:\n");
    CHECK(edits_of(update_of_log(read_twin(renamed), later, "swf")) ==
          Lines{"{remove: jobs.profile}", "{remove: hours}"});
    // What people go by stays, and what they have made.
    const std::string theirs = "  calls: {arrivals: poisson(1/h), profile: week, writes: jobs}\n";
    const TwinUpdate kept = update_of_log(read_twin(queue(", profile: week", theirs, week)), later, "swf");
    CHECK(edits_of(kept) == Lines{"{remove: jobs.profile}"});
    CHECK(edits_of(update_of_log(read_twin(queue("", "", week)), later, "swf")) == Lines{});
    const std::string own = with(week, "week", "office");
    CHECK(edits_of(update_of_log(read_twin(queue(", profile: office", "", own)), later, "swf")) ==
          Lines{"{remove: jobs.profile}"});
}

}  // namespace understudy::formats
