// Promised: the present of a version is its state and when that holds; it is put onto what has changed otherwise, by the names
// that things have there, and where it stood; a new name, another order and other words are no other state. Shown: on texts of
// versions.
#include "tools/formats/store/present.h"

#include <doctest/doctest.h>

#include <string>

#include "tools/formats/store/version_content.h"
#include "tools/formats/store/version_diff.h"

using namespace understudy::formats;

namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    REQUIRE(text.find(from) != std::string::npos);
    return text.replace(text.find(from), from.size(), to);
}

std::string version(const std::string& text) {
    const VersionContent content = version_content({text, "s.yaml", "."}, {});
    CHECK(content.diagnostics.show() == "");
    return content.text.value_or("");
}

/// One with two stages and a task; and the same, of which three have other names.
struct Versions {
    const std::string base = version(R"(understudy: 1
scenario: small
parameters: {crew: 2, many: 4}
twin:
  stages:
    clean: {reads: jobs, workers: $(crew), service: 1s}
    pay: {reads: clean, workers: 1, service: 1s}
  pipelines: {nightly: {schedule: every 1h, tasks: {build: {workers: 1, service: 1s}}}}
load: {jobs: {arrivals: poisson(1/min)}}
run: {length: 8h}
)");
    const std::string renamed =
        replaced(replaced(replaced(base, "    pay: {", "    payout: {"), "build: {", "make: {"), "load:\n",
                 "  renamed: {payout: pay, nightly.make: nightly.build}\nload:\n");
};

const std::string state = R"(  as_of: 2h
  state: {pay: {waiting: $(many)}, clean: {waiting: 1}, nightly: {runs: [{age: 1min, tasks: {build: {served: 1min}}}]}}
)";

}  // namespace

TEST_CASE("the present is the state and when it holds, and is put onto what has changed otherwise") {
    const std::string base = Versions().base;
    understudy::models::InitialState state;
    state.as_of = 90 * understudy::kernel::minute;
    state.elements.push_back({.element = "clean", .items = {{.items = 3}}});
    const std::string later = with_start(with_state(base, state), "2026-03-10T00:00");
    CHECK(same_but_for_the_present(base, later));
    CHECK(same_but_for_the_present(later, base));
    CHECK_FALSE(same_but_for_the_present(base, with_start(base, "2026-03-10T00:00")));
    const std::string changed = replaced(base, "crew: 2", "crew: 3");
    CHECK_FALSE(same_but_for_the_present(changed, later));
    const std::string both = with_present_of(changed, later);
    CHECK(same_but_for_the_present(changed, both));
    CHECK(state_in(both) == state_in(later));
    CHECK(both.find("start: 2026-03-10T00:00") != std::string::npos);
    CHECK(made_of_latest(base, changed, later) == both);
    CHECK(made_of_latest(base, changed, base) == changed);
    CHECK_FALSE(made_of_latest(base, with_start(changed, "2026-03-11T00:00"), later));
    CHECK_FALSE(made_of_latest(base, with_state(changed, state), later));
    CHECK_FALSE(made_of_latest(changed, base, later));
    CHECK(what_moved(base, changed) == "parameters (crew 2 -> 3)");
    CHECK(what_moved(base, base) == "nothing but its number");
}

TEST_CASE("a state is put where there is one, by the names that things have there") {
    const auto [base, renamed] = Versions();
    const std::string known = version(replaced(base, "load:\n", state + "load:\n"));
    const std::string now = with_present_of(renamed, known);
    CHECK(now.find("payout: {waiting: 4}") != std::string::npos);
    CHECK(now.find("tasks: {make: {served: 1min}}") != std::string::npos);
    CHECK(now.find("pay: {waiting") == std::string::npos);
    CHECK(same_state(now, known));
    CHECK(same_state(known, now));
    CHECK_FALSE(moves_the_present(known, now));
    // What was put there is there; and back.
    CHECK(with_present_of(now, known) == now);
    CHECK(with_present_of(now, now) == now);
    CHECK(same_state(with_present_of(base, now), known));
    CHECK(made_of_latest(base, renamed, known) == now);
    // Whatever stands behind the state: a state that is the same makes no other text.
    const std::string between = version(
        replaced(replaced(renamed, "  renamed", state + "  renamed"), "{pay: {waiting", "{payout: {waiting"));
    CHECK(with_present_of(between, between) == between);
    CHECK(with_present_of(between, now).find("renamed") > with_present_of(between, now).find("state"));
}

TEST_CASE("another order and other words are no other state, another number is") {
    const std::string base = Versions().base;
    const std::string known = version(replaced(base, "load:\n", state + "load:\n"));
    CHECK(same_state(known, version(replaced(known, "as_of: 2h", "as_of: 120min"))));
    const std::string ordered = version(replaced(base, "load:\n",
                                                 "  as_of: 2h\n  state: {clean: {waiting: [{items: 1}]}, "
                                                 "nightly: {runs: [{age: 60s, tasks: {build: {served: "
                                                 "60s}}}]}, pay: {waiting: 4}}\nload:\n"));
    CHECK(same_state(known, ordered));
    CHECK_FALSE(same_state(known, version(replaced(ordered, "pay: {waiting: 4}", "pay: {waiting: 5}"))));
    CHECK_FALSE(same_state(known, version(replaced(ordered, "as_of: 2h", "as_of: 3h"))));
    CHECK_FALSE(same_state(known, base));
}
