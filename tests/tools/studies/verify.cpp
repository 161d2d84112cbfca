// Promised: what a run was too short for is not called wrong: where there are stays that are long beside it, where nothing
// has come back yet, where all replications begin in the same phase, and where no steady state is; what is wrong is still
// outside. A run does not get longer than its events. A quantile that many have has no z.
// Shown: scenarios whose answers are known, with runs that begin far too short.
#include "tools/studies/verify.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/tools/studies/sample.h"
#include "tools/formats/language/objectives.h"

using namespace understudy;
using studies::Agreement;

namespace {

studies::VerifiedModel verified(const std::string& server, const std::string& load, const std::string& length,
                                const std::vector<std::pair<std::string, double>>& quantities, double events,
                                const std::string& twin = "") {
    studies::KnownModel model;
    model.id = "model";
    model.scenario = tests::prepared("twin: {" + twin + "stages: {server: {reads: jobs, " + server +
                                     "}}}\nload: {jobs: " + load + "}\nrun: {length: " + length +
                                     "0s, warm_up: " + length + "s}\n")
                         .scenario;
    model.steady = true;
    for (const auto& [measure, reference] : quantities) {
        studies::KnownQuantity quantity;
        quantity.name = measure;
        quantity.reference = reference;
        quantity.measure = formats::read_measure(measure);
        model.quantities.push_back(quantity);
    }
    studies::VerifyOptions options;
    options.threads = 1;
    options.most_events = events;
    return *studies::verify(model, options);
}

}  // namespace

TEST_CASE("verify: stays that are long beside the first run") {
    const auto many = [](double reference) {
        return verified("workers: unlimited, service: exponential(mean 10s)", "{arrivals: poisson(20/s)}",
                        "1", {{"avg present(server)", reference}}, 2e6)
            .quantities[0];
    };
    CAPTURE(many(200).estimate.value_or(0));
    CHECK(many(200).agreement == Agreement::inside);
    CHECK(many(150).agreement == Agreement::outside);
    const auto busy = verified("workers: 250, service: exponential(mean 10s)", "{arrivals: poisson(20/s)}",
                               "1", {{"avg utilisation(server)", 0.8}}, 2e6)
                          .quantities[0];
    CHECK(busy.agreement == Agreement::inside);
}

TEST_CASE("verify: what has not come back yet") {
    const std::string server =
        "workers: 10, service: exponential(mean 0.1s), failure: 50%, retry: {times: 3, backoff: [100s]}";
    const auto tries = [&](double events) {
        return verified(server, "{arrivals: poisson(2/s)}", "1", {{"avg attempts(server)", 1.875}}, events)
            .quantities[0];
    };
    const auto little = tries(1);
    CHECK(little.agreement == Agreement::imprecise);
    CHECK(little.why.starts_with("not settled: something takes 100, and runs are observed for "));
    CHECK(little.z.empty());
    CHECK(tries(3e6).agreement == Agreement::inside);
}

TEST_CASE("verify: all replications begin in the same phase") {
    // Stock of 8001 and 1 in turn: half of the most that is there, and each begins with all of it.
    const auto stock =
        verified("spends: stock", "{arrivals: poisson(10/s)}", "60", {{"avg level(stock)", 4000.5}}, 2e6,
                 "budgets: {stock: {capacity: unlimited, initial: 8020, refill: {at_most: 20, "
                 "amount: 8000, after: 2s}}}, ")
            .quantities[0];
    CHECK(stock.agreement != Agreement::outside);
}

TEST_CASE("verify: where there is no steady state it ends, and says so") {
    const auto critical = verified("workers: 1, service: exponential(mean 1s)", "{arrivals: poisson(1/s)}",
                                   "60", {{"avg utilisation(server)", 0.5}, {"avg present(server)", 5}}, 1e5);
    CHECK(critical.events < 2'000'000);
    for (const auto& quantity : critical.quantities) CHECK(quantity.agreement == Agreement::imprecise);
    CHECK(critical.quantities[1].why.find("or there is no steady state") != std::string::npos);
}

TEST_CASE("verify: a quantile that many have has no z") {
    const auto light = verified(
        "workers: 5, service: exponential(mean 1s)", "{arrivals: poisson(0.5/s)}", "600",
        {{"p(50) wait(server)", 0}, {"p(95) wait(server)", 0}, {"p(50) latency(server)", 0.6931928910827807}},
        1);
    for (const auto& quantity : light.quantities) CHECK(quantity.agreement != Agreement::outside);
    CHECK(light.quantities[0].z.empty());
    CHECK(light.quantities[1].z.empty());
    CHECK(light.quantities[2].z.size() == 1);
}
