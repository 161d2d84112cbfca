// A state as the map that the language has for it; what is as when left out is left out. Pure.
#pragma once

#include "models/initial_state.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

/// Of all elements, as the section `state` takes it.
Node state_node(const models::InitialState& state);

}  // namespace understudy::formats
