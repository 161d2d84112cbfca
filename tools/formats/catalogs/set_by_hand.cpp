#include "tools/formats/catalogs/set_by_hand.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "tools/formats/catalogs/twin_elements.h"
#include "tools/formats/language/reading.h"

namespace understudy::formats {

namespace {

/// A document's elements, by what stays when people give them other names.
class KnownElements {
public:
    explicit KnownElements(const Node& document) : document_(document) {
        const Entry* twin = document.is_map() ? document.find("twin") : nullptr;
        const Entry* renamed =
            twin != nullptr && twin->value.is_map() ? twin->value.find("renamed") : nullptr;
        if (renamed != nullptr && renamed->value.is_map())
            for (const Entry& entry : renamed->value.entries) renamed_.emplace(entry.key, entry.value.text);
        for (const Target& target : targets_of(document)) {
            if (target.place == "action") continue;
            const Identity identity = identity_of(target);
            by_first_name_.emplace(identity.first_name, target);
            if (!identity.label.empty()) by_label_.emplace(identity.label, target);
        }
    }

    struct Identity {
        std::string first_name, label;  ///< with the kind of element; of a task with those of its pipeline
    };
    Identity identity_of(const Target& target) const {
        const std::string kind = std::string(target.place) + "\n";
        Identity identity;
        const std::string label = label_of(*target.node);
        if (target.place == "task") {
            const std::string pipeline = target.name.substr(0, target.name.rfind('.'));
            const auto own = renamed_.find(target.name);
            identity.first_name =
                kind + (own != renamed_.end() ? own->second
                                              : first_name(pipeline) + target.name.substr(pipeline.size()));
            const std::string of_pipeline =
                label_of(section_of(document_, "pipelines").find(pipeline)->value);
            if (!label.empty()) identity.label = kind + of_pipeline + "\n" + label;
        } else {
            identity.first_name = kind + first_name(target.name);
            if (!label.empty()) identity.label = kind + label;
        }
        return identity;
    }

    const Target* find(const Identity& identity) const {
        if (const auto found = by_label_.find(identity.label);
            !identity.label.empty() && found != by_label_.end())
            return &found->second;
        const auto found = by_first_name_.find(identity.first_name);
        return found == by_first_name_.end() ? nullptr : &found->second;
    }

private:
    std::string first_name(const std::string& name) const {
        const auto found = renamed_.find(name);
        return found == renamed_.end() ? name : found->second;
    }

    const Node& document_;
    std::map<std::string, std::string> renamed_;
    std::map<std::string, Target> by_first_name_, by_label_;
};

const Node* value_at(const Node& element, const std::string& path) {
    const Node* node = &element;
    for (std::size_t from = 0; from <= path.size();) {
        const Entry* entry = node->is_map() ? node->find_along(path.substr(from)) : nullptr;
        if (entry == nullptr) return nullptr;
        node = &entry->value;
        from += entry->key.size() + 1;
    }
    return node;
}

bool equal(const Node* a, const Node* b) {
    return a == nullptr || b == nullptr ? a == b : same_value(*a, *b);
}

/// What a list or a map has, each as it is written.
std::vector<std::string> parts_of(const Node* node) {
    std::vector<std::string> parts;
    if (node == nullptr) return parts;
    if (node->is_scalar()) parts.push_back(node->text);
    for (const Node& item : node->items) parts.push_back(write_flow(item));
    for (const Entry& entry : node->entries) parts.push_back(entry.key + ": " + write_flow(entry.value));
    return parts;
}

/// Whether what people added to or took from a list is still so afterwards.
bool keeps_what_was_set(const Node* imported, const Node* set, const Node* now) {
    if (set == nullptr || now == nullptr || set->is_scalar() != now->is_scalar() || set->is_scalar())
        return false;
    const std::vector<std::string> before = parts_of(imported), by_hand = parts_of(set),
                                   after = parts_of(now);
    const auto has = [](const std::vector<std::string>& all, const std::string& one) {
        return std::find(all.begin(), all.end(), one) != all.end();
    };
    return std::all_of(by_hand.begin(), by_hand.end(),
                       [&](const std::string& part) { return has(before, part) || has(after, part); }) &&
           std::all_of(before.begin(), before.end(),
                       [&](const std::string& part) { return has(by_hand, part) || !has(after, part); });
}

std::optional<std::string> shown(const Node* node) {
    if (node == nullptr) return std::nullopt;
    constexpr std::size_t most = 100;
    const std::string text = node->is_scalar() ? node->text : write_flow(*node);
    return text.size() > most ? text.substr(0, most) + "..." : text;
}

/// Of an element, as a whole.
constexpr const char* there = "there";

class HandEdits {
public:
    explicit HandEdits(const std::vector<VersionSinceImport>& versions) : versions_(versions) {
        for (const VersionSinceImport& version : versions) known_.emplace_back(version.document);
    }

    void find(TwinUpdate& update) {
        for (const Node& edit : update.edits) {
            if (const Entry* set = edit.find("set"))
                look_at_key(set->value.text, &edit.find("to")->value);
            else if (const Entry* remove = edit.find("remove"))
                look_at_removal(remove->value.text);
            else if (const Entry* add = edit.find("add"))
                look_at_addition(add->value.text, edit);
        }
        update.overwritten = std::move(found_);
    }

private:
    const Node& latest() const { return versions_.back().document; }

    void look_at_key(const std::string& path, const Node* now) {
        std::string key;
        const std::vector<Target> targets = targets_of(latest());
        if (const Target* target = resolve(targets, path, key); target != nullptr && !key.empty())
            look_at(*target, key, now);
    }

    void look_at(const Target& target, const std::string& key, const Node* now) {
        const KnownElements::Identity identity = known_.back().identity_of(target);
        const Target* imported = known_.front().find(identity);
        if (imported == nullptr) return;  // of an element that people have added
        const Node *before = value_at(*imported->node, key), *set = value_at(*target.node, key);
        if (equal(before, set) || keeps_what_was_set(before, set, now)) return;
        std::size_t by = versions_.size() - 1;
        for (; by > 1; --by) {
            const Target* earlier = known_[by - 1].find(identity);
            if (earlier == nullptr || !equal(value_at(*earlier->node, key), set)) break;
        }
        tell(target.name + "." + key, by, shown(before), shown(set), shown(now));
    }

    void look_at_removal(const std::string& path) {
        std::string key;
        const std::vector<Target> targets = targets_of(latest());
        const Target* target = resolve(targets, path, key);
        if (target == nullptr) return;
        if (!key.empty()) return look_at(*target, key, nullptr);
        const KnownElements::Identity identity = known_.back().identity_of(*target);
        if (known_.front().find(identity) == nullptr) {
            std::size_t by = 1;
            while (by + 1 < versions_.size() && known_[by].find(identity) == nullptr) ++by;
            return tell(target->name, by, std::nullopt, there, std::nullopt);
        }
        if (target->node->is_map())
            for (const Entry& entry : target->node->entries)
                if (entry.key != "tasks") look_at(*target, entry.key, nullptr);
    }

    void look_at_addition(const std::string& name, const Node& edit) {
        Node value = edit.find("value")->value;
        const std::string& kind = edit.find("as")->value.text;
        const Target added{name, kind, &value, {}};
        if (kind == "task" &&
            section_of(latest(), "pipelines").find(name.substr(0, name.rfind('.'))) == nullptr)
            return;
        const KnownElements::Identity identity = known_.back().identity_of(added);
        if (known_.front().find(identity) == nullptr) return;
        std::size_t by = 1;
        while (by + 1 < versions_.size() && known_[by].find(identity) != nullptr) ++by;
        tell(name, by, there, std::nullopt, there);
    }

    void tell(const std::string& what, std::size_t by, std::optional<std::string> imported,
              std::optional<std::string> set, std::optional<std::string> now) {
        const VersionSinceImport& version = versions_[by];
        found_.push_back({what, version.name, version.author, version.kind, std::move(imported),
                          std::move(set), std::move(now)});
    }

    const std::vector<VersionSinceImport>& versions_;
    std::vector<KnownElements> known_;
    std::vector<Overwritten> found_;
};

}  // namespace

void find_overwritten(TwinUpdate& update, const std::vector<VersionSinceImport>& versions) {
    if (versions.size() > 1) HandEdits(versions).find(update);
}

std::string overwritten_text(const Overwritten& one) {
    const std::string how = one.kind == "calibration" ? "by a calibration" : "by hand";
    const std::string who = one.author.empty() ? one.version : one.version + " by " + one.author;
    const auto value = [](const std::optional<std::string>& text) { return text.value_or("nothing"); };
    if (one.set == there && !one.imported && !one.now)
        return fmt::format("{}: added {} in {}, taken away by the import", one.what, how, who);
    if (!one.set && one.imported == there && one.now == there)
        return fmt::format("{}: removed {} in {}, added by the import again", one.what, how, who);
    return fmt::format("{}: set {} in {} ({} -> {}), {}", one.what, how, who, value(one.imported),
                       value(one.set),
                       one.now ? "taken from the import again: " + *one.now : "which the import takes away");
}

}  // namespace understudy::formats
