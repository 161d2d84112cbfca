// What a batch system takes to do a study in parts and unite them: ready to be submitted, to be adapted by its comments.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace understudy::cli {

struct BatchStudy {
    std::string name;                ///< of the study
    std::string path;                ///< its file
    std::string out;                 ///< the result
    std::vector<std::string> words;  ///< further options of each part
    std::uint64_t parts = 8;
    std::string digest;  ///< of all that the parts depend on, as a part of a file's name
};

/// The command that unites what its parts have done.
std::string command_to_merge(const BatchStudy& study);
/// A job array for sbatch whose first task submits the merge behind all of them.
std::string slurm_script(const BatchStudy& study);
/// An indexed Job, and one that waits for its parts and merges them.
std::string kubernetes_manifest(const BatchStudy& study);

}  // namespace understudy::cli
