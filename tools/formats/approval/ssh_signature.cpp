#include "tools/formats/approval/ssh_signature.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <sstream>
#include <system_error>

#include "tools/formats/files/file_error.h"
#include "tools/formats/files/process.h"

namespace understudy::formats {

namespace fs = std::filesystem;

namespace {

/// A text as a file that others can open by its name, for as long as this lives.
class TextFile {
public:
    explicit TextFile(std::string_view text) {
        std::string name = (fs::temp_directory_path() / "understudy-XXXXXX").string();
        const int descriptor = ::mkstemp(name.data());
        path_ = name;
        if (descriptor < 0) throw FileError(path_, fmt::format("cannot be made: {}", std::strerror(errno)));
        ::close(descriptor);
        std::ofstream file(path_, std::ios::binary);
        file << text;
        file.close();
        if (!file) {
            std::error_code none;
            fs::remove(path_, none);
            throw FileError(path_, "cannot be written");
        }
    }
    ~TextFile() {
        std::error_code none;
        fs::remove(path_, none);
    }
    TextFile(const TextFile&) = delete;
    TextFile& operator=(const TextFile&) = delete;
    std::string path() const { return path_.string(); }

private:
    fs::path path_;
};

Finished ssh_keygen(std::vector<std::string> words, std::string_view input) {
    words.insert(words.begin(), "ssh-keygen");
    try {
        // Times of keys have no zone, and are then local ones.
        return run_program(words, input, {{"TZ", "UTC0"}, {"LC_ALL", "C"}});
    } catch (const FileError& error) {
        throw FileError("ssh-keygen", fmt::format("{}; it is in the package openssh-client", error.what()));
    }
}

std::string first_line(const std::string& text) {
    std::string line = text.substr(0, text.find('\n'));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    return line;
}

std::string key_time(std::int64_t at) {
    const std::time_t seconds = at;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y%m%d%H%M%S", &parts)};
}

/// Of "Good ... with ED25519 key SHA256:...".
std::string fingerprint_in(const std::string& said) {
    const std::size_t begin = said.find("SHA256:");
    return begin == std::string::npos ? "" : said.substr(begin, said.find_first_of(" \r\n", begin) - begin);
}

constexpr const char* key_kind = "ssh-ed25519";
constexpr const char* token_kind = "sk-ssh-ed25519@openssh.com";

/// The part of a line `ssh-ed25519 BLOB comment` that tells keys apart.
std::string blob_in(const std::string& line) {
    for (const char* kind : {token_kind, key_kind}) {
        const std::size_t begin = line.find(std::string(kind) + " ");
        if (begin == std::string::npos) continue;
        const std::size_t blob = begin + std::strlen(kind) + 1;
        return line.substr(blob, line.find_first_of(" \r\n", blob) - blob);
    }
    return "";
}

}  // namespace

std::string sign(std::string_view text, const fs::path& key) {
    std::error_code none;
    if (!fs::exists(key, none)) throw FileError(key, "no such key");
    const Finished done = ssh_keygen({"-Y", "sign", "-n", signature_namespace, "-f", key.string()}, text);
    if (done.code != 0 || !done.out.starts_with("-----BEGIN SSH SIGNATURE-----"))
        throw FileError(key, fmt::format("cannot sign: {}", first_line(done.error)));
    return done.out;
}

SignatureCheck check_signature(std::string_view text, std::string_view signature, std::string_view signers,
                               const std::string& principal, std::int64_t at) {
    const TextFile allowed(signers), armoured(signature);
    const Finished done = ssh_keygen({"-Y", "verify", "-n", signature_namespace, "-f", allowed.path(), "-I",
                                      principal, "-s", armoured.path(), "-Overify-time=" + key_time(at)},
                                     text);
    SignatureCheck check;
    check.key = fingerprint_in(done.out);
    if (done.code != 0 || !done.out.starts_with("Good "))
        check.why = "no key of " + principal + " in the allowed signers has made the signature";
    else if (done.out.find(" with ED25519") == std::string::npos)
        check.why = "the key is not Ed25519";
    else
        check.good = true;
    return check;
}

bool is_signature_of(std::string_view text, std::string_view signature) {
    const TextFile armoured(signature);
    return ssh_keygen({"-Y", "check-novalidate", "-n", signature_namespace, "-s", armoured.path()}, text)
               .code == 0;
}

std::optional<std::string> principal_of(const fs::path& key, std::string_view signers) {
    std::error_code none;
    std::string blob;
    for (const fs::path& file : {fs::path(key.string() + ".pub"), key}) {
        std::ifstream in(file);
        std::string line;
        if (std::getline(in, line)) blob = blob_in(line);
        if (!blob.empty()) break;
    }
    if (blob.empty()) return std::nullopt;
    std::istringstream lines{std::string(signers)};
    std::optional<std::string> found;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('#') || blob_in(line) != blob) continue;
        const std::string principal = line.substr(0, line.find_first_of(" \t"));
        // Several of them, or a pattern: who of those it is has to be said.
        if (found || principal.find_first_of(",*?!\"") != std::string::npos) return std::nullopt;
        found = principal;
    }
    return found;
}

}  // namespace understudy::formats
