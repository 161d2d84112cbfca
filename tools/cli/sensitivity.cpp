// understudy sensitivity: which parameters move the answer, and by how much.
#include "tools/studies/sensitivity.h"

#include <fmt/core.h>

#include "tools/cli/command.h"
#include "tools/cli/progress.h"
#include "tools/cli/study_input.h"
#include "tools/cli/study_work.h"
#include "tools/formats/json/sensitivity_json.h"
#include "tools/reports/sensitivity_report.h"

namespace understudy::cli {

int sensitivity_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("sensitivity"));
    options.positional("study", 1, "the study file");
    options.add()("seed", po::value<std::string>()->value_name("N"), "seed of all random numbers");
    options.add()("replications,n", po::value<std::string>()->value_name("N"),
                  "of all settings together (default: the study's budget)");
    options.add()("threads", po::value<std::string>()->value_name("N"), "threads (default: one per core)");
    options.add()("json", "print one JSON document instead of the tables");
    StudyWork::add_options(options);
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("study")) throw UsageError("sensitivity needs a study file");
    constexpr std::uint64_t most_replications = 10'000'000;
    std::optional<std::int64_t> replications;
    if (options.has("replications"))
        replications = static_cast<std::int64_t>(
            whole_number("--replications", options.get<std::string>("replications"), 1, most_replications));
    std::vector<std::string> overrides;
    if (options.has("seed"))
        overrides.push_back(fmt::format(
            "run.seed={}", whole_number("--seed", options.get<std::string>("seed"), 0, most_seed)));
    studies::StudyOptions how;
    how.run.version = UNDERSTUDY_VERSION;
    if (options.has("threads"))
        how.run.threads = static_cast<unsigned>(
            whole_number("--threads", options.get<std::string>("threads"), 1, most_threads));
    const std::string path = options.get<std::string>("study");
    const auto study = read_study(path, overrides, replications);
    if (!study) return exit_usage;

    StudyWork work(options);
    how.run.stop = &interrupt_requested();
    studies::RunProgress how_far;
    how.run.progress = &how_far;
    if (!work.begin(*study, path, how)) return exit_met;
    Progress progress;
    progress.show(how_far);
    studies::SensitivityResult result;
    try {
        result = studies::sensitivity(*study, base_of(*study), how);
    } catch (const studies::BadSetting& wrong) {
        progress.clear();
        fmt::print(stderr, "{}", wrong.what());
        return exit_usage;
    }
    progress.clear();
    if (work.is_part()) return work.end_of_part();
    work.write(formats::sensitivity_as_json(without_folder(*study), result), result.interrupted);
    if (options.has("json"))
        fmt::print("{}", formats::sensitivity_as_json(*study, result));
    else
        fmt::print("{}", reports::sensitivity_report(*study, result, terminal_width()));
    return result.interrupted || !result.no_rows.empty() ? exit_inconclusive : exit_met;
}

}  // namespace understudy::cli
