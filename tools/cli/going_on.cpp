#include "tools/cli/going_on.h"

#include <fmt/core.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "tools/formats/results/result_reader.h"
#include "tools/formats/results/result_writer.h"
#include "tools/studies/earlier.h"

namespace understudy::cli {

GoingOn::GoingOn(const std::string& out, bool fresh, const studies::PreparedRun& prepared,
                 studies::RunOptions& run)
    : out_(out) {
    if (!fresh)
        for (formats::EarlierResult& found : formats::earlier_results(out)) {
            std::string why = found.why;
            if (found.result) why = studies::why_not_reused(prepared, run, *found.result);
            const bool better =
                why.empty() ? !earlier_ || found.result->replications_done > earlier_->replications_done
                            : path_.empty();
            if (!better) continue;
            path_ = found.path.string();
            why_ = why;
            if (why.empty()) earlier_ = std::move(found.result);
        }
    keeper_.emplace(out);
    if (const std::string& why = keeper_->hindrance(); !why.empty())
        fmt::print(stderr, "understudy: warning: what there is cannot be kept while the run goes on: {}\n",
                   why);
    run.keep_due = [this] { return keeper_->due(); };
    run.keep = [this](const studies::RunResult& result) { keeper_->keep(result); };
}

void GoingOn::end(const studies::RunResult& result) {
    if (const std::string& problem = keeper_->problem(); !problem.empty())
        fmt::print(stderr,
                   "understudy: warning: what there was could not be kept while the run went on: {}\n",
                   problem);
    kept_ = keeper_->has_kept();
    keeper_.reset();
    if (path_.empty()) return;
    if (result.reused > 0)
        fmt::print(stderr,
                   "understudy: note: {} of {} replications are those of {}; --fresh simulates all again\n",
                   result.reused, result.provenance.replications, path_);
    else if (const std::string& why = why_.empty() ? result.not_reused : why_; !why.empty())
        fmt::print(stderr, "understudy: note: {} is not reused: {}\n", path_, why);
}

std::int64_t replications_in(const std::string& out) {
    try {
        return formats::read_result(out).result.replications_done;
    } catch (const formats::FileError&) {
        return 0;
    }
}

bool GoingOn::write_beside(const studies::RunResult& result) const {
    const std::int64_t there = replications_in(out_);
    if (there <= result.replications_done) return false;
    const std::string leftover = formats::leftover_of(out_).string();
    std::error_code none;
    const bool in_the_way =
        std::filesystem::exists(leftover, none) && formats::whose(leftover) == formats::Whose::foreign;
    if (!in_the_way) formats::write_result(leftover, result);
    fmt::print(
        stderr,
        "understudy: note: interrupted after {} of {} replications: {} has {} and stays as it was; {}\n",
        result.replications_done, result.provenance.replications, out_, there,
        in_the_way ? leftover + " is in the way of the new ones" : "the new ones are in " + leftover);
    return true;
}

void GoingOn::write(const studies::RunResult& result) {
    if (result.interrupted && write_beside(result)) return;
    try {
        formats::write_result(out_, result);
    } catch (const formats::FileError&) {
        if (kept_)
            fmt::print(stderr,
                       "understudy: note: {} has what there was at last; the same command goes on from it\n",
                       formats::leftover_of(out_).string());
        throw;
    }
    formats::remove_leftover(out_);
}

}  // namespace understudy::cli
