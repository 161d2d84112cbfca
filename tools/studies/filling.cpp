#include "tools/studies/filling.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace understudy::studies {

using kernel::Time;

Time until_filled(std::vector<Time> stays, double share) {
    std::sort(stays.begin(), stays.end(), std::greater<>());
    double all = 0;
    for (const Time stay : stays) all += static_cast<double>(stay);
    // Time that is still lacking with `longer` of them, all longer than t, at the longest of the rest.
    double lacking = 0;
    for (std::size_t longer = 1; longer <= stays.size(); ++longer) {
        const Time rest = longer < stays.size() ? stays[longer] : 0;
        const double more = static_cast<double>(longer) * static_cast<double>(stays[longer - 1] - rest);
        if (lacking + more > share * all) {
            const double back = (share * all - lacking) / static_cast<double>(longer);
            return stays[longer - 1] - static_cast<Time>(std::floor(back));
        }
        lacking += more;
    }
    return 0;
}

}  // namespace understudy::studies
