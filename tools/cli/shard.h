// Which part of a study a process does: as said, or as the batch system that started it says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace understudy::cli {

/// Part `part`, from 1, of `parts`.
struct Shard {
    std::uint64_t part = 1, parts = 1;
    bool whole() const { return parts == 1; }
};
constexpr std::uint64_t most_shards = 1'000'000;

/// "3/7"; throws UsageError.
Shard read_shard(const std::string& text);

/// What a Slurm job array (SLURM_ARRAY_TASK_ID and its companions) or an indexed Kubernetes job (JOB_COMPLETION_INDEX,
/// which does not say of how many: `parts`) makes of this process; `from` is the variable. Throws UsageError where they
/// make no sense together.
struct FoundShard {
    Shard shard;
    std::string from;
};
std::optional<FoundShard> shard_of_environment(std::optional<std::uint64_t> parts);

}  // namespace understudy::cli
