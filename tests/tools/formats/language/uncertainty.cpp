// Promised: how sure a change is of what it sets is read as it is written, also of a part of what it sets, of another family
// and of weekends; what somebody has set since is not as it was fitted; what has another name since is drawn as it was. Shown: a change with one of each, and scenarios.
#include "tools/formats/language/uncertainty.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

const std::string edits = R"(understudy: 1
change: fitted
kind: calibration
edits:
  - {set: scan.service, to: gamma(mean 20s cv 0.5)}
  - {set: scan.retry, to: {times: 3, backoff: [30s, exponential(mean 2min)]}}
  - {set: sheets.items, to: mix(60% 2 or 40% 5)}
  - {set: sheets.size, to: lognormal(mean 2GB cv 0.8)}
  - {add: sheets_day, as: profile, value: {steps: {0s: 40%, 8h: 1.5}, period: 1d, weekend: 30%}}
  - {set: sheets.profile, to: sheets_day}
)";
const std::string sure =
    R"(  scan.service: {family: gamma, "n": 30, or: {family: lognormal, law: lognormal(mean 21s cv 0.7), share: 31%}}
  scan.retry.backoff.1: {spread: 12%}
  scan.retry.backoff.2: {family: exponential, "n": 15}
  sheets.items: {"n": 90}
  sheets.size: {family: lognormal, "n": 90, or: {family: gamma, law: gamma(mean 2GB cv 0.7), share: 10%}}
  sheets_day: {"n": 900, weekends: 120}
)";

std::vector<studies::UncertainInput> inputs() {
    const std::string text = edits + "uncertainty:\n" + sure;
    Diagnostics out("c.yaml", text);
    auto change = read_change(text, out, 0);
    INFO(out.show());
    REQUIRE(change);
    REQUIRE_FALSE(out.has_errors());
    return std::move(change->uncertain);
}

models::Scenario fitted_scenario(const std::string& service = "gamma(mean 20s cv 0.5)",
                                 const std::string& second_pause = "exponential(mean 2min)",
                                 const std::string& items = "mix(60% 2 or 40% 5)",
                                 const std::string& size = "lognormal(mean 2GB cv 0.8)",
                                 const std::string& weekend = "30%") {
    auto reading = read_scenario(
        "understudy: 1\nscenario: s\ntwin: {stages: {scan: {reads: sheets, workers: 1, "
        "service: " +
            service + ", failure: 1%, retry: {times: 3, backoff: [30s, " + second_pause +
            "]}}}}\nprofiles: {sheets_day: {steps: {0s: 40%, 8h: 1.5}, period: 1d, "
            "weekend: " +
            weekend +
            "}}\nload: {sheets: {arrivals: poisson(2/h), profile: sheets_day, "
            "items: " +
            items + ", size: " + size + "}}\nrun: {start: 2026-03-09T00:00, length: 1d}\n",
        "s.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    return std::move(*reading.scenario);
}

std::size_t as_fitted(const models::Scenario& scenario) {
    auto all = inputs();
    keep_as_fitted(scenario, all);
    return all.size();
}

}  // namespace

TEST_CASE("how sure a change is of what it sets follows new names") {
    auto all = inputs();
    Diagnostics out("r.yaml", "");
    const auto change = read_change(
        "understudy: 1\nchange: names\nedits:\n  - {rename: scan, to: read_in}\n  - {rename: sheets_day, to: "
        "hours}\n"
        "  - {rename: read_in, to: look}\n",
        out, 0);
    REQUIRE(change);
    follow_renames(renames_in(change->edits), all);
    const auto paths = [&] {
        std::vector<std::string> each;
        for (const studies::UncertainInput& input : all) each.push_back(input.path);
        return each;
    };
    const auto drawn_as = [&] {
        std::vector<std::string> each;
        for (const studies::UncertainInput& input : all) each.push_back(input.drawn_as());
        return each;
    };
    CHECK(paths() == std::vector<std::string>{"look.service", "look.retry.backoff.1", "look.retry.backoff.2",
                                              "sheets.items", "sheets.size", "hours"});
    // A new name changes no draw.
    const std::vector<std::string> first = {"scan.service", "scan.retry.backoff.1", "scan.retry.backoff.2",
                                            "sheets.items", "sheets.size",          "sheets_day"};
    CHECK(drawn_as() == first);
    // Another of the old name has draws of its own.
    studies::UncertainInput another;
    another.path = "scan.service";
    put_uncertain({another}, all);
    CHECK(all.back().path == "scan.service");
    CHECK(all.back().drawn_as() != "scan.service");
    all.pop_back();
    using Names = studies::Counterparts::Names;
    follow_renames(studies::Counterparts(Names{{"scan", "look"}, {"sheets", "sheets"}},
                                         Names{{"scan", "read_in"}, {"sheets", "pages"}}),
                   all);
    CHECK(paths() == std::vector<std::string>{"read_in.service", "read_in.retry.backoff.1",
                                              "read_in.retry.backoff.2", "pages.items", "pages.size",
                                              "hours"});
    CHECK(drawn_as() == first);
}

TEST_CASE("how sure a change is of what it sets reads back") {
    const auto all = inputs();
    REQUIRE(all.size() == 6);
    REQUIRE(all[0].rival);
    CHECK(all[0].rival->family == kernel::Family::lognormal);
    CHECK(all[0].rival->law.mean() == doctest::Approx(21));
    CHECK(all[0].rival->share == 0.31);
    CHECK(all[1].fitted == "30s");
    CHECK(all[1].spread == 0.12);
    CHECK(all[2].fitted == "exponential(mean 2min)");
    CHECK(all[4].rival->law.mean() == doctest::Approx(2e9));
    CHECK(all[5].weekends == 120);
    std::string written;
    for (const Entry& entry : uncertainty_node(all).entries)
        written += "  " + entry.key + ": " + write_flow(entry.value) + "\n";
    CHECK(written == sure);
}

TEST_CASE("what is as it was fitted, and what somebody has set since") {
    CHECK(as_fitted(fitted_scenario()) == 6);
    CHECK(as_fitted(fitted_scenario("20s")) == 5);
    CHECK(as_fitted(fitted_scenario("gamma(mean 20s cv 0.5)", "2min")) == 5);
    CHECK(as_fitted(fitted_scenario("gamma(mean 20s cv 0.5)", "exponential(mean 2min)", "3")) == 5);
    CHECK(as_fitted(fitted_scenario("gamma(mean 20s cv 0.5)", "exponential(mean 2min)", "mix(60% 2 or 40% 5)",
                                    "2GB")) == 5);
    CHECK(as_fitted(fitted_scenario("gamma(mean 20s cv 0.5)", "exponential(mean 2min)", "mix(60% 2 or 40% 5)",
                                    "lognormal(mean 2GB cv 0.8)", "40%")) == 5);
}
