#include "tools/formats/logs/log_problems.h"

#include <fmt/format.h>

namespace understudy::formats {

void LogProblemList::add(std::int64_t line, std::int64_t column, const std::string& what) {
    if (++found_ > limit) return;
    if (!text_.empty()) text_ += '\n';
    text_ += column > 0 ? fmt::format("{}:{}:{}: error: {}", file_.string(), line, column, what)
                        : fmt::format("{}:{}: error: {}", file_.string(), line, what);
}

void LogProblemList::refuse() const {
    if (!any()) return;
    throw LogProblems(file_, found_ > limit ? text_ + fmt::format("\nand {} more", found_ - limit) : text_);
}

}  // namespace understudy::formats
