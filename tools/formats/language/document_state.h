// The state that a document tells, without anything else of it being read. Pure, thread-safe.
#pragma once

#include <optional>

#include "models/initial_state.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

/// `state` and `as_of` of the twin, which may be none; nothing where they cannot be read.
std::optional<models::InitialState> state_of_document(Node root);

}  // namespace understudy::formats
