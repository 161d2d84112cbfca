// understudy twin snapshot, restore: states of a twin, kept and taken up again.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <system_error>

#include "models/simulation/snapshot.h"
#include "tools/cli/output_target.h"
#include "tools/cli/problems.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/twin.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/json/twin_json.h"
#include "tools/formats/language/fault.h"
#include "tools/formats/language/values.h"
#include "tools/formats/store/present.h"
#include "tools/formats/store/store_place.h"
#include "tools/formats/store/sync_journal.h"
#include "tools/formats/store/version_content.h"
#include "tools/formats/store/version_diff.h"

namespace understudy::cli {

namespace {

kernel::Time instant_from(const std::string& text, const studies::PreparedRun& prepared) {
    try {
        const kernel::Time at = formats::read_duration(text);
        const kernel::Time begin = prepared.scenario.twin.state.as_of;
        if (at == begin && begin > 0) return at;
        if (at <= begin)
            throw UsageError(fmt::format("--at {}: the run begins at {}; name a later instant", text,
                                         formats::print_duration(begin)));
        if (prepared.scenario.run.length && at >= *prepared.scenario.run.length)
            throw UsageError(fmt::format("--at {}: the run is over at {}; name an earlier instant", text,
                                         formats::print_duration(*prepared.scenario.run.length)));
        return at;
    } catch (const formats::Fault& fault) {
        throw UsageError("--at " + text + ": " + fault.what() +
                         (fault.hint.empty() ? "" : "; " + fault.hint));
    }
}

int tell_committed(const formats::Committed& committed, const formats::StoredTwin& twin, bool json) {
    const formats::Version& version = committed.version;
    const std::string name = formats::version_text(version.twin, version.number);
    if (json)
        fmt::print("{}", formats::committed_as_json(twin, committed));
    else if (committed.added)
        fmt::print("{}: kept, sha256:{}; 'understudy twin forecast {} --for 8h' goes on from it\n", name,
                   version.sha256.substr(0, 12), version.twin);
    else
        fmt::print("{}: nothing new, this version holds the same\n", name);
    return exit_met;
}

/// What syncs have read since that version counts no more, or the next one would come to their state again.
void take_back_syncs(formats::Store& store, const formats::Version& from, const formats::Version& restored,
                     const formats::Signature& signature) {
    const formats::SyncJournal then = formats::read_sync_journal(store, from.twin, from.number);
    if (then.events.size() == formats::read_sync_journal(store, from.twin).events.size() &&
        then.made == formats::no_version)
        return;
    formats::SyncEntry entry;
    entry.twin = from.twin;
    entry.back = from.number;
    // A state that a sync came to is what follows from its events, else it is what is known.
    if (then.made != formats::no_version) {
        const formats::Version made =
            store.find({from.twin, formats::VersionName::By::number, then.made, ""});
        if (formats::same_state(store.text_of(from), store.text_of(made))) {
            entry.base = then.base;
            entry.made = restored.number;
            entry.now_ns = then.now_ns.value_or(0);
        }
    }
    formats::note_sync(store, entry, signature, restored.number);
}

/// A scenario's text with the state at that instant; what it cannot hold stands in it, and goes to stderr.
std::string snapshot_of(const std::string& text, const studies::PreparedRun& prepared, kernel::Time at,
                        std::uint64_t replication) {
    // That is the state that it begins with: a command that is repeated does nothing.
    if (at == prepared.scenario.twin.state.as_of) return text;
    models::ReplicationOptions which;
    which.seed = prepared.scenario.run.seed;
    which.index = replication - 1;
    models::Snapshot snapshot = models::snapshot_at(prepared.model, which, at);
    if (!snapshot.stopped.empty())
        throw UsageError(fmt::format("replication {} ends before that: {}", replication, snapshot.stopped));
    for (const std::string& what : snapshot.state.missing())
        fmt::print(stderr, "understudy: warning: not in the state: {}\n", what);
    return formats::with_state(text, snapshot.state);
}

/// The latest version with the present of another one. What has changed in between would be lost with any other text.
formats::Committed commit_present(formats::Store& store, const formats::Version& read,
                                  const std::string& text, const formats::Signature& signature) {
    formats::Transaction all(store.database(), formats::Transaction::Kind::writing);
    const formats::Version latest = store.twin(read.twin).latest;
    const std::string now = store.text_of(latest);
    if (latest.number != read.number && !formats::same_but_for_the_present(text, now))
        throw formats::StaleBase(fmt::format(
            "{} is not the latest version any more: {} is, and would be lost; what moved: {}; take the "
            "snapshot "
            "of {}, or write it to a file with --out",
            formats::version_text(read.twin, read.number), formats::version_text(read.twin, latest.number),
            formats::what_moved(formats::with_present_of(text, now), now),
            formats::version_text(read.twin, latest.number)));
    const formats::Committed committed =
        store.commit(read.twin, formats::with_present_of(now, text), "", latest.number, signature);
    all.commit();
    return committed;
}

}  // namespace

int twin_snapshot(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(twin_command_named("snapshot"));
    options.positional("version", 1, "a twin or version, or a scenario file");
    options.add()("at", po::value<std::string>()->value_name("TIME"), "when, on the run's clock, such as 6h");
    options.add()("set", po::value<std::vector<std::string>>()->composing()->value_name("NAME.KEY=VALUE"),
                  "change a value before the run, and in what is written; may be repeated");
    options.add()("replication", po::value<std::string>()->value_name("N"),
                  "of which replication (default: 1)");
    options.add()("seed", po::value<std::string>()->value_name("N"), "seed of all random numbers");
    options.add()("description", po::value<std::string>()->value_name("TEXT"), "the same as --reason");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"),
                  "write the scenario with its state there; of a file, without it, to stdout");
    add_signature_options(options);
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("version"))
        throw UsageError("twin snapshot needs a twin or a scenario file, such as 'orders --at 6h'");
    if (!options.has("at")) throw UsageError("twin snapshot needs to know when: --at 6h");
    const std::string& given = options.get<std::string>("version");
    const bool of_file = is_scenario_file(given);
    const bool to_file = of_file || options.has("out");
    if (to_file)
        for (const char* name : {"description", "reason", "author", "time", "json"})
            if (options.has(name))
                throw UsageError(fmt::format(
                    "--{} belongs to a version that is kept, and {}", name,
                    of_file ? "this is a file: twin create keeps it" : "--out writes a file instead"));
    if (options.has("description") && options.has("reason"))
        throw UsageError("--description and --reason are one thing: give one of them");
    if (!to_file) {
        const std::string why = "a version holds a state of the twin as it is kept";
        refuse_environment(why + "; unset it, or write a file with --out");
        if (options.has("set"))
            throw UsageError("--set " + options.get<std::vector<std::string>>("set").front() + ": " + why +
                             "; write a file with --out, or make the change first");
    }
    const std::vector<std::string> set = overrides_from(options);
    std::filesystem::path folder = ".";
    if (options.has("out")) {
        const std::filesystem::path out = options.get<std::string>("out");
        require_replaceable(
            out, OutputKind::scenario,
            of_file ? std::vector<std::filesystem::path>{given} : std::vector<std::filesystem::path>{});
        if (out.has_parent_path()) folder = out.parent_path();
    }
    std::uint64_t replication = 1;
    if (options.has("replication"))
        replication = whole_number("--replication", options.get<std::string>("replication"), 1, 1'000'000);
    std::optional<std::uint64_t> seed;
    if (options.has("seed")) seed = whole_number("--seed", options.get<std::string>("seed"), 0, most_seed);
    formats::Signature signature = signature_from(options);
    if (options.has("description")) signature.reason = options.get<std::string>("description");
    if (options.has("store")) store_folder_from(options);
    const std::string word = scenario_named(options, given);
    std::vector<std::string> overrides = set;
    for (std::string& edit : run_overrides(seed, std::nullopt)) overrides.push_back(std::move(edit));
    const auto prepared = prepare_file(word, overrides);
    if (!prepared) return exit_usage;
    const kernel::Time at = instant_from(options.get<std::string>("at"), *prepared);
    if (to_file) {
        const std::filesystem::path project =
            of_file ? std::filesystem::current_path() : formats::project_of(store_folder_from(options));
        auto content = formats::read_version_content(word, {project, {}, false, set});
        print_problems(content.diagnostics);
        if (!content.text) return exit_usage;
        const std::string text = formats::as_scenario_file(
            snapshot_of(*content.text, *prepared, at, replication), project, folder);
        if (options.has("out"))
            formats::write_file(options.get<std::string>("out"), text);
        else
            fmt::print("{}", text);
        return exit_met;
    }
    formats::Store store(store_folder_from(options), formats::Store::Access::writing);
    const formats::Version version = store.find(version_from(word));
    const std::string text = snapshot_of(store.text_of(version), *prepared, at, replication);
    const formats::Committed committed = commit_present(store, version, text, signature);
    return tell_committed(committed, store.twin(version.twin), options.has("json"));
}

int twin_restore(const Arguments& arguments) {
    Options options(twin_command_named("restore"));
    options.positional("name", 1, "the twin");
    options.positional("version", 1, "the version of it whose state is to be the present one");
    add_signature_options(options);
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("version"))
        throw UsageError("twin restore needs a twin and a version of it, such as 'orders orders@4'");
    const std::string& name = options.get<std::string>("name");
    require_twin(name);
    const formats::VersionName which = version_from(options.get<std::string>("version"));
    if (which.twin != name)
        throw UsageError(
            fmt::format("{} is a version of another twin than '{}'; a state is taken from one of "
                        "its own versions",
                        options.get<std::string>("version"), name));
    formats::Signature signature = signature_from(options);
    formats::Store store(store_folder_from(options), formats::Store::Access::writing);
    formats::Transaction all(store.database(), formats::Transaction::Kind::writing);
    const formats::Version from = store.find(which);
    const formats::Version latest = store.twin(name).latest;
    if (signature.reason.empty())
        signature.reason = "state of " + formats::version_text(from.twin, from.number);
    const std::string text = formats::with_present_of(store.text_of(latest), store.text_of(from));
    const formats::Committed committed = store.commit(name, text, "", latest.number, signature);
    if (committed.added) take_back_syncs(store, from, committed.version, signature);
    all.commit();
    return tell_committed(committed, store.twin(name), options.has("json"));
}

}  // namespace understudy::cli
