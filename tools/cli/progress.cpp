#include "tools/cli/progress.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace understudy::cli {

namespace {

std::atomic<bool> interrupted{false};

extern "C" void on_signal(int signal) {
    if (interrupted.exchange(true)) {
        // The second time: at once, and as the signal would have done.
        std::signal(signal, SIG_DFL);
        std::raise(signal);
    }
}

std::string remaining_text(double seconds) {
    const long long s = static_cast<long long>(seconds + 0.5);
    if (s < 60) return fmt::format("{} s left", s);
    if (s < 3600) return fmt::format("{} min {:02} s left", s / 60, s % 60);
    return fmt::format("{} h {:02} min left", s / 3600, s / 60 % 60);
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

Progress::Progress(std::string what)
    : what_(std::move(what)), begin_(std::chrono::steady_clock::now()), last_(begin_) {}

void Progress::update(std::int64_t done, std::int64_t of) {
    if (!shows_progress() || done >= of) return clear();
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < std::chrono::milliseconds(100)) return;
    last_ = now;
    const double passed = std::chrono::duration<double>(now - begin_).count();
    const double share = static_cast<double>(done) / static_cast<double>(of);
    const std::string left = share > 0 ? remaining_text(passed / share * (1 - share)) : "";
    fmt::print(stderr, "\r\033[K{}: {} of {} ({:.0f} %), {}", what_, done, of, 100 * share, left);
    std::fflush(stderr);
    shown_ = true;
}

void Progress::clear() {
    if (!shown_) return;
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
    shown_ = false;
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
