// Change files: YAML text in, an ordered list of edits and what has to hold out, with every error of the file at its line
// and column.
//
// Whether the edits can be made is seen where they are made (edits.h). Nothing throws for what is in a file. Thread-safe:
// no shared state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/acceptance.h"
#include "tools/formats/language/diagnostics.h"
#include "tools/formats/language/document.h"
#include "tools/formats/language/edits.h"
#include "tools/formats/language/rollback_plan.h"
#include "tools/formats/language/rollout_plan.h"
#include "tools/studies/backfill_price.h"
#include "tools/studies/credibility.h"
#include "tools/studies/uncertain_input.h"

namespace understudy::formats {

struct Change {
    std::string name;
    std::string
        base;  ///< as written: a file beside the change, or a stored version; empty: whatever it is applied to
    Place base_place;
    std::string base_sha256;  ///< of the base's content (store/version_content.h); empty: whatever it is
    std::string description, kind, author, reason;
    Place kind_place;  ///< of `kind`; where it is missing, of the name
    double priority = 0;
    std::vector<Edit> edits;
    models::Acceptance accept;             ///< what has to hold; empty: nothing is said
    std::vector<Node> accept_entries;      ///< its entries that could be read, as written
    std::vector<Node> stress;              ///< names of the scenario's actions to rehearse under
    std::optional<kernel::Time> goes_in;   ///< when it does, in a rehearsal of its way back; from the start
    std::string way_text;                  ///< of `rollout` and `rollback`, canonical
    RolloutPlan rollout;                   ///< how it is brought in
    std::optional<RollbackPlan> rollback;  ///< the way back
    studies::BackfillPlan backfill;        ///< what it makes anew
    /// Of a calibration: how far off it was on what was held out, without `source`.
    std::vector<studies::CalibrationError> validation;
    std::vector<studies::UncertainInput> uncertain;  ///< of a calibration: how sure what it sets is
    std::string currency;                            ///< of limits in `accept`; empty: none is in money
    std::string text;  ///< canonical: the same for the same change, however it is spaced
};

struct ChangeReading {
    std::optional<Change> change;  ///< empty if there was any error
    Diagnostics diagnostics;
};

/// Reads a file by itself. A file that cannot be opened is a diagnostic too.
ChangeReading read_change_file(const std::string& path);

/// Reads text as a part of another reading: places are of source `source` (Diagnostics::add_file), and errors go to `out`.
/// What could be read of it; nothing where it is no change.
std::optional<Change> read_change(std::string_view text, Diagnostics& out, int source);

/// The file that a change of this path names as its base; empty where it names none. A stored version stays as it is.
std::string base_of(const Change& change, const std::string& path);

}  // namespace understudy::formats
