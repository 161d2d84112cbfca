// Promised: what was added is found again, bit for bit, by another process; a file that was cut off anywhere opens with all
// whole records before the cut, and one with a flipped bit with all others, also where it is in a length; nothing is taken
// from a damaged file but by Mode::fresh; what is of something else, or held by another, is refused with the reason; a new
// ledger leaves nothing behind if nothing was added.
// Shown: units with odd numbers, cuts at every length, flips of three bits of every byte, lengths that point elsewhere, empty
// pages, heads that differ.
#include "tools/formats/ledger/ledger.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>

#include "tests/scratch_folder.h"

using namespace understudy;
using formats::Ledger;
using studies::Unit;
using studies::UnitOutcome;
using tests::bytes_of;
using Mode = Ledger::Mode;

namespace {

const formats::LedgerHead head = {{"study", "which"}, {"seed", "7"}};

Unit unit(std::uint64_t number) {
    return {{"server.workers=" + std::to_string(number % 3), "jobs.arrivals=poisson(1/s)"}, number, 1};
}

UnitOutcome outcome(std::uint64_t number) {
    UnitOutcome result;
    result.overload = number % 2 ? "'server' is offered 110%" : "";
    const double odd[] = {0.1, -0.0, std::numeric_limits<double>::denorm_min(), 1e308, 1.0 / 3};
    result.replications.push_back({{{odd[number % 5], odd[(number + 1) % 5], 3}, {1, 2, 0}},
                                   1000 + number,
                                   number == 4 ? studies::UnitOutcome::Replication::Fault::constraint
                                               : studies::UnitOutcome::Replication::Fault::none});
    if (number % 2 == 0) {
        result.stretch_s = 0.1;
        result.replications.back().courses = {{odd[number % 5], 1.0 / 3}, {}, {2}};
        result.replications.back().durations = {{{0.1, 3}, {1e9, 1}}, {}};
    }
    return result;
}

void write(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

std::string refusal(const std::function<void()>& act) {
    try {
        act();
    } catch (const formats::FileError& error) {
        return error.what();
    }
    return "";
}

/// Where its head ends, by the length in it.
std::size_t end_of_head(const std::string& bytes) {
    std::size_t length = 0;
    for (std::size_t i = 4; i-- > 0;) length = length << 8 | static_cast<unsigned char>(bytes[20 + i]);
    return 24 + length + 8;
}

/// A ledger of `count` units.
void make(const std::filesystem::path& path, std::uint64_t count) {
    Ledger ledger(path, Mode::fresh);
    ledger.begin(head);
    for (std::uint64_t i = 0; i < count; ++i) ledger.add(unit(i), outcome(i));
}

}  // namespace

TEST_CASE("what was added is found again bit for bit") {
    const tests::ScratchFolder folder;
    const auto path = folder / "a.ledger";
    make(path, 5);
    Ledger again(path, Mode::going_on);
    CHECK(again.damage().empty());
    CHECK(again.head() == head);
    again.begin(head);
    REQUIRE(again.units() == 5);
    for (std::uint64_t i = 0; i < 5; ++i) CHECK(again.find(unit(i)) == outcome(i));
    CHECK_FALSE(again.find(unit(5)));
    // Other replications of a setting, and another number of them, are other units.
    Unit other = unit(1);
    other.count = 2;
    CHECK_FALSE(again.find(other));
    // What is there stays.
    const auto size = std::filesystem::file_size(path);
    again.add(unit(1), outcome(2));
    CHECK(std::filesystem::file_size(path) == size);
    CHECK(again.find(unit(1)) == outcome(1));
    again.add(unit(5), outcome(5));
    std::vector<Unit> order;
    again.for_each([&](const Unit& one, const UnitOutcome& shown) {
        CHECK(shown == outcome(order.size()));
        order.push_back(one);
    });
    CHECK(order.size() == 6);
}

TEST_CASE("a file that was cut off has all whole records before the cut, and goes on") {
    const tests::ScratchFolder folder;
    const auto path = folder / "a.ledger", cut = folder / "cut.ledger";
    make(path, 0);
    CHECK_FALSE(std::filesystem::exists(path));
    std::vector<std::size_t> ends;
    for (std::uint64_t count = 1; count <= 4; ++count) {
        make(path, count);
        ends.push_back(bytes_of(path).size());
    }
    const std::string whole = bytes_of(path);
    for (std::size_t length = 1; length <= whole.size(); ++length) {
        write(cut, whole.substr(0, length));
        const auto units = static_cast<std::size_t>(
            std::count_if(ends.begin(), ends.end(), [&](std::size_t end) { return end <= length; }));
        Ledger ledger(cut, Mode::going_on);
        REQUIRE(ledger.units() == units);
        ledger.begin(head);
        for (std::uint64_t i = 0; i < 4; ++i) ledger.add(unit(i), outcome(i));
        REQUIRE(bytes_of(cut) == whole);
    }
    write(cut, whole.substr(0, ends[3] - 2));
    CHECK(Ledger(cut, Mode::going_on)
              .damage()
              .find("cut off in the middle of a record or damaged, and dropped") != std::string::npos);
}

TEST_CASE("a flipped bit costs one record, or is refused in the head") {
    const tests::ScratchFolder folder;
    const auto path = folder / "a.ledger";
    make(path, 1);
    const std::size_t first_end = bytes_of(path).size();
    make(path, 4);
    const std::string whole = bytes_of(path);
    const std::size_t head_end = end_of_head(whole);
    for (const int bit : {0x01, 0x10, 0x80})
        for (std::size_t at = 0; at < whole.size(); ++at) {
            std::string flipped = whole;
            flipped[at] = static_cast<char>(flipped[at] ^ bit);
            write(path, flipped);
            std::size_t units = 0;
            std::string said;
            const std::string refused = refusal([&] {
                const Ledger ledger(path, Mode::reading);
                units = ledger.units();
                said = ledger.damage();
                // None of them shows what was not added.
                ledger.for_each(
                    [&](const Unit& one, const UnitOutcome& shown) { CHECK(shown == outcome(one.first)); });
            });
            CAPTURE(at);
            if (at < head_end) {
                CHECK_FALSE(refused.empty());
                // What is refused is left as it is.
                for (const Mode mode : {Mode::anew, Mode::going_on})
                    CHECK_FALSE(refusal([&] { Ledger(path, mode); }).empty());
                REQUIRE(bytes_of(path) == flipped);
                continue;
            }
            REQUIRE(refused.empty());
            REQUIRE(units == 3);
            CHECK_FALSE(said.empty());
        }
    // In the middle of a record's numbers: the others are all there.
    std::string flipped = whole;
    flipped[first_end - 20] = static_cast<char>(flipped[first_end - 20] ^ 1);
    write(path, flipped);
    Ledger ledger(path, Mode::going_on);
    CHECK(ledger.units() == 3);
    CHECK(ledger.damage() == path.string() + ": " + std::to_string(first_end - end_of_head(whole)) +
                                 " bytes are damaged and passed over");
    CHECK_FALSE(ledger.find(unit(0)));
    ledger.begin(head);
    ledger.add(unit(0), outcome(0));
    CHECK(ledger.find(unit(0)) == outcome(0));
}

TEST_CASE("what stands behind damage is kept, and what is added stands behind it") {
    const tests::ScratchFolder folder;
    const auto path = folder / "a.ledger";
    make(path, 4);
    const std::string whole = bytes_of(path);
    const std::size_t head_end = end_of_head(whole);
    const auto damaged = [&](std::size_t at, const std::string& by) {
        return whole.substr(0, at) + by + whole.substr(at + by.size());
    };
    // A length that points beyond the file, one into another record, none; a page that a power cut left empty, and all of
    // the records.
    for (const std::string& bytes :
         {damaged(head_end, "\xff\xff\xff\xff"), damaged(head_end, "\xff\xff\xff\x0f"),
          damaged(head_end, std::string("\x40\x01\0\0", 4)), damaged(head_end, std::string(4, '\0')),
          damaged(head_end, std::string(200, '\0')),
          damaged(head_end, std::string(whole.size() - head_end, '\0'))}) {
        write(path, bytes);
        std::size_t left = 0;
        {
            Ledger ledger(path, Mode::reading);
            left = ledger.units();
            CHECK_FALSE(ledger.damage().empty());
        }
        CHECK(refusal([&] { Ledger(path, Mode::anew); }).find("--resume goes on from") != std::string::npos);
        REQUIRE(bytes_of(path) == bytes);
        {
            Ledger ledger(path, Mode::going_on);
            REQUIRE(ledger.units() == left);
            ledger.begin(head);
            for (std::uint64_t i = 0; i < 5; ++i) ledger.add(unit(i), outcome(i));
        }
        REQUIRE(bytes_of(path).starts_with(bytes));
        Ledger again(path, Mode::reading);
        CHECK(again.units() == 5);
        for (std::uint64_t i = 0; i < 5; ++i) CHECK(again.find(unit(i)) == outcome(i));
    }
    // --fresh begins again.
    make(path, 4);
    CHECK(bytes_of(path) == whole);
}

TEST_CASE("a unit that is too long for a ledger is refused as it is added") {
    const tests::ScratchFolder folder;
    const auto path = folder / "a.ledger";
    make(path, 2);
    const std::string before = bytes_of(path);
    {
        Ledger ledger(path, Mode::going_on);
        ledger.begin(head);
        Unit long_one = unit(3);
        long_one.overrides.push_back(std::string((1u << 28) + 1, 'x'));
        CHECK(refusal([&] { ledger.add(long_one, outcome(3)); }).find("more than a ledger's record holds") !=
              std::string::npos);
    }
    CHECK(bytes_of(path) == before);
}

TEST_CASE("what is of something else, foreign, or held by another is refused") {
    const tests::ScratchFolder folder;
    const auto path = folder / "a.ledger";
    make(path, 2);
    const std::string name = path.string();
    CHECK(refusal([&] { Ledger(path, Mode::anew); }) ==
          name +
              ": is there already, with 2 units that were simulated before; --resume goes on from it, "
              "--fresh begins again");
    CHECK(refusal([&] {
              Ledger(path, Mode::going_on).begin({{"study", "which"}, {"seed", "8"}});
          }) == name +
                    ": is a ledger of something else: its seed is '7', not '8'; --fresh begins again, or "
                    "choose another --out");
    CHECK(refusal([&] {
              Ledger(path, Mode::reading).require_same({{"measures", "avg wait(a)"}});
          }) ==
          name + ": is a ledger of something else: its measures is none, not 'avg wait(a)'; leave it out");
    {
        const Ledger held(path, Mode::going_on);
        CHECK(refusal([&] { Ledger(path, Mode::going_on); }) ==
              name + ": another process is writing it now; wait for it or choose another --out");
        CHECK(refusal([&] { Ledger(path, Mode::reading); }) ==
              name + ": another process is writing it now; wait for it");
    }
    CHECK(refusal([&] { Ledger(folder / "none", Mode::reading); }) ==
          (folder / "none").string() + ": no such file");
    const std::string text = "understudy: 1\nscenario: shop\n";
    write(folder / "s.yaml", text);
    for (const Mode mode : {Mode::fresh, Mode::going_on, Mode::reading})
        CHECK(refusal([&] { Ledger(folder / "s.yaml", mode); }).find("is no ledger of understudy") !=
              std::string::npos);
    CHECK(bytes_of(folder / "s.yaml") == text);
    CHECK(refusal([&] { Ledger(folder.path(), Mode::reading); }).find("is no regular file") !=
          std::string::npos);
    Ledger done(path, Mode::going_on);
    done.remove();
    CHECK_FALSE(std::filesystem::exists(path));
}
