// `understudy import` of the log of a batch system. Internal to tools/cli.
#pragma once

#include <filesystem>
#include <string>

namespace understudy::cli {

struct BatchImport {
    std::filesystem::path log;
    std::string name;  ///< of the scenario; empty: of the file
    std::string out;   ///< empty: nothing is written
    bool json = false;
};

/// Prints what was read; an exit code.
int import_batch(const BatchImport& what);

}  // namespace understudy::cli
