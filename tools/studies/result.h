// What a run found: estimates, verdicts, series and where they come from. Values only; files and reports are
// made from this alone.
//
// Units are those of models/measure.h (seconds, bytes, fractions, per second). Numbers that are not known are
// absent (std::nullopt), never NaN.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kernel/batch_means.h"
#include "kernel/pooled.h"
#include "kernel/time.h"
#include "models/analytic/answer.h"
#include "models/analytic/traffic.h"
#include "models/measure.h"

namespace understudy::studies {

enum class Verdict { met, violated, inconclusive };
/// Why: the limit was passed, there is no steady state, ... (docs/concepts.md).
enum class Reason {
    none,
    limit,
    constraint,
    unstable,
    critical,
    precision,
    data,
    warm_up,
    not_credible,
    no_objectives
};
/// 0.05 -> "5%", as in scenario files.
std::string percent(double fraction);
/// All 16 digits.
std::string hexadecimal(std::uint64_t value);
const char* name_of(Verdict verdict);
const char* name_of(Reason reason);

/// An interval of which a part of the uncertainty is the cause.
struct PartOfInterval {
    double low = 0, high = 0;
};

/// An estimate over replications with its confidence interval.
struct Estimate {
    std::optional<double> value, low, high;
    double level = 0.95;
    std::int64_t replications = 0;  ///< that had data
    /// Where fitted inputs were drawn anew (input_uncertainty.h): what the interval would be if they were known, and if
    /// nothing else varied. Else absent.
    std::optional<PartOfInterval> simulation{}, input{};
};

struct MetricResult {
    std::string name;     ///< the measure's text: "p(95) latency(server)"
    std::string element;  ///< its scope; empty: the whole system
    std::string unit;     ///< "s", "fraction", "items", ...
    double quantile = 0;  ///< of p(N): N / 100; 0: it is none
    Estimate estimate;
    std::vector<double> by_replication;  ///< one each, in order; NaN where a replication had no data
    /// Of averages over items, shares, spreads and quantiles: one value for each section of neighbouring replications,
    /// whose mean is the estimate and whose spread its error; NaN where a section had no data. Else empty.
    std::vector<double> by_section;
    std::string doubt;  ///< why its interval is not to be believed; empty: nothing is known against it
    Reason doubted = Reason::none;  ///< the same in one word; no file keeps it
    std::string no_data;            ///< where there is no estimate: why ("no item left"); may be empty
    models::Answer expected;        ///< what formulas say of it; refused where they say nothing

    // For studies that go on from here. What is read from a file has it only where that was asked for.
    std::vector<std::uint8_t> had_data;  ///< by replication: 1 where it had
    /// What all have seen together, of averages over items, shares, spreads and quantiles (kernel/pooled.h).
    std::vector<kernel::Observed> sections;
    std::int64_t replications_a_section = 1;  ///< the last may have fewer
    std::vector<kernel::Tally> tallies;       ///< of shares that were counted, by replication; else empty
    std::vector<kernel::Part> parts;  ///< of averages of a run of one replication (one_run.h); else empty
};

struct ObjectiveResult {
    std::string text;
    Verdict verdict = Verdict::inconclusive;
    Reason reason = Reason::none;
    std::string explanation;  ///< for people: "about 40 more replications would settle it"
    std::string unit;
    models::Comparison comparison = models::Comparison::less;  ///< of the estimate with the limit
    double limit = 0;
    Estimate estimate;
    std::vector<double> by_replication;
    /// About so many more replications would settle it, or would give an interval where there is none yet
    /// (tools/studies/more_replications.h); 0: it is decided, or more of them would not help.
    std::int64_t more_replications = 0;
};

/// A level over time, averaged over each interval of `interval_s`, one row per replication.
struct Series {
    std::string name;  ///< "utilisation(spark)"
    std::string element;
    std::string unit;
    std::vector<std::vector<double>> values;  ///< [replication][interval]
};

/// What the traffic equations say of a station or pool before any simulation.
using models::StationForecast;

/// An element as the report draws it.
struct GraphNode {
    std::string name, kind;  ///< kind: load, stage, pool, dataset, budget, pipeline, task, exit
    std::string label;
    std::optional<double> utilisation;
    std::string note = {};  ///< what is known of a dataset besides: its contract and columns, by lines
};
/// In the direction of the flow: from what is read to its reader, from a writer to what is written, from a
/// task to the one after it; needs point at what is used (runs_on: stage to pool), wholes at their parts
/// (part_of: pipeline to task), as in models/graph.h. Nodes of one name are one node to a report: a stage and
/// the stream it writes.
struct GraphEdge {
    std::string from, to;
    std::string kind;  ///< reads, writes, runs_on, spends, after, dead_letter, part_of
    double share = 1;
};

struct Warning {
    std::string text;
};

/// An alert of the scenario, whether raised or not. One of the level `fail` is a constraint: it holds in replications in which
/// it is not raised.
struct AlertResult {
    std::string text;            ///< as alert_name() has it (constraints.h)
    std::string level;           ///< "warn", "fail", "log"
    std::string when;            ///< the condition or the schedule, as written; may be empty
    std::string element;         ///< that the condition looks at; empty: the whole system, or none
    std::optional<double> at_s;  ///< of one at a time
    std::int64_t raised = 0;     ///< replications in which it was
    std::int64_t times = 0;      ///< how often, over all of them
};

/// What one replication adds to the result besides its metrics and series.
struct ReplicationRecord {
    std::uint64_t fingerprint = 0;
    std::uint64_t events = 0;
    std::map<std::string, std::int64_t> remarks;  ///< warnings, and how often it gave them
    std::string broken_off;                       ///< as of RunResult
};

/// What the pilots of a run found, so that a run of more replications need not make them again.
struct PilotFindings {
    std::int64_t warm_up_pilots =
        0;                     ///< replications that the warm-up was found on; 0: it was not looked for
    kernel::Time warm_up = 0;  ///< the cut
    bool too_short = false;    ///< no steady state was reached within the run
    std::int64_t planned = 0;  ///< replications that a precision takes, going by its pilot; 0: none was made
    std::string planned_for;   ///< digest of the precision, and of whose it is
};

/// A value that a scenario has, and where it comes from.
struct ValueOrigin {
    std::string path;   ///< as after --set: "spark.workers"
    std::string value;  ///< on one line
    /// "scenario", of which neither name nor layout is kept; `file:line:column` of others; "--set spark.workers=9";
    /// "UNDERSTUDY_SET ...".
    std::string origin;
    bool operator==(const ValueOrigin&) const = default;
};

/// What can change the result, and where that comes from: no thread counts or times of day, and no folder above the
/// scenario's.
struct Provenance {
    std::string scenario_name;
    std::string scenario_text;
    std::string scenario_digest;  ///< of the text
    std::uint64_t seed = 0;
    std::int64_t replications = 0;
    std::string version;  ///< of understudy
    std::vector<std::string>
        set;  ///< what --set changed in the file: "spark.workers=9"; is in the text as well
    std::vector<ValueOrigin>
        origins;  ///< of all values that are not the language's own, where a file was read
};

struct RunResult {
    Provenance provenance;
    Verdict verdict = Verdict::inconclusive;
    Reason reason = Reason::none;
    std::vector<ObjectiveResult> objectives;
    std::vector<MetricResult> metrics;  ///< measures of the scenario first, then the default ones
    std::vector<Series> series;
    double interval_s = 0;  ///< of all series
    std::vector<StationForecast> forecast;
    std::vector<GraphNode> nodes;
    std::vector<GraphEdge> edges;
    std::vector<Warning> warnings;
    std::vector<AlertResult> alerts;     ///< in the order of the scenario
    std::int64_t replications_done = 0;  ///< fewer than asked for if interrupted
    bool interrupted = false;
    std::string
        broken_off;  ///< why a replication could not go on to its end: "deadlock at a, b"; empty: all did
    std::optional<double> length_s;   ///< absent: until empty
    std::optional<double> warm_up_s;  ///< what was cut
    std::string warm_up_reason;       ///< "as asked", "MSER-5 on the mean over replications", ...
    std::string replications_reason;  ///< why so many: empty, as asked; else what their number was planned on
    double confidence = 0.95;
    /// Empty: intervals are over replications. Of one replication: "overlapping batch means", or "none" and why.
    std::string interval_reason;
    /// Of which inputs' uncertainty, and from how many draws, intervals have a part; empty: they have none.
    std::string input_reason;
    /// Elements that were not simulated, as nothing that is promised or asked for depends on them (models/reach.h).
    std::vector<std::string> aggregated;
    std::string currency;
    std::string start;         ///< ISO 8601 with offset; empty: the scenario has no date
    std::uint64_t events = 0;  ///< simulated, over all replications
    std::string fingerprint;   ///< 16 hexadecimal digits over all events of all replications

    // What a run of the same with more or fewer replications goes on from (tools/studies/findings.h).
    /// Digest of all that a replication depends on but its seed and number; empty: nobody may go on from here.
    std::string simulated;
    PilotFindings pilots;
    std::vector<ReplicationRecord> records;  ///< of the replications done

    // How this run came by it; no file keeps it.
    std::int64_t reused = 0;  ///< replications that an earlier run had made
    std::string not_reused;   ///< why there were none; empty: no earlier run was given, or some were
    double seconds = 0;       ///< that the replications which were not reused took, by the clock
    unsigned threads = 0;     ///< that made them
};

}  // namespace understudy::studies
