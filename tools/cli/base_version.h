// Whether what a change is based on is still what there is: a version of a twin its latest, a file what it held.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tools/formats/language/change_base.h"
#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/stored_twins.h"
#include "tools/formats/store/version_diff.h"

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

/// A scenario file or a version, as a change in the file `change` is to name it.
formats::ChangeBase base_named(const std::string& base, const std::filesystem::path& change);

/// Why what a change is to be made of is not what it was made for.
struct Staleness {
    std::string message;  ///< after the name of the base: "is stale: orders@3 is the latest, ..."
    std::string fix;
    std::string latest;                             ///< of a version: the one that is
    std::vector<formats::ElementDifference> moved;  ///< as far as it can be told
};
/// Nothing: it is. `base`: as base_of() has it, or another one that the change is to be applied to, which is not held against
/// its `base_sha256`.
std::optional<Staleness> stale_base(const formats::Change& change, const std::string& file,
                                    const std::string& base);

/// formats::StaleBase with that; `base` as it is shown.
void require_current_base(const formats::Change& change, const std::string& file, const std::string& base);

}  // namespace understudy::cli
