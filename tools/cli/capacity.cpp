// understudy capacity: the cheapest setting that keeps its promises, and what else a study asks.
#include "tools/cli/capacity.h"

#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tools/cli/batch_script.h"
#include "tools/cli/command.h"
#include "tools/cli/progress.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/sensitivity.h"
#include "tools/cli/stress.h"
#include "tools/cli/study_input.h"
#include "tools/cli/study_work.h"
#include "tools/formats/json/cheapest_json.h"
#include "tools/formats/json/demand_json.h"
#include "tools/formats/json/growth_plan_json.h"
#include "tools/formats/json/survey_json.h"
#include "tools/formats/ledger/unit_bytes.h"
#include "tools/reports/cheapest_report.h"
#include "tools/reports/demand_report.h"
#include "tools/reports/growth_plan_report.h"
#include "tools/reports/survey_report.h"
#include "tools/studies/cheapest.h"
#include "tools/studies/demand.h"
#include "tools/studies/growth_plan.h"
#include "tools/studies/sensitivity.h"
#include "tools/studies/survey.h"

namespace understudy::cli {

namespace {

/// Of all that the units of its parts depend on, and which there are.
std::string digest_of(const BatchStudy& batch, const studies::Study& study) {
    formats::ByteWriter all;
    for (const auto& [name, value] : head_of(study)) {
        all.text(name);
        all.text(value);
    }
    std::ifstream file(batch.path, std::ios::binary);
    all.text(std::string(std::istreambuf_iterator<char>(file), {}));
    for (const std::string& word : batch.words) all.text(word);
    return studies::hexadecimal(formats::checksum_of(all.bytes()));
}

int emit(const Options& options, const studies::Study& study, const std::string& path) {
    BatchStudy batch;
    batch.name = study.name;
    batch.path = path;
    batch.out = options.has("out") ? options.get<std::string>("out")
                                   : std::filesystem::path(path).filename().replace_extension(".h5").string();
    if (options.has("shards"))
        batch.parts = whole_number("--shards", options.get<std::string>("shards"), 1, most_shards);
    batch.words = words_beside(options, study);
    batch.digest = digest_of(batch, study);
    const std::string system = options.get<std::string>("emit");
    if (system != "slurm" && system != "kubernetes")
        throw UsageError("--emit is 'slurm' or 'kubernetes', not '" + system + "'");
    fmt::print("{}", system == "slurm" ? slurm_script(batch) : kubernetes_manifest(batch));
    return exit_met;
}

}  // namespace

void add_capacity_options(Options& options) {
    add_study_options(options);
    options.add()("no-formulas", "simulate also what formulas decide");
    options.add()("json", "print one JSON document instead of the tables");
    StudyWork::add_options(options);
    options.add()("emit", boost::program_options::value<std::string>()->value_name("slurm|kubernetes"),
                  "print a job for a batch system that does the study in --shards parts and merges them");
}

int capacity(const studies::Study& study, const Options& options) {
    const std::string path = options.get<std::string>("study");
    studies::StudyOptions how = study_options(options, study);
    how.formulas = !options.has("no-formulas");
    const bool of_sensitivity = studies::is_of_sensitivity(study.method);
    if (of_sensitivity && options.has("no-formulas"))
        throw UsageError(fmt::format("--no-formulas has no meaning with '{}', which always simulates",
                                     studies::name_of(study.method)));
    if (study.method == studies::Study::Method::breaking_point)
        for (const char* of_parts : {"shard", "shards", "emit"})
            if (options.has(of_parts))
                throw UsageError(std::string("--") + of_parts +
                                 " has no meaning with a breaking point, which has no parts");
    if (options.has("emit")) {
        for (const char* of_one : {"resume", "fresh", "shard", "json"})
            if (options.has(of_one))
                throw UsageError(std::string("--") + of_one +
                                 " has no meaning with --emit, which prints a job that does the study");
        return emit(options, study, path);
    }
    if (of_sensitivity) return sensitivity(study, options);
    if (study.method == studies::Study::Method::breaking_point) {
        StudyWork work(options, StudyWork::Parts::none);
        return stress(study, path, how, work, {options.has("json"), ""}, false);
    }
    StudyWork work(options);
    how.run.stop = &interrupt_requested();
    studies::RunProgress how_far;
    how.run.progress = &how_far;
    if (!work.begin(study, path, how)) return exit_met;
    Progress progress;
    progress.show(how_far);
    const studies::ReadBase read = base_of(study);
    const bool json = options.has("json");
    reports::TextOptions look;
    look.width = terminal_width();
    look.colour = takes_colour();
    try {
        if (studies::is_survey(study.method)) {
            const studies::SurveyResult result = studies::survey(study, read, how);
            progress.clear();
            if (work.is_part()) return work.end_of_part();
            work.write(formats::survey_as_json(without_folder(study), result),
                       StudyWork::ended(result.settings.size() < result.asked ? studies::Verdict::inconclusive
                                                                              : studies::Verdict::met,
                                        result.interrupted));
            fmt::print("{}", json ? formats::survey_as_json(study, result)
                                  : reports::survey_report(study, result, look));
            return result.interrupted ? exit_inconclusive : exit_met;
        }
        if (study.growth) {
            const studies::GrowthPlanResult result = studies::growth_plan(study, read, how);
            progress.clear();
            if (work.is_part()) return work.end_of_part();
            work.write(formats::growth_plan_as_json(without_folder(study), result),
                       StudyWork::ended(result.verdict, result.interrupted));
            fmt::print("{}", json ? formats::growth_plan_as_json(study, result)
                                  : reports::growth_plan_report(study, result, look));
            return exit_code_of(result.verdict, result.interrupted);
        }
        if (!study.demand.empty()) {
            const studies::DemandResult result = studies::least_regret(study, read, how);
            progress.clear();
            if (work.is_part()) return work.end_of_part();
            work.write(formats::demand_as_json(without_folder(study), result),
                       StudyWork::ended(result.verdict, result.interrupted));
            fmt::print("{}", json ? formats::demand_as_json(study, result)
                                  : reports::demand_report(study, result, look));
            return exit_code_of(result.verdict, result.interrupted);
        }
        const studies::CheapestResult result = studies::cheapest(study, read, how);
        progress.clear();
        if (work.is_part()) return work.end_of_part();
        work.write(formats::cheapest_as_json(without_folder(study), result),
                   StudyWork::ended(result.verdict, result.interrupted));
        fmt::print("{}", json ? formats::cheapest_as_json(study, result)
                              : reports::cheapest_report(study, result, look));
        return exit_code_of(result.verdict, result.interrupted);
    } catch (const studies::BadSetting& wrong) {
        progress.clear();
        fmt::print(stderr, "{}", wrong.what());
        return exit_usage;
    }
}

int capacity_command(const Arguments& arguments) {
    Options options(command_named("capacity"));
    add_capacity_options(options);
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("study")) throw UsageError("capacity needs a study file");
    if (!options.has("emit")) StudyWork::hush(options);
    const auto study = asked_study(options);
    return study ? capacity(*study, options) : exit_usage;
}

}  // namespace understudy::cli
