#include "tools/reports/configuration_report.h"

#include <algorithm>

#include "tools/formats/printable.h"
#include "tools/reports/table.h"

namespace understudy::reports {

namespace {

constexpr std::size_t widest_value = 44, least_of_origin = 24;

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::string short_value(const std::string& value) {
    std::string text = formats::printable(value);
    if (text.size() <= widest_value) return text;
    std::size_t end = widest_value - 3;
    while (end > 0 && continues(text[end])) --end;
    return text.substr(0, end) + "...";
}

/// The end of a place says most.
std::string short_origin(const std::string& origin, std::size_t most) {
    std::string text = formats::printable(origin);
    if (text.size() <= most) return text;
    std::size_t begin = text.size() - most + 3;
    while (begin < text.size() && continues(text[begin])) ++begin;
    return "..." + text.substr(begin);
}

}  // namespace

std::string configuration_report(const std::vector<formats::Setting>& settings, int width) {
    if (settings.empty()) return "nothing is set\n";
    std::vector<std::vector<std::string>> rows = {{"path", "value", "origin"}};
    std::size_t path = 0, value = 0;
    for (const formats::Setting& setting : settings) {
        rows.push_back({setting.path, short_value(setting.value), ""});
        path = std::max(path, rows.back()[0].size());
        value = std::max(value, rows.back()[1].size());
    }
    const auto all = static_cast<std::size_t>(std::max(width, 0));
    const std::size_t left = std::max(least_of_origin, all - std::min(all, path + value + 6));
    for (std::size_t i = 0; i < settings.size(); ++i)
        rows[i + 1][2] = settings[i].origin.empty() ? "default" : short_origin(settings[i].origin, left);
    return table(rows, width);
}

}  // namespace understudy::reports
