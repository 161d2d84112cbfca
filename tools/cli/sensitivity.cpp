// understudy sensitivity: which parameters move the answer, and by how much.
#include "tools/cli/sensitivity.h"

#include <fmt/core.h>

#include "tools/cli/command.h"
#include "tools/cli/progress.h"
#include "tools/cli/study_input.h"
#include "tools/cli/study_work.h"
#include "tools/formats/json/sensitivity_json.h"
#include "tools/reports/sensitivity_report.h"
#include "tools/studies/sensitivity.h"

namespace understudy::cli {

int sensitivity(const studies::Study& study, const Options& options) {
    const std::string path = options.get<std::string>("study");
    studies::StudyOptions how = study_options(options, study);
    StudyWork work(options);
    how.run.stop = &interrupt_requested();
    studies::RunProgress how_far;
    how.run.progress = &how_far;
    if (!work.begin(study, path, how)) return exit_met;
    Progress progress;
    progress.show(how_far);
    studies::SensitivityResult result;
    try {
        result = studies::sensitivity(study, base_of(study), how);
    } catch (const studies::BadSetting& wrong) {
        progress.clear();
        fmt::print(stderr, "{}", wrong.what());
        return exit_usage;
    }
    progress.clear();
    if (work.is_part()) return work.end_of_part();
    work.write(
        formats::sensitivity_as_json(without_folder(study), result),
        StudyWork::ended(result.no_rows.empty() ? studies::Verdict::met : studies::Verdict::inconclusive,
                         result.interrupted));
    if (options.has("json"))
        fmt::print("{}", formats::sensitivity_as_json(study, result));
    else
        fmt::print("{}", reports::sensitivity_report(study, result, terminal_width()));
    return result.interrupted || !result.no_rows.empty() ? exit_inconclusive : exit_met;
}

int sensitivity_command(const Arguments& arguments) {
    Options options(command_named("sensitivity"));
    add_study_options(options);
    options.add()("json", "print one JSON document instead of the tables");
    StudyWork::add_options(options);
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("study")) throw UsageError("sensitivity needs a study file");
    StudyWork::hush(options);
    const auto study = asked_study(options);
    if (!study) return exit_usage;
    if (!studies::is_of_sensitivity(study->method))
        throw UsageError(fmt::format("{} is a study of method {}; use understudy capacity",
                                     options.get<std::string>("study"), studies::name_of(study->method)));
    return sensitivity(*study, options);
}

}  // namespace understudy::cli
