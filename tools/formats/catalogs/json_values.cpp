#include "tools/formats/catalogs/json_values.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

namespace understudy::formats {

namespace {

class ErrorPlace final : public nlohmann::json_sax<nlohmann::json> {
public:
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return true; }
    bool end_object() override { return true; }
    bool start_array(std::size_t) override { return true; }
    bool end_array() override { return true; }
    bool key(string_t&) override { return true; }
    bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) override {
        place = at;
        return false;
    }
    std::optional<std::size_t> place;
};

}  // namespace

std::vector<std::size_t> JsonValueEnds::scan(std::string_view piece) {
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i < piece.size(); ++i) {
        const char c = piece[i];
        if (quoted_) {
            if (escaped_)
                escaped_ = false;
            else if (c == '\\')
                escaped_ = true;
            else if (c == '"')
                quoted_ = false;
        } else if (c == '{' || c == '[') {
            ++depth_;
        } else if (depth_ == 0) {
            broken_ = broken_ || (c != ' ' && c != '\t' && c != '\r' && c != '\n');
        } else if (c == '"') {
            quoted_ = true;
        } else if ((c == '}' || c == ']') && --depth_ == 0) {
            ends.push_back(i + 1);
        }
    }
    return ends;
}

std::vector<std::int64_t> lines_of_values(std::string_view text, std::int64_t first_line) {
    std::vector<std::int64_t> lines;
    std::int64_t line = first_line;
    int depth = 0;
    bool inside = false, expected = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        line += c == '\n';
        if (inside) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inside = false;
            continue;
        }
        if (depth == 1 && expected && std::string_view(" \t\r\n,]").find(c) == std::string_view::npos) {
            lines.push_back(line);
            expected = false;
        }
        if (c == '"') inside = true;
        if (c == '[' || c == '{') ++depth;
        if (c == ']' || c == '}') --depth;
        if (depth == 1 && c == ',') expected = true;
    }
    return lines;
}

std::optional<JsonBreak> break_of_json(std::string_view text) {
    ErrorPlace sax;
    nlohmann::json::sax_parse(text, &sax);
    if (!sax.place) return std::nullopt;
    const std::size_t at = std::min(*sax.place, text.size());
    const std::size_t start = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    return JsonBreak{std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'),
                     start == std::string_view::npos ? at : at - start - 1};
}

}  // namespace understudy::formats
