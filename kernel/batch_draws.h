// Draws for many addresses at once, several in each instruction where the processor can.
//
// Contract: every function gives exactly the bytes that one call after another of the scalar function it names
// gives, with whichever instructions it is computed: only + - * and operations on bits, in the same order for each
// value, never contracted. tests/kernel/batch_draws.cpp compares them on whatever the machine can do.
//
// Arrays must not overlap unless they are the same; any length, also none. Pure functions, thread-safe.
#pragma once

#include <cstdint>
#include <span>

#include "kernel/random.h"

namespace understudy::kernel {

/// Instruction sets: 2, 4 or 8 values at a time.
enum class VectorUnit : std::uint8_t { baseline, avx2, avx512 };
/// Whether this processor has it.
bool has(VectorUnit unit);
/// The widest that this processor has.
VectorUnit widest_vector_unit();

/// out[i] = mix_bits(start + i * step).
void mix_progression(std::uint64_t start, std::uint64_t step, std::span<std::uint64_t> out,
                     VectorUnit unit = widest_vector_unit());

/// out[i] = keyed_uniform(key, items[i], attempt); as many as items.
void keyed_uniforms(StreamKey key, std::span<const std::uint64_t> items, std::uint64_t attempt,
                    std::span<double> out, VectorUnit unit = widest_vector_unit());

/// Each value u of (0, 1) becomes -mean * exact::log(1.0 - u), an exponential draw.
void make_exponential(double mean, std::span<double> values, VectorUnit unit = widest_vector_unit());

}  // namespace understudy::kernel
