#include "tools/studies/calibrate.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kernel/statistics.h"
#include "models/listed.h"
#include "tools/studies/calibrate_arrivals.h"
#include "tools/studies/calibrate_branches.h"
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

constexpr std::size_t most_named_again = 5;

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

/// Adds what a part of the calibration found. What has been fitted stays: the same path is never set twice.
void add_part(Calibration part, Calibration& into) {
    std::set<std::string> known;
    for (const CalibrationEdit& edit : into.edits) known.insert(edit.path);
    std::vector<std::string> again;
    for (const CalibrationEdit& edit : part.edits)
        if (known.contains(edit.path)) again.push_back(edit.path);
    // Parts of what is set, such as the pauses of `retry`, go with it.
    const auto is_again = [&](const auto& one) {
        return std::any_of(again.begin(), again.end(), [&](const std::string& path) {
            return one.path == path || one.path.starts_with(path + ".");
        });
    };
    std::erase_if(part.edits, is_again);
    std::erase_if(part.elements, is_again);
    std::erase_if(part.uncertain, is_again);
    if (!again.empty())
        into.warnings.push_back(models::listed(again, most_named_again) + ": several kinds of logs tell of " +
                                (again.size() == 1 ? "it" : "each of them") +
                                ", and one counts: whole makespans before repeats of the workflow, these "
                                "before other logs; calibrate "
                                "with the others alone to have what they tell");
    const auto take = [](auto& from, auto& to) {
        std::move(from.begin(), from.end(), std::back_inserter(to));
    };
    take(part.edits, into.edits);
    take(part.elements, into.elements);
    take(part.uncertain, into.uncertain);
    take(part.assumed, into.assumed);
    take(part.unidentified, into.unidentified);
    take(part.warnings, into.warnings);
    take(part.notes, into.notes);
    take(part.validations, into.validations);
    take(part.self_replays, into.self_replays);
    into.interrupted = into.interrupted || part.interrupted;
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
    const auto fit = [&](auto&& part_of) {
        if (calibration.interrupted) return;
        Calibration part;
        part_of(part);
        add_part(std::move(part), calibration);
    };
    fit([&](Calibration& part) { calibrate_overheads(twin, runs, options, part); });
    const std::vector<Repeats> repeats = repeats_of(twin, runs);
    fit([&](Calibration& part) { calibrate_repeats(twin, runs, repeats, options, part); });
    std::vector<bool> others;
    for (std::size_t i = 0; i < runs.size(); ++i)
        others.push_back(repeats[i] == Repeats::nothing &&
                         (has_instants(runs[i]) || is_list_of_durations(runs[i])));
    const std::vector<SeenRun> seen = seen_once(runs, others, calibration);
    fit([&](Calibration& part) { calibrate_kinds(twin, seen, options, part); });
    fit([&](Calibration& part) { calibrate_branches(twin, seen, part); });
    fit([&](Calibration& part) { calibrate_dispatch(twin, seen, options, part); });
    fit([&](Calibration& part) { calibrate_arrivals(twin, seen, options, part); });
    if (!calibration.interrupted) say_unseen(twin, seen, calibration);
    if (!calibration.interrupted) replay_whole_runs(twin, seen, options, calibration);
    if (!calibration.interrupted) replay_items(twin, seen, options, calibration);
    if (!calibration.interrupted) warn_of_more_at_work(twin, seen, calibration);
    judge_self_replay(calibration);
    return calibration;
}

}  // namespace understudy::studies
