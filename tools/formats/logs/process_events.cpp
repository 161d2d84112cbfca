#include "tools/formats/logs/process_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "tools/formats/files/file_error.h"

namespace understudy::formats {

using kernel::Time;
using models::ProcessCase;
using models::ProcessLog;
using models::ProcessStep;

void add_word(std::uint64_t& hash, std::string_view text) {
    hash = (hash ^ std::hash<std::string_view>()(text)) * 0x9E3779B97F4A7C15U;
    hash ^= hash >> 29U;
}

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

ProcessEvents::Transition ProcessEvents::transition_of(const std::string& word) {
    static const std::map<std::string, Transition> known = {
        {"", complete},          {"complete", complete},  {"start", start},         {"schedule", scheduled},
        {"suspend", suspended},  {"resume", resumed},     {"ate_abort", aborted},   {"pi_abort", all_aborted},
        {"withdraw", withdrawn}, {"autoskip", withdrawn}, {"manualskip", withdrawn}};
    const auto at = known.find(word);
    return at != known.end() ? at->second : other;
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
    keep_role(event, kept.resource);
    if (event.starts_ns) {
        kept.transition = both;
        kept.starts_ns = *event.starts_ns;
        ++standard_;
        if (*event.starts_ns > event.ns) {
            notes_.add("steps that end before they start: they are taken to have no start", event.line);
            kept.transition = complete;
        }
    } else {
        kept.transition = transition_of(word);
        if (kept.transition == other) {
            if (others_++ == 0) first_other_line_ = event.line;
        } else if (kept.transition == scheduled) {
            if (scheduled_++ == 0) first_scheduled_line_ = event.line;
        } else if (!word.empty()) {
            ++(kept.transition == complete || kept.transition == start ? standard_ : between_);
        }
    }
    if (event.submits_ns) {
        const bool late = *event.submits_ns > event.starts_ns.value_or(event.ns);
        if (late)
            notes_.add(submitted_late_note, event.line);
        else
            kept.submits_ns = *event.submits_ns;
    }
    if (!event.instance.empty())
        kept.instance = static_cast<std::uint32_t>(std::hash<std::string_view>()(event.instance)) | 1U;
    kept.word_for_word = event.word_for_word;
    cases_[one].push_back(kept);
}

void ProcessEvents::keep_role(const Event& event, std::uint32_t resource) {
    if (resource == models::nobody && !(event.role.empty() && event.group.empty())) {
        notes_.add("roles and groups of events without a resource: not used", event.line);
        return;
    }
    for (const auto& [word, into] : {std::pair(event.role, &roles_), std::pair(event.group, &groups_)})
        if (!word.empty()) into->of.emplace(resource, number_of(word, into->names));
}

void ProcessEvents::set_roles(ProcessLog& log, const std::vector<std::uint32_t>& resource) {
    const bool groups = roles_.of.empty();
    const Belonging& used = groups ? groups_ : roles_;
    if (used.of.empty()) return;
    if (!groups && !groups_.of.empty())
        notes_.add("groups of resources: not used, as the log has their roles", 0, std::ssize(groups_.of));
    std::vector<std::pair<std::string, std::uint32_t>> all(used.names.begin(), used.names.end());
    std::sort(all.begin(), all.end());
    std::vector<std::uint32_t> place(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        place[all[i].second] = static_cast<std::uint32_t>(i);
        log.roles.push_back(all[i].first);
    }
    log.roles_of.resize(log.resources.size());
    for (const auto& [of, name] : used.of) log.roles_of[resource[of]].push_back(place[name]);
    for (std::vector<std::uint32_t>& of : log.roles_of) std::sort(of.begin(), of.end());
}

void ProcessEvents::keep_unfinished(const std::string& one, const Kept& event,
                                    models::UnfinishedStep::Told told,
                                    std::optional<std::int64_t> submitted_ns) {
    unfinished_.push_back({one, event.activity, event.ns, told, submitted_ns});
}

/// Does a start have the instance of an end, in any case?
bool ProcessEvents::instances_pair() const {
    std::set<std::pair<std::uint32_t, std::uint32_t>> begun;
    for (const std::vector<Kept>& events : cases_) {
        begun.clear();
        for (const Kept& event : events)
            if (event.transition == start && event.instance != 0)
                begun.emplace(event.activity, event.instance);
        if (begun.empty()) continue;
        for (const Kept& event : events)
            if (event.transition == complete && begun.count({event.activity, event.instance}) > 0)
                return true;
    }
    return false;
}

/// What stands in the log more than once, word for word.
void ProcessEvents::count_repeated() {
    const auto key = [](const Kept& event) {
        return std::tuple(event.word_for_word, event.ns, event.starts_ns, event.activity, event.transition);
    };
    const auto once = [&](const std::vector<Kept>& events, std::vector<bool>& repeated) {
        std::vector<std::size_t> order(events.size());
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return key(events[a]) < key(events[b]); });
        repeated.assign(events.size(), false);
        std::int64_t count = 0;
        for (std::size_t i = 1; i < order.size(); ++i)
            if (events[order[i]].word_for_word != 0 && key(events[order[i]]) == key(events[order[i - 1]])) {
                repeated[order[i]] = true;
                ++count;
            }
        return count;
    };
    std::vector<bool> repeated;
    for (const std::vector<Kept>& events : cases_) repeated_ += once(events, repeated);
    if (repeated_ == 0) return;
    if (repeated_ * 10 <= events_) {
        notes_.add("events that stand in the log more than once, word for word: taken for as many", 0,
                   repeated_);
        return;
    }
    for (std::vector<Kept>& events : cases_) {
        if (once(events, repeated) == 0) continue;
        std::size_t kept = 0;
        for (std::size_t i = 0; i < events.size(); ++i)
            if (!repeated[i]) events[kept++] = events[i];
        events.resize(kept);
    }
    notes_.add(
        "events that stand in the log more than once, word for word, in more than one of ten: taken "
        "once",
        0, repeated_);
}

/// The steps of one case, event by event.
class ProcessEvents::Case {
public:
    Case(ProcessEvents& log, ProcessCase& into) : log_(log), into_(into) {}

    void take(std::vector<Kept>& events) {
        count(events);
        if (!events.empty()) last_ = events.back().ns;
        for (std::size_t i = 0; i < events.size(); ++i) take(events, i);
    }

    void leave_unfinished() {
        std::int64_t left = 0;
        for (const auto& [activity, open] : open_)
            for (const Open& one : open) {
                ++left;
                if (!one.working_since)
                    log_.notes_.add("steps that are suspended when the log ends: taken to be at work");
                if (log_.keeps_unfinished_)
                    log_.keep_unfinished(into_.id, one.begin, Told::began, one.submitted);
            }
        std::int64_t waiting = 0;
        for (const auto& [activity, scheduled] : scheduled_)
            for (const Kept& one : scheduled) {
                ++waiting;
                if (log_.keeps_unfinished_)
                    log_.keep_unfinished(into_.id, one, one.ns == last_ ? Told::waits : Told::scheduled);
            }
        if (waiting > 0 && !log_.keeps_unfinished_)
            log_.notes_.add("steps that were handed over and not seen to begin: no steps", 0, waiting);
        if (left > 0 && !log_.keeps_unfinished_)
            log_.notes_.add("starts that no end came for: no steps", 0, left);
    }

private:
    using Told = models::UnfinishedStep::Told;
    struct Open {
        Kept begin;
        std::optional<std::int64_t> submitted;
        std::optional<std::int64_t> working_since;
        std::uint32_t by = models::nobody;
        std::vector<models::WorkStretch> stretches;
    };

    static constexpr std::size_t none = SIZE_MAX;

    std::uint32_t instance(const Kept& event) const { return log_.use_instances_ ? event.instance : 0; }

    /// Activities whose ends all have a start.
    void count(const std::vector<Kept>& events) {
        for (const Kept& event : events) {
            if (event.transition == start) ++balance_[event.activity];
            if (event.transition == complete || event.transition == aborted) --balance_[event.activity];
        }
    }

    void take(std::vector<Kept>& events, std::size_t i) {
        const Kept event = events[i];
        switch (event.transition) {
            case other: return;
            case scheduled: scheduled_[event.activity].push_back(event); return;
            case start: begin(event); return;
            case both: {
                ProcessStep step = step_of(event);
                step.start = event.starts_ns;
                step.submitted = submission_of(event, event.starts_ns);
                into_.steps.push_back(step);
                return;
            }
            case suspended:
            case resumed: interrupt(event); return;
            case complete:
            case aborted: {
                if (find(event) == none && balance_[event.activity] >= 0)
                    take_start_of_this_instant(events, i);
                const std::size_t at = find(event);
                if (at != none)
                    end(event, event.activity, at);
                else if (event.transition == complete) {
                    ProcessStep step = step_of(event);
                    step.submitted = submission_of(event, event.ns);
                    into_.steps.push_back(step);
                } else {
                    gone(event);
                }
                return;
            }
            case all_aborted: {
                bool any = false;
                for (const auto& [activity, scheduled] : scheduled_)
                    for (std::size_t left = scheduled.size(); left > 0; --left) {
                        any = true;
                        Kept of = event;
                        of.activity = activity;
                        of.instance = 0;
                        gone(of);
                    }
                for (auto& [activity, open] : open_)
                    while (!open.empty()) {
                        any = true;
                        end(event, activity, 0);
                    }
                if (!any) gone(event);
                return;
            }
            case withdrawn: {
                const std::size_t at = find(event);
                if (at == none) return gone(event);
                end(event, event.activity, at);
                return;
            }
        }
    }

    static ProcessStep step_of(const Kept& event) {
        ProcessStep step;
        step.activity = event.activity;
        step.resource = event.resource;
        step.end = event.ns;
        return step;
    }

    /// When it was handed over that began then: as its own line says, else by what was handed over first.
    std::optional<std::int64_t> submission_of(const Kept& event, std::int64_t began) {
        if (event.submits_ns != no_time) return event.submits_ns;
        const auto taken = take_scheduled(event, began);
        return taken ? std::optional(taken->ns) : std::nullopt;
    }

    /// Of its instance; one of the two may have none.
    std::optional<Kept> take_scheduled(const Kept& event, std::int64_t began) {
        const auto at = scheduled_.find(event.activity);
        if (at == scheduled_.end()) return std::nullopt;
        std::size_t found = none;
        for (std::size_t i = 0; i < at->second.size(); ++i) {
            const Kept& one = at->second[i];
            if (one.ns > began) continue;
            const bool same = instance(one) == instance(event);
            if (same || (found == none && (instance(one) == 0 || instance(event) == 0))) found = i;
            if (same) break;
        }
        if (found == none) return std::nullopt;
        const Kept taken = at->second[found];
        at->second.erase(at->second.begin() + static_cast<std::ptrdiff_t>(found));
        return taken;
    }

    void begin(const Kept& event) {
        Open open;
        open.begin = event;
        open.submitted = submission_of(event, event.ns);
        open.working_since = event.ns;
        open.by = event.resource;
        open_[event.activity].push_back(std::move(open));
    }

    /// The open step that an event is of: that which has waited longest, of its instance; one of the two may have none.
    template <typename Fits>
    std::size_t find(const Kept& event, Fits fits) const {
        const auto at = open_.find(event.activity);
        if (at == open_.end()) return none;
        std::size_t without = none;
        for (std::size_t i = 0; i < at->second.size(); ++i) {
            const Open& open = at->second[i];
            if (!fits(open)) continue;
            if (instance(open.begin) == instance(event)) return i;
            if (without == none && (instance(open.begin) == 0 || instance(event) == 0)) without = i;
        }
        return without;
    }
    std::size_t find(const Kept& event) const {
        return find(event, [](const Open&) { return true; });
    }

    void take_start_of_this_instant(std::vector<Kept>& events, std::size_t i) {
        for (std::size_t j = i + 1; j < events.size() && events[j].ns == events[i].ns; ++j)
            if (events[j].transition == start && events[j].activity == events[i].activity &&
                instance(events[j]) == instance(events[i])) {
                begin(events[j]);
                events[j].transition = other;
                return;
            }
    }

    void interrupt(const Kept& event) {
        const bool ends = event.transition == suspended;
        const std::size_t at =
            find(event, [&](const Open& open) { return open.working_since.has_value() == ends; });
        if (at == none) {
            log_.notes_.add("suspends and resumes of no step that had begun: not used");
            return;
        }
        Open& open = open_[event.activity][at];
        if (ends) {
            close(open, event);
        } else {
            open.working_since = event.ns;
            open.by = event.resource;
        }
    }

    static void close(Open& open, const Kept& event) {
        if (!open.working_since) return;
        open.stretches.push_back(
            {*open.working_since, event.ns, event.resource != models::nobody ? event.resource : open.by});
        open.working_since.reset();
    }

    void end(const Kept& event, std::uint32_t activity, std::size_t at) {
        Open open = std::move(open_[activity][at]);
        open_[activity].erase(open_[activity].begin() + static_cast<std::ptrdiff_t>(at));
        ProcessStep step = step_of(event);
        step.activity = activity;
        step.start = open.begin.ns;
        step.submitted = open.submitted;
        const bool still = !open.stretches.empty();
        close(open, event);
        if (step.resource == models::nobody) step.resource = open.by;
        if (step.resource == models::nobody) step.resource = open.begin.resource;
        if (still) {
            step.first_stretch = static_cast<std::uint32_t>(log_.stretches_.size());
            step.stretches = static_cast<std::uint32_t>(open.stretches.size());
            log_.stretches_.insert(log_.stretches_.end(), open.stretches.begin(), open.stretches.end());
            log_.notes_.add("steps that were suspended: at work only while they were not");
        }
        if (event.transition != complete)
            log_.notes_.add("steps that were aborted or withdrawn after they had begun: they end there");
        into_.steps.push_back(step);
    }

    void gone(const Kept& event) {
        const auto scheduled = take_scheduled(event, event.ns);
        if (scheduled && log_.keeps_unfinished_) log_.keep_unfinished(into_.id, *scheduled, Told::scheduled);
        if (log_.keeps_unfinished_)
            log_.keep_unfinished(into_.id, event, Told::gone);
        else
            log_.notes_.add("activities withdrawn, skipped or aborted before they began: no steps");
    }

    ProcessEvents& log_;
    ProcessCase& into_;
    std::map<std::uint32_t, std::vector<Open>> open_;
    std::map<std::uint32_t, std::vector<Kept>> scheduled_;  ///< that nothing has come of yet
    std::map<std::uint32_t, std::int64_t> balance_;
    std::int64_t last_ = 0;  ///< instant at which anything was told of the case
};

void ProcessEvents::make_steps(std::vector<Kept>& events, ProcessCase& into) {
    // Of one instant what is handed over comes first.
    std::stable_sort(events.begin(), events.end(), [](const Kept& a, const Kept& b) {
        return a.ns != b.ns ? a.ns < b.ns : a.transition == scheduled && b.transition != scheduled;
    });
    Case one(*this, into);
    one.take(events);
    one.leave_unfinished();
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
    count_repeated();
    // What is only handed over is no step, but where nothing else is told.
    const std::int64_t steps_told = standard_ + (keeps_unfinished_ ? scheduled_ : 0);
    if (steps_told == 0 && others_ + between_ + scheduled_ > 0) {
        for (auto& events : cases_)
            for (Kept& event : events) event.transition = complete;
        notes_.add(
            "events of transitions that are neither start nor complete, and the log has no others: each is "
            "taken for a "
            "step that completes",
            others_ > 0 ? first_other_line_ : first_scheduled_line_, others_ + between_ + scheduled_);
    } else if (others_ > 0) {
        notes_.add("events of transitions that neither begin nor interrupt nor end work: not used",
                   first_other_line_, others_);
    }
    use_instances_ = instances_pair();
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
    set_roles(log, resource);
    for (models::UnfinishedStep& step : unfinished_) step.activity = activity[step.activity];
    log.stretches = std::move(stretches_);
    log.unfinished = std::move(unfinished_);
    log.epoch_ns = log.cases.empty() ? 0 : std::numeric_limits<std::int64_t>::max();
    for (ProcessCase& one : log.cases) log.epoch_ns = std::min(log.epoch_ns, one.begin());
    for (ProcessCase& one : log.cases)
        for (ProcessStep& step : one.steps) {
            step.activity = activity[step.activity];
            if (step.resource != models::nobody) step.resource = resource[step.resource];
            for (std::optional<Time>* instant : {&step.submitted, &step.start})
                if (*instant) **instant -= log.epoch_ns;
            step.end -= log.epoch_ns;
            log.steps_with_start += step.start ? 1 : 0;
            log.steps_with_submission += step.submitted ? 1 : 0;
        }
    if (log.steps_with_submission > 0)
        notes_.add("steps of which the log says when they were handed over: they wait from then on", 0,
                   log.steps_with_submission);
    for (models::WorkStretch& stretch : log.stretches) {
        stretch.begin -= log.epoch_ns;
        stretch.end -= log.epoch_ns;
        if (stretch.resource != models::nobody) stretch.resource = resource[stretch.resource];
    }
    std::stable_sort(log.cases.begin(), log.cases.end(),
                     [](const ProcessCase& a, const ProcessCase& b) { return a.begin() < b.begin(); });
    log.notes = notes_.take();
    return log;
}

}  // namespace understudy::formats
