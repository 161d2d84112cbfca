// Decimal numbers as written, without loss: `0.1s` has to be 100000000 ns, not what a double makes of 0.1.
//
// A value is digits times a power of ten; multiplication by a whole unit and addition are exact, and rounding
// happens once, at the end, into a double (correctly rounded) or a whole number. Never negative. Values;
// thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace understudy::formats {

class Decimal {
public:
    Decimal() = default;
    explicit Decimal(std::uint64_t whole);

    /// Length of the number at the start of `text` (`12`, `0.5`, `1e-9`), 0 if there is none. An `e` is an
    /// exponent only if digits follow.
    static std::size_t length_at(std::string_view text);
    /// `text` must be a number as `length_at` finds it. Nothing if its exponent is beyond +-400.
    static std::optional<Decimal> read(std::string_view text);
    /// The shortest decimal that reads back as `value`, which must be finite and not negative.
    static Decimal shortest(double value);

    /// `factor` is below 2^60.
    Decimal times(std::uint64_t factor) const;
    Decimal shifted(int powers_of_ten) const;
    Decimal plus(const Decimal& other) const;

    bool is_zero() const { return digits_.empty(); }
    bool is_whole() const { return exponent_ >= 0 || is_zero(); }
    double to_double() const;
    /// Rounded to the nearest whole number, ties away from zero; nothing from 2^63 on.
    std::optional<std::int64_t> to_integer() const;
    /// Without exponent: "0.0004", "1500000".
    std::string text() const;

private:
    void normalise();

    std::string digits_;  // no leading, no trailing zeros; empty is 0
    int exponent_ = 0;
};

}  // namespace understudy::formats
