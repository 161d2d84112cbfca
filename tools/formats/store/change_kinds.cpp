#include "tools/formats/store/change_kinds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "tools/formats/language/document.h"
#include "tools/formats/language/reading.h"
#include "tools/formats/language/substitution.h"
#include "tools/formats/store/version_diff.h"

namespace understudy::formats {

namespace {

enum class ChangeKind { schema, mapping, transformation, topology, capacity, configuration };
constexpr std::array<const char*, 6> kind_names = {"schema",   "mapping",  "transformation",
                                                   "topology", "capacity", "configuration"};

template <std::size_t Size>
bool is_among(std::string_view word, const std::array<std::string_view, Size>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 5> works = {"stage", "task", "pipeline", "dataset", "load"};
constexpr std::array<std::string_view, 3> means = {"pool", "type", "budget"};
constexpr std::array<std::string_view, 8> ways = {"reads", "writes",      "route",     "after",
                                                  "rest",  "dead_letter", "waits_for", "holds_until"};
constexpr std::array<std::string_view, 3> outputs = {"emits", "join", "window"};
/// Of workers, and of what work takes; orders, prices and times of work are configuration.
constexpr std::array<std::string_view, 22> capacities = {
    "workers",   "type",     "cores",   "memory",   "speed",      "network",         "skills",
    "scale",     "start_up", "outages", "grows",    "keep_alive", "speedup",         "bandwidth",
    "take",      "runs_on",  "spends",  "capacity", "refill",     "max_active_runs", "max_active_tasks",
    "partitions"};

ChangeKind kind_of_key(std::string_view type, std::string_view key) {
    if (type == "pipeline" && key.starts_with("defaults.")) {
        key.remove_prefix(std::string_view("defaults.").size());
        type = "task";
    }
    const std::string_view head = key.substr(0, key.find('.'));
    if (type == "dataset" && head == "columns")
        return key.ends_with(".derives_from") ? ChangeKind::mapping : ChangeKind::schema;
    if (type == "dataset" && head == "contract") return ChangeKind::schema;
    const bool of_work = is_among(type, works);
    if (of_work && is_among(head, ways)) return ChangeKind::topology;
    if (of_work && type != "load" && is_among(head, outputs)) return ChangeKind::transformation;
    const bool places = key == "queue" || key == "queue.capacity" || key == "queue.full";
    if ((of_work && type != "load") || is_among(type, means))
        if (is_among(head, capacities) || places || key == "transfers.over" ||
            (type == "budget" && head == "initial"))
            return ChangeKind::capacity;
    return ChangeKind::configuration;
}

/// Of what an action does, which is no less than an edit that does it for good.
ChangeKind kind_of_action(const Node& root, const Node& action) {
    for (const char* verb : {"fail", "heal", "pause", "resume"})
        if (action.find(verb) != nullptr) return ChangeKind::capacity;
    const Entry* set = action.find("set");
    if (set == nullptr || !set->value.is_scalar()) return ChangeKind::configuration;
    std::string key;
    const std::vector<Target> targets = targets_of(root);
    const Target* target = resolve(targets, set->value.text, key);
    return target == nullptr ? ChangeKind::configuration : kind_of_key(target->place, key);
}

/// The action of that name; null: there is none.
const Node* action_called(const Node& root, const std::string& name) {
    for (const Target& target : targets_of(root))
        if (target.place == "action" && target.name == name) return target.node;
    return nullptr;
}

class Kinds {
public:
    void add(ChangeKind kind, const std::string& because) {
        std::optional<std::string>& known = because_[static_cast<std::size_t>(kind)];
        if (!known) known = because;
    }

    void add(const ElementDifference& difference) {
        // What a new name leaves behind so that random numbers follow it.
        if (difference.type == "renamed") return;
        const std::string element =
            difference.name.empty() ? difference.type : difference.type + " " + difference.name;
        const bool whole = difference.kind != ElementDifference::Kind::changed;
        if (whole)
            add(is_among(difference.type, works)   ? ChangeKind::topology
                : is_among(difference.type, means) ? ChangeKind::capacity
                                                   : ChangeKind::configuration,
                element + (difference.kind == ElementDifference::Kind::added ? " is new" : " goes"));
        for (const KeyDifference& key : difference.keys) {
            const ChangeKind kind = kind_of_key(difference.type, key.key);
            if (whole && (kind == ChangeKind::topology || kind == ChangeKind::configuration)) continue;
            add(kind, key.key.empty() ? element : element + ": " + key.key);
        }
    }

    std::vector<FoundKind> take() {
        std::vector<FoundKind> found;
        for (std::size_t i = 0; i < because_.size(); ++i)
            if (because_[i]) found.push_back({kind_names[i], std::move(*because_[i])});
        return found;
    }

private:
    std::array<std::optional<std::string>, kind_names.size()> because_;
};

/// With parameters where they are used, and the edits made.
std::string settled(const std::string& text, const std::vector<Edit>& edits) {
    Diagnostics none;
    Node root = read_document(text, none);
    std::vector<LoadMultiple> multiples;
    for (const Edit& edit : edits) apply_edits(root, {edit}, multiples, none);
    substitute_parameters(root, none);
    apply_multiples(root, multiples, none);
    return write_document(root);
}

/// `nightly.build` is a task where there is a pipeline called so, a column otherwise.
bool names_task(const std::string& path, const std::string& text) {
    Diagnostics none;
    const Node root = read_document(text, none);
    const Entry* twin = root.find("twin");
    const Entry* pipelines = twin == nullptr ? nullptr : twin->value.find("pipelines");
    return pipelines != nullptr && pipelines->value.find(path.substr(0, path.rfind('.'))) != nullptr;
}

/// An element, which may have dots in its name, or a task or a column by its path.
bool is_there(const std::string& path, const std::string& text) {
    Diagnostics none;
    const Node root = read_document(text, none);
    const Entry* twin = root.find("twin");
    const Entry* loads = root.find("load");
    if (loads != nullptr && loads->value.is_map() && loads->value.find(path) != nullptr) return true;
    if (twin == nullptr || !twin->value.is_map()) return false;
    for (const Entry& section : twin->value.entries)
        if (section.value.is_map() && section.value.find(path) != nullptr) return true;
    const std::size_t dot = path.rfind('.');
    const auto under = [&](const char* section, const char* parts) {
        const Entry* const all = twin->value.find(section);
        const Entry* const whole = all == nullptr ? nullptr : all->value.find(path.substr(0, dot));
        const Entry* const named =
            whole == nullptr || !whole->value.is_map() ? nullptr : whole->value.find(parts);
        return named != nullptr && named->value.is_map() &&
               named->value.find(path.substr(dot + 1)) != nullptr;
    };
    return under("pipelines", "tasks") || under("datasets", "columns");
}

/// What edits together call otherwise than the base does. What they have added themselves, and what they take away again, is
/// none of it.
class NewNames {
public:
    NewNames(const std::vector<Edit>& edits, const std::string& from) : from_(from) {
        for (const Edit& edit : edits) {
            if (edit.of_measure) continue;
            if (edit.kind == Edit::Kind::add) fresh_.push_back(edit.name);
            if (edit.kind == Edit::Kind::remove) remove(edit.name);
            if (edit.kind == Edit::Kind::rename) rename(edit);
        }
    }

    /// The renames that do it, in their order, steps between among them.
    const std::vector<Edit>& steps() const { return steps_; }

    /// What each is called in the base, and now.
    std::vector<std::pair<std::string, std::string>> take() {
        std::erase_if(names_, [&](const auto& name) { return by_prefix(name.second) == name.first; });
        return std::move(names_);
    }

private:
    static bool is_in(const std::string& path, const std::string& whole) {
        return path == whole ||
               (path.size() > whole.size() && path.starts_with(whole) && path[whole.size()] == '.');
    }

    bool is_fresh(const std::string& name) const {
        return std::any_of(fresh_.begin(), fresh_.end(),
                           [&](const std::string& one) { return is_in(name, one); });
    }

    /// As the base has it, if only that changed which it is a part of.
    std::string by_prefix(const std::string& now) const {
        for (const auto& [before, after] : names_)
            if (after != now && is_in(now, after)) return before + now.substr(after.size());
        return now;
    }

    void remove(const std::string& name) {
        std::erase_if(fresh_, [&](const std::string& one) { return is_in(one, name); });
        std::erase_if(names_, [&](const auto& one) { return is_in(one.second, name); });
    }

    void rename(const Edit& edit) {
        const auto known = std::find_if(names_.begin(), names_.end(),
                                        [&](const auto& one) { return one.second == edit.name; });
        const std::string before = known != names_.end() ? known->first : by_prefix(edit.name);
        // A task is called by its own name, all else by its path.
        const std::size_t dot = edit.name.rfind('.');
        const bool own_name =
            edit.to.find('.') == std::string::npos && dot != std::string::npos && names_task(before, from_);
        const std::string to = own_name ? edit.name.substr(0, dot + 1) + edit.to : edit.to;
        const bool fresh = is_fresh(edit.name);
        for (std::string& one : fresh_)
            if (is_in(one, edit.name)) one = to + one.substr(edit.name.size());
        // A column that another edit has set is as new as one that is added.
        if (fresh || (dot != std::string::npos && !is_there(before, from_))) return;
        for (auto& [base, now] : names_)
            if (now != edit.name && is_in(now, edit.name)) now = to + now.substr(edit.name.size());
        if (known != names_.end())
            known->second = to;
        else
            names_.emplace_back(before, to);
        steps_.push_back(edit);
    }

    const std::string& from_;
    std::vector<std::string> fresh_;
    std::vector<std::pair<std::string, std::string>> names_;
    std::vector<Edit> steps_;
};

}  // namespace

std::vector<FoundKind> kinds_of_change(const std::string& from, const std::string& to,
                                       const std::vector<Edit>& edits) {
    Kinds kinds;
    NewNames names(edits, from);
    const std::vector<Edit> steps = names.steps();
    for (const auto& [before, now] : names.take())
        kinds.add(ChangeKind::mapping, before + " is called " + now);
    for (const Edit& edit : edits)
        if (edit.kind == Edit::Kind::transform) kinds.add(ChangeKind::transformation, edit.name + ": SQL");
    for (const auto& [now, before] : renamed_columns(steps))
        if (now != before && !names_task(before, from) && !names_task(now, to))
            kinds.add(ChangeKind::schema, before + " is called " + now);
    const std::string before = settled(from, steps), after = settled(to, {});
    for (const ElementDifference& difference : differences(before, after)) {
        kinds.add(difference);
        if (difference.type != "action") continue;
        for (const std::string& text : {before, after}) {
            Diagnostics none;
            const Node root = read_document(text, none);
            if (const Node* action = action_called(root, difference.name))
                kinds.add(kind_of_action(root, *action), "action " + difference.name);
        }
    }
    return kinds.take();
}

std::vector<FoundKind> kinds_of_edits(const std::string& from, const std::vector<Edit>& edits) {
    return kinds_of_change(from, settled(from, edits), edits);
}

bool is_origin(const std::string& kind) {
    return kind == "calibration" || kind == "sync" || kind == "import";
}

std::vector<std::string> kinds_that_count(const std::vector<FoundKind>& found, const std::string& declared) {
    std::vector<std::string> kinds;
    for (const FoundKind& one : found) kinds.push_back(one.kind);
    if (is_origin(declared)) kinds.push_back(declared);
    return kinds;
}

std::string kinds_text(const std::vector<FoundKind>& found, const std::string& declared) {
    const std::vector<std::string> kinds = kinds_that_count(found, declared);
    const bool contradicts =
        !declared.empty() && std::find(kinds.begin(), kinds.end(), declared) == kinds.end();
    return fmt::format("{}{}",
                       kinds.empty() ? "none: nothing changes" : fmt::format("{}", fmt::join(kinds, ", ")),
                       contradicts ? fmt::format("; it says {}", declared) : "");
}

}  // namespace understudy::formats
