// Signatures by OpenSSH, as git makes and checks them: `ssh-keygen -Y sign`, `-Y verify` and an allowed-signers file
// (ssh-keygen(1), ALLOWED SIGNERS; protocol SSHSIG), in the namespace `understudy`. Keys are Ed25519.
//
// Throws FileError where ssh-keygen is not there, or cannot sign. Thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::formats {

constexpr const char* signature_namespace = "understudy";

/// The signature of a text, armoured. `key`: a file with a private key, or with a public one whose private key is in the
/// agent. ssh-keygen asks the terminal for a passphrase.
std::string sign(std::string_view text, const std::filesystem::path& key);

/// Whether somebody can be called so in allowed signers: one word, without quotes.
bool is_principal(std::string_view text);

struct SignatureCheck {
    bool good = false;
    std::string key;  ///< its fingerprint, `SHA256:...`
    std::string why;  ///< it is not good
};

/// Whether `principal` of the allowed signers (the text of such a file) has signed the text. `at`: the instant at which
/// the key had to be allowed, seconds since 1970.
SignatureCheck check_signature(std::string_view text, std::string_view signature, std::string_view signers,
                               const std::string& principal, std::int64_t at);

/// Whom a key is of, by its fingerprint: what each line of the allowed signers with that key names, a list of patterns,
/// whatever the key may sign there and since when.
std::vector<std::string> owners_of_key(const std::string& fingerprint, std::string_view signers);
/// Whether such a list names somebody, in capitals or not.
bool is_named_by(const std::string& name, std::string_view patterns);
/// Whether somebody has a key among the allowed signers.
bool has_key(const std::string& name, std::string_view signers);

/// Whether somebody has signed the text, whoever that is: for what was signed by keys that are allowed no more.
bool is_signature_of(std::string_view text, std::string_view signature);

/// The principal of the allowed signers whose key that is, which is the public one beside `key`, `key` itself, or the public
/// half of a private one that has no passphrase.
struct KeyOwner {
    std::optional<std::string> principal;
    std::string why;          ///< nobody, or no single one
    bool other_kind = false;  ///< it is no Ed25519 key, whosever it is
};
KeyOwner owner_of(const std::filesystem::path& key, std::string_view signers);

}  // namespace understudy::formats
