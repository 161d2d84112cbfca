#include "tools/formats/results/output_reader.h"

#include <fmt/format.h>

#include "tools/formats/named.h"
#include "tools/formats/results/hdf5.h"
#include "tools/formats/results/result_layout.h"

namespace understudy::formats {

using namespace hdf5;

namespace {

void require_known(hid_t file, const std::filesystem::path& path, const char* what, std::int64_t known) {
    const auto version = read_attribute<std::int64_t>(file, "format_version");
    if (version > known)
        throw FileError(path, fmt::format("is the answer of a {} in format {}, this understudy knows up to "
                                          "{}; use a newer one",
                                          what, version, known));
}

StudyAnswer read_study(hid_t file, const std::filesystem::path& path) {
    require_known(file, path, "study", study_format_version);
    using Method = studies::Study::Method;
    const std::string method = read_text_attribute(file, "method");
    const auto known = named(method, Method::sobol);
    if (!known) throw Hdf5Error(fmt::format("'{}' is not a method of studies", method));
    return {*known, read_text_attribute(file, "version"), read_text_attribute(file, "base_digest"),
            read_text_attribute(file, "answer")};
}

RehearsalFile read_rehearsal(hid_t file, const std::filesystem::path& path) {
    require_known(file, path, "rehearsal", rehearsal_format_version);
    return {read_text_attribute(file, "answer")};
}

}  // namespace

std::variant<ResultFile, StudyAnswer, RehearsalFile> read_output(const std::filesystem::path& path,
                                                                 Contents contents) {
    const Handle file = open_for_reading(path);
    return read_guarded(path, [&]() -> std::variant<ResultFile, StudyAnswer, RehearsalFile> {
        if (is_study(file)) return read_study(file, path);
        if (is_rehearsal(file)) return read_rehearsal(file, path);
        return read_result_from(file, path, contents);
    });
}

}  // namespace understudy::formats
