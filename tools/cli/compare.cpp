// understudy compare: finished runs held against each other.
#include "tools/studies/compare.h"

#include <fmt/core.h>

#include <filesystem>

#include "tools/cli/command.h"
#include "tools/cli/progress.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/json/audit_json.h"
#include "tools/formats/json/compare_json.h"
#include "tools/formats/language/fault.h"
#include "tools/formats/language/objectives.h"
#include "tools/formats/language/suggestions.h"
#include "tools/formats/results/result_reader.h"
#include "tools/formats/traces/stream_audit.h"
#include "tools/reports/audit_report.h"
#include "tools/reports/compare_report.h"

namespace understudy::cli {

namespace {

/// The shortest ends of the paths that tell them apart: the name alone, or with folders before it.
std::vector<std::string> names_of(const std::vector<std::string>& files) {
    for (int parts = 1; parts <= 8; ++parts) {
        std::vector<std::string> names;
        for (const std::string& file : files) {
            const std::filesystem::path path(file);
            std::filesystem::path name;
            auto part = path.end();
            for (int i = 0; i < parts && part != path.begin(); ++i) name = *--part / name;
            std::string text = name.string();
            if (text.ends_with('/')) text.pop_back();
            names.push_back(std::move(text));
        }
        auto sorted = names;
        std::sort(sorted.begin(), sorted.end());
        if (std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end()) return names;
    }
    return files;
}

void add_directions(const studies::RunResult& run, std::map<std::string, bool>& lower_is_better) {
    for (const studies::MetricResult& metric : run.metrics) {
        try {
            if (const auto lower = models::lower_is_better(formats::read_measure(metric.name).metric))
                lower_is_better.emplace(metric.name, *lower);
        } catch (const formats::Fault&) {
            // A measure of a later version: it is compared, and nobody says which is the best.
        }
    }
}

/// --audit-streams: the draws of two traced runs instead of their measures.
int audit(const std::vector<std::string>& files, const Options& options) {
    if (files.size() != 2)
        throw UsageError("--audit-streams takes two result files, both written with --trace");
    for (const char* of_measures : {"measure", "confidence", "independent"})
        if (options.has(of_measures))
            throw UsageError("--" + std::string(of_measures) +
                             " is of measures; --audit-streams compares draws");
    std::vector<formats::TraceReader> traces;
    for (const std::string& file : files) {
        traces.emplace_back(file);
        if (traces.back().replications().empty())
            throw formats::FileError(file, "holds no trace; run the scenario with --trace to have its draws");
    }
    const formats::StreamAudit audit = formats::audit_streams(traces[0], traces[1]);
    const std::vector<std::string> names = names_of(files);
    if (options.has("json"))
        fmt::print("{}", formats::audit_as_json(names[0], names[1], audit));
    else
        fmt::print("{}",
                   reports::audit_report(names[0], names[1], audit, {terminal_width(), options.has("all")}));
    return audit.agrees() ? exit_met : exit_differs;
}

}  // namespace

int compare_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("compare"));
    options.positional("results", -1, "result files, as written by --out; the first is the baseline");
    options.add()("measure", po::value<std::vector<std::string>>()->composing()->value_name("TEXT"),
                  "only this measure, as in the tables; may be repeated");
    options.add()("confidence", po::value<std::string>()->value_name("SHARE"),
                  "of the intervals (default: that of the baseline)");
    options.add()("independent", "do not take replications in pairs, even of the same seed");
    options.add()("all", "show what does not differ, too");
    options.add()("audit-streams", "compare what was drawn, of two traced runs, address by address");
    options.add()("json", "print one JSON document instead of the table");
    if (!options.parse(arguments)) return exit_met;
    std::vector<std::string> files;
    if (options.has("results")) files = options.get<std::vector<std::string>>("results");
    if (files.size() < 2)
        throw UsageError("compare needs two result files or more, as written by understudy run --out");
    if (options.has("audit-streams")) return audit(files, options);
    studies::CompareOptions compare;
    compare.independent = options.has("independent");
    if (options.has("confidence"))
        compare.confidence =
            std::stod(share_from("--confidence", options.get<std::string>("confidence"))) / 100;

    const std::vector<std::string> names = names_of(files);
    std::vector<studies::ComparedRun> runs;
    for (std::size_t i = 0; i < files.size(); ++i) {
        formats::ResultFile file = formats::read_result(files[i]);
        if (file.partial)
            throw formats::FileError(files[i], "is what a killed run left: it has no metrics to compare");
        if (file.result.replications_done == 0)
            throw formats::FileError(files[i], "has no replication that ended: there is nothing to compare");
        add_directions(file.result, compare.lower_is_better);
        runs.push_back({names[i], std::move(file.result)});
    }
    if (options.has("measure")) {
        const auto& wanted = options.get<std::vector<std::string>>("measure");
        std::vector<std::string> known;
        for (const studies::MetricResult& metric : runs.front().result.metrics) known.push_back(metric.name);
        for (const std::string& name : wanted) {
            if (std::find(known.begin(), known.end(), name) != known.end()) continue;
            std::string hint = formats::did_you_mean(name, known);
            // The metric alone, or another aggregate of it.
            const auto of = [](const std::string& text) {
                return text.substr(text.rfind(' ', text.rfind('(')) + 1);
            };
            for (const std::string& other : known)
                if (hint.empty() && of(other) == of(name)) hint = "did you mean '" + other + "'?";
            throw UsageError(fmt::format("{} has no measure '{}'; {}understudy report --text lists them",
                                         names.front(), name, hint.empty() ? "" : hint + " "));
        }
        for (studies::ComparedRun& run : runs)
            std::erase_if(run.result.metrics, [&](const studies::MetricResult& metric) {
                return std::find(wanted.begin(), wanted.end(), metric.name) == wanted.end();
            });
    }
    const studies::Comparison comparison = studies::compare(runs, compare);
    if (options.has("json")) {
        fmt::print("{}", formats::comparison_as_json(runs, comparison));
        return exit_met;
    }
    reports::CompareLook look;
    look.width = terminal_width();
    look.all = options.has("all") || options.has("measure");
    fmt::print("{}", reports::compare_report(runs, comparison, look));
    return exit_met;
}

}  // namespace understudy::cli
