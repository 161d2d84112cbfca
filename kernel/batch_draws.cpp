#include "kernel/batch_draws.h"

#include <algorithm>
#include <bit>

#include "kernel/exact_math.h"
#include "kernel/invariant.h"

namespace understudy::kernel {

namespace {

// One body for each function, compiled once for each instruction set: the compiler finds the vectors by itself.
// They are inlined into functions for more instructions than the rest of the program is compiled for.

[[gnu::always_inline]] inline void mix_body(std::uint64_t start, std::uint64_t step, std::uint64_t* out,
                                            std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) out[i] = mix_bits(start + i * step);
}

[[gnu::always_inline]] inline void uniform_body(StreamKey key, const std::uint64_t* items,
                                                std::uint64_t attempt, double* out, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) out[i] = keyed_uniform(key, items[i], attempt);
}

/// As exact::log(), in steps that each do one thing for a block of values: look-ups in the table keep the rest
/// from being done several at a time.
[[gnu::always_inline]] inline void exponential_body(double mean, double* values, std::size_t count) {
    constexpr std::size_t block = 32;
    double inverse[block], high[block], low[block];
    for (std::size_t first = 0; first < count; first += block) {
        double* const x = values + first;
        const std::size_t n = std::min(block, count - first);
        for (std::size_t i = 0; i < n; ++i) {
            x[i] = 1.0 - x[i];
            const exact::detail::LogEntry& entry =
                exact::detail::log_entry(std::bit_cast<std::uint64_t>(x[i]));
            inverse[i] = entry.inverse;
            high[i] = entry.high;
            low[i] = entry.low;
        }
        for (std::size_t i = 0; i < n; ++i)
            x[i] = -mean * exact::detail::log_of_bits(std::bit_cast<std::uint64_t>(x[i]),
                                                      {inverse[i], high[i], low[i]});
    }
}

// The product of 64-bit integers wants AVX-512DQ; VL lets the compiler choose the width.
#define UNDERSTUDY_AVX2 [[gnu::target("avx2")]]
#define UNDERSTUDY_AVX512 [[gnu::target("avx512dq,avx512vl")]]

void mix_baseline(std::uint64_t start, std::uint64_t step, std::uint64_t* out, std::size_t count) {
    mix_body(start, step, out, count);
}
UNDERSTUDY_AVX2 void mix_avx2(std::uint64_t start, std::uint64_t step, std::uint64_t* out,
                              std::size_t count) {
    mix_body(start, step, out, count);
}
UNDERSTUDY_AVX512 void mix_avx512(std::uint64_t start, std::uint64_t step, std::uint64_t* out,
                                  std::size_t count) {
    mix_body(start, step, out, count);
}

void uniform_baseline(StreamKey key, const std::uint64_t* items, std::uint64_t attempt, double* out,
                      std::size_t count) {
    uniform_body(key, items, attempt, out, count);
}
UNDERSTUDY_AVX2 void uniform_avx2(StreamKey key, const std::uint64_t* items, std::uint64_t attempt,
                                  double* out, std::size_t count) {
    uniform_body(key, items, attempt, out, count);
}
UNDERSTUDY_AVX512 void uniform_avx512(StreamKey key, const std::uint64_t* items, std::uint64_t attempt,
                                      double* out, std::size_t count) {
    uniform_body(key, items, attempt, out, count);
}

void exponential_baseline(double mean, double* values, std::size_t count) {
    exponential_body(mean, values, count);
}
UNDERSTUDY_AVX2 void exponential_avx2(double mean, double* values, std::size_t count) {
    exponential_body(mean, values, count);
}
UNDERSTUDY_AVX512 void exponential_avx512(double mean, double* values, std::size_t count) {
    exponential_body(mean, values, count);
}

VectorUnit find_widest() {
    for (const VectorUnit unit : {VectorUnit::avx512, VectorUnit::avx2})
        if (has(unit)) return unit;
    return VectorUnit::baseline;
}

}  // namespace

bool has(VectorUnit unit) {
    switch (unit) {
        case VectorUnit::avx512:
            return __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
        case VectorUnit::avx2: return __builtin_cpu_supports("avx2");
        case VectorUnit::baseline: return true;
    }
    return false;
}

VectorUnit widest_vector_unit() {
    static const VectorUnit widest = find_widest();
    return widest;
}

void mix_progression(std::uint64_t start, std::uint64_t step, std::span<std::uint64_t> out, VectorUnit unit) {
    switch (unit) {
        case VectorUnit::avx512: return mix_avx512(start, step, out.data(), out.size());
        case VectorUnit::avx2: return mix_avx2(start, step, out.data(), out.size());
        case VectorUnit::baseline: return mix_baseline(start, step, out.data(), out.size());
    }
}

void keyed_uniforms(StreamKey key, std::span<const std::uint64_t> items, std::uint64_t attempt,
                    std::span<double> out, VectorUnit unit) {
    require(items.size() == out.size(), "there is a uniform for each item");
    switch (unit) {
        case VectorUnit::avx512: return uniform_avx512(key, items.data(), attempt, out.data(), out.size());
        case VectorUnit::avx2: return uniform_avx2(key, items.data(), attempt, out.data(), out.size());
        case VectorUnit::baseline:
            return uniform_baseline(key, items.data(), attempt, out.data(), out.size());
    }
}

void make_exponential(double mean, std::span<double> values, VectorUnit unit) {
    switch (unit) {
        case VectorUnit::avx512: return exponential_avx512(mean, values.data(), values.size());
        case VectorUnit::avx2: return exponential_avx2(mean, values.data(), values.size());
        case VectorUnit::baseline: return exponential_baseline(mean, values.data(), values.size());
    }
}

}  // namespace understudy::kernel
