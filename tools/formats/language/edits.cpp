#include "tools/formats/language/edits.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "models/listed.h"
#include "tools/formats/language/assignment.h"
#include "tools/formats/language/fault.h"
#include "tools/formats/language/keys.h"
#include "tools/formats/language/listed_measures.h"
#include "tools/formats/language/mentions.h"
#include "tools/formats/language/multiplied.h"
#include "tools/formats/language/multiplied_value.h"
#include "tools/formats/language/reading.h"
#include "tools/formats/language/suggestions.h"

namespace understudy::formats {

namespace {

/// Where elements of a kind are declared, and what one may be called.
struct Section {
    std::string_view as, name;
};
constexpr Section twin_sections[] = {{"type", "types"},       {"pool", "pools"},   {"budget", "budgets"},
                                     {"dataset", "datasets"}, {"stage", "stages"}, {"pipeline", "pipelines"}};

class Editor {
public:
    Editor(Node& root, std::vector<LoadMultiple>& multiples, Diagnostics& out,
           std::vector<studies::Transformation>* transformed)
        : root_(root), multiples_(multiples), out_(out), transformed_(transformed) {}

    void apply(const Edit& edit) {
        if (edit.of_measure) return edit_measure(edit);
        switch (edit.kind) {
            case Edit::Kind::set: return set(edit);
            case Edit::Kind::add: return add(edit);
            case Edit::Kind::remove: return remove(edit);
            case Edit::Kind::rename: return rename(edit);
            case Edit::Kind::transform: return transform(edit);
        }
    }

private:
    /// A declaration: the map of its section, of an action the list, and its number there.
    struct Declared {
        Node* section = nullptr;
        std::size_t index = 0;
        std::string_view as;
        Node& value() const {
            return section->is_list() ? section->items[index] : section->entries[index].value;
        }
        /// Not of an action.
        const std::string& name() const { return section->entries[index].key; }
        void call(const std::string& name) const {
            if (section->is_list())
                value().find("name")->value.text = name;
            else
                section->entries[index].key = name;
        }
        void erase() const {
            const auto at = static_cast<std::ptrdiff_t>(index);
            if (section->is_list())
                section->items.erase(section->items.begin() + at);
            else
                section->entries.erase(section->entries.begin() + at);
        }
    };

    void edit_measure(const Edit& edit) {
        const auto there = listed_measure(root_, edit.name);
        if (edit.kind == Edit::Kind::add) {
            if (there) return is_there(edit.place, edit.name);
            Node* list = list_in(edit.as == "objective" ? "objectives" : "measures", edit.where);
            if (list != nullptr) list->items.push_back(edit.value);
            return;
        }
        if (!there) {
            const std::string instead = instead_of_measure(root_, edit.name);
            out_.error(edit.place, fmt::format("there is no objective or measure '{}'", edit.name),
                       instead.empty() ? "name one by its whole text, as in the scenario" : instead);
            return;
        }
        if (edit.kind == Edit::Kind::remove) return take_away(root_, *there);
        if (const auto other = listed_measure(root_, edit.value.text);
            other && (other->list != there->list || other->index != there->index))
            return is_there(edit.value.place, edit.value.text);
        there->node() = edit.value;
    }

    void is_there(Place place, const std::string& text) {
        out_.error(place, fmt::format("'{}' is there already", text), "leave it out");
    }

    void set(const Edit& edit) {
        if (lacks_column(edit)) return;
        std::string key;
        const std::vector<Target> targets = targets_of(root_);
        if (const Target* target = resolve(targets, edit.name, key);
            target != nullptr && target->place == "action" && key == "name") {
            out_.error(edit.place, "a name stays what others call it by",
                       fmt::format("give it another one: '{{rename: {}, to: {}}}'", target->name,
                                   edit.value.is_scalar() ? edit.value.text : "peak"));
            return;
        }
        if (edit.value.is_scalar() && is_load_multiple(root_, edit.name, edit.value.text))
            multiples_.push_back({edit.name, edit.value.text, edit.value.place});
        else if (const auto factor = edit.value.is_scalar() ? factor_in(edit.value.text) : std::nullopt)
            assign_multiplied(root_, edit.name, edit.value, *factor, edit.place, Assigned::edit, out_);
        else
            assign(root_, edit.name, edit.value, edit.place, Assigned::edit, out_);
    }

    /// Told where it is a key of a column that is not there, which is neither made by a typo nor told as a key of the dataset.
    bool lacks_column(const Edit& edit) {
        std::string key;
        const std::vector<Target> targets = targets_of(root_);
        const Target* dataset = resolve(targets, edit.name, key);
        const std::size_t dot = key.rfind('.');
        if (dataset == nullptr || dataset->place != "dataset" || dot == std::string::npos) return false;
        const std::string column = key.substr(0, dot);
        const Entry* columns = dataset->node->is_map() ? dataset->node->find("columns") : nullptr;
        if (place_named("dataset").find(key.substr(0, key.find('.'))) != nullptr ||
            (columns != nullptr && columns->value.is_map() && columns->value.find_along(key) != nullptr))
            return false;
        std::vector<std::string> known;
        if (columns != nullptr && columns->value.is_map())
            for (const Entry& one : columns->value.entries) known.push_back(one.key);
        const std::string near = did_you_mean(column, known);
        out_.error(edit.place, fmt::format("'{}' has no column '{}'", dataset->name, column),
                   near.empty()
                       ? fmt::format("add it first: '{{add: {}.{}, as: column, value: {{type: varchar}}}}'",
                                     dataset->name, column)
                       : near);
        return true;
    }

    /// The dataset that a column is named with; what is behind its name and a dot is the column's, which may have dots.
    std::optional<Declared> dataset_of_column(const std::string& name) {
        for (std::size_t dot = name.rfind('.'); dot != std::string::npos && dot > 0;
             dot = name.rfind('.', dot - 1))
            if (auto dataset = declared(name.substr(0, dot)); dataset && dataset->as == "dataset")
                return dataset;
        return std::nullopt;
    }

    void add_column(const Edit& edit) {
        const auto dataset = dataset_of_column(edit.name);
        if (!dataset) {
            out_.error(edit.place, fmt::format("'{}' is of no dataset that is there", edit.name),
                       "name a column with its dataset: 'orders.email'");
            return;
        }
        Node* columns = map_in(dataset->value(), "columns", edit.where);
        if (columns == nullptr) return;
        const std::string column = edit.name.substr(dataset->name().size() + 1);
        if (column.empty()) {
            out_.error(edit.place, "a column has a name", "such as 'orders.email'");
            return;
        }
        if (columns->find(column) != nullptr) {
            out_.error(edit.place, fmt::format("'{}' is there already: it is a column", edit.name),
                       "set its keys");
            return;
        }
        columns->entries.push_back({column, edit.place, edit.value});
    }

    void add(const Edit& edit) {
        if (edit.as == "action") return add_action(edit);
        if (edit.as == "column") return add_column(edit);
        Node* section = nullptr;
        std::string key = edit.name;
        if (edit.as == "task") {
            const std::size_t dot = edit.name.rfind('.');
            const auto of = dot == std::string::npos ? std::nullopt : declared(edit.name.substr(0, dot));
            if (!of || of->as != "pipeline") {
                out_.error(edit.place, fmt::format("'{}' is of no pipeline that is there", edit.name),
                           "name a task with its pipeline: 'nightly.build'");
                return;
            }
            section = map_in(of->value(), "tasks", edit.where);
            key = edit.name.substr(dot + 1);
        } else if (edit.as == "load") {
            section = map_in(root_, "load", edit.where);
        } else if (edit.as == "profile") {
            section = map_in(root_, "profiles", edit.where);
        } else if (Node* twin = map_in(root_, "twin", edit.where); twin != nullptr) {
            for (const Section& one : twin_sections)
                if (one.as == edit.as) section = map_in(*twin, one.name, edit.where);
        }
        if (section == nullptr) return;  // it is no map: an error of the file, reported there
        if (is_declared(edit)) return;
        section->block = true;
        section->entries.push_back({key, edit.place, edit.value});
    }

    void add_action(const Edit& edit) {
        if (const Entry* name = edit.value.find("name")) {
            out_.error(name->place, "an action that is added has its name behind 'add'", "leave 'name' out");
            return;
        }
        if (is_declared(edit)) return;
        Node* list = list_in("actions", edit.where);
        if (list == nullptr) return;
        Node name = Node::scalar(edit.name);
        name.place = edit.place;
        Node action = edit.value;
        action.entries.insert(action.entries.begin(), {"name", edit.place, std::move(name)});
        list->items.push_back(std::move(action));
    }

    static std::string kind_of(const Declared& one) {
        return fmt::format("{} {}", one.as == "action" ? "an" : "a", one.as);
    }

    /// Told where it is.
    bool is_declared(const Edit& edit) {
        const auto there = declared(edit.name);
        if (there)
            out_.error(edit.place, fmt::format("'{}' is there already: it is {}", edit.name, kind_of(*there)),
                       "give it another name, or set its keys");
        return there.has_value();
    }

    void remove(const Edit& edit) {
        const auto there = declared(edit.name);
        if (!there) return remove_key(edit);
        const Named named = there->as == "profile" ? Named::profile : Named::element;
        // What names it, outside of itself, in a document without it: its own keys and tasks go with it.
        Node without = root_;
        std::swap(without, root_);
        declared(edit.name)->erase();
        std::vector<std::string> users;
        std::string promise;
        // What is gone has no state: that is told where it would be taken up, and holds up nobody.
        for (const Mention& mention : mentions_of(root_, edit.name, named)) {
            if (mention.path.starts_with("twin.state")) continue;
            const bool measure = mention.path == "objectives" || mention.path == "measures";
            const std::string user =
                measure ? fmt::format("{}: '{}'", mention.path, mention.text->text) : mention.path;
            if (!users.empty() && users.back() == user) continue;  // from and to of the same
            if (measure && promise.empty()) promise = mention.text->text;
            users.push_back(user);
        }
        if (users.empty()) return forget_old_name(edit.name);
        root_ = std::move(without);
        out_.error(
            edit.place, fmt::format("'{}' is still named in {}", edit.name, models::listed(users, 1)),
            promise.empty() || users.front().find(promise) == std::string::npos
                ? "change or remove that first: edits are made in order"
                : fmt::format("remove that first, '{{remove: \"{}\"}}': edits are made in order", promise));
    }

    void remove_key(const Edit& edit) {
        std::string path;
        const std::vector<Target> targets = targets_of(root_);
        const Target* target = resolve(targets, edit.name, path);
        if (target == nullptr) {
            not_called(edit);
            return;
        }
        Node* map = const_cast<Node*>(target->node);  // root_ is ours to edit
        std::size_t from = 0;
        // A column or a field may be named without the map that it stands in.
        if (map->is_map() && map->find(path.substr(0, path.find('.'))) == nullptr)
            for (const char* inner : {"columns", "fields"})
                if (Entry* entry = map->find(inner);
                    entry != nullptr && entry->value.find_along(path) != nullptr) {
                    map = &entry->value;
                    break;
                }
        while (true) {
            const std::string rest = path.substr(from);
            Entry* entry = map->is_map() ? map->find_along(rest) : nullptr;
            const std::string key = entry != nullptr ? entry->key : rest.substr(0, rest.find('.'));
            if (entry == nullptr) {
                std::vector<std::string> keys;
                for (const Entry& one : map->entries) keys.push_back(one.key);
                out_.error(edit.place, fmt::format("'{}' has no '{}'", target->name, path),
                           did_you_mean(key, keys));
                return;
            }
            if (key.size() == rest.size()) {
                std::erase_if(map->entries, [&](const Entry& one) { return one.key == key; });
                return;
            }
            map = &entry->value;
            from += key.size() + 1;
        }
    }

    void rename(const Edit& edit) {
        const auto there = declared(edit.name);
        if (!there && rename_column(edit)) return;
        if (!there && mentions_of(root_, edit.name).empty()) {
            not_called(edit);
            return;
        }
        if (declared(edit.to) || !mentions_of(root_, edit.to).empty()) {
            out_.error(edit.value.place, fmt::format("'{}' is there already", edit.to),
                       "give it another name");
            return;
        }
        if (!require_declared_name(out_, edit.to, edit.value.place, true)) return;
        const bool task = there && there->as == "task";
        const std::size_t dot = edit.to.rfind('.');
        if (task && edit.to.substr(0, dot) != edit.name.substr(0, edit.name.rfind('.'))) {
            out_.error(edit.value.place, "a task stays in its pipeline",
                       fmt::format("such as '{}.{}'", edit.name.substr(0, edit.name.rfind('.')), "build"));
            return;
        }
        rename_mentions(root_, edit.name, edit.to,
                        there && there->as == "profile" ? Named::profile : Named::element);
        if (there) there->call(task ? edit.to.substr(dot + 1) : edit.to);
        // A dataset is also named by what is made of its columns.
        const std::string start = edit.name + ".";
        rename_origins([&](const std::string& column) {
            return column.starts_with(start) ? edit.to + "." + column.substr(start.size()) : column;
        });
        // Nothing is drawn by the name of a profile.
        if (!there || there->as != "profile") keep_draws(edit);
    }

    /// False: it names no column.
    bool rename_column(const Edit& edit) {
        const auto dataset = dataset_of_column(edit.name);
        if (!dataset) return false;
        const std::string start = dataset->name() + ".";
        Entry* columns = dataset->value().find("columns");
        Entry* column = columns == nullptr ? nullptr : columns->value.find(edit.name.substr(start.size()));
        if (column == nullptr) return false;
        if (!edit.to.starts_with(start) || edit.to.size() == start.size()) {
            out_.error(edit.value.place, "a column stays in its dataset",
                       fmt::format("such as '{}{}_2'", start, column->key));
            return true;
        }
        const std::string to = edit.to.substr(start.size());
        if (columns->value.find(to) != nullptr) {
            out_.error(edit.value.place, fmt::format("'{}' is there already", edit.to),
                       "give it another name");
            return true;
        }
        column->key = to;
        rename_origins([&](const std::string& one) { return one == edit.name ? edit.to : one; });
        return true;
    }

    /// Columns that others are made of; `now`: what one is called from now on.
    template <class Now>
    void rename_origins(const Now& now) {
        Entry* twin = root_.is_map() ? root_.find("twin") : nullptr;
        Entry* datasets = twin != nullptr && twin->value.is_map() ? twin->value.find("datasets") : nullptr;
        if (datasets == nullptr || !datasets->value.is_map()) return;
        for (Entry& dataset : datasets->value.entries) {
            Entry* columns = dataset.value.is_map() ? dataset.value.find("columns") : nullptr;
            if (columns == nullptr || !columns->value.is_map()) continue;
            for (Entry& made : columns->value.entries) {
                Entry* from = made.value.is_map() ? made.value.find("derives_from") : nullptr;
                if (from == nullptr) continue;
                if (from->value.is_scalar()) from->value.text = now(from->value.text);
                for (Node& item : from->value.items) item.text = now(item.text);
            }
        }
    }

    void transform(const Edit& edit) {
        const auto there = declared(edit.name);
        if (!there || (there->as != "task" && there->as != "stage")) {
            if (!there) return not_called(edit);
            out_.error(edit.place, fmt::format("'{}' is {}, which runs no code", edit.name, kind_of(*there)),
                       "name a task or a stage");
            return;
        }
        auto found = run_transformation(edit.files, root_, out_);
        if (!found) return;
        const auto ratio = [](double before, double after) { return before > 0 ? after / before : 1.0; };
        multiply_emitted(
            edit, "records",
            ratio(static_cast<double>(found->baseline.rows), static_cast<double>(found->candidate.rows)));
        multiply_emitted(edit, "size", ratio(found->baseline.bytes, found->candidate.bytes));
        found->place = out_.show(edit.place);
        if (transformed_ != nullptr) transformed_->push_back(std::move(*found));
    }

    /// What comes out of the task, times so much.
    void multiply_emitted(const Edit& edit, const std::string& key, double factor) {
        if (factor == 1) return;
        std::string none;
        const std::vector<Target> targets = targets_of(root_);
        const Target* target = resolve(targets, edit.name, none);
        // A task that writes nothing has no records to change.
        if (target == nullptr || (target->place == "task" && target->node->find("writes") == nullptr)) return;
        const Entry* emits = target->node->find("emits");
        const std::size_t dot = edit.name.rfind('.');
        if (const auto pipeline =
                dot == std::string::npos ? std::nullopt : declared(edit.name.substr(0, dot));
            emits == nullptr && pipeline && pipeline->as == "pipeline")
            if (const Entry* defaults = pipeline->value().find("defaults"))
                emits = defaults->value.find("emits");
        double before = 1;
        if (const Entry* share = emits == nullptr ? nullptr : emits->value.find(key)) {
            try {
                before = read_share(share->value.text, 0, true);
            } catch (const Fault&) {
                return;  // told by who reads it
            }
        }
        Node value = Node::scalar(fmt::format("{:.12g}%", 100 * before * factor));
        value.place = edit.files.to_place;
        value.exact = false;
        assign(root_, edit.name + ".emits." + key, std::move(value), edit.place, Assigned::edit, out_);
    }

    /// Random numbers go by the name that it had at first, and what is promised of it is told by that.
    void keep_draws(const Edit& edit) {
        Node* twin = map_in(root_, "twin", edit.where);
        Node* renamed = twin == nullptr ? nullptr : old_names_in(*twin, edit.where);
        if (renamed == nullptr) return;
        std::string first = edit.name;
        const std::size_t dot = edit.name.rfind('.');
        if (const Entry* own = renamed->find(edit.name); own != nullptr)
            first = own->value.text;
        else if (const Entry* pipeline =
                     dot == std::string::npos ? nullptr : renamed->find(edit.name.substr(0, dot));
                 pipeline != nullptr)
            first = pipeline->value.text + edit.name.substr(dot);
        // Tasks of a pipeline that had names of their own go with it.
        for (Entry& entry : renamed->entries)
            if (entry.key.starts_with(edit.name + "."))
                entry.key = edit.to + entry.key.substr(edit.name.size());
        std::erase_if(renamed->entries, [&](const Entry& one) { return one.key == edit.name; });
        if (first != edit.to) {
            Node old = Node::scalar(first);
            old.place = edit.place;
            renamed->entries.push_back({edit.to, edit.place, std::move(old)});
        }
        drop_if_empty(*twin);
    }

    /// The map `renamed`, made before the state, where a scenario is written with it.
    Node* old_names_in(Node& twin, Place where) {
        if (twin.is_map() && twin.find("renamed") == nullptr) {
            const auto state = std::find_if(twin.entries.begin(), twin.entries.end(), [](const Entry& one) {
                return one.key == "state" || one.key == "as_of";
            });
            twin.entries.insert(state, {"renamed", where, Node::map()})->value.place = where;
        }
        return map_in(twin, "renamed", where);
    }

    void forget_old_name(const std::string& name) {
        Entry* twin = root_.find("twin");
        Entry* renamed = twin == nullptr ? nullptr : twin->value.find("renamed");
        if (renamed == nullptr) return;
        std::erase_if(renamed->value.entries, [&](const Entry& one) { return one.key == name; });
        drop_if_empty(twin->value);
    }

    static void drop_if_empty(Node& twin) {
        std::erase_if(twin.entries,
                      [](const Entry& one) { return one.key == "renamed" && one.value.entries.empty(); });
    }

    void not_called(const Edit& edit) {
        std::vector<std::string> names;
        for (const Target& target : targets_of(root_)) names.push_back(target.name);
        const std::string hint = did_you_mean(edit.name.substr(0, edit.name.find('.')), names);
        out_.error(edit.place, fmt::format("nothing is called '{}'", edit.name),
                   hint.empty() ? "name an element, or a key of one" : hint);
    }

    /// The map under `key`, made where it is not there; null where something else is.
    Node* map_in(Node& parent, std::string_view key, Place where) {
        if (!parent.is_map()) return nullptr;
        Entry* entry = parent.find(key);
        if (entry == nullptr) {
            parent.entries.push_back({std::string(key), where, Node::map()});
            entry = &parent.entries.back();
            entry->value.place = where;
        }
        return entry->value.is_map() ? &entry->value : nullptr;
    }

    /// The list under `key` of the top level, made where it is not there; null where something else is.
    Node* list_in(std::string_view key, Place where) {
        Entry* entry = root_.find(key);
        if (entry == nullptr) {
            root_.entries.push_back({std::string(key), where, Node::list()});
            entry = &root_.entries.back();
            entry->value.place = where;
            entry->value.block = true;
        }
        return entry->value.is_list() ? &entry->value : nullptr;
    }

    /// Where a name is declared: all elements share one set of names, and go before profiles, which have one of their own.
    std::optional<Declared> declared(const std::string& name) {
        std::optional<Declared> result;
        const auto look = [&](Node& parent, std::string_view section, std::string_view as,
                              const std::string& key) {
            Entry* entry = parent.is_map() ? parent.find(section) : nullptr;
            if (entry == nullptr || !entry->value.is_map()) return;
            for (std::size_t i = 0; i < entry->value.entries.size(); ++i)
                if (entry->value.entries[i].key == key) result = {&entry->value, i, as};
        };
        look(root_, "profiles", "profile", name);
        look(root_, "load", "load", name);
        if (Entry* actions = root_.find("actions"); actions != nullptr && actions->value.is_list())
            for (std::size_t i = 0; i < actions->value.items.size(); ++i) {
                const Node& action = actions->value.items[i];
                const Entry* own = action.is_map() ? action.find("name") : nullptr;
                if (own != nullptr && own->value.text == name) result = {&actions->value, i, "action"};
            }
        Entry* twin = root_.find("twin");
        if (twin == nullptr) return result;
        for (const Section& one : twin_sections) look(twin->value, one.name, one.as, name);
        Entry* pipelines = twin->value.find("pipelines");
        if (pipelines == nullptr || !pipelines->value.is_map()) return result;
        for (Entry& pipeline : pipelines->value.entries)
            if (name.starts_with(pipeline.key + "."))
                look(pipeline.value, "tasks", "task", name.substr(pipeline.key.size() + 1));
        return result;
    }

    Node& root_;
    std::vector<LoadMultiple>& multiples_;
    Diagnostics& out_;
    std::vector<studies::Transformation>* transformed_;
};

}  // namespace

void apply_edits(Node& root, const std::vector<Edit>& edits, std::vector<LoadMultiple>& multiples,
                 Diagnostics& out, std::vector<studies::Transformation>* transformed) {
    if (!root.is_map()) return;
    Editor editor(root, multiples, out, transformed);
    for (const Edit& edit : edits) editor.apply(edit);
}

bool is_beside_the_model(const Node& root, const Edit& edit) {
    if (edit.of_measure || (edit.kind == Edit::Kind::add && edit.as == "column")) return true;
    if (edit.kind == Edit::Kind::add || edit.kind == Edit::Kind::transform) return false;
    std::string path;
    const std::vector<Target> targets = targets_of(root);
    const Target* target = resolve(targets, edit.name, path);
    if (target == nullptr || path.empty()) return false;
    const std::string key = path.substr(0, path.find('.'));
    for (const char* said : {"label", "description", "owner", "tags"})
        if (key == said) return true;
    if (target->place != "dataset") return false;
    // A column is named without the map that it stands in.
    return key == "columns" || key == "contract" || place_named("dataset").find(key) == nullptr;
}

std::map<std::string, std::string> renamed_columns(const std::vector<Edit>& edits) {
    std::map<std::string, std::string> first;  // what it is called now, to what it was
    for (const Edit& edit : edits) {
        if (edit.kind != Edit::Kind::rename) continue;
        const auto before = first.find(edit.name);
        const std::string old = before == first.end() ? edit.name : before->second;
        if (before != first.end()) first.erase(before);
        if (edit.name.find('.') != std::string::npos) first[edit.to] = old;
        // A dataset takes its columns along.
        std::map<std::string, std::string> moved;
        for (auto at = first.begin(); at != first.end();) {
            if (at->first.starts_with(edit.name + ".")) {
                moved[edit.to + at->first.substr(edit.name.size())] = at->second;
                at = first.erase(at);
            } else {
                ++at;
            }
        }
        first.merge(moved);
    }
    return first;
}

Renames renames_in(const std::vector<Edit>& edits) {
    Renames renames;
    for (const Edit& edit : edits)
        if (edit.kind == Edit::Kind::rename) renames.push_back({edit.name, edit.to});
    return renames;
}

}  // namespace understudy::formats
