// Logs for tests of readers, plain and compressed, and what was noted of them.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

#include "models/recorded_run.h"
#include "tests/scratch_folder.h"
#include "tools/formats/logs/log_reader.h"

namespace understudy::formats {

using tests::ScratchFolder;

/// As gzip would store it.
std::string gzipped(std::string_view text);

/// The count of the note whose text contains `words`; 0 without one.
inline std::int64_t noted(const models::RecordedRun& run, std::string_view words) {
    for (const models::RecordedRun::Note& note : run.notes)
        if (note.text.find(words) != std::string::npos) return note.count;
    return 0;
}

inline std::int64_t first_line_of(const models::RecordedRun& run, std::string_view words) {
    for (const models::RecordedRun::Note& note : run.notes)
        if (note.text.find(words) != std::string::npos) return note.first_line;
    return 0;
}

/// The run, or the test fails with the reader's message.
inline models::RecordedRun must_read(const std::filesystem::path& file, const LogOptions& options = {}) {
    LogResult result = read_log(file, options);
    if (const auto* failure = std::get_if<LogFailure>(&result)) FAIL(failure->message);
    return std::get<models::RecordedRun>(std::move(result));
}

inline std::string must_refuse(const std::filesystem::path& file, const LogOptions& options = {}) {
    const LogResult result = read_log(file, options);
    REQUIRE(std::holds_alternative<LogFailure>(result));
    return std::get<LogFailure>(result).message;
}

}  // namespace understudy::formats
