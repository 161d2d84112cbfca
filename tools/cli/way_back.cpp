#include "tools/cli/way_back.h"

#include <fmt/core.h>

#include <utility>

#include "tools/cli/scenario_input.h"
#include "tools/formats/language/rollback_reader.h"

namespace understudy::cli {

FoundWayBack find_way_back(const std::string& base, const std::vector<std::string>& overrides,
                           const std::string& change) {
    FoundWayBack found;
    if (auto live = formats::read_rollback(base, overrides, change, formats::Edits::as_actions); live.twin)
        if (found.prepared = studies::prepare_rollback(std::move(*live.twin), found.problems); found.prepared)
            return found;
    found.problems.clear();
    auto reading = formats::read_rollback(base, overrides, change, formats::Edits::made_before);
    found.diagnostics = std::move(reading.diagnostics);
    if (reading.twin) found.prepared = studies::prepare_rollback(std::move(*reading.twin), found.problems);
    return found;
}

std::optional<studies::PreparedRollback> prepare_way_back(const std::string& base,
                                                          const std::vector<std::string>& overrides,
                                                          const std::string& change) {
    FoundWayBack found = find_way_back(base, overrides, change);
    if (found.prepared) return std::move(found.prepared);
    if (found.problems.empty())
        fmt::print(stderr, "{}", found.diagnostics.show());
    else
        print_problems(found.problems, change);
    return std::nullopt;
}

}  // namespace understudy::cli
