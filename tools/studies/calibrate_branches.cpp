#include "tools/studies/calibrate_branches.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "kernel/special_functions.h"
#include "models/graph.h"
#include "models/joined_copies.h"
#include "models/listed.h"
#include "tools/studies/calibrate_elements.h"

namespace understudy::studies {

namespace {

using kernel::Time;

constexpr double level_of_shares = 0.95;
/// More than this of what was seen may not be told apart.
constexpr double most_untold = 0.05;
/// Shares are written in millionths.
constexpr double parts_of_a_share = 1e6;
constexpr std::size_t most_branches_named = 10;
/// Ways past stages that no log has double from stage to stage; of what has more nobody can tell which it was.
constexpr std::size_t most_stages_passed = 10'000, most_stages_of_a_way = 500;

/// What has shares: a stage or a load.
struct Branch {
    std::string name;
    const models::Writes* writes = nullptr;
    std::vector<std::int64_t> counts{};  ///< by target
    std::int64_t untold = 0;             ///< that several ways may have led to what came next
    std::int64_t strange = 0;            ///< that went where no way of the twin leads

    std::int64_t told() const {
        std::int64_t sum = 0;
        for (const std::int64_t count : counts) sum += count;
        return sum;
    }
};

/// Number of the branch, and of the target.
using Share = std::pair<std::size_t, std::size_t>;

/// How items get from one attempt to the next at one stage, or out of the twin.
struct Ways {
    std::int64_t count = 0;
    std::vector<Share> shares;       ///< on the first of them
    std::set<std::size_t> branches;  ///< on any of them
};

/// All that may come next.
struct NextStages {
    std::map<std::string, Ways> ways;  ///< by stage; empty: out of the twin
    bool complete = true;              ///< no ways were too many to be followed

    const Ways* to(const std::string& stage) const {
        const auto found = ways.find(stage);
        return found == ways.end() ? nullptr : &found->second;
    }
};

/// The ways of the twin between what logs have attempts of.
class WaysOfTwin {
public:
    WaysOfTwin(const models::Scenario& twin, std::set<std::string> seen) : seen_(std::move(seen)) {
        for (const models::Load& load : twin.loads) add_branch(load.name, load.writes);
        for (const models::Stage& stage : twin.twin.stages) {
            add_branch(stage.name, stage.writes);
            for (const std::string& stream : stage.reads) readers_[stream].push_back(&stage);
        }
    }

    std::vector<Branch>& branches() { return branches_; }
    /// Adds those from a stage or a load.
    void follow(const std::string& name, const models::Writes& writes, NextStages& into) const {
        Followed followed;
        follow(name, writes, followed, into);
    }

private:
    /// On the way so far.
    struct Followed {
        std::vector<Share> shares;
        std::set<std::string> stages;
        std::size_t passed = 0;  ///< on all ways
    };

    void add_branch(const std::string& name, const models::Writes& writes) {
        if (writes.rule != models::Writes::Rule::share || writes.targets.size() < 2) return;
        number_.emplace(&writes, branches_.size());
        branches_.push_back({name, &writes, std::vector<std::int64_t>(writes.targets.size())});
    }

    static void arrive(const std::string& stage, const Followed& followed, NextStages& into) {
        Ways& ways = into.ways[stage];
        if (++ways.count == 1) ways.shares = followed.shares;
        for (const Share& share : followed.shares) ways.branches.insert(share.first);
    }

    void follow(const std::string& name, const models::Writes& writes, Followed& followed,
                NextStages& into) const {
        const auto branch = number_.find(&writes);
        const auto targets = models::targets_of(name, writes);
        for (std::size_t k = 0; k < targets.size(); ++k) {
            if (branch != number_.end()) followed.shares.emplace_back(branch->second, k);
            pass(targets[k].stream, followed, into);
            if (branch != number_.end()) followed.shares.pop_back();
        }
    }

    void pass(const std::string& stream, Followed& followed, NextStages& into) const {
        const auto readers = readers_.find(stream);
        if (readers == readers_.end()) return arrive("", followed, into);
        for (const models::Stage* stage : readers->second) {
            if (seen_.contains(stage->name)) {
                arrive(stage->name, followed, into);
                continue;
            }
            if (followed.stages.contains(stage->name)) continue;
            if (++followed.passed > most_stages_passed || followed.stages.size() >= most_stages_of_a_way) {
                into.complete = false;
                return;
            }
            followed.stages.insert(stage->name);
            follow(stage->name, stage->writes, followed, into);
            followed.stages.erase(stage->name);
        }
    }

    std::set<std::string> seen_;
    std::vector<Branch> branches_;
    std::map<const models::Writes*, std::size_t> number_;
    std::map<std::string, std::vector<const models::Stage*>> readers_;
};

struct StepOfItem {
    std::string stage;
    Time start = 0, end = 0;
    bool ended_well = false;
    std::size_t clock = 0;
};

/// From the end of an attempt to what came next.
struct Step {
    Time end = 0, pause = 0;
    std::size_t clock = 0;
    std::optional<std::string> next;  ///< nothing: none that the log knows
};

class BranchFit {
public:
    BranchFit(const models::Scenario& twin, const std::vector<SeenRun>& runs)
        : twin_(twin), elements_(twin, runs), ways_(twin, stages_in(runs)) {}

    bool any() { return !ways_.branches().empty(); }

    void count() {
        for (const models::Stage& stage : twin_.twin.stages) {
            const auto known = steps_.find(stage.name);
            if (known == steps_.end()) continue;
            std::vector<Step>& steps = known->second;
            drop_late(steps);
            NextStages next;
            ways_.follow(stage.name, stage.writes, next);
            // What may yet go on has been dropped: who ends where the twin has no exit went no way that it has.
            std::map<std::string, std::int64_t> went;
            for (const Step& step : steps) ++went[step.next.value_or("")];
            for (const auto& [stage, items] : went) add(next, stage, items, false);
        }
        NextStages first;
        for (const models::Load& load : twin_.loads) ways_.follow(load.name, load.writes, first);
        // One that is in the log from its midst on began elsewhere.
        for (const auto& [stage, items] : begun_) add(first, stage, items, true);
    }

    void fit(bool copies, Calibration& into) {
        std::vector<std::string> unknown, without_runs, several;
        for (const Branch& branch : ways_.branches()) {
            const std::int64_t told = branch.told();
            if (copies)
                several.push_back(branch.name + ".writes");
            else if (told > 0 && static_cast<double>(branch.untold) <=
                                     most_untold * static_cast<double>(told + branch.untold))
                fit_shares(branch, into);
            else
                (has_runs_ ? unknown : without_runs).push_back(branch.name + ".writes");
        }
        say(unknown, "the logs do not tell which way items went, as where no log has what comes next", into);
        say(without_runs, "the logs do not say which attempts are of one item (a case or a run)", into);
        say(several,
            "an item of the twin is at several places at once, so that what came next in its run does "
            "not tell which way it went",
            into);
    }

private:
    std::set<std::string> stages_in(const std::vector<SeenRun>& runs) {
        using Item = std::tuple<std::size_t, std::string, std::string>;
        std::map<Item, std::vector<StepOfItem>> items;
        std::set<std::string> seen;
        for (std::size_t log = 0; log < runs.size(); ++log) {
            const SeenRun& run = runs[log];
            if (run.run == nullptr) continue;
            // Logs without dates have clocks of their own.
            const std::size_t clock = run.run->epoch_ns == 0 ? log + 1 : 0;
            const auto at = [&](Time time) { return run.run->epoch_ns + time; };
            Time& end = ends_[clock];
            end = std::max(end, at(run.end));
            for (const auto* tasks : {&run.ended, &run.open})
                for (const models::RecordedTask* task : *tasks) {
                    const std::vector<const WorkingElement*> found = elements_.of(*task);
                    const bool known = found.size() == 1 && found.front()->pipeline.empty();
                    if (!known) continue;  // what the twin does not have is passed over
                    seen.insert(found.front()->path);
                    if (task->run.empty() || !task->started) continue;
                    has_runs_ = true;
                    const bool ended = models::has_times(*task);
                    items[{clock, task->workflow, task->run}].push_back(
                        {found.front()->path, at(*task->started),
                         ended ? at(*task->completed) : at(*task->started), ended && !task->failed, clock});
                }
        }
        std::map<std::string, std::size_t> places;
        for (const models::Stage& stage : twin_.twin.stages) places.emplace(stage.name, places.size());
        for (auto& [item, steps] : items) {
            // Of one instant in the twin's order, whatever that of the log's lines.
            std::sort(steps.begin(), steps.end(), [&](const StepOfItem& a, const StepOfItem& b) {
                return std::tie(a.start, a.end, places[a.stage], a.ended_well) <
                       std::tie(b.start, b.end, places[b.stage], b.ended_well);
            });
            ++begun_[steps.front().stage];
            for (std::size_t i = 0; i < steps.size(); ++i) {
                if (!steps[i].ended_well) continue;
                Step step{steps[i].end, 0, steps[i].clock, {}};
                if (i + 1 < steps.size()) {
                    step.next = steps[i + 1].stage;
                    step.pause = std::max<Time>(0, steps[i + 1].start - steps[i].end);
                }
                steps_[steps[i].stage].push_back(std::move(step));
            }
        }
        return seen;
    }

    /// Those that may yet go on, and the others of that time, which went on soon.
    void drop_late(std::vector<Step>& steps) const {
        Time longest = 0;
        std::vector<Time> to_the_end;
        const auto before_end = [&](const Step& step) { return ends_.at(step.clock) - step.end; };
        for (const Step& step : steps) {
            longest = std::max(longest, step.pause);
            to_the_end.push_back(before_end(step));
        }
        const auto middle = to_the_end.begin() + static_cast<std::ptrdiff_t>((to_the_end.size() - 1) / 2);
        std::nth_element(to_the_end.begin(), middle, to_the_end.end());
        const Time least = std::min(longest, *middle);
        std::erase_if(steps, [&](const Step& step) { return before_end(step) < least; });
    }

    /// `may_be_cut`: that no way leads there may be because the log does not have all of the runs.
    void add(const NextStages& from, const std::string& next, std::int64_t items, bool may_be_cut) {
        std::vector<Branch>& branches = ways_.branches();
        const Ways* const there = from.to(next);
        if (from.complete && there != nullptr && there->count == 1) {
            for (const auto& [branch, target] : there->shares) branches[branch].counts[target] += items;
            return;
        }
        if (from.complete && there == nullptr && may_be_cut) return;
        std::set<std::size_t> of;
        for (const auto& [stage, ways] : from.ways)
            if (there == nullptr || !from.complete || &ways == there)
                of.insert(ways.branches.begin(), ways.branches.end());
        const bool is_strange = from.complete && there == nullptr;
        for (const std::size_t branch : of)
            (is_strange ? branches[branch].strange : branches[branch].untold) += items;
    }

    static void fit_shares(const Branch& branch, Calibration& into) {
        const auto all = static_cast<double>(branch.told());
        CalibratedElement element;
        element.path = branch.name + ".writes";
        element.family = "shares";
        element.how = "what came next";
        element.observations = branch.told();
        models::Writes writes = *branch.writes;
        double given = 0;
        std::size_t largest = 0;
        for (std::size_t k = 0; k < writes.targets.size(); ++k) {
            const auto count = static_cast<double>(branch.counts[k]);
            const kernel::Interval share = kernel::share_limits(count, all, level_of_shares);
            element.numbers.push_back({writes.targets[k].stream, "", share.estimate, share.low, share.high});
            writes.targets[k].share = std::round(share.estimate * parts_of_a_share);
            given += writes.targets[k].share;
            if (branch.counts[k] > branch.counts[largest]) largest = k;
        }
        writes.targets[largest].share += parts_of_a_share - given;
        for (models::Writes::Target& target : writes.targets) target.share /= parts_of_a_share;
        CalibrationEdit edit;
        edit.path = element.path;
        edit.writes = std::move(writes);
        into.edits.push_back(std::move(edit));
        into.uncertain.push_back({element.path, {}, all, 0, {}});
        if (static_cast<double>(branch.strange) > most_untold * (all + static_cast<double>(branch.strange)))
            into.warnings.push_back(element.path + ": " + std::to_string(branch.strange) + " of " +
                                    std::to_string(branch.strange + branch.told()) +
                                    " items went where no way of the twin leads, or ended where it has no "
                                    "exit; the shares are those "
                                    "of the others");
        into.elements.push_back(std::move(element));
    }

    static void say(const std::vector<std::string>& paths, const char* why, Calibration& into) {
        if (!paths.empty())
            into.unidentified.push_back(models::listed(paths, most_branches_named) + ": " + why +
                                        ": shares stay as they are");
    }

    const models::Scenario& twin_;
    const WorkingElements elements_;
    std::map<std::size_t, Time> ends_;                ///< by clock, 0 that of dates
    std::map<std::string, std::vector<Step>> steps_;  ///< by stage
    std::map<std::string, std::int64_t> begun_;       ///< items, by their first stage
    bool has_runs_ = false;
    WaysOfTwin ways_;  ///< last: it is made of what the logs have
};

}  // namespace

void calibrate_branches(const models::Scenario& twin, const std::vector<SeenRun>& runs, Calibration& into) {
    const bool any = std::any_of(runs.begin(), runs.end(), [](const SeenRun& run) {
        return run.run != nullptr && !(run.ended.empty() && run.open.empty());
    });
    if (!any) return;
    BranchFit fit(twin, runs);
    if (!fit.any()) return;
    const bool copies = models::has_copies(twin, models::ScenarioGraph(twin));
    if (!copies) fit.count();
    fit.fit(copies, into);
}

}  // namespace understudy::studies
