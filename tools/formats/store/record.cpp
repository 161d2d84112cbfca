#include "tools/formats/store/record.h"

#include <fmt/format.h>

#include <string_view>

#include "tools/formats/files/sha256.h"

namespace understudy::formats {

std::string hash_of(const Record& record) {
    std::string text = "understudy record 1\n";
    const auto field = [&](std::string_view name, std::string_view value) {
        text += fmt::format("{} {}\n{}\n", name, value.size(), value);
    };
    field("sequence", std::to_string(record.sequence));
    field("action", record.action);
    field("twin", record.twin);
    field("kind", record.kind);
    field("label", record.label);
    field("version", std::to_string(record.version));
    field("tag", record.tag);
    field("content", record.content);
    field("change", record.change);
    field("author", record.author);
    field("time", record.time);
    field("reason", record.reason);
    field("previous", record.previous);
    return sha256_hex(text);
}

bool is_note(std::string_view action) {
    for (const std::string_view note :
         {std::string_view("request"), std::string_view("approve"), std::string_view("reject"),
          std::string_view("apply"), std::string_view("rollback"), sync_action, files_action})
        if (action == note) return true;
    return false;
}

std::string no_hash() { return std::string(64, '0'); }

}  // namespace understudy::formats
