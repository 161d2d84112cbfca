// Promised: an audit holds every draw of two traced runs against the one of its address, whatever the order in which
// they came, and says which differ and which one run has alone; its memory is bounded, and the parts it then works in
// change nothing. Shown: traces by hand, and a scenario with and without a stage that has nothing to do with the rest.
#include "tools/formats/traces/stream_audit.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/scratch_folder.h"
#include "tests/tools/studies/sample.h"
#include "tools/formats/results/trace_writer.h"

using namespace understudy;
using formats::StreamAudit;
using models::TraceDraw;
using tests::ScratchFolder;

namespace {

constexpr auto arrival = static_cast<std::uint16_t>(kernel::Purpose::arrival);
constexpr auto service = static_cast<std::uint16_t>(kernel::Purpose::service);

using Draws = std::vector<TraceDraw>;

/// A traced run of these draws, replication by replication.
formats::TraceReader traced(const std::filesystem::path& file, const std::vector<std::string>& elements,
                            const std::vector<Draws>& replications, bool complete = true) {
    models::TraceHeader header;
    for (const std::string& name : elements) header.elements.push_back({name, "stage", ""});
    formats::TraceWriter writer(file, header, {});
    for (std::size_t i = 0; i < replications.size(); ++i) {
        const auto sink = writer.replication(static_cast<std::int64_t>(i + 1));
        for (const TraceDraw& draw : replications[i]) sink->draw(draw);
        if (complete) sink->complete();
    }
    REQUIRE_FALSE(writer.finish({}));
    return formats::TraceReader(file);
}

const formats::AuditedStream& stream(const StreamAudit& audit, const std::string& element,
                                     std::uint16_t purpose) {
    const auto found = std::find_if(audit.streams.begin(), audit.streams.end(), [&](const auto& one) {
        return one.element == element && static_cast<std::uint16_t>(one.purpose) == purpose;
    });
    REQUIRE(found != audit.streams.end());
    return *found;
}

formats::TraceReader run_traced(const std::filesystem::path& file, const std::string& scenario) {
    const studies::PreparedRun run = tests::prepared(scenario);
    formats::TraceWriter writer(file, run.model->trace_header(), {});
    std::vector<std::unique_ptr<formats::ReplicationTrace>> sinks(4);
    studies::RunOptions options;
    options.threads = 1;
    options.sink = [&](std::int64_t number) {
        return (sinks[static_cast<std::size_t>(number)] = writer.replication(number)).get();
    };
    options.traced = [&](std::int64_t number) {
        sinks[static_cast<std::size_t>(number)]->complete();
        sinks[static_cast<std::size_t>(number)].reset();
    };
    const auto result = studies::run(run, options);
    REQUIRE_FALSE(writer.finish(result));
    return formats::TraceReader(file);
}

const std::string loads = "load: {jobs: {arrivals: poisson(1/s)}, others: {arrivals: poisson(0.5/s)}}\n";
std::string run_of(int seed) {
    return "run: {length: 10min, warm_up: 0s, replications: 2, seed: " + std::to_string(seed) + "}\n";
}
const std::string server =
    "server: {reads: jobs, workers: 2, service: exponential(mean 1s), failure: 10%, retry: {times: 2, "
    "backoff: 1s}}";
const std::string other = "another: {reads: others, workers: 1, service: exponential(mean 1s)}";

}  // namespace

TEST_CASE("draws are held against those of their address") {
    const ScratchFolder folder;
    // The second run has its elements and draws in another order, one element less and one more.
    const auto first = traced(folder / "a.h5", {"jobs", "server", "gone"},
                              {{{1, 0, arrival, 0, 0.5},
                                {1, 1, service, 0, 2},
                                {1, 1, service, 1, 3},
                                {2, 1, service, 0, 4},
                                {9, 2, service, 0, 1}},
                               {{1, 0, arrival, 0, 0.25}}});
    const auto second = traced(folder / "b.h5", {"new", "server", "jobs"},
                               {{{2, 1, service, 0, 4.5},
                                 {1, 1, service, 0, 2},
                                 {3, 1, service, 0, 7},
                                 {1, 2, arrival, 0, 0.5},
                                 {1, 0, service, 0, 1}}});
    for (const std::uint64_t in_memory : {std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{1000}}) {
        const StreamAudit audit = formats::audit_streams(first, second, {10, in_memory});
        CHECK(audit.replications == std::vector<std::int64_t>{1});
        CHECK(audit.only_first == std::vector<std::int64_t>{2});
        CHECK(audit.only_second.empty());
        CHECK(audit.elements_only_first == std::vector<std::string>{"gone"});
        CHECK(audit.elements_only_second == std::vector<std::string>{"new"});
        CHECK_FALSE(audit.cut);
        CHECK(audit.equal() == 2);
        CHECK(audit.different() == 1);
        CHECK_FALSE(audit.agrees());
        CHECK(audit.streams.size() == 4);
        CHECK(stream(audit, "jobs", arrival).equal == 1);
        const auto& services = stream(audit, "server", service);
        CHECK(services.equal == 1);
        CHECK(services.different == 1);
        CHECK(services.only_first == 1);
        CHECK(services.only_second == 1);
        CHECK(stream(audit, "gone", service).only_first == 1);
        CHECK(stream(audit, "new", service).only_second == 1);
        REQUIRE(audit.differences.size() == 1);
        CHECK(audit.differences[0].element == "server");
        CHECK(audit.differences[0].item == 2);
        CHECK(audit.differences[0].first == 4);
        CHECK(audit.differences[0].second == 4.5);
    }
}

TEST_CASE("the differences shown are those of the lowest addresses, and the last draw of an address counts") {
    const ScratchFolder folder;
    Draws many, others;
    for (std::uint64_t item = 100; item-- > 0;) {
        many.push_back({item, 0, service, 0, 1});
        others.push_back({item, 0, service, 0, item % 2 == 0 ? 1.0 : 2.0});
    }
    others.push_back({0, 0, service, 0, 1.5});
    const auto first = traced(folder / "a.h5", {"server"}, {many}, false);
    const auto second = traced(folder / "b.h5", {"server"}, {others});
    for (const std::uint64_t in_memory : {std::uint64_t{10}, std::uint64_t{1000}}) {
        const StreamAudit audit = formats::audit_streams(first, second, {3, in_memory});
        CHECK(audit.cut);
        CHECK(audit.equal() == 49);
        CHECK(audit.different() == 51);
        REQUIRE(audit.differences.size() == 3);
        CHECK(audit.differences[0].item == 0);
        CHECK(audit.differences[0].second == 1.5);
        CHECK(audit.differences[1].item == 1);
        CHECK(audit.differences[2].item == 3);
    }
    // Where nothing is in common, nothing agrees.
    const auto none = traced(folder / "c.h5", {"elsewhere"}, {many});
    const StreamAudit apart = formats::audit_streams(first, none);
    CHECK(apart.different() == 0);
    CHECK(apart.equal() == 0);
    CHECK_FALSE(apart.agrees());
}

TEST_CASE(
    "a stage that has nothing to do with the rest changes no draw elsewhere; another seed changes all") {
    const ScratchFolder folder;
    const auto with = run_traced(folder / "with.h5",
                                 "twin: {stages: {" + server + ", " + other + "}}\n" + loads + run_of(1));
    const auto without =
        run_traced(folder / "without.h5", "twin: {stages: {" + server + "}}\n" + loads + run_of(1));
    const StreamAudit same = formats::audit_streams(with, without);
    CHECK(same.agrees());
    CHECK(same.replications.size() == 2);
    CHECK(same.equal() > 3000);
    CHECK(same.elements_only_first == std::vector<std::string>{"another"});
    for (const auto& stream : same.streams) {
        INFO(stream.element);
        CHECK(stream.only_second == 0);
        CHECK((stream.only_first > 0) == (stream.element == "another"));
    }
    const auto reseeded =
        run_traced(folder / "reseeded.h5", "twin: {stages: {" + server + "}}\n" + loads + run_of(2));
    const StreamAudit other_seed = formats::audit_streams(without, reseeded);
    CHECK_FALSE(other_seed.agrees());
    CHECK(other_seed.different() > 1000);
    CHECK(other_seed.differences.size() == 10);
    // Chances come out the same now and then; what is drawn from a density does not.
    for (const auto& stream : other_seed.streams)
        if (stream.purpose == kernel::Purpose::service || stream.purpose == kernel::Purpose::arrival)
            CHECK(stream.equal == 0);
}
