// Promised: a path tells of what of which element it is. Shown: one path of each.
#include "tools/studies/input_path.h"

#include <doctest/doctest.h>

using namespace understudy;
using studies::input_path;

TEST_CASE("paths of fitted inputs") {
    const auto is = [](std::string_view path, std::string_view of, std::string_view key, std::size_t number) {
        const studies::InputPath at = input_path(path);
        CAPTURE(path);
        CHECK(at.of == of);
        CHECK(at.key == key);
        CHECK(at.number == number);
    };
    is("scan.service", "scan", "service", 0);
    is("nightly.build.failure", "nightly.build", "failure", 0);
    is("scan.retry.backoff", "scan", "retry.backoff", 0);
    is("nightly.build.retry.backoff.12", "nightly.build", "retry.backoff", 12);
    is("sheets.items", "sheets", "items", 0);
    is("sheets_day", "sheets_day", "", 0);
    // Of numbers only pauses have several.
    is("scan.service.2", "scan.service.2", "", 0);
    is("scan.retry.backoff.0", "scan.retry.backoff.0", "", 0);
    is("scan.retry.backoff.99999999999999999999999", "scan.retry.backoff.99999999999999999999999", "", 0);
    is(".service", ".service", "", 0);
    is("service", "service", "", 0);
}

TEST_CASE("pauses of one law, and of one for each try") {
    models::Work work;
    const auto law = [&](std::string_view path) { return studies::law_of_work(work, input_path(path)); };
    CHECK(law("a.retry.backoff") == nullptr);
    work.retry.backoff.resize(1);
    CHECK(law("a.retry.backoff") == &work.retry.backoff[0]);
    work.retry.backoff.resize(2);
    CHECK(law("a.retry.backoff") == nullptr);
    CHECK(law("a.retry.backoff.2") == &work.retry.backoff[1]);
    CHECK(law("a.retry.backoff.3") == nullptr);
    work.retry.first = kernel::second;
    CHECK(law("a.retry.backoff.2") == nullptr);
}
