#include "tools/formats/language/overruled_parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "tools/formats/language/reading.h"

namespace understudy::formats {

namespace {

/// Another value of the same kind, as far as that can be told.
std::string with_other_value(std::string override) {
    const auto value =
        override.begin() + static_cast<std::ptrdiff_t>(std::min(override.find('=') + 1, override.size()));
    const auto digit = std::find_if(value, override.end(), [](char one) { return one >= '0' && one <= '9'; });
    if (digit == override.end()) return override + "x";
    *digit = *digit == '9' ? '1' : static_cast<char>(*digit + 1);
    return override;
}

Node made_of(const std::vector<TakenInstances>& instances, std::vector<InstanceSetting> settings) {
    Diagnostics told_elsewhere;
    Node root = Node::map();
    root.add("twin", Node::map());
    InstanceMaker maker(settings, told_elsewhere);
    for (const TakenInstances& taken : instances) maker.make(root, taken);
    return root;
}

/// What stands there; of a part of a law the whole. Nothing where nothing does.
std::optional<std::string> text_at(const Node& root, const std::string& path) {
    const std::vector<Target> targets = targets_of(root);
    std::string key;
    const Target* target = resolve(targets, path, key);
    if (target == nullptr || !target->node->is_map()) return std::nullopt;
    const Entry* entry = target->node->find_along(key);
    return entry == nullptr ? std::nullopt : std::optional(write_flow(entry->value));
}

/// The first edit after which nothing of what the parameter made of its path is left; null: there is none.
const Edit* overruling(const std::vector<const Edit*>& edits, Node made, Node otherwise) {
    Diagnostics told_elsewhere;
    std::vector<LoadMultiple> multiples;
    for (const Edit* edit : edits) {
        if (edit->of_measure || edit->kind == Edit::Kind::transform) continue;
        const bool sets = edit->kind == Edit::Kind::set || edit->kind == Edit::Kind::remove;
        const auto before = sets ? text_at(made, edit->name) : std::nullopt;
        const bool goes_by_it = before && before != text_at(otherwise, edit->name);
        apply_edits(made, {*edit}, multiples, told_elsewhere);
        apply_edits(otherwise, {*edit}, multiples, told_elsewhere);
        if (goes_by_it && text_at(made, edit->name) == text_at(otherwise, edit->name)) return edit;
    }
    return nullptr;
}

}  // namespace

void refuse_overruled(const std::vector<TakenInstances>& instances,
                      const std::vector<InstanceSetting>& settings, const std::vector<const Edit*>& edits,
                      Diagnostics& out) {
    if (edits.empty()) return;
    for (std::size_t i = 0; i < settings.size(); ++i) {
        if (settings[i].override.empty() || !settings[i].used) continue;
        std::vector<InstanceSetting> others = settings;
        others[i].override = with_other_value(others[i].override);
        const Edit* edit = overruling(edits, made_of(instances, settings), made_of(instances, others));
        if (edit == nullptr) continue;
        out.error(settings[i].where,
                  fmt::format("'{}' says what '{}' is, which {} {}: it would count without that change alone",
                              settings[i].path, edit->name, out.show(edit->place),
                              edit->kind == Edit::Kind::set ? "sets" : "takes away"),
                  fmt::format("set '{}', which comes after changes, or leave '{}' out", edit->name,
                              settings[i].path));
    }
}

}  // namespace understudy::formats
