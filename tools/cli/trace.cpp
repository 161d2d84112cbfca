// understudy trace: the event trace of a result file, in forms that others read.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <sstream>

#include "tools/cli/command.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/language/scenario_reader.h"
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

/// Instant 0 of a scenario without a date. Not 1970: there an instant of 0 is what readers take for unknown.
constexpr std::int64_t undated_epoch_ns = 946'684'800 * std::int64_t{1'000'000'000};  // 2000-01-01T00:00Z

/// Nanoseconds since 1970-01-01T00:00Z of a result's start, "2026-03-09T00:00:00+01:00" or empty.
std::int64_t epoch_of(const std::string& start) {
    int year = 0, hour = 0, minute = 0, second = 0, offset_hours = 0, offset_minutes = 0;
    unsigned month = 0, day = 0;
    char sign = '+';
    if (std::sscanf(start.c_str(), "%d-%u-%uT%d:%d:%d%c%d:%d", &year, &month, &day, &hour, &minute, &second,
                    &sign, &offset_hours, &offset_minutes) != 9)
        return undated_epoch_ns;
    namespace chrono = std::chrono;
    const chrono::sys_days date = chrono::year(year) / chrono::month(month) / chrono::day(day);
    const chrono::minutes offset = chrono::hours(offset_hours) + chrono::minutes(offset_minutes);
    const auto instant = date + chrono::hours(hour) + chrono::minutes(minute) + chrono::seconds(second) -
                         (sign == '-' ? -offset : offset);
    return chrono::nanoseconds(instant.time_since_epoch()).count();
}

/// What the trace's rows do not say: when instant 0 was, and what an element's tasks ask for.
formats::NextflowOptions options_from(const studies::RunResult& result) {
    formats::NextflowOptions options;
    options.epoch_ns = epoch_of(result.start);
    const auto reading = formats::read_scenario(result.provenance.scenario_text, "scenario");
    if (!reading.scenario) return options;
    auto add = [&](const std::string& name, const models::Work& work) {
        formats::ExportedElement element;
        if (!work.runs_on.empty()) {
            const models::Need& need = work.runs_on.front();
            element.cpus = (need.cores > 0 ? need.cores : 1) * static_cast<double>(need.count);
            element.memory_bytes = need.memory_bytes * need.count;
            element.pool = need.pool;
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
    const auto path = formats::result_or_leftover(options.get<std::string>("result"));
    const formats::TraceReader trace(path);
    if (trace.replications().empty())
        throw formats::FileError(path, "holds no trace; run the scenario with --trace to have one");
    const std::int64_t replication =
        options.has("replication") ? options.get<std::int64_t>("replication") : trace.replications().front();
    if (std::find(trace.replications().begin(), trace.replications().end(), replication) ==
        trace.replications().end())
        throw UsageError(fmt::format("replication {} was not traced; {} has {}", replication, path.string(),
                                     trace.replications().size() == 1 ? "only the first" : "others"));
    const auto nextflow = options_from(formats::read_result(path).result);
    formats::ExportCount count;
    auto write = [&](std::ostream& out) {
        count = format == "nextflow" ? formats::export_nextflow(trace, replication, out, nextflow)
                                     : formats::export_csv(trace, replication, out);
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
    }
    if (count.open > 0)
        fmt::print(stderr, "understudy: note: {} attempts had not ended when the trace did\n", count.open);
    return exit_met;
}

}  // namespace understudy::cli
