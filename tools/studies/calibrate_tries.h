// What became of attempts that failed, for the part of calibrate.h for kinds of tasks: which were tried again, after what
// pause, and which were the last.
//
// Attempts belong together that have the same run of a pipeline (`run`), or the same name or tag of their own within their
// kind; where the log numbers attempts, the next has the next number, and where it does not, what ended well twice under one
// name is no one item. Of a log that has neither, but numbers, only counts are known. What failed shortly before the end of
// the log may yet be tried again. Where no log has two tries of one item, as in Airflow's table of tasks, which keeps the last
// alone, one that begins with a later number has failed before. Internal to tools/studies; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/recorded_run.h"
#include "models/scenario.h"
#include "tools/studies/calibrate.h"
#include "tools/studies/calibrate_seen.h"

namespace understudy::studies {

struct Tries {
    std::int64_t again = 0;     ///< failed attempts that another one followed
    std::int64_t given_up = 0;  ///< failed attempts that none followed
    std::int64_t unknown = 0;   ///< failed attempts of which the log does not say
    std::int64_t most = 0;      ///< tries again of one item
    std::int64_t lost =
        0;  ///< of `again`: that are in no log, and known by the numbers of those that followed
    std::int64_t given_up_earlier = 0;               ///< after fewer than that
    std::vector<const models::RecordedTask*> later;  ///< those that are not an item's first
    std::vector<std::vector<double>> pauses;         ///< seconds, before the first try again, the second, ...
};

/// The attempts of one element.
class Attempts {
public:
    void add(const SeenRun& seen, const models::RecordedTask& task);
    Tries tries() const;

private:
    struct Attempt {
        const models::RecordedTask* task = nullptr;
        std::int64_t offset_ns = 0;  ///< of the log's clock
        std::size_t log = 0;
    };
    struct Log {
        const models::RecordedRun* run = nullptr;
        kernel::Time end = 0;
    };
    std::vector<Attempt> attempts_;
    std::vector<Log> logs_;
    bool numbered_ = false;
};

/// What the twin is to do after a failure, as the log shows it: an edit of `path`.retry with its evidence, or what cannot be
/// told. `now`: what it does.
void fit_retry(const std::string& path, const models::Work& now, const Tries& tries, Calibration& into);

}  // namespace understudy::studies
