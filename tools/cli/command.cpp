#include "tools/cli/command.h"

#include <fmt/core.h>

#include <cctype>
#include <charconv>
#include <sstream>

#include "tools/formats/language/suggestions.h"

namespace understudy::cli {

namespace po = boost::program_options;

const std::vector<Command>& commands() {
    static const std::vector<Command> all = {
        {"init", "[NAME] [options]", "write a commented scenario that runs", "understudy init my-pipeline",
         init_command},
        {"validate", "FILE... [options]",
         "check scenarios, studies, changes and policies; show every problem",
         "understudy validate scenario.yaml", validate_command},
        {"run", "SCENARIO [options]", "simulate a scenario and judge its objectives",
         "understudy run scenario.yaml --replications 60 --out result.h5\n  understudy run scenario.yaml "
         "--analytic",
         run_command},
        {"compare", "BASELINE RESULT... [options]",
         "hold finished runs against each other, without running again",
         "understudy compare today.h5 tomorrow.h5\n  understudy compare --audit-streams today.h5 tomorrow.h5",
         compare_command},
        {"rehearse", "BASELINE CANDIDATE [options]",
         "run a change beside what is there and say whether it is safe",
         "understudy rehearse today.yaml tomorrow.yaml --accept 'increase avg latency() < 5%'",
         rehearse_command},
        {"sensitivity", "STUDY [options]", "say which parameters move the answer, and by how much",
         "understudy sensitivity study.yaml", sensitivity_command},
        {"capacity", "STUDY [options]", "find the cheapest setting that keeps its promises, with proof",
         "understudy capacity study.yaml", capacity_command},
        {"merge", "STUDY LEDGER... [options]", "unite the parts of a study that several processes did",
         "understudy merge study.yaml result.h5.*-of-7.ledger --out result.h5", merge_command},
        {"stress", "FILE [options]", "raise the load until something breaks, and say what would help",
         "understudy stress scenario.yaml\n  understudy stress study.yaml", stress_command},
        {"replay", "LOG [options]", "rebuild a recorded run as a twin, run it, and compare the two",
         "understudy replay trace.csv.gz --dag dag.html --save-twin twin.yaml", replay_command},
        {"calibrate", "TWIN LOG... [options]", "fit a twin to recorded runs, as a change to review",
         "understudy calibrate twin.yaml monday.csv tuesday.csv --out fitted.yaml", calibrate_command},
        {"graph", "COMMAND [words] [options]",
         "say what depends on what, whom it touches and what it is made of",
         "understudy graph impact scenario.yaml orders_raw\n  understudy graph export scenario.yaml --as "
         "turtle",
         graph_command},
        {"import", "FILE... [options]",
         "make a twin of lineage events, dbt artifacts, data contracts or a log",
         "understudy import target/manifest.json target/run_results.json --out twin.yaml\n  understudy "
         "import "
         "events.ndjson --onto twin.yaml --change change.yaml",
         import_command},
        {"report", "RESULT [options]", "draw the result of a run, a study or a rehearsal as one HTML page",
         "understudy report result.h5 --out report.html", report_command},
        {"trace", "RESULT [options]", "export the event trace of a result file",
         "understudy trace result.h5 --format nextflow --out trace.csv", trace_command},
        {"twin", "COMMAND [words] [options]", "keep versions of twins, and show, compare and verify them",
         "understudy twin create orders scenario.yaml\n  understudy twin diff orders@1 orders@latest\n  "
         "understudy run orders@latest",
         twin_command},
        {"change", "COMMAND [words] [options]", "show changes, and take them from request to version",
         "understudy change show fewer-workers.yaml", change_command},
        {"verify", "FILE [options]", "simulate models with known answers and judge the simulator",
         "understudy verify cases.json --case mm1-a", verify_command},
        {"config", "COMMAND [words] [options]",
         "show what a scenario is set to, and where each value comes from",
         "understudy config show scenario.yaml run", config_command},
        {"schema", "[KIND] [options]", "print the JSON Schema of scenario files, or of what --json prints",
         "understudy schema > scenario.schema.json", schema_command},
        {"template", "[NAME] [options]", "show the templates that scenarios may have instances of",
         "understudy template\n  understudy template kafka-topic --out templates/my-topic.yaml",
         template_command},
    };
    return all;
}

const Command& command_named(const std::string& name) {
    for (const Command& command : commands())
        if (name == command.name) return command;
    std::vector<std::string> names;
    for (const Command& command : commands()) names.push_back(command.name);
    const std::string near = formats::nearest(name, names);
    throw UsageError("unknown command '" + name + "'" +
                     (near.empty() ? "; see understudy --help" : "; did you mean '" + near + "'?"));
}

std::uint64_t whole_number(const char* option, const std::string& text, std::uint64_t least,
                           std::uint64_t most) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < least || value > most)
        throw UsageError(
            fmt::format("{} is a whole number from {} to {}, not '{}'", option, least, most, text));
    return value;
}

std::string share_from(const char* option, const std::string& text) {
    double percent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
    if (error != std::errc() || std::string_view(end, text.data() + text.size()) != "%" || !(percent > 0) ||
        percent >= 100)
        throw UsageError(fmt::format("{} is a share between 0% and 100%, such as {}, not '{}'", option,
                                     std::string_view(option) == "--confidence" ? "95%" : "2%", text));
    return text;
}

Options::Options(const Command& command) : command_(command) { add()("help,h", "show this help and end"); }

void Options::positional(const char* name, int count, const char* help) {
    if (count == 1)
        hidden_.add_options()(name, po::value<std::string>());
    else
        hidden_.add_options()(name, po::value<std::vector<std::string>>());
    positional_.add(name, count);
    positional_help_.emplace_back(name, help);
}

bool Options::parse(const Arguments& arguments) {
    po::options_description all;
    all.add(description_).add(hidden_);
    try {
        po::store(po::command_line_parser(arguments).options(all).positional(positional_).run(), values_);
        po::notify(values_);
    } catch (const po::unknown_option& error) {
        std::vector<std::string> names;
        for (const auto& option : description_.options()) names.push_back("--" + option->long_name());
        const std::string near = formats::nearest(error.get_option_name(), names);
        throw UsageError("unknown option '" + error.get_option_name() + "'" +
                         (near.empty() ? "" : "; did you mean '" + near + "'?") + "; see understudy " +
                         command_.name + " --help");
    } catch (const po::too_many_positional_options_error&) {
        throw UsageError(std::string("too many words; usage: understudy ") + command_.name + " " +
                         command_.synopsis);
    } catch (const po::error& error) {
        throw UsageError(std::string(error.what()) + "; see understudy " + command_.name + " --help");
    }
    if (!has("help")) return true;
    fmt::print("Usage: understudy {} {}\n\n{}{}.\n\n", command_.name, command_.synopsis,
               static_cast<char>(std::toupper(static_cast<unsigned char>(command_.summary[0]))),
               command_.summary + 1);
    for (const auto& [name, help] : positional_help_) fmt::print("  {:<26} {}\n", name, help);
    if (!positional_help_.empty()) fmt::print("\n");
    std::ostringstream text;
    text << description_;
    fmt::print("{}\nExample:\n  {}\n", text.str(), command_.example);
    return false;
}

}  // namespace understudy::cli
