// A parameter of a twin that was fitted, and from how much: what it takes to draw it again as another log would have given
// it. Values only.
#pragma once

#include <optional>
#include <string>

#include "kernel/fit.h"
#include "tools/studies/fitted_together.h"

namespace understudy::studies {

/// Another family that the values may be of.
struct RivalFamily {
    kernel::Family family = kernel::Family::constant;
    kernel::Distribution law;  ///< the likeliest of it, of what the input's law is of
    double share = 0;  ///< how often it is that one: its Akaike weight beside the family that was taken
};

/// The service of a stage or task, its failure and pauses, the shares of what it writes, the arrivals, sizes and batches of a load, or a profile; or
/// what was fitted together.
struct UncertainInput {
    /// "scan.service", "scan.failure", "scan.retry.backoff", "scan.writes", "sheets.arrivals", "sheets_day" (input_path.h)
    std::string path;
    /// Of a law: of how many values (below) which family was fitted to.
    std::optional<kernel::Family> family;
    /// Values (of a law, or of one of values with a share each, which has no family), attempts (of a failure), or arrivals (of
    /// a rate, and of all steps of a profile together), fewer where they vary more than their law says; 0: only a spread is
    /// known.
    double observations = 0;
    double spread = 0;  ///< of the estimate, as a share of it: its mean alone is uncertain
    /// What the fit gave, as it stands in the change; empty: not from a file. Whoever sets another value knows it.
    std::string fitted;
    /// Of a law that one of several families was chosen for.
    std::optional<RivalFamily> rival{};
    /// Of a profile that tells weekends from other days: those of `observations` that came on them.
    double weekends = 0;
    /// Or several numbers that make several paths; `path` is then what they are called together, and the others say nothing.
    std::optional<FittedTogether> together{};
    /// The path that it had when it was fitted, where things were renamed since; empty: `path`.
    std::string fitted_as{};

    /// What its draws go by: a new name changes none.
    const std::string& drawn_as() const { return fitted_as.empty() ? path : fitted_as; }
};

}  // namespace understudy::studies
