// understudy report: a result file as one HTML page.
#include <fmt/core.h>

#include <filesystem>
#include <stdexcept>
#include <variant>

#include "tools/cli/command.h"
#include "tools/cli/output_target.h"
#include "tools/cli/progress.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/json/result_json.h"
#include "tools/formats/json/stress_json.h"
#include "tools/formats/results/histogram_log.h"
#include "tools/formats/results/study_reader.h"
#include "tools/reports/html_report.h"
#include "tools/reports/html_stress.h"
#include "tools/reports/stress_report.h"
#include "tools/reports/text_report.h"
#include "tools/studies/sensitivity.h"

namespace understudy::cli {

namespace {

reports::TextOptions look_of_terminal() {
    reports::TextOptions look;
    look.width = terminal_width();
    look.colour = takes_colour();
    return look;
}

void write_page(const std::filesystem::path& out, const std::string& page) {
    formats::write_file(out, page);
    fmt::print("wrote {}\n", out.string());
}

void report_run(const Options& options, const std::filesystem::path& path, const std::filesystem::path& out,
                const formats::ResultFile& file) {
    if (file.partial)
        fmt::print(stderr, "understudy: warning: {} is what a killed run left: it has {}\n", path.string(),
                   file.traced.empty() ? "neither traces nor metrics" : "traces but no metrics");
    if (options.has("json")) {
        fmt::print("{}", formats::result_as_json(file.result));
    } else if (options.has("hlog")) {
        const std::string log = formats::histogram_log(file.result);
        if (log.empty())
            throw formats::FileError(
                path, "holds no quantiles of durations; measure some, such as 'p(99) latency()'");
        fmt::print("{}", log);
    } else if (options.has("text")) {
        fmt::print("{}", reports::text_report(file.result, look_of_terminal()));
    } else {
        write_page(out, reports::html_report(file.result));
    }
}

void report_study(const Options& options, const std::filesystem::path& path, const std::filesystem::path& out,
                  const formats::StudyAnswer& file) {
    using Method = studies::Study::Method;
    if (options.has("hlog"))
        throw formats::FileError(path,
                                 "is the answer of a study, which holds no quantiles of single runs; "
                                 "understudy stress --hlog FILE writes those of all levels");
    if (options.has("json")) {
        fmt::print("{}", file.answer);
        return;
    }
    if (file.method != Method::breaking_point)
        throw formats::FileError(
            path, fmt::format("is the answer of a study of method {}, of which report makes neither page nor "
                              "table; understudy {} prints its table, and report --json the answer",
                              studies::name_of(file.method),
                              studies::is_of_sensitivity(file.method) ? "sensitivity" : "capacity"));
    formats::StressAnswer answer;
    try {
        answer = formats::stress_from_json(file.answer);
    } catch (const std::invalid_argument& wrong) {
        throw formats::FileError(
            path, fmt::format("is a damaged result file: its answer is no breaking point: {}", wrong.what()));
    }
    const studies::BottlenecksResult* const bottlenecks = answer.bottlenecks ? &*answer.bottlenecks : nullptr;
    if (options.has("text"))
        fmt::print("{}",
                   reports::stress_report(answer.study, answer.result, bottlenecks, look_of_terminal()));
    else
        write_page(out,
                   reports::html_stress(answer.study, answer.result, bottlenecks, {file.version, file.base}));
}

}  // namespace

int report_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("report"));
    options.positional("result", 1, "the result file of a run or of a breaking point, as written by --out");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"),
                  "the page (default: the result's name with .html)");
    options.add()("text", "print the table instead");
    options.add()("json", "print the JSON document instead");
    options.add()("hlog", "print durations as a histogram log of HdrHistogram instead");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("result"))
        throw UsageError("report needs a result file, as written by understudy run --out, or stress --out");
    const auto [path, note] = formats::result_or_leftover(options.get<std::string>("result"));
    if (!note.empty()) fmt::print(stderr, "understudy: warning: {}\n", note);
    std::filesystem::path out = path;
    out.replace_extension(".html");
    if (options.has("out")) out = options.get<std::string>("out");
    require_replaceable(out, OutputKind::page, {path});
    const auto file = formats::read_result_or_study(
        path, options.has("hlog") ? formats::Contents::everything : formats::Contents::result);
    if (const auto* const run = std::get_if<formats::ResultFile>(&file))
        report_run(options, path, out, *run);
    else
        report_study(options, path, out, std::get<formats::StudyAnswer>(file));
    return exit_met;
}

}  // namespace understudy::cli
