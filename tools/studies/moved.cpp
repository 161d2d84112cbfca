#include "tools/studies/moved.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "models/simulation/replication.h"
#include "tools/studies/variance_reduction.h"
#include "tools/studies/whereabouts.h"

namespace understudy::studies {

namespace {

using kernel::Time;
using models::Index;
using models::TraceEvent;

/// When each was born and gone; of a run: due and ended.
struct Life {
    Time born = -1, gone = -1;
};

bool is_closed(models::Arrivals::Kind kind) {
    return kind == models::Arrivals::Kind::users || kind == models::Arrivals::Kind::saturated;
}

/// Of all items of loads and runs of pipelines, how long they lasted.
class Lives : public models::TraceListener {
public:
    explicit Lives(const models::Model& model)
        : items(model.loads.size()), runs(model.pipelines.size()), who_(model) {
        for (Index i = 0; i < model.loads.size(); ++i) closed_.push_back(is_closed(model.loads[i].kind));
    }
    void heard(const models::TraceDraw&) override {}
    void heard(const models::TraceRow& row) override {
        const auto who = who_.of(row);
        switch (row.event) {
            case TraceEvent::drop:
            case TraceEvent::expire:
            case TraceEvent::give_up:
                if (who && who->kind == Known::Kind::item) lost_.insert(row.item);
                return;
            case TraceEvent::enter:
            case TraceEvent::land: lost_.erase(row.item); return;
            case TraceEvent::arrive:
            case TraceEvent::due:
                if (Life* life = of(who); life && life->born < 0) life->born = row.time;
                return;
            case TraceEvent::leave:
                if (lost_.erase(row.item) > 0) return;
                [[fallthrough]];
            case TraceEvent::end:
                if (Life* life = of(who)) life->gone = row.time;
                return;
            default: return;
        }
    }

    std::vector<std::vector<Life>> items, runs;  ///< by load, by pipeline
    bool cut = false;

private:
    Life* of(const std::optional<Known>& who) {
        if (!who || who->kind == Known::Kind::batch) return nullptr;
        const bool run = who->kind == Known::Kind::run;
        if (!run && closed_[who->of]) return nullptr;
        std::vector<Life>& all = run ? runs[who->of] : items[who->of];
        if (who->number > all.size()) {
            if (seen_ == most_compared) {
                cut = true;
                return nullptr;
            }
            seen_ += who->number - all.size();
            all.resize(who->number);
        }
        return &all[who->number - 1];
    }

    WhoIsWho who_;
    std::vector<bool> closed_;
    std::unordered_set<std::uint64_t> lost_;
    std::size_t seen_ = 0;
};

/// One that moved, by its numbers in both.
struct Mover {
    Known baseline, candidate;
    Time born = 0, before = 0, after = 0;
    Time moved() const { return after - before; }
};

/// One kind: who moved most in each direction, and how many did.
struct Movers {
    MovedKind counts;
    std::vector<Mover> slower, faster;
};

/// Keeps the most_followed that moved furthest; of equals the one that came first.
void keep_most(std::vector<Mover>& most, const Mover& one) {
    const auto further = [](const Mover& a, const Mover& b) {
        return std::tuple(-std::abs(a.moved()), a.candidate) < std::tuple(-std::abs(b.moved()), b.candidate);
    };
    most.insert(std::upper_bound(most.begin(), most.end(), one, further), one);
    if (most.size() > most_followed) most.pop_back();
}

void compare_lives(Known::Kind kind, Index before_of, const std::vector<Life>& before, Index after_of,
                   const std::vector<Life>& after, Time warm_up, Movers& movers) {
    const std::size_t count = std::min(before.size(), after.size());
    for (std::size_t i = 0; i < count; ++i) {
        const Life &a = before[i], &b = after[i];
        if (a.born < warm_up || b.born < warm_up) continue;
        if (a.gone < 0 || b.gone < 0) {
            movers.counts.baseline_only += a.gone >= 0;
            movers.counts.candidate_only += b.gone >= 0;
            continue;
        }
        Mover one{
            {kind, before_of, i + 1}, {kind, after_of, i + 1}, b.born, a.gone - a.born, b.gone - b.born};
        ++movers.counts.compared;
        movers.counts.longer += one.moved() > 0;
        movers.counts.shorter += one.moved() < 0;
        if (one.moved() > 0) keep_most(movers.slower, one);
        if (one.moved() < 0) keep_most(movers.faster, one);
    }
    // Of what came to one of the two alone there is nothing to compare.
    const auto beyond = [&](const std::vector<Life>& lives) {
        return std::count_if(lives.begin() + static_cast<std::ptrdiff_t>(count), lives.end(),
                             [&](const Life& life) { return life.born >= warm_up && life.gone >= 0; });
    };
    movers.counts.baseline_only += beyond(before);
    movers.counts.candidate_only += beyond(after);
}

const std::string& element_name(const models::Model& model, std::uint32_t element) {
    return model.elements[element].name;
}

/// The name that it had at first, by which both know it.
const std::string& first_name(const models::Model& model, std::uint32_t element) {
    return model.elements[element].drawn_as;
}

/// Those that are the same in both.
template <class Rows>
std::vector<std::pair<Index, Index>> in_both(const Rows& before, const models::Model& baseline,
                                             const Rows& after, const models::Model& candidate) {
    std::map<std::string, Index> named;
    for (Index i = 0; i < after.size(); ++i) named[first_name(candidate, after[i].element)] = i;
    std::vector<std::pair<Index, Index>> both;
    for (Index i = 0; i < before.size(); ++i)
        if (const auto same = named.find(first_name(baseline, before[i].element)); same != named.end())
            both.emplace_back(i, same->second);
    return both;
}

/// One side of the pair: simulated anew for whoever listens.
class Replay {
public:
    Replay(const PreparedRun& prepared, const MovedOptions& how) : prepared_(prepared) {
        const models::Run& run = prepared.scenario.run;
        options_.seed = run.seed;
        number(options_, run, static_cast<std::uint64_t>(how.replication - 1));
        options_.warm_up = how.warm_up;
        options_.stop = how.stop;
    }
    const models::Model& model() const { return *prepared_.model; }
    /// False: it was stopped.
    bool tell(models::TraceListener& listener) {
        options_.sink = &listener;
        return models::run_replication(prepared_.model, options_).has_value();
    }

private:
    const PreparedRun& prepared_;
    models::ReplicationOptions options_;
};

OneOfMany one_of(const models::Model& model, const Known& known) {
    const Index element = known.kind == Known::Kind::item  ? model.loads[known.of].element
                          : known.kind == Known::Kind::run ? model.pipelines[known.of].element
                                                           : model.stages[known.of].element;
    const auto kind = known.kind == Known::Kind::item  ? OneOfMany::Kind::item
                      : known.kind == Known::Kind::run ? OneOfMany::Kind::run
                                                       : OneOfMany::Kind::batch;
    return {kind, element_name(model, element), known.number};
}

Spent in_seconds(const Whereabouts::Spell& spell) {
    return {kernel::to_seconds(spell.wait), kernel::to_seconds(spell.service),
            kernel::to_seconds(spell.other)};
}

/// What one of the two runs has found of it, by the names that elements had at first.
struct OneSide {
    const models::Model& model;
    const Whereabouts& been;

    std::map<std::string, Spent> spent() const {
        std::map<std::string, Spent> all;
        for (const auto& [element, spell] : been.spells)
            if (element < model.elements.size()) all[first_name(model, element)] = in_seconds(spell);
        return all;
    }
    std::optional<MovedOne::Behind> behind(const std::string& waited_at) const {
        for (const auto& [element, rivals] : been.rivals) {
            if (first_name(model, element) != waited_at || rivals.empty()) continue;
            const auto most =
                std::max_element(rivals.begin(), rivals.end(),
                                 [](const auto& a, const auto& b) { return a.second.time < b.second.time; });
            return MovedOne::Behind{one_of(model, most->first), element_name(model, most->second.element),
                                    kernel::to_seconds(most->second.time), rivals.size() - 1};
        }
        return std::nullopt;
    }
};

MovedOne explained(const Mover& mover, const OneSide& before, const OneSide& after) {
    MovedOne one;
    one.what = one_of(after.model, mover.candidate);
    one.born_s = kernel::to_seconds(mover.born);
    one.baseline_s = kernel::to_seconds(mover.before);
    one.candidate_s = kernel::to_seconds(mover.after);
    std::map<std::string, MovedOne::At> at;
    for (auto& [element, spent] : before.spent()) at[element].baseline = spent;
    for (auto& [element, spent] : after.spent()) at[element].candidate = spent;
    const double direction = mover.moved() > 0 ? 1 : -1;
    std::map<std::string, std::string> called;  // the candidate's name, where it has the element
    for (const OneSide* side : {&before, &after})
        for (const auto& element : side->model.elements) called[element.drawn_as] = element.name;
    for (auto& [element, moved] : at) {
        moved.element = element;
        if (moved.moved_s() * direction > 0) one.at.push_back(std::move(moved));
    }
    std::stable_sort(one.at.begin(), one.at.end(), [](const MovedOne::At& a, const MovedOne::At& b) {
        return std::fabs(a.moved_s()) > std::fabs(b.moved_s());
    });
    if (one.at.size() > most_elements) one.at.resize(most_elements);
    if (!one.at.empty()) {
        const MovedOne::At& most = one.at.front();
        const double longer = most.candidate.wait_s - most.baseline.wait_s;
        if (longer * direction > 0) one.behind = (longer > 0 ? after : before).behind(most.element);
    }
    for (MovedOne::At& where : one.at) where.element = called.at(where.element);
    return one;
}

/// Behind the same at the same element: one reason, told by the one that moved furthest.
void add_unless_alike(std::vector<MovedOne>& told, MovedOne one) {
    const auto same = std::find_if(told.begin(), told.end(), [&](const MovedOne& other) {
        return one.behind && other.behind && one.behind->who == other.behind->who &&
               one.at.front().element == other.at.front().element;
    });
    if (same != told.end())
        ++same->alike;
    else if (told.size() < most_moved)
        told.push_back(std::move(one));
}

}  // namespace

std::string name_of(const OneOfMany& one) {
    const char* kind = one.kind == OneOfMany::Kind::item  ? "item "
                       : one.kind == OneOfMany::Kind::run ? "run "
                                                          : "batch ";
    return kind + std::to_string(one.number) + " of " + one.of;
}

std::optional<Moved> find_moved(const PreparedRun& baseline, const PreparedRun& candidate,
                                const MovedOptions& options) {
    Replay first(baseline, options), second(candidate, options);
    Moved moved;
    moved.replication = options.replication;
    Movers items, runs;
    {
        Lives before(first.model()), after(second.model());
        if (!first.tell(before) || !second.tell(after)) return std::nullopt;
        moved.cut = before.cut || after.cut;
        for (const auto& [i, j] :
             in_both(first.model().loads, first.model(), second.model().loads, second.model()))
            compare_lives(Known::Kind::item, i, before.items[i], j, after.items[j], options.warm_up, items);
        for (const auto& [i, j] :
             in_both(first.model().pipelines, first.model(), second.model().pipelines, second.model()))
            compare_lives(Known::Kind::run, i, before.runs[i], j, after.runs[j], options.warm_up, runs);
    }
    std::set<Known> in_baseline, in_candidate;
    for (const Movers* kind : {&items, &runs})
        for (const std::vector<Mover>* most : {&kind->slower, &kind->faster})
            for (const Mover& one : *most) {
                in_baseline.insert(one.baseline);
                in_candidate.insert(one.candidate);
            }
    WhereaboutsListener before(first.model(), in_baseline), after(second.model(), in_candidate);
    if (!in_baseline.empty() && (!first.tell(before) || !second.tell(after))) return std::nullopt;
    const auto tell = [&](const std::vector<Mover>& most, std::vector<MovedOne>& to) {
        static const Whereabouts nowhere;
        const auto found = [](const WhereaboutsListener& follower, const Known& known) -> const Whereabouts& {
            const auto it = follower.found().find(known);
            return it == follower.found().end() ? nowhere : it->second;
        };
        for (const Mover& one : most)
            add_unless_alike(to, explained(one, {first.model(), found(before, one.baseline)},
                                           {second.model(), found(after, one.candidate)}));
    };
    for (auto& [kind, to] : {std::tie(items, moved.items), std::tie(runs, moved.runs)}) {
        to = kind.counts;
        tell(kind.slower, to.slower);
        tell(kind.faster, to.faster);
    }
    return moved;
}

}  // namespace understudy::studies
