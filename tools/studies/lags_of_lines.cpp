#include "tools/studies/lags_of_lines.h"

#include <algorithm>

#include "kernel/statistics.h"
#include "tools/studies/mean_of_lags.h"
#include "tools/studies/most_at_once.h"

namespace understudy::studies {

namespace {

using kernel::Time;
using models::RecordedTask;

/// So many of those who were started within it had a place that somebody had just left.
constexpr double usual_turn_around = 0.95;

/// An attempt on a line.
struct LineAttempt {
    const WorkingElement* element = nullptr;
    Time came = 0, started = 0;
    Time ended = kernel::never;
    std::optional<Time> submitted, ready;
    Time room = -kernel::never;  ///< since when an earlier start's end left it a place
    double there = 0;            ///< on the line when it came, itself among them
};

std::optional<Time> sane(Time ready, const RecordedTask& task) {
    const Time begun = task.submitted.value_or(*task.started);
    return ready <= begun ? std::optional(ready) : std::nullopt;
}

bool is_told(const LineAttempt& one) { return one.submitted || one.ready; }

/// With the end of which earlier start there was a place.
void find_room(double places, std::vector<LineAttempt>& by_start) {
    if (!(places < models::most_told_apart)) return;
    const auto most = static_cast<std::size_t>(std::max(1.0, places));
    std::multiset<Time> latest;  // ends of those who began before, no more than there are places
    for (LineAttempt& one : by_start) {
        if (latest.size() == most) one.room = *latest.begin();
        latest.insert(one.ended);
        if (latest.size() > most) latest.erase(latest.begin());
    }
}

/// Who has ended less than `lately` ago counts as there.
void count_there(std::vector<LineAttempt>& attempts, Time lately) {
    std::vector<Time> came, gone;
    for (const LineAttempt& one : attempts) {
        came.push_back(one.came);
        gone.push_back(one.ended == kernel::never ? kernel::never : one.ended + lately);
    }
    std::sort(came.begin(), came.end());
    std::sort(gone.begin(), gone.end());
    for (LineAttempt& one : attempts) {
        const auto before = std::upper_bound(came.begin(), came.end(), one.came) - came.begin();
        const auto left = std::upper_bound(gone.begin(), gone.end(), one.came) - gone.begin();
        one.there = static_cast<double>(before - left);
        // It has not left before it came, however short it was.
        if (one.ended != kernel::never && one.ended + lately <= one.came) one.there += 1;
    }
}

/// Lags of one line in one log.
void measure(const WaitingLine& line, std::vector<LineAttempt>& attempts, LagsOfLine& into) {
    std::stable_sort(attempts.begin(), attempts.end(), [](const LineAttempt& a, const LineAttempt& b) {
        return a.started != b.started ? a.started < b.started
                                      : a.submitted.value_or(a.started) < b.submitted.value_or(b.started);
    });
    find_room(line.places, attempts);
    std::vector<std::pair<Time, Time>> at_work;
    for (const LineAttempt& one : attempts) at_work.emplace_back(one.started, one.ended);
    into.most_at_work = std::max(into.most_at_work, most_at_once(at_work));
    // Whose submission waits for room waits where the log does not see it.
    std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> hand_overs;
    for (LineAttempt& one : attempts) one.came = one.ready.value_or(one.submitted.value_or(one.started));
    count_there(attempts, 0);
    for (const LineAttempt& one : attempts)
        if (one.ready && one.submitted) {
            auto& [free, full] = hand_overs[one.element->pipeline];
            (one.there <= line.places ? free : full)
                .push_back(kernel::to_seconds(*one.submitted - *one.ready));
        }
    for (const auto& [pipeline, both] : hand_overs) {
        const MeanOfLags free(both.first), full(both.second);
        if (free.told() && full.told() && full.mean > free.mean && is_another(free, full))
            into.waits_before_submission.insert(pipeline);
    }
    const auto hidden = [&](const LineAttempt& one) {
        return one.ready && into.waits_before_submission.contains(one.element->pipeline);
    };
    for (LineAttempt& one : attempts)
        one.came = one.submitted && !hidden(one) ? *one.submitted : one.ready.value_or(one.started);
    count_there(attempts, 0);
    // Where the submission is not seen a place may have come while the delay had not passed.
    std::vector<double> of_free;
    for (const LineAttempt& one : attempts)
        if (is_told(one) && (!one.submitted || hidden(one)) && one.there <= line.places)
            of_free.push_back(kernel::to_seconds(one.started - one.came));
    std::sort(of_free.begin(), of_free.end());
    const Time longest_delay =
        of_free.empty() ? 0 : kernel::from_seconds(kernel::sorted_quantile(of_free, usual_turn_around));
    const auto waited_for_room = [&](const LineAttempt& one) {
        const Time since = one.came + (!one.submitted || hidden(one) ? longest_delay : 0);
        return is_told(one) && one.there > line.places && one.room > since && one.room <= one.started;
    };
    std::vector<double> turn_arounds;
    for (const LineAttempt& one : attempts)
        if (waited_for_room(one)) turn_arounds.push_back(kernel::to_seconds(one.started - one.room));
    into.turn_around_s.insert(into.turn_around_s.end(), turn_arounds.begin(), turn_arounds.end());
    if (!turn_arounds.empty()) {
        std::sort(turn_arounds.begin(), turn_arounds.end());
        count_there(attempts, kernel::from_seconds(kernel::sorted_quantile(turn_arounds, usual_turn_around)));
    }
    for (const LineAttempt& one : attempts) {
        const std::string& pipeline = one.element->pipeline;
        if (one.ready && one.submitted && !hidden(one))
            into.hand_over_s[pipeline].push_back(kernel::to_seconds(*one.submitted - *one.ready));
        if (!is_told(one) || one.there > line.places) continue;
        const double lag = kernel::to_seconds(one.started - one.came);
        const bool whole = !one.submitted || hidden(one);
        into.by_crowd[whole ? pipeline : ""].emplace_back(one.there, lag);
        if (whole) {
            into.whole_s[pipeline].push_back(lag);
            continue;
        }
        into.dispatch_s.push_back(lag);
        if (one.ready) into.both_s[pipeline].push_back(kernel::to_seconds(one.started - *one.ready));
        if (!one.ready && !pipeline.empty()) into.first_s[pipeline].push_back(lag);
    }
}

}  // namespace

LagsOfLines::LagsOfLines(const models::Scenario& twin, const std::vector<SeenRun>& runs)
    : lines_(twin), elements_(twin, runs) {}

const std::vector<double>& LagsOfLines::works_of(const std::string& line) const {
    static const std::vector<double> none;
    const auto known = works_.find(line);
    return known == works_.end() ? none : known->second;
}

void LagsOfLines::add(const SeenRun& log) {
    std::map<std::string, std::vector<LineAttempt>> by_line;
    EndsByRun last_end, first_start;
    const auto each = [&](const auto& use) {
        for (const auto* tasks : {&log.ended, &log.open})
            for (const RecordedTask* task : *tasks)
                if (const auto found = elements_.of(*task); task->started && found.size() == 1)
                    use(*task, *found.front());
    };
    each([&](const RecordedTask& task, const WorkingElement& element) {
        if (element.pipeline.empty() || task.run.empty()) return;
        if (task.completed && !task.failed) {
            Time& last =
                last_end[lines_.by_path(element)].try_emplace(task.run, *task.completed).first->second;
            last = std::max(last, *task.completed);
        }
        Time& first = first_start[lines_.by_path(element)].try_emplace(task.run, *task.started).first->second;
        first = std::min(first, *task.started);
    });
    each([&](const RecordedTask& task, const WorkingElement& element) {
        const WaitingLine* line = lines_.line_of(element);
        if (line == nullptr) return;
        LineAttempt attempt;
        attempt.element = lines_.by_path(element);
        attempt.started = *task.started;
        seen_.insert(element.path);
        if (task.completed) attempt.ended = std::max(*task.completed, *task.started);
        if (task.submitted && *task.submitted <= *task.started) attempt.submitted = task.submitted;
        attempt.ready = ready_of(log, task, *attempt.element, last_end, first_start);
        if (attempt.submitted)
            waits_[element.path].push_back(kernel::to_seconds(*task.started - *attempt.submitted));
        if (task.completed) works_[line->name].push_back(kernel::to_seconds(attempt.ended - attempt.started));
        by_line[line->name].push_back(attempt);
    });
    for (auto& [name, attempts] : by_line) {
        const WaitingLine& line = lines_.line(name);
        LagsOfLine& lags = lags_[name];
        lags.resolution_s = std::max(lags.resolution_s, kernel::to_seconds(log.run->resolution));
        if (line.why_not.empty()) measure(line, attempts, lags);
    }
}

std::optional<Time> LagsOfLines::ready_of(const SeenRun& log, const RecordedTask& task,
                                          const WorkingElement& element, const EndsByRun& last_end,
                                          const EndsByRun& first_start) const {
    if (element.pipeline.empty() || task.attempt > 1) return std::nullopt;
    if (!task.parents.empty()) {
        Time ready = -kernel::never;
        for (const std::uint32_t parent : task.parents) {
            const RecordedTask& before = log.run->tasks[parent];
            if (!before.completed || before.failed) return std::nullopt;
            ready = std::max(ready, *before.completed);
        }
        return sane(ready, task);
    }
    if (task.run.empty()) return std::nullopt;
    const models::Task& own = lines_.task(element.path);
    // A later try waits for its pause, and nobody tells instances of one task apart.
    if (*task.started != first_start.at(&element).at(task.run) || own.expand > 1) return std::nullopt;
    Time ready = -kernel::never;
    if (!ends_before(element.path, task.run, last_end, ready) || ready == -kernel::never) return std::nullopt;
    return sane(ready, task);
}

/// False where what it waits for is not all in the log, or is more than ends of tasks.
bool LagsOfLines::ends_before(const std::string& path, const std::string& run, const EndsByRun& last_end,
                              Time& ready) const {
    const models::Task& task = lines_.task(path);
    if (task.waits_for || task.not_before ||
        (task.trigger_rule != models::TriggerRule::all_success &&
         task.trigger_rule != models::TriggerRule::all_done &&
         task.trigger_rule != models::TriggerRule::none_failed))
        return false;
    const models::GraphIndex vertex = lines_.graph().find(models::VertexKind::task, path);
    for (const models::GraphIndex other : lines_.graph().in(vertex, models::EdgeKind::after)) {
        const std::string& before = lines_.graph().graph()[other].name;
        const models::Task& parent = lines_.task(before);
        if (!parent.work.workers && parent.work.runs_on.empty()) {
            if (!parent.work.service.empty() || !ends_before(before, run, last_end, ready)) return false;
            continue;
        }
        const WorkingElement* element = lines_.found(before);
        if (element == nullptr) return false;
        const auto known = last_end.find(element);
        if (known == last_end.end() || !known->second.contains(run)) return false;
        ready = std::max(ready, known->second.at(run));
    }
    return true;
}

}  // namespace understudy::studies
