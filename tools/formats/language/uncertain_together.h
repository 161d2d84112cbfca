// How sure numbers are that were fitted together: an entry of `uncertainty` that has `numbers` (uncertainty.h). Not
// thread-safe, as readings are.
#pragma once

#include <optional>
#include <vector>

#include "tools/formats/language/edits.h"
#include "tools/formats/language/map_reader.h"
#include "tools/studies/uncertain_input.h"

namespace understudy::formats {

/// Errors go to the reading; nothing where there are any.
std::optional<studies::UncertainInput> read_together(Reading& reading, const Entry& entry,
                                                     const std::vector<Edit>& edits);

/// As it is read.
Node together_node(const studies::FittedTogether& together);

}  // namespace understudy::formats
