// Promised: every purpose has a name of its own, and what is no purpose has none. Shown: for all numbers in use.
#include "kernel/purpose_names.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace understudy::kernel;

TEST_CASE("names of purposes") {
    std::set<std::string> names;
    for (std::uint32_t number = 0; number <= static_cast<std::uint32_t>(Purpose::lane); ++number)
        names.insert(name_of(static_cast<Purpose>(number)));
    CHECK(names.size() == static_cast<std::size_t>(Purpose::lane) + 1);
    CHECK_FALSE(names.contains("unknown"));
    CHECK(std::string(name_of(Purpose::service)) == "service");
    CHECK(std::string(name_of(static_cast<Purpose>(65535))) == "unknown");
}
