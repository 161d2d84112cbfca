#include "tools/reports/state_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tools/formats/json/state_counts.h"
#include "tools/formats/language/values.h"
#include "tools/reports/numbers.h"
#include "tools/reports/table.h"

namespace understudy::reports {

namespace {

std::string moved_count(std::int64_t before, std::int64_t now) {
    return before == now ? std::to_string(now) : fmt::format("{} -> {}", before, now);
}

/// Of amounts, which need not be whole.
std::string moved_amount(double before, double now) {
    const std::string was = human_number(before, 6), is = human_number(now, 6);
    return was == is ? is : was + " -> " + is;
}

}  // namespace

std::string state_table(const models::InitialState& before, const models::InitialState& after, int width) {
    const auto all = formats::state_counts(before, after);
    const bool amounts = std::any_of(all.begin(), all.end(), [](const auto& one) {
        const auto& [then, now] = one.second;
        return then.landed > 0 || now.landed > 0 || then.unread > 0 || now.unread > 0;
    });
    std::vector<std::vector<std::string>> rows = {
        {"element", "waiting", "working", "retrying", "runs", "newest"}};
    if (amounts) rows[0].insert(rows[0].end(), {"landed", "unread"});
    for (const auto& [name, counts] : all) {
        const auto& [then, now] = counts;
        if (then == formats::StateCount{} && now == formats::StateCount{}) continue;
        rows.push_back({name, moved_count(then.waiting, now.waiting), moved_count(then.working, now.working),
                        moved_count(then.retrying, now.retrying), moved_count(then.runs, now.runs),
                        now.newest ? formats::print_duration(*now.newest) : "-"});
        if (!amounts) continue;
        rows.back().push_back(moved_amount(then.landed, now.landed));
        rows.back().push_back(moved_amount(then.unread, now.unread));
    }
    return rows.size() > 1 ? table(rows, width) : "";
}

}  // namespace understudy::reports
