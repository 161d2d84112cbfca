#include "tools/formats/files/atomic_file.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/scratch_folder.h"

using namespace understudy;
using formats::AtomicFile;
using formats::FileError;
using formats::write_file;
using tests::bytes_of;
using tests::ScratchFolder;

namespace {

std::string message_of(const std::filesystem::path& target, const std::string& bytes = "x") {
    try {
        write_file(target, bytes);
    } catch (const FileError& error) {
        return error.what();
    }
    return "written";
}

}  // namespace

TEST_CASE("a file appears whole, with nothing beside it") {
    const ScratchFolder folder;
    write_file(folder / "a", "one");
    CHECK(bytes_of(folder / "a") == "one");
    write_file(folder / "a", "two");
    CHECK(bytes_of(folder / "a") == "two");
    CHECK_FALSE(std::filesystem::exists(folder / "a.unfinished"));
}

TEST_CASE("until it is committed the older file stands") {
    const ScratchFolder folder;
    write_file(folder / "a", "old");
    {
        AtomicFile file(folder / "a");
        file.write("half of");
        CHECK(bytes_of(folder / "a") == "old");
        CHECK(std::filesystem::exists(folder / "a.unfinished"));
    }
    CHECK(bytes_of(folder / "a") == "old");
    CHECK_FALSE(std::filesystem::exists(folder / "a.unfinished"));
}

TEST_CASE("what a kill left is replaced, what another process writes is not") {
    const ScratchFolder folder;
    std::ofstream(folder / "a.unfinished") << "left by a kill, longer than what follows";
    write_file(folder / "a", "new");
    CHECK(bytes_of(folder / "a") == "new");
    AtomicFile busy(folder / "a");
    CHECK(message_of(folder / "a") ==
          (folder / "a").string() +
              ": another process is writing it now; wait for it or choose another --out");
}

TEST_CASE("links stay, modes stay, devices are written to") {
    const ScratchFolder folder;
    write_file(folder / "real", "1");
    ::chmod((folder / "real").c_str(), 0640);
    std::filesystem::create_symlink("real", folder / "link");
    write_file(folder / "link", "2");
    CHECK(std::filesystem::is_symlink(folder / "link"));
    CHECK(bytes_of(folder / "real") == "2");
    struct stat status {};
    ::stat((folder / "real").c_str(), &status);
    CHECK((status.st_mode & 0777) == 0640);
    std::filesystem::create_symlink("later", folder / "dangling");
    write_file(folder / "dangling", "3");
    CHECK(bytes_of(folder / "later") == "3");
    CHECK(message_of("/dev/null") == "written");
}

TEST_CASE("what cannot be written says why") {
    const ScratchFolder folder;
    CHECK(message_of(folder / "no/such/file").find("cannot write: no such folder; create it first") !=
          std::string::npos);
    CHECK(message_of(folder.path()).find("is a folder, not a file") != std::string::npos);
    write_file(folder / "file", "");
    CHECK(message_of(folder / "file/below").find("a part of the path is a file") != std::string::npos);
    CHECK(message_of("/dev/full").find("no space left on the disk") != std::string::npos);
    CHECK(message_of(folder / std::string(300, 'n')).find("the name is too long") != std::string::npos);
}

TEST_CASE("a folder that is not ours to write in is said to be so") {
    const ScratchFolder folder;
    ::chmod(folder.path().c_str(), 0555);
    // Permissions do not bind root, so a child gives that up first.
    int message[2];
    REQUIRE(::pipe(message) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        if (::getuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(2);
        const std::string text = message_of(folder / "file");
        ::_exit(::write(message[1], text.data(), text.size()) > 0 ? 0 : 1);
    }
    ::close(message[1]);
    char buffer[1000] = {};
    (void)!::read(message[0], buffer, sizeof buffer - 1);
    ::close(message[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::chmod(folder.path().c_str(), 0755);
    CHECK(std::string(buffer).find("not allowed to write there; choose another --out") != std::string::npos);
}

TEST_CASE("a file that grows past a limit leaves the older one") {
    const ScratchFolder folder;
    write_file(folder / "file", "old");
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{10'000, 10'000};
        ::setrlimit(RLIMIT_FSIZE, &small);
        const std::string text = message_of(folder / "file", std::string(100'000, 'x'));
        ::_exit(text.find("larger than the limit allows") != std::string::npos ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WEXITSTATUS(status) == 0);
    CHECK(bytes_of(folder / "file") == "old");
    CHECK_FALSE(std::filesystem::exists(folder / "file.unfinished"));
}
