// How a stored version of a twin is called: `orders`, `orders@41`, `orders@latest`, `orders@prod` (a tag) or
// `orders@sha256:1f0c93ab` (its content, by eight digits of its SHA-256 or more). Pure, thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace understudy::formats {

struct VersionName {
    enum class By { latest, number, tag, content };
    std::string twin;
    By by = By::latest;
    std::int64_t number = 0;  ///< from 1
    std::string text;         ///< the tag, or the first digits of the content's SHA-256
};

/// Throws Fault.
VersionName read_version_name(std::string_view text);
/// `orders@41`
std::string version_text(std::string_view twin, std::int64_t number);

/// Throw Fault where a twin or a tag cannot be called so: twins as elements are, tags as they are, dots included, and not
/// 'latest'.
void require_twin_name(std::string_view name);
void require_tag_name(std::string_view tag);

}  // namespace understudy::formats
