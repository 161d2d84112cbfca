#include "models/analytic/work.h"

#include <cmath>
#include <optional>

namespace understudy::models {

namespace {

const std::string of_records = "records", of_size = "size";

/// The names of values that a term goes by. A field may be called as what every item has: those are told apart by a
/// colon that no name has.
std::vector<std::string> values_of(const Term& term) {
    std::vector<std::string> names;
    if (!term.field.empty()) names.push_back(":" + term.field);
    if (term.per == Per::field) names.push_back(":" + term.per_field);
    if (term.per == Per::record) names.push_back(of_records);
    if (term.per == Per::bytes) names.push_back(of_size);
    return names;
}

/// One draw of one law; nothing if it is more than that.
std::optional<kernel::Distribution> plain(const Law& law) {
    if (law.terms.size() != 1) return std::nullopt;
    const Term& term = law.terms.front();
    if (!term.field.empty() || term.recorded || term.per != Per::once) return std::nullopt;
    return term.law;
}

WorkLaw product(const WorkLaw& a, const WorkLaw& b) {
    if (a.constant()) return work_law(b.law ? b.law->scaled(a.mean) : kernel::Distribution::constant(0));
    if (b.constant() && a.law) return work_law(a.law->scaled(b.mean));
    WorkLaw both;
    both.mean = a.mean * b.mean;
    both.second = a.second * b.second;
    if (a.third && b.third) both.third = *a.third * *b.third;
    return both;
}

WorkLaw sum(const WorkLaw& a, const WorkLaw& b) {
    WorkLaw both;
    both.mean = a.mean + b.mean;
    both.second = a.second + 2 * a.mean * b.mean + b.second;
    if (a.third && b.third) both.third = *a.third + 3 * a.second * b.mean + 3 * a.mean * b.second + *b.third;
    return both;
}

}  // namespace

WorkOfItems::WorkOfItems(const Scenario& scenario, const ScenarioGraph& graph) : scenario_(scenario) {
    const auto circling = graph.in_flow_cycles();
    for (const Stage& stage : scenario.twin.stages) {
        std::set<std::string> names;
        for (const Term& term : stage.work.service.terms)
            for (const std::string& name : values_of(term)) names.insert(name);
        for (const std::string& name : names) ++users_[name];
        for (const auto& [name, law] : stage.emits.fields) changed_.insert(":" + name);
        if (stage.emits.records != 1) changed_.insert(of_records);
        if (stage.emits.size != 1) changed_.insert(of_size);
        if (stage.writes.rule == Writes::Rule::split && stage.writes.targets.size() > 1) {
            changed_.insert(of_records);
            changed_.insert(of_size);
        }
        again_.push_back(circling.contains(graph.find(VertexKind::stage, stage.name)) ||
                         (stage.work.failure > 0 && stage.work.retry.times > 0));
    }
}

CarriedWork WorkOfItems::of(std::size_t stage, std::size_t load, double speed) const {
    CarriedWork work;
    const Stage& at = scenario_.twin.stages[stage];
    const Load& from = scenario_.loads[load];
    const auto unknown = [&](const std::string& why) {
        work.unknown = "work at '" + at.name + "' " + why;
        work.law = WorkLaw{};
        return work;
    };
    bool first = true;
    std::set<std::string> used;
    work.law = work_law(kernel::Distribution::constant(0));
    for (const Term& term : at.work.service.terms) {
        if (term.recorded) return unknown("is recorded, and not a law");
        if (term.per == Per::item) return unknown("goes by the items of a batch");
        WorkLaw one = work_law(term.law);
        bool drawn = true;
        for (const std::string& name : values_of(term)) {
            if (changed_.contains(name)) return unknown("goes by values that items get on the way");
            if (!used.insert(name).second) return unknown("goes by one value twice");
            const Law* law = name == of_records ? &from.records : name == of_size ? &from.size : nullptr;
            for (const auto& [field, of_field] : from.fields)
                if (name == ":" + field) law = &of_field;
            // One record, no bytes, and 0 for a field that such items lack.
            std::optional<kernel::Distribution> value =
                kernel::Distribution::constant(name == of_records ? 1 : 0);
            if (law != nullptr && !law->empty()) value = plain(*law);
            if (!value) return unknown("goes by a value that is not one law");
            if (term.per == Per::bytes && name == of_size) value = value->scaled(1 / term.per_amount);
            const bool random = !value->is_constant();
            if (random && (users_.at(name) > 1 || again_[stage])) work.carried_twice = true;
            const bool is_the_value = name == ":" + term.field && drawn;
            one = is_the_value ? work_law(*value) : product(one, work_law(*value));
            if (is_the_value) drawn = false;
        }
        work.law = first ? one : sum(work.law, one);
        first = false;
    }
    if (speed != 1 && work.law.law) {
        work.law = work_law(work.law.law->scaled(1 / speed));
    } else if (speed != 1) {
        work.law.mean /= speed;
        work.law.second /= speed * speed;
        if (work.law.third) *work.law.third /= speed * speed * speed;
    }
    return work;
}

}  // namespace understudy::models
