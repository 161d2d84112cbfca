#include "models/compile/reunions.h"

#include <cstdint>
#include <vector>

namespace understudy::models {

namespace {

/// Marks the stages that copies of one item may reach by different ways.
class Reunions {
public:
    explicit Reunions(Model& model) : model_(model), seen_(model.stages.size(), 0) {}

    void find() {
        for (const StreamRow& stream : model_.streams) {
            if (stream.readers.size() < 2) continue;
            fork();
            for (const Index reader : stream.readers) branch({reader});
        }
        for (const LoadRow& load : model_.loads) outlet(load.outlet);
        for (const StageRow& stage : model_.stages) outlet(stage.outlet);
    }

private:
    void outlet(const Outlet& outlet) {
        const bool forks = outlet.rule == Writes::Rule::copy || outlet.rule == Writes::Rule::split;
        if (!forks || outlet.streams.size() < 2) return;
        fork();
        for (const Index stream : outlet.streams)
            if (stream != none) branch(model_.streams[stream].readers);
    }
    void fork() { first_ = branch_ + 1; }
    /// All that is reached from these stages; what an earlier branch of the same fork has reached is met
    /// again, and so is all that follows it.
    void branch(std::vector<Index> open) {
        ++branch_;
        while (!open.empty()) {
            const Index stage = open.back();
            open.pop_back();
            if (seen_[stage] == branch_) continue;
            if (seen_[stage] >= first_) model_.stages[stage].copies_meet = true;
            seen_[stage] = branch_;
            const StageRow& row = model_.stages[stage];
            const auto follow = [&](Index stream) {
                if (stream == none) return;
                const auto& readers = model_.streams[stream].readers;
                open.insert(open.end(), readers.begin(), readers.end());
            };
            for (const Index stream : row.outlet.streams) follow(stream);
            follow(row.dead_letter);
        }
    }

    Model& model_;
    std::vector<std::uint64_t> seen_;  ///< by stage: the branch that reached it last
    std::uint64_t branch_ = 0, first_ = 0;
};

}  // namespace

void mark_reunions(Model& model) { Reunions(model).find(); }

}  // namespace understudy::models
