#include "tools/studies/task_amounts.h"

namespace understudy::studies {

namespace {

CountedAmounts counted_by(const models::Task& task) {
    CountedAmounts counted;
    for (const models::Law* law : {&task.work.service, &task.work.fails_after, &task.delay})
        for (const models::Term& term : law->terms) {
            counted.records = counted.records || term.per == models::Per::record;
            counted.bytes = counted.bytes || term.per == models::Per::bytes;
        }
    return counted;
}

}  // namespace

bool goes_by_amounts(const models::Task& task) { return counted_by(task).any(); }

CountedAmounts counted_amounts(const models::Scenario& twin) {
    CountedAmounts all;
    for (const models::Pipeline& pipeline : twin.twin.pipelines)
        for (const models::Task& task : pipeline.tasks) {
            const CountedAmounts one = counted_by(task);
            all.records = all.records || one.records;
            all.bytes = all.bytes || one.bytes;
        }
    return all;
}

}  // namespace understudy::studies
