// understudy init: a commented scenario that runs, to start from.
#include <fmt/core.h>

#include "tools/cli/command.h"
#include "tools/cli/output_target.h"
#include "tools/formats/language/scenario_reader.h"

namespace understudy::cli {

namespace {

constexpr const char* starting_scenario =
    R"(# A scenario: what there is (twin), what comes in (load), how long to look (run), and what is promised
# (objectives). Run it with:  understudy run {name}.yaml
# Your editor completes and checks these files with the schema that `understudy schema` prints.
understudy: 1
scenario: {name}
description: Orders are ingested and cleaned all day; a report is built from them every night.
twin:
  pools:                        # workers that stages and tasks share
    spark: {{workers: 6}}
  datasets:
    orders_clean: {{owner: orders}}
    daily_revenue: {{owner: finance}}
  stages:                       # work on each item of a stream
    ingest:
      reads: orders_api         # the load below writes this stream
      workers: 2                # workers of its own
      service: lognormal(mean 20s cv 0.5)
      failure: 1%               # share of attempts that fail ...
      retry: {{times: 3, backoff: 30s}}   # ... and come back
    clean:
      reads: ingest             # the stream a stage writes has its name, unless `writes` says otherwise
      writes: orders_clean
      runs_on: spark
      service: 30s + lognormal(mean 15s cv 0.3) per GiB   # grows with the item's size
  pipelines:                    # DAGs of tasks on a schedule
    revenue:
      schedule: daily at 05:00
      tasks:
        build: {{reads: {{orders_clean: new}}, runs_on: {{spark: 4}}, service: lognormal(mean 40min cv 0.2)}}
        publish: {{after: [build], runs_on: spark, service: 2min, writes: daily_revenue}}
load:
  orders_api: {{arrivals: poisson(120/h), size: lognormal(mean 4GiB cv 0.8)}}
run: {{length: 7d, start: 2026-03-09T00:00, zone: Europe/Berlin, warm_up: 1d, replications: 20, seed: 42}}
objectives:
  - p(95) freshness(orders_clean) < 15min
  - share landed(daily_revenue) by 06:30 >= 95%
  - avg utilisation(spark) < 80%
)";

}  // namespace

int init_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("init"));
    options.positional("name", 1, "name of the scenario (default: my-scenario)");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"), "the file (default: NAME.yaml)");
    options.add()("force", "replace a file that is there");
    if (!options.parse(arguments)) return exit_met;
    const std::string name = options.has("name") ? options.get<std::string>("name") : "my-scenario";
    const std::string file = options.has("out") ? options.get<std::string>("out") : name + ".yaml";
    const std::string text = fmt::format(starting_scenario, fmt::arg("name", name));
    const auto reading = formats::read_scenario(text, file);
    if (!reading.scenario)
        throw UsageError("'" + name +
                         "' cannot be a scenario's name: use letters, digits, '_', '-' and '/', and begin "
                         "with a letter");
    const bool written = write_beginning(file, text, options.has("force"));
    fmt::print("{} {}\nnow: understudy run {}\n", written ? "wrote" : "as it was:", file, file);
    return exit_met;
}

}  // namespace understudy::cli
