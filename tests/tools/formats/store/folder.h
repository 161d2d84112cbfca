// A scratch folder of a test, gone with it.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace understudy::formats {

struct StoreFolder {
    StoreFolder()
        : path(std::filesystem::temp_directory_path() /
               ("understudy-store-" + std::to_string(::getpid()) + "-" + std::to_string(++made()))) {
        std::filesystem::create_directories(path);
    }
    ~StoreFolder() { std::filesystem::remove_all(path); }
    StoreFolder(const StoreFolder&) = delete;
    StoreFolder& operator=(const StoreFolder&) = delete;

    std::filesystem::path store() const { return path / ".understudy"; }
    std::filesystem::path database() const { return store() / "store.db"; }

    static std::string read(const std::filesystem::path& file) {
        std::ifstream stream(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    static void write(const std::filesystem::path& file, const std::string& bytes) {
        std::ofstream(file, std::ios::binary) << bytes;
    }

    std::filesystem::path path;

private:
    static int& made() {
        static int count = 0;
        return count;
    }
};

/// What a test signs with.
inline const char* test_time = "2026-03-09T05:00:00Z";

}  // namespace understudy::formats
