#include "tools/formats/language/tokens.h"

#include <fmt/format.h>

#include <algorithm>

namespace understudy::formats {

namespace {

std::size_t mark_at(std::string_view text) {
    for (const std::string_view mark : {"->", "<=", ">=", "(", ")", ",", "<", ">"})
        if (text.starts_with(mark)) return mark.size();
    return 0;
}

bool begins_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

std::string shown(const Token& token) {
    return token.text.empty() ? "the end" : fmt::format("'{}'", token.text);
}

}  // namespace

Tokens::Tokens(std::string_view text) : whole_(text) {
    std::size_t i = 0;
    while (i < text.size()) {
        if (text[i] == ' ' || text[i] == '\n' || text[i] == '\t') {
            ++i;
            continue;
        }
        if (const std::size_t length = mark_at(text.substr(i)); length > 0) {
            tokens_.push_back({text.substr(i, length), i, false});
            i += length;
            continue;
        }
        std::size_t end = i;
        while (end < text.size() && text[end] != ' ' && text[end] != '\n' && text[end] != '\t' &&
               mark_at(text.substr(end)) == 0)
            ++end;
        tokens_.push_back({text.substr(i, end - i), i, true});
        i = end;
    }
    tokens_.push_back({text.substr(text.size()), text.size(), false});
}

const Token& Tokens::peek(std::size_t ahead) const {
    return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
}

const Token& Tokens::take() {
    const Token& token = peek();
    if (!token.text.empty()) ++next_;
    return token;
}

bool Tokens::take_if(std::string_view text) {
    if (!is(text)) return false;
    take();
    return true;
}

void Tokens::expect(std::string_view text, const std::string& hint) {
    if (take_if(text)) return;
    throw Fault(peek().offset, fmt::format("'{}' is missing before {}", text, shown(peek())), hint);
}

const Token& Tokens::expect_word(std::string_view what) {
    if (!peek().word) throw Fault(peek().offset, fmt::format("{} is missing before {}", what, shown(peek())));
    return take();
}

void Tokens::expect_end(const std::string& hint) {
    if (!at_end())
        throw Fault(peek().offset, fmt::format("{} is left over at the end of '{}'", shown(peek()), whole_),
                    hint);
}

bool is_name(std::string_view text) {
    if (text.empty() || !begins_word(text[0])) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return begins_word(c) || (c >= '0' && c <= '9') || c == '/' || c == '-' || c == '.';
    });
}

}  // namespace understudy::formats
