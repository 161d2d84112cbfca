// Names and streams: one namespace, and who writes what.
#include <algorithm>
#include <vector>

#include "models/check/checker.h"

namespace understudy::models {

namespace {

std::size_t distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

}  // namespace

namespace {

/// Whether the path, or one that it lies below, is listed.
bool lies_in(const std::set<std::string>& paths, const std::string& path) {
    if (paths.empty()) return false;
    for (std::size_t end = path.find('.');; end = path.find('.', end + 1)) {
        if (paths.contains(path.substr(0, end))) return true;
        if (end == std::string::npos) return false;
    }
}

}  // namespace

bool Checker::is_unread(const std::string& path) const { return lies_in(unread_.elements, path); }

bool Checker::is_unread_value(const std::string& path) const {
    if (lies_in(unread_.values, path)) return true;
    const auto below = unread_.values.lower_bound(path + ".");
    return below != unread_.values.end() && below->starts_with(path + ".");
}

std::string Checker::near(const std::string& name, const std::set<std::string>& names) {
    std::string best;
    std::size_t least = name.size() <= 4 ? 2 : 3;
    for (const std::string& candidate : names) {
        if (candidate.size() > name.size() + 2 || name.size() > candidate.size() + 2) continue;
        const std::size_t steps = distance(name, candidate);
        if (steps < least && steps < candidate.size()) {
            least = steps;
            best = candidate;
        }
    }
    return best.empty() ? "" : "did you mean '" + best + "'?";
}

std::set<std::string> Checker::names_of(std::initializer_list<Kind> kinds) const {
    std::set<std::string> result;
    for (const auto& [name, kind] : kinds_)
        if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) result.insert(name);
    return result;
}

bool Checker::is(const std::string& name, Kind kind) const {
    const auto found = kinds_.find(name);
    return found != kinds_.end() && found->second == kind;
}

const char* Checker::noun(Kind kind) {
    switch (kind) {
        case Kind::load: return "a load";
        case Kind::type: return "a type";
        case Kind::pool: return "a pool";
        case Kind::budget: return "a budget";
        case Kind::dataset: return "a dataset";
        case Kind::stage: return "a stage";
        case Kind::pipeline: return "a pipeline";
        case Kind::task: return "a task";
        case Kind::action: return "an action";
    }
    return "an element";
}

void Checker::declare(const std::string& name, Kind kind, const std::string& path) {
    if (name.empty()) return;
    const auto [known, is_new] = kinds_.emplace(name, kind);
    if (!is_new)
        error(path, quoted(name) + " is declared twice: as " + noun(known->second) + " and as " + noun(kind),
              "all elements share one set of names; rename one");
}

void Checker::collect_names() {
    for (const WorkerType& type : s_.twin.types) declare(type.name, Kind::type, "twin.types." + type.name);
    for (const Pool& pool : s_.twin.pools) declare(pool.name, Kind::pool, "twin.pools." + pool.name);
    for (const Budget& budget : s_.twin.budgets)
        declare(budget.name, Kind::budget, "twin.budgets." + budget.name);
    for (const Dataset& dataset : s_.twin.datasets)
        declare(dataset.name, Kind::dataset, "twin.datasets." + dataset.name);
    for (const Stage& stage : s_.twin.stages) declare(stage.name, Kind::stage, "twin.stages." + stage.name);
    for (const Pipeline& pipeline : s_.twin.pipelines) {
        declare(pipeline.name, Kind::pipeline, "twin.pipelines." + pipeline.name);
        for (const Task& task : pipeline.tasks) kinds_.emplace(pipeline.name + "." + task.name, Kind::task);
    }
    for (const Load& load : s_.loads) declare(load.name, Kind::load, "load." + load.name);
    for (std::size_t i = 0; i < s_.actions.size(); ++i)
        declare(s_.actions[i].name, Kind::action, "actions." + std::to_string(i) + ".name");
    for (const Profile& profile : s_.profiles) profiles_.insert(profile.name);
}

void Checker::check_renamed() {
    std::map<std::string, std::string> by_old;
    for (const auto& [now, before] : s_.twin.renamed) {
        const std::string path = "twin.renamed." + now;
        if (!kinds_.contains(now) && !is_written(now) && !may_be_unread(now))
            warn(path, "nothing is called " + quoted(now), "what is gone has no old name: remove it here");
        if (kinds_.contains(before) && !s_.twin.renamed.contains(before))
            error(path, quoted(before) + " is still the name of " + noun(kinds_.at(before)),
                  "two of one name would draw the same random numbers");
        if (const auto [other, is_new] = by_old.emplace(before, now); !is_new)
            error(path, quoted(now) + " and " + quoted(other->second) + " were both " + quoted(before),
                  "two of one name would draw the same random numbers");
    }
}

void Checker::add_writer(const std::string& stream, const std::string& writer) {
    if (stream != "exit") writers_[stream].insert(writer);
}

void Checker::add_outputs(const std::string& name, const Writes& writes) {
    if (writes.targets.empty()) add_writer(name, name);
    for (const Writes::Target& target : writes.targets) add_writer(target.stream, name);
}

void Checker::collect_streams() {
    for (const Load& load : s_.loads) add_outputs(load.name, load.writes);
    for (const Stage& stage : s_.twin.stages) {
        add_outputs(stage.name, stage.writes);
        if (!stage.dead_letter.empty()) add_writer(stage.dead_letter, stage.name);
        for (const std::string& stream : stage.reads)
            if (auto& readers = readers_[stream]; readers.empty() || readers.back() != &stage)
                readers.push_back(&stage);
    }
    for (const Pipeline& pipeline : s_.twin.pipelines)
        for (const Task& task : pipeline.tasks)
            for (const std::string* stream : outputs_of(task))
                add_writer(*stream, pipeline.name + "." + task.name);
}

void Checker::require_written(const std::string& stream, const std::string& path, bool declared_is_enough) {
    if (is_written(stream) || may_be_unread(stream)) return;
    if (declared_is_enough && is(stream, Kind::dataset)) return;
    std::set<std::string> streams;
    for (const auto& [name, writers] : writers_) streams.insert(name);
    std::string hint = near(stream, streams);
    const auto found = kinds_.find(stream);
    if (hint.empty() && found != kinds_.end() &&
        (found->second == Kind::stage || found->second == Kind::load))
        hint = quoted(stream) + " writes " + outputs_of(stream) + " instead of a stream of its own name";
    if (hint.empty())
        hint = "a load or stage has to write it: a load named '" + stream + "', or 'writes: " + stream + "'";
    error_of_value(path, "nothing writes " + quoted(stream), hint);
}

std::vector<const std::string*> Checker::outputs_of(const Task& task) {
    std::vector<const std::string*> streams;
    for (const std::string& stream : task.writes) streams.push_back(&stream);
    if (!task.dead_letter.empty()) streams.push_back(&task.dead_letter);
    return streams;
}

std::string Checker::outputs_of(const std::string& name) const {
    std::string text;
    const auto add = [&](const Writes& writes) {
        for (const Writes::Target& target : writes.targets)
            text += (text.empty() ? "" : " and ") + quoted(target.stream);
    };
    for (const Load& load : s_.loads)
        if (load.name == name) add(load.writes);
    for (const Stage& stage : s_.twin.stages)
        if (stage.name == name) add(stage.writes);
    return text;
}

}  // namespace understudy::models
