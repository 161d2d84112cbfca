#include "tools/formats/catalogs/import_problems.h"

#include <fmt/format.h>

namespace understudy::formats {

void ImportProblems::add(const std::filesystem::path& file, std::int64_t line, const std::string& message) {
    if (++found_ > limit) return;
    kept_.push_back(line > 0 ? fmt::format("{}:{}: error: {}", file.string(), line, message)
                             : fmt::format("{}: error: {}", file.string(), message));
}

void ImportProblems::add(const std::filesystem::path& file, std::int64_t line, std::int64_t column,
                         const std::string& message) {
    if (++found_ > limit) return;
    kept_.push_back(fmt::format("{}:{}:{}: error: {}", file.string(), line, column, message));
}

std::string ImportProblems::show() const {
    std::string text;
    for (const std::string& one : kept_) text += one + "\n";
    if (found_ > kept_.size()) text += fmt::format("and {} more\n", found_ - kept_.size());
    return text;
}

}  // namespace understudy::formats
