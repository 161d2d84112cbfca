#include "tools/cli/silence.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace understudy::cli {

Silence::Silence() {
    std::fflush(stdout);
    std::fflush(stderr);
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0) return;
    out_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    err_ = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (out_ >= 0) ::dup2(nowhere, STDOUT_FILENO);
    if (err_ >= 0) ::dup2(nowhere, STDERR_FILENO);
    ::close(nowhere);
}

Silence::~Silence() {
    std::fflush(stdout);
    std::fflush(stderr);
    for (const auto& [kept, at] : {std::pair(out_, STDOUT_FILENO), std::pair(err_, STDERR_FILENO)}) {
        if (kept < 0) continue;
        ::dup2(kept, at);
        ::close(kept);
    }
}

}  // namespace understudy::cli
