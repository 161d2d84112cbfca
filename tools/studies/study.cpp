#include "tools/studies/study.h"

namespace understudy::studies {

const char* name_of(Study::Method method) {
    constexpr const char* names[] = {"cheapest", "frontier",      "breaking_point", "grid",
                                     "latin",    "one_at_a_time", "morris",         "sobol"};
    return names[static_cast<int>(method)];
}

}  // namespace understudy::studies
