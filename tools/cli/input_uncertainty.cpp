#include "tools/cli/input_uncertainty.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "tools/formats/language/uncertainty.h"
#include "tools/formats/store/twin_calibration.h"
#include "tools/studies/redrawn_inputs.h"

namespace understudy::cli {

namespace {

/// Says on stderr which of them cannot be drawn anew, where `tells`.
std::vector<studies::UncertainInput> inputs_of(const std::string& path,
                                               const formats::ScenarioReading& reading, bool tells) {
    std::vector<studies::UncertainInput> inputs = formats::uncertainty_of_scenario(path);
    formats::follow_renames(reading.renames, inputs);
    formats::keep_as_fitted(*reading.scenario, inputs);
    formats::put_uncertain(reading.uncertain, inputs);
    const std::vector<std::string> reasons = studies::why_not_redrawn(*reading.scenario, inputs);
    std::vector<studies::UncertainInput> drawn;
    for (std::size_t i = 0; i < inputs.size(); ++i)
        if (reasons[i].empty())
            drawn.push_back(std::move(inputs[i]));
        else if (tells)
            fmt::print(stderr, "understudy: note: {} {}, and is taken as certain\n", inputs[i].path,
                       reasons[i]);
    return drawn;
}

[[noreturn]] void refuse_certain(const std::string& path) {
    throw UsageError("--input-uncertainty: nothing says how sure the parameters of " + path +
                     " are; understudy calibrate fits them to a log and does, in its change: give that with "
                     "--change, or commit it");
}

}  // namespace

void add_input_options(Options& options, const char* of_draws) {
    namespace po = boost::program_options;
    options.add()("input-uncertainty",
                  "intervals also for how sure the parameters are that a calibration gave");
    if (of_draws != nullptr)
        options.add()("input-draws", po::value<std::string>()->value_name("N"), of_draws);
}

bool asks_for_inputs(const Options& options) {
    const bool asks = options.has("input-uncertainty");
    if (!asks && options.has("input-draws")) throw UsageError("--input-draws needs --input-uncertainty");
    return asks;
}

std::int64_t input_draws_from(const Options& options, std::int64_t fewest) {
    constexpr std::uint64_t most = 1'000'000;
    if (options.has("input-draws"))
        return static_cast<std::int64_t>(whole_number("--input-draws",
                                                      options.get<std::string>("input-draws"),
                                                      static_cast<std::uint64_t>(fewest), most));
    return std::max(fewest, studies::usual_input_draws);
}

std::vector<studies::UncertainInput> uncertain_inputs(const std::string& path,
                                                      const formats::ScenarioReading& reading) {
    std::vector<studies::UncertainInput> inputs = inputs_of(path, reading, true);
    if (inputs.empty()) refuse_certain(path);
    return inputs;
}

studies::PairOfInputs uncertain_inputs_of_pair(const std::string& baseline,
                                               const formats::ScenarioReading& first,
                                               const std::string& candidate,
                                               const formats::ScenarioReading& second) {
    studies::PairOfInputs inputs;
    inputs.baseline = inputs_of(baseline, first, true);
    inputs.candidate = inputs_of(candidate, second, candidate != baseline);
    if (inputs.empty()) refuse_certain(baseline);
    return inputs;
}

}  // namespace understudy::cli
