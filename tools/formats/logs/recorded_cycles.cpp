#include "tools/formats/logs/recorded_cycles.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tools/formats/files/file_error.h"

namespace understudy::formats {

void refuse_cycles(const models::RecordedRun& run, const std::filesystem::path& file) {
    std::vector<std::vector<std::uint32_t>> children(run.tasks.size());
    std::vector<std::size_t> open(run.tasks.size());
    std::vector<std::uint32_t> ready;
    for (std::uint32_t i = 0; i < run.tasks.size(); ++i) {
        open[i] = run.tasks[i].parents.size();
        if (open[i] == 0) ready.push_back(i);
        for (const std::uint32_t parent : run.tasks[i].parents) children[parent].push_back(i);
    }
    std::size_t done = 0;
    for (; !ready.empty(); ++done) {
        const std::uint32_t at = ready.back();
        ready.pop_back();
        for (const std::uint32_t child : children[at])
            if (--open[child] == 0) ready.push_back(child);
    }
    if (done == run.tasks.size()) return;
    const auto stuck = std::find_if(open.begin(), open.end(), [](std::size_t count) { return count > 0; });
    throw FileError(file, fmt::format("its dependencies form a cycle that holds back task `{}`",
                                      run.tasks[static_cast<std::size_t>(stuck - open.begin())].id));
}

}  // namespace understudy::formats
