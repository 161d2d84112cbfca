// A folder for one test, and Python as a second reader of what we wrote.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace understudy::tests {

/// A new empty folder, gone with the object.
class ScratchFolder {
public:
    ScratchFolder();
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

inline std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

/// Whether /usr/bin/python3 has h5py; says so once where it has not.
bool has_h5py();

/// What a script prints, and its exit code; `argument` is sys.argv[1].
struct PythonOutput {
    int exit_code = 0;
    std::string text;
};
PythonOutput run_python(const std::string& script, const std::string& argument);

}  // namespace understudy::tests
