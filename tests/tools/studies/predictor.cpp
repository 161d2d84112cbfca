// Promised: what a simulation may not have seen is as large however a service is written: as a law, as a field of the items, or
// per size or record. Shown: one twin in four spellings.
#include "tools/studies/predictor.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/tools/studies/sample.h"

using namespace understudy;

namespace {

/// Of the mean wait, after nobody has waited.
double size_of_one(const std::string& service, const std::string& item) {
    const studies::ReadBase read = [&](const std::vector<std::string>&) {
        return tests::prepared("twin: {stages: {s: {reads: in, workers: 9, service: " + service +
                               "}}}\nload: {in: {arrivals: poisson(0.05/s)" + item +
                               "}}\nrun: {length: 1h, warm_up: 1min}\nobjectives: [avg wait(s) < 1ms]\n")
            .scenario;
    };
    const models::Scenario base = read({});
    studies::Predictor predictor(read, base.objectives, false);
    const auto unseen = predictor.unseen({}, kernel::minute);
    REQUIRE(unseen.size() == 1);
    CHECK(unseen[0].per_item);
    return unseen[0].size;
}

}  // namespace

TEST_CASE("a service is as long in whatever words") {
    CHECK(size_of_one("exponential(mean 20s)", "") == doctest::Approx(20));
    CHECK(size_of_one("work", ", fields: {work: exponential(mean 20s)}") == doctest::Approx(20));
    CHECK(size_of_one("exponential(mean 10s) per GiB", ", size: 2GiB") == doctest::Approx(20));
    CHECK(size_of_one("5s + 100ms per record", ", records: 150") == doctest::Approx(20));
}
