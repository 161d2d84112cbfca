#include "tools/formats/results/seal.h"

#include <hdf5.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xxh_x86dispatch.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <memory>
#include <new>
#include <optional>
#include <vector>

#include "tools/formats/results/hdf5.h"

namespace understudy::formats {

namespace {

constexpr std::string_view seal_name = "understudy xxh3 ";
constexpr std::size_t seal_bytes = 32;

std::string seal_with(std::uint64_t length, std::uint64_t sum) {
    std::string seal(seal_name);
    put_little_endian(seal, length, 8);
    put_little_endian(seal, sum, 8);
    return seal;
}

__attribute__((target("avx"))) void clear_upper_halves() { __builtin_ia32_vzeroupper(); }

/// XXH3 leaves values in the upper halves of the vector registers. Until they are cleared every other
/// floating-point instruction of the thread has to keep them: a simulation that went on after a seal took a third
/// longer.
struct RegistersCleared {
    RegistersCleared() = default;
    RegistersCleared(const RegistersCleared&) = delete;
    RegistersCleared& operator=(const RegistersCleared&) = delete;
    ~RegistersCleared() {
        if (__builtin_cpu_supports("avx")) clear_upper_halves();
    }
};

using SumState = std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)>;

SumState new_sum() {
    SumState sum(XXH3_createState(), XXH3_freeState);
    if (!sum) throw std::bad_alloc();
    XXH3_64bits_reset(sum.get());
    return sum;
}

/// XXH3 of the first `length` bytes; nothing where there are fewer.
std::optional<std::uint64_t> sum_of(std::ifstream& file, std::uint64_t length) {
    const RegistersCleared afterwards;
    std::vector<char> buffer(1 << 18);
    const SumState sum = new_sum();
    while (length > 0) {
        const auto part = static_cast<std::streamsize>(std::min<std::uint64_t>(buffer.size(), length));
        if (!file.read(buffer.data(), part)) return std::nullopt;
        XXH3_64bits_update(sum.get(), buffer.data(), static_cast<std::size_t>(part));
        length -= static_cast<std::uint64_t>(part);
    }
    return XXH3_64bits_digest(sum.get());
}

/// Reads one dataset slice by slice, as it is stored.
void read_all_of(hid_t dataset) {
    const hdf5::Handle type(H5Dget_type(dataset), "read");
    if (H5Tget_class(type) == H5T_VLEN || H5Tis_variable_str(type) > 0) return;  // none of ours
    const auto shape = hdf5::shape_of(dataset);
    if (shape.empty()) return;
    const hdf5::Handle space(H5Dget_space(dataset), "read");
    std::vector<hsize_t> start(shape.size(), 0), count = shape;
    hsize_t row = std::max<hsize_t>(H5Tget_size(type), 1);
    for (std::size_t i = 1; i < shape.size(); ++i) {
        if (shape[i] > (1u << 30) / row) return;  // not plausible; the reader refuses it by its size
        row *= std::max<hsize_t>(shape[i], 1);
    }
    const hsize_t step = std::clamp<hsize_t>((1u << 20) / row, 1, std::max<hsize_t>(shape[0], 1));
    std::vector<char> buffer(step * row);
    for (hsize_t first = 0; first < shape[0]; first += step) {
        start[0] = first;
        count[0] = std::min(step, shape[0] - first);
        hdf5::check(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
                    "read");
        const hdf5::Handle memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr),
                                  "read");
        hdf5::check(H5Dread(dataset, type, memory, space, H5P_DEFAULT, buffer.data()), "read");
    }
}

void read_everything(hid_t file) {
    H5Ovisit2(
        file, H5_INDEX_NAME, H5_ITER_INC,
        [](hid_t root, const char* name, const H5O_info_t* info, void*) -> herr_t {
            try {
                const hdf5::Handle object(H5Oopen(root, name, H5P_DEFAULT), "read");
                H5Aiterate2(
                    object, H5_INDEX_NAME, H5_ITER_INC, nullptr,
                    [](hid_t of, const char* attribute, const H5A_info_t*, void*) -> herr_t {
                        try {
                            hdf5::read_text_attribute(of, attribute);
                        } catch (const hdf5::Hdf5Error&) {
                        }
                        return 0;
                    },
                    nullptr);
                if (info->type == H5O_TYPE_DATASET) read_all_of(object);
            } catch (const std::exception&) {
                // An error is fine here: the reader will meet it and say what it is.
            }
            return 0;
        },
        nullptr, H5O_INFO_BASIC);
}

}  // namespace

void put_little_endian(std::string& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

std::uint64_t get_little_endian(const char* from, int bytes) {
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i) value |= std::uint64_t{static_cast<unsigned char>(from[i])} << (8 * i);
    return value;
}

std::uint64_t checksum_of(std::string_view first, std::string_view then) {
    const RegistersCleared afterwards;
    const SumState sum = new_sum();
    XXH3_64bits_update(sum.get(), first.data(), first.size());
    XXH3_64bits_update(sum.get(), then.data(), then.size());
    return XXH3_64bits_digest(sum.get());
}

std::string seal_of(std::string_view bytes) {
    const RegistersCleared afterwards;
    return seal_with(bytes.size(), XXH3_64bits(bytes.data(), bytes.size()));
}

std::string seal_of_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::uint64_t length = std::filesystem::file_size(path);
    const auto sum = sum_of(file, length);
    if (!sum) throw FileError(path, "cannot be read back");
    return seal_with(length, *sum);
}

bool is_sealed(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    char seal[seal_bytes];
    file.seekg(-static_cast<std::streamoff>(seal_bytes), std::ios::end);
    return file.read(seal, seal_bytes) && std::string_view(seal, seal_name.size()) == seal_name;
}

Seal check_seal(const std::filesystem::path& path) {
    std::error_code failed;
    const std::uint64_t size = std::filesystem::file_size(path, failed);
    std::ifstream file(path, std::ios::binary);
    if (failed || !file || size < seal_bytes) return Seal::none;
    char seal[seal_bytes];
    file.seekg(static_cast<std::streamoff>(size - seal_bytes));
    if (!file.read(seal, seal_bytes) || std::string_view(seal, seal_name.size()) != seal_name)
        return Seal::none;
    if (get_little_endian(seal + 16, 8) != size - seal_bytes) return Seal::broken;
    file.seekg(0);
    const auto sum = sum_of(file, size - seal_bytes);
    return sum && *sum == get_little_endian(seal + 24, 8) ? Seal::intact : Seal::broken;
}

bool survives_reading(const std::filesystem::path& path, std::int64_t access) {
    std::error_code failed;
    const std::uint64_t size = std::filesystem::file_size(path, failed);
    const pid_t child = ::fork();
    if (child < 0) return true;  // cannot try: take the chance
    if (child == 0) {
        const rlimit no_core{0, 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        for (const int caught : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM}) ::signal(caught, SIG_DFL);
        ::alarm(static_cast<unsigned>(5 + size / 100'000'000));  // damage can make the library go in circles
        hdf5::be_quiet();
        const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access);
        if (file >= 0) read_everything(file);
        ::_exit(0);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    // A sanitizer ends the child with a code of its own: that is a crash, too.
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace understudy::formats
