// understudy change price: the backfill that a change needs, played as a load on its twin.
#include <fmt/core.h>

#include "tools/cli/change.h"
#include "tools/cli/change_case.h"
#include "tools/cli/output_format.h"
#include "tools/cli/problems.h"
#include "tools/cli/progress.h"
#include "tools/cli/scenario_input.h"
#include "tools/formats/json/price_json.h"
#include "tools/formats/language/backfill_plan.h"
#include "tools/formats/language/values.h"
#include "tools/reports/price_report.h"
#include "tools/studies/backfill_price.h"

namespace understudy::cli {

namespace {

const Formats price_formats = {"text", "json", "markdown"};

template <class Read>
auto option_value(const Options& options, const char* name, Read read) {
    const auto text = options.get<std::string>(name);
    try {
        return read(text);
    } catch (const formats::Fault& fault) {
        throw UsageError("--" + std::string(name) + " '" + text + "': " + std::string(fault.what()) +
                         (fault.hint.empty() ? "" : "; " + fault.hint));
    }
}

studies::BackfillPlan plan_from(const Options& options, studies::BackfillPlan plan) {
    if (options.has("over")) {
        plan.none = false;
        plan.over = option_value(options, "over",
                                 [](const std::string& text) { return formats::read_duration(text); });
        if (*plan.over == 0)
            throw UsageError("--over 0s: in no time nothing was written; write how far back");
    }
    if (options.has("concurrency"))
        plan.concurrency = option_value(
            options, "concurrency", [](const std::string& text) { return formats::read_concurrency(text); });
    return plan;
}

int price_change(const Options& options, const std::string& file, const std::string& format) {
    constexpr std::uint64_t most_replications = 100'000;
    studies::BackfillOptions how;
    how.run.version = UNDERSTUDY_VERSION;
    how.run.stop = &interrupt_requested();
    if (options.has("replications"))
        how.most = static_cast<std::int64_t>(
            whole_number("--replications", options.get<std::string>("replications"), 2, most_replications));
    if (options.has("threads"))
        how.run.threads = static_cast<unsigned>(
            whole_number("--threads", options.get<std::string>("threads"), 1, most_threads));
    auto one = read_change_case(file, options.has("base") ? options.get<std::string>("base") : "");
    if (!one) return exit_usage;
    require_current_base(*one);
    if (!one->candidate) {
        print_failed_checks(*one);
        return exit_usage;
    }
    models::Scenario candidate = one->candidate->scenario;
    if (options.has("seed"))
        candidate.run.seed = whole_number("--seed", options.get<std::string>("seed"), 0, most_seed);
    const studies::BackfillPlan plan = plan_from(options, one->change.backfill);
    studies::RunProgress how_far;
    how.run.progress = &how_far;
    Progress progress;
    progress.show(how_far);
    models::Problems problems;
    const studies::BackfillPrice price = studies::price_backfill(
        candidate, studies::jobs_to_rebuild(candidate, *one->validation.review), plan, how, problems);
    progress.clear();
    if (!problems.empty() && !price.why_unknown.empty()) print_problems(problems, one->validation.file);
    const auto markdown = [&] { return reports::price_markdown(one->validation, price); };
    if (format == "json") {
        fmt::print("{}", formats::price_as_json(one->validation, price));
    } else if (format == "markdown") {
        fmt::print("{}", markdown());
    } else {
        reports::TextOptions look;
        look.width = terminal_width();
        look.colour = takes_colour();
        fmt::print("{}", reports::price_report(one->validation, price, look));
    }
    add_to_step_summary(markdown);
    return exit_code_of(price.verdict);
}

}  // namespace

int change_price(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(change_command_named("price"));
    options.positional("change", 1, "a change file");
    options.add()("base", po::value<std::string>()->value_name("BASE"),
                  "the scenario or version that it is applied to (default: what it names)");
    options.add()("over", po::value<std::string>()->value_name("TIME"),
                  "how far back is made anew (default: what the change says, else the retention)");
    options.add()("concurrency", po::value<std::string>()->value_name("N,..."),
                  "runs at once to play it with (default: what the change says, else 1,4,16)");
    options.add()("seed", po::value<std::string>()->value_name("N"), "seed of all random numbers");
    options.add()("replications,n", po::value<std::string>()->value_name("N"),
                  "of each at each concurrency, at most (default: 200)");
    options.add()("threads", po::value<std::string>()->value_name("N"), "threads (default: one per core)");
    add_format_options(options, price_formats);
    if (!options.parse(arguments)) return exit_met;
    leave_out_environment();
    if (!options.has("change")) throw UsageError("change price needs a change file");
    const std::string format = format_from(options, price_formats);
    const std::string& file = options.get<std::string>("change");
    return refusing_in(format, file, [&] { return price_change(options, file, format); });
}

}  // namespace understudy::cli
