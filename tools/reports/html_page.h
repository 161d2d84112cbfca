// What all pages have: one HTML file that needs nothing else, its styles, its way about, warnings and origin.
// Internal to tools/reports. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace understudy::reports {

/// For text between tags and in attributes; bytes that are not UTF-8 become replacement characters.
std::string escape_html(std::string_view text);
/// A script for inside <script>: in the strings and comments of a program `<\/script` is the same as
/// `</script`.
std::string safe_script(std::string_view script);

std::string html_warnings(const std::vector<std::string>& texts);

struct HtmlEntry {
    const char* name;
    std::string value;  ///< as text; empty: the entry is left out
};
std::string html_entries(const std::vector<HtmlEntry>& entries);

struct HtmlSection {
    const char* id;
    const char* name;  ///< in the navigation
    std::string html;  ///< with its <section>; empty: there is none
};
struct HtmlPage {
    std::string title;        ///< as text
    std::string styles = {};  ///< besides those of all pages
    std::string header;
    std::vector<HtmlSection> sections;
    std::string footer;        ///< as text
    std::string scripts = {};  ///< with their <script>
};
std::string html_page(const HtmlPage& page);

}  // namespace understudy::reports
