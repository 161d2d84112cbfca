// Promised: killed at any moment, a live file holds all rows of the last flush that came to its end, as they were
// told, once a reader of ours has opened it; so it does where the disk fails, and where a kill comes while it is
// brought in order. Whoever may not write it reads the same. Its bytes change for nothing but a whole journal of a
// live file of ours.
// Shown: every change of a file is recorded, and the file is made again of the first n of them, for every n, also with
// half of the next; indexes split on the way. Journals are damaged, and made up with a checksum that is right.
#include "tools/formats/results/live_driver.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/scratch_folder.h"
#include "tests/tools/formats/results/sample_result.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/results/hdf5.h"
#include "tools/formats/results/journal.h"
#include "tools/formats/results/live_file.h"
#include "tools/formats/results/result_layout.h"
#include "tools/formats/results/result_reader.h"
#include "tools/formats/results/result_writer.h"
#include "tools/formats/results/seal.h"
#include "tools/formats/results/trace_reader.h"

using namespace understudy;
using namespace formats;
using namespace formats::hdf5;
using models::TraceRow;
using tests::bytes_of;
using tests::ScratchFolder;

namespace {

// ---- changes of files

struct Step {
    enum Kind { write, reserve, resize } kind;
    std::uint64_t at, size;
    std::string bytes;
};

/// Records all changes of live files while it lives. From the `failing`-th on the disk is full.
class Recording {
public:
    explicit Recording(std::size_t failing = SIZE_MAX) {
        steps.clear();
        fails_from = failing;
        live_disk = {[](int file, const void* bytes, std::size_t size, off_t at) -> ssize_t {
                         if (!note({Step::write, static_cast<std::uint64_t>(at), size,
                                    std::string(static_cast<const char*>(bytes), size)}))
                             return -1;
                         return ::pwrite(file, bytes, size, at);
                     },
                     [](int file, off_t from, off_t size) {
                         if (!note({Step::reserve, static_cast<std::uint64_t>(from),
                                    static_cast<std::uint64_t>(size), ""}))
                             return -1;
                         return ::fallocate(file, 0, from, size);
                     },
                     [](int file, off_t size) {
                         if (!note({Step::resize, 0, static_cast<std::uint64_t>(size), ""})) return -1;
                         return ::ftruncate(file, size);
                     }};
    }
    ~Recording() { live_disk = usual; }
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;

    static inline std::vector<Step> steps;

private:
    static bool note(Step step) {
        if (steps.size() >= fails_from) {
            errno = ENOSPC;
            return false;
        }
        steps.push_back(std::move(step));
        return true;
    }
    static inline std::size_t fails_from = SIZE_MAX;
    LiveDisk usual = live_disk;
};

/// The file after one more change, or half of it.
void advance(std::string& image, const Step& step, bool half = false) {
    if (step.kind == Step::resize) {
        if (!half) image.resize(step.size);
        return;
    }
    const std::uint64_t size = half ? step.size / 2 : step.size;
    if (image.size() < step.at + size) image.resize(step.at + size);
    if (step.kind == Step::write) image.replace(step.at, size, step.bytes, 0, size);
}

void put(const std::filesystem::path& path, const std::string& image) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << image;
}

bool has_journal(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY);
    const bool has = read_journal(file).has_value();
    ::close(file);
    return has;
}

// ---- a file as the live one is, with chunks so small that its indexes split

using Rows = std::map<int, std::uint64_t>;  ///< of each group

constexpr hsize_t small_chunk = 8;

template <class T>
T value_of(int group, int column, std::uint64_t row) {
    return static_cast<T>(
        (static_cast<std::uint64_t>(group) * 7 + static_cast<std::uint64_t>(column) * 3 + row * 5) % 249 + 1);
}

std::string name_of_group(int group) { return std::to_string(group * 7919 % 1000); }

class SmallFile {
public:
    explicit SmallFile(const std::filesystem::path& path, bool partial = true)
        : file_(OutputFile::Place::live, path) {
        if (partial) write_attribute(file_, "partial", std::uint8_t{1});
        write_attribute(file_, "format", std::string(format_name));
        flush();
    }
    ~SmallFile() { file_.give_up(); }

    void begin(int group) {
        Columns columns{create_group(file_, name_of_group(group)), {}, {}};
        // Goes into the heap of all texts, which is changed in place.
        write_attribute(columns.group, "text", std::string(static_cast<std::size_t>(group) % 90, 'x'));
        columns.a = column<std::int64_t>(columns.group, "a");
        columns.b = column<std::uint8_t>(columns.group, "b");
        columns_.emplace(group, std::move(columns));
        rows[group] = 0;
    }
    void append(int group, std::uint64_t count) {
        Columns& to = columns_.at(group);
        add<std::int64_t>(to.a, group, 0, count);
        add<std::uint8_t>(to.b, group, 1, count);
        rows[group] += count;
    }
    void flush() {
        file_.flush();
        flushed = rows;
    }
    void close() {
        columns_.clear();
        file_.close();
    }

    Rows rows, flushed;

private:
    struct Columns {
        Handle group, a, b;
    };
    template <class T>
    static Handle column(hid_t group, const char* name) {
        const Handle properties = dataset_properties();
        const hsize_t none = 0, any = H5S_UNLIMITED;
        check(H5Pset_chunk(properties, 1, &small_chunk), "prepare");
        const Handle space(H5Screate_simple(1, &none, &any), "prepare");
        return {H5Dcreate2(group, name, stored_type<T>(), space, H5P_DEFAULT, properties, H5P_DEFAULT),
                "create"};
    }
    template <class T>
    void add(hid_t dataset, int group, int column, hsize_t count) {
        const hsize_t from = rows[group], length = from + count;
        std::vector<T> values;
        for (hsize_t i = 0; i < count; ++i) values.push_back(value_of<T>(group, column, from + i));
        check(H5Dset_extent(dataset, &length), "grow");
        const Handle space(H5Dget_space(dataset), "grow");
        check(H5Sselect_hyperslab(space, H5S_SELECT_SET, &from, nullptr, &count, nullptr), "write");
        const Handle memory(H5Screate_simple(1, &count, nullptr), "write");
        check(H5Dwrite(dataset, native_type<T>(), memory, space, H5P_DEFAULT, values.data()), "write");
    }

    OutputFile file_;
    std::map<int, Columns> columns_;
};

template <class T>
std::optional<std::uint64_t> rows_of_column(hid_t group, const char* name, int number, int column) {
    const auto values = read_column<T>(group, name);
    for (std::uint64_t i = 0; i < values.size(); ++i)
        if (values[i] != value_of<T>(number, column, i)) return std::nullopt;
    return values.size();
}

/// What is in the file, if all of it is as it was appended.
std::optional<Rows> rows_in(const std::filesystem::path& path) {
    try {
        const Handle file = open_for_reading(path);
        const auto names = link_names(file);
        Rows rows;
        for (int number = 0; rows.size() < names.size() && number < 200; ++number) {
            if (!has_link(file, name_of_group(number))) continue;
            const Handle group = open_group(file, name_of_group(number));
            const auto a = rows_of_column<std::int64_t>(group, "a", number, 0);
            if (!a || rows_of_column<std::uint8_t>(group, "b", number, 1) != a ||
                read_text_attribute(group, "text").size() != static_cast<std::size_t>(number) % 90)
                return std::nullopt;
            rows[number] = *a;
        }
        if (rows.size() == names.size()) return rows;
    } catch (const std::exception& error) {
        MESSAGE(error.what());
    }
    return std::nullopt;
}

bool holds(const std::filesystem::path& path, const Rows& rows) { return rows_in(path) == rows; }

/// The file is as of one flush or the other, whole.
bool is_one_of(const std::filesystem::path& path, const Rows& before, const Rows& after) {
    const auto rows = rows_in(path);
    return rows == before || rows == after;
}

/// Some groups are new, some grow, then all is flushed; and again. `flushed` hears of each flush.
void grow(SmallFile& file, unsigned seed, int rounds, const std::function<void()>& flushed) {
    std::mt19937 random(seed);
    const auto below = [&](unsigned limit) { return static_cast<int>(random() % limit); };
    int groups = 0;
    for (int round = 0; round < rounds; ++round) {
        for (int i = below(5) + (round == 0); i > 0; --i) file.begin(groups++);
        for (int i = below(4) + 1; i > 0; --i)
            file.append(below(static_cast<unsigned>(groups)),
                        static_cast<std::uint64_t>(below(3) == 0 ? 40 : below(20)));
        file.append(0, 120);  // one for sure becomes long: an index node has 64 chunks
        file.flush();
        flushed();
    }
}

struct Grown {
    std::vector<Step> steps;
    std::vector<std::size_t> ends;  ///< of flushes: how many steps had been done
    std::vector<Rows> rows;         ///< then
};

Grown grown(const std::filesystem::path& path, unsigned seed, int rounds) {
    Grown result;
    const Recording recording;
    SmallFile file(path);
    const auto note = [&] {
        result.ends.push_back(Recording::steps.size());
        result.rows.push_back(file.flushed);
    };
    note();
    grow(file, seed, rounds, note);
    file.close();
    result.ends.push_back(Recording::steps.size());
    result.rows.push_back(file.rows);
    result.steps = Recording::steps;
    return result;
}

/// A live file as a kill leaves it when its journal is whole and nothing of it has been written; what is in it.
std::string killed_with_journal(const ScratchFolder& folder, Rows& rows) {
    const Grown file = grown(folder / "grown", 3, 5);
    std::string image;
    std::string found;
    for (std::size_t n = 0; n < file.ends[5]; ++n) {
        advance(image, file.steps[n]);
        if (n <= file.ends[4] || image.size() < 40 ||
            image.compare(image.size() - 40, 16, "understudy redo ") != 0)
            continue;
        found = image;
        break;
    }
    REQUIRE_FALSE(found.empty());
    rows = file.rows[5];
    put(folder / "check", found);
    REQUIRE(has_journal(folder / "check"));
    return found;
}

}  // namespace

TEST_CASE("killed after any change of the file, it is as of the last flush or the one under way") {
    const ScratchFolder folder;
    const auto cut = folder / "cut.h5.partial";
    std::size_t images = 0, with_journal = 0;
    const Grown file = grown(folder / "a.h5.partial", 1, 5);
    REQUIRE(file.rows.back().at(0) > 64 * small_chunk);  // its indexes have split
    REQUIRE(file.rows.back().size() > 8);                // and that of the groups
    std::string image;
    std::size_t last = 0;
    for (std::size_t n = 0; n <= file.steps.size(); ++n) {
        while (last + 1 < file.ends.size() && file.ends[last + 1] <= n) ++last;
        const Rows& before = file.rows[last];
        const Rows& after = file.rows[std::min(last + 1, file.rows.size() - 1)];
        for (const bool half : {false, true}) {
            // Halves of what is written in place differ little from one another; the first eight bytes have none.
            if (half && (n == 0 || n == file.steps.size() || file.steps[n].kind != Step::write || n % 4 != 0))
                continue;
            std::string now = image;
            if (half) advance(now, file.steps[n], true);
            put(cut, now);
            if (n < file.ends[0]) {
                // Nothing has been promised; but the next run may take its place.
                CHECK((now.empty() || whose(cut) != Whose::foreign));
                continue;
            }
            ++images;
            with_journal += has_journal(cut);
            CAPTURE(n);
            CAPTURE(half);
            CHECK(is_one_of(cut, before, after));
            CHECK_FALSE(has_journal(cut));
            if (n == file.ends[last] && !half) CHECK(holds(cut, before));
        }
        if (n < file.steps.size()) advance(image, file.steps[n]);
    }
    CHECK((image == bytes_of(folder / "a.h5.partial")));
    MESSAGE(images << " states, of them " << with_journal << " with a journal");
    CHECK(with_journal > 50);
}

TEST_CASE(
    "where the disk is full from any change on, the file is as of the last flush or the one under way") {
    const ScratchFolder folder;
    const auto path = folder / "a.h5.partial";
    const Grown whole = grown(path, 5, 2);
    for (std::size_t n = whole.ends[0]; n < whole.steps.size(); ++n) {
        CAPTURE(n);
        Rows before, after;
        bool failed = false;
        const Recording recording(n);
        {
            SmallFile file(path);
            try {
                grow(file, 5, 2, [] {});
                file.close();
            } catch (const Hdf5Error& error) {
                failed = true;
                CHECK(std::string(error.what()).find("no space left on the disk") != std::string::npos);
            }
            before = file.flushed;
            after = file.rows;
        }
        // What closing changes is not missed.
        CHECK((failed || n >= whole.ends[2]));
        const LiveDisk full = live_disk;
        live_disk = {::pwrite, full.reserve, ::ftruncate};
        CHECK(is_one_of(path, before, after));
        live_disk = full;
    }
}

TEST_CASE("killed while a journal is brought in, it is brought in the next time") {
    const ScratchFolder folder;
    Rows rows;
    const std::string image = killed_with_journal(folder, rows);
    const auto path = folder / "a.h5.partial";
    put(path, image);
    const timespec times[] = {{1000, 0}, {2000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
    std::vector<Step> steps;
    {
        const Recording recording;
        CHECK(holds(path, rows));
        steps = Recording::steps;
    }
    REQUIRE(steps.size() > 10);
    CHECK_FALSE(has_journal(path));
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK(status.st_mtim.tv_sec == 2000);  // when the run was killed
    const std::string whole = bytes_of(path);
    std::string now = image;
    for (const Step& step : steps) {
        std::string half = now;
        advance(half, step, true);
        advance(now, step);
        for (const std::string& killed : {half, now}) {
            put(path, killed);
            CHECK(holds(path, rows));
            CHECK((bytes_of(path) == whole));
        }
    }
}

TEST_CASE("who may not write the file, or reads it beside others, reads it with its journal") {
    const ScratchFolder folder;
    Rows rows;
    const std::string image = killed_with_journal(folder, rows);
    std::filesystem::create_directory(folder / "kept");
    const auto path = folder / "kept" / "a.h5.partial";
    put(path, image);
    SUBCASE("another reads it") {
        const int reader = ::open(path.c_str(), O_RDONLY);
        REQUIRE(::flock(reader, LOCK_SH) == 0);
        CHECK(holds(path, rows));
        ::close(reader);
    }
    SUBCASE("it is not ours to write") {
        namespace fs = std::filesystem;
        fs::permissions(folder.path(),
                        fs::perms::owner_all | fs::perms::others_exec | fs::perms::others_read);
        fs::permissions(path, fs::perms::owner_read | fs::perms::others_read);
        fs::permissions(folder / "kept", fs::perms(0555));
        const pid_t child = ::fork();
        if (child == 0) {
            if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(2);
            ::_exit(holds(path, rows) ? 0 : 1);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        CHECK(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 0);
        fs::permissions(folder / "kept", fs::perms::owner_all);
    }
    CHECK((bytes_of(path) == image));
    std::filesystem::permissions(path, std::filesystem::perms(0644));
    CHECK(holds(path, rows));
    CHECK_FALSE(has_journal(path));
}

TEST_CASE("while a run writes, nobody brings its journal in") {
    const ScratchFolder folder;
    const auto path = folder / "a.h5.partial";
    SmallFile file(path);
    file.begin(1);
    file.append(1, 20);
    file.flush();
    {
        // As a flush does in its middle.
        PendingWrites writes;
        writes.put(0, "not for others");
        const std::uint64_t size = std::filesystem::file_size(path);
        const JournalBytes journal = journal_bytes(writes, size, size);
        std::ofstream(path, std::ios::app | std::ios::binary) << journal.writes << journal.seal;
    }
    const std::string before = bytes_of(path);
    CHECK(is_being_written(path));
    CHECK_THROWS_WITH_AS(open_for_reading(path), doctest::Contains("is still being written"), FileError);
    CHECK((bytes_of(path) == before));
}

TEST_CASE("a journal that is not whole to the last byte is none") {
    const ScratchFolder folder;
    Rows rows;
    const std::string image = killed_with_journal(folder, rows);
    const auto path = folder / "a.h5.partial";
    const std::uint64_t begin = get_little_endian(image.data() + image.size() - 24, 8);
    std::mt19937 random(7);
    for (int trial = 0; trial < 300; ++trial) {
        std::string damaged = image;
        if (trial % 3 == 0) {
            damaged.resize(begin + random() % (damaged.size() - begin));
        } else {
            // A third of them in the last bytes.
            const std::uint64_t from = trial % 3 == 1 ? begin : damaged.size() - 40;
            damaged[from + random() % (damaged.size() - from)] ^= static_cast<char>(1u << random() % 8);
        }
        put(path, damaged);
        CHECK_FALSE(has_journal(path));
        if (trial % 10 < 2) CHECK_NOTHROW(open_for_reading(path));  // as of the flush before
        CHECK((bytes_of(path) == damaged));
    }
}

TEST_CASE("what a journal with the right checksum may not say") {
    const ScratchFolder folder;
    Rows rows;
    const std::string image = killed_with_journal(folder, rows);
    const std::uint64_t begin = get_little_endian(image.data() + image.size() - 24, 8);
    const std::string kept = image.substr(0, begin);
    const auto path = folder / "a.h5.partial";
    const auto numbers = [](std::initializer_list<std::uint64_t> values) {
        std::string bytes;
        for (const std::uint64_t value : values) put_little_endian(bytes, value, 8);
        return bytes;
    };
    const auto with = [&](const std::string& writes, std::uint64_t from, std::uint64_t end_in_use) {
        std::string seal = "understudy redo " + numbers({from, end_in_use});
        put_little_endian(seal, checksum_of(writes, seal), 8);
        return kept + writes + seal;
    };
    const std::string good = numbers({100, 4}) + "abcd";
    put(path, with(good, begin, begin));
    REQUIRE(has_journal(path));
    std::string many;
    for (std::uint64_t i = 0; i <= journal_most_writes; ++i) many += numbers({i, 1}) + "x";
    const std::string bad[] = {
        with(numbers({100, 5}) + "abcd", begin, begin),                   // longer than it is
        with(numbers({100, UINT64_MAX}) + "abcd", begin, begin),          //
        with(numbers({100, UINT64_MAX - 50}) + "abcd", begin, begin),     //
        with(numbers({100, 0}), begin, begin),                            // nothing
        with(numbers({100}), begin, begin),                               // half a head
        with(numbers({begin - 3, 4}) + "abcd", begin, begin),             // beyond the end
        with(numbers({UINT64_MAX - 1, 4}) + "abcd", begin, begin),        //
        with(numbers({begin + (1ull << 40), 4}) + "abcd", begin, begin),  //
        with(good + numbers({103, 1}) + "x", begin, begin),               // over one another
        with(good + numbers({50, 1}) + "x", begin, begin),                // backwards
        with(good, begin, begin + 1),                                     // an end behind its begin
        with(good, begin, UINT64_MAX),                                    //
        with(good, begin + 4, begin),                                     // another begin
        with(good, UINT64_MAX, begin),                                    //
        with(good, image.size() * 2, begin),                              //
        with(many, begin, std::max<std::uint64_t>(begin, journal_most_writes + 1)),  // too many
        with(many, begin, begin),                                                    //
    };
    for (const std::string& one : bad) {
        put(path, one);
        CHECK_FALSE(has_journal(path));
        try {
            open_for_reading(path);
        } catch (const FileError&) {
        }
        CHECK((bytes_of(path) == one));
    }
    // So large that looking at it would take forever, in a file that has holes.
    put(path, kept);
    const std::string huge = with("", 0, 0).substr(kept.size());
    const int file = ::open(path.c_str(), O_RDWR);
    const off_t end = off_t{1} << 40;
    REQUIRE(::pwrite(file, huge.data(), huge.size(), end) == static_cast<ssize_t>(huge.size()));
    CHECK(ends_as_journal(file));
    CHECK_FALSE(read_journal(file).has_value());
    ::close(file);
}

TEST_CASE("a file that is no live file of ours is not written to, whatever stands at its end") {
    const ScratchFolder folder;
    const auto path = folder / "a.h5";
    const auto with_journal = [&](const std::string& file) {
        PendingWrites writes;
        writes.put(file.size() / 2, "twelve bytes");
        const JournalBytes journal = journal_bytes(writes, file.size(), file.size());
        return file + journal.writes + journal.seal;
    };
    SUBCASE("a finished result") {
        write_result(path, tests::sample_result());
        const std::string image = with_journal(bytes_of(path));
        put(path, image);
        REQUIRE(has_journal(path));
        CHECK(read_result(path).result.fingerprint == tests::sample_result().fingerprint);
        CHECK((bytes_of(path) == image));
    }
    SUBCASE("HDF5 without the mark of a live file") {
        SmallFile(path, false).close();
        const std::string image = with_journal(bytes_of(path));
        put(path, image);
        CHECK_NOTHROW(open_for_reading(path));
        CHECK((bytes_of(path) == image));
    }
    SUBCASE("anything") {
        const std::string image = with_journal(std::string(5000, 'x'));
        put(path, image);
        CHECK_THROWS_AS(open_for_reading(path), FileError);
        CHECK((bytes_of(path) == image));
    }
}

TEST_CASE("a trace that is killed after any change of its file is read up to its last flush") {
    const ScratchFolder folder;
    const auto path = folder / "a.h5.partial", cut = folder / "cut.h5.partial";
    const auto row = [](std::int64_t replication, std::uint64_t i) {
        TraceRow one;
        one.time = static_cast<kernel::Time>(i * 1'000'003 + static_cast<std::uint64_t>(replication));
        one.item = i + 1;
        one.element = static_cast<std::uint32_t>(i % 3);
        one.event = static_cast<models::TraceEvent>(i % 4);
        one.value = static_cast<double>(i + 1) / 7;
        return one;
    };
    struct Teller : models::TraceSink {
        Teller(models::TraceBlock<TraceRow>& rows, models::TraceBlock<models::TraceDraw>& draws)
            : models::TraceSink(rows, draws) {}
        // Behind a full block nothing more comes.
        models::TraceBlock<TraceRow>& next_rows() override { return more_rows; }
        models::TraceBlock<models::TraceDraw>& next_draws() override { return more_draws; }
        models::TraceBlock<TraceRow> more_rows;
        models::TraceBlock<models::TraceDraw> more_draws;
    };
    using Counts = std::map<std::int64_t, std::uint64_t>;
    Counts told;
    std::vector<std::pair<std::size_t, Counts>> flushes;
    std::vector<Step> steps;
    {
        const Recording recording;
        LiveFile file(path, {{{"orders", "load", ""}, {"ingest", "stage", ""}, {"build", "task", ""}}},
                      tests::sample_result().provenance);
        const auto flush = [&] {
            file.flush();
            flushes.emplace_back(Recording::steps.size(), told);
        };
        flush();
        const auto append = [&](std::int64_t replication, std::uint32_t count) {
            const auto first = static_cast<std::uint32_t>(told[replication] % trace_chunk_rows);
            told[replication] += count;
            models::TraceBlock<TraceRow> rows;
            models::TraceBlock<models::TraceDraw> draws;
            Teller sink(rows, draws);
            for (std::uint32_t i = 0; i < first + count; ++i)
                sink.row(row(replication, told[replication] - first - count + i));
            file.append<TraceRow>(replication, rows, first, first + count);
        };
        file.begin(1);
        append(1, 1000);
        flush();
        file.begin(2);
        append(1, trace_chunk_rows - 1000);
        append(1, 5);
        flush();
        file.end(1, true);
        for (const std::int64_t number : {3, 12, 7, 25, 4, 5, 6, 8, 9, 10, 11}) {
            file.begin(number);
            told[number] = 0;
        }
        append(12, 3);
        flush();
        file.close();
        flushes.emplace_back(Recording::steps.size(), told);
        steps = Recording::steps;
    }
    std::string image;
    std::size_t last = 0;
    const std::size_t first_end = flushes[0].first;
    for (std::size_t n = 0; n <= steps.size(); ++n) {
        while (last + 1 < flushes.size() && flushes[last + 1].first <= n) ++last;
        if (n >= first_end) {
            CAPTURE(n);
            put(cut, image);
            const TraceReader reader(cut);
            CHECK(reader.partial());
            for (const auto& [number, count] : flushes[last].second) {
                CHECK(reader.rows(number) >= count);
                std::uint64_t i = 0;
                bool same = true;
                reader.for_each_row(number, [&](const TraceRow& got) {
                    const TraceRow expected = row(number, i++);
                    same = same && got.time == expected.time && got.item == expected.item &&
                           got.element == expected.element && got.event == expected.event &&
                           got.attempt == 0 && got.worker == -1 && got.value == expected.value;
                });
                CHECK(same);
                CHECK(i >= count);
            }
        }
        if (n < steps.size()) advance(image, steps[n]);
    }
}
