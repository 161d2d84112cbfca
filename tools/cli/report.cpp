// understudy report: a result file as one HTML page.
#include <fmt/core.h>

#include <filesystem>

#include "tools/cli/command.h"
#include "tools/cli/output_target.h"
#include "tools/cli/progress.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/json/result_json.h"
#include "tools/formats/results/histogram_log.h"
#include "tools/formats/results/result_reader.h"
#include "tools/reports/html_report.h"
#include "tools/reports/text_report.h"

namespace understudy::cli {

int report_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("report"));
    options.positional("result", 1, "the result file, as written by --out");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"),
                  "the page (default: the result's name with .html)");
    options.add()("text", "print the table instead");
    options.add()("json", "print the JSON document instead");
    options.add()("hlog", "print durations as a histogram log of HdrHistogram instead");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("result"))
        throw UsageError("report needs a result file, as written by understudy run --out");
    const auto [path, note] = formats::result_or_leftover(options.get<std::string>("result"));
    if (!note.empty()) fmt::print(stderr, "understudy: warning: {}\n", note);
    std::filesystem::path out = path;
    out.replace_extension(".html");
    if (options.has("out")) out = options.get<std::string>("out");
    require_replaceable(out, OutputKind::page, {path});
    const formats::ResultFile file = formats::read_result(
        path, options.has("hlog") ? formats::Contents::everything : formats::Contents::result);
    if (file.partial)
        fmt::print(stderr, "understudy: warning: {} is what a killed run left: it has {}\n", path.string(),
                   file.traced.empty() ? "neither traces nor metrics" : "traces but no metrics");
    if (options.has("json")) {
        fmt::print("{}", formats::result_as_json(file.result));
        return exit_met;
    }
    if (options.has("hlog")) {
        const std::string log = formats::histogram_log(file.result);
        if (log.empty())
            throw formats::FileError(
                path, "holds no quantiles of durations; measure some, such as 'p(99) latency()'");
        fmt::print("{}", log);
        return exit_met;
    }
    if (options.has("text")) {
        reports::TextOptions look;
        look.width = terminal_width();
        look.colour = takes_colour();
        fmt::print("{}", reports::text_report(file.result, look));
        return exit_met;
    }
    formats::write_file(out, reports::html_report(file.result));
    fmt::print("wrote {}\n", out.string());
    return exit_met;
}

}  // namespace understudy::cli
