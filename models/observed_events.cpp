#include "models/observed_events.h"

#include <algorithm>
#include <iterator>

namespace understudy::models {

void make_set(std::vector<ObservedEvent>& events) {
    std::sort(events.begin(), events.end());
    events.erase(std::unique(events.begin(), events.end()), events.end());
}

std::vector<ObservedEvent> unknown_of(const std::vector<ObservedEvent>& known,
                                      const std::vector<ObservedEvent>& more) {
    std::vector<ObservedEvent> unknown;
    std::set_difference(more.begin(), more.end(), known.begin(), known.end(), std::back_inserter(unknown));
    return unknown;
}

void unite(std::vector<ObservedEvent>& into, const std::vector<ObservedEvent>& more) {
    std::vector<ObservedEvent> all;
    all.reserve(into.size() + more.size());
    std::set_union(into.begin(), into.end(), more.begin(), more.end(), std::back_inserter(all));
    into = std::move(all);
}

}  // namespace understudy::models
