// write_document: a tree as YAML, with quotes only where YAML or people need them.
#include <fmt/format.h>

#include <algorithm>

#include "tools/formats/language/document.h"

namespace understudy::formats {

namespace {

/// Whether a plain scalar would be read as something else, here (in braces or not) or by another YAML tool.
bool needs_quotes(std::string_view text) {
    if (text.empty()) return true;
    if (text.front() == ' ' || text.back() == ' ' || text.back() == ':') return true;
    if (std::string_view("!&*?|>%@`\"'#,[]{}-:~=<").find(text.front()) != std::string_view::npos &&
        !(text.front() == '-' && text.size() > 1 && text[1] != ' '))
        return true;
    if (text.find_first_of(",[]{}?\n\t\"\\") != std::string_view::npos) return true;
    if (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos) return true;
    if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
        return true;
    // What YAML 1.1 takes for a number in base 60, 8 or 16.
    const bool digits = text.find_first_not_of("0123456789_:") == std::string_view::npos;
    if (digits && text[0] != '_' &&
        (text.find_first_of(":_") != std::string_view::npos || (text.size() > 1 && text[0] == '0')))
        return true;
    if (text.starts_with("0x") || text.starts_with("0X")) return true;
    std::string small(text);
    for (char& c : small) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (const std::string_view word : {"null", "yes", "no", "on", "off", "y", "n", ".inf", ".nan"})
        if (small == word) return true;
    return false;
}

std::string scalar_text(std::string_view text) {
    if (!needs_quotes(text)) return std::string(text);
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        if (c == '\n')
            result += "\\n";
        else if (static_cast<unsigned char>(c) < 0x20)
            result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else
            result += c;
    }
    return result + "\"";
}

void write_flow(const Node& node, std::string& out) {
    if (node.is_scalar()) {
        out += scalar_text(node.text);
    } else if (node.is_list()) {
        out += '[';
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            if (i > 0) out += ", ";
            write_flow(node.items[i], out);
        }
        out += ']';
    } else {
        out += '{';
        for (std::size_t i = 0; i < node.entries.size(); ++i) {
            if (i > 0) out += ", ";
            out += scalar_text(node.entries[i].key) + ": ";
            write_flow(node.entries[i].value, out);
        }
        out += '}';
    }
}

void write_block(const Node& node, std::size_t indent, std::string& out) {
    for (const Entry& entry : node.entries) {
        out += std::string(indent, ' ') + scalar_text(entry.key) + ":";
        const Node& value = entry.value;
        if (value.block && value.is_map() && !value.entries.empty()) {
            out += '\n';
            write_block(value, indent + 2, out);
        } else if (value.block && value.is_list() && !value.items.empty()) {
            out += '\n';
            for (const Node& item : value.items) {
                out += std::string(indent + 2, ' ') + "- ";
                write_flow(item, out);
                out += '\n';
            }
        } else {
            out += ' ';
            write_flow(value, out);
            out += '\n';
        }
    }
}

}  // namespace

std::string write_flow(const Node& node) {
    std::string out;
    write_flow(node, out);
    return out;
}

std::string write_document(const Node& root) {
    std::string out;
    write_block(root, 0, out);
    return out;
}

}  // namespace understudy::formats
