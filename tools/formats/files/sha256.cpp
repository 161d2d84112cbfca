#include "tools/formats/files/sha256.h"

#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>
#include <vector>

#include "kernel/invariant.h"

namespace understudy::formats {

namespace {

using Digest = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string hex_of(const Digest& digest, unsigned length) {
    std::string text;
    for (unsigned i = 0; i < length; ++i) {
        constexpr std::string_view digits = "0123456789abcdef";
        text += digits[digest[i] >> 4];
        text += digits[digest[i] & 15];
    }
    return text;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
    Digest digest{};
    unsigned length = 0;
    kernel::require(
        EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) == 1,
        "libcrypto has SHA-256");
    return hex_of(digest, length);
}

std::optional<std::string> sha256_of_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    bool fine = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
    std::vector<char> part(1 << 16);
    while (fine && in.read(part.data(), static_cast<std::streamsize>(part.size())).gcount() > 0)
        fine = EVP_DigestUpdate(context.get(), part.data(), static_cast<std::size_t>(in.gcount())) == 1;
    Digest digest{};
    unsigned length = 0;
    kernel::require(fine && EVP_DigestFinal_ex(context.get(), digest.data(), &length) == 1,
                    "libcrypto has SHA-256");
    if (in.bad()) return std::nullopt;
    return hex_of(digest, length);
}

}  // namespace understudy::formats
