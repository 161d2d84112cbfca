#include "tools/cli/way_back.h"

#include <fmt/core.h>

#include <utility>

#include "tools/cli/scenario_input.h"
#include "tools/formats/language/rollback_reader.h"

namespace understudy::cli {

std::optional<studies::PreparedRollback> prepare_way_back(const std::string& base,
                                                          const std::vector<std::string>& overrides,
                                                          const std::string& change) {
    if (auto live = formats::read_rollback(base, overrides, change, formats::Edits::as_actions); live.twin) {
        models::Problems problems;
        if (auto prepared = studies::prepare_rollback(std::move(*live.twin), problems)) return prepared;
    }
    auto reading = formats::read_rollback(base, overrides, change, formats::Edits::made_before);
    if (!reading.twin) {
        fmt::print(stderr, "{}", reading.diagnostics.show());
        return std::nullopt;
    }
    models::Problems problems;
    auto prepared = studies::prepare_rollback(std::move(*reading.twin), problems);
    if (!prepared) print_problems(problems, change);
    return prepared;
}

}  // namespace understudy::cli
