// Promised: a trace is read as it was told, by our reader and by h5py, whole or compressed, whatever threads told it; what
// a kill or a full disk leaves is every row up to the last flush; columns that nearly always hold one value take room
// only where they hold another; a damaged trace is refused.
// Shown: rows of a formula are told, and those read are held against it; writers are killed, disks are small, bytes are
// flipped.
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "tests/scratch_folder.h"
#include "tests/tools/formats/results/python.h"
#include "tests/tools/formats/results/sample_result.h"
#include "tools/formats/results/result_reader.h"
#include "tools/formats/results/trace_reader.h"
#include "tools/formats/results/trace_writer.h"

using namespace understudy;
using formats::FileError;
using formats::TraceReader;
using formats::TraceWriter;
using models::TraceDraw;
using models::TraceEvent;
using models::TraceRow;
using tests::bytes_of;
using tests::ScratchFolder;

namespace {

models::TraceHeader header() {
    return {{{"orders", "load", ""}, {"ingest", "stage", "Ingest"}, {"revenue.build", "task", ""}}};
}

TraceRow row(std::int64_t replication, std::uint64_t i) {
    TraceRow r;
    r.time = static_cast<kernel::Time>(i * 1'000'003 + static_cast<std::uint64_t>(replication));
    r.item = i / 4;
    r.element = static_cast<std::uint32_t>(i % 3);
    r.event = static_cast<TraceEvent>(i % 4);
    r.attempt = static_cast<std::uint16_t>(i % 2);
    r.worker = static_cast<std::int32_t>(i % 5) - 1;
    r.value = static_cast<double>(i) / 7;
    return r;
}

TraceDraw draw(std::int64_t replication, std::uint64_t i) {
    return {i * 0x9e3779b97f4a7c15ull, static_cast<std::uint32_t>(i % 3), 2, 0,
            static_cast<double>(i) + static_cast<double>(replication)};
}

void tell(formats::ReplicationTrace& sink, std::int64_t replication, std::uint64_t rows) {
    for (std::uint64_t i = 0; i < rows; ++i) {
        sink.row(row(replication, i));
        if (i % 4 == 2) sink.draw(draw(replication, i));
    }
}

/// Whether the file holds the rows that tell() told, from the first on; how many.
std::uint64_t checked_rows(const TraceReader& reader, std::int64_t replication) {
    std::uint64_t i = 0;
    bool same = true;
    reader.for_each_row(replication, [&](const TraceRow& got) {
        const TraceRow told = row(replication, i++);
        same = same && got.time == told.time && got.item == told.item && got.element == told.element &&
               got.event == told.event && got.attempt == told.attempt && got.worker == told.worker &&
               got.value == told.value;
    });
    CHECK(same);
    return i;
}

void write_traced(const std::filesystem::path& target, std::int64_t replications, std::uint64_t rows,
                  unsigned threads, bool backwards) {
    const auto result = tests::sample_result();
    TraceWriter writer(target, header(), result.provenance);
    std::vector<std::thread> pool;
    for (unsigned t = 0; t < threads; ++t) {
        pool.emplace_back([&, t] {
            for (std::int64_t k = t; k < replications; k += threads) {
                const std::int64_t number = backwards ? replications - k : k + 1;
                auto sink = writer.replication(number);
                tell(*sink, number, rows + static_cast<std::uint64_t>(number));
                sink->complete();
            }
        });
    }
    for (auto& thread : pool) thread.join();
    CHECK(writer.finish(result) == std::nullopt);
}

}  // namespace

TEST_CASE("a trace is read as it was told, beside its result") {
    const ScratchFolder folder;
    write_traced(folder / "a.h5", 3, 100'000, 1, false);
    CHECK_FALSE(std::filesystem::exists(folder / "a.h5.partial"));
    const auto file = formats::read_result(folder / "a.h5");
    CHECK(file.result.fingerprint == tests::sample_result().fingerprint);
    CHECK(file.traced == std::vector<std::int64_t>{1, 2, 3});
    const TraceReader reader(folder / "a.h5");
    CHECK_FALSE(reader.partial());
    CHECK(reader.header().elements[2].name == "revenue.build");
    for (const std::int64_t number : {2, 1, 3}) {
        CHECK(reader.complete(number));
        CHECK(reader.rows(number) == 100'000 + static_cast<std::uint64_t>(number));
        CHECK(checked_rows(reader, number) == reader.rows(number));
        std::uint64_t i = 2;
        bool same = true;
        reader.for_each_draw(number, [&](const TraceDraw& got) {
            const TraceDraw told = draw(number, i);
            i += 4;
            same = same && got.identity == told.identity && got.element == told.element &&
                   got.value == told.value;
        });
        CHECK(same);
    }
    CHECK(reader.read_rows(1, 99'990, 1000).size() == 11);
    CHECK(reader.read_rows(1, 1'000'000, 10).empty());
}

TEST_CASE("a file with traces has the same bytes for any number and order of threads") {
    const ScratchFolder folder;
    write_traced(folder / "a.h5", 5, 70'000, 1, false);
    write_traced(folder / "b.h5", 5, 70'000, 3, true);
    CHECK((bytes_of(folder / "a.h5") == bytes_of(folder / "b.h5")));
}

TEST_CASE("columns that nearly always hold one value take room only where they hold another") {
    // One attempt and one worker are unusual, in the second of four chunks; a last chunk is not full. The thread that
    // writes comes by in the middle of chunks, too.
    constexpr std::uint64_t rows = 3 * models::trace_block_rows + 1000,
                            unusual = models::trace_block_rows + 77;
    const auto usual_but_one = [](std::uint64_t i) {
        TraceRow usual = row(1, i);
        usual.attempt = i == unusual ? 3 : 0;
        usual.worker = i == unusual ? 8 : -1;
        return usual;
    };
    const ScratchFolder folder;
    const auto result = tests::sample_result();
    for (const auto compression : {formats::TraceCompression::none, formats::TraceCompression::deflate})
        for (const auto interval : {std::chrono::milliseconds(1), std::chrono::milliseconds(100'000)}) {
            formats::TraceWriterOptions options;
            options.compression = compression;
            options.flush_interval = interval;
            const auto path = folder / ("a" + std::to_string(static_cast<int>(compression)) +
                                        (interval.count() == 1 ? "often.h5" : "once.h5"));
            TraceWriter writer(path, header(), result.provenance, options);
            auto sink = writer.replication(1);
            for (std::uint64_t i = 0; i < rows; ++i) {
                sink->row(usual_but_one(i));
                if (interval.count() == 1 && i % 9999 == 0)
                    std::this_thread::sleep_for(std::chrono::milliseconds(2));
            }
            sink.reset();
            CHECK(writer.finish(result).value_or("") == "");
            const TraceReader reader(path);
            CHECK(reader.rows(1) == rows);
            std::uint64_t i = 0, wrong = 0;
            reader.for_each_row(1, [&](const TraceRow& got) {
                const TraceRow told = usual_but_one(i++);
                if (got.attempt != told.attempt || got.worker != told.worker || got.time != told.time)
                    ++wrong;
            });
            CHECK(wrong == 0);
            if (!tests::has_h5py()) continue;
            const auto python = tests::run_python(R"(
import sys, h5py
with h5py.File(sys.argv[1]) as f:
    t = f['traces/1']
    w, a = t['worker'][:], t['attempt'][:]
    print(len(w), sorted(set(w)), w[32768 + 77], sorted(set(a)), a[32768 + 77], (w != -1).sum(), (a != 0).sum(),
          t['worker'].chunks and t['worker'].id.get_num_chunks(), t['draws/attempt'].id.get_storage_size())
)",
                                                  path.string());
            const std::string chunks = compression == formats::TraceCompression::none ? "None" : "1";
            CHECK(python.text == "99304 [-1, 8] 8 [0, 3] 3 1 1 " + chunks + " 0\n");
        }
    CHECK(bytes_of(folder / "a0often.h5") == bytes_of(folder / "a0once.h5"));
    CHECK(bytes_of(folder / "a1often.h5") == bytes_of(folder / "a1once.h5"));
}

TEST_CASE("a trace without rows, and a run that is not traced to its end") {
    const ScratchFolder folder;
    const auto result = tests::sample_result();
    {
        TraceWriter writer(folder / "a.h5", header(), result.provenance);
        writer.replication(4).reset();
        {
            auto cut = writer.replication(2);
            tell(*cut, 2, 10);
        }
        CHECK(writer.finish(result) == std::nullopt);
    }
    const TraceReader reader(folder / "a.h5");
    CHECK(reader.replications() == std::vector<std::int64_t>{2, 4});
    CHECK_FALSE(reader.complete(2));
    CHECK(checked_rows(reader, 2) == 10);
    CHECK(reader.rows(4) == 0);
    {
        TraceWriter writer(folder / "b.h5", header(), result.provenance);
        auto sink = writer.replication(1);
        tell(*sink, 1, 10);
        sink.reset();
        writer.abandon();
    }
    CHECK_FALSE(std::filesystem::exists(folder / "b.h5"));
    CHECK_FALSE(std::filesystem::exists(folder / "b.h5.partial"));
}

TEST_CASE("h5py reads a trace") {
    if (!tests::has_h5py()) return;
    const ScratchFolder folder;
    write_traced(folder / "a.h5", 2, 40'000, 1, false);
    const auto python = tests::run_python(R"(
import sys, h5py
with h5py.File(sys.argv[1]) as f:
    t = f['traces/2']
    names = f['traces/elements/name'].asstr()[:]
    events = f['traces/event_names'].asstr()[:]
    assert t['time_ns'].shape == (40002,) and t['time_ns'][40001] == 40001 * 1000003 + 2
    assert t['value'][40001] == 40001 / 7 and t.attrs['complete'] == 1
    assert t['draws/value'][0] == 4.0
    print(names[t['element'][2]], events[t['event'][2]], t['worker'][0])
)",
                                          (folder / "a.h5").string());
    CHECK(python.text == "revenue.build start -1\n");
}

TEST_CASE("after kill -9 the live file opens and holds all rows up to the last flush") {
    const ScratchFolder folder;
    const auto target = folder / "a.h5";
    std::ofstream(target) << "an older result";
    for (int trial = 0; trial < 40; ++trial) {
        int flushed[2];
        REQUIRE(::pipe(flushed) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            formats::TraceWriterOptions options;
            // So often that many kills fall into a flush.
            options.flush_interval = std::chrono::milliseconds(1);
            TraceWriter writer(target, header(), tests::sample_result().provenance, options);
            auto first = writer.replication(1), second = writer.replication(2);
            for (std::uint64_t i = 0;; ++i) {
                first->row(row(1, i));
                second->row(row(2, i));
                if (i % 4 == 2) first->draw(draw(1, i));
                if (i == 50'000) {
                    // Old enough that several flushes are behind it.
                    std::this_thread::sleep_for(std::chrono::milliseconds(200));
                    (void)!::write(flushed[1], "x", 1);
                }
                if (i > 50'000 && i % 1000 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
            }
        }
        char told = 0;
        REQUIRE(::read(flushed[0], &told, 1) == 1);
        ::usleep(static_cast<useconds_t>(331 * trial));
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        ::close(flushed[0]);
        ::close(flushed[1]);

        CHECK(bytes_of(target) == "an older result");
        const auto leftover = formats::read_result(target.string() + ".partial");
        CHECK(leftover.partial);
        CHECK(leftover.result.provenance.scenario_name == "orders-nightly");
        const TraceReader reader(target.string() + ".partial");
        CHECK(reader.partial());
        CHECK_FALSE(reader.complete(1));
        CHECK(checked_rows(reader, 1) >= 50'000);
        CHECK(checked_rows(reader, 2) >= 50'000);
        CHECK(reader.draws(1) >= 12'500);
        if (trial == 0 && tests::has_h5py()) {
            const auto python = tests::run_python(
                "import sys, h5py\nt = h5py.File(sys.argv[1])['traces/1']\n"
                "assert len(t['time_ns']) >= 50000 and t['time_ns'][49999] == 49999 * 1000003 + "
                "1\nprint('read')",
                target.string() + ".partial");
            CHECK(python.text == "read\n");
        }
    }
    std::filesystem::remove(target);
    CHECK(formats::result_or_leftover(target).path == target.string() + ".partial");
    // The next run of the same name goes on as if there were nothing.
    write_traced(target, 1, 10, 1, false);
    CHECK(formats::result_or_leftover(target).path == target);
    CHECK_FALSE(std::filesystem::exists(target.string() + ".partial"));
}

TEST_CASE("rows of a simulation that has stopped telling reach the disk") {
    const ScratchFolder folder;
    formats::TraceWriterOptions options;
    options.flush_interval = std::chrono::milliseconds(20);
    const auto result = tests::sample_result();
    TraceWriter writer(folder / "a.h5", header(), result.provenance, options);
    auto sink = writer.replication(1);
    tell(*sink, 1, 5);
    const auto size_before = std::filesystem::file_size(writer.live_file());
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    CHECK(std::filesystem::file_size(writer.live_file()) > size_before);
    // Whoever reads it now is told to wait.
    try {
        formats::read_result(writer.live_file());
        FAIL("read while it was written");
    } catch (const FileError& error) {
        CHECK(std::string(error.what()).find("is still being written") != std::string::npos);
    }
    sink.reset();
    CHECK(writer.finish(result) == std::nullopt);
}

TEST_CASE("two runs cannot write one trace") {
    const ScratchFolder folder;
    const auto result = tests::sample_result();
    TraceWriter writer(folder / "a.h5", header(), result.provenance);
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            TraceWriter second(folder / "a.h5", header(), result.provenance);
        } catch (const FileError& error) {
            ::_exit(std::string(error.what()).find("another run is writing it now") != std::string::npos ? 0
                                                                                                         : 1);
        }
        ::_exit(2);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WEXITSTATUS(status) == 0);
    CHECK_THROWS_AS(TraceWriter(folder / "no/such/a.h5", header(), result.provenance), FileError);
}

TEST_CASE("a disk that is full costs the trace, never the result") {
    const ScratchFolder folder;
    std::fflush(stdout);  // the child's end writes it again
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{3'000'000, 3'000'000};
        ::setrlimit(RLIMIT_FSIZE, &small);
        auto result = tests::sample_result();
        std::optional<std::string> problem;
        {
            TraceWriter writer(folder / "a.h5", header(), result.provenance);
            auto sink = writer.replication(1);
            tell(*sink, 1, 2'000'000);  // 70 MB
            sink->complete();
            sink.reset();
            problem = writer.finish(result);
        }
        if (!problem || problem->find("the trace ends early") == std::string::npos) ::_exit(1);
        if (problem->find("larger than the limit allows") == std::string::npos) ::_exit(2);
        if (!formats::read_result(folder / "a.h5").traced.empty()) ::_exit(3);
        std::exit(0);  // through the library's own end, which must not complain
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WEXITSTATUS(status) == 0);
    CHECK(WIFEXITED(status));
    CHECK(formats::read_result(folder / "a.h5").result.objectives.size() == 4);
    // What the last flush left is right as far as it goes.
    const TraceReader leftover(folder / "a.h5.partial");
    for (const std::int64_t number : leftover.replications())
        CHECK(checked_rows(leftover, number) < 2'000'000);
}

TEST_CASE("a disk too full for the result itself is an error that says so") {
    const ScratchFolder folder;
    std::fflush(stdout);
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{3'500'000, 3'500'000};
        ::setrlimit(RLIMIT_FSIZE, &small);
        auto result = tests::large_result(80);  // more than that of series
        int code = 1;
        {
            TraceWriter writer(folder / "a.h5", header(), result.provenance);
            tell(*writer.replication(1), 1, 10);
            try {
                writer.finish(result);
            } catch (const FileError& error) {
                code = std::string(error.what()).find("larger than the limit allows") != std::string::npos
                           ? 0
                           : 2;
            }
        }
        std::exit(code);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    CHECK_FALSE(std::filesystem::exists(folder / "a.h5"));
    CHECK_FALSE(std::filesystem::exists(folder / "a.h5.unfinished"));
    CHECK(TraceReader(folder / "a.h5.partial").rows(1) == 10);
}

TEST_CASE("what happens at no element is read too: leaving the system, actions without a name") {
    const ScratchFolder folder;
    const auto result = tests::sample_result();
    {
        TraceWriter writer(folder / "a.h5", header(), result.provenance);
        {
            auto sink = writer.replication(1);
            for (const TraceEvent event : {TraceEvent::leave, TraceEvent::act}) {
                TraceRow one = row(1, 0);
                one.element = models::no_element;
                one.event = event;
                sink->row(one);
            }
            sink->complete();
        }
        REQUIRE(writer.finish(result) == std::nullopt);
    }
    const auto rows = TraceReader(folder / "a.h5").read_rows(1, 0, 2);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].element == models::no_element);
    CHECK(rows[1].event == TraceEvent::act);
}

TEST_CASE("a damaged trace is refused where the damage is met") {
    if (!tests::has_h5py()) return;
    const ScratchFolder folder;
    write_traced(folder / "a.h5", 1, 1000, 1, false);
    tests::run_python("import sys, h5py\nh5py.File(sys.argv[1], 'a')['traces/1/element'][500] = 99",
                      (folder / "a.h5").string());
    const TraceReader reader(folder / "a.h5");
    CHECK_THROWS_WITH_AS(reader.for_each_row(1, [](const TraceRow&) {}),
                         doctest::Contains("names an element or event that there is not"), FileError);
}
