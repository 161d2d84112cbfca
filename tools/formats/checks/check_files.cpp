#include "tools/formats/checks/check_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

namespace understudy::formats {

namespace {

/// For attributes and text; characters that XML 1.0 does not have are left out.
std::string xml_text(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '&': result += "&amp;"; break;
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            case '"': result += "&quot;"; break;
            case '\n': result += "&#10;"; break;
            default:
                if (static_cast<unsigned char>(c) >= 0x20) result += c;
        }
    }
    return result;
}

/// As a reference of RFC 3986: what is no part of a path is written in percent; a colon would make a scheme of what is
/// before it.
std::string uri_of(std::string_view path) {
    constexpr std::string_view plain = "-._~!$&'()*+,;=@/";
    std::string uri;
    for (const char c : path) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter || plain.find(c) != std::string_view::npos)
            uri += c;
        else
            uri += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    return uri;
}

std::string whole_message(const studies::Check& check) {
    std::string text = check.about.empty() ? check.message : check.about + ": " + check.message;
    if (!check.fix.empty()) text += "; " + check.fix;
    return text;
}

/// `file:line:column` apart; 0 where there is none.
struct FilePlace {
    std::string file;
    int line = 0, column = 0;
};

FilePlace place_of_text(const std::string& text) {
    FilePlace place{text, 0, 0};
    int numbers[2] = {0, 0};
    std::string_view left = text;
    for (int* const number : {&numbers[1], &numbers[0]}) {
        const std::size_t colon = left.rfind(':');
        if (colon == std::string_view::npos) return place;
        const std::string_view digits = left.substr(colon + 1);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), *number);
        if (error != std::errc() || end != digits.data() + digits.size()) return place;
        left = left.substr(0, colon);
    }
    return {std::string(left), numbers[0], numbers[1]};
}

}  // namespace

std::string checks_as_junit(const studies::Checks& checks, const std::string& of) {
    const auto count = [&](studies::Check::Status status) {
        return std::count_if(checks.begin(), checks.end(),
                             [&](const studies::Check& check) { return check.status == status; });
    };
    std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    text += fmt::format("<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">\n",
                        xml_text(of), checks.size(), count(studies::Check::Status::failed),
                        count(studies::Check::Status::skipped) + count(studies::Check::Status::warned));
    for (const studies::Check& check : checks) {
        // A text that begins with its kind, as "increase avg latency() < 5%", says it once.
        const bool said = check.about.starts_with(check.name + " ");
        const std::string name = check.about.empty() ? check.name
                                 : said              ? check.about
                                                     : check.name + " " + check.about;
        text += fmt::format("  <testcase classname=\"{}\" name=\"{}\"", xml_text(of), xml_text(name));
        const std::string message = xml_text(whole_message(check)), place = xml_text(check.place);
        switch (check.status) {
            case studies::Check::Status::passed: text += "/>\n"; break;
            case studies::Check::Status::failed:
                text += fmt::format(">\n    <failure message=\"{}\">{}</failure>\n  </testcase>\n", message,
                                    place);
                break;
            case studies::Check::Status::skipped:
                text += fmt::format(">\n    <skipped message=\"{}\"/>\n  </testcase>\n", message);
                break;
            case studies::Check::Status::warned:
                text += fmt::format(">\n    <skipped message=\"warning: {}\"/>\n  </testcase>\n", message);
                break;
        }
    }
    return text + "</testsuite>\n";
}

std::string checks_as_sarif(const studies::Checks& checks, const std::string& file,
                            const std::string& version) {
    using SarifJson = nlohmann::ordered_json;
    SarifJson rules = SarifJson::array(), results = SarifJson::array();
    std::set<std::string> names;
    for (const studies::Check& check : checks) {
        const bool failed = check.status == studies::Check::Status::failed;
        if (!failed && check.status != studies::Check::Status::warned) continue;
        if (names.insert(check.name).second)
            rules.push_back(
                {{"id", check.name}, {"shortDescription", {{"text", "Check of a change: " + check.name}}}});
        const FilePlace place = place_of_text(check.place.empty() ? file : check.place);
        SarifJson location = {{"physicalLocation", {{"artifactLocation", {{"uri", uri_of(place.file)}}}}}};
        if (place.line > 0)
            location["physicalLocation"]["region"] = {{"startLine", place.line},
                                                      {"startColumn", std::max(place.column, 1)}};
        results.push_back({{"ruleId", check.name},
                           {"level", failed ? "error" : "warning"},
                           {"message", {{"text", whole_message(check)}}},
                           {"locations", SarifJson::array({location})}});
    }
    SarifJson document = {
        {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
        {"version", "2.1.0"},
        {"runs",
         SarifJson::array(
             {{{"tool", {{"driver", {{"name", "understudy"}, {"version", version}, {"rules", rules}}}}},
               {"columnKind", "unicodeCodePoints"},
               {"results", results}}})}};
    // Paths are what people call their files.
    return document.dump(2, ' ', false, SarifJson::error_handler_t::replace) + "\n";
}

}  // namespace understudy::formats
