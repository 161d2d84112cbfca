// A parameter of a twin that was fitted, and from how much: what it takes to draw it again as another log would have given
// it. Values only.
#pragma once

#include <optional>
#include <string>

#include "kernel/fit.h"

namespace understudy::studies {

/// The service of a stage or task, its failure, the arrivals of a load, or a profile.
struct UncertainInput {
    std::string path;  ///< "scan.service", "scan.failure", "sheets.arrivals", "sheets_day"
    /// Of a law: of how many values (below) which family was fitted to.
    std::optional<kernel::Family> family;
    /// Values, attempts (of a failure), or arrivals (of a rate, and of all steps of a profile together), fewer where they
    /// vary more than their law says; 0: only a spread is known.
    double observations = 0;
    double spread = 0;  ///< of the estimate, as a share of it: its mean alone is uncertain
    /// What the fit gave, as it stands in the change; empty: not from a file. Whoever sets another value knows it.
    std::string fitted;
};

}  // namespace understudy::studies
