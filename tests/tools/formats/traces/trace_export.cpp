#include "tools/formats/traces/trace_export.h"

#include <doctest/doctest.h>

#include <sstream>
#include <vector>

#include "tests/scratch_folder.h"
#include "tests/tools/formats/results/sample_result.h"
#include "tools/formats/results/trace_writer.h"
#include "tools/formats/traces/attempts.h"

using namespace understudy;
using kernel::second;
using models::TraceEvent;
using models::TraceRow;
using tests::ScratchFolder;

namespace {

TraceRow at(kernel::Time time, TraceEvent event, std::uint64_t item, std::uint32_t element, int attempt = 0,
            double value = 0, std::int32_t worker = -1) {
    return {time, item, element, event, static_cast<std::uint16_t>(attempt), worker, value};
}

/// One item that fails once and comes back, one that is cut off and resumes, one that never gets a worker.
std::vector<TraceRow> rows() {
    using E = TraceEvent;
    return {
        at(0, E::arrive, 1, 0),
        at(0, E::enter, 1, 1),
        at(0, E::start, 1, 1, 0, 2.0, 0),
        at(1 * second, E::enter, 2, 1),
        at(2 * second, E::fail, 1, 1, 0, 0, 0),
        at(2 * second, E::retry, 1, 1, 0, 30),
        at(2 * second, E::start, 2, 1, 0, 5.0, 0),
        at(4 * second, E::interrupt, 2, 1, 0, 3.0, 0),
        at(5 * second, E::enter, 3, 1),
        at(6 * second, E::start, 2, 1, 0, 3.0, 1),
        at(9 * second, E::finish, 2, 1, 0, 0, 1),
        at(9 * second, E::leave, 2, 1),
        at(32 * second, E::enter, 1, 1, 1),
        at(33 * second + 500'000'001, E::start, 1, 1, 1, 2.0, 0),
        at(36 * second, E::finish, 1, 1, 1, 0, 0),
        at(36 * second, E::leave, 1, 1),
        at(36 * second, E::leave, 1, models::no_element),
        at(40 * second, E::expire, 3, 1),
        at(41 * second, E::drop, 4, 1),
        at(42 * second, E::enter, 5, 1),
        at(43 * second, E::enter, 6, 1),
        at(43 * second, E::start, 5, 1, 0, 9, 1),
    };
}

std::filesystem::path write_trace(const ScratchFolder& folder) {
    const auto result = tests::sample_result();
    formats::TraceWriter writer(folder / "a.h5", {{{"orders", "load", ""}, {"inge,st", "stage", ""}}},
                                result.provenance);
    {
        auto sink = writer.replication(1);
        for (const auto& row : rows()) sink->row(row);
        sink->complete();
    }
    CHECK(writer.finish(result) == std::nullopt);
    return folder / "a.h5";
}

}  // namespace

TEST_CASE("a trace as plain CSV") {
    const ScratchFolder folder;
    const formats::TraceReader reader(write_trace(folder));
    std::ostringstream out;
    formats::ExportOptions options;
    options.elements["inge,st"] = {2.5, 8'000'000'000, "spark"};
    const auto count = formats::export_csv(reader, 1, out, options);
    CHECK(out.str() ==
          "item,element,attempt,enter_ns,start_ns,complete_ns,worker,status,pool,cpus,memory\n"
          "1,\"inge,st\",1,0,0,2000000000,1,failed,spark,2.5,8000000000\n"
          "2,\"inge,st\",1,1000000000,2000000000,4000000000,1,interrupted,spark,2.5,8000000000\n"
          "2,\"inge,st\",1,4000000000,6000000000,9000000000,2,completed,spark,2.5,8000000000\n"
          "1,\"inge,st\",2,32000000000,33500000001,36000000000,1,completed,spark,2.5,8000000000\n"
          "3,\"inge,st\",1,5000000000,,40000000000,,expired,spark,2.5,8000000000\n"
          "4,\"inge,st\",1,41000000000,,41000000000,,dropped,spark,2.5,8000000000\n"
          "5,\"inge,st\",1,42000000000,43000000000,,2,running,spark,2.5,8000000000\n"
          "6,\"inge,st\",1,43000000000,,,,waiting,spark,2.5,8000000000\n");
    CHECK(count.rows == 8);
    CHECK(count.open == 2);
}

TEST_CASE("a trace as Nextflow would have written it") {
    const ScratchFolder folder;
    const formats::TraceReader reader(write_trace(folder));
    formats::ExportOptions options;
    options.epoch_ns = 1'700'000'000'000'000'000;
    options.elements["inge,st"] = {2.5, 8'000'000'000, "spark"};
    std::ostringstream out;
    const auto count = formats::export_nextflow(reader, 1, out, options);
    CHECK(count.rows == 4);
    CHECK(count.open == 2);
    std::istringstream lines(out.str());
    std::string line;
    std::getline(lines, line);
    CHECK(line ==
          "task_id,hash,native_id,process,tag,name,status,exit,attempt,submit,start,complete,duration,"
          "realtime,queue,"
          "cpus,memory,hostname");
    std::getline(lines, line);
    CHECK(line.find(",1,\"inge,st\",1,\"inge,st "
                    "(1)\",FAILED,1,1,1700000000000,1700000000000,1700000002000,2000,2000,spark,2.5,"
                    "8000000000,spark-1") != std::string::npos);
    std::getline(lines, line);
    CHECK(line.find("ABORTED,-,1,1700000001000,1700000002000,1700000004000,3000,2000") != std::string::npos);
    std::getline(lines, line);
    std::getline(lines, line);
    CHECK(line.find("COMPLETED,0,2,1700000032000,1700000033500,1700000036000,4000,2500") !=
          std::string::npos);
}

TEST_CASE("who has passed a stage without workers made no attempt there") {
    using E = TraceEvent;
    formats::Attempts attempts([](const formats::Attempt&) {});
    // 1 goes through 0 to 1 and is served; 2 leaves the system at 0; 3 becomes part of a batch; 4 and 5 still wait; 6 is done at
    // 0, and lies in a dataset.
    for (const auto& row :
         {at(0, E::enter, 1, 0), at(0, E::enter, 1, 1), at(1, E::start, 1, 1), at(2, E::finish, 1, 1),
          at(2, E::leave, 1, models::no_element), at(3, E::enter, 2, 0),
          at(3, E::leave, 2, models::no_element), at(4, E::enter, 3, 0), at(4, E::gather, 3, 0),
          at(5, E::member, 3, 0), at(6, E::enter, 4, 0), at(6, E::enter, 5, 0), at(6, E::enter, 5, 1),
          at(7, E::enter, 6, 0), at(7, E::finish, 6, 0)})
        attempts.row(row);
    const auto open = attempts.open();
    REQUIRE(open.size() == 2);
    CHECK(open[0].item == 4);
    CHECK(open[0].element == 0);
    CHECK(open[1].item == 5);
    CHECK(open[1].element == 1);
}

TEST_CASE("visits of one name at once end in the order in which they began") {
    using E = TraceEvent;
    std::vector<formats::Attempt> ended;
    formats::Attempts attempts([&](const formats::Attempt& attempt) { ended.push_back(attempt); });
    for (const auto& row : {at(0, E::enter, 1, 0), at(0, E::enter, 1, 0), at(1, E::start, 1, 0),
                            at(2, E::start, 1, 0), at(5, E::finish, 1, 0), at(9, E::finish, 1, 0),
                            at(9, E::finish, 1, 0), at(10, E::start, 7, 0), at(11, E::finish, 7, 0)}) {
        attempts.row(row);
    }
    REQUIRE(ended.size() == 3);
    CHECK(*ended[0].start == 1);
    CHECK(*ended[1].start == 2);
    CHECK_FALSE(ended[2].enter);  // served without having been handed over
    CHECK(attempts.open().empty());
}

TEST_CASE("visits of one name at once are told apart by when their work is to end") {
    using E = TraceEvent;
    std::vector<formats::Attempt> ended;
    formats::Attempts attempts([&](const formats::Attempt& attempt) { ended.push_back(attempt); });
    for (const auto& row : {at(0, E::enter, 1, 0), at(0, E::enter, 1, 0), at(0, E::start, 1, 0, 0, 9.0, 0),
                            at(second, E::start, 1, 0, 0, 4.0, 1), at(5 * second, E::finish, 1, 0),
                            at(9 * second, E::finish, 1, 0)})
        attempts.row(row);
    REQUIRE(ended.size() == 2);
    CHECK(*ended[0].start == second);
    CHECK(ended[0].worker == 1);
    CHECK(*ended[1].start == 0);
}
