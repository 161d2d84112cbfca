#include "tools/formats/store/store_place.h"

#include <cstdlib>
#include <system_error>

namespace understudy::formats {

namespace fs = std::filesystem;

std::optional<fs::path> find_store(const fs::path& from) {
    if (const char* named = std::getenv("UNDERSTUDY_STORE"); named != nullptr && *named != '\0')
        return fs::path(named);
    std::error_code none;
    fs::path above = fs::absolute(from, none).lexically_normal();
    if (none) return std::nullopt;
    for (;; above = above.parent_path()) {
        if (fs::exists(above / store_folder / store_file, none)) return above / store_folder;
        if (above == above.parent_path()) return std::nullopt;
    }
}

fs::path project_of(const fs::path& folder) {
    fs::path whole = fs::absolute(folder).lexically_normal();
    if (!whole.has_filename()) whole = whole.parent_path();
    return whole.parent_path();
}

}  // namespace understudy::formats
