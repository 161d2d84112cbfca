#include "tools/studies/input_uncertainty.h"

#include <atomic>
#include <optional>
#include <string>
#include <utility>

#include "kernel/replications.h"
#include "tools/studies/input_part.h"
#include "tools/studies/redrawn_inputs.h"
#include "tools/studies/reduce.h"

namespace understudy::studies {

void add_input_uncertainty(const PreparedRun& prepared, const std::vector<UncertainInput>& inputs,
                           std::int64_t draws, const RunOptions& options, RunResult& result) {
    static const std::atomic<bool> never_stop{false};
    const std::atomic<bool>& stop = options.stop ? *options.stop : never_stop;
    const unsigned threads = options.threads ? options.threads : kernel::default_threads();
    RunProgress unseen;
    RunProgress& progress = options.progress ? *options.progress : unseen;
    progress.begin(RunProgress::Phase::replications, shifts_a_draw * draws, 0,
                   models::share_of(*prepared.model));
    std::vector<DrawnShifts> shifts;
    bool given_up = false;
    kernel::replicate(
        0, draws, threads, stop,
        [&](std::int64_t draw) {
            const models::Scenario drawn = redraw_inputs(
                prepared.scenario, inputs, prepared.scenario.run.seed, static_cast<std::uint64_t>(draw));
            return shifts_of(prepared, drawn, result, draw, stop, progress.parts());
        },
        [&](std::int64_t, std::optional<DrawnShifts> drawn) {
            given_up = given_up || !drawn;
            if (given_up || drawn->empty()) return;
            shifts.push_back(std::move(*drawn));
            for (std::size_t i = 0; i < shifts_a_draw; ++i) progress.one_ended();
        });
    progress.begin(RunProgress::Phase::none, 0, 0, models::ShareOf::nothing);
    if (given_up || stop) {
        result.interrupted = true;
        result.warnings.push_back(
            {"interrupted before all inputs were drawn: intervals are as if the parameters were known"});
        return;
    }
    if (std::string why = why_left_out(std::ssize(shifts), draws); !why.empty())
        result.warnings.push_back({std::move(why)});
    if (!are_enough(std::ssize(shifts), draws)) return;
    put_input_part(prepared, shifts, result);
    result.input_reason = redrawn_text(draws, inputs);
    conclude_with_constraints(prepared.scenario, result);
}

}  // namespace understudy::studies
