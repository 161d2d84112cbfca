#include "tools/formats/store/version_name.h"

#include <fmt/format.h>

#include <charconv>

#include "tools/formats/language/fault.h"
#include "tools/formats/language/tokens.h"

namespace understudy::formats {

namespace {

constexpr std::string_view hash_mark = "sha256:";
constexpr std::size_t least_digits = 8, all_digits = 64;
constexpr const char* name_hint = "such as orders@41, orders@latest, orders@prod or orders@sha256:1f0c93ab";

}  // namespace

void require_twin_name(std::string_view name) {
    if (!is_name(name) || name.find('.') != std::string_view::npos)
        throw Fault(0, fmt::format("'{}' cannot be a twin's name", name),
                    "use letters, digits, '_', '-' and '/', and begin with a letter");
}

void require_tag_name(std::string_view tag) {
    if (tag == "latest") throw Fault(0, "'latest' cannot be a tag", "it is always the newest version");
    if (!is_name(tag) || tag.find('/') != std::string_view::npos)
        throw Fault(0, fmt::format("'{}' cannot be a tag", tag),
                    "use letters, digits, '_', '-' and '.', and begin with a letter");
}

VersionName read_version_name(std::string_view text) {
    VersionName name;
    const std::size_t at = text.find('@');
    name.twin = text.substr(0, at);
    require_twin_name(name.twin);
    if (at == std::string_view::npos) return name;
    const std::string_view which = text.substr(at + 1);
    if (which.empty()) throw Fault(at, "no version is named after '@'", name_hint);
    if (which == "latest") return name;
    if (which.front() >= '0' && which.front() <= '9') {
        const auto [end, error] = std::from_chars(which.data(), which.data() + which.size(), name.number);
        if (error != std::errc() || end != which.data() + which.size() || name.number < 1 ||
            which.front() == '0')
            throw Fault(at + 1, fmt::format("'{}' is no version", which), name_hint);
        name.by = VersionName::By::number;
        return name;
    }
    if (which.starts_with(hash_mark)) {
        name.text = which.substr(hash_mark.size());
        if (name.text.find_first_not_of("0123456789abcdef") != std::string::npos ||
            name.text.size() < least_digits || name.text.size() > all_digits)
            throw Fault(at + 1 + hash_mark.size(),
                        fmt::format("'{}' is no beginning of a SHA-256", name.text),
                        fmt::format("{} to {} of 0-9 and a-f", least_digits, all_digits));
        name.by = VersionName::By::content;
        return name;
    }
    require_tag_name(which);
    name.by = VersionName::By::tag;
    name.text = which;
    return name;
}

std::string version_text(std::string_view twin, std::int64_t number) {
    return fmt::format("{}@{}", twin, number);
}

}  // namespace understudy::formats
