#include "tools/cli/progress.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <system_error>
#include <utility>

#include "tools/reports/numbers.h"

namespace understudy::cli {

namespace {

std::atomic<bool> interrupted{false};

std::atomic<long long> interrupted_at{0};

long long monotonic_ms() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);  // may be called in a signal handler
    return now.tv_sec * 1000LL + now.tv_nsec / 1'000'000;
}

extern "C" void on_signal(int signal) {
    if (!interrupted.exchange(true)) {
        interrupted_at = monotonic_ms();
    } else if (monotonic_ms() - interrupted_at >= 500) {
        // The second time: at once, and as the signal would have done. But timeout(1) and some terminals send one
        // wish twice, to the process and to its group.
        std::signal(signal, SIG_DFL);
        std::raise(signal);
    }
}

using Phase = studies::RunProgress::Phase;
using Clock = std::chrono::steady_clock;

const char* words_of(models::ShareOf unit) {
    switch (unit) {
        case models::ShareOf::simulated_time: return " of simulated time";
        case models::ShareOf::tasks: return " of the tasks";
        case models::ShareOf::nothing: break;
    }
    return "";
}

/// Columns of the terminal on stderr that a line may take without being broken.
int line_width() {
    winsize size{};
    const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return (known ? size.ws_col : 80) - 1;
}

}  // namespace

bool shows_progress() { return isatty(STDERR_FILENO) != 0; }

bool takes_colour() {
    const char* no_colour = std::getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) != 0 && (!no_colour || !*no_colour);
}

int terminal_width() {
    winsize size{};
    if (isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 60)
        return size.ws_col;
    return 80;
}

std::string span_text(double seconds) {
    // A century: what is longer is not known any better.
    const long long s = static_cast<long long>(std::min(seconds, 3.2e9) + 0.5);
    if (s < 60) return fmt::format("{} s", s);
    if (s < 3600) return fmt::format("{} min {:02} s", s / 60, s % 60);
    if (s < 48 * 3600) return fmt::format("{} h {:02} min", s / 3600, s / 60 % 60);
    return fmt::format("{} days", s / 86400);
}

namespace {

/// Of a bound whole minutes are enough.
std::string left_text(double seconds, bool at_most) {
    if (!at_most) return span_text(seconds);
    const bool in_minutes = seconds >= 60 && seconds < 3600;
    return "at most " +
           (in_minutes ? fmt::format("{:.0f} min", std::ceil(seconds / 60)) : span_text(seconds));
}

/// What is done and left stays whole; the best so far gives way.
std::string units_line(const studies::RunProgress::Now& now, double rate, int width) {
    std::string line = fmt::format("{} of {} units{}", now.ended, now.of, now.at_most ? " at most" : "");
    if (rate > 0) {
        line += rate < 10 ? fmt::format(", {:.1f}/s", rate) : fmt::format(", {:.0f}/s", rate);
        line += fmt::format(
            ", {} left",
            left_text(std::max(1.0, static_cast<double>(now.of - now.ended) / rate), now.at_most));
    }
    if (now.best.empty()) return line;
    constexpr int worth_showing = 11;
    const std::string best = ", " + now.best;
    const int room = width - reports::text_width(line);
    if (reports::text_width(best) <= room) return line + best;
    if (room < reports::text_width(", ...") + worth_showing) return line;
    std::size_t cut = static_cast<std::size_t>(room) - 3;
    while (cut > 0 && (static_cast<unsigned char>(best[cut]) & 0xc0) == 0x80) --cut;  // within a character
    return line + best.substr(0, cut) + "...";
}

}  // namespace

double RecentRate::after(double seconds, std::int64_t done) {
    constexpr double window = 10, least = 0.5;
    seen_.emplace_back(seconds, done);
    while (seen_.size() > 2 && seen_[1].first < seconds - window) seen_.pop_front();
    const auto& [since, before] = seen_.front();
    return seconds - since < least ? 0 : static_cast<double>(done - before) / (seconds - since);
}

std::string progress_line(const studies::RunProgress::Now& now, double seconds, double rate, int width) {
    if (now.phase == Phase::none) return "";
    if (!now.part.empty()) {
        studies::RunProgress::Now rest = now;
        rest.part.clear();
        const std::string part = now.part + ": ";
        return part + progress_line(rest, seconds, rate, width - reports::text_width(part));
    }
    if (now.phase == Phase::units) return units_line(now, rate, width);
    const bool pilot = now.phase != Phase::replications;
    const char* what = now.phase == Phase::warm_up_pilot     ? "warm-up pilot"
                       : now.phase == Phase::precision_pilot ? "pilot"
                                                             : "replication";
    std::string line = fmt::format("{} {} of {}", what, std::min(now.ended + 1, now.of), now.of);
    if (now.share > 0)  // what is done is not shown any more
        line +=
            fmt::format(", {} %{}", std::min(99, static_cast<int>(100 * now.share)), words_of(now.share_of));
    if (pilot)
        line += fmt::format(", then {}{} replication{}", now.then,
                            now.phase == Phase::precision_pilot ? " or more" : "", now.then == 1 ? "" : "s");
    else if (now.share > 0)
        line +=
            fmt::format(", about {} left", span_text(std::max(1.0, seconds / now.share * (1 - now.share))));
    else
        line += fmt::format(", {} so far", span_text(seconds));
    return line;
}

void Progress::show(std::string what) {
    clear();
    what_ = std::move(what);
    run_ = nullptr;
    start();
}

void Progress::show(const studies::RunProgress& run) {
    clear();
    run_ = &run;
    start();
}

void Progress::start() {
    if (!shows_progress()) return;
    try {
        thread_ = std::jthread([this](std::stop_token stop) { draw(std::move(stop)); });
    } catch (const std::system_error&) {
        // The system gives no further thread: the work goes on unseen.
    }
}

void Progress::draw(std::stop_token stop) {
    bool drawn = false;
    RecentRate rate;
    std::unique_lock lock(mutex_);
    // The first line comes after the first pause: what is over at once shows nothing.
    while (
        !ended_.wait_for(lock, stop, std::chrono::milliseconds(100), [&] { return stop.stop_requested(); })) {
        std::string line = what_;
        if (run_) {
            const auto now = run_->now();
            const double seconds = std::chrono::duration<double>(Clock::now() - now.since).count();
            line = progress_line(now, seconds, now.phase == Phase::units ? rate.after(seconds, now.ended) : 0,
                                 line_width());
        }
        if (line.empty() && !drawn) continue;
        fmt::print(stderr, "\r\033[K{}", reports::shorten(line, line_width()));
        std::fflush(stderr);
        drawn = true;
    }
    if (!drawn) return;
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
}

void Progress::clear() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

const std::atomic<bool>& interrupt_requested() {
    static const bool installed = [] {
        std::signal(SIGINT, on_signal);
        std::signal(SIGTERM, on_signal);
        return true;
    }();
    (void)installed;
    return interrupted;
}

}  // namespace understudy::cli
