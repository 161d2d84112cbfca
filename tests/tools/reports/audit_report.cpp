// Promised: an audit says first what it comes to, then what differs by element and purpose, then examples; what is the
// same is one line unless asked for, and no line is wider than the terminal for the sake of names. Shown: audits by hand.
#include "tools/reports/audit_report.h"

#include <doctest/doctest.h>

#include <sstream>

#include "tools/reports/numbers.h"

using namespace understudy;
using formats::StreamAudit;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

StreamAudit audit() {
    StreamAudit audit;
    audit.replications = {1, 2, 3};
    audit.streams = {{"jobs", kernel::Purpose::arrival, 100, 0, 0, 0},
                     {"server", kernel::Purpose::service, 50, 0, 0, 2}};
    return audit;
}

}  // namespace

TEST_CASE("what agrees") {
    const std::string text = reports::audit_report("a.h5", "b.h5", audit());
    CHECK(text.starts_with(
        "a.h5, b.h5: all 150 draws with the same address are equal\nof 3 replications (1 to 3)\n"));
    CHECK(has(text, "server service"));
    CHECK_FALSE(has(text, "jobs arrival"));
    CHECK(has(text, "the other 1 of 2 streams is the same in both"));
    CHECK(has(reports::audit_report("a.h5", "b.h5", audit(), {80, true}), "jobs arrival"));
    StreamAudit same = audit();
    same.streams.pop_back();
    CHECK(has(reports::audit_report("a.h5", "b.h5", same), "\n  1 of 1 streams is the same in both\n"));
}

TEST_CASE("what does not agree, and what says nothing") {
    StreamAudit differs = audit();
    differs.replications = {1};
    differs.only_second = {2};
    differs.cut = true;
    differs.streams[1].different = 3;
    differs.differences = {{1, "server", kernel::Purpose::service, 7, 0, 1.5, 2},
                           {1, "server", kernel::Purpose::service, 0x123456789ab, 2, 0.25, 1e-9}};
    const std::string text = reports::audit_report("a.h5", "b.h5", differs);
    CHECK(text.starts_with(
        "a.h5, b.h5: 3 of 153 draws with the same address differ\nof replication 1; replication 2 "
        "traced in b.h5 alone\na trace ends before its replication"));
    CHECK(has(text, "The first 2 that differ\n  replication 1, server service, item 7: 1.5 and 2\n"));
    CHECK(has(text, "item 00000123456789ab, attempt 3: 0.25 and 1e-09\n"));
    StreamAudit nothing;
    nothing.only_first = {1};
    CHECK(reports::audit_report("a.h5", "b.h5", nothing) ==
          "a.h5, b.h5: no replication was traced in both\nreplication 1 traced in a.h5 alone\n");
    StreamAudit apart;
    apart.replications = {1};
    CHECK(has(reports::audit_report("a.h5", "b.h5", apart),
              "no draw of one has the address of a draw of the other"));
}

TEST_CASE("many long names") {
    StreamAudit many = audit();
    for (int i = 0; i < 50; ++i) {
        many.elements_only_first.push_back("an_element_with_a_name_" + std::to_string(i));
        many.streams.push_back(
            {std::string(100, 'x') + std::to_string(i), kernel::Purpose::field, 1, 1, 1, 1});
    }
    std::istringstream lines(reports::audit_report("a.h5", "b.h5", many, {80, true}));
    for (std::string line; std::getline(lines, line);) CHECK(reports::text_width(line) <= 80);
    CHECK(has(reports::audit_report("a.h5", "b.h5", many), " and 4"));  // ... more
}
