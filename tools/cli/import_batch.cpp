#include "tools/cli/import_batch.h"

#include <fmt/core.h>

#include <variant>

#include "tools/cli/command.h"
#include "tools/cli/progress.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/json/batch_json.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"
#include "tools/formats/logs/log_reader.h"
#include "tools/reports/batch_report.h"
#include "tools/studies/batch_twin.h"

namespace understudy::cli {

int import_batch(const BatchImport& what) {
    Progress progress;
    progress.show("reading " + what.log.filename().string());
    formats::LogResult read = formats::read_log(what.log);
    progress.clear();
    if (const auto* failure = std::get_if<formats::LogFailure>(&read)) {
        fmt::print(stderr, "{}{}\n", failure->located ? "" : "understudy: error: ", failure->message);
        return exit_usage;
    }
    models::RecordedRun& run = std::get<models::RecordedRun>(read);
    run.source = what.log.filename().string();
    studies::BatchTwin twin = studies::build_batch_twin(run);
    twin.scenario.name = what.name.empty() ? formats::name_after(what.log) : what.name;
    if (!what.out.empty())
        formats::write_file(
            what.out, formats::write_scenario(twin.scenario, {"The twin of the batch system in " +
                                                              run.source + ", made by understudy import."}));
    if (what.json)
        fmt::print("{}", formats::batch_as_json(run, twin, twin.scenario.name));
    else
        fmt::print("{}", reports::batch_report(run, twin, twin.scenario.name));
    return exit_met;
}

}  // namespace understudy::cli
