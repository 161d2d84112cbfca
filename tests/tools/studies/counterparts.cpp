// Promised: what has another name by now is the same by the name that it had at first: swapped, renamed twice, renamed back, and a
// task with its pipeline; what is called as it was, or was never there, keeps its name. Shown: on names, on paths of parameters,
// and on a state with something of each kind that names others.
#include "tools/studies/counterparts.h"

#include <doctest/doctest.h>

#include <string>

using namespace understudy;
using studies::Counterparts;
using Names = Counterparts::Names;

TEST_CASE("a name is that of the same thing in the candidate") {
    const Counterparts names(
        {{"pay", "payout"}, {"left", "left"}, {"right", "right"}, {"scan", "look"}, {"gone", "gone"}},
        Names{{"pay", "payment"}, {"left", "right"}, {"right", "left"}, {"scan", "scan"}, {"more", "more"}});
    CHECK_FALSE(names.empty());
    CHECK(names.in_candidate("payout") == "payment");
    CHECK(names.in_baseline("payment") == "payout");
    CHECK(names.in_candidate("left") == "right");
    CHECK(names.in_candidate("right") == "left");
    CHECK(names.in_candidate("look") == "scan");
    CHECK(names.in_candidate("gone") == "gone");
    CHECK(names.in_candidate("stream") == "stream");
    CHECK(Counterparts(Names{{"pay", "payout"}}, Names{{"pay", "payout"}, {"new", "new"}}).empty());
    // Somebody took the old name away from the file, and left the thing as it is called.
    CHECK(Counterparts(Names{{"pay", "payout"}}, Names{{"payout", "payout"}}).in_candidate("payout") ==
          "payout");
}

TEST_CASE("a path goes with the name that it begins with, the longest") {
    const Counterparts names(
        {{"night", "night"}, {"night.fetch", "night.fetch"}, {"night.build", "night.build"}, {"pay", "pay"}},
        Names{{"night", "late"},
              {"night.fetch", "late.get"},
              {"night.build", "late.build"},
              {"pay", "payout"}});
    CHECK(names.path_in_candidate("night.fetch.retry.backoff.2") == "late.get.retry.backoff.2");
    CHECK(names.path_in_candidate("night.build.service") == "late.build.service");
    CHECK(names.path_in_candidate("night.defaults.delay") == "late.defaults.delay");
    CHECK(names.path_in_candidate("pay") == "payout");
    CHECK(names.path_in_candidate("payment.service") == "payment.service");
}

TEST_CASE("a state is of the same elements, whatever they are called") {
    const Counterparts names(Names{{"pay", "pay"},
                                   {"jobs", "jobs"},
                                   {"orders", "orders"},
                                   {"night", "night"},
                                   {"night.fetch", "night.fetch"}},
                             Names{{"pay", "payout"},
                                   {"jobs", "claims"},
                                   {"orders", "sales"},
                                   {"night", "late"},
                                   {"night.fetch", "late.get"}});
    models::InitialState state;
    state.as_of = 9 * kernel::hour;
    models::ElementState& stage = state.elements.emplace_back();
    stage.element = "pay";
    models::PresentItems& items = stage.items.emplace_back();
    items.load = "jobs";
    items.from = "orders";
    items.holds = {"check", "pay"};
    items.batch.emplace_back().load = "jobs";
    models::ElementState& pipeline = state.elements.emplace_back();
    pipeline.element = "night";
    pipeline.unread["fetch"]["orders"].records = 7;
    models::PresentRun& run = pipeline.runs.emplace_back();
    run.holds = {"fetch", "build"};
    models::PresentTask& task = run.tasks.emplace_back();
    task.task = "fetch";
    task.unread["orders"].size = 5;
    run.tasks.emplace_back().task = "build";

    const models::InitialState now = names.in_candidate(state);
    CHECK(now.as_of == state.as_of);
    REQUIRE(now.elements.size() == 2);
    CHECK(now.elements[0].element == "payout");
    CHECK(now.elements[0].items[0].load == "claims");
    CHECK(now.elements[0].items[0].from == "sales");
    CHECK(now.elements[0].items[0].holds == std::vector<std::string>{"check", "payout"});
    CHECK(now.elements[0].items[0].batch[0].load == "claims");
    CHECK(now.elements[1].element == "late");
    CHECK(now.elements[1].unread.at("get").at("sales").records == 7);
    CHECK(now.elements[1].runs[0].holds == std::vector<std::string>{"get", "build"});
    CHECK(now.elements[1].runs[0].tasks[0].task == "get");
    CHECK(now.elements[1].runs[0].tasks[0].unread.at("sales").size == 5);
    CHECK(now.elements[1].runs[0].tasks[1].task == "build");
}
