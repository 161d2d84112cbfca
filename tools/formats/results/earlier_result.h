// What earlier runs left under the name that a run writes to, for it to go on from, and what it leaves itself while it
// goes on.
//
// A run that was killed, or could not write its result, leaves `NAME.partial` (or, where it was traced, that with rows
// and nothing to go on from). Both files are only taken as they were written: a seal that is missing or broken (seal.h)
// is a reason to simulate afresh. Throws nothing for what is in a file.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/formats/files/atomic_file.h"
#include "tools/studies/result.h"

namespace understudy::formats {

struct EarlierResult {
    std::filesystem::path path;
    std::optional<studies::RunResult> result;  ///< with everything; nothing: see `why`
    std::string why;                           ///< it cannot be read, behind "is not reused: "
};
/// `target` and its leftover, as far as they are there and no run writes them. Before other threads use HDF5.
std::vector<EarlierResult> earlier_results(const std::filesystem::path& target);

/// Keeps what a run has found so far in `target` + ".partial", so that a kill costs no more than the last seconds.
///
/// Whole or not at all, as results are; others see by its lock that the run goes on. At most every `interval`, and so
/// seldom that it takes no more than a twentieth of the time. What cannot be written is tried again the next time; it
/// never stops the run. One thread at a time.
class ResultKeeper {
public:
    /// Keeps nothing where `target` is no regular file, another run keeps its own there, or what is there is foreign.
    explicit ResultKeeper(std::filesystem::path target,
                          std::chrono::milliseconds interval = std::chrono::milliseconds(1000));
    /// Whether to keep() what there is. What it takes to make a result of it counts as time of keeping.
    bool due();
    void keep(const studies::RunResult& result);
    /// Why nothing is kept where it could be, for people: what is in the way; else empty.
    const std::string& hindrance() const { return hindrance_; }
    bool has_kept() const { return kept_ != nullptr; }
    /// Why the last that was to be kept was not; empty: it was.
    const std::string& problem() const { return problem_; }

private:
    std::filesystem::path target_;
    std::chrono::steady_clock::duration interval_;
    std::chrono::steady_clock::time_point next_, asked_;
    bool keeps_ = true;
    std::string problem_, hindrance_;
    std::unique_ptr<AtomicFile> kept_;  ///< its lock
};

}  // namespace understudy::formats
