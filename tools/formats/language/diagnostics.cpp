#include "tools/formats/language/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "tools/formats/printable.h"

namespace understudy::formats {

namespace {

auto order(const Diagnostic& d) {
    return std::tuple(d.place.source, d.place.line, d.place.column, d.severity, std::string_view(d.message));
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// One message must not fill a screen.
std::string short_line(std::string_view text) {
    std::string result = printable(text);
    if (result.size() > 400) {
        std::size_t end = 400;
        while (end > 0 && (static_cast<unsigned char>(result[end]) & 0xC0) == 0x80) --end;
        result = result.substr(0, end) + "...";
    }
    return result;
}

}  // namespace

Diagnostics::Diagnostics(std::string file, std::string_view text) : file_(std::move(file)) {
    add_file(file_, text);
}

int Diagnostics::add_source(std::string shown) {
    sources_.push_back({std::move(shown), false, false, {}});
    return static_cast<int>(sources_.size()) - 1;
}

int Diagnostics::add_file(std::string file, std::string_view text) {
    const int source = add_text(std::move(file), text);
    sources_.back().is_file = !sources_.back().shown.empty();
    return source;
}

int Diagnostics::add_text(std::string shown, std::string_view text) {
    Source source{std::move(shown), true, false, {}};
    if (!is_ascii(text))
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            const std::string_view line = text.substr(0, end);
            source.lines.emplace_back(is_ascii(line) ? std::string_view() : line);
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    sources_.push_back(std::move(source));
    return static_cast<int>(sources_.size()) - 1;
}

std::vector<std::string> Diagnostics::files() const {
    std::vector<std::string> all;
    for (const Source& source : sources_)
        if (source.is_file) all.push_back(source.shown);
    return all;
}

void Diagnostics::error(Place place, std::string message, std::string hint) {
    ++errors_;
    add({Diagnostic::Severity::error, place, std::move(message), std::move(hint)});
}

void Diagnostics::warning(Place place, std::string message, std::string hint) {
    add({Diagnostic::Severity::warning, place, std::move(message), std::move(hint)});
}

void Diagnostics::add(Diagnostic diagnostic) {
    // Ten times the limit is kept so that the first hundred by place are those shown.
    if (kept_.size() >= 10 * limit) {
        ++dropped_;
        return;
    }
    diagnostic.message = short_line(diagnostic.message);
    diagnostic.hint = short_line(diagnostic.hint);
    kept_.push_back(std::move(diagnostic));
}

std::vector<Diagnostic> Diagnostics::all() const {
    std::vector<Diagnostic> result = kept_;
    std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return order(a) < order(b); });
    const auto same = [](const auto& a, const auto& b) { return order(a) == order(b); };
    result.erase(std::unique(result.begin(), result.end(), same), result.end());
    return result;
}

std::string Diagnostics::show(const Place& place) const {
    const Source& source = sources_.at(static_cast<std::size_t>(place.source));
    std::string where = source.shown;
    if (source.has_lines && place.line > 0) {
        int column = place.column;
        const auto line = static_cast<std::size_t>(place.line - 1);
        if (line < source.lines.size() && !source.lines[line].empty()) {
            const std::string_view before = std::string_view(source.lines[line])
                                                .substr(0, static_cast<std::size_t>(std::max(column - 1, 0)));
            for (const char c : before)
                if ((static_cast<unsigned char>(c) & 0xC0) == 0x80) --column;
        }
        where = fmt::format("{}:{}:{}", source.shown, place.line, column);
    }
    return where;
}

std::string Diagnostics::show(const Diagnostic& d) const {
    std::string text =
        fmt::format("{}: {}: {}", show(d.place),
                    d.severity == Diagnostic::Severity::error ? "error" : "warning", d.message);
    if (!d.hint.empty()) text += "; " + d.hint;
    return text;
}

std::string Diagnostics::show() const {
    std::string text;
    const auto diagnostics = all();
    std::size_t shown = 0;
    for (const Diagnostic& d : diagnostics) {
        if (shown == limit) break;
        text += show(d) + "\n";
        ++shown;
    }
    const std::size_t more = diagnostics.size() - shown + dropped_;
    if (more > 0) text += fmt::format("{}: and {} more\n", file_, more);
    return text;
}

}  // namespace understudy::formats
