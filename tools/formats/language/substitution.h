// Edits of a document before it is read: overrides (`--set NAME.key=VALUE`), parameters (`$(NAME)`) and multiples of
// loads (`--set load=1.5x`).
//
// All report to `out`; an override's errors are shown with the override as their place. Not thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/formats/language/document.h"

namespace understudy::formats {

/// What multiplies what loads bring: of all that can be multiplied (`load`, 1.5x), or of one (`clicks.arrivals`,
/// `shop.users`).
struct LoadMultiple {
    std::string path, value;
    Place place;  ///< where it is told what is wrong with it
};
/// Whether a value set there is such a multiple. A multiple of anything else is refused by who reads that.
bool is_load_multiple(const Node& root, const std::string& path, const std::string& value);

/// How an override begins that comes from the environment, and is shown so.
inline constexpr std::string_view from_environment = "UNDERSTUDY_SET ";

/// An override taken apart: what is set, to what, and where that is told.
struct ReadOverride {
    std::string path;
    Node value;
    Place where;
};
/// Up to the `=`; all of it where there is none.
std::string path_of_override(const std::string& override);
/// Nothing if there is an error, which is reported.
std::optional<ReadOverride> read_override(const std::string& override, Diagnostics& out);

/// `spark.workers=9`, `run.seed=7`, `partitions=24` (a parameter), `dbt.stg.service=30s`. The value is what
/// would stand in the file; `clean.service.mean=5s` reaches into a law of one term, and `acme.work.mean=1s` into that
/// of a load's field. `actions+={at: 6h, fail: server}` adds an action. Those that multiply loads are left alone and
/// added to `multiples`.
void apply_overrides(Node& root, const std::vector<std::string>& overrides,
                     std::vector<LoadMultiple>& multiples, Diagnostics& out);

/// Replaces $(NAME) in every value by the parameter, and takes the section away.
void substitute_parameters(Node& root, Diagnostics& out);
/// The same by these values, in which $(NAME) of others may stand. What a value alone makes is told at its place.
void substitute_values(Node& root, const std::map<std::string, Node>& values, Diagnostics& out);

/// In order; each of what all else has set, parameters included.
void apply_multiples(Node& root, const std::vector<LoadMultiple>& multiples, Diagnostics& out);

/// The path of an override in its one spelling: a field of a load may be named with and without the map of its fields.
std::string plain_path(std::string path);
/// Whether this path is the whole or a part of it: who sets the whole afterwards sets this.
bool lies_in(const std::string& path, const std::string& whole);
/// Whether one path lies in the other: what sets both leaves what comes last.
bool overlap(const std::string& one, const std::string& other);

}  // namespace understudy::formats
