#include "tools/formats/transformations/transformation_inputs.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "tools/formats/files/file_error.h"
#include "tools/formats/files/sha256.h"
#include "tools/formats/transformations/sample_tables.h"

namespace understudy::formats {

namespace {

namespace fs = std::filesystem;

InputFile read_input(const fs::path& file, std::string name) {
    std::ifstream in(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in) throw FileError(file, "cannot be read");
    return {sha256_hex(bytes), std::move(name)};
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

std::vector<InputFile> read_inputs(const std::vector<TransformationFiles>& all) {
    std::vector<InputFile> inputs;
    for (const TransformationFiles& files : all) {
        const fs::path folder = files.folder;
        for (const std::string& sql : {files.from, files.to}) inputs.push_back(read_input(folder / sql, sql));
        std::error_code error;
        for (const fs::path& table : files_of_sample(folder / files.samples, error))
            inputs.push_back(
                read_input(table, (fs::path(files.samples) / table.filename()).generic_string()));
        if (error) throw FileError(folder / files.samples, error.message());
    }
    return inputs;
}

std::string sha256_of_inputs(const std::vector<InputFile>& all) {
    if (all.empty()) return "";
    std::string lines;
    for (const InputFile& one : all) lines += one.sha256 + "  " + one.name + "\n";
    return sha256_hex(lines);
}

}  // namespace understudy::formats
