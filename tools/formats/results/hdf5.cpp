#include "tools/formats/results/hdf5.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <numeric>
#include <thread>

#include "tools/formats/files/atomic_file.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/results/journal.h"
#include "tools/formats/results/live_driver.h"
#include "tools/formats/results/result_layout.h"
#include "tools/formats/results/seal.h"

namespace understudy::formats::hdf5 {

namespace {

/// Of the error stack: the reason nearest to the cause. The library hides errno in its text.
std::string innermost_reason() {
    std::string reason;
    H5Ewalk2(
        H5E_DEFAULT, H5E_WALK_UPWARD,
        [](unsigned, const H5E_error2_t* error, void* out) -> herr_t {
            auto& text = *static_cast<std::string*>(out);
            if (text.empty() && error->desc != nullptr) text = error->desc;
            return 0;
        },
        &reason);
    H5Eclear2(H5E_DEFAULT);
    if (const auto at = reason.find("errno = "); at != std::string::npos) {
        const int number = std::atoi(reason.c_str() + at + 8);
        if (number > 0) return explain_file_error(number);
    }
    return reason.empty() ? "unknown reason" : reason;
}

constexpr hsize_t compress_from_bytes = 64 * 1024;
constexpr hsize_t chunk_bytes = 256 * 1024;

Handle file_access(OutputFile::Place place) {
    Handle access(H5Pcreate(H5P_FILE_ACCESS), "prepare");
    check(H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18), "prepare");
    check(H5Pset_fclose_degree(access, H5F_CLOSE_STRONG), "prepare");
    check(H5Pset_file_locking(access, place == OutputFile::Place::live, true), "prepare");
    if (place == OutputFile::Place::memory) check(H5Pset_fapl_core(access, 1 << 20, false), "prepare");
    if (place == OutputFile::Place::live) write_live(access);
    return access;
}

Handle text_type(std::size_t size) {
    Handle type(H5Tcopy(H5T_C_S1), "prepare");
    check(H5Tset_size(type, size), "prepare");
    check(H5Tset_cset(type, H5T_CSET_UTF8), "prepare");
    check(H5Tset_strpad(type, size == H5T_VARIABLE ? H5T_STR_NULLTERM : H5T_STR_NULLPAD), "prepare");
    return type;
}

Handle simple_space(const std::vector<hsize_t>& shape) {
    return {H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), "prepare"};
}

hsize_t product(const std::vector<hsize_t>& shape) {
    return std::accumulate(shape.begin(), shape.end(), hsize_t{1}, std::multiplies<>());
}

void write_values(hid_t group, const char* name, const std::vector<hsize_t>& shape, hid_t file_type,
                  hid_t memory_type, hsize_t value_bytes, const void* values) {
    const hsize_t count = product(shape);
    Handle properties = dataset_properties();
    if (count * value_bytes >= compress_from_bytes) {
        // Whole rows of the last dimensions, about 256 KiB a chunk.
        std::vector<hsize_t> chunk = shape;
        hsize_t bytes = count * value_bytes;
        for (auto& length : chunk) {
            if (bytes <= chunk_bytes) break;
            const hsize_t one = bytes / length;
            length = std::clamp<hsize_t>(chunk_bytes / std::max<hsize_t>(one, 1), 1, length);
            bytes = one * length;
        }
        check(H5Pset_chunk(properties, static_cast<int>(chunk.size()), chunk.data()), "prepare");
        check(H5Pset_shuffle(properties), "prepare");
        check(H5Pset_deflate(properties, 1), "prepare");
    }
    const Handle space = simple_space(shape);
    const Handle dataset(H5Dcreate2(group, name, file_type, space, H5P_DEFAULT, properties, H5P_DEFAULT),
                         fmt::format("create {}", name));
    if (count > 0) {
        check(H5Dwrite(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values),
              fmt::format("write {}", name));
    }
}

class Descriptor {
public:
    Descriptor(const std::filesystem::path& path, int how) : number_(::open(path.c_str(), how | O_CLOEXEC)) {}
    ~Descriptor() {
        if (valid()) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    operator int() const { return number_; }
    bool valid() const { return number_ >= 0; }

private:
    int number_;
};

/// False while a run writes the file. Whoever brings a journal into it holds its lock, too, but not for long.
bool lock_soon(int file, int how) {
    for (int attempt = 0; ::flock(file, how | LOCK_NB) != 0 && errno == EWOULDBLOCK; ++attempt) {
        if (attempt == 50 || !ends_as_journal(file)) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

Handle read_access(const Journal* journal, bool lock) {
    Handle access(H5Pcreate(H5P_FILE_ACCESS), "prepare");
    check(H5Pset_fclose_degree(access, H5F_CLOSE_STRONG), "prepare");
    check(H5Pset_file_locking(access, lock, true), "prepare");
    if (journal != nullptr) read_with(access, *journal);
    return access;
}

/// What a traced run leaves.
bool is_live_file(hid_t file) {
    return has_attribute(file, "partial") && has_attribute(file, "format") &&
           read_text_attribute(file, "format") == format_name;
}

struct Unfinished {
    std::optional<Journal> journal;  ///< that the file is to be read with
    bool checked = false;            ///< the library comes through the file
};

/// A kill in the middle of a flush left its journal behind: brings it into the file. Whatever is not a live file of
/// ours, or not a journal to the last byte, is left as it is.
Unfinished finish_flush(const std::filesystem::path& path) {
    Unfinished found;
    {
        const Descriptor file(path, O_RDONLY);
        if (!file.valid() || !ends_as_journal(file)) return found;
    }
    const Descriptor writable(path, O_RDWR), readable(path, O_RDONLY);
    const int file = writable.valid() ? writable : readable;
    // Together with others who look at it.
    if (file < 0 || !lock_soon(file, LOCK_SH)) return found;
    found.journal = read_journal(file);
    if (!found.journal) return found;
    const Handle access = read_access(&*found.journal, false);
    if (!survives_reading(path, access)) throw FileError(path, "is a damaged HDF5 file");
    try {
        const Handle opened(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access), "open");
        found.checked = is_live_file(opened);
    } catch (const Hdf5Error&) {
    }
    if (!found.checked) {
        found.journal.reset();
        return found;
    }
    // Alone, and if nobody has been here in between. Others who read it go on with what they have.
    if (writable.valid() && ::flock(file, LOCK_EX | LOCK_NB) == 0 && read_journal(file) == found.journal &&
        redo(file, *found.journal) == 0)
        found.journal.reset();
    return found;
}

/// More than this many bytes cannot come out of the file, however well it is compressed.
hsize_t plausible_bytes(hid_t object) {
    const Handle file(H5Iget_file_id(object), "read");
    hsize_t size = 0;
    check(H5Fget_filesize(file, &size), "read");
    return size * 1100 + (1 << 16);
}

hsize_t checked_count(hid_t dataset, const char* name, const std::vector<hsize_t>& shape,
                      hsize_t value_bytes) {
    const hsize_t most = plausible_bytes(dataset) / std::max<hsize_t>(value_bytes, 1);
    hsize_t count = 1;
    for (const hsize_t length : shape) {
        if (length != 0 && count > most / length) {
            throw Hdf5Error(fmt::format("'{}' claims more values than the file can hold", name));
        }
        count *= length;
    }
    return count;
}

}  // namespace

Handle::Handle(hid_t id, const std::string& doing) : id_(id) {
    if (id_ < 0) throw Hdf5Error(fmt::format("cannot {}: {}", doing, innermost_reason()));
}

void Handle::close() noexcept {
    if (id_ < 0) return;
    // Files and objects alike: the last reference closes.
    H5Idec_ref(id_);
    id_ = -1;
}

void check(herr_t status, const std::string& doing) {
    if (status < 0) throw Hdf5Error(fmt::format("cannot {}: {}", doing, innermost_reason()));
}

void be_quiet() {
    // Every file of ours is closed or given up by its owner; what the library would still try when the
    // program ends could only fail.
    static const herr_t no_end = H5dont_atexit();
    (void)no_end;
    thread_local const herr_t quiet = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    (void)quiet;
}

// ---- files

OutputFile::OutputFile(Place place, const std::filesystem::path& path) : place_(place) {
    be_quiet();
    const Handle access = file_access(place);
    const Handle creation(H5Pcreate(H5P_FILE_CREATE), "prepare");
    check(H5Pset_obj_track_times(creation, false), "prepare");
    file_ =
        Handle(H5Fcreate(place == Place::memory ? "result" : path.c_str(), H5F_ACC_TRUNC, creation, access),
               "create the file");
}

OutputFile::~OutputFile() {
    give_up();
    file_.close();
    H5Eclear2(H5E_DEFAULT);
}

std::string OutputFile::bytes() {
    check(H5Fflush(file_, H5F_SCOPE_LOCAL), "write");
    const ssize_t size = H5Fget_file_image(file_, nullptr, 0);
    check(size < 0 ? -1 : 0, "write");
    std::string image(static_cast<std::size_t>(size), '\0');
    check(H5Fget_file_image(file_, image.data(), image.size()) < 0 ? -1 : 0, "write");
    return image;
}

void OutputFile::flush() {
    check(H5Fflush(file_, H5F_SCOPE_LOCAL), "write");
    if (place_ == Place::live) commit_live(file_);
}

void OutputFile::close() {
    flush();
    file_.close();
}

void OutputFile::give_up() noexcept {
    // The library cannot drop a file it has not written out. After a failure its writes go to memory instead,
    // where closing succeeds.
    void* handle = nullptr;
    if (!file_.valid() || given_up_) return;
    given_up_ = true;
    if (place_ == Place::live) give_up_live(file_);
    if (place_ != Place::disk || H5Fget_vfd_handle(file_, H5P_DEFAULT, &handle) < 0 || handle == nullptr)
        return;
    const int sink = ::memfd_create("given-up", MFD_CLOEXEC);
    if (sink < 0) return;
    ::dup2(sink, *static_cast<int*>(handle));
    ::close(sink);
}

bool is_locked(const std::filesystem::path& path) {
    const Descriptor file(path, O_RDONLY);
    return file.valid() && !lock_soon(file, LOCK_SH);
}

Handle open_for_reading(const std::filesystem::path& path, bool ours) {
    be_quiet();
    std::error_code none;
    if (std::filesystem::is_directory(path, none)) throw FileError(path, "is a folder, not a result file");
    std::ifstream probe(path, std::ios::binary);
    if (!probe)
        throw FileError(path, std::filesystem::exists(path, none) ? "cannot be read" : "no such file");
    char signature[8] = {};
    probe.read(signature, sizeof signature);
    if (probe.gcount() == 0)
        throw FileError(path, "is empty; results are HDF5 files that `understudy run` writes");
    if (std::memcmp(signature, "\x89HDF\r\n\x1a\n", 8) != 0) {
        throw FileError(path,
                        "is not an HDF5 file; results are HDF5 files that `understudy run --out` writes");
    }
    if (is_locked(path)) throw FileError(path, "is still being written; wait until the run has ended");
    const Unfinished unfinished = finish_flush(path);
    if (!ours && !unfinished.checked) {
        const Seal seal = check_seal(path);
        if (seal == Seal::broken) {
            throw FileError(path,
                            "is damaged: its checksum differs from what was written; copy or write it again");
        }
        if (seal == Seal::none && !survives_reading(path, H5P_DEFAULT))
            throw FileError(path, "is a damaged HDF5 file");
    }
    const Handle access = read_access(unfinished.journal ? &*unfinished.journal : nullptr, true);
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access);
    if (file < 0) {
        const std::string reason = innermost_reason();
        if (reason.find("truncated") != std::string::npos || reason.find("eof") != std::string::npos) {
            throw FileError(path, "is cut off: bytes are missing at its end; copy or write it again");
        }
        throw FileError(path, fmt::format("is a damaged HDF5 file ({})", reason));
    }
    return {file, "open"};
}

// ---- writing

#define UNDERSTUDY_HDF5_TYPE(type, stored, native) \
    template <>                                    \
    hid_t stored_type<type>() {                    \
        return stored;                             \
    }                                              \
    template <>                                    \
    hid_t native_type<type>() {                    \
        return native;                             \
    }
// clang-format off
UNDERSTUDY_HDF5_TYPE(std::uint8_t, H5T_STD_U8LE, H5T_NATIVE_UINT8)
UNDERSTUDY_HDF5_TYPE(std::uint16_t, H5T_STD_U16LE, H5T_NATIVE_UINT16)
UNDERSTUDY_HDF5_TYPE(std::uint32_t, H5T_STD_U32LE, H5T_NATIVE_UINT32)
UNDERSTUDY_HDF5_TYPE(std::uint64_t, H5T_STD_U64LE, H5T_NATIVE_UINT64)
UNDERSTUDY_HDF5_TYPE(std::int32_t, H5T_STD_I32LE, H5T_NATIVE_INT32)
UNDERSTUDY_HDF5_TYPE(std::int64_t, H5T_STD_I64LE, H5T_NATIVE_INT64)
UNDERSTUDY_HDF5_TYPE(double, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE)
// clang-format on
#undef UNDERSTUDY_HDF5_TYPE

void write_attribute(hid_t object, const char* name, const std::string& value) {
    // Of variable length: an attribute of fixed length ends at 64 KiB, and h5py reads these as str.
    const Handle type = text_type(H5T_VARIABLE);
    const Handle space(H5Screate(H5S_SCALAR), "prepare");
    const Handle attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT),
                           "create an attribute");
    const char* text = value.c_str();
    check(H5Awrite(attribute, type, &text), "write an attribute");
}

template <class T>
void write_attribute(hid_t object, const char* name, T value) {
    const Handle space(H5Screate(H5S_SCALAR), "prepare");
    const Handle attribute(H5Acreate2(object, name, stored_type<T>(), space, H5P_DEFAULT, H5P_DEFAULT),
                           "create an attribute");
    check(H5Awrite(attribute, native_type<T>(), &value), "write an attribute");
}

Handle create_group(hid_t parent, const std::string& name) {
    const Handle properties(H5Pcreate(H5P_GROUP_CREATE), "prepare");
    check(H5Pset_obj_track_times(properties, false), "prepare");
    return {H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, properties, H5P_DEFAULT), "create a group"};
}

Handle dataset_properties() {
    Handle properties(H5Pcreate(H5P_DATASET_CREATE), "prepare");
    check(H5Pset_obj_track_times(properties, false), "prepare");
    return properties;
}

template <class T>
void write_dataset(hid_t group, const char* name, const std::vector<hsize_t>& shape,
                   std::span<const T> values) {
    write_values(group, name, shape, stored_type<T>(), native_type<T>(), sizeof(T), values.data());
}

void write_texts(hid_t group, const char* name, const std::vector<hsize_t>& shape,
                 const std::vector<std::string>& values) {
    // The text ends at a zero byte, which no text of ours should have.
    const auto length = [](const std::string& value) { return std::min(value.size(), value.find('\0')); };
    std::size_t width = 1;
    for (const auto& value : values) width = std::max(width, length(value));
    std::string flat(width * values.size(), '\0');
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::copy_n(values[i].begin(), length(values[i]),
                    flat.begin() + static_cast<std::ptrdiff_t>(i * width));
    }
    const Handle type = text_type(width);
    write_values(group, name, shape, type, type, width, flat.data());
}

// ---- reading

bool has_link(hid_t group, const std::string& name) {
    return H5Lexists(group, name.c_str(), H5P_DEFAULT) > 0;
}

bool has_attribute(hid_t object, const char* name) { return H5Aexists(object, name) > 0; }

Handle open_group(hid_t parent, const std::string& name) {
    return {H5Gopen2(parent, name.c_str(), H5P_DEFAULT), fmt::format("read '{}'", name)};
}

Handle open_dataset(hid_t parent, const std::string& name) {
    return {H5Dopen2(parent, name.c_str(), H5P_DEFAULT), fmt::format("read '{}'", name)};
}

std::vector<std::string> link_names(hid_t group) {
    std::vector<std::string> names;
    check(H5Literate(
              group, H5_INDEX_NAME, H5_ITER_INC, nullptr,
              [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
                  static_cast<std::vector<std::string>*>(out)->emplace_back(name);
                  return 0;
              },
              &names),
          "read a group");
    return names;
}

std::vector<hsize_t> shape_of(hid_t dataset) {
    const Handle space(H5Dget_space(dataset), "read");
    const int rank = H5Sget_simple_extent_ndims(space);
    check(rank, "read");
    std::vector<hsize_t> shape(static_cast<std::size_t>(rank));
    check(H5Sget_simple_extent_dims(space, shape.data(), nullptr), "read");
    return shape;
}

std::string read_text_attribute(hid_t object, const char* name) {
    const Handle attribute(H5Aopen(object, name, H5P_DEFAULT), fmt::format("read the attribute '{}'", name));
    const Handle stored(H5Aget_type(attribute), "read");
    const Handle space(H5Aget_space(attribute), "read");
    if (H5Tget_class(stored) != H5T_STRING || H5Tis_variable_str(stored) <= 0 ||
        H5Sget_simple_extent_type(space) != H5S_SCALAR) {
        throw Hdf5Error(fmt::format("the attribute '{}' is not text", name));
    }
    const Handle type = text_type(H5T_VARIABLE);
    char* text = nullptr;
    check(H5Aread(attribute, type, &text), fmt::format("read the attribute '{}'", name));
    std::string value = text == nullptr ? "" : text;
    H5free_memory(text);
    return value;
}

template <class T>
T read_attribute(hid_t object, const char* name) {
    const Handle attribute(H5Aopen(object, name, H5P_DEFAULT), fmt::format("read the attribute '{}'", name));
    const Handle space(H5Aget_space(attribute), "read");
    if (H5Sget_simple_extent_type(space) != H5S_SCALAR) {
        throw Hdf5Error(fmt::format("the attribute '{}' is not one number", name));
    }
    T value{};
    check(H5Aread(attribute, native_type<T>(), &value), fmt::format("read the attribute '{}'", name));
    return value;
}

template <class T>
std::vector<T> read_dataset(hid_t group, const char* name, std::vector<hsize_t>& shape) {
    const Handle dataset = open_dataset(group, name);
    shape = shape_of(dataset);
    std::vector<T> values(checked_count(dataset, name, shape, sizeof(T)));
    if (!values.empty()) {
        check(H5Dread(dataset, native_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
              fmt::format("read '{}'", name));
    }
    return values;
}

template <class T>
std::vector<T> read_column(hid_t group, const char* name) {
    std::vector<hsize_t> shape;
    auto values = read_dataset<T>(group, name, shape);
    if (shape.size() != 1) throw Hdf5Error(fmt::format("'{}' is not a column", name));
    return values;
}

std::vector<std::string> read_text_column(hid_t group, const char* name) {
    const Handle dataset = open_dataset(group, name);
    const auto shape = shape_of(dataset);
    const Handle stored(H5Dget_type(dataset), "read");
    if (shape.size() != 1 || H5Tget_class(stored) != H5T_STRING || H5Tis_variable_str(stored) != 0) {
        throw Hdf5Error(fmt::format("'{}' is not a column of texts", name));
    }
    const std::size_t width = H5Tget_size(stored);
    if (width == 0) throw Hdf5Error(fmt::format("'{}' has no width", name));
    const hsize_t count = checked_count(dataset, name, shape, width);
    std::string flat(count * width, '\0');
    const Handle type = text_type(width);
    if (count > 0) {
        check(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, flat.data()),
              fmt::format("read '{}'", name));
    }
    std::vector<std::string> values;
    values.reserve(count);
    for (hsize_t i = 0; i < count; ++i) {
        const char* text = flat.data() + i * width;
        values.emplace_back(text, ::strnlen(text, width));
    }
    return values;
}

#define UNDERSTUDY_HDF5_FUNCTIONS(type)                                                       \
    template void write_attribute<type>(hid_t, const char*, type);                            \
    template type read_attribute<type>(hid_t, const char*);                                   \
    template void write_dataset<type>(hid_t, const char*, const std::vector<hsize_t>&,        \
                                      std::span<const type>);                                 \
    template std::vector<type> read_dataset<type>(hid_t, const char*, std::vector<hsize_t>&); \
    template std::vector<type> read_column<type>(hid_t, const char*);
UNDERSTUDY_HDF5_FUNCTIONS(std::uint8_t)
UNDERSTUDY_HDF5_FUNCTIONS(std::uint16_t)
UNDERSTUDY_HDF5_FUNCTIONS(std::uint32_t)
UNDERSTUDY_HDF5_FUNCTIONS(std::uint64_t)
UNDERSTUDY_HDF5_FUNCTIONS(std::int32_t)
UNDERSTUDY_HDF5_FUNCTIONS(std::int64_t)
UNDERSTUDY_HDF5_FUNCTIONS(double)
#undef UNDERSTUDY_HDF5_FUNCTIONS

}  // namespace understudy::formats::hdf5
