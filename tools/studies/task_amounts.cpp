#include "tools/studies/task_amounts.h"

#include <algorithm>

namespace understudy::studies {

bool goes_by_amounts(const models::Task& task) {
    const auto by_amounts = [](const models::Law& law) {
        return std::any_of(law.terms.begin(), law.terms.end(), [](const models::Term& term) {
            return term.per == models::Per::record || term.per == models::Per::bytes;
        });
    };
    return by_amounts(task.work.service) || by_amounts(task.work.fails_after) || by_amounts(task.delay);
}

}  // namespace understudy::studies
