// understudy verify: models with known answers, simulated and judged.
#include "tools/studies/verify.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "tools/cli/command.h"
#include "tools/cli/progress.h"
#include "tools/formats/json/verify_json.h"
#include "tools/formats/language/fault.h"
#include "tools/formats/language/objectives.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/truth/truth_cases.h"
#include "tools/reports/verify_report.h"

namespace understudy::cli {

namespace {

/// Quantiles from p90 on and spreads take many times the run of a mean.
double width_of(const std::string& quantity) {
    const std::size_t percent = quantity.rfind("_p");
    const bool tail = percent != std::string::npos && std::atof(quantity.c_str() + percent + 2) >= 90;
    const bool spread =
        quantity.starts_with("var_") || quantity.ends_with("_var") || quantity.ends_with("_sd");
    return tail || spread ? 0.02 : 0.01;
}

/// What a measured value has to be multiplied by to be in the case's unit of time.
double in_unit_of_case(const models::Measure& measure, double unit_s) {
    const std::string unit = models::unit_of(measure.aggregate, measure.metric);
    const std::string of_rate = unit.ends_with("/s") ? unit.substr(0, unit.size() - 2) : unit;
    const int power = (of_rate == "s" ? 1 : of_rate == "s^2" ? 2 : 0) - (unit.ends_with("/s") ? 1 : 0);
    return std::pow(unit_s, -power);
}

studies::KnownModel model_of(const formats::TruthCase& truth) {
    studies::KnownModel model;
    model.id = truth.id;
    model.kind = truth.kind;
    model.missing = truth.missing;
    model.relative_error = truth.relative_error;
    if (truth.scenario) {
        auto reading = formats::read_scenario(truth.scenario->text, truth.id);
        if (reading.scenario)
            model.scenario = std::move(*reading.scenario);
        else
            model.missing = reading.diagnostics.show();
        model.steady = truth.scenario->steady;
        model.unit_s = truth.scenario->unit_s;
    }
    for (const auto& [name, reference] : truth.quantities) {
        studies::KnownQuantity quantity;
        quantity.name = name;
        quantity.reference = reference;
        quantity.width = width_of(name);
        if (truth.scenario) {
            const auto found = truth.scenario->measures.find(name);
            if (found == truth.scenario->measures.end()) {
                quantity.missing = "no measure is known for it";
            } else {
                quantity.factor = found->second.factor;
                quantity.offset = found->second.offset;
                quantity.variance = found->second.variance;
                try {
                    quantity.measure = formats::read_measure(found->second.text);
                    quantity.factor *= in_unit_of_case(*quantity.measure, model.unit_s);
                } catch (const formats::Fault& fault) {
                    quantity.missing = found->second.text + ": " + fault.what();
                }
            }
        }
        model.quantities.push_back(std::move(quantity));
    }
    return model;
}

/// "12 of 94: mm1-a, 40 % done, about 3 min 20 s left": as if all cases took equally long.
std::string progress_text(const std::string& id, std::size_t done, std::size_t all, double share,
                          double seconds) {
    std::string text = fmt::format("{} of {}: {}", done + 1, all, id);
    if (share > 0) text += fmt::format(", {} % done", static_cast<int>(100 * share));
    const double progress = (static_cast<double>(done) + share) / static_cast<double>(all);
    if (progress > 0)
        text += fmt::format(", about {} left", span_text(std::max(1.0, seconds / progress * (1 - progress))));
    return text;
}

}  // namespace

int verify_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("verify"));
    options.positional("file", 1, "models with known answers, as JSON");
    options.add()("case", po::value<std::vector<std::string>>()->composing()->value_name("ID"),
                  "only this one; may be repeated");
    options.add()("seed", po::value<std::string>()->value_name("N"), "seed of all random numbers");
    options.add()("seeds", po::value<std::string>()->value_name("N"),
                  "run each with so many seeds, and say by kind how the errors are spread");
    options.add()("events", po::value<double>()->value_name("N")->default_value(1.2e9, "1.2e9"),
                  "give up on a narrow interval beyond so many events in a run");
    options.add()("threads", po::value<std::string>()->value_name("N"), "threads (default: one per core)");
    options.add()("json", "print one JSON document instead of the table");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("file")) throw UsageError("verify needs a file of models with known answers");
    studies::VerifyOptions verify;
    verify.stop = &interrupt_requested();
    if (options.has("seed"))
        verify.seed = whole_number("--seed", options.get<std::string>("seed"), 0, most_seed);
    if (options.has("seeds"))
        verify.seeds =
            static_cast<std::int64_t>(whole_number("--seeds", options.get<std::string>("seeds"), 1, 1000));
    if (options.has("threads"))
        verify.threads = static_cast<unsigned>(
            whole_number("--threads", options.get<std::string>("threads"), 1, most_threads));
    verify.most_events = options.get<double>("events");
    if (!(verify.most_events >= 1)) throw UsageError("--events is a number of 1 or more");
    const bool json = options.has("json");

    auto cases = formats::read_truth_cases(options.get<std::string>("file"));
    if (options.has("case")) {
        const auto& wanted = options.get<std::vector<std::string>>("case");
        for (const std::string& id : wanted)
            if (std::none_of(cases.begin(), cases.end(), [&](const auto& one) { return one.id == id; }))
                throw UsageError("there is no case '" + id + "' in the file");
        std::erase_if(cases, [&](const formats::TruthCase& one) {
            return std::find(wanted.begin(), wanted.end(), one.id) == wanted.end();
        });
    }
    std::vector<studies::VerifiedModel> found;
    Progress progress;
    const auto begun = std::chrono::steady_clock::now();
    for (const formats::TruthCase& truth : cases) {
        verify.progress = [&](double share) {
            const double seconds =
                std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
            progress.show(progress_text(truth.id, found.size(), cases.size(), share, seconds));
        };
        auto verified = studies::verify(model_of(truth), verify);
        progress.clear();
        if (!verified) break;
        if (!json) {
            fmt::print("{}", reports::verified_model(*verified, terminal_width()));
            std::fflush(stdout);
        }
        found.push_back(std::move(*verified));
    }
    if (json)
        fmt::print("{}", formats::verification_as_json(found));
    else
        fmt::print("{}", reports::verification_summary(found, terminal_width()));
    const auto any = [&](studies::Agreement agreement) {
        return std::any_of(found.begin(), found.end(), [&](const studies::VerifiedModel& model) {
            return model.agreement() == agreement;
        });
    };
    if (any(studies::Agreement::outside)) return exit_violated;
    const bool all = found.size() == cases.size() && !any(studies::Agreement::imprecise) &&
                     !any(studies::Agreement::not_expressed);
    return all ? exit_met : exit_inconclusive;
}

}  // namespace understudy::cli
