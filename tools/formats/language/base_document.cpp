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
        make_instances(part, folder_of(path), out_);
        on_the_way.pop_back();
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

/// Those that `changes` names, then `more`.
void apply_changes(Node& root, const std::string& folder, const std::vector<std::string>& more,
                   std::vector<LoadMultiple>& multiples, Diagnostics& out, const Alongside& alongside) {
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
        // Whoever asks for a way back has read all without it first.
        if (alongside.way_back == nullptr) check_stress(root, *change, out, alongside.stress);
        if (alongside.uncertain != nullptr) put_uncertain(change->uncertain, *alongside.uncertain);
        Aside* way_back = &file == &files.back() ? alongside.way_back : nullptr;
        if (way_back != nullptr) put_aside(root, *change, *way_back, out);
        if (way_back == nullptr || way_back->edits == Edits::made_before)
            apply_edits(root, change->edits, multiples, out, alongside.transformed);
        else
            apply_edits(root, beside_the_model(root, change->edits), multiples, out);
    }
}

}  // namespace

bool make_whole(Node& root, const std::string& file, const std::string& folder,
                const std::vector<std::string>& more, std::vector<LoadMultiple>& multiples, Diagnostics& out,
                const Alongside& alongside) {
    std::vector<std::string> on_the_way = {fs::path(file).lexically_normal().string()};
    Merge(root, folder, out).includes_of(root, folder, on_the_way);
    make_instances(root, folder, out);
    std::string version;
    if (!take_stored_twin(root, folder, out, version)) return false;
    if (alongside.stored_twin != nullptr) *alongside.stored_twin = std::move(version);
    apply_changes(root, folder, more, multiples, out, alongside);
    spread_applied_changes(root, folder, out);
    return true;
}

}  // namespace understudy::formats
