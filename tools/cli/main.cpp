// The program: finds the verb and turns what it throws into one line and an exit code.
#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <new>
#include <system_error>

#include "tools/cli/command.h"
#include "tools/formats/approval/judged_request.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/language/stored_twins.h"
#include "tools/formats/printable.h"
#include "tools/formats/store/store.h"
#include "tools/formats/store/stored_versions.h"

namespace {

using namespace understudy::cli;

void print_help() {
    fmt::print(
        "understudy rehearses data pipelines: it simulates them before production does.\n\n"
        "Usage: understudy COMMAND [options]\n\nCommands:\n");
    for (const Command& command : commands()) fmt::print("  {:<11} {}\n", command.name, command.summary);
    fmt::print(
        "\nFirst steps:\n  understudy init my-pipeline\n  understudy run my-pipeline.yaml\n\n"
        "understudy COMMAND --help explains a command; --version prints the version.\n"
        "Exit codes: 0 met, 1 internal error, 2 bad usage or input, 3 violated, 4 inconclusive, "
        "5 stale or unapproved, 6 busy.\n");
}

int dispatch(int count, char** words) {
    if (count < 2) {
        print_help();
        return exit_usage;
    }
    const std::string verb = words[1];
    if (verb == "--help" || verb == "-h" || verb == "help") {
        if (count > 2) return command_named(words[2]).run({"--help"});
        print_help();
        return exit_met;
    }
    if (verb == "--version" || verb == "version") {
        fmt::print("understudy {}\n", UNDERSTUDY_VERSION);
        return exit_met;
    }
    return command_named(verb).run(Arguments(words + 2, words + count));
}

/// With names and texts of others in it.
void told(const char* error) {
    fmt::print(stderr, "understudy: error: {}\n", understudy::formats::printable_lines(error));
}

/// Whatever the verdict was: nobody has read it.
int unwritten() {
    std::fputs("understudy: error: the output could not be written\n", stderr);
    return exit_usage;
}

}  // namespace

int main(int count, char** words) {
    static understudy::formats::StoredVersions stored_versions(
        [](const std::string& what) { fmt::print(stderr, "understudy: warning: {}\n", what); });
    understudy::formats::use_stored_twins(&stored_versions);
    try {
        const int code = dispatch(count, words);
        // What was printed may still fail to reach its place: a full disk, a closed pipe.
        return std::fflush(stdout) == 0 ? code : unwritten();
    } catch (const UsageError& error) {
        told(error.what());
        return exit_usage;
    } catch (const understudy::formats::StoreBusy& error) {
        told(error.what());
        return exit_busy;
    } catch (const understudy::formats::FileError& error) {
        told(error.what());
        return exit_usage;
    } catch (const understudy::formats::NoSuchVersion& error) {
        told(error.what());
        return exit_usage;
    } catch (const understudy::formats::StaleBase& error) {
        told(error.what());
        return exit_stale;
    } catch (const understudy::formats::Unapproved& error) {
        told(error.what());
        return exit_stale;
    } catch (const std::system_error& error) {
        // What fmt throws where a large output did not wait for the end.
        if (std::ferror(stdout) != 0) return unwritten();
        fmt::print(stderr, "understudy: internal error: {}\n", error.what());
        return exit_internal;
    } catch (const std::bad_alloc&) {
        std::fputs("understudy: error: out of memory\n", stderr);
        return exit_internal;
    } catch (const std::exception& error) {
        fmt::print(stderr, "understudy: internal error: {}\n", error.what());
        return exit_internal;
    }
}
