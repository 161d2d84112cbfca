#include "tools/formats/language/scenario_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "kernel/random.h"
#include "models/check.h"
#include "tools/formats/language/applied_changes.h"
#include "tools/formats/language/base_document.h"
#include "tools/formats/language/changed_scenario.h"
#include "tools/formats/language/document.h"
#include "tools/formats/language/effective_document.h"
#include "tools/formats/language/head.h"
#include "tools/formats/language/log_columns.h"
#include "tools/formats/language/objectives.h"
#include "tools/formats/language/paths.h"
#include "tools/formats/language/reading.h"
#include "tools/formats/language/recorded_series.h"
#include "tools/formats/language/rollback_reader.h"
#include "tools/formats/language/stored_twins.h"
#include "tools/formats/language/substitution.h"
#include "tools/formats/language/suggestions.h"
#include "tools/formats/language/templates.h"
#include "tools/formats/language/uncertainty.h"
#include "tools/formats/language/unread.h"

namespace understudy::formats {

namespace {

class ScenarioReader {
public:
    ScenarioReader(Diagnostics& out, const std::string& folder, const Aside* aside)
        : reading_(out), folder_(folder), aside_(aside) {}

    models::Scenario read(const Node& root) {
        MapReader map(reading_, root, "scenario", {1, 1, 0});
        if (const Node* name = map.scalar("scenario"); name != nullptr && require_name(reading_, *name))
            scenario_.name = name->text;
        map.text("description", scenario_.description);
        const Entry* run = root.is_map() ? root.find("run") : nullptr;
        scenario_.run = read_run(reading_, run == nullptr ? nullptr : &run->value,
                                 run == nullptr ? Place{} : run->place, has_pipelines(root));
        LogColumns logs(reading_, map.find("logs"), folder_, scenario_.run.zone);
        reading_.column = [&logs](std::string_view log, std::string_view column) {
            return logs.column(log, column);
        };
        scenario_.logs = logs.declared();
        const Node* load = map.find("load");
        read_field_dimensions(reading_, root);
        read_twin(map);
        elements(map.find("profiles"), "profiles", "day", [&](const Entry& e) { add_profile(e, logs); });
        elements(load, "load", "jobs",
                 [&](const Entry& e) { scenario_.loads.push_back(read_load(reading_, e)); });
        read_actions(map.find("actions"), root);
        const bool has_warm_up =
            run != nullptr && run->value.is_map() && run->value.find("warm_up") != nullptr;
        // Nothing is measured before anything is there.
        if (const kernel::Time as_of = scenario_.twin.state.as_of; as_of > 0)
            scenario_.run.warm_up = std::max(scenario_.run.warm_up.value_or(as_of), as_of);
        else if (!scenario_.twin.state.elements.empty() && !has_warm_up)
            scenario_.run.warm_up = 0;
        read_objectives(map);
        reading_.column = nullptr;
        scenario_.currency = reading_.currency;
        logs_digest_ = logs.digest();
        return std::move(scenario_);
    }

    /// Of all columns that were read.
    std::uint64_t logs_digest() const { return logs_digest_; }

private:
    static bool has_pipelines(const Node& root) {
        const Entry* twin = root.is_map() ? root.find("twin") : nullptr;
        const Entry* pipelines =
            twin != nullptr && twin->value.is_map() ? twin->value.find("pipelines") : nullptr;
        return pipelines != nullptr && pipelines->value.is_map() && !pipelines->value.entries.empty();
    }

    template <class Add>
    void elements(const Node* section, std::string_view name, std::string_view example, Add&& add,
                  bool dots = false) {
        if (section == nullptr) return;
        if (!section->is_map()) {
            if (!section->is_scalar() || !section->text.empty())
                reading_.error(*section, fmt::format("'{}' takes a map, not {}", name, shown(*section)),
                               fmt::format("each by its name: '{}: {{{}: {{...}}}}'", name, example));
            return;
        }
        for (const Entry& entry : section->entries)
            if (require_declared_name(reading_.out, entry.key, entry.place, dots)) add(entry);
    }

    void add_profile(const Entry& element, const LogColumns& logs) {
        const std::size_t before = reading_.out.errors();
        models::Profile& profile = scenario_.profiles.emplace_back(read_profile(reading_, element));
        if (profile.series.empty() || reading_.out.errors() > before) return;
        const std::string log = profile.series.substr(0, profile.series.find('.'));
        place_series(reading_, element.value.find("series")->value, profile, logs.first_date(log),
                     scenario_.run);
    }

    void read_twin(MapReader& map) {
        const Node* node = map.find("twin");
        if (node == nullptr) return;
        if (node->is_scalar()) return;  // empty, which is told
        MapReader twin(reading_, *node, "twin", map.node().find("twin")->place);
        models::Twin& into = scenario_.twin;
        elements(twin.find("types"), "types", "node",
                 [&](const Entry& e) { into.types.push_back(read_type(reading_, e)); });
        elements(twin.find("pools"), "pools", "spark",
                 [&](const Entry& e) { into.pools.push_back(read_pool(reading_, e)); });
        elements(twin.find("budgets"), "budgets", "quota",
                 [&](const Entry& e) { into.budgets.push_back(read_budget(reading_, e)); });
        elements(
            twin.find("datasets"), "datasets", "orders",
            [&](const Entry& e) { into.datasets.push_back(read_dataset(reading_, e)); }, true);
        elements(twin.find("stages"), "stages", "server",
                 [&](const Entry& e) { into.stages.push_back(read_stage(reading_, e)); });
        elements(twin.find("pipelines"), "pipelines", "nightly",
                 [&](const Entry& e) { into.pipelines.push_back(read_pipeline(reading_, e)); });
        elements(
            twin.find("state"), "state", "server",
            [&](const Entry& e) { into.state.elements.push_back(read_state(reading_, e)); }, true);
        twin.duration("as_of", into.state.as_of);
        read_renamed(twin.find("renamed"));
        resolve_types();
        add_transfers();
        if (twin.ok() && node->find("stages") == nullptr && node->find("pipelines") == nullptr)
            reading_.out.error(map.node().find("twin")->place, "the twin has neither stages nor pipelines",
                               "such as 'stages: {server: {reads: jobs, workers: 1, service: 1s}}'");
    }

    void read_renamed(const Node* renamed) {
        if (renamed == nullptr) return;
        if (!renamed->is_map()) {
            reading_.error(*renamed, fmt::format("'renamed' takes a map, not {}", shown(*renamed)),
                           "the old name by the new one: 'renamed: {cleanse: clean}'");
            return;
        }
        for (const Entry& entry : renamed->entries)
            if (require_scalar(reading_, entry.value, "renamed", "{cleanse: clean}"))
                scenario_.twin.renamed[entry.key] = entry.value.text;
    }

    /// Workers of a type take what the type says; keys of their own win. Unknown types are models::check's to
    /// report.
    void resolve_types() {
        const auto resolve_type = [&](models::Workers& workers) {
            if (workers.type_name.empty()) return;
            for (const models::WorkerType& type : scenario_.twin.types) {
                if (type.name != workers.type_name) continue;
                models::WorkerType own = workers.type;
                workers.type = type;
                if (own.cores != 0) workers.type.cores = own.cores;
                if (own.memory_bytes != 0) workers.type.memory_bytes = own.memory_bytes;
                if (own.speed != 1) workers.type.speed = own.speed;
                if (own.network != 0) workers.type.network = own.network;
                if (own.cost_per_second != 0 || own.cost_per_byte != 0) {
                    workers.type.cost_per_second = own.cost_per_second;
                    workers.type.cost_per_byte = own.cost_per_byte;
                }
            }
        };
        for (models::Pool& pool : scenario_.twin.pools) resolve_type(pool.workers);
        for (models::Stage& stage : scenario_.twin.stages)
            if (stage.work.workers) resolve_type(*stage.work.workers);
        for (models::Pipeline& pipeline : scenario_.twin.pipelines)
            for (models::Task& task : pipeline.tasks)
                if (task.work.workers) resolve_type(*task.work.workers);
    }

    /// What crosses a link takes as long as its size over the bandwidth, besides what its service says.
    void add_transfers() {
        const auto add = [&](models::Work& work) {
            double bandwidth = work.workers ? work.workers->bandwidth : 0;
            for (const models::Need& need : work.runs_on)
                for (const models::Pool& pool : scenario_.twin.pools)
                    if (pool.name == need.pool && pool.workers.bandwidth > 0)
                        bandwidth = pool.workers.bandwidth;
            if (bandwidth <= 0) return;
            models::Term transfer;
            transfer.law = kernel::Distribution::constant(1 / bandwidth);
            transfer.per = models::Per::bytes;
            transfer.implied = true;
            work.service.terms.push_back(std::move(transfer));
        };
        for (models::Stage& stage : scenario_.twin.stages) add(stage.work);
        for (models::Pipeline& pipeline : scenario_.twin.pipelines)
            for (models::Task& task : pipeline.tasks) add(task.work);
    }

    void read_actions(const Node* actions, const Node& root) {
        if (actions == nullptr) return;
        if (!actions->is_list()) {
            if (!actions->is_scalar() || !actions->text.empty())
                reading_.error(*actions, fmt::format("'actions' takes a list, not {}", shown(*actions)),
                               "each with '- ': '- {at: 6h, for: 2h, set: load, to: 5x}'");
            return;
        }
        const std::vector<Target> targets = targets_of(root);
        for (std::size_t i = 0; i < actions->items.size(); ++i) {
            const bool asked_for =
                aside_ != nullptr && i >= aside_->first && i < aside_->first + aside_->count;
            scenario_.actions.push_back(read_action(reading_, actions->items[i], targets, asked_for));
        }
    }

    void read_objectives(MapReader& map) {
        lines(map.find("objectives"), "objectives", "p(95) latency(server) < 40s", scenario_.objectives,
              [&](const Node& node) { return read_objective(node.text, reading_.currency); });
        lines(map.find("measures"), "measures", "avg waiting(server)", scenario_.measures,
              [&](const Node& node) { return read_measure(node.text); });
    }

    /// One of `into` for each item, read or not: paths of problems count the items.
    template <class Promise, class Read>
    void lines(const Node* list, std::string_view name, std::string_view example, std::vector<Promise>& into,
               Read&& read) {
        if (list == nullptr) return;
        if (!list->is_list()) {
            if (!list->is_scalar() || !list->text.empty())
                reading_.error(*list, fmt::format("'{}' takes a list, not {}", name, shown(*list)),
                               fmt::format("each with '- ': '- {}'", example));
            return;
        }
        std::vector<std::string> seen;
        for (const Node& item : list->items) {
            Promise& promise = into.emplace_back();
            if (!require_scalar(reading_, item, name, example)) continue;
            if (std::find(seen.begin(), seen.end(), item.text) != seen.end()) {
                reading_.error(item, fmt::format("'{}' is listed twice", item.text), "leave one out");
                continue;
            }
            seen.push_back(item.text);
            reading_.guarded(item, [&] { promise = read(item); });
        }
    }

    Reading reading_;
    std::string folder_;
    const Aside* aside_;
    std::uint64_t logs_digest_ = 0;
    models::Scenario scenario_;
};

/// The first word in quotes: what a message is about.
std::string_view quoted_word(std::string_view message) {
    const std::size_t start = message.find('\'');
    const std::size_t end = start == std::string_view::npos ? start : message.find('\'', start + 1);
    return end == std::string_view::npos ? std::string_view() : message.substr(start + 1, end - start - 1);
}

/// models::Scenario::simulated_digest, taking from the document what does not count.
std::uint64_t digest_of_simulated(Node& root, std::uint64_t logs) {
    const auto leave_out = [](Node& map, std::initializer_list<std::string_view> keys) {
        std::erase_if(map.entries, [&](const Entry& entry) {
            return std::find(keys.begin(), keys.end(), entry.key) != keys.end();
        });
    };
    leave_out(root, {"description", "objectives", "measures"});
    if (Entry* run = root.find("run"); run != nullptr)
        leave_out(run->value, {"seed", "replications", "precision", "confidence"});
    return kernel::stable_hash(write_document(root), logs);
}

/// What a problem of the meaning is about.
ReadingStep step_of(std::string_view path) {
    if (path.starts_with("objectives") || path.starts_with("measures")) return ReadingStep::objectives;
    const auto has = [&](std::string_view key) { return path.find(key) != std::string_view::npos; };
    return has(".runs_on") || has(".spends") || has(".transfers") ? ReadingStep::needs : ReadingStep::graph;
}

/// Sorts what was found into steps, for those who want to know.
class StepLog {
public:
    explicit StepLog(std::vector<FoundProblem>* into) : into_(into) {}

    /// What is new in `out` was found in this step.
    void end(ReadingStep step, const Diagnostics& out) {
        if (into_ == nullptr) return;
        for (Diagnostic& one : out.all()) {
            const std::string shown = out.show(one);
            if (!known_.insert(shown).second) continue;
            std::string place = out.show(one.place);
            into_->push_back({step, std::move(one), std::move(place)});
        }
    }

private:
    std::vector<FoundProblem>* into_;
    std::set<std::string> known_;
};

/// A document with all that it is made of, before overrides.
struct Whole {
    Node root;
    std::vector<LoadMultiple> multiples;
    std::string folder;
    Diagnostics out;
    bool makes_sense = false;                 ///< else what is wrong is in `out`
    std::vector<std::string> overrides = {};  ///< those that are to be applied to it
    Node instances = Node::map();             ///< of templates, as in EffectiveDocument
    std::vector<studies::UncertainInput> uncertain = {};
    Renames renames = {};
    std::string stored_twin = {};
};

Whole read_whole(std::string_view text, const std::string& file, const std::string& folder,
                 const std::vector<std::string>& changes, const std::vector<std::string>& overrides,
                 Alongside alongside, StepLog& log) {
    Whole whole{Node::map(), {}, folder, Diagnostics(file, text)};
    whole.overrides = overrides;
    whole.root = read_document(text, whole.out);
    const bool is_scenario =
        (!whole.out.has_errors() || (whole.root.is_map() && !whole.root.entries.empty())) &&
        check_head(whole.root, "scenario", whole.out);
    log.end(ReadingStep::configuration, whole.out);
    if (!is_scenario) return whole;
    alongside.uncertain = &whole.uncertain;
    alongside.renames = &whole.renames;
    alongside.stored_twin = &whole.stored_twin;
    alongside.instances = &whole.instances;
    whole.makes_sense =
        make_whole(whole.root, file, folder, changes, whole.overrides, whole.multiples, whole.out, alongside);
    log.end(ReadingStep::edits, whole.out);
    return whole;
}

/// Of the instances, with the parameters of the scenario that they are given.
Node with_parameters(Node& root, Node instances, Diagnostics& out) {
    // As a part of the document, by a name that no part has: what an instance is given is used.
    const std::string section = "(instances)";
    root.add(section, std::move(instances));
    substitute_parameters(root, out);
    Node settled = std::move(root.find(section)->value);
    std::erase_if(root.entries, [&](const Entry& entry) { return entry.key == section; });
    return settled;
}

ScenarioReading read_on(Whole whole, const Aside* way_back, StepLog& log,
                        EffectiveDocument* effective = nullptr) {
    ScenarioReading result{std::nullopt, std::move(whole.out)};
    Diagnostics& out = result.diagnostics;
    if (!whole.makes_sense) return result;
    Node& root = whole.root;
    std::vector<LoadMultiple>& multiples = whole.multiples;
    apply_overrides(root, whole.overrides, multiples, out);
    spread_applied_changes(root, whole.folder, out);  // of actions that were added
    Node instances = with_parameters(root, std::move(whole.instances), out);
    apply_multiples(root, multiples, out);
    std::string canonical = write_document(root);
    if (Entry* twin = root.find("twin"); twin != nullptr && twin->value.is_map())
        if (Entry* pipelines = twin->value.find("pipelines");
            pipelines != nullptr && pipelines->value.is_map())
            for (Entry& pipeline : pipelines->value.entries)
                if (pipeline.value.is_map()) merge_defaults(pipeline.value);
    if (effective != nullptr) {
        effective->root = root;
        effective->instances = std::move(instances);
    }
    ScenarioReader reader(out, whole.folder, way_back);
    models::Scenario scenario = reader.read(root);
    log.end(ReadingStep::configuration, out);
    for (const models::Problem& problem : models::check(scenario, unread_parts(root, out))) {
        const Place place = place_of_path(root, problem.path, quoted_word(problem.message));
        if (problem.severity == models::Problem::Severity::error)
            out.error(place, problem.message, problem.hint);
        else
            out.warning(place, problem.message, problem.hint);
        log.end(step_of(problem.path), out);
    }
    if (!out.has_errors()) {
        scenario.simulated_digest = digest_of_simulated(root, reader.logs_digest());
        scenario.text = std::move(canonical);
        keep_as_fitted(scenario, whole.uncertain);
        result.uncertain = std::move(whole.uncertain);
        result.renames = std::move(whole.renames);
        result.scenario = std::move(scenario);
    }
    return result;
}

}  // namespace

ScenarioReading read_scenario(std::string_view text, const std::string& file,
                              const std::vector<std::string>& overrides, const std::string& folder,
                              const std::vector<std::string>& changes, Aside* aside) {
    StepLog log(nullptr);
    return read_on(read_whole(text, file, folder, changes, overrides, {nullptr, aside}, log), aside, log);
}

struct ScenarioSource::Read {
    ScenarioText file;
    std::vector<std::string> changes;
    Whole whole;
    // Parameters of instances count before these are put in place: what sets some is read with them, once.
    mutable std::mutex mutex = {};
    mutable std::map<std::vector<std::string>, Whole> with_parameters = {};
};

ScenarioSource::ScenarioSource(const std::string& path, const std::vector<std::string>& changes) {
    ScenarioText file;
    StepLog log(nullptr);
    Whole whole{Node::map(), {}, "", Diagnostics(path)};
    if (const auto problem = read_scenario_text(path, file))
        whole.out.error({}, problem->what, problem->hint);
    else
        whole = read_whole(file.text, file.shown, file.folder, changes, {}, {}, log);
    read_ = std::shared_ptr<const Read>(new Read{std::move(file), changes, std::move(whole)});
}

ScenarioReading ScenarioSource::read(const std::vector<std::string>& overrides) const {
    StepLog log(nullptr);
    std::vector<std::string> of_parameters, others;
    for (const std::string& one : overrides)
        (may_set_parameter(read_->whole.instances, path_of_override(one)) ? of_parameters : others)
            .push_back(one);
    Whole whole = read_->whole;
    if (!of_parameters.empty()) {
        const std::lock_guard lock(read_->mutex);
        const auto known = read_->with_parameters.find(of_parameters);
        whole = known != read_->with_parameters.end()
                    ? known->second
                    : read_->with_parameters
                          .emplace(of_parameters,
                                   read_whole(read_->file.text, read_->file.shown, read_->file.folder,
                                              read_->changes, of_parameters, {}, log))
                          .first->second;
    }
    whole.overrides.insert(whole.overrides.end(), others.begin(), others.end());
    return read_on(std::move(whole), nullptr, log);
}

EffectiveDocument read_effective_document(const std::string& path, const std::vector<std::string>& overrides,
                                          const std::vector<std::string>& changes) {
    ScenarioText file;
    if (const auto problem = read_scenario_text(path, file)) {
        EffectiveDocument nothing{{std::nullopt, Diagnostics(path)}, Node::map(), file.folder};
        nothing.reading.diagnostics.error({}, problem->what, problem->hint);
        return nothing;
    }
    EffectiveDocument document{{std::nullopt, Diagnostics()}, Node::map(), file.folder};
    StepLog log(nullptr);
    Whole whole = read_whole(file.text, file.shown, file.folder, changes, overrides, {}, log);
    document.version = names_stored_version(path) ? file.shown : whole.stored_twin;
    document.reading = read_on(std::move(whole), nullptr, log, &document);
    return document;
}

ChangedReading read_changed_scenario(const std::string& base, const std::string& change) {
    ChangedReading result;
    ScenarioText file;
    if (const auto problem = read_scenario_text(base, file)) {
        result.problems.push_back({ReadingStep::configuration,
                                   {Diagnostic::Severity::error, {}, problem->what, problem->hint},
                                   base});
        return result;
    }
    StepLog log(&result.problems);
    std::vector<Diagnostic> stress;
    Alongside alongside{&result.transformations, nullptr};
    alongside.stress = &stress;
    ScenarioReading reading =
        read_on(read_whole(file.text, file.shown, file.folder, {change}, {}, alongside, log), nullptr, log);
    for (Diagnostic& one : stress) {
        std::string place = reading.diagnostics.show(one.place);
        result.problems.push_back({ReadingStep::stress, std::move(one), std::move(place)});
    }
    result.scenario = std::move(reading.scenario);
    // What stands in SQL or in a table is of a transformation.
    for (FoundProblem& one : result.problems)
        if (one.step == ReadingStep::edits &&
            (one.place.find(".sql:") != std::string::npos || one.place.find(".csv:") != std::string::npos))
            one.step = ReadingStep::transformation;
    std::stable_sort(result.problems.begin(), result.problems.end(),
                     [](const FoundProblem& a, const FoundProblem& b) { return a.step < b.step; });
    return result;
}

ScenarioReading read_scenario_file(const std::string& path, const std::vector<std::string>& overrides,
                                   const std::vector<std::string>& changes, Aside* aside) {
    ScenarioText file;
    if (const auto problem = read_scenario_text(path, file)) {
        ScenarioReading result{std::nullopt, Diagnostics(path)};
        result.diagnostics.error({}, problem->what, problem->hint);
        return result;
    }
    return read_scenario(file.text, file.shown, overrides, file.folder, changes, aside);
}

}  // namespace understudy::formats
