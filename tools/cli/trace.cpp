// understudy trace: the event trace of a result file, in forms that others read.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <sstream>

#include "tools/cli/command.h"
#include "tools/cli/output_target.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/results/result_reader.h"
#include "tools/formats/results/trace_reader.h"
#include "tools/formats/traces/trace_export.h"

namespace understudy::cli {

namespace {

/// Collects what is exported in the file aside, so that the target appears whole.
class FileBuffer : public std::stringbuf {
public:
    explicit FileBuffer(formats::AtomicFile& file) : file_(file) {}
    int sync() override {
        file_.write(str());
        str("");
        return 0;
    }

protected:
    std::streamsize xsputn(const char* text, std::streamsize count) override {
        const std::streamsize n = std::stringbuf::xsputn(text, count);
        if ((written_ += n) > (1 << 20)) {
            sync();
            written_ = 0;
        }
        return n;
    }

private:
    formats::AtomicFile& file_;
    std::streamsize written_ = 0;
};

/// Where a scenario without a date begins: an instant of 0 would read as "not known".
constexpr std::int64_t undated_epoch_ns = 946'684'800'000'000'000;  // 2000-01-01T00:00Z

/// What the trace's rows do not say: when the run began, and what tasks ask for.
formats::ExportOptions options_from(const std::string& scenario_text) {
    formats::ExportOptions options;
    options.epoch_ns = undated_epoch_ns;
    const auto reading = formats::read_scenario(scenario_text, "scenario");
    if (!reading.scenario) return options;
    const models::Run& run = reading.scenario->run;
    if (run.start)
        options.epoch_ns = formats::log_instant(models::Calendar(*run.start, run.zone).text(0), 0)
                               .value_or(undated_epoch_ns);
    auto add = [&](const std::string& name, const models::Work& work) {
        formats::ExportedElement element;
        if (!work.runs_on.empty()) {
            const models::Need& need = work.runs_on.front();
            element.cpus = (need.cores > 0 ? need.cores : 1) * static_cast<double>(need.count);
            element.memory_bytes = need.memory_bytes * need.count;
            element.pool = need.pool;
        } else if (work.workers) {
            element.pool = name;
        }
        options.elements[name] = element;
    };
    for (const models::Stage& stage : reading.scenario->twin.stages) add(stage.name, stage.work);
    for (const models::Pipeline& pipeline : reading.scenario->twin.pipelines)
        for (const models::Task& task : pipeline.tasks) add(pipeline.name + "." + task.name, task.work);
    return options;
}

}  // namespace

int trace_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("trace"));
    options.positional("result", 1, "a result file written with --trace");
    options.add()("format,f", po::value<std::string>()->value_name("csv|nextflow")->default_value("csv"),
                  "what to write");
    options.add()("replication", po::value<std::int64_t>()->value_name("N"),
                  "which one (default: the first traced)");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"),
                  "write it there instead of to stdout");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("result"))
        throw UsageError("trace needs a result file written by understudy run --trace --out");
    const std::string format = options.get<std::string>("format");
    if (format != "csv" && format != "nextflow")
        throw UsageError("--format is csv or nextflow, not '" + format + "'");
    const auto [path, note] = formats::traced_or_leftover(options.get<std::string>("result"));
    if (!note.empty()) fmt::print(stderr, "understudy: warning: {}\n", note);
    if (options.has("out")) require_replaceable(options.get<std::string>("out"), OutputKind::table, {path});
    const formats::TraceReader trace(path);
    if (trace.replications().empty() && trace.partial())
        throw formats::FileError(path,
                                 "holds no rows: the run was killed in its warm-up pilot, or before it had "
                                 "saved the first of them");
    if (trace.replications().empty()) {
        const studies::RunResult result = formats::read_result(path).result;
        if (result.interrupted && result.replications_done == 0)
            throw formats::FileError(
                path,
                "holds no trace: the run was interrupted before a replication began, or had no --trace");
        throw formats::FileError(path, "holds no trace; run the scenario with --trace to have one");
    }
    const std::int64_t replication =
        options.has("replication") ? options.get<std::int64_t>("replication") : trace.replications().front();
    if (std::find(trace.replications().begin(), trace.replications().end(), replication) ==
        trace.replications().end())
        throw UsageError(fmt::format("replication {} was not traced; {} has {}", replication, path.string(),
                                     trace.replications().size() == 1 ? "only the first" : "others"));
    const auto needs = options_from(formats::read_result(path).result.provenance.scenario_text);
    formats::ExportCount count;
    auto write = [&](std::ostream& out) {
        count = format == "nextflow" ? formats::export_nextflow(trace, replication, out, needs)
                                     : formats::export_csv(trace, replication, out, needs);
    };
    if (options.has("out")) {
        formats::AtomicFile file(options.get<std::string>("out"));
        FileBuffer buffer(file);
        std::ostream out(&buffer);
        write(out);
        buffer.sync();
        file.commit();
    } else {
        write(std::cout);
        if (!std::cout.flush())
            throw formats::FileError("stdout",
                                     "the output could not be written: no space left, or nobody reads it");
    }
    if (count.open > 0)
        fmt::print(stderr, "understudy: note: {} attempts had not ended when the trace did\n", count.open);
    return exit_met;
}

}  // namespace understudy::cli
