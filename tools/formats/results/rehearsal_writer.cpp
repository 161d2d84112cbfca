#include "tools/formats/results/rehearsal_writer.h"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "tools/formats/files/atomic_file.h"
#include "tools/formats/json/rehearse_json.h"
#include "tools/formats/results/hdf5.h"
#include "tools/formats/results/result_layout.h"
#include "tools/formats/results/seal.h"

namespace understudy::formats {

using namespace hdf5;

namespace {

/// One of the two: its measures, and each replication's value of them.
void write_side(hid_t parent, const studies::ComparedRun& run) {
    const Handle group = create_group(parent, run.name.c_str());
    const studies::RunResult& result = run.result;
    std::vector<std::string> names, units;
    for (const studies::MetricResult& metric : result.metrics) {
        names.push_back(metric.name);
        units.push_back(metric.unit);
    }
    write_attribute(group, "scenario", result.provenance.scenario_name);
    write_attribute(group, "scenario_text", result.provenance.scenario_text);
    write_attribute(group, "seed", result.provenance.seed);
    write_attribute(group, "origins", lines_of(result.provenance.origins));
    write_column(group, "measure", names);
    write_column(group, "unit", units);
    std::vector<std::uint64_t> fingerprints;
    std::vector<double> values;
    for (std::size_t i = 0; i < result.records.size(); ++i) {
        fingerprints.push_back(result.records[i].fingerprint);
        for (const studies::MetricResult& metric : result.metrics)
            values.push_back(i < metric.by_replication.size() ? metric.by_replication[i]
                                                              : std::numeric_limits<double>::quiet_NaN());
    }
    write_column(group, "fingerprint", fingerprints);
    write_dataset<double>(group, "value", {result.records.size(), names.size()}, values);
}

}  // namespace

void write_rehearsal(const std::filesystem::path& target, const studies::RehearsalResult& result,
                     const std::string& answer) {
    std::string bytes;
    try {
        OutputFile file(OutputFile::Place::memory);
        write_attribute(file, "format", std::string(rehearsal_format_name));
        write_attribute(file, "format_version", rehearsal_format_version);
        write_attribute(file, "version", result.runs[0].result.provenance.version);
        write_attribute(file, "digest", rehearsal_digest(result));
        write_attribute(file, "answer", answer);
        write_attribute(file, "set",
                        fmt::format("{}", fmt::join(result.runs[0].result.provenance.set, "\n")));
        for (const studies::ComparedRun& run : result.runs) write_side(file, run);
        if (!result.stresses.empty()) {
            const Handle stresses = create_group(file, "stress");
            for (const studies::RehearsalResult& one : result.stresses) {
                const Handle group = create_group(stresses, one.stress.c_str());
                write_attribute(group, "verdict", std::string(studies::name_of(one.verdict)));
                for (const studies::ComparedRun& run : one.runs) write_side(group, run);
            }
        }
        bytes = file.bytes();
    } catch (const Hdf5Error& error) {
        throw FileError(target, error.what());
    }
    write_file(target, bytes += seal_of(bytes));
}

}  // namespace understudy::formats
