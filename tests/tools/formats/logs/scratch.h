// Files for tests of readers: a folder that goes away, plain and compressed files in it.
#pragma once

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <variant>

#include "models/recorded_run.h"
#include "tools/formats/logs/log_reader.h"

namespace understudy::formats {

class ScratchFolder {
public:
    ScratchFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "understudy-logs-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~ScratchFolder() {
        std::error_code none;
        std::filesystem::remove_all(path, none);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    std::filesystem::path write(const std::filesystem::path& name, std::string_view text) const {
        const std::filesystem::path file = path / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream out(file, std::ios::binary);
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
        return file;
    }

    std::filesystem::path path;
};

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
