#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "tests/scratch_folder.h"
#include "tests/tools/formats/results/python.h"
#include "tests/tools/formats/results/sample_result.h"
#include "tools/formats/results/result_reader.h"
#include "tools/formats/results/result_writer.h"
#include "tools/formats/results/trace_reader.h"

using namespace understudy;
using formats::FileError;
using formats::read_result;
using formats::result_file_bytes;
using formats::write_result;
using tests::bytes_of;
using tests::sample_result;
using tests::ScratchFolder;

namespace {

std::string refusal_of(const std::filesystem::path& file) {
    try {
        read_result(file);
    } catch (const FileError& error) {
        return error.what();
    }
    return "read";
}

void write(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("two writes of a result are the same bytes, and so is a write of what was read") {
    const ScratchFolder folder;
    write_result(folder / "a.h5", sample_result());
    write_result(folder / "b.h5", sample_result());
    const std::string bytes = bytes_of(folder / "a.h5");
    CHECK(bytes == bytes_of(folder / "b.h5"));
    CHECK(result_file_bytes(read_result(folder / "a.h5").result) == bytes);
    // Nothing of the machine and the moment is in it.
    CHECK(bytes.find(folder.path().string()) == std::string::npos);
}

TEST_CASE("a result is read as it was written") {
    const ScratchFolder folder;
    auto wrote = sample_result();
    wrote.broken_off = "deadlock at clean, load";
    wrote.interval_reason = "overlapping batch means";
    write_result(folder / "a.h5", wrote);
    const auto file = read_result(folder / "a.h5");
    const auto& got = file.result;
    CHECK_FALSE(file.partial);
    CHECK(file.traced.empty());
    CHECK(got.provenance.scenario_text == wrote.provenance.scenario_text);
    CHECK(got.provenance.origins == wrote.provenance.origins);
    CHECK(got.provenance.seed == 42);
    CHECK(got.verdict == studies::Verdict::violated);
    CHECK(got.reason == studies::Reason::limit);
    CHECK(got.broken_off == wrote.broken_off);
    CHECK(got.interval_reason == wrote.interval_reason);
    CHECK(*got.length_s == *wrote.length_s);
    REQUIRE(got.objectives.size() == wrote.objectives.size());
    CHECK(got.objectives[1].comparison == models::Comparison::at_least);
    CHECK(got.objectives[2].explanation == "40 more replications would do");
    CHECK(got.objectives[2].more_replications == 40);
    CHECK(got.objectives[0].more_replications == 0);
    CHECK_FALSE(got.objectives[3].estimate.value);
    CHECK(std::isnan(got.objectives[3].by_replication[0]));
    REQUIRE(got.metrics.size() == wrote.metrics.size());
    for (std::size_t i = 0; i < got.metrics.size(); ++i) {
        CHECK(got.metrics[i].name == wrote.metrics[i].name);
        CHECK(got.metrics[i].estimate.value == wrote.metrics[i].estimate.value);
        CHECK(got.metrics[i].estimate.low == wrote.metrics[i].estimate.low);
        CHECK(got.metrics[i].no_data == wrote.metrics[i].no_data);
        CHECK(got.metrics[i].by_replication.size() == 30);
    }
    REQUIRE(got.series.size() == wrote.series.size());
    CHECK(got.series[1].values == wrote.series[1].values);
    CHECK(std::isinf(got.forecast[2].workers));
    CHECK_FALSE(got.forecast[2].utilisation);
    REQUIRE(got.nodes.size() == wrote.nodes.size());
    CHECK(got.nodes[4].note == wrote.nodes[4].note);
    CHECK(got.edges[2].share == 0.04);
    CHECK(got.warnings[1].text == wrote.warnings[1].text);
}

TEST_CASE("a result without anything in it, and one with uneven rows, can be written") {
    const ScratchFolder folder;
    const studies::RunResult empty;
    write_result(folder / "empty.h5", empty);
    CHECK(result_file_bytes(read_result(folder / "empty.h5").result) == bytes_of(folder / "empty.h5"));
    auto uneven = sample_result();
    uneven.series[0].values[3].resize(17);
    uneven.series[2].values.resize(4);
    uneven.metrics[0].by_replication.resize(12);
    uneven.provenance.scenario_text =
        std::string(200'000, 'y');  // more than an attribute of fixed length takes
    write_result(folder / "uneven.h5", uneven);
    const auto got = read_result(folder / "uneven.h5").result;
    CHECK(got.series[0].values[3].size() == 17);
    CHECK(got.provenance.scenario_text.size() == 200'000);
    CHECK(result_file_bytes(got) == bytes_of(folder / "uneven.h5"));
}

TEST_CASE("h5py reads a result") {
    if (!tests::has_h5py()) return;
    const ScratchFolder folder;
    write_result(folder / "a.h5", sample_result());
    const auto python = tests::run_python(R"(
import sys, h5py, numpy
with h5py.File(sys.argv[1]) as f:
    assert f.attrs['format'] == 'understudy result' and f.attrs['format_version'] == 1
    assert f.attrs['scenario_text'].startswith('understudy: 1'), f.attrs['scenario_text']
    assert f.attrs['seed'] == 42 and f.attrs['verdict'] == 'violated'
    names = list(f['metrics/name'].asstr())
    i = names.index('avg utilisation(spark)')
    assert abs(f['metrics/estimate'][i] - 0.8467) < 1e-12
    assert f['metrics/by_replication'].shape == (30, len(names))
    assert not numpy.isnan(f['metrics/estimate'][:]).any()
    assert list(f['no_data/reason'].asstr()) == ['the task never ran']
    s = list(f['series/name'].asstr()).index('waiting(clean)')
    assert f['series/values'].shape == (4, 30, 500) and f['series/time_s'].shape == (500,)
    print(round(float(f['series/values'][s].mean()), 1), f['objectives/verdict'].asstr()[0])
)",
                                          (folder / "a.h5").string());
    CHECK(python.text == "6.0 met\n");
    CHECK(python.exit_code == 0);
}

TEST_CASE("files that are no results are refused with the reason") {
    const ScratchFolder folder;
    const auto file = folder / "a.h5";
    CHECK(refusal_of(file) == file.string() + ": no such file");
    CHECK(refusal_of(folder.path()).find("is a folder, not a result file") != std::string::npos);
    write(file, "");
    CHECK(refusal_of(file).find("is empty") != std::string::npos);
    write(file, "understudy: 1\nscenario: x\n");
    CHECK(refusal_of(file).find("is not an HDF5 file") != std::string::npos);
    std::mt19937 noise(1);
    std::string random(100'000, '\0');
    for (char& c : random) c = static_cast<char>(noise());
    write(file, random);
    CHECK(refusal_of(file).find("is not an HDF5 file") != std::string::npos);
    write(file, "\x89HDF\r\n\x1a\n" + random);
    const std::string refusal = refusal_of(file);
    CHECK_MESSAGE(refusal.find("is a damaged HDF5 file") != std::string::npos, refusal);
    if (tests::has_h5py()) {
        tests::run_python("import sys, h5py\nh5py.File(sys.argv[1], 'w')['x'] = [1, 2]",
                          (folder / "foreign.h5").string());
        CHECK(refusal_of(folder / "foreign.h5").find("is an HDF5 file, but not a result of understudy") !=
              std::string::npos);
    }
}

TEST_CASE("a result that was cut off or damaged is refused, wherever that was") {
    const ScratchFolder folder;
    const auto file = folder / "a.h5";
    auto small = sample_result();
    small.series.clear();
    const std::string whole = result_file_bytes(small);
    std::mt19937 noise(7);
    for (int i = 0; i < 40; ++i) {
        std::string cut = whole.substr(0, noise() % (whole.size() - 40));
        write(file, cut);
        CHECK_MESSAGE(refusal_of(file) != "read", "cut at " << cut.size());
    }
    for (int i = 0; i < 200; ++i) {
        std::string flipped = whole;
        const std::size_t at = noise() % (whole.size() - 32);  // in the seal itself it may go unseen
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << noise() % 8));
        write(file, flipped);
        CHECK_MESSAGE(refusal_of(file) != "read", "flipped at " << at);
    }
    CHECK(refusal_of(file).find("is damaged: its checksum differs") != std::string::npos);
}

TEST_CASE("a damaged file without a seal does not take the program with it") {
    const ScratchFolder folder;
    const auto file = folder / "a.h5";
    auto small = sample_result();
    small.series.clear();
    std::string whole = result_file_bytes(small);
    whole.resize(whole.size() - 32);
    write(file, whole);
    CHECK(refusal_of(file) == "read");  // as after a change by another program
    std::mt19937 noise(11);
    for (int i = 0; i < 60; ++i) {
        std::string flipped = whole;
        for (int k = 0; k < 3; ++k) flipped[noise() % flipped.size()] = static_cast<char>(noise());
        write(file, flipped);
        refusal_of(file);
    }
}

TEST_CASE("a result of a later format is refused by its number") {
    if (!tests::has_h5py()) return;
    const ScratchFolder folder;
    write_result(folder / "a.h5", sample_result());
    tests::run_python("import sys, h5py\nh5py.File(sys.argv[1], 'a').attrs['format_version'] = 7",
                      (folder / "a.h5").string());
    CHECK(refusal_of(folder / "a.h5").find("has format 7, this understudy knows up to 1; use a newer one") !=
          std::string::npos);
}
