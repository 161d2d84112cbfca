// Promised: versions are called by number, tag, content or as the latest; what is none is refused with a hint.
#include "tools/formats/store/version_name.h"

#include <doctest/doctest.h>

#include "tools/formats/language/fault.h"

using namespace understudy::formats;
using By = VersionName::By;

namespace {

std::string refusal(const std::string& text) {
    try {
        read_version_name(text);
    } catch (const Fault& fault) {
        return std::string(fault.what()) + "; " + fault.hint;
    }
    return "";
}

}  // namespace

TEST_CASE("a version is called by number, tag, content, or as the latest") {
    CHECK(read_version_name("orders").by == By::latest);
    CHECK(read_version_name("orders@latest").by == By::latest);
    CHECK(read_version_name("eu/orders@41").twin == "eu/orders");
    CHECK(read_version_name("orders@41").number == 41);
    CHECK(read_version_name("orders@v1.2").text == "v1.2");
    CHECK(read_version_name("orders@v1.2").by == By::tag);
    const VersionName content = read_version_name("orders@sha256:0123abcd");
    CHECK(content.by == By::content);
    CHECK(content.text == "0123abcd");
    CHECK(version_text("orders", 41) == "orders@41");
}

TEST_CASE("what is no name of a version is refused") {
    const std::string such = "such as orders@41, orders@latest, orders@prod or orders@sha256:1f0c93ab";
    CHECK(refusal("orders@") == "no version is named after '@'; " + such);
    CHECK(refusal("orders@0") == "'0' is no version; " + such);
    CHECK(refusal("orders@041") == "'041' is no version; " + such);
    CHECK(refusal("orders@4x") == "'4x' is no version; " + such);
    CHECK(refusal("orders@99999999999999999999") == "'99999999999999999999' is no version; " + such);
    CHECK(
        refusal("4orders@1") ==
        "'4orders' cannot be a twin's name; use letters, digits, '_', '-' and '/', and begin with a letter");
    CHECK(refusal("orders@sha256:0123abc") ==
          "'0123abc' is no beginning of a SHA-256; 8 to 64 of 0-9 and a-f");
    CHECK(refusal("orders@sha256:0123ABCD") ==
          "'0123ABCD' is no beginning of a SHA-256; 8 to 64 of 0-9 and a-f");
    CHECK(refusal("orders@a b") ==
          "'a b' cannot be a tag; use letters, digits, '_', '-' and '.', and begin with a letter");
    CHECK_THROWS_AS(require_tag_name("latest"), Fault);
}
