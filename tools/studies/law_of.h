// A distribution as a law. Pure, thread-safe.
#pragma once

#include <utility>

#include "kernel/distribution.h"
#include "models/law.h"

namespace understudy::studies {

/// One term, times nothing.
inline models::Law law_of(kernel::Distribution distribution) {
    models::Law law;
    law.terms.emplace_back().law = std::move(distribution);
    return law;
}

}  // namespace understudy::studies
