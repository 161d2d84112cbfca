#include "tools/formats/files/process.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "tools/formats/files/file_error.h"

extern "C" char** environ;

namespace understudy::formats {

namespace {

/// A file in memory without a name.
class MemoryFile {
public:
    MemoryFile() : descriptor_(::memfd_create("understudy", MFD_CLOEXEC)) {
        if (descriptor_ < 0)
            throw FileError("memory", fmt::format("cannot be had as a file: {}", std::strerror(errno)));
    }
    ~MemoryFile() { ::close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    int descriptor() const { return descriptor_; }
    void fill(std::string_view text) {
        for (std::size_t done = 0; done < text.size();) {
            const ssize_t written = ::write(descriptor_, text.data() + done, text.size() - done);
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0)
                throw FileError("memory", fmt::format("cannot be written: {}", std::strerror(errno)));
            done += static_cast<std::size_t>(written);
        }
        ::lseek(descriptor_, 0, SEEK_SET);
    }
    std::string text() const {
        std::string all;
        std::array<char, 4096> some{};
        ::lseek(descriptor_, 0, SEEK_SET);
        for (ssize_t got; (got = ::read(descriptor_, some.data(), some.size())) > 0;)
            all.append(some.data(), static_cast<std::size_t>(got));
        return all;
    }

private:
    int descriptor_;
};

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> all;
    for (std::string& word : words) all.push_back(word.data());
    all.push_back(nullptr);
    return all;
}

}  // namespace

Finished run_program(const std::vector<std::string>& words, std::string_view input,
                     const std::vector<std::pair<std::string, std::string>>& set) {
    MemoryFile in, out, error;
    in.fill(input);
    std::vector<std::string> arguments = words, environment;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string_view one = *variable;
        if (std::none_of(set.begin(), set.end(),
                         [&](const auto& other) { return one.starts_with(other.first + "="); }))
            environment.emplace_back(one);
    }
    for (const auto& [name, value] : set) environment.push_back(name + "=" + value);
    std::vector<char*> argument_pointers = pointers(arguments), variables = pointers(environment);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    const MemoryFile* const files[] = {&in, &out, &error};
    for (int i = 0; i < 3; ++i) ::posix_spawn_file_actions_adddup2(&actions, files[i]->descriptor(), i);
    pid_t child = 0;
    const int problem = ::posix_spawnp(&child, arguments[0].c_str(), &actions, nullptr,
                                       argument_pointers.data(), variables.data());
    ::posix_spawn_file_actions_destroy(&actions);
    if (problem != 0) throw FileError(words[0], fmt::format("cannot be started: {}", std::strerror(problem)));
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return {code, out.text(), error.text()};
}

}  // namespace understudy::formats
