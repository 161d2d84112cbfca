// Conditions: what sensors and actions wait for.
#include "models/compile/compiler.h"

namespace understudy::models {

Index Compiler::condition(const Condition& condition) {
    ConditionRow row;
    row.updated = !condition.updated.empty();
    const std::string& name = row.updated ? condition.updated : condition.scope;
    if (!name.empty()) row.element = element_by_name.at(name);
    if (row.updated || condition.metric == Metric::freshness) row.stream = model.elements[row.element].stream;
    row.metric = condition.metric;
    row.comparison = condition.comparison;
    row.limit = condition.limit;
    row.lasts = condition.lasts.value_or(0);
    model.conditions.push_back(row);
    return static_cast<Index>(model.conditions.size() - 1);
}

void Compiler::watch(const ActionRow& row, Index action) {
    if (row.when == none) return;
    if (model.watched_by.empty()) model.watched_by.resize(model.elements.size() + 1);
    const Index element = model.conditions[row.when].element;
    model.watched_by[element == none ? model.elements.size() : element].push_back(action);
}

}  // namespace understudy::models
