// Exit codes of the program: an interface that scripts rely on.
#pragma once

namespace understudy::cli {

enum ExitCode : int {
    exit_met = 0,
    exit_internal = 1,
    exit_differs = 1,  ///< compare --audit-streams: as of diff and cmp
    exit_usage = 2,    ///< bad usage or input
    exit_violated = 3,
    exit_inconclusive = 4,  ///< or no data, or interrupted
    exit_stale = 5,         ///< stale, unapproved or not credible
    exit_busy = 6,          ///< others have been writing the store all the time
};

}  // namespace understudy::cli
