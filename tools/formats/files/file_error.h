// What goes wrong with a file of a user: it cannot be read, is not what it should be, or cannot be written.
//
// The message starts with the file's name as the user gave it and ends with what to do, where we know.
// Callers show it and end with exit code 2; it is never a mistake of ours.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

namespace understudy::formats {

class FileError : public std::runtime_error {
public:
    FileError(const std::filesystem::path& file, const std::string& what)
        : std::runtime_error(file.string() + ": " + what) {}
};

}  // namespace understudy::formats
