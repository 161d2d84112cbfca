#include "tools/cli/going_on.h"

#include <fmt/core.h>

#include <utility>

#include "tools/formats/results/result_reader.h"
#include "tools/formats/results/result_writer.h"
#include "tools/studies/earlier.h"

namespace understudy::cli {

GoingOn::GoingOn(const std::string& out, bool fresh, const studies::PreparedRun& prepared,
                 const std::vector<std::string>& set, studies::RunOptions& run)
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
    run.keep_due = [this] { return keeper_->due(); };
    run.keep = [this, set](studies::RunResult result) {
        result.provenance.set = set;
        keeper_->keep(result);
    };
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

void GoingOn::write(const studies::RunResult& result) {
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
