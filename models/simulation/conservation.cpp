// The checker that stands outside the model: everything that arrived left, waits or is counted lost, and
// every unit is either free or held. Recounts from the rows alone.
#include <algorithm>
#include <cmath>
#include <map>

#include "models/simulation/state.h"

namespace understudy::models {

void State::check_conservation(const Simulation& simulation) const {
    struct Count {
        std::uint64_t inside = 0;
        std::int64_t waiting = 0, working = 0, retrying = 0, gathering = 0;
    };
    std::vector<Count> stages(stages_.size());
    std::map<Index, std::uint32_t> open;
    for (Index i = 0; i < items_.size(); ++i) {
        const Item& item = items_[i];
        if (item.where == Where::free) continue;
        kernel::require(item.where != Where::moving, "an item was left between two places");
        if (item.family != none) ++open[item.family];
        if (item.stage == none) continue;
        Count& count = stages[item.stage];
        ++count.inside;
        if (item.where == Where::waiting) ++count.waiting;
        if (item.where == Where::working) ++count.working;
        if (item.where == Where::retrying) ++count.retrying;
        if (item.where == Where::gathering) ++count.gathering;
    }
    for (Index s = 0; s < stages_.size(); ++s) {
        if (!plain_.empty() && model_->plain.of_stage[s] != none) continue;
        const StageState& state = stages_[s];
        kernel::require(state.arrived - state.left == stages[s].inside, "a stage has lost or made up items");
        kernel::require(state.waiting == stages[s].waiting && state.working == stages[s].working &&
                            state.retrying == stages[s].retrying && state.gathering == stages[s].gathering,
                        "a stage's counts are not those of its items");
    }
    std::size_t plain = 0;
    std::vector<std::int64_t> there(plain_.size(), 0), of_load(plain_loads_.size(), 0);
    plain_items_.for_each([&](const PlainItem& item) {
        ++there[item.stage];
        ++of_load[item.load];
        ++plain;
    });
    for (std::size_t i = 0; i < plain_.size(); ++i) {
        const PlainStage& stage = plain_[i];
        kernel::require(
            there[i] == plain_rests_[i].busy(stage) + static_cast<std::int64_t>(stage.line.size()),
            "a plain stage has lost or made up items");
        kernel::require(stage.idle <= plain_rests_[i].workers && (stage.line.size() == 0 || stage.idle == 0),
                        "a plain stage's workers are idle beside a line");
    }
    for (Index i = 0; i < plain_loads_.size(); ++i)
        kernel::require(!is_plain(i) || of_load[i] == open_arrivals(i),
                        "a plain load miscounts what came of it");
    kernel::require(plain == plain_present() && open_arrivals_ == families_.in_use(),
                    "arrivals that are not done are miscounted");
    for (const auto& [family, count] : open)
        kernel::require(families_[family].open == count,
                        "an arrival does not know how many of its items are left");
    for (Index p = 0; p < pools_.size(); ++p) {
        if (pools_[p].lanes.empty()) continue;
        std::int64_t waiting = 0, working = 0;
        for (const Lane& lane : pools_[p].lanes) {
            waiting += lane.waiting;
            working += lane.working;
        }
        for (const Index s : model_->pools[p].stages) {
            waiting -= stages_[s].waiting;
            for (const PartitionTurn& turn : stages_[s].turns) waiting += turn.waiting;
            working -= stages_[s].working;
        }
        kernel::require(waiting == 0 && working == 0, "the items of a pool are not those of its lines");
    }
    std::vector<double> owed(budgets_.size(), 0);
    for (Index i = 0; i < items_.size(); ++i)
        if (items_[i].where == Where::waiting && !items_[i].paid)
            for (const SpendRow& spend : model_->stages[items_[i].stage].spends)
                owed[spend.budget] += amount_of(spend, i);
    for (Index b = 0; b < budgets_.size(); ++b)
        kernel::require(budgets_[b].level >= 0 && budgets_[b].level <= model_->budgets[b].capacity &&
                            std::fabs(budgets_[b].owed - owed[b]) <= 1e-6 * (1 + owed[b]),
                        "a budget holds what it cannot, or owes what nobody waits for");
    std::vector<std::int64_t> slots(pools_.size(), 0);
    for (Index h = 0; h < holdings_.size(); ++h) {
        const Holding& holding = holdings_[h];
        if (!holding.in_use || holding.stage == none) continue;
        for (const NeedRow& need : model_->stages[holding.stage].needs)
            if (model_->pools[need.pool].told_apart.empty()) slots[need.pool] += need.count;
        if (!holding.finished)
            for (Index placing = holding.placements; placing != none; placing = placings_[placing].next) {
                const NeedRow& need = model_->stages[holding.stage].needs[placings_[placing].need];
                const std::vector<WorkerLife>& lives = pools_[need.pool].lives;
                kernel::require(
                    lives.empty() || lives[static_cast<std::size_t>(placings_[placing].worker)].usable(),
                    "work goes on at a worker that is not there");
            }
        kernel::require(
            holding.finished ||
                (holding.way != none &&
                 (ways_.ways[holding.way].share.rate <= 0 || simulation.pending().pending(ways_.next))) ||
                simulation.pending().pending(holding.event) || holding.item == none ||
                (holding.begun && holding.until == kernel::never) ||  // beyond the clock
                (holding.shared_place != 0 &&
                 simulation.pending().pending(pools_[model_->stages[holding.stage].line_pool].shared.next)),
            "work is under way whose end is not planned");
    }
    if (!plain_.empty())
        for (const PlainStageRow& row : model_->plain.stages) slots[row.pool] = pools_[row.pool].busy;
    for (Index p = 0; p < pools_.size(); ++p)
        if (model_->pools[p].told_apart.empty())
            kernel::require(pools_[p].busy == slots[p], "a pool's busy workers are not those that are held");
}

}  // namespace understudy::models
