// Another program, called with words as they are, without a shell in between, and waited for.
//
// Its input and outputs are files in memory, so that neither side can wait for the other. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace understudy::formats {

struct Finished {
    int code = 0;  ///< exit code; of a program that a signal ended 128 and its number
    std::string out, error;
};

/// `words[0]` is looked for along PATH. `set`: variables of its environment, besides those of this process. Throws
/// FileError where it cannot be started.
Finished run_program(const std::vector<std::string>& words, std::string_view input,
                     const std::vector<std::pair<std::string, std::string>>& set = {});

}  // namespace understudy::formats
