// The HDF5 C library, as far as results need it: handles that close themselves, errors as exceptions, and the
// few ways in which our files use it (fixed little-endian types, UTF-8, no object times, earliest format).
//
// Internal to tools/formats/results. Failures throw Hdf5Error with the library's innermost reason; callers
// turn it into a FileError with the file's name. The library serialises all calls by one lock of its own.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace understudy::formats::hdf5 {

/// What the library says went wrong: its innermost reason, in our words where we know better.
class Hdf5Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Any HDF5 object; closed with its last owner.
class Handle {
public:
    Handle() = default;
    /// Takes over `id`; throws Hdf5Error(doing: reason) where it is negative.
    Handle(hid_t id, const std::string& doing);
    ~Handle() { close(); }
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
    Handle& operator=(Handle&& other) noexcept {
        if (this != &other) {
            close();
            id_ = std::exchange(other.id_, -1);
        }
        return *this;
    }
    operator hid_t() const { return id_; }
    bool valid() const { return id_ >= 0; }
    void close() noexcept;

private:
    hid_t id_ = -1;
};

/// Throws Hdf5Error(doing: reason) where a call failed.
void check(herr_t status, const std::string& doing);
/// The library prints nothing on this thread. To be called before anything else on each thread; cheap.
void be_quiet();

// ---- files

/// A file being written. Without close() it is given up: nothing more reaches the disk, nothing fails later.
class OutputFile {
public:
    enum class Place {
        memory,  ///< bytes() returns it
        disk,    ///< at `path`, truncated; not locked (files/atomic_file.h holds the lock)
        live,    ///< at `path`, locked; after a kill it is as of the last flush(), see live_driver.h
    };
    OutputFile(Place place, const std::filesystem::path& path = {});
    ~OutputFile();
    OutputFile(OutputFile&&) = delete;
    operator hid_t() const { return file_; }
    std::string bytes();
    /// Brings everything to the disk. Of a live file all or nothing, so that a full disk costs no more than what
    /// came since the flush before.
    void flush();
    void close();
    /// Before the handles of a file that failed are closed: from here on nothing reaches the disk.
    void give_up() noexcept;

private:
    Place place_;
    Handle file_;
    bool given_up_ = false;
};

/// Whether somebody writes the file: he holds its lock (two descriptors of one process are told apart, too).
bool is_locked(const std::filesystem::path& path);

/// Opens for reading; throws FileError that says whether the file is absent, in use, cut off, damaged or not
/// HDF5 at all. A file that is not `ours` of this moment is checked first: by its seal, or else in a process
/// of its own. What a kill in the middle of a flush left of a live file is brought in order first (journal.h);
/// where the file may not be written, or others read it, it is read as if it had been.
Handle open_for_reading(const std::filesystem::path& path, bool ours = false);

// ---- writing

template <class T>
hid_t stored_type();  ///< little-endian
template <class T>
hid_t native_type();

void write_attribute(hid_t object, const char* name, const std::string& value);
template <class T>
void write_attribute(hid_t object, const char* name, T value);

Handle create_group(hid_t parent, const std::string& name);
/// How datasets of ours are created: no times.
Handle dataset_properties();
/// Contiguous below 64 KiB, else chunked with shuffle and deflate.
template <class T>
void write_dataset(hid_t group, const char* name, const std::vector<hsize_t>& shape,
                   std::span<const T> values);
template <class T>
void write_column(hid_t group, const char* name, const std::vector<T>& values) {
    write_dataset<T>(group, name, {values.size()}, values);
}
/// UTF-8, null-padded to the longest.
void write_texts(hid_t group, const char* name, const std::vector<hsize_t>& shape,
                 const std::vector<std::string>& values);
inline void write_column(hid_t group, const char* name, const std::vector<std::string>& values) {
    write_texts(group, name, {values.size()}, values);
}

// ---- reading

bool has_link(hid_t group, const std::string& name);
bool has_attribute(hid_t object, const char* name);
Handle open_group(hid_t parent, const std::string& name);
Handle open_dataset(hid_t parent, const std::string& name);
/// Names of the links in a group, in the library's order.
std::vector<std::string> link_names(hid_t group);
std::vector<hsize_t> shape_of(hid_t dataset);

std::string read_text_attribute(hid_t object, const char* name);
template <class T>
T read_attribute(hid_t object, const char* name);
template <class T>
std::optional<T> read_optional_attribute(hid_t object, const char* name) {
    if (!has_attribute(object, name)) return std::nullopt;
    return read_attribute<T>(object, name);
}

/// Throws Hdf5Error for another rank, or more values than the file can hold.
template <class T>
std::vector<T> read_dataset(hid_t group, const char* name, std::vector<hsize_t>& shape);
template <class T>
std::vector<T> read_column(hid_t group, const char* name);
std::vector<std::string> read_text_column(hid_t group, const char* name);

}  // namespace understudy::formats::hdf5
