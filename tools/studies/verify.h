// Models with known answers: simulated until the answer could be told from a wrong one, and judged.
//
// A quantity is `inside` where the interval (99.9 % confidence) holds the reference and is narrow enough, `imprecise`
// where it holds it and is not, `outside` where it does not.
//
// Length. The first run is short. From the width of each quantity's interval follows how many events it would take to
// make that narrow enough, as widths fall with their root. The model is run again with as many as the most demanding
// quantity takes, at most `most_events`, and so on until all are narrow enough; for quantities that would take more than
// sixteen times that nothing is spent. What stays imprecise says in `why` how many events it would take. Steady models
// are given longer replications, with a warm-up of a tenth and of ten relaxation times at least, as they are seen in the
// run before; models that end by themselves are given more replications and no warm-up. No run has more than
// `most_events`, or sixteen times those of the first run where that is more; where it would take more for ten relaxation
// times, half of a run is warm-up. Where the variance is infinite, or what is measured was seen in a few replications only,
// no interval is believed. Every run has random numbers of its own and only the last is judged, so that stopping by width
// biases nothing.
//
// Settling. What is outside may be so as the run was too short: the queue still grows, nothing has come back yet, or all
// replications begin in the same phase. So a run with something outside is compared with one at most half as long: an
// earlier one, or one a quarter as long that is made for it. Where what is present, or what is outside, is another there by
// more than chance, or fewer than three of the longest stays (longest_stay.h) are observed, the model is run again, four times
// as long and more. What cannot be settled that way has an interval that is wider by what it has moved, or is imprecise and
// says so; it has no z. What is the same in both is outside. Of models without anything outside nothing of this is asked.
//
// Seeds. The random numbers of a run follow from the seed asked for, the case's id and the run's number: cases share
// none, though their elements have the same names, and a case gives the same bytes alone and among others.
//
// No I/O; deterministic for any number of threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
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
    double unit_s = 1;                     ///< how long a unit of time of its answers is in the scenario
    bool steady = false;                   ///< its length may be chosen; else the number of its replications
    std::optional<double> relative_error;  ///< judged by that of the estimate, without an interval
    std::vector<KnownQuantity> quantities;
};

enum class Agreement { inside, imprecise, outside, not_expressed };
const char* name_of(Agreement agreement);

struct VerifiedQuantity {
    std::string name;
    double reference = 0;
    std::optional<double> estimate, low, high;
    /// (estimate - reference) over its standard error, mapped from Student's law to the normal one, of each seed. Of a
    /// quantile it is the share of observations below the reference that is compared, of a spread its logarithm, as
    /// their intervals do. None where nothing varies, where the quantile is one of whole numbers (their shares do not
    /// meet it) or a value that many have, where the reference is approximate, and where it is not settled.
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
    std::int64_t seeds = 1;      ///< how many runs, one seed each, give z; the first is judged
    double most_events = 1.2e9;  ///< of one run
    const std::atomic<bool>* stop = nullptr;
    /// Told before each run what share of the events of this model is simulated, as far as that can be foreseen.
    std::function<void(double share)> progress;
};

/// Nothing if it was stopped.
std::optional<VerifiedModel> verify(const KnownModel& model, const VerifyOptions& options);

}  // namespace understudy::studies
