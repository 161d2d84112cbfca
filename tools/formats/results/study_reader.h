// Reads what study_writer wrote: the answer, and what it was found with.
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

/// Whichever of the two the file is, opened and checked once. Throws FileError, as read_result does.
std::variant<ResultFile, StudyAnswer> read_result_or_study(const std::filesystem::path& file,
                                                           Contents contents = Contents::result);

}  // namespace understudy::formats
