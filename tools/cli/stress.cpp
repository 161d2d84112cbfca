// understudy stress: raises the load until something breaks, and says what would help.
#include "tools/cli/stress.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "tools/cli/command.h"
#include "tools/cli/output_target.h"
#include "tools/cli/progress.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/study_input.h"
#include "tools/cli/study_work.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/json/stress_json.h"
#include "tools/formats/results/histogram_log.h"
#include "tools/reports/stress_report.h"

namespace understudy::cli {

namespace {

/// A scenario as a study: all its loads are raised until one of its objectives breaks.
std::optional<studies::Study> study_of(const std::string& path, const AskedBeside& beside) {
    std::vector<std::string> overrides = beside.set;
    for (std::string& edit : run_overrides(beside.seed, beside.replications))
        overrides.push_back(std::move(edit));
    const auto prepared = prepare_file(path, overrides, beside.changes);
    if (!prepared) return std::nullopt;
    const models::Scenario& scenario = prepared->scenario;
    studies::Study study;
    study.name = scenario.name;
    study.base = path;
    study.changes = beside.changes;
    study.method = studies::Study::Method::breaking_point;
    study.all_objectives = true;
    study.overrides = std::move(overrides);
    std::transform(beside.set.begin(), beside.set.end(), std::back_inserter(study.set), as_after_set);
    std::string wrong;
    if (scenario.objectives.empty())
        wrong = "nothing has to hold, so nothing can break; such as 'objectives: [p(95) latency() < 2s]'";
    else if (scenario.loads.empty())
        wrong = "there are no loads to raise; a study of 'breaking_point' raises what it varies";
    if (!wrong.empty()) {
        fmt::print(stderr, "{}: error: {}\n", path, wrong);
        return std::nullopt;
    }
    return study;
}

/// All loads, where nothing else is raised, are a factor as well.
studies::Study with_factor(studies::Study study) {
    if (study.factors.empty()) {
        study.factors.emplace_back();
        study.factors.back().path = "load";
    }
    return study;
}

void write_histograms(const std::string& file, const std::string& scenario,
                      const studies::BreakingPointResult& result) {
    if (result.interrupted) {
        fmt::print(stderr, "understudy: note: interrupted: {} was not written\n", file);
        return;
    }
    const std::string log = formats::histogram_log(scenario, UNDERSTUDY_VERSION, result.durations);
    if (log.empty())
        fmt::print(stderr,
                   "understudy: warning: {} was not written: no level was simulated and has quantiles of "
                   "durations\n",
                   file);
    else
        formats::write_file(file, log);
}

}  // namespace

int stress(const studies::Study& study, const std::string& path, studies::StudyOptions how, StudyWork& work,
           const StressOutput& output, bool with_bottlenecks) {
    if (!output.histograms.empty())
        require_replaceable(output.histograms, OutputKind::table, {path, study.base});
    how.durations = !output.histograms.empty();
    how.run.stop = &interrupt_requested();
    studies::RunProgress how_far;
    how.run.progress = &how_far;
    const studies::Study as_kept = with_factor(study);
    if (!work.begin(as_kept, path, how)) return exit_met;
    // What cannot be written is met before the work and not after it.
    if (!output.histograms.empty()) const formats::AtomicFile tried(output.histograms);
    const studies::ReadBase read = base_of(study);
    Progress progress;
    progress.show(how_far);
    studies::BreakingPointResult result;
    std::optional<studies::BottlenecksResult> found;
    try {
        result = studies::breaking_point(study, read, how);
        if (with_bottlenecks && !result.interrupted)
            found =
                studies::bottlenecks(study, read, how, kernel::from_seconds(result.warm_up_s.value_or(0)));
    } catch (const studies::BadSetting& wrong) {
        progress.clear();
        fmt::print(stderr, "{}", wrong.what());
        return exit_usage;
    }
    progress.clear();
    if (!output.histograms.empty()) write_histograms(output.histograms, read({}).name, result);
    const studies::BottlenecksResult* const helps = found ? &*found : nullptr;
    const bool interrupted = result.interrupted || (found && found->interrupted);
    work.write(formats::stress_as_json(without_folder(study), result, helps),
               StudyWork::ended(result.verdict, interrupted));
    if (output.json) {
        fmt::print("{}", formats::stress_as_json(study, result, helps));
    } else {
        reports::TextOptions look;
        look.width = terminal_width();
        look.colour = takes_colour();
        fmt::print("{}", reports::stress_report(study, result, helps, look));
    }
    return exit_code_of(result.verdict, interrupted);
}

int stress_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("stress"));
    options.positional("file", 1, "a scenario, or a study of its breaking point");
    options.add()("change", po::value<std::vector<std::string>>()->composing()->value_name("FILE"),
                  "apply a change file first; may be repeated");
    options.add()("set", po::value<std::vector<std::string>>()->composing()->value_name("NAME.KEY=VALUE"),
                  "change a value of the scenario; may be repeated");
    options.add()("seed", po::value<std::string>()->value_name("N"), "seed of all random numbers");
    options.add()(
        "replications,n", po::value<std::string>()->value_name("N"),
        "of a scenario: of each level at most; of a study: of all levels together (default: what the "
        "file says)");
    options.add()("threads", po::value<std::string>()->value_name("N"), "threads (default: one per core)");
    options.add()("no-formulas", "simulate also what formulas decide");
    StudyWork::add_options(options, StudyWork::Parts::none);
    options.add()("hlog", po::value<std::string>()->value_name("FILE"),
                  "write the latencies of all levels and disturbances as a histogram log of HdrHistogram");
    options.add()("json", "print one JSON document instead of the tables");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("file")) throw UsageError("stress needs a scenario, or a study");
    StudyWork::hush(options);
    const std::string& path = options.get<std::string>("file");
    const bool is_a_study = kind_of(path) == "study";
    const AskedBeside beside = asked_beside(options);
    if (!is_a_study && beside.replications && *beside.replications < 2)
        throw UsageError("--replications of a level are at least 2");
    const auto study = is_a_study ? read_study(path, beside) : study_of(path, beside);
    if (!study) return exit_usage;
    if (study->method != studies::Study::Method::breaking_point)
        throw UsageError(fmt::format("{} is a study of method {}; use understudy capacity", path,
                                     studies::name_of(study->method)));
    studies::StudyOptions how = study_options(options, *study);
    how.formulas = !options.has("no-formulas");
    StressOutput output;
    output.json = options.has("json");
    if (options.has("hlog")) output.histograms = options.get<std::string>("hlog");
    if (options.has("out") && options.get<std::string>("out") == output.histograms)
        throw UsageError("--out and --hlog write to two files");
    StudyWork work(options, StudyWork::Parts::none);
    return stress(*study, path, how, work, output, !is_a_study);
}

}  // namespace understudy::cli
