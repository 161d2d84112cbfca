#include "tools/formats/language/change_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <utility>

#include "tools/formats/language/backfill_plan.h"
#include "tools/formats/language/head.h"
#include "tools/formats/language/keys.h"
#include "tools/formats/language/listed_measures.h"
#include "tools/formats/language/map_reader.h"
#include "tools/formats/language/objectives.h"
#include "tools/formats/language/text_file.h"
#include "tools/formats/language/uncertainty.h"
#include "tools/formats/language/validation_reader.h"

namespace understudy::formats {

namespace {

/// The verbs of an edit, with the keys that go with each.
struct EditVerb {
    std::string_view key;
    Edit::Kind kind;
    std::initializer_list<std::string_view> with;
    std::string_view example;
    std::initializer_list<std::string_view> may = {};
};
const EditVerb edit_verbs[] = {
    {"set", Edit::Kind::set, {"to"}, "{set: spark.workers, to: 9}"},
    {"add",
     Edit::Kind::add,
     {"as", "value"},
     "{add: audit, as: stage, value: {reads: orders, workers: 1, service: 5s}}"},
    {"remove", Edit::Kind::remove, {}, "{remove: audit}"},
    {"rename", Edit::Kind::rename, {"to"}, "{rename: clean, to: cleanse}"},
    {"transform",
     Edit::Kind::transform,
     {"from", "to", "samples"},
     "{transform: nightly.build, from: build-1.sql, to: build-2.sql, samples: samples, key: id}",
     {"key", "tolerance"}},
};

class ChangeReader {
public:
    explicit ChangeReader(Diagnostics& out) : reading_(out) {}

    Change read(const Node& root) {
        MapReader map(reading_, root, "change", {1, 1, root.place.source});
        if (const Node* name = map.scalar("change"); name != nullptr && require_name(reading_, *name))
            change_.name = name->text;
        // Requests are called by their change, or by digits of their digest.
        if (change_.name.size() >= 8 &&
            change_.name.find_first_not_of("0123456789abcdef") == std::string::npos)
            reading_.error(*map.find("change"),
                           fmt::format("'{}' could be the digest of a request", change_.name),
                           "give it another name");
        map.text("base", change_.base);
        if (const Node* base = map.find("base")) change_.base_place = base->place;
        map.text("base_sha256", change_.base_sha256);
        if (const Node* sha256 = map.find("base_sha256")) require_sha256(*sha256);
        map.text("description", change_.description);
        map.text("author", change_.author);
        map.text("reason", change_.reason);
        map.number("priority", change_.priority);
        for (const char* key : {"change", "kind"})
            if (const Node* node = map.find(key)) change_.kind_place = node->place;
        if (const auto kind = map.choice("kind"))
            change_.kind = choices_of(*place_named("change").find("kind"))[*kind];
        read_edits(map.find("edits"));
        read_accept(map.find("accept"));
        read_stress(map.find("stress"));
        for (const char* key : {"rollout", "rollback"})
            if (const Node* way = map.find(key)) change_.way_text += write_flow(*way) + "\n";
        if (const Node* rollout = map.find("rollout")) read_in_steps(*rollout, root.find("rollout")->place);
        if (const Node* rollback = map.find("rollback"))
            change_.rollback = read_rollback_plan(reading_, *rollback, root.find("rollback")->place);
        if (const Node* backfill = map.find("backfill"))
            change_.backfill = read_backfill(reading_, *backfill, root.find("backfill")->place);
        if (const Node* validation = map.find("validation"))
            change_.validation = read_validation(reading_, *validation);
        if (const Node* uncertainty = map.find("uncertainty"))
            change_.uncertain = read_uncertainty(reading_, *uncertainty, change_.edits);
        require_an_end();
        change_.text = write_flow(root);
        return std::move(change_);
    }

private:
    void require_sha256(const Node& node) {
        if (change_.base.empty())
            reading_.error(node, "it is of no base", "name it: 'base: scenario.yaml'");
        else if (change_.base_sha256.size() != 64 ||
                 change_.base_sha256.find_first_not_of("0123456789abcdef") != std::string::npos)
            reading_.error(node,
                           fmt::format("'{}' is no SHA-256 in 64 hexadecimal digits", change_.base_sha256),
                           "take what 'understudy change validate' says that it is, or leave it out");
    }

    void read_in_steps(const Node& rollout, Place where) {
        change_.rollout = read_rollout(reading_, rollout, where, change_.currency);
        change_.goes_in = change_.rollout.at;
    }

    /// Something has to be able to stop a rollout in steps.
    void require_an_end() {
        const RolloutPlan& rollout = change_.rollout;
        if (!rollout.in_steps || !rollout.steps.guards.empty() || change_.rollback ||
            reading_.out.has_errors())
            return;
        reading_.out.error(
            rollout.place, "nothing would ever stop this rollout",
            rollout.steps.all_at_once
                ? "say how one notices that it fails: 'rollback: {detect: ...}'"
                : "give it 'guards', or say how one notices that it fails: 'rollback: {detect: ...}'");
    }

    void read_edits(const Node* edits) {
        if (edits == nullptr) return;
        if (!edits->is_list() || edits->items.empty()) {
            reading_.error(*edits,
                           edits->is_list() ? "'edits' is empty: nothing changes"
                                            : fmt::format("'edits' takes a list, not {}", shown(*edits)),
                           "each with '- ': '- {set: spark.workers, to: 9}'");
            return;
        }
        for (const Node& node : edits->items) read_edit(node);
    }

    void read_edit(const Node& node) {
        MapReader map(reading_, node, "edit", node.place);
        if (!map.ok()) return;
        const EditVerb* verb = nullptr;
        for (const EditVerb& one : edit_verbs) {
            const Entry* entry = node.find(one.key);
            if (entry == nullptr) continue;
            if (verb != nullptr) {
                reading_.out.error(entry->place, fmt::format("'{}' and '{}' in one edit", verb->key, one.key),
                                   "edits are made in order: write two");
                return;
            }
            verb = &one;
        }
        if (verb == nullptr) {
            // A key that is not known, or not yet, has been told.
            const bool told = std::any_of(node.entries.begin(), node.entries.end(), [](const Entry& entry) {
                const Key* key = place_named("edit").find(entry.key);
                return key == nullptr;
            });
            if (!told)
                reading_.error(node, "an edit that does nothing",
                               "it has 'set', 'add', 'remove', 'rename' or 'transform', such as '{set: "
                               "spark.workers, to: 9}'");
            return;
        }
        bool complete = true;
        const bool promise = adds_measure(node);
        for (const std::string_view key : verb->with)
            if (node.find(key) == nullptr && !(promise && key == "value")) {
                reading_.error(node, fmt::format("'{}' without '{}'", verb->key, key),
                               fmt::format("such as '{}'", verb->example));
                complete = false;
            }
        for (const Entry& entry : node.entries)
            if (entry.key != verb->key && place_named("edit").find(entry.key) != nullptr &&
                std::find(verb->with.begin(), verb->with.end(), entry.key) == verb->with.end() &&
                std::find(verb->may.begin(), verb->may.end(), entry.key) == verb->may.end()) {
                reading_.out.error(entry.place, fmt::format("'{}' has no '{}'", verb->key, entry.key),
                                   fmt::format("such as '{}'", verb->example));
                complete = false;
            }
        Edit edit;
        edit.kind = verb->kind;
        edit.where = node.place;
        const Node* name = map.scalar(verb->key);
        if (name == nullptr || !complete) return;
        edit.name = name->text;
        edit.place = name->place;
        if (edit.kind == Edit::Kind::add) {
            const auto as = map.choice("as");
            if (!as) return;
            edit.as = choices_of(*place_named("edit").find("as"))[*as];
            if (promise) {
                if (const Entry* value = node.find("value"))
                    reading_.out.error(value->place, fmt::format("'as: {}' has no 'value'", edit.as),
                                       "its text says it all: '{add: \"p(95) latency(clean) < 2min\", as: "
                                       "objective}'");
                else if (read_measured(*name, edit.as == "objective"))
                    add_edit_of_measure(std::move(edit), *name);
                return;
            }
            edit.value = *map.find("value");
            if (!edit.value.is_map()) {
                reading_.error(edit.value, fmt::format("'value' takes a map, not {}", shown(edit.value)),
                               fmt::format("such as '{}'", verb->example));
                return;
            }
            // Columns are called as tables call them; where they are, the edit is made only if it is of a dataset.
            const bool dots = edit.as == "dataset" || edit.as == "task";
            if (edit.as != "column" && !require_declared_name(reading_.out, edit.name, edit.place, dots))
                return;
        } else if (edit.kind == Edit::Kind::rename) {
            const Node* to = map.scalar("to");
            if (to == nullptr || to->text.empty()) return;
            edit.to = to->text;
            edit.value = *to;
        } else if (names_measure(edit.name) && edit.kind == Edit::Kind::remove) {
            return add_edit_of_measure(std::move(edit), *name);
        } else if (names_measure(edit.name) && edit.kind == Edit::Kind::set) {
            const Node* to = map.scalar("to");
            if (to != nullptr && read_measured(*to, has_limit(*name)))
                add_edit_of_measure(std::move(edit), *to);
            return;
        } else if (edit.kind == Edit::Kind::set) {
            edit.value = *map.find("to");
        } else if (edit.kind == Edit::Kind::transform && !read_transform(map, edit)) {
            return;
        }
        change_.edits.push_back(std::move(edit));
    }

    static bool adds_measure(const Node& node) {
        const Entry* as = node.find("as");
        return node.find("add") != nullptr && as != nullptr && as->value.is_scalar() &&
               (as->value.text == "objective" || as->value.text == "measure");
    }

    static bool has_limit(const Node& text) { return text.text.find_first_of("<>") != std::string::npos; }

    /// False: it is none, which has been told. With a parameter in it, it is read once that is known.
    bool read_measured(const Node& text, bool objective) {
        if (text.text.find("$(") != std::string::npos) return true;
        return reading_.guarded(text, [&] {
            std::string currency;
            if (objective)
                read_objective(text.text, currency);
            else
                read_measure(text.text);
        });
    }

    void add_edit_of_measure(Edit edit, const Node& text) {
        edit.of_measure = true;
        edit.value = text;
        change_.edits.push_back(std::move(edit));
    }

    bool read_transform(MapReader& map, Edit& edit) {
        TransformationFiles& files = edit.files;
        const Node *from = map.scalar("from"), *to = map.scalar("to"), *samples = map.scalar("samples");
        map.texts("key", files.key);
        map.number("tolerance", files.tolerance);
        if (from == nullptr || to == nullptr || samples == nullptr) return false;
        files.task = edit.name;
        files.from = from->text;
        files.to = to->text;
        files.samples = samples->text;
        files.from_place = from->place;
        files.to_place = to->place;
        files.samples_place = samples->place;
        return true;
    }

    void read_stress(const Node* stress) {
        if (stress == nullptr) return;
        for (const Node& name : stress->is_list() ? stress->items : std::vector<Node>{*stress}) {
            if (!require_scalar(reading_, name, "stress", "campaign")) continue;
            if (std::any_of(change_.stress.begin(), change_.stress.end(),
                            [&](const Node& one) { return one.text == name.text; }))
                reading_.error(name, fmt::format("'{}' is listed twice", name.text), "leave one out");
            else
                change_.stress.push_back(name);
        }
    }

    void read_accept(const Node* accept) {
        if (accept == nullptr) return;
        if (!accept->is_list()) {
            reading_.error(*accept, fmt::format("'accept' takes a list, not {}", shown(*accept)),
                           "each with '- ': '- all objectives'");
            return;
        }
        for (const Node& item : accept->items)
            if (require_scalar(reading_, item, "accept", "increase p(95) latency(server) < 5%") &&
                reading_.guarded(item, [&] { read_accepted(item.text, change_.currency, change_.accept); }))
                change_.accept_entries.push_back(item);
    }

    Reading reading_;
    Change change_;
};

}  // namespace

std::optional<Change> read_change(std::string_view text, Diagnostics& out, int source) {
    const Node root = read_document(text, out, source);
    if (out.has_errors() && (!root.is_map() || root.entries.empty())) return std::nullopt;
    if (!check_head(root, "change", out)) return std::nullopt;
    return ChangeReader(out).read(root);
}

ChangeReading read_change_file(const std::string& path) {
    std::string text;
    if (const auto problem = read_text_file(path, text)) {
        ChangeReading result{std::nullopt, Diagnostics(path)};
        result.diagnostics.error({}, problem->what, problem->hint);
        return result;
    }
    ChangeReading result{std::nullopt, Diagnostics(path, text)};
    auto change = read_change(text, result.diagnostics, 0);
    if (!result.diagnostics.has_errors()) result.change = std::move(change);
    return result;
}

std::string base_of(const Change& change, const std::string& path) {
    if (change.base.empty() || change.base.find('@') != std::string::npos) return change.base;
    return (std::filesystem::path(path).parent_path() / change.base).lexically_normal().string();
}

}  // namespace understudy::formats
