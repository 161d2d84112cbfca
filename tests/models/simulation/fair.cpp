// Promised: in a fair order loads get the workers' time in the shares of their weights while they all want it, and a
// load that wanted nothing for a while has no claim for it. Shown: by hand.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;

namespace {

auto shared_out(const std::string& server, const std::string& loads) {
    return play("twin: {stages: {server: {reads: [a, b], service: work, order: fair, " + server + R"(}}}
load:
)" + loads + R"(
run: {length: 100s, warm_up: 0s}
measures: [total completed(server) of a, total completed(server) of b, max wait(server) of b, avg wait(server) of a]
)");
}

}  // namespace

TEST_CASE("loads share the workers' time by their weights") {
    const std::string loads =
        "  a: {arrivals: every 1h, first: 0s, items: 200, count: 1, fields: {work: 1s}}\n"
        "  b: {arrivals: every 1h, first: 0s, items: 200, count: 1, fields: {work: 2s}}";
    // By time, not by number: of 100 s each has a half, or a quarter and three.
    const auto equal = shared_out("workers: 1", loads);
    CHECK(equal.at("total completed(server) of a") == 50);
    CHECK(equal.at("total completed(server) of b") == 25);
    const auto weighted = shared_out("workers: 1, weights: {a: 3}", loads);
    CHECK(weighted.at("total completed(server) of a") == doctest::Approx(75).epsilon(0.02));
    const auto two = shared_out("workers: 2, weights: {a: 3}", loads);
    CHECK(two.at("total completed(server) of a") == doctest::Approx(150).epsilon(0.02));
}

TEST_CASE("time in which a load wanted nothing is no claim") {
    // From 50 s on both want all of it: b is not given all of it to make up for the time before.
    const auto played =
        shared_out("workers: 1",
                   "  a: {arrivals: every 1h, first: 0s, items: 200, count: 1, fields: {work: 1s}}\n"
                   "  b: {arrivals: every 1h, first: 50s, items: 200, count: 1, fields: {work: 1s}}");
    CHECK(played.at("total completed(server) of a") == doctest::Approx(75).epsilon(0.02));
    CHECK(played.at("total completed(server) of b") == doctest::Approx(25).epsilon(0.05));
}
