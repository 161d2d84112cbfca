#include "tools/formats/logs/delimited.h"

#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace understudy::formats {

namespace {

/// A quoted field may run over lines, but a stray quote must not swallow the rest of a log.
constexpr std::size_t most_lines_of_a_row = 64;
constexpr std::size_t most_bytes_of_a_row = 1U << 20;

/// Where the field that opens with a quote at `at` ends (behind its closing quote), or npos.
std::size_t closing_quote(std::string_view text, std::size_t at, char separator) {
    for (std::size_t i = at + 1; i < text.size(); ++i) {
        if (text[i] != '"') continue;
        if (i + 1 < text.size() && text[i + 1] == '"') {
            ++i;
            continue;
        }
        if (i + 1 == text.size() || text[i + 1] == separator) return i + 1;
        return std::string_view::npos;
    }
    return std::string_view::npos;
}

bool odd_quotes(std::string_view text) { return std::count(text.begin(), text.end(), '"') % 2 == 1; }

/// Does a field start with a quote that is still open at the end of `text`?
bool opens_a_quote(std::string_view text, char separator) {
    if (!odd_quotes(text)) return false;
    for (std::size_t at = 0;;) {
        if (at < text.size() && text[at] == '"') {
            const std::size_t end = closing_quote(text, at, separator);
            if (end == std::string_view::npos) return true;
            if (end == text.size()) return false;
            at = end + 1;
            continue;
        }
        const std::size_t end = text.find(separator, at);
        if (end == std::string_view::npos) return false;
        at = end + 1;
    }
}

}  // namespace

char detect_separator(std::string_view header) {
    char best = 0;
    std::ptrdiff_t most = 0;
    for (const char candidate : {'\t', ';', ',', '|'}) {
        const auto count = std::count(header.begin(), header.end(), candidate);
        if (count > most) {
            most = count;
            best = candidate;
        }
    }
    return best;
}

void split_delimited(std::string_view text, char separator, std::vector<std::string>& fields) {
    std::size_t count = 0;
    const auto next_field = [&]() -> std::string& {
        if (count == fields.size()) fields.emplace_back();
        std::string& field = fields[count++];
        field.clear();
        return field;
    };
    for (std::size_t at = 0;;) {
        if (at < text.size() && text[at] == '"') {
            const std::size_t end = closing_quote(text, at, separator);
            if (end != std::string_view::npos) {
                std::string& field = next_field();
                for (std::size_t i = at + 1; i + 1 < end; ++i) {
                    field += text[i];
                    if (text[i] == '"') ++i;
                }
                if (end == text.size()) break;
                at = end + 1;
                continue;
            }
        }
        const std::size_t end = text.find(separator, at);
        next_field().assign(text.substr(at, end == std::string_view::npos ? end : end - at));
        if (end == std::string_view::npos) break;
        at = end + 1;
    }
    fields.resize(count);
}

DelimitedReader::FieldPlace DelimitedReader::place_of(std::size_t field) const {
    const std::string_view text = current_.text;
    std::size_t at = 0;
    const auto quoted_end = [&] {
        return at < text.size() && text[at] == '"' ? closing_quote(text, at, separator_)
                                                   : std::string_view::npos;
    };
    for (std::size_t i = 0; i < field; ++i) {
        std::size_t end = quoted_end();
        if (end == std::string_view::npos) end = text.find(separator_, at);
        if (end >= text.size()) break;
        at = end + 1;
    }
    if (quoted_end() != std::string_view::npos) ++at;
    const std::string_view before = text.substr(0, at);
    const std::size_t start = before.rfind('\n');
    return {line_ + std::count(before.begin(), before.end(), '\n'),
            static_cast<std::int64_t>(start == std::string_view::npos ? at + 1 : at - start)};
}

std::optional<DelimitedReader::BadByte> DelimitedReader::not_utf8() const {
    const std::string& text = current_.text;
    if (simdjson::validate_utf8(text)) return std::nullopt;
    // A character has at most four bytes.
    std::size_t good = 0;
    while (good < text.size()) {
        std::size_t length = 1;
        while (length <= 4 && good + length <= text.size() &&
               !simdjson::validate_utf8(text.data() + good, length))
            ++length;
        if (length > 4 || good + length > text.size()) break;
        good += length;
    }
    const auto lines = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(good), '\n');
    const std::size_t start = good == 0 ? std::string::npos : text.rfind('\n', good - 1);
    return BadByte{line_ + lines,
                   static_cast<std::int64_t>(start == std::string::npos ? good + 1 : good - start),
                   static_cast<unsigned char>(text[std::min(good, text.size() - 1)])};
}

bool DelimitedReader::take_line(Line& line) {
    if (!ahead_.empty()) {
        line = std::move(ahead_.front());
        ahead_.pop_front();
        return true;
    }
    if (!input_.read_line(line.text)) return false;
    line.number = input_.line_number();
    line.cut = input_.cut();
    return true;
}

bool DelimitedReader::next(std::vector<std::string>& fields) {
    do {
        if (!take_line(current_)) return false;
    } while (current_.text.empty());
    line_ = current_.number;
    broken_ = current_.cut;
    if (quoting_ == Quoting::rfc4180 && !broken_ && opens_a_quote(current_.text, separator_)) {
        std::string row = current_.text;
        std::deque<Line> read;
        bool closed = false;
        while (!closed && read.size() < most_lines_of_a_row && row.size() < most_bytes_of_a_row) {
            Line more;
            if (!take_line(more)) break;
            row += '\n';
            row += more.text;
            closed = odd_quotes(more.text) && !opens_a_quote(row, separator_);
            read.push_back(std::move(more));
        }
        if (closed) {
            current_.text = std::move(row);
        } else {
            broken_ = true;
            read.insert(read.end(), std::make_move_iterator(ahead_.begin()),
                        std::make_move_iterator(ahead_.end()));
            ahead_ = std::move(read);
        }
    }
    split_delimited(current_.text, separator_, fields);
    return true;
}

}  // namespace understudy::formats
