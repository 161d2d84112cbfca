#include "tools/formats/catalogs/twin_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "kernel/invariant.h"
#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/edits.h"

namespace understudy::formats {

namespace {

/// A kind of element, its keys that an import writes, and those that only a knowledge graph does: it says what it knows, so
/// that what it does not say is left as it is.
struct ElementKind {
    std::string_view section, as;
    std::vector<std::string_view> keys, of_graphs;
};

const std::vector<ElementKind>& element_kinds() {
    static const std::vector<ElementKind> all = {
        {"pools", "pool", {"workers", "order", "release", "label", "tags"}, {"description", "owner"}},
        {"budgets", "budget", {}, {"label", "description", "owner", "tags"}},
        {"datasets", "dataset", {"contract", "columns", "label", "description", "owner", "tags"}, {}},
        {"stages",
         "stage",
         {},
         {"reads", "writes", "runs_on", "spends", "label", "description", "owner", "tags"}},
        {"pipelines", "pipeline", {"schedule", "label", "description", "owner", "tags"}, {}},
        {"load", "load", {}, {"writes", "label", "description", "owner", "tags"}},
    };
    return all;
}

/// As of the kinds above.
const ElementKind& imported_tasks() {
    static const ElementKind tasks = {"tasks",
                                      "task",
                                      {"after", "reads", "writes", "runs_on", "priority", "service",
                                       "failure", "label", "description", "owner", "tags"},
                                      {"spends"}};
    return tasks;
}

const Node& section_of(const Node& scenario, std::string_view name) {
    static const Node none = Node::map();
    const Entry* twin = scenario.is_map() ? scenario.find("twin") : nullptr;
    if (name == "load") {
        const Entry* loads = scenario.is_map() ? scenario.find(name) : nullptr;
        return loads != nullptr && loads->value.is_map() ? loads->value : none;
    }
    const Entry* section = twin != nullptr && twin->value.is_map() ? twin->value.find(name) : nullptr;
    return section != nullptr && section->value.is_map() ? section->value : none;
}

const Node& tasks_of(const Node& pipeline) {
    static const Node none = Node::map();
    const Entry* tasks = pipeline.is_map() ? pipeline.find("tasks") : nullptr;
    return tasks != nullptr && tasks->value.is_map() ? tasks->value : none;
}

std::string label_of(const Node& element) {
    const Entry* label = element.is_map() ? element.find("label") : nullptr;
    return label != nullptr && label->value.is_scalar() ? label->value.text : "";
}

bool has_tag(const Node& element, const std::vector<std::string>& wanted) {
    const Entry* tags = element.is_map() ? element.find("tags") : nullptr;
    return tags != nullptr && tags->value.is_list() &&
           std::any_of(tags->value.items.begin(), tags->value.items.end(), [&](const Node& tag) {
               return std::find(wanted.begin(), wanted.end(), tag.text) != wanted.end();
           });
}

bool same(const Node& a, const Node& b) {
    if (a.kind != b.kind) return false;
    if (a.is_scalar()) return a.text == b.text;
    if (a.is_list()) return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), same);
    return a.entries.size() == b.entries.size() &&
           std::all_of(a.entries.begin(), a.entries.end(), [&](const Entry& entry) {
               const Entry* other = b.find(entry.key);
               return other != nullptr && same(entry.value, other->value);
           });
}

bool is_plain_word(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    });
}

/// Makes the edits; what stands in the way, if anything.
std::string make_edits(Node& twin, const std::vector<Node>& edits) {
    if (edits.empty()) return "";
    Diagnostics diagnostics("change");
    TwinUpdate update;
    update.edits = edits;
    const auto change = read_change(write_import_change(update, "import", "", ""), diagnostics, 0);
    if (change && !diagnostics.has_errors()) {
        std::vector<LoadMultiple> multiples;
        apply_edits(twin, change->edits, multiples, diagnostics);
    }
    return diagnostics.has_errors() ? diagnostics.all().front().message : "";
}

class Comparison {
public:
    Comparison(const Node& earlier, const Node& now, const std::vector<std::string>& complete)
        : earlier_(earlier), now_(now), complete_(complete) {}

    TwinUpdate compare() {
        for (const ElementKind& kind : element_kinds())
            for (const Entry& entry : section_of(now_, kind.section).entries)
                if (section_of(earlier_, kind.section).find(entry.key) == nullptr)
                    add(entry.key, kind.as, entry.value);
        for (const Entry& pipeline : section_of(now_, "pipelines").entries) {
            const Entry* before = section_of(earlier_, "pipelines").find(pipeline.key);
            if (before == nullptr) continue;
            for (const Entry& task : tasks_of(pipeline.value).entries)
                if (tasks_of(before->value).find(task.key) == nullptr)
                    add(pipeline.key + "." + task.key, "task", task.value);
        }
        for (const ElementKind& kind : element_kinds())
            set_all(section_of(earlier_, kind.section), section_of(now_, kind.section), "", kind);
        for (const Entry& pipeline : section_of(now_, "pipelines").entries)
            if (const Entry* before = section_of(earlier_, "pipelines").find(pipeline.key))
                set_all(tasks_of(before->value), tasks_of(pipeline.value), pipeline.key + ".",
                        imported_tasks());
        remove_what_is_gone();
        return std::move(update_);
    }

private:
    void add(const std::string& name, std::string_view as, const Node& value) {
        Node edit = Node::map();
        edit.add("add", Node::scalar(name));
        edit.add("as", Node::scalar(std::string(as)));
        edit.add("value", value);
        update_.edits.push_back(std::move(edit));
        ++update_.added;
    }
    void set(const std::string& path, const Node& value) {
        Node edit = Node::map();
        edit.add("set", Node::scalar(path));
        edit.add("to", value);
        update_.edits.push_back(std::move(edit));
        ++update_.set;
    }
    static Node removal(const std::string& path) {
        Node edit = Node::map();
        edit.add("remove", Node::scalar(path));
        return edit;
    }
    void remove_key(const std::string& path) {
        update_.edits.push_back(removal(path));
        ++update_.removed;
    }

    void set_all(const Node& before, const Node& now, const std::string& prefix, const ElementKind& kind) {
        for (const Entry& element : now.entries) {
            const Entry* old = before.find(element.key);
            if (old == nullptr || !old->value.is_map()) continue;
            for (const std::string_view key : kind.of_graphs) {
                const Entry *a = old->value.find(key), *b = element.value.find(key);
                if (b != nullptr && (a == nullptr || !same(a->value, b->value)))
                    set(prefix + element.key + "." + std::string(key), b->value);
            }
            for (const std::string_view key : kind.keys) {
                const Entry *a = old->value.find(key), *b = element.value.find(key);
                const std::string path = prefix + element.key + "." + std::string(key);
                if (a != nullptr && b == nullptr)
                    remove_key(path);
                else if (b != nullptr && (a == nullptr || !same(a->value, b->value)))
                    set_value(path, key, a == nullptr ? nullptr : &a->value, b->value);
            }
        }
    }

    /// Columns one by one, where a path can name them.
    void set_value(const std::string& path, std::string_view key, const Node* before, const Node& now) {
        const auto plain = [](const Node& columns) {
            return std::all_of(columns.entries.begin(), columns.entries.end(),
                               [](const Entry& one) { return is_plain_word(one.key); });
        };
        if (key != "columns" || before == nullptr || !before->is_map() || !plain(*before) || !plain(now)) {
            set(path, now);
            return;
        }
        for (const Entry& column : now.entries) {
            const Entry* old = before->find(column.key);
            if (old == nullptr || !same(old->value, column.value)) set(path + "." + column.key, column.value);
        }
        for (const Entry& column : before->entries)
            if (now.find(column.key) == nullptr) remove_key(path + "." + column.key);
    }

    void remove_what_is_gone() {
        std::vector<std::string> gone;
        std::size_t others = 0;
        const auto look = [&](const Node& before, const Node& now, const std::string& prefix) {
            for (const Entry& element : before.entries) {
                if (now.find(element.key) != nullptr || label_of(element.value).empty()) continue;
                if (has_tag(element.value, complete_))
                    gone.push_back(prefix + element.key);
                else
                    ++others;
            }
        };
        for (const Entry& pipeline : section_of(earlier_, "pipelines").entries)
            if (const Entry* still = section_of(now_, "pipelines").find(pipeline.key))
                look(tasks_of(pipeline.value), tasks_of(still->value), pipeline.key + ".");
        for (const std::string_view section : {"pipelines", "pools", "datasets"})
            look(section_of(earlier_, section), section_of(now_, section), "");
        if (others > 0)
            update_.notes.push_back(fmt::format("{} element{} of the twin {} not in what was read, and {}",
                                                others, others == 1 ? "" : "s", others == 1 ? "is" : "are",
                                                others == 1 ? "stays" : "stay"));
        if (gone.empty()) return;
        // What something of the twin's own still names has to stay.
        Node twin = earlier_;
        make_edits(twin, update_.edits);
        for (const std::string& name : gone) {
            const Node edit = removal(name);
            if (const std::string problem = make_edits(twin, {edit}); !problem.empty()) {
                update_.notes.push_back(
                    fmt::format("{} is gone from what was read and stays: {}", name, problem));
                continue;
            }
            update_.edits.push_back(edit);
            ++update_.removed;
        }
    }

    const Node &earlier_, &now_;
    const std::vector<std::string>& complete_;
    TwinUpdate update_;
};

}  // namespace

KnownNames names_in(const Node& scenario) {
    KnownNames names;
    const auto learn = [&](std::string_view kind, const std::string& begin, const Entry& element) {
        const std::string label = label_of(element.value);
        if (!label.empty())
            names[std::string(kind)].emplace(begin + label, element.key);
        else if (begin.empty())
            names["other"].emplace(element.key, element.key);
    };
    for (const ElementKind& kind : element_kinds())
        for (const Entry& element : section_of(scenario, kind.section).entries) learn(kind.as, "", element);
    for (const Entry& pipeline : section_of(scenario, "pipelines").entries)
        for (const Entry& task : tasks_of(pipeline.value).entries)
            learn("task", label_of(pipeline.value) + "\n", task);
    for (const std::string_view section : {"types", "budgets", "stages"})
        for (const Entry& element : section_of(scenario, section).entries)
            names["other"].emplace(element.key, element.key);
    if (const Entry* loads = scenario.is_map() ? scenario.find("load") : nullptr;
        loads != nullptr && loads->value.is_map())
        for (const Entry& load : loads->value.entries) names["other"].emplace(load.key, load.key);
    return names;
}

TwinUpdate update_of(const Node& earlier, const Node& now, const std::vector<std::string>& complete) {
    return Comparison(earlier, now, complete).compare();
}

Node updated(Node earlier, const TwinUpdate& update) {
    const std::string problem = make_edits(earlier, update.edits);
    kernel::require(problem.empty(), "an import cannot be made: " + problem);
    return earlier;
}

std::string write_import_change(const TwinUpdate& update, const std::string& name, const std::string& base,
                                const std::string& reason) {
    Node root = Node::map();
    root.block = true;
    root.add("understudy", Node::scalar("1"));
    root.add("change", Node::scalar(name));
    if (!base.empty()) root.add("base", Node::scalar(base));
    root.add("kind", Node::scalar("import"));
    if (!reason.empty()) root.add("reason", Node::scalar(reason));
    Node edits = Node::list(update.edits);
    edits.block = true;
    // One line each: a pipeline of blocks is folded too.
    const auto flatten = [](auto&& self, Node& node) -> void {
        node.block = false;
        for (Node& item : node.items) self(self, item);
        for (Entry& entry : node.entries) self(self, entry.value);
    };
    for (Node& edit : edits.items) flatten(flatten, edit);
    root.add("edits", std::move(edits));
    return write_document(root);
}

}  // namespace understudy::formats
