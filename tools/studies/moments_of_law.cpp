#include "tools/studies/moments_of_law.h"

#include <algorithm>

namespace understudy::studies {

double moments_below(const kernel::Distribution& law) {
    if (law.kind() == kernel::Distribution::Kind::pareto && !law.is_truncated())
        return law.parameter("shape").value_or(all_moments);
    double least = all_moments;
    for (const kernel::Distribution& component : law.components())
        least = std::min(least, moments_below(component));
    return least;
}

double moments_below(const models::Law& law) {
    double least = all_moments;
    for (const models::Term& term : law.terms)
        if (term.field.empty() && !term.recorded) least = std::min(least, moments_below(term.law));
    return least;
}

}  // namespace understudy::studies
