// What is wrong with files that are imported: all of it, each with its file and line, up to a limit.
//
// Not thread-safe; one for each import.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace understudy::formats {

class ImportProblems {
public:
    /// More are counted, not kept: a wrong file helps nobody by a thousand lines.
    static constexpr std::size_t limit = 100;

    /// `line` 0: of the file as a whole.
    void add(const std::filesystem::path& file, std::int64_t line, const std::string& message);
    void add(const std::filesystem::path& file, std::int64_t line, std::int64_t column,
             const std::string& message);
    bool any() const { return found_ > 0; }
    std::size_t found() const { return found_; }
    /// `file:line: error: message`, or with the column, each with a newline, and "and N more" where the limit was passed.
    std::string show() const;

private:
    std::vector<std::string> kept_;
    std::size_t found_ = 0;
};

}  // namespace understudy::formats
