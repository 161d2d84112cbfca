#include "tools/formats/store/version_summary.h"

#include <string_view>

#include "tools/formats/language/document.h"

namespace understudy::formats {

namespace {

const Node* part(const Node* node, std::string_view key) {
    const Entry* entry = node != nullptr && node->is_map() ? node->find(key) : nullptr;
    return entry == nullptr ? nullptr : &entry->value;
}

}  // namespace

VersionSummary summary_of(const std::string& text) {
    Diagnostics none;
    const Node root = read_document(text, none);
    const Node* twin = part(&root, "twin");
    VersionSummary summary;
    const auto count = [&](const Node* elements) {
        if (elements == nullptr) return std::int64_t{0};
        for (const Entry& element : elements->entries)
            if (const Node* owner = part(&element.value, "owner"))
                if (owner->is_scalar() && !owner->text.empty()) summary.owners.insert(owner->text);
        return static_cast<std::int64_t>(elements->entries.size() + elements->items.size());
    };
    for (const char* section : {"types", "pools", "budgets", "datasets", "stages", "pipelines"})
        summary.counts.emplace_back(section, count(part(twin, section)));
    std::int64_t tasks = 0;
    if (const Node* pipelines = part(twin, "pipelines"))
        for (const Entry& pipeline : pipelines->entries) tasks += count(part(&pipeline.value, "tasks"));
    summary.counts.emplace_back("tasks", tasks);
    summary.counts.emplace_back("loads", count(part(&root, "load")));
    for (const char* section : {"actions", "objectives"})
        summary.counts.emplace_back(section, count(part(&root, section)));
    return summary;
}

}  // namespace understudy::formats
