// Promised: what earlier runs left under a name is found as far as it is as it was written, and nothing in a file does
// harm; what a run keeps on its way is whole, says that the run goes on, and takes nobody's place. Shown: with files
// written, cut, changed and locked; a folder that comes and goes.
#include "tools/formats/results/earlier_result.h"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "tests/scratch_folder.h"
#include "tests/tools/formats/results/sample_result.h"
#include "tests/tools/studies/sample.h"
#include "tools/formats/results/result_reader.h"
#include "tools/formats/results/result_writer.h"

using namespace understudy;
using tests::bytes_of;
using tests::ScratchFolder;

namespace {

studies::RunResult result_to_go_on_from(int replications = 3) {
    studies::RunOptions options;
    options.threads = 1;
    return studies::run(
        tests::prepared("twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}\n"
                        "load: {jobs: {arrivals: poisson(0.8/s)}}\n"
                        "run: {length: 2min, warm_up: 0s, replications: " +
                        std::to_string(replications) + "}\n"),
        options);
}

void write(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("a result with everything is read as it was written") {
    const ScratchFolder folder;
    const auto result = result_to_go_on_from();
    const std::string bytes = formats::result_file_bytes(result);
    write(folder / "r.h5", bytes);
    const auto everything = formats::read_result(folder / "r.h5", formats::Contents::everything).result;
    CHECK(formats::result_file_bytes(everything) == bytes);
    REQUIRE(everything.records.size() == 3);
    CHECK(everything.records[2].fingerprint == result.records[2].fingerprint);
    // Reports do without.
    const auto less = formats::read_result(folder / "r.h5").result;
    CHECK(less.records.empty());
    CHECK(less.metrics.front().sections.empty());
    CHECK(less.metrics.size() == result.metrics.size());
}

TEST_CASE("the parts of a run of one replication are read as they were written") {
    const ScratchFolder folder;
    const auto result = result_to_go_on_from(1);
    const std::string bytes = formats::result_file_bytes(result);
    write(folder / "r.h5", bytes);
    const auto everything = formats::read_result(folder / "r.h5", formats::Contents::everything).result;
    CHECK(formats::result_file_bytes(everything) == bytes);
    std::size_t followed = 0;
    for (std::size_t i = 0; i < result.metrics.size(); ++i) {
        CHECK(everything.metrics[i].parts == result.metrics[i].parts);
        followed += result.metrics[i].parts.empty() ? 0 : 1;
    }
    CHECK(followed > 3);
    CHECK(followed < result.metrics.size());
}

TEST_CASE("what is under a name and beside it is found, and why it is of no use") {
    const ScratchFolder folder;
    const std::string bytes = formats::result_file_bytes(result_to_go_on_from());
    CHECK(formats::earlier_results(folder / "r.h5").empty());
    write(folder / "r.h5", bytes);
    write(folder / "r.h5.partial", bytes);
    auto found = formats::earlier_results(folder / "r.h5");
    REQUIRE(found.size() == 2);
    for (const auto& earlier : found) {
        REQUIRE(earlier.result);
        CHECK(earlier.result->replications_done == 3);
        CHECK(earlier.why == "");
    }
    CHECK(found[1].path == folder / "r.h5.partial");
    std::string changed = bytes;
    changed[bytes.size() / 2] ^= 1;
    write(folder / "r.h5", changed);
    write(folder / "r.h5.partial", bytes.substr(0, bytes.size() - 1));
    found = formats::earlier_results(folder / "r.h5");
    REQUIRE(found.size() == 2);
    CHECK(found[0].why.starts_with("it is damaged: its checksum differs"));
    CHECK(found[1].why == "it is not as understudy writes them");
    CHECK_FALSE(found[0].result);
    // An older result without what replications found is read all the same.
    write(folder / "r.h5", formats::result_file_bytes(tests::sample_result()));
    write(folder / "r.h5.partial", "no result at all");
    found = formats::earlier_results(folder / "r.h5");
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].result);
    CHECK(found[0].result->simulated == "");
}

TEST_CASE("what is kept is whole, and its lock says that the run goes on") {
    using namespace std::chrono_literals;
    const ScratchFolder folder;
    const auto result = result_to_go_on_from();
    const auto target = folder / "r.h5";
    {
        formats::ResultKeeper keeper(target, 0ms);
        CHECK(keeper.due());
        keeper.keep(result);
        CHECK(keeper.problem() == "");
        keeper.keep(result);
        CHECK(formats::is_being_written(formats::leftover_of(target)));
        CHECK(formats::earlier_results(target).empty());
        // Another run of the same name keeps nothing.
        CHECK_FALSE(formats::ResultKeeper(target, 0ms).due());
    }
    CHECK_FALSE(formats::is_being_written(formats::leftover_of(target)));
    CHECK(bytes_of(formats::leftover_of(target)) == formats::result_file_bytes(result));
    CHECK(formats::earlier_results(target).size() == 1);
    CHECK_FALSE(formats::ResultKeeper(target, 1h).due());
    // What is not ours stays.
    write(formats::leftover_of(target), "notes of somebody");
    CHECK_FALSE(formats::ResultKeeper(target, 0ms).due());
    CHECK_FALSE(formats::ResultKeeper("/dev/null", 0ms).due());
    CHECK_FALSE(formats::ResultKeeper(folder.path(), 0ms).due());
}

TEST_CASE("what cannot be kept is said, and kept when it can be") {
    using namespace std::chrono_literals;
    const ScratchFolder folder;
    const auto result = result_to_go_on_from();
    const auto target = folder / "later" / "r.h5";
    formats::ResultKeeper keeper(target, 0ms);
    keeper.keep(result);
    CHECK(keeper.problem().find("no such folder") != std::string::npos);
    std::filesystem::create_directory(folder / "later");
    keeper.keep(result);
    CHECK(keeper.problem() == "");
    CHECK(std::filesystem::exists(formats::leftover_of(target)));
}
