#include "tools/cli/base_version.h"

#include <algorithm>

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

}  // namespace understudy::cli
