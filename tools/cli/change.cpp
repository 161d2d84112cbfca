// understudy change: the table of its commands.
#include "tools/cli/change.h"

#include "tools/cli/subcommands.h"

namespace understudy::cli {

namespace {

const Subcommands& change_commands() {
    static const Subcommands all = {
        "change",
        {
            {"change new", "NAME [options]", "write a change file to begin with",
             "understudy change new fewer-workers --base orders --set spark.workers=9", change_new},
            {"change show", "CHANGE [options]",
             "show what a change says and does to its base, or how a request of it stands",
             "understudy change show fewer-workers.yaml\n  understudy change show 5d2f1c93ab07", change_show},
            {"change validate", "CHANGE [options]",
             "check a change: its base, its edits, the data, the new twin",
             "understudy change validate drop-email.yaml", change_validate},
            {"change impact", "CHANGE [options]",
             "say what a change touches, what is expected of it, and its risk",
             "understudy change impact drop-email.yaml", change_impact},
            {"change price", "CHANGE [options]",
             "play the backfill that a change needs: how long, how dear, whom it delays",
             "understudy change price only-paid.yaml --over 30d", change_price},
            {"change request", "CHANGE [options]", "rehearse a change, and record it for others to decide on",
             "understudy change request fewer-workers.yaml --reason 'Cut the cost by a quarter'",
             change_request},
            {"change list", "[options]", "show the requests that are open", "understudy change list",
             change_list},
            {"change approve", "REQUEST [options]", "say yes to a request, and sign it",
             "understudy change approve 5d2f1c93ab07 --key ~/.ssh/id_ed25519", change_approve},
            {"change reject", "REQUEST [options]", "say no to a request, and sign it",
             "understudy change reject 5d2f1c93ab07 --key ~/.ssh/id_ed25519 --reason 'Not this month'",
             change_reject},
            {"change apply", "REQUEST [options]", "make the next version of the twin of an approved change",
             "understudy change apply 5d2f1c93ab07\n  understudy change apply fewer-workers.yaml --check",
             change_apply},
            {"change rollback", "REQUEST [options]", "take an applied change back by a further version",
             "understudy change rollback 5d2f1c93ab07 --reason 'Orders were late'", change_rollback},
            {"change log", "[REQUEST] [options]", "show what was requested, decided and done, and prove it",
             "understudy change log --verify", change_log},
            {"change attest", "REQUEST [options]", "export a rehearsal as an in-toto test result",
             "understudy change attest fewer-workers.yaml --out attestation.json", change_attest},
        },
        ""};
    return all;
}

}  // namespace

const Command& change_command_named(std::string_view name) {
    return subcommand_named(change_commands(), name);
}

int change_command(const Arguments& arguments) { return run_subcommand(change_commands(), arguments); }

}  // namespace understudy::cli
