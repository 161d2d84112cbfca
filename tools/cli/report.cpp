// understudy report: a result file as one HTML page, or as the table of the verb that wrote it.
#include <fmt/core.h>

#include <filesystem>
#include <stdexcept>
#include <variant>

#include "tools/cli/command.h"
#include "tools/cli/output_target.h"
#include "tools/cli/progress.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/json/rehearse_json.h"
#include "tools/formats/json/result_json.h"
#include "tools/formats/json/study_answer.h"
#include "tools/formats/results/histogram_log.h"
#include "tools/formats/results/output_reader.h"
#include "tools/reports/cheapest_report.h"
#include "tools/reports/demand_report.h"
#include "tools/reports/growth_plan_report.h"
#include "tools/reports/html_cheapest.h"
#include "tools/reports/html_demand.h"
#include "tools/reports/html_growth_plan.h"
#include "tools/reports/html_rehearsal.h"
#include "tools/reports/html_report.h"
#include "tools/reports/html_sensitivity.h"
#include "tools/reports/html_stress.h"
#include "tools/reports/html_survey.h"
#include "tools/reports/rehearse_report.h"
#include "tools/reports/sensitivity_report.h"
#include "tools/reports/stress_report.h"
#include "tools/reports/survey_report.h"
#include "tools/reports/text_report.h"

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

/// The table of the verb that found the answer, and the page: one of each for each kind of answer.
struct Shown {
    const formats::StudyAnswer& file;
    bool as_text;

    template <class Answer, class Table, class Page>
    std::string either(const Answer& answer, Table table, Page page) const {
        return as_text ? table(answer.study, answer.result, look_of_terminal())
                       : page(answer.study, answer.result, reports::AnswerOrigin{file.version, file.base});
    }
    std::string operator()(const formats::CheapestAnswer& answer) const {
        return either(answer, reports::cheapest_report, reports::html_cheapest);
    }
    std::string operator()(const formats::DemandAnswer& answer) const {
        return either(answer, reports::demand_report, reports::html_demand);
    }
    std::string operator()(const formats::GrowthPlanAnswer& answer) const {
        return either(answer, reports::growth_plan_report, reports::html_growth_plan);
    }
    std::string operator()(const formats::SurveyAnswer& answer) const {
        return either(answer, reports::survey_report, reports::html_survey);
    }
    std::string operator()(const formats::SensitivityAnswer& answer) const {
        return as_text ? reports::sensitivity_report(answer.study, answer.result, look_of_terminal().width)
                       : reports::html_sensitivity(answer.study, answer.result, {file.version, file.base});
    }
    std::string operator()(const formats::StressAnswer& answer) const {
        const studies::BottlenecksResult* const helps = answer.bottlenecks ? &*answer.bottlenecks : nullptr;
        return as_text ? reports::stress_report(answer.study, answer.result, helps, look_of_terminal())
                       : reports::html_stress(answer.study, answer.result, helps, {file.version, file.base});
    }
};

/// Without histograms: what replications add up to is not kept with an answer.
void refuse_histograms(const Options& options, const std::filesystem::path& path, const char* what) {
    if (options.has("hlog"))
        throw formats::FileError(path, fmt::format("is the answer of a {}, which holds no quantiles of "
                                                   "single runs; understudy stress --hlog FILE writes those "
                                                   "of all levels",
                                                   what));
}

/// What `show` makes of an answer, or that it is none.
template <class Show>
std::string shown_of(const std::filesystem::path& path, const std::string& what, Show show) {
    try {
        return show();
    } catch (const std::invalid_argument& wrong) {
        throw formats::FileError(path, fmt::format("is a damaged result file: its answer is none to a {}: {}",
                                                   what, wrong.what()));
    }
}

void report_answer(const Options& options, const std::filesystem::path& out, const std::string& shown) {
    if (options.has("json") || options.has("text"))
        fmt::print("{}", shown);
    else
        write_page(out, shown);
}

void report_study(const Options& options, const std::filesystem::path& path, const std::filesystem::path& out,
                  const formats::StudyAnswer& file) {
    refuse_histograms(options, path, "study");
    const std::string what = fmt::format("study of method {}", studies::name_of(file.method));
    report_answer(options, out, shown_of(path, what, [&] {
                      return options.has("json")
                                 ? file.answer
                                 : std::visit(Shown{file, options.has("text")},
                                              formats::answer_from_json(file.method, file.answer));
                  }));
}

void report_rehearsal(const Options& options, const std::filesystem::path& path,
                      const std::filesystem::path& out, const formats::RehearsalFile& file) {
    refuse_histograms(options, path, "rehearsal");
    report_answer(options, out, shown_of(path, "rehearsal", [&] {
                      if (options.has("json")) return file.answer;
                      const formats::RehearsalAnswer answer = formats::rehearsal_from_json(file.answer);
                      return options.has("text")
                                 ? reports::rehearse_report(answer.result, answer.digest, look_of_terminal())
                                 : reports::html_rehearsal(answer.result, answer.digest);
                  }));
}

}  // namespace

int report_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("report"));
    options.positional("result", 1, "the result file of a run, a study or a rehearsal, as written by --out");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"),
                  "the page (default: the result's name with .html)");
    options.add()("text", "print the table of the verb that wrote it instead");
    options.add()("json", "print the JSON document instead");
    options.add()("hlog", "print durations as a histogram log of HdrHistogram instead");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("result"))
        throw UsageError(
            "report needs a result file, as written by --out of understudy run, capacity, sensitivity, "
            "stress or rehearse");
    const auto [path, note] = formats::result_or_leftover(options.get<std::string>("result"));
    if (!note.empty()) fmt::print(stderr, "understudy: warning: {}\n", note);
    std::filesystem::path out = path;
    out.replace_extension(".html");
    if (options.has("out")) out = options.get<std::string>("out");
    require_replaceable(out, OutputKind::page, {path});
    const auto file = formats::read_output(
        path, options.has("hlog") ? formats::Contents::everything : formats::Contents::result);
    if (const auto* const run = std::get_if<formats::ResultFile>(&file))
        report_run(options, path, out, *run);
    else if (const auto* const study = std::get_if<formats::StudyAnswer>(&file))
        report_study(options, path, out, *study);
    else
        report_rehearsal(options, path, out, std::get<formats::RehearsalFile>(file));
    return exit_met;
}

}  // namespace understudy::cli
