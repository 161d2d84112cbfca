#include "tools/formats/results/study_reader.h"

#include <fmt/format.h>

#include "tools/formats/named.h"
#include "tools/formats/results/hdf5.h"
#include "tools/formats/results/result_layout.h"

namespace understudy::formats {

using namespace hdf5;

namespace {

StudyAnswer read_answer(hid_t file, const std::filesystem::path& path) {
    const auto version = read_attribute<std::int64_t>(file, "format_version");
    if (version > study_format_version)
        throw FileError(path,
                        fmt::format("is the answer of a study in format {}, this understudy knows up to {}; "
                                    "use a newer one",
                                    version, study_format_version));
    using Method = studies::Study::Method;
    const std::string method = read_text_attribute(file, "method");
    const auto known = named(method, Method::sobol);
    if (!known) throw Hdf5Error(fmt::format("'{}' is not a method of studies", method));
    return {*known, read_text_attribute(file, "version"), read_text_attribute(file, "base_digest"),
            read_text_attribute(file, "answer")};
}

}  // namespace

std::variant<ResultFile, StudyAnswer> read_result_or_study(const std::filesystem::path& path,
                                                           Contents contents) {
    const Handle file = open_for_reading(path);
    return read_guarded(path, [&]() -> std::variant<ResultFile, StudyAnswer> {
        if (is_study(file)) return read_answer(file, path);
        return read_result_from(file, path, contents);
    });
}

}  // namespace understudy::formats
