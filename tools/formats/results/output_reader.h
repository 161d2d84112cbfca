// Reads what `--out` wrote, whichever it is: the result of a run, or the answer of a study or of a rehearsal.
#pragma once

#include <filesystem>
#include <string>
#include <variant>

#include "tools/formats/results/result_reader.h"
#include "tools/studies/study.h"

namespace understudy::formats {

struct StudyAnswer {
    studies::Study::Method method = studies::Study::Method::cheapest;
    std::string version;  ///< of understudy
    std::string base;     ///< digest of what was simulated
    std::string answer;   ///< JSON
};

struct RehearsalFile {
    std::string answer;  ///< JSON
};

/// Opened and checked once. Throws FileError, as read_result does.
std::variant<ResultFile, StudyAnswer, RehearsalFile> read_output(const std::filesystem::path& file,
                                                                 Contents contents = Contents::result);

}  // namespace understudy::formats
