// A run that goes on from what is under the name it writes to: how verbs find it, keep their own while they run, and
// say what was reused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/formats/results/earlier_result.h"
#include "tools/studies/run.h"

namespace understudy::cli {

/// Replications of the result there; 0: there is none, and so nothing that could be lost.
std::int64_t replications_in(const std::string& out);

class GoingOn {
public:
    /// Looks for what earlier runs left at `out`, unless the run is to be `fresh`, and has `run`, which must not
    /// outlive this, keep what it finds out. Before the run begins.
    GoingOn(const std::string& out, bool fresh, const studies::PreparedRun& prepared,
            studies::RunOptions& run);
    GoingOn(const GoingOn&) = delete;
    GoingOn& operator=(const GoingOn&) = delete;

    /// For the run; once.
    std::optional<studies::RunResult> take_earlier() { return std::move(earlier_); }
    /// The run has ended: says on stderr what it reused, or why nothing.
    void end(const studies::RunResult& result);
    /// Writes the result and takes away what was kept. That of an interrupted run goes into the leftover where a result of
    /// more replications stands. Where writing fails (FileError) what was kept stays, and that is
    /// said.
    void write(const studies::RunResult& result);

private:
    bool write_beside(const studies::RunResult& result) const;

    std::string out_;
    std::string path_;  ///< of the earlier run; empty: there is none
    std::string why_;   ///< it is not taken; empty: it is
    std::optional<studies::RunResult> earlier_;
    std::optional<formats::ResultKeeper> keeper_;
    bool kept_ = false;  ///< something stands there that this run kept
};

}  // namespace understudy::cli
