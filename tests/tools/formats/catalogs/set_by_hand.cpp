// Promised: a value that people have set since the last import, and that this one takes from its source again, is told with the
// version that set it; what stays as it was set is not. Shown on small twins.
#include "tools/formats/catalogs/set_by_hand.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tools/formats/catalogs/log_changes.h"

namespace understudy::formats {

namespace {

Node version_of(const std::string& stages, const std::string& more = "") {
    Diagnostics none;
    Node node =
        read_document("understudy: 1\nscenario: desk\ntwin:\n  stages:\n" + stages + more +
                          "load:\n  cases: {arrivals: poisson(1/h), writes: at_check, label: cases, tags: "
                          "[process_log]}\nrun: {length: 1d}\n",
                      none);
    CHECK(none.show() == "");
    return node;
}

std::string check(const std::string& service, const std::string& name = "check",
                  const std::string& more = "") {
    return "    " + name + ": {reads: at_check, workers: unlimited, service: " + service +
           ", writes: exit, " + more + "label: check, tags: [process_log]}\n";
}

std::vector<std::string> told(const std::vector<VersionSinceImport>& versions, const Node& now) {
    TwinUpdate update = update_of_log(versions.back().document, now, "process_log");
    find_overwritten(update, versions);
    std::vector<std::string> lines;
    for (const Overwritten& one : update.overwritten) lines.push_back(overwritten_text(one));
    return lines;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("what people set and an import takes again is told") {
    const VersionSinceImport imported{"desk@1", "", "import", version_of(check("10min"))};
    const Node again = version_of(check("12min"));
    CHECK(told({imported}, again) == Texts{});
    const VersionSinceImport set{"desk@2", "ana", "", version_of(check("20min", "check", "priority: 1, "))};
    const VersionSinceImport later{"desk@3", "", "", version_of(check("20min", "check", "priority: 2, "))};
    // What an import does not write stays, and is not told.
    CHECK(told({imported, set, later}, again) == Texts{"check.service: set by hand in desk@2 by ana (10min "
                                                       "-> 20min), taken from the import again: 12min"});
    const VersionSinceImport fitted{"desk@4", "", "calibration", version_of(check("21min"))};
    CHECK(told({imported, set, fitted}, again) ==
          Texts{"check.service: set by a calibration in desk@4 (10min -> 21min), taken from the import "
                "again: 12min"});
    // Set by hand to what the import says.
    CHECK(told({imported, {"desk@2", "", "", again}}, again) == Texts{});
}

TEST_CASE("what people call otherwise, remove and add is told by its name of today") {
    const VersionSinceImport imported{"desk@1", "", "import", version_of(check("10min"))};
    const Node again = version_of(check("12min"));
    CHECK(told({imported,
                {"desk@2", "ana", "", version_of(check("20min", "look"), "  renamed: {look: check}\n")}},
               again) == Texts{"look.service: set by hand in desk@2 by ana (10min -> 20min), taken from the "
                               "import again: 12min"});
    const std::string other =
        "    pay: {reads: at_pay, workers: unlimited, service: 1min, writes: exit, label: pay, tags: "
        "[process_log]}\n";
    CHECK(told({imported, {"desk@2", "", "", version_of(other)}}, again) ==
          Texts{"check: removed by hand in desk@2, added by the import again",
                "pay: added by hand in desk@2, taken away by the import"});
}

TEST_CASE("a list that an import only adds to is nobody's loss") {
    const auto reads = [](const std::string& list) {
        Diagnostics none;
        return read_document("understudy: 1\nscenario: s\ntwin:\n  stages:\n    a: {reads: [" + list + "]}\n",
                             none);
    };
    const auto lost = [&](const std::string& imported, const std::string& set, const std::string& now) {
        TwinUpdate update;
        Node edit = Node::map();
        edit.add("set", Node::scalar("a.reads"));
        Diagnostics none;
        edit.add("to", read_document("x: [" + now + "]", none).find("x")->value);
        update.edits = {edit};
        find_overwritten(update, {{"s@1", "", "import", reads(imported)}, {"s@2", "", "", reads(set)}});
        return !update.overwritten.empty();
    };
    CHECK_FALSE(lost("x", "x, y", "x, y, z"));
    CHECK_FALSE(lost("x, y", "x", "x, z"));
    CHECK(lost("x", "x, y", "x, z"));
    CHECK(lost("x, y", "x", "x, y"));
}

}  // namespace understudy::formats
