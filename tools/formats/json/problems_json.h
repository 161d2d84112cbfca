// What `understudy validate --json` prints, and other verbs where they refuse their input (docs/file-formats.md).
#pragma once

#include <string>
#include <vector>

namespace understudy::formats {

struct ToldProblem {
    bool error = true;  ///< else a warning
    std::string place;  ///< `file:line:column`, a file alone, or another text: "--set spark.worker=9"
    std::string message;
    std::string hint;  ///< may be empty
};

struct ValidatedFile {
    std::string file, kind;
    bool ok = false;
    std::string summary;  ///< of one that is right: "12 elements, 3 objectives"
    std::vector<ToldProblem> problems;
};

std::string validated_as_json(const std::vector<ValidatedFile>& files);

/// What another verb prints with --json where it refuses what it was given.
std::string refused_as_json(const std::vector<ToldProblem>& problems);

}  // namespace understudy::formats
