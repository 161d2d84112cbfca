#include "tools/formats/transformations/sql_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "tools/formats/printable.h"

namespace understudy::formats {

namespace {

constexpr std::size_t most_shown = 40;

}  // namespace

SqlValue value_of(const SqlRow& row, int column) {
    SqlValue value;
    switch (row.type(column)) {
        case SQLITE_INTEGER:
            value.kind = SqlValue::Kind::integer;
            value.integer = row.integer(column);
            break;
        case SQLITE_FLOAT:
            value.kind = SqlValue::Kind::real;
            value.real = row.real(column);
            break;
        case SQLITE_TEXT:
        case SQLITE_BLOB:
            value.kind = row.type(column) == SQLITE_TEXT ? SqlValue::Kind::text : SqlValue::Kind::blob;
            value.bytes = row.bytes(column);
            break;
        default: break;
    }
    return value;
}

void append_value(const SqlValue& value, std::string& into) {
    into += static_cast<char>(value.kind);
    const auto append = [&](const void* data, std::size_t size) {
        into.append(static_cast<const char*>(data), size);
    };
    switch (value.kind) {
        case SqlValue::Kind::null: break;
        case SqlValue::Kind::integer: append(&value.integer, sizeof value.integer); break;
        case SqlValue::Kind::real: append(&value.real, sizeof value.real); break;
        case SqlValue::Kind::text:
        case SqlValue::Kind::blob: {
            const auto size = static_cast<std::uint32_t>(value.bytes.size());
            append(&size, sizeof size);
            append(value.bytes.data(), size);
        }
    }
}

SqlValue read_value(const char*& at) {
    SqlValue value;
    value.kind = static_cast<SqlValue::Kind>(*at++);
    const auto take = [&](void* into, std::size_t size) {
        std::memcpy(into, at, size);
        at += size;
    };
    switch (value.kind) {
        case SqlValue::Kind::null: break;
        case SqlValue::Kind::integer: take(&value.integer, sizeof value.integer); break;
        case SqlValue::Kind::real: take(&value.real, sizeof value.real); break;
        case SqlValue::Kind::text:
        case SqlValue::Kind::blob: {
            std::uint32_t size = 0;
            take(&size, sizeof size);
            value.bytes = std::string_view(at, size);
            at += size;
        }
    }
    return value;
}

std::string shown_text(std::string_view text) {
    std::string shown;
    while (!text.empty()) {
        if (shown.size() >= most_shown) return shown + "...";
        const std::size_t length = character_at(text);
        const auto first = static_cast<unsigned char>(text[0]);
        if (length == 0 || first < 0x20 || first == 0x7F) {
            shown += fmt::format("\\x{:02x}", first);
            text.remove_prefix(1);
        } else {
            shown += text.substr(0, length);
            text.remove_prefix(length);
        }
    }
    return shown;
}

std::pair<std::string, std::string> shown_apart(const SqlValue& a, const SqlValue& b) {
    std::pair<std::string, std::string> both{shown_value(a), shown_value(b)};
    if (both.first != both.second || a.bytes == b.bytes) return both;
    constexpr std::size_t before = 10;
    const std::size_t end = std::min(a.bytes.size(), b.bytes.size());
    std::size_t at = 0;
    while (at < end && a.bytes[at] == b.bytes[at]) ++at;
    at -= std::min(at, before);
    // Not within a character.
    while (at > 0 && at < end && (static_cast<unsigned char>(a.bytes[at]) & 0xC0) == 0x80) --at;
    const auto shown = [&](SqlValue value) {
        value.bytes.remove_prefix(at);
        std::string text = shown_value(value);
        return text.insert(text.find('\'') + 1, "...");
    };
    return {shown(a), shown(b)};
}

std::string shown_value(const SqlValue& value) {
    switch (value.kind) {
        case SqlValue::Kind::null: return "NULL";
        case SqlValue::Kind::integer: return fmt::format("{}", value.integer);
        case SqlValue::Kind::real: {
            const std::string text = fmt::format("{}", value.real);
            return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
        }
        case SqlValue::Kind::text: return "'" + shown_text(value.bytes) + "'";
        case SqlValue::Kind::blob: {
            std::string text = "x'";
            for (std::size_t i = 0; i < value.bytes.size() && i < most_shown / 2; ++i)
                text += fmt::format("{:02x}", static_cast<unsigned char>(value.bytes[i]));
            return text + (value.bytes.size() > most_shown / 2 ? "...'" : "'");
        }
    }
    return "";
}

}  // namespace understudy::formats
