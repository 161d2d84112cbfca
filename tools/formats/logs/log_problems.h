// What is wrong with single places of a log, all of it at once: for formats in which a line that makes no sense means that
// the file is broken, not that a job is.
//
// Not thread-safe; one for each file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "tools/formats/files/file_error.h"

namespace understudy::formats {

/// what() is one line of `file:line:column: error: what` for each problem, without a newline at the end.
class LogProblems : public FileError {
public:
    LogProblems(const std::filesystem::path& file, std::string text)
        : FileError(file, ""), text_(std::move(text)) {}
    const char* what() const noexcept override { return text_.c_str(); }

private:
    std::string text_;
};

class LogProblemList {
public:
    /// More are counted, not kept: a wrong file helps nobody by a thousand lines.
    static constexpr std::int64_t limit = 100;

    explicit LogProblemList(std::filesystem::path file) : file_(std::move(file)) {}
    /// Lines and columns from 1; a column of 0 is not shown.
    void add(std::int64_t line, std::int64_t column, const std::string& what);
    bool any() const { return found_ > 0; }
    /// Nothing more would be shown.
    bool full() const { return found_ > limit; }
    /// Throws LogProblems if there are any.
    void refuse() const;

private:
    std::filesystem::path file_;
    std::string text_;
    std::int64_t found_ = 0;
};

}  // namespace understudy::formats
