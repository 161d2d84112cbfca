// `understudy import` of a process log. Internal to tools/cli.
#pragma once

#include <filesystem>
#include <string>

namespace understudy::cli {

struct ProcessImport {
    std::filesystem::path log;
    std::string name;  ///< of the scenario; empty: of the file
    std::string out;   ///< empty: nothing is written
    bool validate = false, json = false;
};

/// Prints what was read; an exit code.
int import_process(const ProcessImport& what);

}  // namespace understudy::cli
