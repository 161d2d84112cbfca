#include "tools/cli/rollout.h"

#include <utility>

#include "tools/formats/language/rollout_reader.h"

namespace understudy::cli {

FoundRollout find_rollout(const std::string& base, const std::vector<std::string>& overrides,
                          const std::string& change, const std::string& stress) {
    auto reading = formats::read_canary(base, overrides, change);
    FoundRollout found{std::nullopt, std::move(reading.diagnostics), {}};
    if (!reading.twin) return found;
    reading.twin->stress = stress;
    found.prepared = studies::prepare_canary(std::move(*reading.twin), found.problems);
    return found;
}

std::optional<studies::PreparedCanary> prepare_rollout(const std::string& base,
                                                       const std::vector<std::string>& overrides,
                                                       const std::string& change, const std::string& stress) {
    return prepared_or_said(find_rollout(base, overrides, change, stress), change);
}

std::optional<models::Problem> why_never_in(const formats::Change& change, const models::Run& run) {
    const std::optional<kernel::Time>& in = change.goes_in;
    if (change.rollout.in_steps || change.rollback || !in || !run.length || *in < *run.length)
        return std::nullopt;
    return models::Problem{models::Problem::Severity::error, "rollout",
                           "the change goes in after the end of the run", "let it go in earlier"};
}

}  // namespace understudy::cli
