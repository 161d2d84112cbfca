#include "tools/formats/language/change_text.h"

#include <fmt/format.h>

#include "tools/formats/language/document.h"

namespace understudy::formats {

namespace {

std::string plainly(const Node& node) { return node.is_scalar() ? node.text : write_flow(node); }

std::string edit_text(const Node& edit) {
    std::string text;
    for (const Entry& entry : edit.entries) {
        if (!text.empty()) text += " ";
        // `value` is what the words before it are about.
        text += entry.key == "value" ? plainly(entry.value) : entry.key + " " + plainly(entry.value);
    }
    return text;
}

}  // namespace

ChangeText text_of_change(const std::string& text) {
    Diagnostics none;
    const Node root = read_document(text, none);
    ChangeText said;
    if (const Entry* edits = root.find("edits"))
        for (const Node& edit : edits->value.items) said.edits.push_back(edit_text(edit));
    if (const Entry* accept = root.find("accept"))
        for (const Node& entry : accept->value.items) said.accept.push_back(plainly(entry));
    for (const char* key : {"stress", "rollout", "rollback"})
        if (const Entry* plan = root.find(key)) said.plans.emplace_back(key, plainly(plan->value));
    return said;
}

}  // namespace understudy::formats
