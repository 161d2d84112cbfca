// Promised: a list in a message names the first so many, in order, and counts those that are left. Shown: of none, of as many as
// are named, of one more; of what has another text, and with what they are.
#include "models/listed.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

using understudy::models::and_more;
using understudy::models::listed;

TEST_CASE("a list names the first and counts the rest") {
    const std::vector<std::string> names = {"c", "a", "b"};
    CHECK(listed(std::vector<std::string>{}, 2) == "");
    CHECK(listed(names, 3) == "c, a, b");
    CHECK(listed(names, 2) == "c, a and 1 more");
    CHECK(listed(names, 1, "jobs") == "c and 2 more jobs");
    CHECK(listed(std::set<std::string>(names.begin(), names.end()), 2) == "a, b and 1 more");
    const std::vector<std::pair<std::string, int>> counted = {{"load", 4}, {"scan", 2}};
    CHECK(listed(counted, 1, "", [](const auto& one) {
              return one.first + " (" + std::to_string(one.second) + ")";
          }) == "load (4) and 1 more");
    CHECK(and_more(0) == "");
    CHECK(and_more(7) == " and 7 more");
}
