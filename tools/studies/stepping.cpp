#include "tools/studies/stepping.h"

#include <algorithm>
#include <vector>

namespace understudy::studies {

using kernel::Time;

Time time_drawn(const models::Law& law, kernel::StreamKey key, std::uint64_t number) {
    double sum = 0;
    std::uint64_t part = 0;
    for (const models::Term& term : law.terms)
        sum += term.law.draw(kernel::keyed_uniform(key, number, part++));
    return std::max<Time>(0, kernel::from_seconds(sum));
}

bool step_to(models::Running& now, Time instant, std::optional<std::size_t> action) {
    for (;;) {
        const models::Running::Pause pause = now.go_to(instant);
        const std::vector<models::Index> yields = now.yielded();
        if (action &&
            std::find(yields.begin(), yields.end(), static_cast<models::Index>(*action)) != yields.end())
            return true;
        if (pause != models::Running::Pause::yielded) return false;
    }
}

void step_before(models::Running& now, Time instant) {
    if (instant > 0 && instant - 1 > now.now()) (void)step_to(now, instant - 1);
    (void)now.yielded();
}

}  // namespace understudy::studies
