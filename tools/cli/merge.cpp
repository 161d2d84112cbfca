// understudy merge: the ledgers of a study's parts united, and the study finished from there.
#include <fmt/core.h>

#include <filesystem>

#include "tools/cli/capacity.h"
#include "tools/cli/command.h"
#include "tools/cli/output_target.h"
#include "tools/cli/progress.h"
#include "tools/cli/study_input.h"
#include "tools/cli/study_work.h"
#include "tools/formats/ledger/ledger.h"

namespace understudy::cli {

int merge_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("merge"));
    add_study_options(options);
    options.positional("ledgers", -1, "ledgers of its parts");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"),
                  "write the answer and what it stands on as HDF5");
    options.add()("resume", "go on from what an earlier merge kept in FILE.ledger");
    options.add()("fresh", "throw away what is kept in FILE.ledger");
    options.add()("no-formulas", "simulate also what formulas decide");
    options.add()("json", "print one JSON document instead of the tables");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("study") || !options.has("ledgers"))
        throw UsageError("merge needs a study file and the ledgers of its parts");
    if (!options.has("out")) throw UsageError("merge needs --out FILE to write to");
    if (options.has("resume") && options.has("fresh"))
        throw UsageError("--resume keeps the ledger and --fresh throws it away; choose one");
    const std::string path = options.get<std::string>("study"), out = options.get<std::string>("out");
    const auto ledgers = options.get<std::vector<std::string>>("ledgers");

    const auto study = asked_study(options);
    if (!study) return exit_usage;
    if (study->method == studies::Study::Method::breaking_point)
        throw UsageError("merge has no meaning with a breaking point, which has no parts");
    require_replaceable(out, OutputKind::result, {path, study->base});
    const formats::LedgerHead head = head_of(*study);
    {
        using Mode = formats::Ledger::Mode;
        const std::string name = out + ".ledger";
        std::error_code none;
        for (const std::string& part : ledgers)
            if (std::filesystem::equivalent(part, name, none))
                throw UsageError(name + " is where the parts are united; move it, or choose another --out");
        formats::Ledger united(name, options.has("fresh")    ? Mode::fresh
                                     : options.has("resume") ? Mode::going_on
                                                             : Mode::anew);
        united.require_same(head);
        if (!united.damage().empty()) fmt::print(stderr, "understudy: warning: {}\n", united.damage());
        // All of them before anything is written.
        std::optional<formats::LedgerHead> first;
        for (const std::string& part : ledgers) {
            const formats::Ledger ledger(part, Mode::reading);
            ledger.require_same(first ? *first : head);
            if (!ledger.head().empty()) first = ledger.head();
        }
        for (const std::string& part : ledgers) {
            const formats::Ledger ledger(part, Mode::reading);
            if (!ledger.damage().empty()) fmt::print(stderr, "understudy: warning: {}\n", ledger.damage());
            if (ledger.head().empty()) {
                fmt::print(stderr, "understudy: note: {} has no units\n", part);
                continue;
            }
            united.begin(ledger.head());
            ledger.for_each([&](const studies::Unit& unit, const studies::UnitOutcome& outcome) {
                if (!interrupt_requested()) united.add(unit, outcome);
            });
        }
    }
    // The study as it was read: its warnings have been said.
    Arguments rest = {path, "--out", out, "--resume", "--shard", "1/1"};
    if (options.has("threads")) rest.insert(rest.end(), {"--threads", options.get<std::string>("threads")});
    for (const char* option : {"json", "no-formulas"})
        if (options.has(option)) rest.push_back(std::string("--") + option);
    Options asked(command_named("capacity"));
    add_capacity_options(asked);
    asked.parse(rest);
    StudyWork::hush(asked);
    return capacity(*study, asked);
}

}  // namespace understudy::cli
