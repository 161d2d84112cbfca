// A folder of a test with a store in it, gone with it.
#pragma once

#include <filesystem>

#include "tests/scratch_folder.h"

namespace understudy::formats {

class StoreFolder : public tests::ScratchFolder {
public:
    std::filesystem::path store() const { return path() / ".understudy"; }
    std::filesystem::path database() const { return store() / "store.db"; }
};

/// What a test signs with.
inline const char* test_time = "2026-03-09T05:00:00Z";

}  // namespace understudy::formats
