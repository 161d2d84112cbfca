// Promised: a version's text does not depend on how its file was laid out; paths in it begin in the project, and lead to
// the same files from wherever it is written to; those that lead out of it are refused.
#include "tools/formats/store/version_content.h"

#include <doctest/doctest.h>

#include "tests/tools/formats/store/folder.h"
#include "tools/formats/store/version_diff.h"
#include "tools/formats/store/version_summary.h"

using namespace understudy::formats;

namespace {

const std::string scenario = R"(# what there is
understudy: 1
scenario: small
parameters: {crew: 2}
twin:
  pools: {crew: {workers: $(crew), owner: finance}}
  datasets: {orders: {contract: contracts/orders.yaml}}
  stages:
    clean:
      reads: jobs
      runs_on: crew
      service: sample(calls.took)
      writes: orders
  pipelines: {nightly: {schedule: every 1h, tasks: {build: {runs_on: crew, service: 1s}}}}
logs: {calls: {file: data/calls.csv, format: csv, columns: {took: ms}}}
load: {jobs: {arrivals: poisson(1/min)}}
run: {length: 1h}
objectives: [avg wait(clean) < 1min]
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    REQUIRE(text.find(from) != std::string::npos);
    return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("the text of a version is laid out in one way") {
    const StoreFolder folder;
    std::filesystem::create_directory(folder.path() / "below");
    const auto text_of = [&](const std::string& text) {
        folder.write("below/s.yaml", text);
        const VersionContent content =
            read_version_content((folder.path() / "below/s.yaml").string(), {folder.path(), {}, false});
        CHECK(content.diagnostics.show() == "");
        CHECK(content.kind == "system");
        return content.text.value_or("");
    };
    const std::string text = text_of(scenario);
    CHECK(
        text.find("    clean: {reads: jobs, runs_on: crew, service: sample(calls.took), writes: orders}\n") !=
        std::string::npos);
    CHECK(text.find("file: below/data/calls.csv") != std::string::npos);
    CHECK(text.find("contract: below/contracts/orders.yaml") != std::string::npos);
    CHECK(text.find("workers: $(crew)") != std::string::npos);
    CHECK(text.find('#') == std::string::npos);
    CHECK(text_of(replaced(scenario, "load: {jobs: {arrivals: poisson(1/min)}}",
                           "load:\n  jobs:\n    arrivals: 'poisson(1/min)'   # one")) == text);
    const std::string elsewhere = as_scenario_file(text, folder.path(), folder.path() / "other/place");
    CHECK(elsewhere.find("file: ../../below/data/calls.csv") != std::string::npos);
    CHECK(as_scenario_file(elsewhere, folder.path() / "other/place", folder.path()) == text);
}

TEST_CASE("the kind of a twin follows from what is known of it") {
    const StoreFolder folder;
    const auto kind_of = [&](const std::string& twin) {
        folder.write("s.yaml", "understudy: 1\nscenario: s\ntwin:\n  pools: {crew: {workers: 1}}\n" + twin +
                                   "run: {length: 1h}\n");
        return read_version_content((folder.path() / "s.yaml").string(), {folder.path(), {}, false}).kind;
    };
    const std::string promised = "  datasets: {orders: {contract: orders.odcs.yaml}}\n";
    const std::string writer =
        "  pipelines: {writer: {schedule: every 1h, tasks: {write: {runs_on: crew, writes: orders}}}}\n";
    CHECK(kind_of(promised + writer) == "product");
    CHECK(kind_of(promised + replaced(writer, "writes: orders", "writes: orders, service: 1s")) ==
          "pipeline");
    CHECK(kind_of("  datasets: {orders: {owner: sales}}\n" + writer) == "pipeline");
    CHECK(kind_of(promised + writer + "  stages: {clean: {reads: jobs}}\n") == "system");
}

TEST_CASE("paths that lead out of the project are refused") {
    const StoreFolder folder;
    folder.write("s.yaml", replaced(scenario, "data/calls.csv", "../calls.csv"));
    const VersionContent content =
        read_version_content((folder.path() / "s.yaml").string(), {folder.path(), {}, false});
    CHECK_FALSE(content.text);
    CHECK(content.diagnostics.show() ==
          (folder.path() / "s.yaml").string() + ":15:22: error: '../calls.csv' lies outside of the project " +
              folder.path().string() + "; move it there, or write its path from '/' on\n");
    folder.write("s.yaml", replaced(scenario, "data/calls.csv", "/data/calls.csv"));
    CHECK(read_version_content((folder.path() / "s.yaml").string(), {folder.path(), {}, false}).text);
}

TEST_CASE("a summary counts elements and names owners") {
    const VersionSummary summary = summary_of(scenario);
    CHECK(summary.owners == std::set<std::string>{"finance"});
    using Counts = std::vector<std::pair<std::string, std::int64_t>>;
    CHECK(summary.counts == Counts{{"types", 0},
                                   {"pools", 1},
                                   {"budgets", 0},
                                   {"datasets", 1},
                                   {"stages", 1},
                                   {"pipelines", 1},
                                   {"tasks", 1},
                                   {"loads", 1},
                                   {"actions", 0},
                                   {"objectives", 1}});
}

TEST_CASE("differences are told by element and key") {
    CHECK(differences(scenario, scenario).empty());
    std::string other = replaced(scenario, "parameters: {crew: 2}", "parameters: {crew: 3}");
    other = replaced(other, "      reads: jobs\n", "      reads: jobs\n      retry: {times: 3}\n");
    other = replaced(other, "build: {runs_on: crew, service: 1s}", "make: {runs_on: crew, service: 1s}");
    other = replaced(other, "[avg wait(clean) < 1min]", "[avg wait(clean) < 2min]");
    std::string told;
    for (const ElementDifference& element : differences(scenario, other)) {
        told += std::string("+-~").substr(static_cast<std::size_t>(element.kind), 1) + element.type + " " +
                element.name + ":";
        for (const KeyDifference& key : element.keys)
            told += " " + key.key + "=" + key.from.value_or("-") + ">" + key.to.value_or("-");
        told += "\n";
    }
    CHECK(told ==
          "~parameters : crew=2>3\n"
          "~stage clean: retry.times=->3\n"
          "-task nightly.build: runs_on=crew>- service=1s>-\n"
          "~objectives : avg wait(clean) < 1min=>- avg wait(clean) < 2min=->\n"
          "+task nightly.make: runs_on=->crew service=->1s\n");
}
