// Python as a second reader of what we wrote.
#pragma once

#include <string>

namespace understudy::tests {

/// Whether /usr/bin/python3 has h5py; says so once where it has not.
bool has_h5py();

/// What a script prints, and its exit code; `argument` is sys.argv[1].
struct PythonOutput {
    int exit_code = 0;
    std::string text;
};
PythonOutput run_python(const std::string& script, const std::string& argument);

}  // namespace understudy::tests
