// Promised: an instance makes the elements of its template, and what these write, under its own name, and nothing else
// changes its name; each instance has its own values; templates that are shipped make twins.
// Shown: a scenario with instances beside the same one written out, and each shipped template with what it requires alone.
// tests/rejected/instances.yaml and template.yaml have the messages.
#include "tools/formats/language/templates.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "tests/scratch_folder.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

namespace fs = std::filesystem;

using understudy::tests::ScratchFolder;

std::string scenario(const std::string& twin,
                     const std::string& rest = "load: {in: {arrivals: poisson(1/s)}}") {
    return "understudy: 1\nscenario: s\ntwin:\n" + twin + rest +
           "\nrun: {length: 1h, start: 2026-03-09T00:00, warm_up: 0s, replications: 2}\n";
}

std::string written(const std::string& text, const ScratchFolder& folder) {
    const ScenarioReading reading = read_scenario(text, "s.yaml", {}, folder.path().string());
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    return write_scenario(*reading.scenario);
}

/// `@` is the instance's name.
std::string of_instance(std::string text, const std::map<std::string, std::string>& values) {
    for (const auto& [name, value] : values)
        for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += value.size())
            text.replace(at, name.size(), value);
    return text;
}

}  // namespace

TEST_CASE("templates: an instance is what somebody would have written out") {
    const ScratchFolder folder;
    folder.write("templates/queue.yaml", R"(understudy: 1
template: queue
parameters: {source: {description: where from}, workers: 2, service: {default: 100ms}}
twin:
  pools: {crew: {workers: $(workers)}}
  datasets: {kept: {owner: me}}
  stages:
    first: {reads: $(source), runs_on: crew, service: $(service), writes: [kept, passed_on]}
    second: {reads: passed_on, runs_on: {crew: 1}, service: exponential(mean $(service)), dead_letter: broken, failure: 1%}
    aside: {reads: elsewhere, workers: 1, service: 1s}
  pipelines:
    report: {schedule: every 10min, tasks: {a: {reads: {kept: new}, runs_on: crew, service: 1s}, b: {after: a, service: 1s, workers: 1}}}
)");
    const std::string with_instances =
        scenario(R"(  stages: {other: {reads: in, writes: elsewhere, workers: unlimited, service: 1s}}
  instances:
    one: {template: queue, source: in}
    two: {template: templates/queue.yaml, source: one/passed_on, workers: 3, service: 1s}
)");
    const std::map<std::string, std::string> one = {
        {"@", "one"}, {"SOURCE", "in"}, {"MANY", "2"}, {"LONG", "100ms"}};
    const std::map<std::string, std::string> two = {
        {"@", "two"}, {"SOURCE", "one/passed_on"}, {"MANY", "3"}, {"LONG", "1s"}};
    const auto both = [&](const std::string& text) {
        return of_instance(text, one) + of_instance(text, two);
    };
    const std::string by_hand =
        "  stages:\n    other: {reads: in, writes: elsewhere, workers: unlimited, service: 1s}\n" +
        both(
            "    @/first: {reads: SOURCE, runs_on: @/crew, service: LONG, writes: [@/kept, @/passed_on]}\n"
            "    @/second: {reads: @/passed_on, runs_on: {@/crew: 1}, service: exponential(mean LONG), "
            "dead_letter: @/broken, failure: 1%}\n"
            "    @/aside: {reads: elsewhere, workers: 1, service: 1s}\n") +
        "  pools:\n" + both("    @/crew: {workers: MANY}\n") + "  datasets:\n" +
        both("    @/kept: {owner: me}\n") + "  pipelines:\n" +
        both(
            "    @/report: {schedule: every 10min, tasks: {a: {reads: {@/kept: new}, runs_on: @/crew, "
            "service: 1s}, "
            "b: {after: a, service: 1s, workers: 1}}}\n");
    CHECK(written(with_instances, folder) == written(scenario(by_hand), folder));
}

TEST_CASE("templates: of templates, with values of the scenario, and from files that are included") {
    const ScratchFolder folder;
    folder.write("templates/line.yaml",
                 "understudy: 1\ntemplate: line\nparameters: {from: {description: a stream}, n: 1}\n"
                 "twin: {stages: {work: {reads: $(from), workers: $(n), service: 1s, writes: out}}}\n");
    folder.write("templates/pair.yaml",
                 "understudy: 1\ntemplate: pair\nparameters: {from: {description: a stream}, n: 2}\n"
                 "twin: {instances: {a: {template: line.yaml, from: $(from), n: $(n)}, "
                 "b: {template: line.yaml, from: a/out}}}\n");
    const std::string text = scenario("  instances: {p: {template: pair, from: in, n: $(many)}}\n",
                                      "parameters: {many: 5}\nload: {in: {arrivals: poisson(1/s)}}");
    CHECK(written(text, folder) ==
          written(scenario("  stages:\n    p/a/work: {reads: in, workers: 5, service: 1s, writes: p/a/out}\n"
                           "    p/b/work: {reads: p/a/out, workers: 1, service: 1s, writes: p/b/out}\n"),
                  folder));
    // Paths begin in the file that has them.
    fs::create_directories(folder / "platform/templates");
    fs::rename(folder / "templates/line.yaml", folder / "platform/templates/line.yaml");
    folder.write("platform/part.yaml",
                 "understudy: 1\nscenario: part\ntwin: {instances: {l: {template: line, from: in}}}\n");
    CHECK(
        written(
            "understudy: 1\nscenario: s\ninclude: platform/part.yaml\nload: {in: {arrivals: poisson(1/s)}}\n"
            "run: {length: 1h, start: 2026-03-09T00:00, warm_up: 0s, replications: 2}\n",
            folder) ==
        written(scenario("  stages: {l/work: {reads: in, workers: 1, service: 1s, writes: l/out}}\n"),
                folder));
}

TEST_CASE("templates: those that are shipped make twins") {
    const ScratchFolder folder;
    REQUIRE(shipped_templates().size() >= 4);
    for (const std::string& name : shipped_templates()) {
        INFO(name);
        Diagnostics diagnostics(name);
        const auto made = read_template(shipped_template(name), diagnostics);
        INFO(diagnostics.show());
        REQUIRE(made);
        CHECK(made->name == name);
        CHECK_FALSE(made->description.empty());
        std::string values;
        for (const TemplateParameter& parameter : made->parameters) {
            CHECK_FALSE(parameter.description.empty());
            if (!parameter.value) values += ", " + parameter.name + ": in";
        }
        written(scenario("  instances: {it: {template: " + name + values + "}}\n",
                         "load: {in: {arrivals: poisson(1/s), size: 1MiB}}"),
                folder);
    }
}

TEST_CASE("templates: no file of them makes the program hang") {
    const ScratchFolder folder;
    std::string many = "understudy: 1\ntemplate: many\ntwin:\n  stages:\n";
    for (int i = 0; i < 201; ++i)
        many += "    s" + std::to_string(i) + ": {reads: in, workers: 1, service: 1s}\n";
    folder.write("templates/many.yaml", many);
    folder.write("templates/self.yaml",
                 "understudy: 1\ntemplate: self\ntwin: {instances: {a: {template: self.yaml}, b: {template: "
                 "self.yaml}}}\n");
    const auto said = [&](const std::string& name) {
        return read_scenario(scenario("  instances: {x: {template: " + name + "}}\n"), "s.yaml", {},
                             folder.path().string())
            .diagnostics.show();
    };
    // Ten of ten of ten ...
    for (int i = 0; i < 12; ++i) {
        std::string ten = "understudy: 1\ntemplate: t\ntwin:\n  instances:\n";
        for (int j = 0; j < 10; ++j)
            ten += "    i" + std::to_string(j) + ": {template: t" + std::to_string(i + 1) + ".yaml}\n";
        folder.write("templates/t" + std::to_string(i) + ".yaml", ten);
    }
    folder.write("templates/t12.yaml",
                 "understudy: 1\ntemplate: t\ntwin: {stages: {d: {reads: in, workers: 1, service: 1s}}}\n");
    CHECK(said("t0").find("instances make more than 20000 elements") != std::string::npos);
    CHECK(said("t10").find("error") == std::string::npos);
    CHECK(said("many").find("201 elements in a template") != std::string::npos);
    CHECK(said("self").find("has an instance of itself") != std::string::npos);
}
