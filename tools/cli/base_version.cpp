#include "tools/cli/base_version.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/formats/files/sha256.h"
#include "tools/formats/store/present.h"
#include "tools/formats/store/store.h"
#include "tools/formats/store/store_place.h"
#include "tools/formats/store/version_content.h"

namespace understudy::cli {

bool BaseVersion::is_current() const {
    return is_latest() || formats::same_but_for_the_present(named.text, latest.text);
}

bool is_numbered(const std::string& base) {
    const std::size_t at = base.rfind('@');
    return formats::names_stored_version(base) && at + 1 < base.size() &&
           std::all_of(base.begin() + static_cast<std::ptrdiff_t>(at) + 1, base.end(),
                       [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<BaseVersion> version_of_base(const std::string& base) {
    BaseVersion both;
    if (!is_numbered(base) || formats::read_scenario_text(base, both.named) ||
        formats::read_scenario_text(base.substr(0, base.rfind('@')) + "@latest", both.latest))
        return std::nullopt;
    return both;
}

namespace {

/// What a file held, where a store has kept the same.
std::string kept_content(const std::string& sha256) {
    const auto folder = formats::find_store(".");
    return folder ? formats::Store(*folder, formats::Store::Access::reading).content(sha256) : "";
}

/// Of what it holds: the same however the file is laid out, with what it includes. Empty where it cannot be read.
std::string sha256_of_base(const std::string& base) {
    const formats::VersionContent content = formats::read_version_content(base, {});
    return content.text ? formats::sha256_hex(*content.text) : "";
}

std::optional<Staleness> stale_version(const BaseVersion& both) {
    if (both.is_current()) return std::nullopt;
    Staleness stale;
    stale.latest = both.latest.shown;
    stale.moved = formats::differences(both.named.text, both.latest.text);
    stale.message = fmt::format("is stale: {} is the latest; what moved: {}", stale.latest,
                                formats::what_moved(both.named.text, both.latest.text));
    stale.fix =
        fmt::format("see 'understudy twin diff {} {}', and set 'base: {}' once the change is right for it",
                    both.named.shown, stale.latest, stale.latest);
    return stale;
}

}  // namespace

formats::ChangeBase base_named(const std::string& base, const std::filesystem::path& change) {
    if (formats::names_stored_version(base)) return {base, ""};
    const auto beside = change.parent_path();
    const auto folder = std::filesystem::absolute(beside.empty() ? "." : beside).lexically_normal();
    const auto path = std::filesystem::absolute(base).lexically_normal();
    return {path.lexically_proximate(folder).generic_string(), sha256_of_base(base)};
}

std::optional<Staleness> stale_base(const formats::Change& change, const std::string& file,
                                    const std::string& base) {
    if (const auto both = version_of_base(base)) return stale_version(*both);
    if (change.base_sha256.empty() || base != formats::base_of(change, file)) return std::nullopt;
    const formats::VersionContent now = formats::read_version_content(base, {});
    if (!now.text || formats::sha256_hex(*now.text) == change.base_sha256) return std::nullopt;
    Staleness stale;
    const std::string then = kept_content(change.base_sha256);
    if (!then.empty()) stale.moved = formats::differences(then, *now.text);
    stale.message = fmt::format("is stale: it holds something else than when the change was made{}{}",
                                stale.moved.empty() ? "" : "; what moved: ",
                                stale.moved.empty() ? "" : formats::what_moved(then, *now.text));
    stale.fix =
        fmt::format("set 'base_sha256: {}' once the change is right for it", formats::sha256_hex(*now.text));
    return stale;
}

void require_current_base(const formats::Change& change, const std::string& file, const std::string& base) {
    if (const auto stale = stale_base(change, file, base))
        throw formats::StaleBase(fmt::format("{} {}; {}", base, stale->message, stale->fix));
}

}  // namespace understudy::cli
