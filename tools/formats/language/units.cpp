#include "tools/formats/language/units.h"

#include <array>
#include <utility>

namespace understudy::formats {

namespace {

constexpr std::array<Unit, 8> times{{{"ns", 1, 0, true},
                                     {"us", 1, 3, true},
                                     {"ms", 1, 6, true},
                                     {"s", 1, 9, true},
                                     {"min", 60, 9, true},
                                     {"h", 3600, 9, true},
                                     {"d", 86400, 9, true},
                                     {"w", 604800, 9, true}}};

constexpr std::array<Unit, 19> sizes{{{"B", 1, 0, true},
                                      {"kB", 1, 3, true},
                                      {"MB", 1, 6, true},
                                      {"GB", 1, 9, true},
                                      {"TB", 1, 12, true},
                                      {"PB", 1, 15, true},
                                      {"KiB", 1ULL << 10, 0, true},
                                      {"MiB", 1ULL << 20, 0, true},
                                      {"GiB", 1ULL << 30, 0, true},
                                      {"TiB", 1ULL << 40, 0, true},
                                      {"PiB", 1ULL << 50, 0, true},
                                      {"Ki", 1ULL << 10, 0, false},
                                      {"Mi", 1ULL << 20, 0, false},
                                      {"Gi", 1ULL << 30, 0, false},
                                      {"Ti", 1ULL << 40, 0, false},
                                      {"bit", 125, -3, false},
                                      {"kbit", 125, 0, false},
                                      {"Mbit", 125, 3, false},
                                      {"Gbit", 125, 6, false}}};

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array meant{
    Pair{"m", "min"},     Pair{"mins", "min"}, Pair{"minute", "min"}, Pair{"minutes", "min"},
    Pair{"M", "min"},     Pair{"sec", "s"},    Pair{"secs", "s"},     Pair{"second", "s"},
    Pair{"seconds", "s"}, Pair{"S", "s"},      Pair{"hr", "h"},       Pair{"hrs", "h"},
    Pair{"hour", "h"},    Pair{"hours", "h"},  Pair{"H", "h"},        Pair{"day", "d"},
    Pair{"days", "d"},    Pair{"D", "d"},      Pair{"week", "w"},     Pair{"weeks", "w"},
    Pair{"W", "w"},       Pair{"msec", "ms"},  Pair{"millis", "ms"},  Pair{"usec", "us"},
    Pair{"µs", "us"},     Pair{"μs", "us"},    Pair{"nsec", "ns"},    Pair{"milliseconds", "ms"}};

constexpr std::array hints{
    Pair{"m", "minutes are 'min'"},
    Pair{"M", "minutes are 'min', sizes are 'MB' or 'MiB'"},
    Pair{"G", "write 'GB' (1000^3 bytes) or 'GiB' (1024^3 bytes)"},
    Pair{"g", "write 'GB' (1000^3 bytes) or 'GiB' (1024^3 bytes)"},
    Pair{"T", "write 'TB' (1000^4 bytes) or 'TiB' (1024^4 bytes)"},
    Pair{"K", "write 'kB' (1000 bytes) or 'KiB' (1024 bytes)"},
    Pair{"k", "write the number in full, or 'kB' (1000 bytes) or 'KiB' (1024 bytes) for a size"},
    Pair{"KB", "write 'kB' (1000 bytes) or 'KiB' (1024 bytes)"},
    Pair{"kb", "write 'kB' (1000 bytes) or 'kbit'"},
    Pair{"Kb", "write 'kB' (1000 bytes) or 'kbit'"},
    Pair{"mb", "write 'MB' (1000^2 bytes), 'MiB' (1024^2 bytes) or 'Mbit'"},
    Pair{"Mb", "write 'MB' (1000^2 bytes), 'MiB' (1024^2 bytes) or 'Mbit'"},
    Pair{"gb", "write 'GB' (1000^3 bytes), 'GiB' (1024^3 bytes) or 'Gbit'"},
    Pair{"Gb", "write 'GB' (1000^3 bytes), 'GiB' (1024^3 bytes) or 'Gbit'"},
    Pair{"b", "bytes are 'B', bits are 'bit'"},
    Pair{"bytes", "bytes are 'B'"},
    Pair{"rps", "write the rate per time, such as '50/s'"},
    Pair{"qps", "write the rate per time, such as '50/s'"},
    Pair{"mo", "months have no fixed length; write days, such as '30d'"},
    Pair{"y", "years have no fixed length; write days, such as '365d'"},
    Pair{"year", "years have no fixed length; write days, such as '365d'"},
    Pair{"years", "years have no fixed length; write days, such as '365d'"},
    Pair{"X", "a factor is written with a small x, such as '1.5x'"},
    Pair{"percent", "write '%'"},
    Pair{"pct", "write '%'"}};

template <class Units>
const Unit* find(const Units& units, std::string_view name) {
    for (const Unit& unit : units)
        if (unit.name == name) return &unit;
    return nullptr;
}

}  // namespace

std::span<const Unit> time_units() { return times; }
std::span<const Unit> size_units() { return sizes; }
const Unit* time_unit(std::string_view name) { return find(times, name); }
const Unit* size_unit(std::string_view name) { return find(sizes, name); }

std::string_view unit_hint(std::string_view unit) {
    for (const auto& [word, hint] : hints)
        if (word == unit) return hint;
    return {};
}

std::string_view time_unit_meant(std::string_view unit) {
    for (const auto& [word, ours] : meant)
        if (word == unit) return ours;
    return {};
}

}  // namespace understudy::formats
