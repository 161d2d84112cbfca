// The one tokenizer of the strings of the scenario language.
//
// A string is words separated by single spaces, and these marks, which need no spaces around them: ( ) , -> <
// <= > >=. Every token knows its offset, so that a Fault points at a character. A Tokens is a cursor; not
// thread-safe, but independent of others. The text must outlive it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tools/formats/language/fault.h"

namespace understudy::formats {

struct Token {
    std::string_view text;  ///< empty at the end
    std::size_t offset = 0;
    bool word = false;  ///< else a mark
};

class Tokens {
public:
    explicit Tokens(std::string_view text);

    /// The token `ahead` of the cursor, or the end's.
    const Token& peek(std::size_t ahead = 0) const;
    /// As peek(), and moves on; stays at the end.
    const Token& take();
    bool at_end() const { return peek().text.empty(); }
    bool is(std::string_view text) const { return peek().text == text; }
    /// Takes the token if it is `text`.
    bool take_if(std::string_view text);
    /// Takes `text` or throws a Fault that says what was found instead.
    void expect(std::string_view text, const std::string& hint = "");
    /// Takes a word; `what` says what is missing, such as "a duration".
    const Token& expect_word(std::string_view what);
    /// Throws if anything is left.
    void expect_end(const std::string& hint = "");
    std::string_view whole() const { return whole_; }

private:
    std::string_view whole_;
    std::vector<Token> tokens_;  // the last is the end
    std::size_t next_ = 0;
};

/// `[A-Za-z_][A-Za-z0-9_/.-]*`, as elements, tasks (`pipeline.task`), fields and parameters are called.
bool is_name(std::string_view text);

}  // namespace understudy::formats
