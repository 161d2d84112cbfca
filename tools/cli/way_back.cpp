#include "tools/cli/way_back.h"

#include <utility>

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
    return prepared_or_said(find_way_back(base, overrides, change), change);
}

}  // namespace understudy::cli
