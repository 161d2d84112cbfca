// Where the store of a project lies: `.understudy/store.db` in its uppermost folder, as git has `.git`.
//
// Thread-safe; reads the environment.
#pragma once

#include <filesystem>
#include <optional>

namespace understudy::formats {

/// In a store's folder.
constexpr const char* store_file = "store.db";
/// A store's folder, where nothing else is named.
constexpr const char* store_folder = ".understudy";

/// The folder that UNDERSTUDY_STORE names, else that of the nearest project at or above `from`; nothing where there is
/// none.
std::optional<std::filesystem::path> find_store(const std::filesystem::path& from);

/// The project that a store's folder lies in: relative paths in stored versions begin there.
std::filesystem::path project_of(const std::filesystem::path& folder);

}  // namespace understudy::formats
