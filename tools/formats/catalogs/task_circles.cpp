#include "tools/formats/catalogs/task_circles.h"

#include <algorithm>

namespace understudy::formats {

LeftOut break_circles_of(const std::vector<std::size_t>& tasks,
                         const std::map<std::size_t, std::vector<std::size_t>>& writers,
                         const std::function<Indices&(std::size_t task)>& reads_of,
                         const std::function<Indices&(std::size_t task)>& after_of) {
    static const std::vector<std::size_t> nobody;
    const auto writers_of = [&](std::size_t dataset) -> const std::vector<std::size_t>& {
        const auto found = writers.find(dataset);
        return found == writers.end() ? nobody : found->second;
    };
    std::map<std::size_t, Indices> behind;
    std::map<std::size_t, std::size_t> missing;
    std::vector<std::size_t> ready;
    for (const std::size_t i : tasks) {
        Indices before = after_of(i);
        for (const std::size_t dataset : reads_of(i))
            for (const std::size_t writer : writers_of(dataset))
                if (writer != i) before.insert(writer);
        for (const std::size_t other : before) behind[other].insert(i);
        missing[i] = before.size();
        if (before.empty()) ready.push_back(i);
    }
    Indices left(tasks.begin(), tasks.end());
    const auto finish = [&](std::size_t i) {
        left.erase(i);
        for (const std::size_t other : behind[i])
            if (left.contains(other) && --missing[other] == 0) ready.push_back(other);
    };
    LeftOut out;
    std::size_t next = 0;
    while (!left.empty()) {
        while (!ready.empty()) {
            const std::size_t i = ready.back();
            ready.pop_back();
            if (left.contains(i)) finish(i);
        }
        while (next < tasks.size() && !left.contains(tasks[next])) ++next;
        if (next == tasks.size()) break;
        const std::size_t first = tasks[next];
        out.orders += std::erase_if(after_of(first), [&](std::size_t other) { return left.contains(other); });
        out.reads += std::erase_if(reads_of(first), [&](std::size_t dataset) {
            const std::vector<std::size_t>& all = writers_of(dataset);
            return std::any_of(all.begin(), all.end(),
                               [&](std::size_t writer) { return writer != first && left.contains(writer); });
        });
        finish(first);
    }
    return out;
}

}  // namespace understudy::formats
