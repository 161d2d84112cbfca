#include "tools/formats/language/text_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace understudy::formats {

std::optional<FileProblem> read_text_file(const std::string& path, std::string& text) {
    constexpr std::size_t most_bytes = std::size_t{64} << 20;
    std::error_code problem;
    const auto status = std::filesystem::status(path, problem);
    if (status.type() == std::filesystem::file_type::none)
        return FileProblem{fmt::format("cannot be opened: {}", problem.message()), ""};
    if (!std::filesystem::exists(status)) return FileProblem{"no such file", ""};
    if (std::filesystem::is_directory(status)) return FileProblem{"this is a folder", "give the file in it"};
    if (std::filesystem::is_regular_file(status) && std::filesystem::file_size(path, problem) > most_bytes)
        return FileProblem{
            fmt::format("the file has {} MiB", std::filesystem::file_size(path, problem) >> 20),
            "at most 64 MiB are read"};
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return FileProblem{fmt::format("cannot be opened: {}", std::strerror(errno)), ""};
    // A pipe or a device does not say how long it is, and may have no end.
    text.clear();
    for (std::string piece(std::size_t{1} << 16, '\0'); stream && text.size() <= most_bytes;) {
        stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        text.append(piece, 0, static_cast<std::size_t>(stream.gcount()));
    }
    if (text.size() > most_bytes)
        return FileProblem{"goes on for more than 64 MiB", "at most 64 MiB are read; is it a scenario file?"};
    if (stream.bad()) return FileProblem{"cannot be read", ""};
    return std::nullopt;
}

}  // namespace understudy::formats
