// The state of a twin as of an instant, from what a log of production has told up to then.
//
// A pure function of a set of events: in whatever order, in however many parts and how often they were read, the state is
// the same. What has begun and not ended is at work, for as long as it has been; what was handed over and has not begun
// waits; what has ended at one stage, and was not seen further on, waits at the next; what failed and has retries left
// pauses. Runs of pipelines hold what their tasks have done. Datasets are as fresh as what has ended last.
//
// Names are matched as calibrate does (twin_names.h), and of tasks of one name that import has numbered each piece is the one
// whose turn it was (follow_jobs.h). What nothing in the twin is called is listed, and what a state cannot
// hold; nothing is dropped in silence.
//
// Where the twin has a state already, of an instant `base_ns`, it is what is known of that instant: events up to then only
// say how long what it holds has been there. What begins after it and is not known to have come after it is of what waited;
// what the log does not know anything of has stayed as it was, older by the time between.
//
// What a log does not tell and is taken for true:
// - An item that has left a stage with several ways went one of them, by their shares; among the items that left it, older
//   ones first, each way has the number that these expect. Of an item that has been gone for longer than any took that way
//   in the log it has not gone that way. A stage that the log has no name for (a delay) holds it as its service says.
// - What has been seen beyond a stage has ended there; a task that others of its run have followed has ended.
// - Of a task without the id of its run: it is of the first run that has not had it, and has had those before it.
// - A run is due at the instant of its schedule that its due time says, or that comes before its first event. Where all due
//   times of a pipeline lie so many periods before its begins (Airflow's begin of the interval), they count as that later.
//   What was due since the last run that was seen has not begun.
//
// No I/O; deterministic; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/observed_events.h"
#include "models/scenario.h"

namespace understudy::studies {

/// Something in the log that the twin has no element for.
struct NotFollowed {
    std::string name;  ///< as the log calls it
    std::int64_t events = 0;
    std::string why;  ///< "nothing is called so", or what it may be
};

struct Followed {
    models::InitialState state;
    std::vector<NotFollowed> unmapped;  ///< by name
    std::vector<std::string> left_out;  ///< what is there and a state cannot hold
    std::vector<std::string> assumed;   ///< what was taken for true, and how often
    std::int64_t used = 0;              ///< events of elements of the twin, up to the instant
    std::int64_t later = 0;             ///< of the same, after it
};

struct FollowOptions {
    std::int64_t clock_ns = 0;  ///< the begin of the run's clock, since 1970
    std::int64_t now_ns = 0;    ///< as of when; not before `clock_ns`, nor before `base_ns`
    /// When the state of the scenario's twin holds; absent: it has none, or none that counts.
    std::optional<std::int64_t> base_ns;
};

/// `twin` is one that checks without errors, with the state that is known. `events` is a set (models::make_set).
Followed follow(const models::Scenario& twin, const std::vector<models::ObservedEvent>& events,
                const FollowOptions& options);

/// The last instant at which anything was told of an element of the twin: what others do says nothing of it. `events` is a
/// set.
std::optional<std::int64_t> last_told(const models::Scenario& twin,
                                      const std::vector<models::ObservedEvent>& events);

/// When events of elements of the twin happened, in the order of `events`.
std::vector<std::int64_t> instants_told(const models::Scenario& twin,
                                        const std::vector<models::ObservedEvent>& events);

/// What of the events the twin has no element for, by name.
std::vector<NotFollowed> not_followed(const models::Scenario& twin,
                                      const std::vector<models::ObservedEvent>& events);

}  // namespace understudy::studies
