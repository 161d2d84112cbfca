// Promised: draws for many addresses at once give the bytes of one draw after another, with every instruction set.
// Shown: lengths from none to beyond two blocks, with each instruction set that the machine has, compared bit by bit
// with the scalar functions; small and large uniforms included.
#include "kernel/batch_draws.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "kernel/distribution.h"
#include "kernel/exact_math.h"

using namespace understudy::kernel;

namespace {

std::vector<VectorUnit> units_here() {
    std::vector<VectorUnit> units;
    for (const VectorUnit unit : {VectorUnit::baseline, VectorUnit::avx2, VectorUnit::avx512})
        if (has(unit)) units.push_back(unit);
    return units;
}

std::uint64_t bits_of(double value) { return std::bit_cast<std::uint64_t>(value); }

}  // namespace

TEST_CASE("many draws at once are those of one after another") {
    const StreamKey key = stream_key(7, 1, "server", Purpose::service);
    for (const VectorUnit unit : units_here()) {
        CAPTURE(static_cast<int>(unit));
        for (std::size_t length = 0; length < 70; ++length) {
            std::vector<std::uint64_t> items(length);
            std::vector<double> draws(length);
            mix_progression(length * 0x123456789ULL, 0x9E3779B97F4A7C15ULL, items, unit);
            for (std::size_t i = 0; i < length; ++i)
                REQUIRE(items[i] == mix_bits(length * 0x123456789ULL + i * 0x9E3779B97F4A7C15ULL));
            keyed_uniforms(key, items, 1234567, draws, unit);
            for (std::size_t i = 0; i < length; ++i)
                REQUIRE(bits_of(draws[i]) == bits_of(keyed_uniform(key, items[i], 1234567)));
            const std::vector<double> uniforms = draws;
            make_exponential(0.37, draws, unit);
            for (std::size_t i = 0; i < length; ++i)
                REQUIRE(bits_of(draws[i]) == bits_of(-0.37 * exact::log(1.0 - uniforms[i])));
        }
    }
}

TEST_CASE("exponential draws at the ends of the interval and near it") {
    std::vector<double> uniforms;
    for (int i = 1; i < 53; ++i) {
        uniforms.push_back(std::ldexp(1.0, -i));
        uniforms.push_back(1.0 - std::ldexp(1.0, -i));
    }
    for (const VectorUnit unit : units_here()) {
        std::vector<double> draws = uniforms;
        make_exponential(1, draws, unit);
        for (std::size_t i = 0; i < draws.size(); ++i)
            CHECK(bits_of(draws[i]) == bits_of(-exact::log(1.0 - uniforms[i])));
    }
}

TEST_CASE("a law draws many as it draws one") {
    const Distribution laws[] = {
        Distribution::exponential(3), Distribution::constant(2), Distribution::erlang(3, 2),
        Distribution::exponential(2).truncated(1, 5),
        Distribution::mixture({1, 2}, {Distribution::constant(1), Distribution::exponential(4)})};
    for (const Distribution& law : laws) {
        std::vector<double> draws;
        for (int i = 1; i < 50; ++i) draws.push_back(i / 50.0);
        const std::vector<double> uniforms = draws;
        law.draw_each(draws);
        for (std::size_t i = 0; i < draws.size(); ++i)
            CHECK(bits_of(draws[i]) == bits_of(law.draw(uniforms[i])));
    }
}
