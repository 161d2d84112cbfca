#include "tools/formats/language/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "tools/formats/letters.h"

namespace understudy::formats {

namespace {

std::size_t digits_at(std::string_view text, std::size_t from) {
    std::size_t end = from;
    while (end < text.size() && is_digit(text[end])) ++end;
    return end - from;
}

}  // namespace

Decimal::Decimal(std::uint64_t whole) : digits_(std::to_string(whole)) { normalise(); }

std::size_t Decimal::length_at(std::string_view text) {
    std::size_t length = digits_at(text, 0);
    if (length == 0) return 0;
    if (length < text.size() && text[length] == '.') {
        const std::size_t fraction = digits_at(text, length + 1);
        if (fraction > 0) length += 1 + fraction;
    }
    if (length < text.size() && (text[length] == 'e' || text[length] == 'E')) {
        std::size_t exponent = length + 1;
        if (exponent < text.size() && (text[exponent] == '-' || text[exponent] == '+')) ++exponent;
        const std::size_t count = digits_at(text, exponent);
        if (count > 0) length = exponent + count;
    }
    return length;
}

std::optional<Decimal> Decimal::read(std::string_view text) {
    Decimal result;
    std::size_t i = 0;
    bool fraction = false;
    for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
        if (text[i] == '.') {
            fraction = true;
            continue;
        }
        result.digits_ += text[i];
        if (fraction) --result.exponent_;
    }
    if (i < text.size()) {
        ++i;
        if (text[i] == '+') ++i;
        int exponent = 0;
        const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), exponent);
        if (error != std::errc() || exponent > 400 || exponent < -400) return std::nullopt;
        result.exponent_ += exponent;
    }
    result.normalise();
    return result;
}

Decimal Decimal::shortest(double value) {
    std::array<char, 40> buffer{};
    const auto [end, error] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
    return read(std::string_view(buffer.data(), static_cast<std::size_t>(end - buffer.data())))
        .value_or(Decimal());
}

Decimal Decimal::times(std::uint64_t factor) const {
    Decimal result;
    result.exponent_ = exponent_;
    std::uint64_t carry = 0;
    for (std::size_t i = digits_.size(); i-- > 0;) {
        carry += static_cast<std::uint64_t>(digits_[i] - '0') * factor;
        result.digits_ += static_cast<char>('0' + static_cast<int>(carry % 10));
        carry /= 10;
    }
    for (; carry > 0; carry /= 10) result.digits_ += static_cast<char>('0' + static_cast<int>(carry % 10));
    std::reverse(result.digits_.begin(), result.digits_.end());
    result.normalise();
    return result;
}

Decimal Decimal::shifted(int powers_of_ten) const {
    Decimal result = *this;
    if (!result.is_zero()) result.exponent_ += powers_of_ten;
    return result;
}

Decimal Decimal::plus(const Decimal& other) const {
    if (is_zero()) return other;
    if (other.is_zero()) return *this;
    Decimal result;
    result.exponent_ = std::min(exponent_, other.exponent_);
    // Bounded: exponents lie within +-400 plus the length of what was written.
    const auto aligned = [&](const Decimal& d) {
        return d.digits_ + std::string(static_cast<std::size_t>(d.exponent_ - result.exponent_), '0');
    };
    std::string a = aligned(*this), b = aligned(other);
    if (a.size() < b.size()) std::swap(a, b);
    b.insert(0, a.size() - b.size(), '0');
    int carry = 0;
    for (std::size_t i = a.size(); i-- > 0;) {
        const int sum = (a[i] - '0') + (b[i] - '0') + carry;
        a[i] = static_cast<char>('0' + sum % 10);
        carry = sum / 10;
    }
    result.digits_ = (carry > 0 ? "1" : "") + a;
    result.normalise();
    return result;
}

double Decimal::to_double() const {
    if (is_zero()) return 0;
    const std::string text = digits_ + "e" + std::to_string(exponent_);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range)
        return exponent_ > 0 ? std::numeric_limits<double>::infinity() : 0.0;
    return value;
}

std::optional<std::int64_t> Decimal::to_integer() const {
    if (is_zero()) return 0;
    const int whole_digits = static_cast<int>(digits_.size()) + exponent_;
    if (whole_digits > 19) return std::nullopt;
    if (whole_digits < 0) return 0;
    std::string whole = digits_.substr(
        0, static_cast<std::size_t>(std::min<int>(whole_digits, static_cast<int>(digits_.size()))));
    const bool up = static_cast<std::size_t>(whole_digits) < digits_.size() &&
                    digits_[static_cast<std::size_t>(whole_digits)] >= '5';
    whole.append(static_cast<std::size_t>(whole_digits) - whole.size(), '0');
    std::uint64_t value = 0;
    if (!whole.empty()) {
        const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), value);
        if (error != std::errc()) return std::nullopt;
    }
    if (up) ++value;
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::int64_t>(value);
}

std::string Decimal::text() const {
    if (is_zero()) return "0";
    if (exponent_ >= 0) return digits_ + std::string(static_cast<std::size_t>(exponent_), '0');
    const auto places = static_cast<std::size_t>(-exponent_);
    if (digits_.size() > places)
        return digits_.substr(0, digits_.size() - places) + "." + digits_.substr(digits_.size() - places);
    return "0." + std::string(places - digits_.size(), '0') + digits_;
}

void Decimal::normalise() {
    const std::size_t first = digits_.find_first_not_of('0');
    if (first == std::string::npos) {
        digits_.clear();
        exponent_ = 0;
        return;
    }
    digits_.erase(0, first);
    while (digits_.back() == '0') {
        digits_.pop_back();
        ++exponent_;
    }
}

}  // namespace understudy::formats
