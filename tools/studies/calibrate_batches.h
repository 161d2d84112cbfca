// Do arrivals come together? The part of calibrate_arrivals.h that tells batches from arrivals one by one.
//
// Those belong together whose gaps are at most a limit that hardly any gap lies just above (up to five times as long): a
// tenth as many as lie below. Batches last at most a twentieth of the time from one to the next, so that bursts, in which a
// rate is higher for a while, are none. Not where the log's instants are coarser than that. Internal to tools/studies; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernel/fit.h"
#include "kernel/time.h"
#include "models/law.h"

namespace understudy::studies {

struct Batches {
    std::vector<std::vector<kernel::Time>> starts;  ///< by log, ascending
    std::vector<std::vector<double>> sizes;         ///< of each
    double most_apart_s = 0;                        ///< within one
};

/// Instants by log, ascending. Nothing where they come one by one, or of fewer than five batches.
std::optional<Batches> batches_of(const std::vector<std::vector<kernel::Time>>& logs,
                                  kernel::Time resolution);

/// A beat that batches come at: each within a twentieth of it, and few beats without one.
struct Beat {
    kernel::Time period = 0;
    kernel::Time offset =
        0;  ///< of the first log: a beat lies there, less than one period after its instant 0
    kernel::Time spread = 0;  ///< so much later than the earliest is the latest within the period
    std::int64_t beats = 0, missed = 0;
};
std::optional<Beat> beat_of(const std::vector<std::vector<kernel::Time>>& starts);

/// Since a beat of another clock, by this one; the roundest that is no further away than batches spread.
kernel::Time rounded_offset(const Beat& beat, kernel::Time since);

/// The law of whole numbers: each with its share where they are few different ones, else the likeliest family.
struct LawOfSizes {
    models::Law law;
    std::string family;
    std::optional<kernel::FamilyChoice> choice;  ///< absent where each value has its share
    double mean = 0;
};
LawOfSizes law_of_sizes(const std::vector<double>& sizes);

}  // namespace understudy::studies
