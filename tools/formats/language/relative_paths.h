// The paths of other files that a scenario's document holds: of its logs, and of the contracts of its datasets. Pure
// but for is_there(), thread-safe.
#pragma once

#include <functional>
#include <string>

#include "tools/formats/language/document.h"

namespace understudy::formats {

/// Addresses (`https://...`) are no paths.
void for_each_path(Node& root, const std::function<void(Node&)>& tell);
/// Of contracts alone.
void for_each_contract(Node& root, const std::function<void(Node&)>& tell);
/// Of those that are relative.
void for_each_relative_path(Node& root, const std::function<void(Node&)>& tell);

/// Whether there is something at a path that begins in the folder; of addresses nobody knows, and they are.
bool is_there(const std::string& path, const std::string& folder);

/// Writes a path that begins in the folder `from` as it is from `to`; both may be relative to the current one.
std::string path_from(const std::string& path, const std::string& from, const std::string& to);

/// The same of all of a document.
void move_paths(Node& root, const std::string& from, const std::string& to);

}  // namespace understudy::formats
