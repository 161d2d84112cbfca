#include "tools/studies/landed_by_clock.h"

#include <algorithm>

namespace understudy::studies {

namespace {

/// How many of a load come in that time, where its clock alone says when they do.
std::optional<std::int64_t> arrivals_by_clock(const models::Load& load, kernel::Time after,
                                              kernel::Time until) {
    if (load.arrivals.kind != models::Arrivals::Kind::every || !load.arrivals.interval.is_constant() ||
        !load.profile.empty() || !load.delay.empty() || !load.items.empty() ||
        load.writes.rule != models::Writes::Rule::copy)
        return std::nullopt;
    const kernel::Time interval = kernel::from_seconds(load.arrivals.interval.terms[0].law.mean());
    if (interval <= 0) return std::nullopt;
    const kernel::Time first = load.first ? std::max(*load.first, load.from) : load.from + interval;
    const auto up_to = [&](kernel::Time time) {
        const kernel::Time last = std::min(time, load.until - 1);
        return last < first ? 0 : std::min(load.count, (last - first) / interval + 1);
    };
    return up_to(until) - up_to(after);
}

/// The one value of a law that has one.
std::optional<double> value_of(const models::Law& law, double otherwise) {
    if (law.empty()) return otherwise;
    if (!law.is_constant()) return std::nullopt;
    return law.terms[0].law.mean();
}

}  // namespace

std::optional<models::PresentAmount> landed_by_clock(const models::Load& load, kernel::Time after,
                                                     kernel::Time until) {
    const auto count = arrivals_by_clock(load, after, until);
    if (!count) return std::nullopt;
    if (*count == 0) return models::PresentAmount{};
    const auto records = value_of(load.records, 1), size = value_of(load.size, 0);
    if (!records || !size) return std::nullopt;
    const auto items = static_cast<double>(*count);
    return models::PresentAmount{items * *records, items * *size};
}

}  // namespace understudy::studies
