// Promised: what is pending for a file is what was last put there, wherever the pieces overlap, and a journal gives it
// back. Shown: random pieces, held against an array of bytes.
#include "tools/formats/results/journal.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <rapidcheck.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/scratch_folder.h"

using namespace understudy;
using namespace formats;

TEST_CASE("what was put last is pending") {
    const tests::ScratchFolder folder;
    const bool held =
        rc::check([&](const std::vector<std::pair<unsigned char, unsigned char>>& pieces, unsigned char end) {
            constexpr std::size_t size = 600;
            std::string expected(size, '\0');  // 0: nothing is pending
            PendingWrites writes;
            char next = 1;
            for (const auto& [at, length] : pieces) {
                const std::string bytes(length, next);
                next = static_cast<char>(next == 100 ? 1 : next + 1);
                writes.put(at, bytes);
                expected.replace(at, length, bytes);
            }
            std::string read(size, '\0');
            writes.lay_over(0, size, read.data());
            RC_ASSERT(read == expected);
            const std::size_t from = end, part = 77;
            std::string some(part, '\0');
            writes.lay_over(from, part, some.data());
            RC_ASSERT(some == expected.substr(from, part));
            RC_ASSERT(writes.overlaps(from, part) == (some.find_first_not_of('\0') != std::string::npos));

            writes.cut_off(end);
            std::fill(expected.begin() + end, expected.end(), '\0');
            read.assign(size, '\0');
            writes.lay_over(0, size, read.data());
            RC_ASSERT(read == expected);

            const JournalBytes bytes = journal_bytes(writes, size, size);
            std::ofstream(folder / "a", std::ios::binary)
                << std::string(size, 'f') << bytes.writes << bytes.seal;
            const int file = ::open((folder / "a").c_str(), O_RDWR);
            const auto journal = read_journal(file);
            RC_ASSERT(journal.has_value());
            RC_ASSERT(journal->writes == writes);
            RC_ASSERT(redo(file, *journal) == 0);
            ::close(file);
            std::string whole = tests::bytes_of(folder / "a");
            for (std::size_t i = 0; i < size; ++i)
                if (expected[i] == 0) expected[i] = 'f';
            RC_ASSERT(whole == expected);
        });
    CHECK(held);
}
