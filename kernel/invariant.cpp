#include "kernel/invariant.h"

#include <cstdio>
#include <cstdlib>

namespace understudy::kernel {

void broken_invariant(std::string_view reason, std::source_location place) {
    std::fprintf(
        stderr,
        "understudy: internal error: %.*s (%s:%u)\nThis is a defect of understudy; please report it.\n",
        static_cast<int>(reason.size()), reason.data(), place.file_name(), place.line());
    std::abort();
}

}  // namespace understudy::kernel
