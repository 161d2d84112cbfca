#include "tools/formats/language/relative_paths.h"

#include <filesystem>
#include <string_view>
#include <system_error>

namespace understudy::formats {

namespace {

namespace fs = std::filesystem;

void tell_key_of(Node& element, std::string_view key, const std::function<void(Node&)>& tell) {
    Entry* entry = element.is_map() ? element.find(key) : nullptr;
    if (entry == nullptr || !entry->value.is_scalar() || entry->value.text.empty()) return;
    if (entry->value.text.find("://") == std::string::npos) tell(entry->value);
}

void tell_key(Node* elements, std::string_view key, const std::function<void(Node&)>& tell) {
    if (elements == nullptr) return;
    for (Entry& element : elements->entries) tell_key_of(element.value, key, tell);
}

Node* section(Node* parent, std::string_view name) {
    Entry* entry = parent != nullptr && parent->is_map() ? parent->find(name) : nullptr;
    return entry == nullptr ? nullptr : &entry->value;
}

}  // namespace

void for_each_contract(Node& root, const std::function<void(Node&)>& tell) {
    tell_key(section(section(&root, "twin"), "datasets"), "contract", tell);
}

void for_each_path(Node& root, const std::function<void(Node&)>& tell) {
    tell_key(section(&root, "logs"), "file", tell);
    for_each_contract(root, tell);
    if (Node* actions = section(&root, "actions"))
        for (Node& action : actions->items) tell_key_of(action, "apply", tell);
}

void for_each_relative_path(Node& root, const std::function<void(Node&)>& tell) {
    for_each_path(root, [&](Node& node) {
        if (!fs::path(node.text).is_absolute()) tell(node);
    });
}

bool is_there(const std::string& path, const std::string& folder) {
    std::error_code none;
    return path.find("://") != std::string::npos || fs::exists(fs::path(folder) / path, none);
}

std::string path_from(const std::string& path, const std::string& from, const std::string& to) {
    const auto whole = [](const fs::path& some) { return fs::absolute(some).lexically_normal(); };
    return whole(fs::path(from) / path).lexically_relative(whole(to)).string();
}

void move_paths(Node& root, const std::string& from, const std::string& to) {
    for_each_relative_path(root, [&](Node& node) {
        node.text = path_from(node.text, from, to);
        node.exact = false;
    });
}

}  // namespace understudy::formats
