#include "tools/studies/job_names.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "tools/studies/label_names.h"

namespace understudy::studies {

namespace {

class Numbered {
public:
    std::string name(const std::string& of) {
        std::string text = clean_text(of);
        if (text.empty()) text = "task";
        std::size_t& number = ++times_seen_[text];
        std::string name = text;
        if (number > 1) name += " #" + std::to_string(number);
        // There may be a task that is called "NAME #2" by itself.
        while (!given_.insert(name).second) name = text + " #" + std::to_string(++number);
        return name;
    }

private:
    std::map<std::string, std::size_t> times_seen_;
    std::set<std::string> given_;
};

std::vector<std::string> numbered_names(const models::RecordedRun& run) {
    std::vector<std::size_t> order(run.tasks.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto submitted = [&](std::size_t i) {
        const models::RecordedTask& task = run.tasks[i];
        return task.submitted ? *task.submitted : task.started.value_or(kernel::never);
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return submitted(a) < submitted(b); });
    std::vector<std::string> names(run.tasks.size());
    Numbered numbered;
    std::map<std::string, std::vector<std::string>> failed;  // by name, jobs that may be tried again
    for (const std::size_t i : order) {
        const models::RecordedTask& task = run.tasks[i];
        std::vector<std::string>& open = failed[task.name];
        if (task.attempt > 1 && !open.empty()) {
            names[i] = open.front();
            open.erase(open.begin());
        } else {
            names[i] = numbered.name(task.name);
        }
        if (task.failed) open.push_back(names[i]);
    }
    return names;
}

}  // namespace

std::vector<std::string> job_names(const models::RecordedRun& run) {
    if (run.format != "wfformat") return numbered_names(run);
    std::vector<std::string> names;
    Numbered numbered;
    for (const models::RecordedTask& task : run.tasks) names.push_back(numbered.name(task.id));
    return names;
}

}  // namespace understudy::studies
