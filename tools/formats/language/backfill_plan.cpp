#include "tools/formats/language/backfill_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

constexpr const char* backfill_example = "{over: 30d, concurrency: [1, 4, 16]}";
constexpr std::size_t most_concurrencies = 10;

/// One more way to play it; Fault where it is none, or there already.
void add_concurrency(std::string_view text, std::size_t offset, std::vector<std::int64_t>& all) {
    const std::int64_t at_once = read_count(text, false, offset);
    if (at_once < 1) throw Fault(offset, "with no run at once nothing is ever done", "write at least 1");
    if (std::find(all.begin(), all.end(), at_once) != all.end())
        throw Fault(offset, fmt::format("{} runs at once are listed twice", at_once), "leave one out");
    if (all.size() == most_concurrencies)
        throw Fault(offset, "too many to play", fmt::format("list at most {}", most_concurrencies));
    all.push_back(at_once);
    std::sort(all.begin(), all.end());
}

}  // namespace

std::vector<std::int64_t> read_concurrency(std::string_view text) {
    std::vector<std::int64_t> all;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        add_concurrency(text.substr(at, end - at), at, all);
        at = end + 1;
    }
    return all;
}

studies::BackfillPlan read_backfill(Reading& reading, const Node& node, Place where) {
    studies::BackfillPlan plan;
    if (node.is_scalar()) {
        plan.none = node.text == "none";
        if (!plan.none)
            reading.error(node, fmt::format("'backfill' takes 'none' or a map, not '{}'", node.text),
                          fmt::format("such as '{}'", backfill_example));
        return plan;
    }
    MapReader map(reading, node, "backfill", where);
    if (!map.ok()) return plan;
    map.duration("over", plan.over);
    map.duration("at", plan.at);
    if (const Node* over = map.find("over"); over != nullptr && plan.over && *plan.over == 0)
        reading.error(*over, "in 0s nothing was written", "write how far back, or 'backfill: none'");
    const Node* concurrency = map.find("concurrency");
    if (concurrency == nullptr) return plan;
    if (concurrency->is_list() && concurrency->items.empty())
        reading.error(*concurrency, "'concurrency' is empty: it is never played",
                      fmt::format("such as '{}'", backfill_example));
    for (const Node& item : concurrency->is_list() ? concurrency->items : std::vector<Node>{*concurrency})
        if (require_scalar(reading, item, "concurrency", "[1, 4, 16]"))
            reading.guarded(item, [&] { add_concurrency(item.text, 0, plan.concurrency); });
    return plan;
}

}  // namespace understudy::formats
