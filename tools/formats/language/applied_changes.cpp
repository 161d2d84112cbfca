#include "tools/formats/language/applied_changes.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>
#include <vector>

#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/edits.h"
#include "tools/formats/language/reading.h"
#include "tools/formats/language/text_file.h"

namespace understudy::formats {

namespace {

const char* what_it_does(Edit::Kind kind) {
    switch (kind) {
        case Edit::Kind::set: return "sets";
        case Edit::Kind::add: return "adds";
        case Edit::Kind::remove: return "removes";
        case Edit::Kind::rename: return "renames";
        case Edit::Kind::transform: return "transforms";
    }
    return "";
}

/// The action that makes one edit when and for as long as `action` says. The first bears its name.
Node action_of(const Node& action, const Edit& edit, bool is_first) {
    Node one = Node::map();
    one.place = edit.where;
    for (const Entry& entry : action.entries)
        if (entry.key != "apply" && (is_first || entry.key != "name")) one.entries.push_back(entry);
    Node name = Node::scalar(edit.name);
    name.place = edit.place;
    one.entries.push_back({"set", edit.place, std::move(name)});
    one.entries.push_back({"to", edit.value.place, edit.value});
    return one;
}

class Spread {
public:
    Spread(const std::string& folder, Diagnostics& out) : folder_(folder), out_(out) {}

    /// In place of `action`; itself where it cannot be, which is told.
    std::vector<Node> actions_of(const Node& action, const Node& named) {
        const std::string path =
            (std::filesystem::path(folder_ == "." ? "" : folder_) / named.text).lexically_normal().string();
        std::string text;
        const auto problem = read_text_file(path, text);
        const int source = out_.add_file(path, text);
        if (problem) {
            out_.error(named.place, fmt::format("'{}': {}", named.text, problem->what),
                       "the path is relative to the scenario");
            return {};
        }
        const auto change = read_change(text, out_, source);
        if (!change) return {};
        std::vector<Node> actions;
        for (const Edit& edit : change->edits) {
            if (edit.kind != Edit::Kind::set || edit.of_measure)
                out_.error(edit.where,
                           edit.of_measure ? std::string("what is promised does not change on the way")
                                           : fmt::format("'{}' {} '{}', which no action can on the way",
                                                         change->name, what_it_does(edit.kind), edit.name),
                           "apply it before the run, under 'changes', or rehearse it with a 'rollout'");
            else
                actions.push_back(action_of(action, edit, actions.empty()));
        }
        return actions;
    }

private:
    const std::string& folder_;
    Diagnostics& out_;
};

}  // namespace

void spread_applied_changes(Node& root, const std::string& folder, Diagnostics& out) {
    Entry* actions = root.is_map() ? root.find("actions") : nullptr;
    if (actions == nullptr || !actions->value.is_list()) return;
    std::vector<Node> all;
    Reading reading(out);
    for (Node& action : actions->value.items) {
        const Entry* apply = action.is_map() ? action.find("apply") : nullptr;
        // Beside another verb it is told as two.
        if (apply == nullptr || action.find("set") != nullptr) {
            all.push_back(std::move(action));
            continue;
        }
        if (!require_scalar(reading, apply->value, "apply", "more-workers.yaml")) continue;
        for (Node& one : Spread(folder, out).actions_of(action, apply->value)) all.push_back(std::move(one));
    }
    actions->value.items = std::move(all);
}

}  // namespace understudy::formats
