#include "tools/cli/output_target.h"

#include <fmt/core.h>

#include <fstream>
#include <string>

#include "tools/cli/command.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/results/result_reader.h"

namespace understudy::cli {

namespace {

bool holds(const std::string& begin, OutputKind kind) {
    switch (kind) {
        case OutputKind::result: return false;  // its first bytes do not tell whose it is
        case OutputKind::page: return begin.starts_with("<!") || begin.starts_with("<html");
        case OutputKind::scenario: return begin.find("understudy:") != std::string::npos;
        case OutputKind::table: return true;
        case OutputKind::statement:
            return begin.starts_with('{') && begin.find("in-toto.io/Statement") != std::string::npos;
    }
    return false;
}

const char* name_of(OutputKind kind) {
    switch (kind) {
        case OutputKind::result: return "result";
        case OutputKind::page: return "HTML page";
        case OutputKind::scenario: return "scenario";
        case OutputKind::table: return "table";
        case OutputKind::statement: return "in-toto statement";
    }
    return "";
}

bool holds_just(const std::filesystem::path& file, const std::string& text) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored) ||
        std::filesystem::file_size(file, ignored) != text.size())
        return false;
    std::string bytes(text.size(), '\0');
    std::ifstream in(file, std::ios::binary);
    return in.read(bytes.data(), static_cast<std::streamsize>(bytes.size())) && bytes == text;
}

}  // namespace

void require_replaceable(const std::filesystem::path& out, OutputKind kind,
                         const std::vector<std::filesystem::path>& inputs, bool fresh) {
    std::error_code ignored;
    for (const auto& input : inputs)
        if (std::filesystem::is_regular_file(out, ignored) &&
            std::filesystem::equivalent(out, input, ignored))
            throw UsageError(
                fmt::format("{} is what is read; choose another name to write to", out.string()));
    if (!std::filesystem::is_regular_file(out, ignored)) return;
    std::string begin(4096, '\0');
    std::ifstream file(out, std::ios::binary);
    file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    begin.resize(static_cast<std::size_t>(file.gcount()));
    if (begin.empty() || holds(begin, kind)) return;
    std::string hint = "choose another name";
    if (kind == OutputKind::result && formats::looks_like_hdf5(out)) {
        if (fresh || formats::whose(out) == formats::Whose::ours) return;
        hint += ", or remove it";
    }
    throw UsageError(fmt::format("{} is there already and is no {}{}; {}", out.string(), name_of(kind),
                                 kind == OutputKind::result ? " of understudy" : "", hint));
}

bool write_beginning(const std::filesystem::path& out, const std::string& text, bool replace) {
    std::error_code ignored;
    if (!replace && std::filesystem::exists(out, ignored)) {
        if (holds_just(out, text)) return false;
        throw UsageError(out.string() + " is there already; choose another name, or replace it with --force");
    }
    formats::write_file(out, text);
    return true;
}

}  // namespace understudy::cli
