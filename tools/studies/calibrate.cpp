#include "tools/studies/calibrate.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "kernel/statistics.h"
#include "tools/studies/calibrate_arrivals.h"
#include "tools/studies/calibrate_dispatch.h"
#include "tools/studies/calibrate_items.h"
#include "tools/studies/calibrate_laws.h"
#include "tools/studies/calibrate_overheads.h"
#include "tools/studies/calibrate_parts.h"
#include "tools/studies/calibrate_runs.h"
#include "tools/studies/calibrate_seen.h"
#include "tools/studies/calibrate_unseen.h"
#include "tools/studies/more_at_work.h"

namespace understudy::studies {

namespace {

/// The gate: does the fitted twin show what it was fitted to?
void judge_self_replay(Calibration& calibration) {
    std::vector<double> errors;
    double sum = 0;
    for (const SelfReplay& one : calibration.self_replays) {
        errors.push_back(one.by_chance ? 0 : std::fabs(one.error()));
        sum += one.by_chance ? 0 : one.error();
    }
    if (errors.empty()) {
        if (!calibration.edits.empty())
            calibration.notes.emplace_back(
                "the fitted twin is not replayed against the logs: none of them is a run of the whole of it");
        return;
    }
    std::sort(errors.begin(), errors.end());
    const double median = kernel::sorted_quantile(errors, 0.5);
    if (median <= most_replay_error) return;
    char text[200];
    std::snprintf(text, sizeof text,
                  "self-replay is off by %.1f percent in the median, more than %.0f: the twin %s",
                  100 * median, 100 * most_replay_error,
                  sum < 0 ? "lacks something that took time in these runs"
                          : "does something more, or one after the other, than these runs did");
    std::string warning = text;
    if (calibration.self_replays.size() > 1) {
        const auto worst = std::max_element(calibration.self_replays.begin(), calibration.self_replays.end(),
                                            [](const SelfReplay& a, const SelfReplay& b) {
                                                return std::fabs(a.error()) < std::fabs(b.error());
                                            });
        std::snprintf(text, sizeof text, " (most in %s: %+.1f percent)", worst->source.c_str(),
                      100 * worst->error());
        warning += text;
    }
    calibration.warnings.push_back(std::move(warning));
}

/// What the reader of logs took of dates that say no zone, where the hour of a date says something.
void say_zone(const models::Scenario& twin, const std::vector<models::RecordedRun>& runs, Calibration& into) {
    std::string sources;
    for (const models::RecordedRun& run : runs)
        if (run.format != "swf" && !run.zone.empty()) sources += (sources.empty() ? "" : ", ") + run.source;
    if (!sources.empty() && (twin.run.start || !twin.loads.empty()))
        into.assumed.push_back("dates of " + sources + " say no zone: taken as of " + twin.run.zone +
                               ", the zone of the twin");
}

/// Tasks one by one, of no run in particular: how long each took, and not when.
bool is_list_of_durations(const models::RecordedRun& run) {
    return run.format == "csv" && !has_instants(run);
}

}  // namespace

Calibration calibrate(const models::Scenario& twin, const std::vector<models::RecordedRun>& runs,
                      const CalibrationOptions& options) {
    Calibration calibration;
    say_zone(twin, runs, calibration);
    calibration.logs = std::ssize(runs);
    for (const models::RecordedRun& run : runs) {
        if (run.left_out > 0)
            calibration.notes.push_back(run.source + ": " + std::to_string(run.left_out) +
                                        " entries are left out");
        for (const models::RecordedRun::Note& note : run.notes)
            calibration.notes.push_back(run.source + ": " + note.text +
                                        (note.count > 1 ? " (" + std::to_string(note.count) + ")" : ""));
    }
    calibrate_overheads(twin, runs, options, calibration);
    const std::vector<bool> repeats = repeats_of(twin, runs);
    if (!calibration.interrupted) calibrate_repeats(twin, runs, repeats, options, calibration);
    std::vector<bool> others;
    for (std::size_t i = 0; i < runs.size(); ++i)
        others.push_back(!repeats[i] && (has_instants(runs[i]) || is_list_of_durations(runs[i])));
    const std::vector<SeenRun> seen = seen_once(runs, others, calibration);
    if (!calibration.interrupted) calibrate_kinds(twin, seen, options, calibration);
    if (!calibration.interrupted) calibrate_dispatch(twin, seen, options, calibration);
    if (!calibration.interrupted) calibrate_arrivals(twin, seen, options, calibration);
    if (!calibration.interrupted) say_unseen(twin, seen, calibration);
    if (!calibration.interrupted) replay_whole_runs(twin, seen, options, calibration);
    if (!calibration.interrupted) replay_items(twin, seen, options, calibration);
    if (!calibration.interrupted) warn_of_more_at_work(twin, seen, calibration);
    judge_self_replay(calibration);
    return calibration;
}

}  // namespace understudy::studies
