#include "tools/formats/language/base_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "tools/formats/language/applied_changes.h"
#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/head.h"
#include "tools/formats/language/keys.h"
#include "tools/formats/language/overruled_parameters.h"
#include "tools/formats/language/reading.h"
#include "tools/formats/language/relative_paths.h"
#include "tools/formats/language/rollback_reader.h"
#include "tools/formats/language/stored_twins.h"
#include "tools/formats/language/suggestions.h"
#include "tools/formats/language/templates.h"
#include "tools/formats/language/text_file.h"
#include "tools/formats/language/uncertainty.h"

namespace understudy::formats {

namespace {

namespace fs = std::filesystem;

/// Files in files; more is a mistake.
constexpr std::size_t most_nested = 16;

std::string within(const std::string& folder, const std::string& file) {
    return (fs::path(folder == "." ? "" : folder) / file).lexically_normal().string();
}

std::string folder_of(const std::string& file) {
    const std::string folder = fs::path(file).parent_path().string();
    return folder.empty() ? "." : folder;
}

/// The texts of a list of files, or of one.
std::vector<Node> files_in(const Node& value, std::string_view key, std::string_view example,
                           Diagnostics& out) {
    Reading reading(out);
    if (value.is_scalar()) return {value};
    if (!value.is_list()) {
        out.error(value.place, fmt::format("'{}' takes a list of files, not {}", key, shown(value)),
                  fmt::format("such as '{}: [{}]'", key, example));
        return {};
    }
    std::vector<Node> files;
    for (const Node& item : value.items)
        if (require_scalar(reading, item, key, example)) files.push_back(item);
    return files;
}

class Merge {
public:
    Merge(Node& root, std::string folder, Diagnostics& out)
        : root_(root), folder_(std::move(folder)), out_(out) {}

    /// Of the files that were included.
    const std::vector<TakenInstances>& instances() const { return instances_; }

    /// Puts them in place.
    void make(InstanceMaker& maker) {
        for (const TakenInstances& taken : instances_) {
            Node part = Node::map();
            part.add("twin", Node::map());
            maker.make(part, taken);
            if (part.find("twin")->value.entries.empty()) continue;  // it is wrong, which has been told
            move_paths(part, taken.folder, folder_);
            merge(part);
        }
    }

    /// `on_the_way`: the files in which this one is included, itself the last.
    void includes_of(Node& document, const std::string& folder, std::vector<std::string>& on_the_way) {
        Entry* include = document.is_map() ? document.find("include") : nullptr;
        if (include == nullptr) return;
        const std::vector<Node> files = files_in(include->value, "include", "platform.yaml", out_);
        std::erase_if(document.entries, [](const Entry& entry) { return entry.key == "include"; });
        for (const Node& file : files) include_file(file, within(folder, file.text), on_the_way);
    }

private:
    void include_file(const Node& named, const std::string& path, std::vector<std::string>& on_the_way) {
        if (std::find(on_the_way.begin(), on_the_way.end(), path) != on_the_way.end() ||
            on_the_way.size() >= most_nested) {
            out_.error(named.place, fmt::format("'{}' includes itself", named.text), "leave one of them out");
            return;
        }
        std::string text;
        const auto problem = read_text_file(path, text);
        const int source = out_.add_file(path, text);
        if (problem) {
            out_.error(named.place, fmt::format("'{}': {}", named.text, problem->what),
                       "the path is relative to the file that includes it");
            return;
        }
        const std::size_t before = out_.errors();
        Node part = read_document(text, out_, source);
        if (out_.errors() > before && part.entries.empty()) return;
        if (!check_head(part, "scenario", out_)) return;
        on_the_way.push_back(path);
        includes_of(part, folder_of(path), on_the_way);
        on_the_way.pop_back();
        if (auto taken = take_instances(part, folder_of(path))) instances_.push_back(std::move(*taken));
        move_paths(part, folder_of(path), folder_);
        merge(part);
    }

    void merge(Node& part) {
        for (Entry& section : part.entries) {
            if (section.key == "understudy" || section.key == "scenario" || section.key == "description")
                continue;
            if (section.key == "run" && root_.find("run") != nullptr) {
                out_.error(section.place, "'run' is given in the file that includes this as well",
                           "leave one of them out: nothing overrides silently");
                continue;
            }
            if (section.key == "twin")
                merge_twin(section);
            else
                merge_section(root_, section);
        }
    }

    void merge_twin(Entry& twin) {
        Entry* ours = root_.find("twin");
        if (ours == nullptr) {
            root_.entries.push_back(std::move(twin));
            return;
        }
        if (!ours->value.is_map() || !twin.value.is_map()) {
            out_.error(twin.place, "the twin is given in the file that includes this as well",
                       "a stored version is a twin as a whole: leave one of them out");
            return;
        }
        for (Entry& section : twin.value.entries) merge_section(ours->value, section);
    }

    /// Elements and items beside those that are there.
    void merge_section(Node& parent, Entry& section) {
        Entry* ours = parent.find(section.key);
        if (ours == nullptr) {
            parent.entries.push_back(std::move(section));
            return;
        }
        if (ours->value.is_list() && section.value.is_list()) {
            for (Node& item : section.value.items) ours->value.items.push_back(std::move(item));
            return;
        }
        if (!ours->value.is_map() || !section.value.is_map()) {
            out_.error(section.place,
                       fmt::format("'{}' is given in the file that includes this as well", section.key),
                       "leave one of them out: nothing overrides silently");
            return;
        }
        for (Entry& element : section.value.entries) {
            if (const Entry* other = ours->value.find(element.key); other != nullptr) {
                out_.error(element.place, fmt::format("'{}' is declared twice", element.key),
                           fmt::format("also at {}", out_.show(other->place)));
                continue;
            }
            ours->value.entries.push_back(std::move(element));
        }
    }

    Node& root_;
    std::string folder_;
    Diagnostics& out_;
    std::vector<TakenInstances> instances_;
};

/// A change is rehearsed under actions that there are.
void check_stress(const Node& root, const Change& change, Diagnostics& out, std::vector<Diagnostic>* apart) {
    std::vector<std::string> names;
    if (const Entry* actions = root.is_map() ? root.find("actions") : nullptr; actions != nullptr)
        for (const Node& action : actions->value.items)
            if (const Entry* name = action.is_map() ? action.find("name") : nullptr; name != nullptr)
                names.push_back(name->value.text);
    for (const Node& stress : change.stress) {
        if (std::find(names.begin(), names.end(), stress.text) != names.end()) continue;
        const std::string hint = did_you_mean(stress.text, names);
        Diagnostic unknown{
            Diagnostic::Severity::error, stress.place, fmt::format("no action is called '{}'", stress.text),
            hint.empty() ? "it is rehearsed under actions of the scenario that have a 'name'" : hint};
        if (apart != nullptr)
            apart->push_back(std::move(unknown));
        else
            out.error(unknown.place, unknown.message, unknown.hint);
    }
}

/// No action could make them on the way, and none needs to.
std::vector<Edit> beside_the_model(const Node& root, const std::vector<Edit>& edits) {
    std::vector<Edit> found;
    std::copy_if(edits.begin(), edits.end(), std::back_inserter(found),
                 [&](const Edit& edit) { return is_beside_the_model(root, edit); });
    return found;
}

struct ChangeToApply {
    Change change;
    bool last = false;
};

/// Those that `changes` names, then `more`.
std::vector<ChangeToApply> read_changes(Node& root, const std::string& folder,
                                        const std::vector<std::string>& more, Diagnostics& out) {
    struct File {
        std::string path;
        std::optional<Node> named;  ///< where the scenario names it
    };
    std::vector<File> files;
    if (Entry* changes = root.is_map() ? root.find("changes") : nullptr; changes != nullptr) {
        for (const Node& named : files_in(changes->value, "changes", "fewer-workers.yaml", out))
            files.push_back({within(folder, named.text), named});
        std::erase_if(root.entries, [](const Entry& entry) { return entry.key == "changes"; });
    }
    for (const std::string& path : more) files.push_back({path, std::nullopt});
    std::vector<ChangeToApply> all;
    for (const File& file : files) {
        std::string text;
        const auto problem = read_text_file(file.path, text);
        const int source = out.add_file(file.path, text);
        if (problem) {
            if (file.named)
                out.error(file.named->place, fmt::format("'{}': {}", file.named->text, problem->what),
                          "the path is relative to the scenario");
            else
                out.error({0, 0, source}, problem->what, problem->hint);
            continue;
        }
        auto change = read_change(text, out, source);
        if (!change) continue;
        for (Edit& edit : change->edits) edit.files.folder = folder_of(file.path);
        all.push_back({std::move(*change), &file == &files.back()});
    }
    return all;
}

/// Its edits become actions, which nothing that is made before can be.
bool is_made_on_the_way(const ChangeToApply& one, const Alongside& alongside) {
    return one.last && alongside.way_back != nullptr && alongside.way_back->edits != Edits::made_before;
}

/// The edits of all others.
std::vector<const Edit*> made_before(const std::vector<ChangeToApply>& changes, const Alongside& alongside) {
    std::vector<const Edit*> edits;
    for (const ChangeToApply& one : changes)
        if (!is_made_on_the_way(one, alongside))
            for (const Edit& edit : one.change.edits) edits.push_back(&edit);
    return edits;
}

/// Without those edits of which `done` is true.
template <class Done>
void apply_changes(Node& root, std::vector<ChangeToApply>& changes, const Done& done,
                   std::vector<LoadMultiple>& multiples, Diagnostics& out, const Alongside& alongside) {
    for (ChangeToApply& one : changes) {
        Change& change = one.change;
        // Whoever asks for a way back has read all without it first.
        if (alongside.way_back == nullptr) check_stress(root, change, out, alongside.stress);
        const Renames renames = renames_in(change.edits);
        if (alongside.uncertain != nullptr) {
            put_uncertain(change.uncertain, *alongside.uncertain);
            follow_renames(renames, *alongside.uncertain);
        }
        if (alongside.renames != nullptr)
            alongside.renames->insert(alongside.renames->end(), renames.begin(), renames.end());
        if (one.last && alongside.way_back != nullptr) put_aside(root, change, *alongside.way_back, out);
        const bool later = is_made_on_the_way(one, alongside);
        std::vector<Edit> edits = later ? beside_the_model(root, change.edits) : std::move(change.edits);
        std::erase_if(edits, done);
        apply_edits(root, edits, multiples, out, later ? nullptr : alongside.transformed);
    }
}

/// What sets parameters of instances before these are put in place, in the order in which it counts.
class InstanceSettings {
public:
    InstanceSettings(const Node& root, const std::vector<TakenInstances>& instances,
                     const std::vector<ChangeToApply>& changes, const std::vector<std::string>& overrides,
                     const Alongside& alongside)
        : targets_(targets_of(root)) {
        for (const TakenInstances& taken : instances)
            for (const Entry& instance : taken.instances.entries) instances_.push_back(instance.key);
        for (const ChangeToApply& one : changes)
            for (const Edit& edit : one.change.edits) {
                if (edit.kind == Edit::Kind::add) added_.push_back(edit.name);
                if (edit.kind == Edit::Kind::rename) added_.push_back(edit.to);
                if (!is_made_on_the_way(one, alongside) && is_setting(edit) && may_be_of_one(edit.name))
                    add({edit.name, edit.value, edit.place, ""});
            }
        for (const std::string& override : overrides)
            if (const std::string path = path_of_override(override); may_be_of_one(path))
                add({path, {}, {}, override});
    }

    std::vector<InstanceSetting>& all() { return settings_; }

    /// Whether what sets this is done, or told as wrong, once instances are made.
    bool is_done(const std::string& path) const {
        return std::any_of(settings_.begin(), settings_.end(),
                           [&](const InstanceSetting& one) { return one.path == path && one.used; });
    }
    bool is_done(const Edit& edit) const { return is_setting(edit) && is_done(edit.name); }

    /// Once instances are made: tells what is wrong with them.
    void check(const Node& root, const Node& made, Diagnostics& out) {
        const std::vector<Target> targets = targets_of(root);
        for (std::size_t i = 0; i < settings_.size(); ++i) {
            InstanceSetting& setting = settings_[i];
            const std::string name = setting.path.substr(0, setting.path.rfind('.'));
            const Entry* instance = made.find(name);
            std::string key;
            if (setting.used && !of_element_[i].empty())
                out.error(setting.where,
                          fmt::format("'{}' is a parameter of the instance '{}', and a key of the {} '{}'",
                                      setting.path, name, of_element_[i], name),
                          "give one of them another name");
            if (setting.used || instance == nullptr || resolve(targets, setting.path, key) != nullptr ||
                std::find(added_.begin(), added_.end(), name) != added_.end())
                continue;
            setting.used = true;
            if (!setting.override.empty()) {
                const auto read = read_override(setting.override, out);
                if (!read) continue;
                setting.where = read->where;
            }
            std::vector<std::string> known;
            for (const Entry& one : instance->value.entries)
                if (one.key != "template") known.push_back(one.key);
            const std::string parameter = setting.path.substr(name.size() + 1);
            const std::string hint = did_you_mean(parameter, known);
            out.error(setting.where,
                      fmt::format("'{}', an instance of template '{}', has no parameter '{}'", name,
                                  instance->value.find("template")->value.text, parameter),
                      !hint.empty()   ? hint
                      : known.empty() ? "it has none"
                                      : fmt::format("it has {}", fmt::join(known, ", ")));
        }
    }

private:
    static bool is_setting(const Edit& edit) { return edit.kind == Edit::Kind::set && !edit.of_measure; }

    bool may_be_of_one(const std::string& path) const {
        return path.find('.') != std::string::npos &&
               std::find(instances_.begin(), instances_.end(), path.substr(0, path.find_first_of("./"))) !=
                   instances_.end();
    }

    void add(InstanceSetting setting) {
        std::string key;
        const Target* target = resolve(targets_, setting.path, key);
        of_element_.emplace_back(target == nullptr ? "" : target->place);
        settings_.push_back(std::move(setting));
    }

    std::vector<Target> targets_;  ///< before instances are made
    std::vector<std::string> instances_, added_;
    std::vector<InstanceSetting> settings_;
    std::vector<std::string> of_element_;  ///< what else a setting would set a key of; empty: nothing
};

}  // namespace

bool make_whole(Node& root, const std::string& file, const std::string& folder,
                const std::vector<std::string>& more, std::vector<std::string>& overrides,
                std::vector<LoadMultiple>& multiples, Diagnostics& out, const Alongside& alongside) {
    std::vector<std::string> on_the_way = {fs::path(file).lexically_normal().string()};
    Merge merge(root, folder, out);
    merge.includes_of(root, folder, on_the_way);
    const auto own = take_instances(root, folder);
    std::vector<ChangeToApply> changes = read_changes(root, folder, more, out);
    std::vector<TakenInstances> instances = merge.instances();
    if (own) instances.push_back(*own);
    InstanceSettings settings(root, instances, changes, overrides, alongside);
    InstanceMaker maker(settings.all(), out, alongside.tagged);
    merge.make(maker);
    if (own) maker.make(root, *own);
    if (!instances.empty()) {
        settings.check(root, maker.made(), out);
        refuse_overruled(instances, settings.all(), made_before(changes, alongside), out);
    }
    std::erase_if(overrides, [&](const std::string& one) { return settings.is_done(path_of_override(one)); });
    if (alongside.instances != nullptr) *alongside.instances = maker.made();
    std::string version;
    if (!take_stored_twin(root, folder, out, version)) return false;
    if (alongside.stored_twin != nullptr) *alongside.stored_twin = std::move(version);
    apply_changes(
        root, changes, [&](const Edit& edit) { return settings.is_done(edit); }, multiples, out, alongside);
    spread_applied_changes(root, folder, out);
    return true;
}

}  // namespace understudy::formats
