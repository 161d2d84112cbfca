// How long lines waited beyond their queues, as logs have it: the hand-over, the dispatch and the turn-around of
// calibrate_dispatch.h. Internal to tools/studies; pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario.h"
#include "tools/studies/calibrate_seen.h"
#include "tools/studies/waiting_lines.h"

namespace understudy::studies {

/// Of one line in all logs, in seconds.
struct LagsOfLine {
    std::vector<double> dispatch_s, turn_around_s;
    /// By pipeline: from ready to submission; from ready to start, in one.
    std::map<std::string, std::vector<double>> hand_over_s, whole_s;
    /// The same from ready to start, of those that were submitted and found a place free.
    std::map<std::string, std::vector<double>> both_s;
    std::map<std::string, std::vector<double>> first_s;  ///< dispatch of tasks that wait for none
    std::set<std::string> waits_before_submission;       ///< pipelines
    /// How many were there, and the lag of who found a place: of the dispatch, and by pipeline of the whole.
    std::map<std::string, std::vector<std::pair<double, double>>> by_crowd;
    double resolution_s = 0;
    std::int64_t most_at_work = 0;  ///< at once
};

class LagsOfLines {
public:
    /// `runs`: all that add() will be given. They and the twin must outlive it.
    LagsOfLines(const models::Scenario& twin, const std::vector<SeenRun>& runs);

    void add(const SeenRun& log);

    WaitingLines& lines() { return lines_; }
    /// By line, where its places can be told or not.
    const std::map<std::string, LagsOfLine>& lags() const { return lags_; }
    /// From submission to start, by path.
    const std::map<std::string, std::vector<double>>& waits() const { return waits_; }
    /// How long they took on this line.
    const std::vector<double>& works_of(const std::string& line) const;
    bool has_seen(const std::string& path) const { return seen_.contains(path); }

private:
    using EndsByRun = std::map<const WorkingElement*, std::map<std::string, kernel::Time>>;

    std::optional<kernel::Time> ready_of(const SeenRun& log, const models::RecordedTask& task,
                                         const WorkingElement& element, const EndsByRun& last_end,
                                         const EndsByRun& first_start) const;
    bool ends_before(const std::string& path, const std::string& run, const EndsByRun& last_end,
                     kernel::Time& ready) const;

    WaitingLines lines_;
    const WorkingElements elements_;
    std::map<std::string, LagsOfLine> lags_;
    std::map<std::string, std::vector<double>> waits_;
    std::map<std::string, std::vector<double>> works_;  ///< by line
    std::set<std::string> seen_;                        ///< paths that the logs have
};

}  // namespace understudy::studies
