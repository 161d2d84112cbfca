#include "tools/formats/results/earlier_result.h"

#include <algorithm>
#include <utility>

#include "tools/formats/results/result_reader.h"
#include "tools/formats/results/result_writer.h"
#include "tools/formats/results/seal.h"

namespace understudy::formats {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

EarlierResult read_earlier(const fs::path& path) {
    if (!is_sealed(path)) return {path, std::nullopt, "it is not as understudy writes them"};
    try {
        return {path, read_result(path, Contents::everything).result, ""};
    } catch (const FileError& error) {
        std::string why = error.what();
        if (const std::string name = path.string() + ": "; why.starts_with(name)) why.erase(0, name.size());
        return {path, std::nullopt, "it " + why};
    }
}

}  // namespace

std::vector<EarlierResult> earlier_results(const fs::path& target) {
    std::vector<EarlierResult> found;
    for (const fs::path& path : {target, leftover_of(target)})
        if (looks_like_hdf5(path) && !is_being_written(path)) found.push_back(read_earlier(path));
    return found;
}

ResultKeeper::ResultKeeper(fs::path target, std::chrono::milliseconds interval)
    : target_(std::move(target)), interval_(interval), next_(Clock::now() + interval) {
    std::error_code none;
    const auto kind = fs::status(target_, none).type();
    const fs::path leftover = leftover_of(target_);
    keeps_ = kind == fs::file_type::not_found || kind == fs::file_type::regular;
    if (!keeps_ || !fs::exists(fs::symlink_status(leftover, none))) return;
    if (is_being_written(leftover))
        hindrance_ = "another run keeps its own in " + leftover.string();
    else if (whose(leftover) == Whose::foreign)
        hindrance_ = leftover.string() + " is there and is no result of understudy; move it away";
    keeps_ = hindrance_.empty();
}

bool ResultKeeper::due() {
    asked_ = Clock::now();
    return keeps_ && asked_ >= next_;
}

void ResultKeeper::keep(const studies::RunResult& result) {
    constexpr int share_of_time = 20;
    try {
        auto file = std::make_unique<AtomicFile>(leftover_of(target_));
        file->write(result_file_bytes(result));
        file->commit();
        kept_ = std::move(file);
        problem_.clear();
    } catch (const std::exception& error) {
        problem_ = error.what();
    }
    const auto now = Clock::now();
    next_ = now + std::max(interval_, share_of_time * (now - asked_));
}

}  // namespace understudy::formats
