// What the answer of a study does not say of where it comes from, for its page.
#pragma once

#include <string>

namespace understudy::reports {

struct AnswerOrigin {
    std::string version;  ///< of understudy
    std::string base;     ///< digest of what was simulated
};

}  // namespace understudy::reports
