#include "tools/cli/import_process.h"

#include <fmt/core.h>

#include <optional>
#include <variant>

#include "tools/cli/command.h"
#include "tools/cli/progress.h"
#include "tools/formats/catalogs/clean_labels.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/json/process_json.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"
#include "tools/formats/logs/process_reader.h"
#include "tools/reports/process_report.h"
#include "tools/studies/cycle_times.h"
#include "tools/studies/process_twin.h"

namespace understudy::cli {

int import_process(const ProcessImport& what) {
    Progress progress;
    progress.show("reading " + what.log.filename().string());
    const auto read = formats::read_process_log(what.log);
    progress.clear();
    if (const auto* failure = std::get_if<formats::LogFailure>(&read)) {
        fmt::print(stderr, "{}{}\n", failure->located ? "" : "understudy: error: ", failure->message);
        return exit_usage;
    }
    models::ProcessLog log = std::get<models::ProcessLog>(read);
    log.source = what.log.filename().string();
    studies::ProcessTwin twin = studies::build_process_twin(log);
    twin.scenario.name = what.name.empty() ? formats::name_after(what.log) : what.name;
    formats::clean_labels(twin.scenario);
    std::optional<studies::CycleTimeValidation> validation;
    if (what.validate) {
        studies::RunProgress how_far;
        progress.show(how_far);
        studies::CycleTimeOptions options;
        options.stop = &interrupt_requested();
        options.progress = &how_far;
        validation = studies::validate_cycle_times(log, options);
        progress.clear();
        if (!validation)
            throw formats::FileError(what.log,
                                     fmt::format("has {} cases; --validate needs 10", log.cases.size()));
        if (validation->interrupted) {
            fmt::print(stderr,
                       "understudy: interrupted before the forecasts were made; nothing was compared\n");
            return exit_inconclusive;
        }
    }
    if (!what.out.empty())
        formats::write_file(
            what.out, formats::write_scenario(twin.scenario, {"The twin of the process in " + log.source +
                                                              ", made by understudy import."}));
    if (what.json)
        fmt::print("{}", formats::process_as_json(log, twin, twin.scenario.name, validation));
    else
        fmt::print("{}", reports::process_report(log, twin, twin.scenario.name, validation));
    return exit_met;
}

}  // namespace understudy::cli
