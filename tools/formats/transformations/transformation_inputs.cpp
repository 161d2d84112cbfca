#include "tools/formats/transformations/transformation_inputs.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "tools/formats/files/file_error.h"
#include "tools/formats/files/sha256.h"
#include "tools/formats/transformations/sample_tables.h"

namespace understudy::formats {

namespace {

namespace fs = std::filesystem;

/// "DIGEST  NAME", as sha256sum has it.
std::string line_of(const fs::path& file, const std::string& name) {
    std::ifstream in(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in) throw FileError(file, "cannot be read");
    return sha256_hex(bytes) + "  " + name + "\n";
}

}  // namespace

std::vector<fs::path> files_of_inputs(const std::vector<TransformationFiles>& all) {
    std::vector<fs::path> paths;
    for (const TransformationFiles& files : all) {
        const fs::path folder = files.folder;
        for (const std::string& sql : {files.from, files.to}) paths.push_back(folder / sql);
        std::error_code error;
        for (fs::path& table : files_of_sample(folder / files.samples, error))
            paths.push_back(std::move(table));
    }
    return paths;
}

std::string sha256_of_inputs(const std::vector<TransformationFiles>& all) {
    if (all.empty()) return "";
    std::string lines;
    for (const TransformationFiles& files : all) {
        const fs::path folder = files.folder;
        for (const std::string& sql : {files.from, files.to}) lines += line_of(folder / sql, sql);
        std::error_code error;
        for (const fs::path& table : files_of_sample(folder / files.samples, error))
            lines += line_of(table, (fs::path(files.samples) / table.filename()).generic_string());
        if (error) throw FileError(folder / files.samples, error.message());
    }
    return sha256_hex(lines);
}

}  // namespace understudy::formats
