// Promised: an array in large pages holds what any other does, small or large, copied and moved; large ones begin at a
// page of 2 MiB.
#include "kernel/large_pages.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

using namespace understudy::kernel;

TEST_CASE("arrays in large pages hold what they are given while they grow, are copied and moved") {
    using Array = std::vector<std::uint64_t, LargePages<std::uint64_t>>;
    Array array;
    for (std::uint64_t i = 0; i < 1'500'000; ++i) array.push_back(i * i);
    Array copy = array;
    copy.front() = 1;
    const Array moved = std::move(array);
    CHECK(moved.front() == 0);
    bool right = true;
    for (std::uint64_t i = 1; i < moved.size(); ++i) right = right && moved[i] == i * i && copy[i] == i * i;
    CHECK(right);
    CHECK(reinterpret_cast<std::uintptr_t>(moved.data()) % (std::uintptr_t{2} << 20) == 0);
    CHECK(reinterpret_cast<std::uintptr_t>(copy.data()) % (std::uintptr_t{2} << 20) == 0);
}

TEST_CASE("small arrays and rows with an alignment of their own") {
    struct alignas(64) Row {
        std::uint32_t number = 0;
    };
    for (const std::size_t count : {1U, 1000U, 100'000U}) {
        std::vector<Row, LargePages<Row>> rows(count);
        rows.back().number = 7;
        CHECK(reinterpret_cast<std::uintptr_t>(rows.data()) % 64 == 0);
        CHECK(rows.back().number == 7);
    }
}

TEST_CASE("what no memory can hold is refused") {
    CHECK_THROWS_AS((void)LargePages<std::uint64_t>().allocate(SIZE_MAX / 8), std::bad_alloc);
    CHECK_THROWS_AS((void)LargePages<std::uint64_t>().allocate(SIZE_MAX / 16), std::bad_alloc);
}
