#include "tools/cli/shard.h"

#include <fmt/core.h>

#include <cstdlib>

#include "tools/cli/command.h"

namespace understudy::cli {

namespace {

std::optional<std::uint64_t> number_in(const char* variable) {
    const char* text = std::getenv(variable);
    if (text == nullptr || *text == '\0') return std::nullopt;
    return whole_number(variable, text, 0, 1'000'000'000);
}

}  // namespace

Shard read_shard(const std::string& text) {
    const auto slash = text.find('/');
    if (slash == std::string::npos)
        throw UsageError(fmt::format("--shard is a part of so many, such as 3/7, not '{}'", text));
    Shard shard;
    shard.parts = whole_number("--shard: the number of parts", text.substr(slash + 1), 1, most_shards);
    shard.part = whole_number("--shard: the part", text.substr(0, slash), 1, shard.parts);
    return shard;
}

std::optional<FoundShard> shard_of_environment(std::optional<std::uint64_t> parts) {
    if (const auto id = number_in("SLURM_ARRAY_TASK_ID")) {
        auto count = number_in("SLURM_ARRAY_TASK_COUNT");
        const std::uint64_t least = number_in("SLURM_ARRAY_TASK_MIN").value_or(1);
        const std::uint64_t step = number_in("SLURM_ARRAY_TASK_STEP").value_or(1);
        if (!count) count = parts;
        if (!count)
            throw UsageError(fmt::format(
                "SLURM_ARRAY_TASK_ID is {}, and neither SLURM_ARRAY_TASK_COUNT nor --shards says of how "
                "many; --shard 1/1 does all",
                *id));
        if (*id < least || step == 0 || (*id - least) % step != 0 || (*id - least) / step >= *count ||
            *count > most_shards)
            throw UsageError(
                fmt::format("SLURM_ARRAY_TASK_ID {} is none of {} in equal steps from {} on; say --shard K/N",
                            *id, *count, least));
        return FoundShard{{(*id - least) / step + 1, *count}, "SLURM_ARRAY_TASK_ID"};
    }
    if (const auto index = number_in("JOB_COMPLETION_INDEX")) {
        // Kubernetes does not tell a pod how many there are.
        if (!parts)
            throw UsageError(fmt::format(
                "JOB_COMPLETION_INDEX is {}, and --shards does not say of how many; --shard 1/1 does all",
                *index));
        if (*index >= *parts)
            throw UsageError(fmt::format(
                "JOB_COMPLETION_INDEX is {}, and --shards only {}; they are counted from 0", *index, *parts));
        return FoundShard{{*index + 1, *parts}, "JOB_COMPLETION_INDEX"};
    }
    return std::nullopt;
}

}  // namespace understudy::cli
