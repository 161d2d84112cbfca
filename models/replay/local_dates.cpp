#include "models/replay/local_dates.h"

#include <optional>
#include <vector>

namespace understudy::models {

LocalDates::LocalDates(const std::string& zone)
    : zone_(zone), calendar_(LocalInstant{0}, zone), begin_ns_(-local_time(0, zone).ns) {}

std::int64_t LocalDates::in_zone(std::int64_t ns) const {
    return calendar_.instant_of(LocalInstant{ns}) + begin_ns_;
}

void LocalDates::move(RecordedRun& run) const {
    const std::int64_t epoch = in_zone(run.epoch_ns);
    for (std::vector<RecordedTask>* tasks : {&run.tasks, &run.open})
        for (RecordedTask& task : *tasks)
            for (std::optional<kernel::Time>* instant : {&task.submitted, &task.started, &task.completed})
                if (*instant) **instant = in_zone(run.epoch_ns + **instant) - epoch;
    run.epoch_ns = epoch;
    run.zone = zone_;
}

void LocalDates::move(ObservedEvents& log) const {
    for (ObservedEvent& event : log.events) event.ns = in_zone(event.ns);
    make_set(log.events);
}

}  // namespace understudy::models
