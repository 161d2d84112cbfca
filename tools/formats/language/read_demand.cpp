#include "tools/formats/language/read_demand.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "kernel/time.h"
#include "tools/formats/language/objectives.h"
#include "tools/formats/language/substitution.h"
#include "tools/formats/language/trial.h"
#include "tools/formats/language/values.h"
#include "tools/studies/result.h"
#include "tools/studies/setting.h"

namespace understudy::formats {

namespace {

using studies::DemandCase;
using studies::Study;

constexpr const char* cases_hint =
    "two or more, each with what comes: 'demand: {low: {load: 0.8x}, high: {load: 1.6x}}'";

class CaseReader {
public:
    CaseReader(Reading& reading, const Study& study) : reading_(reading), study_(study) {}

    DemandCase read(const Entry& entry, std::vector<Place>& places) {
        DemandCase one;
        one.name = entry.key;
        const std::size_t before = reading_.out.errors();
        if (!entry.value.is_map()) {
            reading_.error(entry.value, fmt::format("a case is a map, not {}", shown(entry.value)),
                           "such as '{load: 0.8x, chance: 25%}'");
            return one;
        }
        MapReader map(reading_, entry.value, "demand_case", entry.place);
        if (const Node* load = map.scalar("load")) read_load(*load, one, places);
        read_set(map.find("set"), one, places);
        if (map.has("chance")) {
            double chance = 0;
            map.share("chance", chance);
            one.chance = chance;
            if (chance == 0 && reading_.out.errors() == before)
                reading_.error(*map.find("chance"), fmt::format("'{}' never comes", entry.key),
                               "leave the case out");
        }
        if (one.overrides.empty() && reading_.out.errors() == before)
            reading_.out.error(entry.place, fmt::format("'{}' does not say what comes", entry.key),
                               "such as 'load: 0.8x', or 'load: 1x' where all is as in the base");
        return one;
    }

private:
    void read_load(const Node& load, DemandCase& into, std::vector<Place>& places) {
        if (varies("load")) {
            reading_.error(load, "'load' varies as well", "leave it out of 'vary'");
            return;
        }
        reading_.guarded(load, [&] {
            if (!(read_quantity(load.text, Dimension::factor).value > 0))
                throw Fault(0, "0x brings nothing", "such as '0.8x'");
            into.load = load.text;
            into.overrides.push_back(studies::override_of("load", load.text));
            places.push_back(load.place);
        });
    }

    void read_set(const Node* set, DemandCase& into, std::vector<Place>& places) {
        if (set == nullptr) return;
        if (!set->is_map() || set->entries.empty()) {
            reading_.error(
                *set,
                set->is_map() ? "'set' sets nothing" : fmt::format("'set' takes a map, not {}", shown(*set)),
                "parameters with their values: 'set: {jobs.work.mean: 2s}'");
            return;
        }
        for (const Entry& entry : set->entries) {
            if (!require_scalar(reading_, entry.value, entry.key, "2s")) continue;
            const std::string& path = entry.key;
            if (path == "load")
                reading_.out.error(entry.place, "all loads together are multiplied",
                                   fmt::format("write 'load: {}' beside 'set'", entry.value.text));
            else if (path.starts_with("run."))
                reading_.out.error(entry.place, fmt::format("'{}' is the same in all cases", path),
                                   "set it under 'run' of the study");
            else if (varies(path))
                reading_.out.error(entry.place, fmt::format("'{}' varies as well", path),
                                   "a case sets what does not vary");
            else {
                into.overrides.push_back(studies::override_of(path, entry.value.text));
                places.push_back(entry.value.place);
            }
        }
    }

    /// Whether the study varies this, a part of it, or what it is a part of.
    bool varies(const std::string& path) const {
        return std::any_of(study_.factors.begin(), study_.factors.end(),
                           [&](const studies::Factor& factor) { return overlap(path, factor.path); });
    }

    Reading& reading_;
    const Study& study_;
};

void check_chances(Reading& reading, const Node& demand, Place place, const Study& study) {
    double sum = 0;
    std::size_t given = 0;
    for (const DemandCase& one : study.demand) {
        sum += one.chance.value_or(0);
        given += one.chance ? 1 : 0;
    }
    if (given == 0) return;
    for (std::size_t i = 0; i < study.demand.size(); ++i)
        if (!study.demand[i].chance)
            reading.out.error(demand.entries[i].place,
                              fmt::format("'{}' has no chance, and others have", study.demand[i].name),
                              "give all cases a chance, or none");
    constexpr double rounding = 1e-9;
    if (given == study.demand.size() && std::fabs(sum - 1) > rounding)
        reading.out.error(place, fmt::format("the chances add up to {}", studies::percent(sum)),
                          "one of the cases comes: make them 100%");
}

void read_cases(Reading& reading, const Node& demand, Place place, Study& study, StudyReading& into) {
    if (!demand.is_map()) {
        reading.error(demand, fmt::format("'demand' takes a map, not {}", shown(demand)), cases_hint);
        return;
    }
    if (demand.entries.size() < 2) {
        reading.out.error(place, demand.entries.empty() ? "'demand' has no case" : "'demand' has one case",
                          cases_hint);
        return;
    }
    const std::size_t before = reading.out.errors();
    for (const Entry& entry : demand.entries) {
        if (!require_declared_name(reading.out, entry.key, entry.place)) continue;
        std::vector<Place> places;
        DemandCase one = CaseReader(reading, study).read(entry, places);
        const auto same =
            std::find_if(study.demand.begin(), study.demand.end(), [&](const DemandCase& other) {
                return !one.overrides.empty() && other.overrides == one.overrides;
            });
        if (same != study.demand.end())
            reading.out.error(entry.place, fmt::format("'{}' is the same as '{}'", one.name, same->name),
                              "make them one case, with their chances together");
        study.demand.push_back(std::move(one));
        into.demand.push_back(std::move(places));
    }
    if (reading.out.errors() == before) check_chances(reading, demand, place, study);
}

void read_penalty(Reading& reading, const Node& penalty, Study& study, StudyReading& into) {
    into.penalty = penalty.place;
    reading.guarded(penalty, [&] {
        const Dimension dimension = study.minimise ? limit_dimension(*study.minimise) : Dimension::money;
        const Quantity read = read_quantity(penalty.text, dimension);
        if (!(read.value > 0))
            throw Fault(0, "what is broken for nothing is no promise",
                        "leave 'penalty' out, or say what it costs");
        study.penalty =
            dimension == Dimension::cost ? read.value * kernel::to_seconds(kernel::hour) : read.value;
        into.penalty_currency = read.currency;
    });
}

}  // namespace

void read_demand(Reading& reading, MapReader& map, Study& study, StudyReading& into) {
    const Node* demand = map.find("demand");
    if (demand != nullptr) read_cases(reading, *demand, map.node().find("demand")->place, study, into);
    const Node* penalty = map.scalar("penalty");
    if (penalty == nullptr) return;
    if (demand == nullptr)
        reading.out.error(map.node().find("penalty")->place, "'penalty' weighs nothing without 'demand'",
                          "say what may come: 'demand: {low: {load: 0.8x}, high: {load: 1.6x}}'");
    // Of what is not understood the unit is not known.
    if (study.minimise || !map.has("minimise")) read_penalty(reading, *penalty, study, into);
}

void check_demand(StudyReading& reading) {
    const Study& study = reading.as_read();
    for (std::size_t c = 0; c < study.demand.size(); ++c) {
        std::vector<std::string> overrides = study.overrides;
        for (std::size_t i = 0; i < study.demand[c].overrides.size(); ++i) {
            const std::string& one = overrides.emplace_back(study.demand[c].overrides[i]);
            const std::vector<Wrong> all = wrong_with(study, overrides);
            for (const Wrong& wrong : all)
                reading.diagnostics.error(reading.demand[c][i], fmt::format("{}: {}", one, wrong.message),
                                          wrong.hint);
            if (!all.empty()) break;  // what comes behind it is not right as it is
        }
    }
}

}  // namespace understudy::formats
