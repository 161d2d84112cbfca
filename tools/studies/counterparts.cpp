#include "tools/studies/counterparts.h"

#include <boost/range/iterator_range.hpp>
#include <cctype>
#include <set>
#include <utility>

#include "models/graph.h"

namespace understudy::studies {

namespace {

/// Whatever has a name in it, by the name that it had at first.
std::map<std::string, std::string> by_first_name(const models::Scenario& scenario) {
    std::set<std::string> names;
    const models::ScenarioGraph graph(scenario);
    for (const auto v : boost::make_iterator_range(boost::vertices(graph.graph())))
        names.insert(graph.graph()[v].name);
    for (const models::Load& load : scenario.loads) names.insert(load.name);
    for (const models::Pool& pool : scenario.twin.pools) names.insert(pool.name);
    for (const models::Budget& budget : scenario.twin.budgets) names.insert(budget.name);
    for (const models::Dataset& dataset : scenario.twin.datasets) names.insert(dataset.name);
    for (const models::Pipeline& pipeline : scenario.twin.pipelines) {
        names.insert(pipeline.name);
        for (const models::Task& task : pipeline.tasks) names.insert(pipeline.name + "." + task.name);
    }
    std::map<std::string, std::string> first;
    for (const std::string& name : names) first[scenario.twin.drawn_as(name)] = name;
    return first;
}

bool is_of_a_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '/' || c == '-' || c == '.';
}

}  // namespace

Counterparts::Counterparts(const models::Scenario& baseline, const models::Scenario& candidate) {
    if (baseline.twin.renamed != candidate.twin.renamed)
        *this = Counterparts(by_first_name(baseline), by_first_name(candidate));
}

Counterparts::Counterparts(const Names& baseline, const Names& candidate) {
    for (const auto& [first, old] : baseline)
        if (const auto now = candidate.find(first); now != candidate.end() && now->second != old) {
            to_candidate_[old] = now->second;
            to_baseline_[now->second] = old;
        }
}

models::InitialState Counterparts::in_candidate(models::InitialState state) const {
    if (empty()) return state;
    const auto rename = [&](std::string& name) { name = in_candidate(name); };
    const auto rename_items = [&](models::PresentItems& items, const auto& again) -> void {
        rename(items.load);
        rename(items.from);
        for (std::string& stage : items.holds) rename(stage);
        for (models::PresentItems& inside : items.batch) again(inside, again);
    };
    const auto renamed_amounts = [&](const models::UnreadAmounts& unread) {
        models::UnreadAmounts renamed;
        for (const auto& [dataset, amount] : unread) renamed.emplace(in_candidate(dataset), amount);
        return renamed;
    };
    for (models::ElementState& element : state.elements) {
        const std::string start = element.element + ".";
        const auto renamed_task = [&](const std::string& name) {
            const std::string path = in_candidate(start + name);
            return path.substr(path.rfind('.') + 1);
        };
        rename(element.element);
        for (models::PresentItems& items : element.items) rename_items(items, rename_items);
        for (models::PresentRun& run : element.runs) {
            for (models::PresentTask& task : run.tasks) {
                task.task = renamed_task(task.task);
                task.unread = renamed_amounts(task.unread);
            }
            for (std::string& task : run.holds) task = renamed_task(task);
        }
        std::map<std::string, models::UnreadAmounts> unread;
        for (const auto& [task, amounts] : element.unread)
            unread.emplace(renamed_task(task), renamed_amounts(amounts));
        element.unread = std::move(unread);
    }
    return state;
}

std::string Counterparts::path_in_candidate(const std::string& path) const {
    for (std::size_t end = path.size(); end != std::string::npos && end > 0; end = path.rfind('.', end - 1))
        if (const auto now = to_candidate_.find(path.substr(0, end)); now != to_candidate_.end())
            return now->second + path.substr(end);
    return path;
}

models::Objective Counterparts::in_candidate(models::Objective objective) const {
    objective.measure = in_candidate(std::move(objective.measure));
    objective.text = with_names(objective.text, to_candidate_);
    return objective;
}

std::string Counterparts::called(const std::string& name, const Names& names) {
    const auto other = names.find(name);
    return other == names.end() ? name : other->second;
}

models::Measure Counterparts::moved(models::Measure measure, const Names& names) {
    if (names.empty()) return measure;
    for (std::string* name : {&measure.scope, &measure.scope_to, &measure.of_load})
        *name = called(*name, names);
    measure.text = with_names(measure.text, names);
    return measure;
}

std::string with_names(const std::string& text, const std::map<std::string, std::string>& names) {
    if (names.empty()) return text;
    std::string result, before;
    int depth = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (!is_of_a_name(text[i])) {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            result += text[i++];
            continue;
        }
        std::size_t end = i;
        while (end < text.size() && is_of_a_name(text[end])) ++end;
        const std::string word = text.substr(i, end - i);
        const auto other = depth > 0 || before == "of" ? names.find(word) : names.end();
        result += other == names.end() ? word : other->second;
        before = word;
        i = end;
    }
    return result;
}

}  // namespace understudy::studies
