// understudy twin forecast: from the present state on, what will be seen.
#include <fmt/format.h>

#include "tools/cli/input_uncertainty.h"
#include "tools/cli/problems.h"
#include "tools/cli/progress.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/twin.h"
#include "tools/formats/json/forecast_json.h"
#include "tools/formats/language/fault.h"
#include "tools/formats/language/values.h"
#include "tools/reports/forecast_report.h"
#include "tools/studies/forecast.h"

namespace understudy::cli {

namespace {

kernel::Time horizon_from(const std::string& text) {
    try {
        const kernel::Time horizon = formats::read_duration(text);
        if (horizon <= 0) throw UsageError("--for 0s looks at nothing; write how far to look, such as 8h");
        return horizon;
    } catch (const formats::Fault& fault) {
        throw UsageError("--for " + text + ": " + fault.what() +
                         (fault.hint.empty() ? "" : "; " + fault.hint));
    }
}

}  // namespace

int twin_forecast(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(twin_command_named("forecast"));
    options.positional("version", 1, "a twin or version, or a scenario file, with the state to begin with");
    options.add()("for", po::value<std::string>()->value_name("TIME"), "how far to look, such as 8h");
    options.add()("set", po::value<std::vector<std::string>>()->composing()->value_name("NAME.KEY=VALUE"),
                  "change a value first; may be repeated");
    options.add()("change", po::value<std::vector<std::string>>()->composing()->value_name("FILE"),
                  "apply a change file first; may be repeated");
    options.add()("seed", po::value<std::string>()->value_name("N"), "seed of all random numbers");
    options.add()("replications,n", po::value<std::string>()->value_name("N"),
                  "how many futures to play (default: 199)");
    add_input_options(options, nullptr);
    options.add()("threads", po::value<std::string>()->value_name("N"), "threads (default: one per core)");
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("version"))
        throw UsageError("twin forecast needs a twin, such as 'orders --for 8h'; or a scenario file");
    if (!options.has("for")) throw UsageError("twin forecast needs to know how far to look: --for 8h");
    studies::ForecastOptions how;
    how.horizon = horizon_from(options.get<std::string>("for"));
    how.version = UNDERSTUDY_VERSION;
    how.stop = &interrupt_requested();
    if (options.has("threads"))
        how.threads = static_cast<unsigned>(
            whole_number("--threads", options.get<std::string>("threads"), 1, most_threads));
    how.set = overrides_from(options);
    std::vector<std::string> overrides = how.set;
    std::optional<std::uint64_t> seed;
    if (options.has("seed")) seed = whole_number("--seed", options.get<std::string>("seed"), 0, most_seed);
    for (auto& edit : run_overrides(seed, std::nullopt)) overrides.push_back(std::move(edit));
    std::vector<std::string> changes;
    if (options.has("change")) changes = options.get<std::vector<std::string>>("change");
    if (options.has("store")) store_folder_from(options);
    const std::string path = scenario_named(options, options.get<std::string>("version"));
    const bool uncertain = asks_for_inputs(options);
    auto reading = read_scenario_and_changes(path, overrides, changes);
    if (!reading) return exit_usage;
    if (uncertain) how.inputs = uncertain_inputs(path, *reading);
    std::optional<models::Scenario>& scenario = reading->scenario;
    const std::int64_t least = studies::futures_needed(scenario->run.confidence);
    if (options.has("replications"))
        how.futures =
            static_cast<std::int64_t>(whole_number("--replications", options.get<std::string>("replications"),
                                                   static_cast<std::uint64_t>(least), 1'000'000));
    how.futures = std::max(how.futures, least);
    models::Problems problems;
    const auto forecast = studies::forecast(std::move(*scenario), how, problems);
    print_problems(problems, path);
    if (!forecast) return exit_usage;
    if (options.has("json"))
        fmt::print("{}", formats::forecast_as_json(*forecast));
    else
        fmt::print("{}", reports::forecast_report(*forecast, terminal_width()));
    if (forecast->interrupted) return exit_inconclusive;
    return forecast->promises() || forecast->broken_off > 0 ? exit_code_of(forecast->verdict) : exit_met;
}

}  // namespace understudy::cli
