#include "tools/reports/markdown.h"

#include "tools/reports/numbers.h"

namespace understudy::reports {

std::string in_markdown(std::string_view text, int width) {
    std::string result;
    for (const char c : shorten(text, width)) {
        switch (c) {
            case '\n':
            case '\r': result += ' '; break;
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            case '&': result += "&amp;"; break;
            // No mention of a person.
            case '@': result += "&#64;"; break;
            case '|':
            case '`':
            case '*':
            case '_':
            case '[':
            case ']':
            case '\\':
            case '~':
            case '$':
            case '#': result += '\\'; [[fallthrough]];
            default: result += c;
        }
    }
    return result;
}

std::string fenced(std::string_view text) {
    std::string result = "````text\n";
    int ticks = 0;
    for (const char c : text) {
        ticks = c == '`' ? ticks + 1 : 0;
        // Four of them would end the block.
        result += ticks >= 4 ? '\'' : c;
    }
    return result + "````\n";
}

}  // namespace understudy::reports
