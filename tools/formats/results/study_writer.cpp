#include "tools/formats/results/study_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <vector>

#include "kernel/invariant.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/results/hdf5.h"
#include "tools/formats/results/result_layout.h"
#include "tools/formats/results/seal.h"
#include "tools/studies/setting.h"

namespace understudy::formats {

using namespace hdf5;
using studies::Evidence;
using studies::Unit;
using studies::UnitOutcome;

namespace {

/// What replications showed, as columns.
struct Replications {
    std::vector<std::int64_t> setting, number;
    std::vector<std::uint64_t> events;
    std::vector<std::uint8_t> fault;
    std::vector<double> value, excess, weight;  ///< by replication, then probe

    void add(std::int64_t of, std::uint64_t first, const UnitOutcome& outcome) {
        for (const UnitOutcome::Replication& one : outcome.replications) {
            setting.push_back(of);
            number.push_back(static_cast<std::int64_t>(first++));
            events.push_back(one.events);
            fault.push_back(static_cast<std::uint8_t>(one.fault));
            for (const Evidence& evidence : one.evidence) {
                value.push_back(evidence.value);
                excess.push_back(evidence.excess);
                weight.push_back(evidence.weight);
            }
        }
    }
};

/// What each factor is in a setting; empty: as the base has it.
std::vector<std::string> values_of(const studies::Study& study, const std::vector<std::string>& overrides) {
    std::vector<std::string> values;
    for (const studies::Factor& factor : study.factors) {
        const std::string begin = studies::override_of(factor.path, "");
        std::string& value = values.emplace_back();
        for (const std::string& override : overrides)
            if (override.starts_with(begin)) value = override.substr(begin.size());
    }
    return values;
}

/// The name of the case of demand that a setting was simulated in: of those whose overrides it begins with the one that
/// has most, as no case sets what varies.
std::string case_of(const studies::Study& study, const std::vector<std::string>& overrides) {
    const studies::DemandCase* found = nullptr;
    for (const studies::DemandCase& one : study.demand)
        if (one.overrides.size() <= overrides.size() &&
            std::equal(one.overrides.begin(), one.overrides.end(), overrides.begin()) &&
            (found == nullptr || one.overrides.size() > found->overrides.size()))
            found = &one;
    return found == nullptr ? "" : found->name;
}

/// The multiple of the base's load at which a plan for growth simulated a setting, whose first override that is.
double load_of(const std::vector<std::string>& overrides) {
    const std::string begin = studies::override_of("load", "");
    const bool grown = !overrides.empty() && overrides.front().starts_with(begin);
    return grown ? std::stod(overrides.front().substr(begin.size())) : 1;
}

void write_into(hid_t file, const studies::Study& study, const StudyFile& about, const std::set<Unit>& units,
                const studies::UnitStore& store) {
    write_attribute(file, "format", std::string(study_format_name));
    write_attribute(file, "format_version", study_format_version);
    write_attribute(file, "version", about.version);
    write_attribute(file, "study", study.name);
    write_attribute(file, "method", std::string(studies::name_of(study.method)));
    write_attribute(file, "base_digest", about.base);
    if (!study.changes.empty()) {
        std::string names;
        for (const std::string& path : study.changes)
            names += (names.empty() ? "" : "\n") + std::filesystem::path(path).filename().string();
        write_attribute(file, "changes", names);
    }
    write_attribute(file, "set", fmt::format("{}", fmt::join(study.set, "\n")));
    write_attribute(file, "origins", lines_of(about.origins));
    write_attribute(file, "seed", about.seed);
    write_attribute(file, "warm_up_ns", static_cast<std::int64_t>(about.warm_up));
    write_attribute(file, "answer", about.answer);

    std::vector<std::string> factors, probes;
    std::vector<std::uint8_t> promised;
    for (const studies::Factor& factor : study.factors) factors.push_back(factor.path);
    for (const models::Objective& objective : about.asked.objectives) probes.push_back(objective.text);
    promised.resize(probes.size(), 1);
    for (const models::Measure& measure : about.asked.measures) probes.push_back(measure.text);
    promised.resize(probes.size(), 0);
    write_column(create_group(file, "factors"), "path", factors);
    const Handle asked = create_group(file, "probes");
    write_column(asked, "text", probes);
    write_column(asked, "promised", promised);

    // A set of units has those of a setting side by side.
    std::vector<std::string> values, cases, overloads;
    std::vector<double> loads;
    const std::vector<std::string>* setting = nullptr;
    Replications replications;
    for (const Unit& unit : units) {
        const auto outcome = store.find(unit);
        kernel::require(outcome.has_value(), "a study's units are kept");
        if (setting == nullptr || *setting != unit.overrides) {
            setting = &unit.overrides;
            for (std::string& value : values_of(study, unit.overrides)) values.push_back(std::move(value));
            cases.push_back(case_of(study, unit.overrides));
            loads.push_back(load_of(unit.overrides));
            overloads.push_back(outcome->overload);
        }
        replications.add(std::ssize(overloads) - 1, unit.first, *outcome);
    }
    const Handle settings = create_group(file, "settings");
    write_texts(settings, "value", {overloads.size(), factors.size()}, values);
    if (!study.demand.empty()) write_column(settings, "case", cases);
    if (study.growth) write_column(settings, "load", loads);
    write_column(settings, "overload", overloads);
    const Handle group = create_group(file, "replications");
    write_column(group, "setting", replications.setting);
    write_column(group, "number", replications.number);
    write_column(group, "events", replications.events);
    write_column(group, "fault", replications.fault);
    const std::vector<hsize_t> shape = {replications.number.size(), probes.size()};
    write_dataset<double>(group, "value", shape, replications.value);
    write_dataset<double>(group, "excess", shape, replications.excess);
    write_dataset<double>(group, "weight", shape, replications.weight);
}

}  // namespace

void write_study(const std::filesystem::path& target, const studies::Study& study, const StudyFile& about,
                 const std::set<Unit>& units, const studies::UnitStore& store) {
    std::string bytes;
    try {
        OutputFile file(OutputFile::Place::memory);
        write_into(file, study, about, units, store);
        bytes = file.bytes();
    } catch (const Hdf5Error& error) {
        throw FileError(target, error.what());
    }
    write_file(target, bytes += seal_of(bytes));
}

}  // namespace understudy::formats
