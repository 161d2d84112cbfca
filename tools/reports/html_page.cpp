#include "tools/reports/html_page.h"

#include <fmt/format.h>

#include "report_assets.h"

namespace understudy::reports {

std::string escape_html(std::string_view text) {
    std::string html;
    html.reserve(text.size() + text.size() / 8);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        switch (c) {
            case '&': html += "&amp;"; continue;
            case '<': html += "&lt;"; continue;
            case '>': html += "&gt;"; continue;
            case '"': html += "&quot;"; continue;
            case '\'': html += "&#39;"; continue;
            default: break;
        }
        if (c < 0x80) {
            // Control characters are not allowed in HTML.
            html += c >= 0x20 || c == '\n' || c == '\t' ? text.substr(i, 1) : std::string_view(" ");
            continue;
        }
        const std::size_t length = c >= 0xf0 && c < 0xf5 ? 4 : (c >= 0xe0 ? 3 : 2);
        bool good = c >= 0xc2 && c < 0xf5 && i + length <= text.size();
        for (std::size_t k = 1; good && k < length; ++k) {
            good = (static_cast<unsigned char>(text[i + k]) & 0xc0) == 0x80;
        }
        if (!good) {
            html += "\xef\xbf\xbd";
            continue;
        }
        html += text.substr(i, length);
        i += length - 1;
    }
    return html;
}

std::string safe_script(std::string_view script) {
    std::string safe;
    safe.reserve(script.size());
    for (std::size_t i = 0; i < script.size(); ++i) {
        safe += script[i];
        if (script[i] == '<' && i + 1 < script.size() && (script[i + 1] == '/' || script[i + 1] == '!')) {
            // "</script" and "<!--" both change how a browser reads the rest.
            const std::string_view rest = script.substr(i + 1, 7);
            std::string lower;
            for (const char c : rest) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
            if (lower.rfind("/script", 0) == 0 || lower.rfind("!--", 0) == 0) safe += '\\';
        }
    }
    return safe;
}

std::string html_warnings(const std::vector<std::string>& texts) {
    if (texts.empty()) return "";
    std::string html = "<section id=\"warnings\"><h2>Warnings</h2>\n<ul class=\"warnings\">\n";
    constexpr std::size_t most = 100;
    for (std::size_t i = 0; i < texts.size() && i < most; ++i)
        html += fmt::format("<li>{}</li>\n", escape_html(texts[i]));
    html += "</ul>\n";
    if (texts.size() > most) html += fmt::format("<p class=\"soft\">and {} more</p>\n", texts.size() - most);
    return html + "</section>\n";
}

std::string html_entries(const std::vector<HtmlEntry>& entries) {
    std::string html = "<dl>";
    for (const HtmlEntry& entry : entries)
        if (!entry.value.empty())
            html +=
                fmt::format("<dt>{}</dt><dd class=\"mono\">{}</dd>", entry.name, escape_html(entry.value));
    return html + "</dl>\n";
}

std::string html_page(const HtmlPage& page) {
    std::string html = fmt::format(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, "
        "initial-scale=1\">\n<title>{}</title>\n<style>\n",
        escape_html(page.title));
    html += page.styles;
    html += assets::report_css;
    html += "</style></head>\n<body><main>\n" + page.header + "<nav>";
    for (const HtmlSection& section : page.sections)
        if (!section.html.empty()) html += fmt::format("<a href=\"#{}\">{}</a>", section.id, section.name);
    html += "</nav>\n";
    for (const HtmlSection& section : page.sections) html += section.html;
    return html + fmt::format("<footer>{}</footer>\n</main>\n", escape_html(page.footer)) + page.scripts +
           "</body></html>\n";
}

}  // namespace understudy::reports
