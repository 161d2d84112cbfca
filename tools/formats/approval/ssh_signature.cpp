#include "tools/formats/approval/ssh_signature.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <initializer_list>
#include <map>
#include <mutex>
#include <sstream>
#include <system_error>

#include "tools/formats/files/file_error.h"
#include "tools/formats/files/process.h"
#include "tools/formats/files/sha256.h"
#include "tools/formats/printable.h"

namespace understudy::formats {

namespace fs = std::filesystem;

namespace {

/// A text as a file that others can open by its name, for as long as this lives.
class TextFile {
public:
    explicit TextFile(std::string_view text) {
        std::error_code problem;
        const fs::path folder = fs::temp_directory_path(problem);
        if (problem)
            throw FileError(folder.empty() ? "TMPDIR" : folder,
                            "is no folder for files that are used for a moment");
        std::string name = (folder / "understudy-XXXXXX").string();
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

/// Why ssh-keygen could not, without the banners that it draws around warnings.
std::string reason_in(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (line = first_line(line); !line.empty() && line.find_first_not_of('@') != std::string::npos &&
                                     line.find("WARNING") == std::string::npos)
            return line;
    return first_line(text);
}

std::string key_time(std::int64_t at) {
    const std::time_t seconds = at;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y%m%d%H%M%S", &parts)};
}

/// Kind and fingerprint, of `Good "understudy" signature for dana@example.com with ED25519 key SHA256:...`. From the end:
/// what stands before that is as the signer calls himself.
struct SaidKey {
    std::string kind, fingerprint;
};
SaidKey key_in(const std::string& said) {
    const std::string line = first_line(said);
    constexpr std::string_view with = " with ", key = " key ";
    const std::size_t kind = line.rfind(with), print = line.rfind(key);
    if (kind == std::string::npos || print == std::string::npos || print < kind) return {};
    return {line.substr(kind + with.size(), print - kind - with.size()), line.substr(print + key.size())};
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

/// A line of the allowed signers with a key of ours.
struct SignerLine {
    std::string principals;  ///< patterns with commas in between
    std::string blob;
};

/// The next word of a line, which is taken off it; blanks in quotes end none.
std::string word_of(std::string_view& line) {
    constexpr const char* blanks = " \t\r";
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    std::string word;
    bool quoted = false;
    while (!line.empty() &&
           (quoted || std::string_view(blanks).find(line.front()) == std::string_view::npos)) {
        if (line.front() == '"')
            quoted = !quoted;
        else
            word += line.front();
        line.remove_prefix(1);
    }
    return word;
}

std::vector<SignerLine> signer_lines(std::string_view signers) {
    std::vector<SignerLine> all;
    std::istringstream lines{std::string(signers)};
    for (std::string line; std::getline(lines, line);) {
        std::string_view rest = line;
        SignerLine one{word_of(rest), ""};
        if (one.principals.starts_with('#')) continue;
        // Options may stand before the kind.
        for (std::string word = word_of(rest); !word.empty(); word = word_of(rest))
            if (word == key_kind || word == token_kind) {
                one.blob = word_of(rest);
                break;
            }
        if (!one.blob.empty()) all.push_back(std::move(one));
    }
    return all;
}

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// `from` bits of each number as numbers of `to` bits; what is left over is filled up where `fill`.
std::string regrouped(std::string_view numbers, int from, int to, bool fill) {
    std::string result;
    unsigned held = 0;
    int bits = 0;
    for (const char number : numbers) {
        held = (held << from) | static_cast<unsigned char>(number);
        for (bits += from; bits >= to; bits -= to)
            result += static_cast<char>((held >> (bits - to)) & ((1U << to) - 1));
        held &= (1U << bits) - 1;
    }
    if (fill && bits > 0) result += static_cast<char>((held << (to - bits)) & ((1U << to) - 1));
    return result;
}

/// `SHA256:...` of the key that a line has in base 64, as ssh-keygen writes it.
std::string fingerprint_of(const std::string& blob) {
    std::string digits;
    for (const char c : blob)
        if (const std::size_t digit = base64_digits.find(c); digit != std::string_view::npos)
            digits += static_cast<char>(digit);
    const std::string hex = sha256_hex(regrouped(digits, 6, 8, false));
    std::string nibbles;
    for (const char c : hex) nibbles += static_cast<char>(c <= '9' ? c - '0' : c - 'a' + 10);
    std::string result = "SHA256:";
    for (const char digit : regrouped(regrouped(nibbles, 4, 8, false), 8, 6, true))
        result += base64_digits[static_cast<unsigned char>(digit)];
    return result;
}

/// A public key of whatever kind.
bool is_public_key(const std::string& line) {
    return line.starts_with("ssh-") || line.starts_with("ecdsa-") || line.starts_with("sk-");
}

/// What was found of the same before: a command looks at a decision more than once, and each look is a process.
template <class Result>
class Remembered {
public:
    template <class Find>
    Result of(std::initializer_list<std::string_view> asked, Find find) {
        std::string key;
        for (const std::string_view part : asked) key += fmt::format("{}:{}", part.size(), part);
        {
            const std::lock_guard lock(mutex_);
            if (const auto known = known_.find(key); known != known_.end()) return known->second;
        }
        Result found = find();
        const std::lock_guard lock(mutex_);
        return known_.try_emplace(std::move(key), std::move(found)).first->second;
    }

private:
    std::mutex mutex_;
    std::map<std::string, Result> known_;
};

SignatureCheck found_of_signature(std::string_view text, std::string_view signature, std::string_view signers,
                                  const std::string& principal, std::int64_t at) {
    SignatureCheck check;
    if (!is_principal(principal)) {
        check.why = "'" + printable(principal) + "' is no principal, which is one word";
        return check;
    }
    const TextFile allowed(signers), armoured(signature);
    const Finished done = ssh_keygen({"-Y", "verify", "-n", signature_namespace, "-f", allowed.path(), "-I",
                                      principal, "-s", armoured.path(), "-Overify-time=" + key_time(at)},
                                     text);
    const SaidKey key = key_in(done.out);
    check.key = key.fingerprint;
    if (done.code != 0 || !done.out.starts_with("Good "))
        check.why = "no key of " + principal + " in the allowed signers has made the signature";
    else if (!key.kind.starts_with("ED25519") || !key.fingerprint.starts_with("SHA256:"))
        check.why = "the key is not Ed25519";
    else
        check.good = true;
    return check;
}

}  // namespace

bool is_principal(std::string_view text) {
    return !text.empty() && is_printable(text) && text.find_first_of(" \t\"") == std::string_view::npos;
}

std::string sign(std::string_view text, const fs::path& key) {
    std::error_code none;
    if (!fs::exists(key, none)) throw FileError(key, "no such key");
    const Finished done = ssh_keygen({"-Y", "sign", "-n", signature_namespace, "-f", key.string()}, text);
    if (done.code != 0 || !done.out.starts_with("-----BEGIN SSH SIGNATURE-----"))
        throw FileError(key, fmt::format("cannot sign: {}", reason_in(done.error)));
    return done.out;
}

SignatureCheck check_signature(std::string_view text, std::string_view signature, std::string_view signers,
                               const std::string& principal, std::int64_t at) {
    static Remembered<SignatureCheck> remembered;
    return remembered.of({text, signature, signers, principal, std::to_string(at)},
                         [&] { return found_of_signature(text, signature, signers, principal, at); });
}

std::vector<std::string> owners_of_key(const std::string& fingerprint, std::string_view signers) {
    std::vector<std::string> owners;
    for (SignerLine& line : signer_lines(signers))
        if (fingerprint_of(line.blob) == fingerprint) owners.push_back(std::move(line.principals));
    return owners;
}

bool is_named_by(const std::string& name, std::string_view patterns) {
    bool named = false;
    std::istringstream all{std::string(patterns)};
    for (std::string pattern; std::getline(all, pattern, ',');) {
        const bool negated = pattern.starts_with('!');
        std::string plain;  // nothing but * and ? stands for others
        for (const char c : pattern.substr(negated ? 1 : 0))
            plain += c == '[' || c == ']' || c == '\\' ? std::string("\\") + c : std::string(1, c);
        if (::fnmatch(plain.c_str(), name.c_str(), FNM_CASEFOLD) != 0) continue;
        if (negated) return false;
        named = true;
    }
    return named;
}

bool has_key(const std::string& name, std::string_view signers) {
    const std::vector<SignerLine> lines = signer_lines(signers);
    return std::any_of(lines.begin(), lines.end(),
                       [&](const SignerLine& line) { return is_named_by(name, line.principals); });
}

bool is_signature_of(std::string_view text, std::string_view signature) {
    static Remembered<bool> remembered;
    return remembered.of({text, signature}, [&] {
        const TextFile armoured(signature);
        return ssh_keygen({"-Y", "check-novalidate", "-n", signature_namespace, "-s", armoured.path()}, text)
                   .code == 0;
    });
}

KeyOwner owner_of(const fs::path& key, std::string_view signers) {
    std::string blob;
    bool is_key = false;
    for (const fs::path& file : {fs::path(key.string() + ".pub"), key}) {
        std::ifstream in(file);
        std::string line;
        if (std::getline(in, line)) blob = blob_in(line);
        is_key = is_key || is_public_key(line);
        if (!blob.empty()) break;
    }
    // Nobody is asked for a passphrase here: an empty one is tried.
    if (blob.empty() && !is_key) {
        const std::string line = ssh_keygen({"-y", "-P", "", "-f", key.string()}, "").out;
        blob = blob_in(line);
        is_key = is_public_key(line);
    }
    if (blob.empty() && is_key)
        return {std::nullopt, "the key is not Ed25519; 'ssh-keygen -t ed25519' makes one that is", true};
    if (blob.empty())
        return {std::nullopt, fmt::format("whose key it is cannot be told without {}.pub", key.string()),
                false};
    KeyOwner found{std::nullopt,
                   signers.empty() ? "there are no allowed signers" : "no allowed signer has it", false};
    for (const SignerLine& line : signer_lines(signers)) {
        if (line.blob != blob) continue;
        // Several of them, or a pattern: who of those it is has to be said.
        if (found.principal || line.principals.find_first_of(",*?!") != std::string::npos)
            return {std::nullopt, "it is the key of no single allowed signer", false};
        found.principal = line.principals;
    }
    return found;
}

}  // namespace understudy::formats
