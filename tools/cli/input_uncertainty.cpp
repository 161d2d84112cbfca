#include "tools/cli/input_uncertainty.h"

#include <fmt/core.h>

#include <utility>

#include "tools/cli/command.h"
#include "tools/formats/language/uncertainty.h"
#include "tools/formats/store/twin_calibration.h"
#include "tools/studies/input_uncertainty.h"

namespace understudy::cli {

std::vector<studies::UncertainInput> uncertain_inputs(const std::string& path,
                                                      const formats::ScenarioReading& reading) {
    std::vector<studies::UncertainInput> inputs = formats::uncertainty_of_scenario(path);
    std::erase_if(inputs, [&](const studies::UncertainInput& input) {
        return !formats::is_as_fitted(*reading.scenario, input);
    });
    formats::put_uncertain(reading.uncertain, inputs);
    const std::vector<std::string> reasons = studies::why_not_redrawn(*reading.scenario, inputs);
    std::vector<studies::UncertainInput> drawn;
    for (std::size_t i = 0; i < inputs.size(); ++i)
        if (reasons[i].empty())
            drawn.push_back(std::move(inputs[i]));
        else
            fmt::print(stderr, "understudy: note: {} {}, and is taken as certain\n", inputs[i].path,
                       reasons[i]);
    if (drawn.empty())
        throw UsageError(
            "--input-uncertainty: nothing says how sure the parameters of " + path +
            " are; understudy calibrate fits them to a log and does, in its change: give that with "
            "--change, or commit it");
    return drawn;
}

}  // namespace understudy::cli
