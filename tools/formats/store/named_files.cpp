#include "tools/formats/store/named_files.h"

#include <filesystem>
#include <set>
#include <string_view>

#include "tools/formats/approval/fields.h"
#include "tools/formats/files/sha256.h"
#include "tools/formats/language/document.h"
#include "tools/formats/language/relative_paths.h"
#include "tools/formats/store/store_place.h"

namespace understudy::formats {

namespace {

constexpr std::string_view files_line = "understudy files 1";

std::optional<std::string> digest_now(const Store& store, const std::string& path) {
    return sha256_of_file(project_of(store.folder()) / path);
}

}  // namespace

void note_named_files(Store& store, const Version& version, const std::string& text,
                      const Signature& signature) {
    Diagnostics none;
    Node root = read_document(text, none);
    if (none.has_errors()) return;
    std::set<std::string> paths;
    for_each_path(root, [&](Node& node) { paths.insert(node.text); });
    Fields files;
    for (const std::string& path : paths) files.emplace_back(digest_now(store, path).value_or("-"), path);
    if (files.empty()) return;
    store.note({std::string(files_action), version.twin, version.number, write_fields(files_line, files), ""},
               signature);
}

std::vector<std::string> named_files_that_differ(Store& store, const Version& version, FileDigests& known) {
    std::string kept;
    {
        Statement row(store.database(),
                      "SELECT content FROM record WHERE twin = ? AND action = ? AND version = ? ORDER BY "
                      "sequence DESC LIMIT 1");
        row.bind(version.twin).bind(files_action).bind(version.number);
        if (row.step()) kept = row.text(0);
    }
    std::vector<std::string> differ;
    const auto files = read_fields(files_line, store.content(kept));
    if (!files) return differ;
    for (const auto& [digest, path] : *files) {
        if (!known.contains(path)) known[path] = digest_now(store, path);
        const auto& now = known[path];
        if (!now && digest != "-")
            differ.push_back(path + " is not there");
        else if (now && *now != digest)
            differ.push_back(path + " has other content");
    }
    return differ;
}

}  // namespace understudy::formats
