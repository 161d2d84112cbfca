#include "tools/reports/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace understudy::reports {

namespace {

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// The code point that begins at `at` ends before this.
std::size_t next_code_point(std::string_view text, std::size_t at) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
    return at;
}

HumanUnit time_unit(double largest) {
    if (largest == 0) return {1, " s"};
    if (largest < 1e-6) return {1e9, " ns"};
    if (largest < 1e-3) return {1e6, " µs"};
    if (largest < 1) return {1e3, " ms"};
    if (largest < 100) return {1, " s"};
    if (largest < 5400) return {1.0 / 60, " min"};
    if (largest < 2 * 86400 && largest != 86400) return {1.0 / 3600, " h"};
    return {1.0 / 86400, " d"};
}

HumanUnit size_unit(double largest) {
    static constexpr const char* names[] = {" B", " KiB", " MiB", " GiB", " TiB", " PiB"};
    double factor = 1;
    std::size_t step = 0;
    while (largest * factor >= 1024 && step + 1 < std::size(names)) {
        factor /= 1024;
        ++step;
    }
    return {factor, names[step]};
}

}  // namespace

HumanUnit human_unit(double largest, std::string_view unit) {
    largest = std::abs(largest);
    if (!std::isfinite(largest)) largest = 0;
    if (unit == "s") return time_unit(largest);
    if (unit == "bytes") return size_unit(largest);
    if (unit == "fraction") return {100, " %"};
    if (ends_with(unit, "/s")) {
        const std::string_view of = unit.substr(0, unit.size() - 2);
        if (of == "bytes") {
            HumanUnit size = size_unit(largest);
            size.suffix += "/s";
            return size;
        }
        const std::string prefix = fmt::format(" {}", of);
        if (largest >= 1 || largest == 0) return {1, prefix + "/s"};
        if (largest * 3600 >= 0.1) return {3600, prefix + "/h"};
        return {86400, prefix + "/d"};
    }
    return {1, unit.empty() ? "" : fmt::format(" {}", unit)};
}

HumanUnit shared_unit(std::span<const std::optional<double>> values, std::string_view unit) {
    double largest = 0;
    for (const std::optional<double>& value : values)
        if (value && std::isfinite(*value)) largest = std::max(largest, std::abs(*value));
    return human_unit(largest, unit);
}

HumanUnit shared_unit(std::initializer_list<std::optional<double>> values, std::string_view unit) {
    return shared_unit(std::span(values.begin(), values.size()), unit);
}

UnitsBeside units_beside(std::optional<double> first, std::optional<double> second, std::string_view unit) {
    constexpr double apart = 1000;
    const auto size = [](const std::optional<double>& value) {
        return value && std::isfinite(*value) ? std::abs(*value) : 0;
    };
    const double one = size(first), other = size(second);
    if (one > 0 && other > 0 && std::max(one, other) > apart * std::min(one, other)) {
        UnitsBeside units{human_unit(one, unit), human_unit(other, unit)};
        units.same = units.first.suffix == units.second.suffix;
        return units;
    }
    const HumanUnit shared = shared_unit({first, second}, unit);
    return {shared, shared};
}

std::string human_in(const HumanUnit& shown, std::optional<double> value, int digits) {
    if (!value) return "-";
    if (!std::isfinite(*value)) return human_number(*value, digits);
    return human_number(*value * shown.factor, digits) + shown.suffix;
}

std::string human_number(double value, int digits) {
    if (std::isnan(value)) return "?";
    if (std::isinf(value)) return value > 0 ? "unlimited" : "-unlimited";
    if (value == 0) return "0";
    double size = std::abs(value);
    const char* suffix = "";
    for (const auto& [from, letter] : {std::pair{1e12, "T"}, std::pair{1e9, "G"}, std::pair{1e6, "M"}}) {
        if (size < from * (1 - 5e-7)) continue;
        value /= from;
        size /= from;
        suffix = letter;
        break;
    }
    if (size < 1e-4 || size >= 1e6) return fmt::format("{:.{}g}{}", value, digits, suffix);
    const int decimals = std::clamp(digits - 1 - static_cast<int>(std::floor(std::log10(size))), 0, 12);
    std::string text = fmt::format("{:.{}f}", value, decimals);
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.') text.pop_back();
    }
    if (text == "-0") text = "0";
    return text + suffix;
}

std::string human(double value, std::string_view unit, int digits) {
    if (!std::isfinite(value)) return human_number(value, digits);
    const HumanUnit shown = human_unit(value, unit);
    return human_number(value * shown.factor, digits) + shown.suffix;
}

std::string human(std::optional<double> value, std::string_view unit, int digits) {
    return value ? human(*value, unit, digits) : "-";
}

int text_width(std::string_view text) {
    int width = 0;
    for (std::size_t at = 0; at < text.size(); at = next_code_point(text, at)) {
        if (text[at] == '\033')
            at = std::min(text.find('m', at), text.size() - 1);
        else
            ++width;
    }
    return width;
}

std::string shorten(std::string_view text, int width) {
    const int length = text_width(text);
    if (length <= width) return std::string(text);
    if (width <= 3) return std::string(static_cast<std::size_t>(std::max(width, 0)), '.');
    const int front = (width - 3 + 1) / 2, back = width - 3 - front;
    std::size_t front_end = 0, back_begin = 0;
    for (int i = 0; i < front; ++i) front_end = next_code_point(text, front_end);
    for (int i = 0; i < length - back; ++i) back_begin = next_code_point(text, back_begin);
    return std::string(text.substr(0, front_end)) + "..." + std::string(text.substr(back_begin));
}

std::pair<std::string, std::string> shorten_apart(std::string_view a, std::string_view b, int width) {
    std::pair<std::string, std::string> both{shorten(a, width), shorten(b, width)};
    if (both.first != both.second || a == b) return both;
    // As much of what is the same as leaves room for as much of what is not.
    std::vector<std::size_t> begins;
    std::size_t at = 0;
    while (at < a.size() && at < b.size()) {
        const std::size_t next = next_code_point(a, at);
        if (a.substr(at, next - at) != b.substr(at, next - at)) break;
        begins.push_back(at);
        at = next;
    }
    const std::size_t before = static_cast<std::size_t>(std::max(0, (width - 6) / 2));
    const std::size_t begin = begins.size() <= before ? 0 : begins[begins.size() - before];
    const auto cut = [&](std::string_view text) {
        text.remove_prefix(begin);
        std::string shown = begin == 0 ? "" : "...";
        const int room = width - text_width(shown);
        if (text_width(text) <= room) return shown + std::string(text);
        std::size_t end = 0;
        for (int i = 0; i < room - 3; ++i) end = next_code_point(text, end);
        return shown + std::string(text.substr(0, end)) + "...";
    };
    return {cut(a), cut(b)};
}

}  // namespace understudy::reports
