#include "tools/studies/change_impact.h"

#include <algorithm>
#include <boost/range/iterator_range.hpp>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "models/compile/compile.h"
#include "models/knowledge/knowledge_queries.h"
#include "tools/studies/analytic.h"
#include "tools/studies/counterparts.h"
#include "tools/studies/promised_probe.h"
#include "tools/studies/rebuilt.h"
#include "tools/studies/transformation_checks.h"

namespace understudy::studies {

namespace {

using models::KnowledgeGraph;
using models::KnowledgeIndex;
using models::Thing;

/// Keys that people and tools read, and no run.
bool says_something_only(const std::string& key) {
    for (const char* one : {"label", "description", "owner", "tags"})
        if (key == one || key.starts_with(std::string(one) + ".")) return true;
    return false;
}

bool is_of_columns(const std::string& key) { return key == "columns" || key.starts_with("columns."); }

bool counts(Thing thing) {
    return thing == Thing::stage || thing == Thing::task || thing == Thing::dataset ||
           thing == Thing::pipeline;
}

constexpr Thing changeable[] = {Thing::load, Thing::dataset, Thing::stage, Thing::pipeline,
                                Thing::task, Thing::pool,    Thing::budget};

/// What is reached in the graph of the base, the candidate, or both.
class Reach {
public:
    explicit Reach(ChangeImpact& impact) : impact_(impact) {}

    void from(const models::Scenario& scenario, const std::vector<ChangedElement>& changed,
              ChangedElement::Kind only_there) {
        const KnowledgeGraph knowledge(scenario);
        for (const ChangedElement& element : changed) {
            if (element.kind != ChangedElement::Kind::changed && element.kind != only_there) continue;
            const bool matters =
                element.kind != ChangedElement::Kind::changed ||
                std::any_of(element.keys.begin(), element.keys.end(), [&](const std::string& key) {
                    return !says_something_only(key) && !(element.type == "dataset" && is_of_columns(key));
                });
            if (!matters) continue;
            for (const KnowledgeIndex start : starts_of(knowledge, scenario, element)) add(knowledge, start);
        }
    }

    void add_reader(const KnowledgeGraph& knowledge, const SchemaReader& reader) {
        for (const Thing thing : {Thing::stage, Thing::task})
            if (const auto job = knowledge.find(thing, reader.job)) {
                meet(knowledge, *job, reader.steps, reader.column);
                note_around(knowledge, *job);
                // A reader that fails makes nothing more of what comes behind it.
                note_at_stake(knowledge, *job);
            }
    }

    /// A job that writes anew what it wrote before, unless it is touched anyhow.
    void add_rebuilt(const KnowledgeGraph& knowledge, const std::string& name, const RebuiltJob& rebuilt) {
        for (const Thing thing : {Thing::stage, Thing::task})
            if (const auto job = knowledge.find(thing, name);
                job && !met_.contains({models::name_of(thing), name})) {
                meet(knowledge, *job, static_cast<std::size_t>(std::max(1, rebuilt.steps)), rebuilt.through);
                note_around(knowledge, *job);
                add_shared(knowledge, *job);
            }
    }

    void add_column(const KnowledgeGraph& knowledge, const MadeColumn& made) {
        if (const auto column = knowledge.find(Thing::column, made.name))
            meet(knowledge, *column, made.steps, made.of);
        // What the column stands in is not what it was, either.
        if (const auto dataset = knowledge.find(Thing::dataset, made.name.substr(0, made.name.rfind('.')))) {
            meet(knowledge, *dataset, made.steps + 1, made.name);
            note_around(knowledge, *dataset);
            add_promises_of(knowledge.graph(), *dataset);
        }
    }

    void note_around(const KnowledgeGraph& knowledge, KnowledgeIndex v) {
        const models::Knowledge& g = knowledge.graph();
        for (const auto e : boost::make_iterator_range(boost::out_edges(v, g))) {
            if (g[e].relation == models::Relation::owned_by) owners_.insert(g[boost::target(e, g)].name);
            if (g[e].relation == models::Relation::governed_by)
                contracts_.insert(g[boost::target(e, g)].name);
        }
    }

    void finish(const std::vector<ChangedElement>& changed) {
        std::set<std::pair<std::string, std::string>> own;
        for (const ChangedElement& element : changed) own.insert({element.type, element.name});
        for (auto& [key, thing] : met_)
            if (!own.contains(key)) impact_.affected.push_back(thing);
        std::stable_sort(impact_.affected.begin(), impact_.affected.end(),
                         [](const AffectedThing& a, const AffectedThing& b) {
                             return std::tie(a.steps, a.kind, a.name) < std::tie(b.steps, b.kind, b.name);
                         });
        impact_.owners.assign(owners_.begin(), owners_.end());
        impact_.contracts.assign(contracts_.begin(), contracts_.end());
        impact_.promises.assign(promises_.begin(), promises_.end());
        for (const auto& [kind, name] : competing_)
            if (!own.contains({kind, name}) && !met_.contains({kind, name}))
                impact_.competing.push_back(name);
        std::sort(impact_.competing.begin(), impact_.competing.end());
    }

    const std::set<std::string>& promises() const { return promises_; }

private:
    static std::vector<KnowledgeIndex> starts_of(const KnowledgeGraph& knowledge,
                                                 const models::Scenario& scenario,
                                                 const ChangedElement& element) {
        std::vector<KnowledgeIndex> starts;
        const auto start = [&](Thing thing, const std::string& name) {
            if (const auto found = knowledge.find(thing, name)) starts.push_back(*found);
        };
        for (const Thing thing : changeable)
            if (element.type == models::name_of(thing)) start(thing, element.name);
        if (element.type == "profile")
            for (const models::Load& load : scenario.loads)
                if (load.profile == element.name) start(Thing::load, load.name);
        if (element.type == "action")
            for (const models::Action& action : scenario.actions)
                if (action.name == element.name) add_acted_on(scenario, action, start);
        if (element.type == "type") {
            for (const models::Pool& pool : scenario.twin.pools)
                if (uses(pool.workers, element.name)) start(Thing::pool, pool.name);
            for (const models::Stage& stage : scenario.twin.stages)
                if (stage.work.workers && uses(*stage.work.workers, element.name))
                    start(Thing::stage, stage.name);
        }
        return starts;
    }

    /// What an action acts on; `load` is all of them.
    template <class Start>
    static void add_acted_on(const models::Scenario& scenario, const models::Action& action, Start&& start) {
        if (action.target == "load" && action.key.empty()) {
            for (const models::Load& load : scenario.loads) start(Thing::load, load.name);
            return;
        }
        for (const Thing thing : changeable) start(thing, action.target);
    }

    static bool uses(const models::Workers& workers, const std::string& type) {
        return workers.type_name == type ||
               std::any_of(workers.groups.begin(), workers.groups.end(),
                           [&](const auto& group) { return group.first == type; });
    }

    void add(const KnowledgeGraph& knowledge, KnowledgeIndex start) {
        const models::Knowledge& g = knowledge.graph();
        const models::Impact impact = models::impact_of(knowledge, start);
        for (const models::Reached& one : impact.reached) {
            meet(knowledge, one.vertex, one.steps, g[one.from].name);
            note_around(knowledge, one.vertex);
        }
        note_around(knowledge, start);
        for (const KnowledgeIndex v : impact.promises) promises_.insert(g[v].name);
        for (const KnowledgeIndex v : impact.contracts) contracts_.insert(g[v].name);
        add_shared(knowledge, start);
        for (const models::Reached& one : impact.reached) add_shared(knowledge, one.vertex);
        for (const KnowledgeIndex v : impact.competing) {
            competing_.insert({models::name_of(g[v].thing), g[v].name});
            add_promises_of(g, v);
        }
    }

    /// Who does more, or other, work than before leaves less of the pools and budgets that it uses.
    void add_shared(const KnowledgeGraph& knowledge, KnowledgeIndex job) {
        const models::Knowledge& g = knowledge.graph();
        for (const auto e : boost::make_iterator_range(boost::out_edges(job, g)))
            if (g[e].relation == models::Relation::runs_on || g[e].relation == models::Relation::spends)
                add_promises_of(g, boost::target(e, g));
    }

    void add_promises_of(const models::Knowledge& g, KnowledgeIndex v) {
        for (const auto e : boost::make_iterator_range(boost::in_edges(v, g)))
            if (g[e].relation == models::Relation::promised_of) promises_.insert(g[boost::source(e, g)].name);
    }

    /// What is promised of what comes behind a job, and of the pools and budgets that it uses.
    void note_at_stake(const KnowledgeGraph& knowledge, KnowledgeIndex job) {
        const models::Knowledge& g = knowledge.graph();
        if (!at_stake_behind_.insert(g[job].name).second) return;
        for (const KnowledgeIndex v : models::impact_of(knowledge, job).promises) promises_.insert(g[v].name);
        add_shared(knowledge, job);
    }

    void meet(const KnowledgeGraph& knowledge, KnowledgeIndex v, std::size_t steps,
              const std::string& through) {
        const models::Knowledge& g = knowledge.graph();
        AffectedThing thing{models::name_of(g[v].thing), g[v].name, g[v].label, "", steps, through};
        thing.owner = models::owners_of(g, v);
        const auto [at, is_new] = met_.try_emplace({thing.kind, thing.name}, thing);
        if (!is_new && thing.steps < at->second.steps) at->second = std::move(thing);
    }

    ChangeImpact& impact_;
    std::map<std::pair<std::string, std::string>, AffectedThing> met_;
    std::set<std::string> owners_, contracts_, promises_;
    std::set<std::string> at_stake_behind_;  ///< jobs of which all that comes behind them was looked at
    std::set<std::pair<std::string, std::string>> competing_;  ///< kind and name
};

void expect_effects(const PreparedRun& base, const PreparedRun& candidate,
                    const std::set<std::string>& at_stake, ChangeImpact& impact) {
    const Counterparts names(base.scenario, candidate.scenario);
    impact.no_longer_promised = weaker_promises(base.scenario, candidate.scenario, names);
    for (const models::Objective& objective : candidate.scenario.objectives) {
        ExpectedEffect effect;
        effect.text = objective.text;
        effect.unit = models::unit_of(objective.measure, candidate.scenario);
        effect.limit = objective.limit;
        effect.at_most = objective.comparison == models::Comparison::less ||
                         objective.comparison == models::Comparison::at_most;
        effect.candidate = candidate.answers[probe_of(candidate, objective)];
        const AnalyticObjective after = judge(objective, effect.candidate);
        effect.after = after.verdict;
        effect.explanation = after.explanation;
        effect.at_stake = at_stake.contains(objective.text);
        for (std::size_t j = 0; j < base.measures.size(); ++j)
            if (names.in_candidate(base.measures[j]).text == objective.measure.text) {
                effect.baseline = base.answers[j];
                effect.before = judge(objective, base.answers[j]).verdict;
                break;
            }
        impact.effects.push_back(std::move(effect));
    }
}

std::string share_text(std::size_t part, std::size_t whole, const char* of) {
    return std::to_string(part) + " of " + std::to_string(whole) + " " + of;
}

RiskFactor reach_factor(const ChangeImpact& impact) {
    const double share =
        impact.things == 0 ? 0.0 : static_cast<double>(impact.reached) / static_cast<double>(impact.things);
    return {"reach", 1 + 4 * share,
            share_text(impact.reached, impact.things, "jobs, datasets and pipelines")};
}

/// The worst that is known of it: 5 it cannot go on, 4 a promise breaks or a reader fails, 3 it may, or something is offered
/// more than it can do and loses it, 2 something gets worse,
/// 1 nothing does.
RiskFactor severity_factor(const ChangeImpact& impact, const ChangeReview& review) {
    RiskFactor worst{"severity", 1, "nothing that is promised is expected to get worse"};
    const auto at_least = [&](double value, std::string why) {
        if (value > worst.value) worst = {"severity", value, std::move(why)};
    };
    for (const WeakerPromise& one : impact.no_longer_promised)
        at_least(3, "'" + one.text + "' is no longer promised");
    for (const Check& check : review.checks) {
        // What an author calls it makes it no worse and no better.
        if (check.name == "kind") continue;
        if (check.status == Check::Status::failed)
            at_least(check.name == "stability" ? 5 : 4,
                     check.name + (check.about.empty() ? "" : " of " + check.about) + " failed");
        if (check.status == Check::Status::warned)
            at_least(check.name == "schema" || check.name == "rows" || check.name == "outputs" ||
                             check.name == "stability"
                         ? 3
                         : 2,
                     check.name + (check.about.empty() ? "" : " of " + check.about) + " is doubtful");
    }
    for (const Transformation& one : review.transformations)
        if (!one.differences)
            at_least(3, "rows of " + one.task +
                            (remade_by(one) == Remade::unknown ? " were not compared" : " differ"));
    for (const ExpectedEffect& effect : impact.effects) {
        if (effect.after == Verdict::violated && effect.before != Verdict::violated)
            at_least(4, "'" + effect.text + "' is expected to break");
        else if (effect.after == Verdict::inconclusive && effect.before == Verdict::met)
            at_least(3, "'" + effect.text + "' may break");
        else if (effect.baseline.kind != models::Answer::Kind::refused &&
                 effect.candidate.kind != models::Answer::Kind::refused &&
                 (effect.at_most ? effect.candidate.value > effect.baseline.value
                                 : effect.candidate.value < effect.baseline.value))
            at_least(2, "'" + effect.text + "' comes nearer to its limit");
    }
    return worst;
}

RiskFactor uncertainty_factor(const ChangeImpact& impact, const ChangeReview& review) {
    std::size_t at_stake = 0, untold = 0;
    for (const ExpectedEffect& effect : impact.effects) {
        at_stake += effect.at_stake ? 1 : 0;
        untold += effect.at_stake && effect.after == Verdict::inconclusive ? 1 : 0;
    }
    std::set<std::string> known, unknown;
    for (const SchemaFinding& finding : review.schema.findings) {
        for (const SchemaReader& reader : finding.readers) known.insert(reader.job);
        unknown.insert(finding.unknown.begin(), finding.unknown.end());
    }
    const double of_promises =
        at_stake == 0 ? 0.0 : static_cast<double>(untold) / static_cast<double>(at_stake);
    const std::size_t readers = known.size() + unknown.size();
    const double of_readers =
        unknown.empty() ? 0.0 : static_cast<double>(unknown.size()) / static_cast<double>(readers);
    RiskFactor factor{"uncertainty", 1 + 4 * std::max(of_promises, of_readers), ""};
    if (at_stake > 0)
        factor.why = "formulas cannot settle " + share_text(untold, at_stake, "objectives at stake");
    if (!unknown.empty())
        factor.why +=
            (factor.why.empty() ? "" : "; ") +
            ("of " + share_text(unknown.size(), readers, "jobs nobody knows which columns they read"));
    if (factor.why.empty()) factor.why = "nothing is at stake that formulas or lineage do not tell";
    return factor;
}

RiskFactor reversibility_factor(const PreparedRun& base, const PreparedRun& candidate,
                                const ChangeReview& review) {
    RiskFactor factor{"reversibility", 1, "it can be set back"};
    const auto at_least = [&](double value, std::string why) {
        if (value > factor.value) factor = {"reversibility", value, std::move(why)};
    };
    using SchemaKind = models::SchemaDifference::Kind;
    for (const SchemaFinding& finding : review.schema.findings) {
        const SchemaKind kind = finding.difference.kind;
        if (kind == SchemaKind::unwritten)
            at_least(3, finding.difference.path() +
                            " is no longer written: what is missing meanwhile has to be rebuilt");
        else if (kind == SchemaKind::dropped || kind == SchemaKind::dataset_dropped)
            at_least(5, finding.difference.path() + " is dropped: what was in it is gone");
        else if (kind == SchemaKind::retyped || kind == SchemaKind::narrowed)
            at_least(5, finding.difference.path() + " is " + models::name_of(kind) +
                            ": what does not fit is gone");
        else if (!finding.difference.forward)
            at_least(
                3, finding.difference.path() +
                       " changes: what is written meanwhile does not fit what it was, and has to be rebuilt");
        else if (!finding.difference.backward)
            at_least(3, finding.difference.path() + " changes: what is made anew for it has to be rebuilt");
    }
    for (const OutputFinding& one : review.outputs)
        if (one.category != ChangeCategory::non_breaking)
            at_least(3, "rows that " +
                            (one.kind == OutputFinding::Kind::written ? "were written to " + one.about
                                                                      : one.about + " wrote") +
                            " meanwhile have to be rebuilt");
    for (const Transformation& one : review.transformations)
        if (const Remade rows = remade_by(one); rows == Remade::unknown)
            at_least(
                3, "rows that " + one.task + " wrote meanwhile were not compared and may have to be rebuilt");
        else if (rows == Remade::different)
            at_least(3, "rows that " + one.task + " wrote meanwhile have to be rebuilt");
    std::map<std::string, std::optional<kernel::Time>> before;
    for (const models::Dataset& dataset : base.scenario.twin.datasets)
        before[base.scenario.twin.drawn_as(dataset.name)] = dataset.retention;
    for (const models::Dataset& dataset : candidate.scenario.twin.datasets) {
        const auto old = before.find(candidate.scenario.twin.drawn_as(dataset.name));
        if (old != before.end() && dataset.retention && (!old->second || *dataset.retention < *old->second))
            at_least(5, dataset.name + " keeps data for a shorter time: what is older is gone");
    }
    return factor;
}

}  // namespace

namespace {

/// Jobs whose code makes other rows, or rows that nobody compared, be there as many as before, are changed, whether
/// anything else of them is or not.
void add_remade(const ChangeReview& review, const models::Scenario& candidate,
                std::vector<ChangedElement>& changed) {
    for (const Transformation& one : review.transformations) {
        if (remade_by(one) == Remade::alike) continue;
        const auto known = std::find_if(changed.begin(), changed.end(), [&](const ChangedElement& element) {
            return element.name == one.task && (element.type == "task" || element.type == "stage");
        });
        if (known != changed.end()) {
            if (known->kind == ChangedElement::Kind::changed) known->keys.emplace_back("transformation");
            continue;
        }
        const auto& stages = candidate.twin.stages;
        const bool is_stage = std::any_of(stages.begin(), stages.end(),
                                          [&](const models::Stage& stage) { return stage.name == one.task; });
        changed.push_back(
            {ChangedElement::Kind::changed, is_stage ? "stage" : "task", one.task, {"transformation"}});
    }
}

}  // namespace

ChangeImpact impact_of_change(const PreparedRun& base, const PreparedRun& candidate,
                              std::vector<ChangedElement> changed, const ChangeReview& review) {
    ChangeImpact impact;
    impact.changed = std::move(changed);
    add_remade(review, candidate.scenario, impact.changed);
    impact.category = review.category;
    Reach reach(impact);
    reach.from(base.scenario, impact.changed, ChangedElement::Kind::removed);
    reach.from(candidate.scenario, impact.changed, ChangedElement::Kind::added);
    const KnowledgeGraph before(base.scenario), after(candidate.scenario);
    std::set<std::string> unknown;
    for (const SchemaFinding& finding : review.schema.findings) {
        if (const auto dataset = before.find(Thing::dataset, finding.difference.base_dataset))
            reach.note_around(before, *dataset);
        // Also who can go on reading what is written reads other values than before.
        for (const SchemaReader& reader : finding.readers) reach.add_reader(before, reader);
        for (const MadeColumn& column : finding.columns)
            reach.add_column(before.find(Thing::column, column.name) ? before : after, column);
        unknown.insert(finding.unknown.begin(), finding.unknown.end());
    }
    const Counterparts names(base.scenario, candidate.scenario);
    for (const RebuiltJob& job : jobs_to_rebuild(candidate.scenario, review)) {
        const std::string name = names.in_baseline(job.name);
        const bool was_there = before.find(Thing::stage, name) || before.find(Thing::task, name);
        reach.add_rebuilt(was_there ? before : after, was_there ? name : job.name, job);
    }
    impact.unknown.assign(unknown.begin(), unknown.end());
    reach.finish(impact.changed);
    for (const auto v : boost::make_iterator_range(boost::vertices(after.graph())))
        impact.things += counts(after.graph()[v].thing) ? 1 : 0;
    const auto one_that_counts = [](const std::string& kind) {
        return kind == "stage" || kind == "task" || kind == "dataset" || kind == "pipeline";
    };
    for (const AffectedThing& thing : impact.affected) impact.reached += one_that_counts(thing.kind) ? 1 : 0;
    for (const ChangedElement& element : impact.changed)
        impact.reached += one_that_counts(element.type) ? 1 : 0;
    impact.things = std::max(impact.things, impact.reached);
    expect_effects(base, candidate, reach.promises(), impact);
    impact.factors = {reach_factor(impact), severity_factor(impact, review),
                      uncertainty_factor(impact, review), reversibility_factor(base, candidate, review)};
    for (const RiskFactor& factor : impact.factors) impact.risk *= factor.value;
    impact.level = impact.risk <= 16    ? "low"
                   : impact.risk <= 81  ? "moderate"
                   : impact.risk <= 256 ? "high"
                                        : "very high";
    return impact;
}

}  // namespace understudy::studies
