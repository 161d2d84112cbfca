// Whether the version of a twin that a change is based on is still its latest.
#pragma once

#include <optional>
#include <string>

#include "tools/formats/language/stored_twins.h"

namespace understudy::cli {

/// `orders@41`: a version of a twin, by its number.
bool is_numbered(const std::string& base);

struct BaseVersion {
    formats::ScenarioText named, latest;
    bool is_latest() const { return named.shown == latest.shown; }
    /// Or the latest differs from it in the present alone, which changes leave as it is.
    bool is_current() const;
};

/// Of a numbered version; nothing of a file or a tag, or where it cannot be read.
std::optional<BaseVersion> version_of_base(const std::string& base);

}  // namespace understudy::cli
