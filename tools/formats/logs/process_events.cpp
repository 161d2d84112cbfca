#include "tools/formats/logs/process_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <numeric>

#include "tools/formats/files/file_error.h"

namespace understudy::formats {

using models::ProcessCase;
using models::ProcessLog;
using models::ProcessStep;

void ProcessEvents::keep_name(std::string_view name) {
    if (name.size() > longest_name)
        throw FileError(
            file_,
            fmt::format("has a name of {} bytes; those of cases, activities and resources have up to {}",
                        name.size(), longest_name));
    if ((name_bytes_ += name.size()) > most_name_bytes)
        throw FileError(file_, fmt::format("has more than {} MiB of names of cases and resources",
                                           most_name_bytes >> 20));
}

std::uint32_t ProcessEvents::number_of(std::string_view name,
                                       std::unordered_map<std::string, std::uint32_t>& known) {
    const auto [at, fresh] = known.emplace(std::string(name), static_cast<std::uint32_t>(known.size()));
    if (fresh) keep_name(name);
    return at->second;
}

std::size_t ProcessEvents::new_case(std::string_view id) {
    keep_name(id);
    ids_.emplace_back(id);
    cases_.emplace_back();
    return cases_.size() - 1;
}

void ProcessEvents::name_case(std::size_t one, std::string_view id) {
    if (!keeps_unfinished_) return;
    keep_name(id);
    ids_[one] = id;
}

std::size_t ProcessEvents::case_of(std::string_view id) {
    const auto known = case_numbers_.find(std::string(id));
    if (known != case_numbers_.end()) return known->second;
    const std::size_t number = new_case(id);
    case_numbers_.emplace(std::string(id), number);
    return number;
}

void ProcessEvents::add(std::size_t one, const Event& event) {
    if (++events_ > most_process_events)
        throw FileError(file_, fmt::format("has more than {} events", most_process_events));
    const std::string word = plain_word(event.transition);
    Kept kept;
    kept.ns = event.ns;
    kept.activity = number_of(event.activity, activities_);
    if (activities_.size() > most_activities)
        throw FileError(file_, fmt::format("has more than {} different activities: these are no activities",
                                           most_activities));
    if (!event.resource.empty()) kept.resource = number_of(event.resource, resources_);
    if (event.starts_ns) {
        kept.transition = both;
        kept.starts_ns = *event.starts_ns;
        ++standard_;
        if (*event.starts_ns > event.ns) {
            notes_.add("steps that end before they start: they are taken to have no start", event.line);
            kept.transition = complete;
        }
    } else if (word.empty() || word == "complete") {
        kept.transition = complete;
        if (!word.empty()) ++standard_;
    } else if (word == "start") {
        kept.transition = start;
        ++standard_;
    } else if (keeps_unfinished_ && word == "schedule") {
        kept.transition = scheduled;
        ++standard_;
    } else {
        kept.transition = other;
        if (others_++ == 0) first_other_line_ = event.line;
    }
    cases_[one].push_back(kept);
}

void ProcessEvents::keep_unfinished(const std::string& one, const Kept& event) {
    unfinished_.push_back({one, event.activity, event.ns, event.transition == scheduled});
}

void ProcessEvents::make_steps(std::vector<Kept>& events, ProcessCase& into) {
    std::stable_sort(events.begin(), events.end(), [](const Kept& a, const Kept& b) { return a.ns < b.ns; });
    std::map<std::uint32_t, std::deque<Kept>> begun;
    for (const Kept& event : events) {
        if (event.transition == other) continue;
        if (event.transition == scheduled) {
            keep_unfinished(into.id, event);
            continue;
        }
        if (event.transition == start) {
            begun[event.activity].push_back(event);
            continue;
        }
        ProcessStep step;
        step.activity = event.activity;
        step.resource = event.resource;
        step.end = event.ns;
        if (event.transition == both) step.start = event.starts_ns;
        if (const auto open = begun.find(event.activity);
            event.transition == complete && open != begun.end() && !open->second.empty()) {
            step.start = open->second.front().ns;
            if (step.resource == models::nobody) step.resource = open->second.front().resource;
            open->second.pop_front();
        }
        into.steps.push_back(step);
    }
    std::int64_t left = 0;
    for (const auto& [activity, open] : begun) {
        left += std::ssize(open);
        if (keeps_unfinished_)
            for (const Kept& event : open) keep_unfinished(into.id, event);
    }
    if (left > 0 && !keeps_unfinished_) notes_.add("starts that no end came for: no steps", 0, left);
    std::stable_sort(into.steps.begin(), into.steps.end(), [](const ProcessStep& a, const ProcessStep& b) {
        return a.begin() != b.begin() ? a.begin() < b.begin() : a.end < b.end;
    });
}

ProcessLog ProcessEvents::finish(const std::string& format) {
    ProcessLog log;
    log.source = file_.string();
    log.format = format;
    log.events = events_;
    log.traces = std::ssize(cases_);
    if (others_ > 0 && standard_ == 0) {
        for (auto& events : cases_)
            for (Kept& event : events) event.transition = complete;
        notes_.add(
            "events of transitions that are neither start nor complete, and the log has no others: each is "
            "taken for a "
            "step that completes",
            first_other_line_, others_);
    } else if (others_ > 0) {
        notes_.add("events of transitions other than start and complete: not used", first_other_line_,
                   others_);
    }
    std::int64_t empty = 0;
    for (std::size_t i = 0; i < cases_.size(); ++i) {
        ProcessCase one;
        one.id = std::move(ids_[i]);
        make_steps(cases_[i], one);
        std::vector<Kept>().swap(cases_[i]);
        if (one.steps.empty())
            ++empty;
        else
            log.cases.push_back(std::move(one));
    }
    if (empty > 0 && !keeps_unfinished_) notes_.add("cases without a step: left out", 0, empty);
    if (log.cases.empty() && unfinished_.empty())
        throw FileError(file_, events_ > 0 ? fmt::format("has {} events and no step that ended", events_)
                                           : std::string("has no events"));
    // Names in their order, so that the same events give the same log in whatever order they came.
    const auto sorted = [](const std::unordered_map<std::string, std::uint32_t>& known,
                           std::vector<std::string>& names) {
        std::vector<std::pair<std::string, std::uint32_t>> all(known.begin(), known.end());
        std::sort(all.begin(), all.end());
        std::vector<std::uint32_t> place(all.size());
        for (std::size_t i = 0; i < all.size(); ++i) {
            place[all[i].second] = static_cast<std::uint32_t>(i);
            names.push_back(all[i].first);
        }
        return place;
    };
    const auto activity = sorted(activities_, log.activities);
    const auto resource = sorted(resources_, log.resources);
    for (models::UnfinishedStep& step : unfinished_) step.activity = activity[step.activity];
    log.unfinished = std::move(unfinished_);
    log.epoch_ns = log.cases.empty() ? 0 : std::numeric_limits<std::int64_t>::max();
    for (ProcessCase& one : log.cases) log.epoch_ns = std::min(log.epoch_ns, one.begin());
    for (ProcessCase& one : log.cases)
        for (ProcessStep& step : one.steps) {
            step.activity = activity[step.activity];
            if (step.resource != models::nobody) step.resource = resource[step.resource];
            if (step.start) *step.start -= log.epoch_ns;
            step.end -= log.epoch_ns;
            log.steps_with_start += step.start ? 1 : 0;
        }
    std::stable_sort(log.cases.begin(), log.cases.end(),
                     [](const ProcessCase& a, const ProcessCase& b) { return a.begin() < b.begin(); });
    log.notes = notes_.take();
    return log;
}

}  // namespace understudy::formats
