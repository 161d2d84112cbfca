#include "tests/tools/formats/results/python.h"

#include <sys/wait.h>

#include <cstdio>

#include "tests/scratch_folder.h"

namespace understudy::tests {

bool has_h5py() {
    static const bool there = [] {
        const bool found = run_python("import h5py", "").exit_code == 0;
        if (!found) std::puts("skipped: /usr/bin/python3 with h5py (package python3-h5py) is missing");
        return found;
    }();
    return there;
}

PythonOutput run_python(const std::string& script, const std::string& argument) {
    const ScratchFolder folder;
    const std::string command =
        "/usr/bin/python3 '" + folder.write("script.py", script).string() + "' '" + argument + "' 2>&1";
    PythonOutput output;
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return {-1, "cannot start"};
    char buffer[4096];
    std::size_t count = 0;
    while ((count = std::fread(buffer, 1, sizeof buffer, pipe)) > 0) output.text.append(buffer, count);
    const int status = ::pclose(pipe);
    output.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return output;
}

}  // namespace understudy::tests
