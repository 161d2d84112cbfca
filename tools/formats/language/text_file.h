// The text of a file of the language, within reason. Thread-safe.
#pragma once

#include <optional>
#include <string>

namespace understudy::formats {

struct FileProblem {
    std::string what, hint;  ///< the hint may be empty
};
/// Fills `text`, or says what is wrong: no such file, a folder, more than 64 MiB (also of a pipe that does not end).
std::optional<FileProblem> read_text_file(const std::string& path, std::string& text);

}  // namespace understudy::formats
