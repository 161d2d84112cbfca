// Promised: the page of a rehearsal has all its parts, asks for nothing, lets no text become markup, and holds where little is
// known; what it says is what the terminal's says.
// Shown: a rehearsal with something of everything whose names are markup, and one that was interrupted at once.
#include "tools/reports/html_rehearsal.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/tools/formats/json/sample_rehearsal.h"
#include "tools/reports/html_signed_bar.h"

using namespace understudy;

namespace {

const std::string evil = "<script>alert(1)</script>&\"'";

bool has(const std::string& page, const std::string& part) { return page.find(part) != std::string::npos; }

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

void check_page(const std::string& page) {
    CHECK(has(page, "</html>"));
    for (const char* wrong :
         {"<script", "src=", "@import", "http", "\"nan", "\"-nan", "\"inf", "\"-inf", " nan", ",nan"})
        CHECK_MESSAGE(!has(page, wrong), wrong);
    for (const char* tag : {"section", "svg", "table", "div", "p", "g", "ul", "li"})
        CHECK_MESSAGE(count(page, std::string("<") + tag + ">") + count(page, std::string("<") + tag + " ") ==
                          count(page, std::string("</") + tag + ">"),
                      tag);
}

}  // namespace

TEST_CASE("the page of a rehearsal has all its parts") {
    const std::string page = reports::html_rehearsal(tests::sample_rehearsal(evil), "cafe0123");
    check_page(page);
    CHECK(page == reports::html_rehearsal(tests::sample_rehearsal(evil), "cafe0123"));
    CHECK(has(page, "&lt;script&gt;"));
    for (const char* id :
         {"warnings", "accepted", "stress", "rollout", "rollback", "differences", "moved", "provenance"})
        CHECK_MESSAGE(has(page, std::string("<section id=\"") + id + "\""), id);
    for (const char* part :
         {"cafe0123", "limit +1 s", "limit +50 %", "+25 %", "OVERRIDE", "seen in staging", "surge",
          "would be met", "No longer promised", "the run is too short for it", "Not in both", "drop column",
          "from the failure until it is well again", "stops the change as it is in less than 10%", "+41 s",
          "6 measures in both: 1 the same to the last digit", "digest of candidate"})
        CHECK_MESSAGE(has(page, part), part);
    // Four entries, four under the stress, three candidates of each of two rollouts.
    CHECK(count(page, "<div class=\"card is-") == 14);
}

TEST_CASE("the page of a rehearsal that nothing is known of") {
    const studies::RehearsalResult all = tests::sample_rehearsal("shop");
    studies::RehearsalResult none;
    none.runs = all.runs;
    none.interrupted = true;
    check_page(reports::html_rehearsal(none, ""));
    none.accepted = all.accepted;
    const std::string page = reports::html_rehearsal(none, "");
    check_page(page);
    CHECK(has(page, "Interrupted before it was rehearsed."));
}

TEST_CASE("bars of a column have one scale, which one that is far off does not squeeze") {
    reports::SignedAxis axis;
    for (const double value : {-0.1, 0.2, 0.1, 0.1, 50.0}) axis.take({value, std::nullopt, std::nullopt});
    CHECK(axis.low() == -0.1);
    CHECK(axis.high() == doctest::Approx(0.8));
    CHECK(has(reports::html_signed_bar({50.0, {}, {}}, axis, "moved"), "class=\"on\""));
    CHECK_FALSE(has(reports::html_signed_bar({0.2, 0.1, 0.3}, axis, "moved"), "class=\"on\""));
    CHECK(reports::html_signed_bar({}, axis, "moved").empty());
    CHECK(reports::html_signed_bar({1.0, {}, {}}, reports::SignedAxis(), "moved").empty());
}
