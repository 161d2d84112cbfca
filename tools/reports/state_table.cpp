#include "tools/reports/state_table.h"

#include <fmt/format.h>

#include <vector>

#include "tools/formats/json/state_counts.h"
#include "tools/formats/language/values.h"
#include "tools/reports/table.h"

namespace understudy::reports {

namespace {

std::string moved_count(std::int64_t before, std::int64_t now) {
    return before == now ? std::to_string(now) : fmt::format("{} -> {}", before, now);
}

}  // namespace

std::string state_table(const models::InitialState& before, const models::InitialState& after, int width) {
    std::vector<std::vector<std::string>> rows = {
        {"element", "waiting", "working", "retrying", "runs", "newest"}};
    for (const auto& [name, counts] : formats::state_counts(before, after)) {
        const auto& [then, now] = counts;
        if (then == formats::StateCount{} && now == formats::StateCount{}) continue;
        rows.push_back({name, moved_count(then.waiting, now.waiting), moved_count(then.working, now.working),
                        moved_count(then.retrying, now.retrying), moved_count(then.runs, now.runs),
                        now.newest ? formats::print_duration(*now.newest) : "-"});
    }
    return rows.size() > 1 ? table(rows, width) : "";
}

}  // namespace understudy::reports
