// Progress with remaining time on a terminal, silent in a pipe; and Ctrl-C as a request to end.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "tools/studies/run.h"

namespace understudy::cli {

/// Whether stderr is a terminal that people look at.
bool shows_progress();
/// Whether stdout takes colours: a terminal, and NO_COLOR is not set.
bool takes_colour();
/// Columns of the terminal on stdout, 80 where there is none.
int terminal_width();

/// The line for a run that has been `seconds` in its present phase: "replication 12 of 30, 38 % of simulated time,
/// about 20 s left"; for a study "120 of 10000 units at most, 35/s, at most 5 min left, best 7.2 EUR/h with
/// spark.workers=9", at `rate` units a second, which is 0 where it is not known yet; of the answer so far what `width`
/// columns have room for. Before it what this part of the study is called. Empty where nothing is simulated.
std::string progress_line(const studies::RunProgress::Now& now, double seconds, double rate, int width);

/// Units a second of late: those that a study finds kept are done in no time, and say nothing about the rest.
class RecentRate {
public:
    /// Of so many that are done after so many seconds; looked at again and again.
    double after(double seconds, std::int64_t done);

private:
    std::deque<std::pair<double, std::int64_t>> seen_;
};

/// A span of time as people say it: "2 min 05 s".
std::string span_text(double seconds);

/// One line on stderr, overwritten ten times a second by a thread of its own; nothing at all where stderr is no
/// terminal. While it is shown nobody else may write to the terminal: clear() first. One thread may call this.
class Progress {
public:
    Progress() = default;
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    /// Shows what is being done, of which no end can be foreseen: "reading trace.csv".
    void show(std::string what);
    /// Shows how far a run is, which must live until clear(); its times begin with each phase.
    void show(const studies::RunProgress& run);
    /// Takes the line away.
    void clear();

private:
    void start();
    void draw(std::stop_token stop);

    std::string what_;
    const studies::RunProgress* run_ = nullptr;
    std::mutex mutex_;
    std::condition_variable_any ended_;
    std::jthread thread_;
};

/// Set by the first Ctrl-C (or SIGTERM); the second ends the program at once. Installs its handler when first
/// called.
const std::atomic<bool>& interrupt_requested();

}  // namespace understudy::cli
