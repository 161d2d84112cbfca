// Progress with remaining time on a terminal, silent in a pipe; and Ctrl-C as a request to end.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace understudy::cli {

/// Whether stderr is a terminal that people look at.
bool shows_progress();
/// Whether stdout takes colours: a terminal, and NO_COLOR is not set.
bool takes_colour();
/// Columns of the terminal on stdout, 80 where there is none.
int terminal_width();

/// One line on stderr that is overwritten, at most ten times a second, from one thread at a time.
class Progress {
public:
    explicit Progress(std::string what);
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    void update(std::int64_t done, std::int64_t of);
    void clear();

private:
    std::string what_;
    bool shown_ = false;
    std::chrono::steady_clock::time_point begin_, last_;
};

/// Set by the first Ctrl-C (or SIGTERM); the second ends the program at once. Installs its handler when first
/// called.
const std::atomic<bool>& interrupt_requested();

}  // namespace understudy::cli
