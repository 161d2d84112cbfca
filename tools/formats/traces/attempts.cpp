#include "tools/formats/traces/attempts.h"

#include <algorithm>
#include <tuple>

namespace understudy::formats {

using models::TraceEvent;
using models::TraceRow;

void Attempts::row(const TraceRow& row) {
    const Name name{row.item, row.element};
    switch (row.event) {
        case TraceEvent::enter: {
            passed(row.item, row.element);
            waits_at_[row.item] = row.element;
            auto& visits = visits_[name];
            // After a retry or an interruption the same visit is handed over again.
            const auto waiting = std::find_if(visits.begin(), visits.end(), [&](const Attempt& visit) {
                return !visit.start && visit.attempt == row.attempt && visit.attempt > 0;
            });
            if (waiting != visits.end()) {
                waiting->enter = row.time;
                return;
            }
            Attempt visit;
            visit.item = row.item;
            visit.element = row.element;
            visit.attempt = row.attempt;
            visit.enter = row.time;
            visits.push_back(visit);
            return;
        }
        case TraceEvent::start: {
            waits_at_.erase(row.item);
            auto& visits = visits_[name];
            auto visit = std::find_if(visits.begin(), visits.end(), [&](const Attempt& candidate) {
                return !candidate.start && candidate.attempt == row.attempt;
            });
            if (visit == visits.end()) {
                visit = std::find_if(visits.begin(), visits.end(), [](const Attempt& v) { return !v.start; });
            }
            if (visit == visits.end()) {  // served without having been handed over: since when is not known
                visits.emplace_back();
                visit = std::prev(visits.end());
                visit->item = row.item;
                visit->element = row.element;
            }
            visit->attempt = row.attempt;
            visit->start = row.time;
            visit->worker = row.worker;
            visit->due = kernel::later(row.time, kernel::from_seconds(std::max(0.0, row.value)));
            return;
        }
        case TraceEvent::finish: end(row, "completed"); return;
        case TraceEvent::fail: end(row, row.value == 1 ? "timeout" : "failed"); return;
        case TraceEvent::interrupt: {
            end(row, "interrupted");
            Attempt rest;  // back to the head of its line, with what is left
            rest.item = row.item;
            rest.element = row.element;
            rest.attempt = row.attempt;
            rest.enter = row.time;
            visits_[name].push_back(rest);
            return;
        }
        case TraceEvent::retry: {
            Attempt again;
            again.item = row.item;
            again.element = row.element;
            again.attempt = static_cast<std::uint16_t>(row.attempt + 1);
            again.enter = kernel::later(row.time, kernel::from_seconds(row.value));
            visits_[name].push_back(again);
            return;
        }
        case TraceEvent::expire: end(row, "expired"); return;
        case TraceEvent::drop:
            if (!visits_.contains(name)) {  // not let in
                Attempt refused;
                refused.item = row.item;
                refused.element = row.element;
                refused.attempt = row.attempt;
                refused.enter = row.time;
                visits_[name].push_back(refused);
            }
            end(row, "dropped");
            return;
        case TraceEvent::member: passed(row.item, models::no_element); return;
        case TraceEvent::give_up:
        case TraceEvent::leave: {
            if (row.event == TraceEvent::leave) passed(row.item, models::no_element);
            // Whatever a lost interruption left behind under this name would never end.
            const auto found = visits_.find(name);
            if (found == visits_.end()) return;
            std::erase_if(found->second, [](const Attempt& visit) { return !visit.start; });
            if (found->second.empty()) visits_.erase(found);
            return;
        }
        default: return;
    }
}

void Attempts::passed(std::uint64_t item, std::uint32_t at) {
    const auto waits = waits_at_.find(item);
    if (waits == waits_at_.end() || waits->second == at) return;
    if (const auto found = visits_.find({item, waits->second}); found != visits_.end()) {
        std::erase_if(found->second, [](const Attempt& visit) { return !visit.start; });
        if (found->second.empty()) visits_.erase(found);
    }
    waits_at_.erase(waits);
}

void Attempts::end(const TraceRow& row, const char* status) {
    const auto found = visits_.find({row.item, row.element});
    if (found == visits_.end()) return;
    auto& visits = found->second;
    const bool served = row.event == TraceEvent::finish || row.event == TraceEvent::fail ||
                        row.event == TraceEvent::interrupt;
    // Copies are told apart by their worker and by when their work was to end; what is left, by their order.
    const auto fit = [&](const Attempt& visit) {
        if (visit.start.has_value() != served) return 0;
        return 1 + (served && row.worker >= 0 && visit.worker == row.worker ? 1 : 0) +
               (served && visit.due == row.time ? 2 : 0) + (visit.attempt == row.attempt ? 4 : 0);
    };
    const auto visit = std::max_element(visits.begin(), visits.end(),
                                        [&](const Attempt& a, const Attempt& b) { return fit(a) < fit(b); });
    // What ends without having been begun was done without a worker, and in no time.
    if (visit == visits.end() || fit(*visit) == 0) return passed(row.item, models::no_element);
    if (!served) waits_at_.erase(row.item);
    visit->complete = row.time;
    visit->status = status;
    tell_(*visit);
    visits.erase(visit);
    if (visits.empty()) visits_.erase(found);
}

std::vector<Attempt> Attempts::open() const {
    std::vector<Attempt> rest;
    for (const auto& [name, visits] : visits_) {
        for (Attempt visit : visits) {
            visit.status = visit.start ? "running" : "waiting";
            rest.push_back(visit);
        }
    }
    std::sort(rest.begin(), rest.end(), [](const Attempt& a, const Attempt& b) {
        return std::tie(a.element, a.item, a.attempt, a.enter) <
               std::tie(b.element, b.item, b.attempt, b.enter);
    });
    return rest;
}

}  // namespace understudy::formats
