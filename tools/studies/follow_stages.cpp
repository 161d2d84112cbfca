// Items at stages: what works, waits and pauses, by the pieces of work that the log tells of.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <tuple>
#include <utility>

#include "models/graph.h"
#include "tools/studies/follow_parts.h"

namespace understudy::studies {

namespace {

using models::PresentItems;
using Where = PresentItems::Where;

bool passes_at_once(const models::Stage& stage) {
    return !stage.work.workers && stage.work.runs_on.empty() && stage.work.spends.empty();
}
bool gathers(const models::Stage& stage) { return stage.join || stage.batch || stage.window; }

/// That it lasts longer than so long.
double outlasts(const models::Law& law, kernel::Time time) {
    const double seconds = kernel::to_seconds(time);
    if (law.terms.size() == 1 && law.terms[0].field.empty() && !law.terms[0].recorded &&
        law.terms[0].per == models::Per::once)
        return law.terms[0].law.survival(seconds);
    double mean = 0;
    for (const models::Term& term : law.terms) mean += term.law.mean();
    return seconds < mean ? 1 : 0;
}

/// A stage that an item may have come to, with the stream by which.
struct Spot {
    std::size_t stage = 0;
    std::string from;
    auto operator<=>(const Spot&) const = default;
};

/// One of the ways that an item may have gone, all of whose spots it then came to.
struct WayOn {
    double share = 1;
    std::vector<Spot> spots;
    bool gathers = false;  ///< it came to a stage that gathers, which no state holds
};
/// Exactly one of these ways.
using Fork = std::vector<WayOn>;

/// How long items took until they were seen on a way.
struct SeenOnWay {
    std::vector<kernel::Time> after;
    std::vector<std::pair<kernel::Time, double>> unseen;  ///< from so long on: the share that is not seen yet

    /// Of those that have not been seen for so long, each may be on it. E. L. Kaplan, P. Meier, "Nonparametric estimation
    /// from incomplete observations", 1958.
    void count_unseen(const std::vector<kernel::Time>& not_seen) {
        std::sort(after.begin(), after.end());
        double share = 1;
        for (auto at = after.begin(); at != after.end();) {
            const auto next = std::upper_bound(at, after.end(), *at);
            const auto longer = not_seen.end() - std::lower_bound(not_seen.begin(), not_seen.end(), *at);
            share *= 1 - static_cast<double>(next - at) / static_cast<double>(after.end() - at + longer);
            unseen.push_back({*at, share});
            at = next;
        }
    }
    bool nobody_for(kernel::Time time) const { return !after.empty() && time > after.back(); }
    double unseen_for(kernel::Time time) const {
        const auto next = std::upper_bound(unseen.begin(), unseen.end(), time,
                                           [](kernel::Time t, const auto& step) { return t < step.first; });
        return next == unseen.begin() ? 1 : std::prev(next)->second;
    }
};

class Stages {
public:
    Stages(const FollowParts& parts, std::map<std::string, models::ElementState>& states,
           std::map<std::string, std::int64_t>& newest, Followed& into)
        : parts_(parts), states_(states), newest_(newest), into_(into) {}

    void follow() {
        sort_pieces();
        close_what_went_on();
        for (std::size_t stage = 0; stage < stages().size(); ++stage) {
            look_at_base(stage);
            take_pieces(stage);
        }
        for (std::size_t stage = 0; stage < stages().size(); ++stage) pass_on(stage);
        for (std::size_t stage = 0; stage < stages().size(); ++stage) put_down(stage);
        if (unlinked_) {
            const std::string what =
                "the log does not tell items from stage to stage (cases, tags, or one id all the way): of "
                "what "
                "waits between stages the state has what was submitted";
            into_.left_out.push_back(what);
            for (std::size_t stage = 0; stage < stages().size(); ++stage)
                if (!of_stage_[stage].empty()) states_[stages()[stage].name].missing.push_back(what);
        }
        if (closed_ > 0)
            into_.assumed.push_back(
                counted(closed_, "end is not in the log: taken as it was seen further on",
                        "ends are not in the log: taken as their items were seen further on"));
    }

private:
    const std::vector<models::Stage>& stages() const { return parts_.twin.twin.stages; }

    void sort_pieces() {
        pieces_ = parts_.pieces;
        of_stage_.resize(stages().size());
        base_.resize(stages().size());
        present_.resize(stages().size());
        left_.resize(stages().size());
        for (std::size_t stage = 0; stage < stages().size(); ++stage) forks_.push_back(find_forks(stage));
        for (std::size_t i = 0; i < pieces_.size(); ++i) {
            if (parts_.elements[i].is != FollowedElement::Is::stage) continue;
            const std::size_t stage = parts_.elements[i].place;
            of_stage_[stage].push_back(i);
            if (pieces_[i].about().empty()) continue;
            of_item_[{pieces_[i].about(), stage}].push_back(i);
            const auto [born, fresh] = born_.emplace(pieces_[i].about(), pieces_[i].first());
            if (!fresh) born->second = std::min(born->second, pieces_[i].first());
        }
        for (std::size_t stage = 0; stage < stages().size(); ++stage) shown_by_.push_back(shown_by(stage));
        for (auto& [item, those] : of_item_)
            std::stable_sort(those.begin(), those.end(), [&](std::size_t a, std::size_t b) {
                return pieces_[a].first() < pieces_[b].first();
            });
    }

    /// Where those that began at an instant or later begin among the pieces of an item at a stage.
    std::vector<std::size_t>::const_iterator since(const std::vector<std::size_t>& those,
                                                   std::int64_t instant) const {
        return std::lower_bound(those.begin(), those.end(), instant,
                                [&](std::size_t i, std::int64_t at) { return pieces_[i].first() < at; });
    }
    /// The first of them but that piece.
    std::optional<std::int64_t> first_since(const std::vector<std::size_t>& those, std::int64_t instant,
                                            const Piece* but = nullptr) const {
        auto found = since(those, instant);
        if (found != those.end() && &pieces_[*found] == but) ++found;
        return found == those.end() ? std::nullopt : std::optional(pieces_[*found].first());
    }

    std::int64_t born_of(const Piece& piece) const {
        const auto born = born_.find(piece.about());
        return born == born_.end() ? piece.first() : born->second;
    }

    // ---- where items go

    /// The ways behind a stage: forks that are independent of each other. Nothing: they cannot be told.
    const std::optional<std::vector<Fork>>& forks_of(std::size_t stage) const { return forks_[stage]; }

    std::optional<std::vector<Fork>> find_forks(std::size_t stage) {
        const models::Stage& from = stages()[stage];
        if (from.writes.rule != models::Writes::Rule::copy && from.writes.targets.size() > 1) {
            std::optional<Fork> fork = ways_of(from);
            return fork ? std::optional(std::vector<Fork>{std::move(*fork)}) : std::nullopt;
        }
        std::vector<Fork> forks;
        for (const models::Writes::Target& target : models::targets_of(from.name, from.writes)) {
            const std::optional<Fork>& fork = ways_to(target.stream);
            if (!fork) return std::nullopt;
            forks.push_back(*fork);
        }
        return forks;
    }

    /// More ways are not told apart.
    static constexpr std::size_t most_ways = 64;

    /// Each of the ways with the same spots once.
    static std::optional<Fork> merged(const Fork& fork) {
        std::map<std::pair<std::vector<Spot>, bool>, double> shares;
        for (const WayOn& way : fork) shares[{way.spots, way.gathers}] += way.share;
        if (shares.size() > most_ways) return std::nullopt;
        // In the order in which they came.
        Fork once;
        for (const WayOn& way : fork) {
            const auto share = shares.extract({way.spots, way.gathers});
            if (!share.empty()) once.push_back({share.mapped(), way.spots, way.gathers});
        }
        return once;
    }

    /// Of an item that goes both: each of the one with each of the other.
    static std::optional<Fork> both(const Fork& one, const Fork& other) {
        if (one.size() * other.size() > most_ways * most_ways) return std::nullopt;
        Fork all;
        for (const WayOn& a : one)
            for (const WayOn& b : other) {
                WayOn way{a.share * b.share, a.spots, a.gathers || b.gathers};
                way.spots.insert(way.spots.end(), b.spots.begin(), b.spots.end());
                all.push_back(std::move(way));
            }
        return merged(all);
    }

    /// Where what the stage has done goes: one of these ways. Nothing: that cannot be told.
    std::optional<Fork> ways_of(const models::Stage& stage) {
        const std::vector<models::Writes::Target> targets = models::targets_of(stage.name, stage.writes);
        const bool copies = stage.writes.rule == models::Writes::Rule::copy || targets.size() == 1;
        const bool shares = stage.writes.rule == models::Writes::Rule::share;
        std::optional<Fork> all = copies ? Fork{WayOn{}} : Fork{};
        for (const models::Writes::Target& target : targets) {
            const std::optional<Fork> fork = ways_to(target.stream);
            if (!fork) return std::nullopt;
            if (copies) {
                all = both(*all, *fork);
            } else {
                for (WayOn way : *fork) {
                    if (shares) way.share *= target.share;
                    all->push_back(std::move(way));
                }
                all = merged(*all);
            }
            if (!all) return std::nullopt;
        }
        if (copies || shares) return all;
        // By a rule that looks at items: it does not matter where all ways are one.
        if (all->size() != 1) return std::nullopt;
        all->front().share = 1;
        return all;
    }

    /// From a stream: to each of its readers, or through those that hold no item.
    const std::optional<Fork>& ways_to(const std::string& stream) {
        const auto [known, fresh] =
            ways_to_.try_emplace(stream, Fork{WayOn{}});  // in a circle of such it goes nowhere
        if (!fresh) return known->second;
        std::optional<Fork> all = Fork{WayOn{}};
        for (std::size_t i = 0; i < stages().size() && all; ++i) {
            const models::Stage& stage = stages()[i];
            if (std::find(stage.reads.begin(), stage.reads.end(), stream) == stage.reads.end()) continue;
            std::optional<Fork> fork;
            if (gathers(stage))
                fork = Fork{WayOn{1, {}, true}};
            else if (passes_at_once(stage))
                fork = ways_of(stage);
            else
                fork = Fork{WayOn{1, {{i, stage.reads.front() == stream ? "" : stream}}, false}};
            all = fork ? both(*all, *fork) : std::nullopt;
        }
        return ways_to_[stream] = std::move(all);
    }

    /// The log has no name for it: what it does shows only in what comes after.
    bool is_hidden(std::size_t stage) const { return of_stage_[stage].empty(); }

    /// Stages at which it shows that an item has come to this one: itself, or where it is hidden those behind it.
    std::vector<std::size_t> shown_by(std::size_t stage) const {
        constexpr int deepest = 8;
        std::vector<std::size_t> shown, now = {stage};
        std::vector<bool> known(stages().size());
        known[stage] = true;
        for (int depth = 0; depth <= deepest && !now.empty(); ++depth) {
            std::vector<std::size_t> next;
            for (const std::size_t one : now) {
                if (!is_hidden(one)) {
                    shown.push_back(one);
                    continue;
                }
                if (const auto& forks = forks_of(one))
                    for (const Fork& fork : *forks)
                        for (const WayOn& way : fork)
                            for (const Spot& spot : way.spots)
                                if (!known[spot.stage]) {
                                    known[spot.stage] = true;
                                    next.push_back(spot.stage);
                                }
            }
            now = std::move(next);
        }
        return shown;
    }

    /// The first instant from `since` on at which the item was seen at the stage, or beyond it where that is hidden.
    std::optional<std::int64_t> seen_at(const std::string& item, std::size_t stage,
                                        std::int64_t since) const {
        std::optional<std::int64_t> first;
        for (const std::size_t shown : shown_by_[stage]) {
            const auto known = of_item_.find({item, shown});
            if (known == of_item_.end()) continue;
            if (const auto at = first_since(known->second, since)) first = std::min(first.value_or(*at), *at);
        }
        return first;
    }

    /// What is open and was seen behind it has ended.
    void close_what_went_on() {
        for (std::size_t stage = 0; stage < stages().size(); ++stage) {
            const auto& forks = forks_of(stage);
            if (!forks) continue;
            for (const std::size_t i : of_stage_[stage]) {
                Piece& piece = pieces_[i];
                if (piece.ended || piece.about().empty()) continue;
                const std::int64_t since = piece.started.value_or(piece.first());
                std::optional<std::int64_t> at;
                for (const Fork& fork : *forks)
                    for (const WayOn& way : fork)
                        for (const Spot& spot : way.spots) {
                            if (spot.stage == stage) continue;
                            const auto seen = seen_at(piece.about(), spot.stage, since + 1);
                            if (seen && (!at || *seen < *at)) at = seen;
                        }
                if (!at) continue;
                piece.ended = at;
                ++closed_;
            }
        }
    }

    // ---- what was known before

    void look_at_base(std::size_t stage) {
        if (!parts_.options.base_ns) return;
        for (const models::ElementState& state : parts_.twin.twin.state.elements)
            if (state.element == stages()[stage].name)
                for (const PresentItems& items : state.items)
                    for (std::int64_t n = 0; n < items.items; ++n) {
                        base_[stage].push_back(items);
                        base_[stage].back().items = 1;
                    }
        std::stable_sort(base_[stage].begin(), base_[stage].end(),
                         [](const PresentItems& a, const PresentItems& b) { return a.here > b.here; });
    }

    /// Takes one that is there out of what was known: of those at work the one that has been at it for about so long.
    bool take_of_base(std::size_t stage, Where where, std::optional<kernel::Time> served = std::nullopt) {
        auto& known = base_[stage];
        auto best = known.end();
        for (auto one = known.begin(); one != known.end(); ++one) {
            if (one->where != where) continue;
            const auto off = [&](const PresentItems& items) { return std::abs(items.served - *served); };
            if (best == known.end() || (served && off(*one) < off(*best))) best = one;
        }
        if (best == known.end()) return false;
        known.erase(best);
        return true;
    }

    // ---- what the log tells

    void take_pieces(std::size_t stage) {
        const models::Stage& at = stages()[stage];
        // By item, each with its pieces in order of time.
        std::map<std::pair<std::int64_t, std::string>, std::vector<std::size_t>> items;
        std::map<std::string, std::int64_t> first_of;
        for (const std::size_t i : of_stage_[stage]) {
            const std::string about =
                pieces_[i].about().empty() ? fmt::format("\n{}", i) : pieces_[i].about();
            const auto [first, fresh] = first_of.emplace(about, pieces_[i].first());
            items[{first->second, about}].push_back(i);
        }
        for (const auto& [key, those] : items) {
            std::int64_t failures = 0;
            std::optional<std::int64_t> came;
            for (std::size_t n = 0; n < those.size(); ++n) {
                const Piece& piece = pieces_[those[n]];
                if (!came) came = piece.first();
                const bool again = n + 1 < those.size();
                leave_base(stage, piece, failures > 0);
                if (piece.ended && !piece.failed) {
                    if (!parts_.known_before(*piece.ended)) left_[stage].push_back(those[n]);
                    failures = 0;
                    came.reset();
                    continue;
                }
                if (piece.ended) {
                    ++failures;
                    if (again) continue;
                    if (failures > at.work.retry.times || parts_.known_before(*piece.ended)) {
                        failures = 0;
                        came.reset();
                        continue;
                    }
                    pause(stage, piece, *came, failures);
                    continue;
                }
                PresentItems here = open(stage, piece, *came);
                here.attempt = std::min<std::int64_t>(failures, 65534);
                present_[stage].push_back(std::move(here));
            }
        }
    }

    PresentItems open(std::size_t stage, const Piece& piece, std::int64_t came) const {
        PresentItems here;
        here.where = piece.started ? Where::working : Where::waiting;
        here.here = parts_.now() - came;
        here.age = std::max(here.here, parts_.now() - born_of(piece));
        if (piece.started) here.served = std::min(here.here, parts_.now() - *piece.started);
        here.load = load_of(stage);
        return here;
    }

    void pause(std::size_t stage, const Piece& piece, std::int64_t came, std::int64_t failures) {
        const kernel::Time pause = pause_before_retry(stages()[stage].work.retry, failures);
        const kernel::Time past = parts_.now() - *piece.ended;
        PresentItems here = open(stage, piece, came);
        here.served = 0;
        here.attempt = std::min<std::int64_t>(failures, 65534);
        here.where = past < pause ? Where::retrying : Where::waiting;
        if (past < pause)
            here.left = pause - past;
        else
            here.waited = past - pause;
        present_[stage].push_back(std::move(here));
    }

    /// A piece that was there already, or that began with what waited, is one that the known state has. What has ended
    /// before that is not in it.
    void leave_base(std::size_t stage, const Piece& piece, bool is_retry) {
        if (!parts_.options.base_ns || base_[stage].empty()) return;
        const std::int64_t base = *parts_.options.base_ns;
        if (piece.ended && *piece.ended <= base) return;
        const bool began_before = piece.started && *piece.started <= base;
        if (began_before || (!piece.started && piece.ended)) {
            const kernel::Time served = began_before ? base - *piece.started : kernel::never;
            if (!take_of_base(stage, Where::working, served) && !began_before)
                take_of_base(stage, Where::waiting);
            return;
        }
        if (came_after(stage, piece, base)) return;
        if (is_retry && take_of_base(stage, Where::retrying)) return;
        if (!take_of_base(stage, Where::waiting)) take_of_base(stage, Where::retrying);
    }

    /// Is it known that the item came to the stage after that?
    bool came_after(std::size_t stage, const Piece& piece, std::int64_t base) const {
        if (piece.submitted) return *piece.submitted > base;
        if (piece.about().empty()) return false;
        // It left another stage after that and before this.
        const auto from = of_item_.lower_bound({piece.about(), 0});
        for (auto known = from; known != of_item_.end() && known->first.first == piece.about(); ++known)
            for (const std::size_t i : known->second)
                if (known->first.second != stage && pieces_[i].ended && *pieces_[i].ended > base &&
                    *pieces_[i].ended <= piece.first())
                    return true;
        return false;
    }

    // ---- what has left

    void pass_on(std::size_t stage) {
        const models::Stage& from = stages()[stage];
        std::vector<std::size_t>& gone = left_[stage];
        if (gone.empty()) return;
        note_landings(from, gone);
        const auto& forks = forks_of(stage);
        std::int64_t untold = 0, gathering = 0;
        std::sort(gone.begin(), gone.end(), [&](std::size_t a, std::size_t b) {
            return std::tie(*pieces_[a].ended, pieces_[a].about(), a) <
                   std::tie(*pieces_[b].ended, pieces_[b].about(), b);
        });
        if (!forks) {
            for (const std::size_t i : gone)
                if (is_linked(pieces_[i]) && !seen_later(pieces_[i])) ++untold;
        } else {
            for (const Fork& fork : *forks) pass_on_by(stage, fork, gone, gathering);
        }
        if (untold > 0)
            leave_out(states_, into_, from.name,
                      fmt::format("the log does not tell where {} gone that left it",
                                  counted(untold, "item has", "items have")));
        if (gathering > 0)
            leave_out(states_, into_, from.name,
                      fmt::format("{} a stage that gathers behind it",
                                  counted(gathering, "item is at", "items are at")));
    }

    bool seen_later(const Piece& piece) const {
        const auto from = of_item_.lower_bound({piece.about(), 0});
        for (auto known = from; known != of_item_.end() && known->first.first == piece.about(); ++known)
            if (first_since(known->second, *piece.ended, &piece)) return true;
        return false;
    }

    struct Outcome {
        double weight = 0;
        std::vector<std::pair<Spot, Where>> at;
        bool gathers = false;
    };

    /// Where an item was seen after it left a stage.
    struct Sightings {
        bool any = false;
        /// When it was last first seen at a stage of the way that it took; nothing of the ways that it did not.
        std::vector<std::optional<std::int64_t>> by_way;
    };

    /// The way that it took is the one on which it was seen first, and what comes after it was at this stage again is of
    /// its next way from here: a loop of rework is no way to what comes behind it.
    Sightings sightings_by(const Fork& fork, const Piece& piece, std::size_t stage) const {
        Sightings sightings;
        sightings.by_way.resize(fork.size());
        const auto again = seen_at_or_same(piece, stage);
        std::optional<std::int64_t> first;
        std::vector<std::optional<std::int64_t>> first_by(fork.size());
        for (std::size_t w = 0; w < fork.size(); ++w)
            for (const Spot& spot : fork[w].spots) {
                const auto at = seen_at_or_same(piece, spot.stage);
                if (!at) continue;
                sightings.any = true;
                if (again && *at > *again) continue;
                first_by[w] = first_by[w] ? std::min(*first_by[w], *at) : *at;
                sightings.by_way[w] = std::max(sightings.by_way[w].value_or(*at), *at);
                first = first ? std::min(*first, *at) : *at;
            }
        for (std::size_t w = 0; w < fork.size(); ++w)
            if (first_by[w] != first) sightings.by_way[w].reset();
        return sightings;
    }

    void pass_on_by(std::size_t stage, const Fork& fork, const std::vector<std::size_t>& gone,
                    std::int64_t& gathering) {
        const bool certain = fork.size() == 1;
        bool leads_anywhere = false, may_gather = false;
        for (const WayOn& way : fork) {
            leads_anywhere = leads_anywhere || !way.spots.empty() || way.gathers;
            may_gather = may_gather || way.gathers;
        }
        if (!leads_anywhere) return;
        // How long it took to be seen there, by way; and those that have not been seen.
        std::vector<SeenOnWay> seen(fork.size());
        std::vector<const Piece*> missing;
        for (const std::size_t i : gone) {
            const Piece& piece = pieces_[i];
            if (!is_linked(piece)) {
                unlinked_ = true;
                continue;
            }
            const Sightings sightings = sightings_by(fork, piece, stage);
            if (!sightings.any && !(may_gather && seen_later(piece))) missing.push_back(&piece);
            for (std::size_t w = 0; w < fork.size(); ++w)
                if (sightings.by_way[w]) seen[w].after.push_back(*sightings.by_way[w] - *piece.ended);
        }
        std::vector<kernel::Time> not_seen;
        for (const Piece* piece : missing) not_seen.push_back(parts_.now() - *piece->ended);
        std::sort(not_seen.begin(), not_seen.end());
        for (SeenOnWay& way : seen) way.count_unseen(not_seen);
        std::vector<double> expected;
        std::vector<double> given;
        for (const Piece* piece : missing) {
            const std::vector<Outcome> outcomes = outcomes_for(fork, *piece, seen, certain);
            double all = 0;
            for (const Outcome& outcome : outcomes) all += outcome.weight;
            expected.resize(std::max(expected.size(), outcomes.size()), 0);
            given.resize(expected.size(), 0);
            if (all <= 0) continue;
            std::size_t best = 0;
            for (std::size_t k = 0; k < outcomes.size(); ++k) {
                expected[k] += outcomes[k].weight / all;
                const bool possible = outcomes[k].weight > 0;
                const bool best_possible = outcomes[best].weight > 0;
                if (possible && (!best_possible || expected[k] - given[k] > expected[best] - given[best]))
                    best = k;
            }
            ++given[best];
            if (outcomes[best].gathers) ++gathering;
            for (const auto& [spot, where] : outcomes[best].at) arrive(*piece, spot, where);
        }
    }

    /// Can the item be told from stage to stage? Where ids are of work and each stage has its own, nobody knows what went
    /// where.
    bool is_linked(const Piece& piece) {
        if (piece.about().empty()) return false;
        return (!piece.item.empty() && piece.item != piece.id) || links_items();
    }
    bool links_items() {
        if (!links_) {
            links_ = false;
            for (auto one = of_item_.begin(); one != of_item_.end() && !*links_;) {
                auto next = std::next(one);
                links_ = next != of_item_.end() && next->first.first == one->first.first;
                one = next;
            }
        }
        return *links_;
    }

    std::optional<std::int64_t> seen_at_or_same(const Piece& piece, std::size_t stage) const {
        const auto known = of_item_.find({piece.about(), stage});
        // A stage that it comes back to: another piece than itself.
        if (known != of_item_.end() && !is_hidden(stage))
            return first_since(known->second, *piece.ended, &piece);
        return seen_at(piece.about(), stage, *piece.ended);
    }

    /// What may have become of it. The same number of outcomes in the same order for each piece of a fork.
    std::vector<Outcome> outcomes_for(const Fork& fork, const Piece& piece,
                                      const std::vector<SeenOnWay>& seen, bool certain) const {
        const kernel::Time gone_for = parts_.now() - *piece.ended;
        std::vector<Outcome> outcomes;
        for (std::size_t w = 0; w < fork.size(); ++w) {
            const WayOn& way = fork[w];
            const bool too_long = !certain && seen[w].nobody_for(gone_for);
            Outcome there{way.share, {}, way.gathers}, beyond{0, {}, false};
            for (const Spot& spot : way.spots) {
                const models::Stage& stage = stages()[spot.stage];
                const bool delays = is_hidden(spot.stage) && stage.work.workers &&
                                    stage.work.workers->count == models::unlimited;
                if (!delays || way.spots.size() > 1) {
                    there.at.push_back({spot, Where::waiting});
                    continue;
                }
                const double fails = stage.work.fails_after.empty() ? 0 : stage.work.failure;
                const double still = (1 - fails) * outlasts(stage.work.service, gone_for) +
                                     (fails > 0 ? fails * outlasts(stage.work.fails_after, gone_for) : 0);
                there.at.push_back({spot, Where::working});
                there.weight = way.share * still;
                // Who is behind it and was not seen there is in line: as many as the law does not hold of those that take so
                // long to be seen. Of none that were seen nobody knows how long they wait.
                beyond.weight = way.share * std::max(0.0, seen[w].unseen_for(gone_for) - still);
                if (const auto& next = forks_of(spot.stage);
                    next && next->size() == 1 && next->front().size() == 1) {
                    for (const Spot& further : next->front().front().spots)
                        beyond.at.push_back({further, Where::waiting});
                    beyond.gathers = next->front().front().gathers;
                }
            }
            if (too_long && !there.at.empty()) {
                // Nobody has been on this way for so long.
                there.weight = there.at.front().second == Where::working ? there.weight : 0;
                beyond.weight = 0;
            }
            outcomes.push_back(std::move(there));
            outcomes.push_back(std::move(beyond));
        }
        return outcomes;
    }

    void arrive(const Piece& piece, const Spot& spot, Where where) {
        PresentItems here;
        here.where = where;
        here.here = parts_.now() - *piece.ended;
        here.age = std::max(here.here, parts_.now() - born_of(piece));
        if (where == Where::working) here.served = here.here;
        here.load = load_of(spot.stage);
        here.from = spot.from;
        present_[spot.stage].push_back(std::move(here));
    }

    void note_landings(const models::Stage& from, const std::vector<std::size_t>& gone) {
        for (const models::Writes::Target& target : models::targets_of(from.name, from.writes)) {
            const bool is_dataset =
                std::any_of(parts_.twin.twin.datasets.begin(), parts_.twin.twin.datasets.end(),
                            [&](const models::Dataset& dataset) { return dataset.name == target.stream; });
            const bool always =
                from.writes.targets.size() <= 1 || from.writes.rule == models::Writes::Rule::copy;
            if (!is_dataset || !always) continue;
            for (const std::size_t i : gone) {
                const std::int64_t born = born_of(pieces_[i]);
                const auto [at, fresh] = newest_.emplace(target.stream, born);
                if (!fresh) at->second = std::max(at->second, born);
            }
        }
    }

    /// The one load whose items come to the stage, where there are several loads; else empty, which says the same.
    std::string load_of(std::size_t stage) const {
        if (parts_.twin.loads.size() < 2) return "";
        const auto known = loads_of_.find(stage);
        if (known != loads_of_.end()) return known->second;
        std::set<std::string> streams(stages()[stage].reads.begin(), stages()[stage].reads.end());
        for (bool more = true; more;) {
            more = false;
            for (const models::Stage& other : stages())
                for (const models::Writes::Target& target : models::targets_of(other.name, other.writes))
                    if (streams.contains(target.stream))
                        for (const std::string& read : other.reads)
                            more = streams.insert(read).second || more;
        }
        std::set<std::string> loads;
        for (const models::Load& load : parts_.twin.loads)
            for (const models::Writes::Target& target : models::targets_of(load.name, load.writes))
                if (streams.contains(target.stream)) loads.insert(load.name);
        return loads_of_[stage] = loads.size() == 1 ? *loads.begin() : "";
    }

    // ---- the state

    void put_down(std::size_t stage) {
        const models::Stage& at = stages()[stage];
        std::vector<PresentItems> items;
        for (const PresentItems& known : base_[stage])
            items.push_back(later_by(known, parts_.since_base(), at.work));
        items.insert(items.end(), present_[stage].begin(), present_[stage].end());
        if (items.empty()) return;
        if (gathers(at) || passes_at_once(at)) {
            leave_out(
                states_, into_, at.name,
                fmt::format("{}, and {}", counted(std::ssize(items), "item is there", "items are there"),
                            gathers(at) ? "the log does not tell which of them are in one batch"
                                        : "nothing stays there in the twin"));
            return;
        }
        const auto working = [](const PresentItems& one) { return one.where == Where::working; };
        if (const auto count = std::count_if(items.begin(), items.end(), working); at.take > 1 && count > 0) {
            leave_out(states_, into_, at.name,
                      fmt::format("{} at work, and what is taken up together (take) has no state yet",
                                  counted(count, "item is", "items are")));
            std::erase_if(items, working);
        }
        std::stable_sort(items.begin(), items.end(), [](const PresentItems& a, const PresentItems& b) {
            return std::tie(a.where, b.here, b.age, b.served, a.attempt, a.load, a.from) <
                   std::tie(b.where, a.here, a.age, a.served, b.attempt, b.load, b.from);
        });
        auto& into = states_[at.name].items;
        for (PresentItems& one : items) {
            if (!into.empty()) {
                PresentItems alike = one;
                alike.items = into.back().items;
                if (alike == into.back()) {
                    into.back().items += one.items;
                    continue;
                }
            }
            into.push_back(std::move(one));
        }
    }

    const FollowParts& parts_;
    std::map<std::string, models::ElementState>& states_;
    std::map<std::string, std::int64_t>& newest_;
    Followed& into_;
    std::vector<Piece> pieces_;
    std::vector<std::optional<std::vector<Fork>>> forks_;  ///< of each stage
    std::map<std::string, std::optional<Fork>> ways_to_;   ///< by stream, found once
    std::vector<std::vector<std::size_t>> shown_by_;       ///< of each stage, found once
    std::vector<std::vector<std::size_t>> of_stage_;       ///< pieces of each stage, by time
    std::map<std::pair<std::string, std::size_t>, std::vector<std::size_t>> of_item_;  ///< by item and stage
    std::map<std::string, std::int64_t> born_;
    std::vector<std::vector<PresentItems>> base_;     ///< known before, and not yet seen to have gone on
    std::vector<std::vector<PresentItems>> present_;  ///< by the log
    std::vector<std::vector<std::size_t>> left_;      ///< pieces that have ended there
    std::optional<bool> links_;
    mutable std::map<std::size_t, std::string> loads_of_;
    std::int64_t closed_ = 0;
    bool unlinked_ = false;
};

}  // namespace

void follow_stages(const FollowParts& parts, std::map<std::string, models::ElementState>& states,
                   std::map<std::string, std::int64_t>& newest, Followed& into) {
    Stages(parts, states, newest, into).follow();
}

}  // namespace understudy::studies
