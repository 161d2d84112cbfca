// Models with known answers: simulated until the answer could be told from a wrong one, and judged.
//
// A quantity is `inside` where the interval (99.9 % confidence) holds the reference and is narrow enough, `imprecise`
// where it holds it and is not, `outside` where it does not. Steady models are run again, longer and with other random
// numbers, until all their quantities are narrow enough or the events allowed are spent; only the last run is judged,
// so that stopping by width biases nothing. No I/O; deterministic.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/scenario.h"

namespace understudy::studies {

/// A reference value, and what is measured for it.
struct KnownQuantity {
    std::string name;
    double reference = 0;
    std::optional<models::Measure> measure;  ///< absent: `missing` says why
    double factor = 1, offset = 0;           ///< of the measured value
    bool variance = false;                   ///< between replications, in place of their mean
    double width = 0.01;                     ///< how wide half the interval may be, relative to the reference
    std::string missing;
};

struct KnownModel {
    std::string id, kind;
    std::optional<models::Scenario> scenario;  ///< absent: `missing` says why
    std::string missing;
    bool steady = false;                   ///< its length may be chosen
    std::optional<double> relative_error;  ///< judged by that of the estimate, without an interval
    std::vector<KnownQuantity> quantities;
};

enum class Agreement { inside, imprecise, outside, not_expressed };
const char* name_of(Agreement agreement);

struct VerifiedQuantity {
    std::string name;
    double reference = 0;
    std::optional<double> estimate, low, high;
    /// (estimate - reference) over its standard error, mapped from Student's law to the normal one, of each seed.
    std::vector<double> z;
    Agreement agreement = Agreement::not_expressed;
    std::string why;
};

struct VerifiedModel {
    std::string id, kind, why;
    std::vector<VerifiedQuantity> quantities;
    std::uint64_t events = 0;  ///< of the run that is judged
    Agreement agreement() const;
};

struct VerifyOptions {
    unsigned threads = 0;
    std::uint64_t seed = 1;
    std::int64_t seeds = 1;     ///< how many runs, one seed each, give z; the first is judged
    double most_events = 50e6;  ///< of one run
    const std::atomic<bool>* stop = nullptr;
};

/// Nothing if it was stopped.
std::optional<VerifiedModel> verify(const KnownModel& model, const VerifyOptions& options);

}  // namespace understudy::studies
