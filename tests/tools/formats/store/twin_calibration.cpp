// Promised: how sure a stored twin is of a path comes from the last change in its history that says it; how far off it is
// comes from the last calibration in its history that says it, whatever other changes came after; what was taken back is no
// part of the history, and a version before it knows nothing of it; what has another name since keeps it. Shown: on stores of a scratch folder, with changes as
// calibrate writes them and as people do.
#include "tools/formats/store/twin_calibration.h"

#include <doctest/doctest.h>

#include "tests/tools/formats/store/folder.h"

using namespace understudy::formats;
using understudy::studies::CalibrationError;

namespace {

std::string change_file(const std::string& name, const std::string& validation = "") {
    return "understudy: 1\nchange: " + name + "\nkind: calibration\nedits:\n  - {set: a.workers, to: 2}\n" +
           validation;
}

Version version_of(Store& store, const char* name) { return store.find(read_version_name(name)); }

}  // namespace

TEST_CASE("the last calibration in the history counts, and none that was taken back") {
    const StoreFolder folder;
    Store store = Store::make(folder.store());
    const Signature someone = {"ana@example", test_time, ""};
    store.commit("orders", "one", "", no_version, someone);
    store.commit("orders", "two",
                 change_file("first", "validation: {makespan: {held_out: 9, bias: -3%, error: 12%}}\n"), 1,
                 someone);
    store.commit("orders", "three", change_file("no-errors"), 2, someone);
    store.commit("orders", "four",
                 change_file("second", "validation: {held_out: 7, metric: latency(a), error: 130%}\n"), 3,
                 someone);
    store.commit("orders", "two", "", 4, someone);  // taken back
    store.commit("orders", "six", change_file("later"), 5, someone);

    CHECK(calibration_of(store, version_of(store, "orders@1")).empty());
    for (const char* name : {"orders@2", "orders@3", "orders@5", "orders@6"}) {
        CAPTURE(name);
        const auto errors = calibration_of(store, version_of(store, name));
        REQUIRE(errors.size() == 1);
        CHECK(errors[0].of == "makespan");
        CHECK_FALSE(errors[0].of_metric);
        CHECK(errors[0].error == doctest::Approx(0.12));
        CHECK(errors[0].held_out == 9);
        CHECK(errors[0].source == "first of orders@2");
    }
    const auto errors = calibration_of(store, version_of(store, "orders@4"));
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].of == "latency(a)");
    CHECK(errors[0].of_metric);
    CHECK(errors[0].error == doctest::Approx(1.3));
}

TEST_CASE("how sure a path is comes from the last change in the history that says it") {
    const StoreFolder folder;
    const std::string scenario = folder.path().string() + "/orders@latest";
    Store store = Store::make(folder.store());
    const Signature someone = {"ana@example", test_time, ""};
    const auto fitted = [](const std::string& edits, const std::string& uncertainty) {
        return "understudy: 1\nchange: fitted\nkind: calibration\nedits:\n" + edits + "uncertainty:\n" +
               uncertainty;
    };
    const std::string a = "  - {set: a.service, to: exponential(mean 3s)}\n",
                      b = "  - {set: b.failure, to: 4%}\n";
    store.commit("orders", "one", "", no_version, someone);
    store.commit("orders", "two",
                 fitted(a + b, "  a.service: {family: exponential, n: 90}\n  b.failure: {n: 50}\n"), 1,
                 someone);
    store.commit("orders", "three", fitted(a, "  a.service: {family: exponential, n: 400}\n"), 2, someone);
    const auto inputs = uncertainty_of_scenario(scenario);
    REQUIRE(inputs.size() == 2);
    for (const auto& input : inputs) {
        CHECK(input.observations == (input.path == "a.service" ? 400 : 50));
        CHECK(input.fitted == (input.path == "a.service" ? "exponential(mean 3s)" : "4%"));
    }
}

TEST_CASE("how sure a path is goes with what it is of, whoever renames it") {
    const StoreFolder folder;
    const std::string scenario = folder.path().string() + "/orders@latest";
    Store store = Store::make(folder.store());
    const Signature someone = {"ana@example", test_time, ""};
    const auto text = [](const std::string& stage, const std::string& renamed) {
        return "understudy: 1\nscenario: s\ntwin: {stages: {" + stage +
               ": {reads: jobs, workers: 1, service: exponential(mean 3s)}}, renamed: {" + renamed + "}}\n";
    };
    store.commit("orders", text("a", ""), "", no_version, someone);
    store.commit("orders", text("a", "") + "description: fitted\n",
                 "understudy: 1\nchange: fitted\nkind: calibration\nedits:\n  - {set: a.service, to: "
                 "exponential(mean 3s)}\nuncertainty:\n  a.service: {family: exponential, n: 90}\n",
                 1, someone);
    const auto known = [&] {
        const auto inputs = uncertainty_of_scenario(scenario);
        REQUIRE(inputs.size() == 1);
        CHECK(inputs[0].drawn_as() == "a.service");
        return inputs[0].path;
    };
    CHECK(known() == "a.service");
    store.commit("orders", text("b", "b: a"), "", 2, someone);  // a file
    CHECK(known() == "b.service");
    store.commit("orders", text("c", "c: a"),
                 "understudy: 1\nchange: names\nedits:\n  - {rename: b, to: c}\n", 3, someone);
    CHECK(known() == "c.service");
    store.commit("orders", text("d", "d: a"), "", 4, someone);
    CHECK(known() == "d.service");
    store.commit("orders", text("a", "") + "description: back\n", "", 5, someone);
    CHECK(known() == "a.service");
    // Of a file that does not say it nobody knows it.
    store.commit("orders", text("e", ""), "", 6, someone);
    CHECK(known() == "a.service");
}
