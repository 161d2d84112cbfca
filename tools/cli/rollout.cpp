#include "tools/cli/rollout.h"

#include <fmt/core.h>

#include <utility>

#include "tools/cli/scenario_input.h"
#include "tools/formats/language/rollout_reader.h"

namespace understudy::cli {

std::optional<studies::PreparedCanary> prepare_rollout(const std::string& base,
                                                       const std::vector<std::string>& overrides,
                                                       const std::string& change, const std::string& stress) {
    auto reading = formats::read_canary(base, overrides, change);
    if (!reading.twin) {
        fmt::print(stderr, "{}", reading.diagnostics.show());
        return std::nullopt;
    }
    reading.twin->stress = stress;
    models::Problems problems;
    auto prepared = studies::prepare_canary(std::move(*reading.twin), problems);
    if (!prepared) print_problems(problems, change);
    return prepared;
}

}  // namespace understudy::cli
