// understudy twin sync: the state of a twin, advanced by what logs of production tell.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string_view>
#include <system_error>
#include <tuple>

#include "models/listed.h"
#include "models/schedule.h"
#include "tools/cli/problems.h"
#include "tools/cli/progress.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/twin.h"
#include "tools/formats/json/sync_json.h"
#include "tools/formats/language/fault.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/values.h"
#include "tools/formats/logs/csv_columns.h"
#include "tools/formats/logs/event_reader.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/printable.h"
#include "tools/formats/store/present.h"
#include "tools/formats/store/store_place.h"
#include "tools/formats/store/sync_journal.h"
#include "tools/reports/sync_report.h"
#include "tools/studies/counterparts.h"
#include "tools/studies/follow.h"

namespace understudy::cli {

namespace {

namespace fs = std::filesystem;

/// What the option says, read by a reader of the language.
template <class Read>
auto read_option(const char* option, const std::string& text, Read&& read) {
    try {
        return read(text);
    } catch (const formats::Fault& fault) {
        throw UsageError(fmt::format("{} {}: {}{}", option, text, fault.what(),
                                     fault.hint.empty() ? "" : "; " + fault.hint));
    }
}

/// When the run's clock begins, since 1970; nothing where the run has no start.
std::optional<std::int64_t> clock_of(const models::Run& run) {
    if (!run.start) return std::nullopt;
    // From the begin of 1970 there, whose distance from that of UTC is what clocks differ by then.
    return models::Calendar(models::LocalInstant{0}, run.zone).instant_of(*run.start) -
           models::local_time(0, run.zone).ns;
}

std::string shown_instant(const models::Run& run, kernel::Time on_the_clock) {
    return run.start ? models::Calendar(*run.start, run.zone).text(on_the_clock) : "";
}

/// What all logs tell; says what is wrong with all of them.
std::optional<std::vector<models::ObservedEvents>> read_logs(const Options& options,
                                                             const std::string& zone) {
    formats::EventOptions how;
    how.zone = zone;
    if (options.has("columns")) how.columns = formats::read_columns_file(options.get<std::string>("columns"));
    if (options.has("run")) how.run = options.get<std::string>("run");
    std::vector<models::ObservedEvents> logs;
    Progress progress;
    bool failed = false;
    for (const std::string& path : options.get<std::vector<std::string>>("logs")) {
        progress.show("reading " + fs::path(path).filename().string());
        auto read = formats::read_events(path, how);
        if (const auto* failure = std::get_if<formats::LogFailure>(&read)) {
            progress.clear();
            fmt::print(stderr, "{}{}\n", failure->located ? "" : "understudy: error: ", failure->message);
            failed = true;
            continue;
        }
        logs.push_back(std::move(std::get<models::ObservedEvents>(read)));
    }
    progress.clear();
    if (failed) return std::nullopt;
    return logs;
}

std::optional<models::Scenario> scenario_of(const std::string& text, const std::string& name,
                                            const fs::path& project) {
    formats::ScenarioReading reading = formats::read_scenario(text, name, {}, project.string());
    if (!reading.scenario) print_problems(reading.diagnostics);
    return std::move(reading.scenario);
}

/// What a log tells of pieces without ids, by the run that they are said to be of.
std::map<std::string, std::vector<models::ObservedEvent>> by_run(
    const std::vector<models::ObservedEvent>& events) {
    std::map<std::string, std::vector<models::ObservedEvent>> runs;
    for (const models::ObservedEvent& event : events)
        if (event.id.empty()) {
            std::vector<models::ObservedEvent>& of = runs[event.run];
            of.push_back(event);
            of.back().run.clear();
        }
    return runs;
}

/// Whether a log, or a part of it, was read before as of another run: it would count as a second one.
void refuse_another_run(const std::vector<models::ObservedEvent>& known,
                        const std::vector<models::ObservedEvent>& events, const std::string& source) {
    std::set<std::string_view> runs;
    for (const auto* all : {&known, &events})
        for (const models::ObservedEvent& event : *all)
            if (event.id.empty()) runs.insert(event.run);
    if (runs.size() < 2) return;
    const auto before = by_run(known);
    for (const auto& [run, now] : by_run(events))
        for (const auto& [other, then] : before) {
            if (other == run) continue;
            const auto& [less, more] = now.size() < then.size() ? std::tie(now, then) : std::tie(then, now);
            if (!std::includes(more.begin(), more.end(), less.begin(), less.end())) continue;
            throw UsageError(fmt::format(
                "{}: was read before {}, and would count as a second run: {}, or take that back with "
                "'understudy twin "
                "restore'",
                source, other.empty() ? "without --run" : "as of the run " + formats::printable(other),
                other.empty() ? "leave --run out" : "say --run " + formats::printable(other)));
        }
}

class Sync {
public:
    Sync(const Options& options, const std::string& name)
        : options_(options),
          store_(store_folder_from(options),
                 options.has("dry-run") ? formats::Store::Access::reading : formats::Store::Access::writing) {
        synced_.twin = store_.twin(name);
        synced_.dry_run = options.has("dry-run");
    }

    /// Of the twin's clock, and so of dates that say no zone. Nothing where its latest version cannot be read.
    std::optional<std::string> zone() {
        const formats::Version& latest = synced_.twin.latest;
        const auto scenario =
            scenario_of(store_.text_of(latest), version_text(latest), formats::project_of(store_.folder()));
        return scenario ? std::optional(scenario->run.zone) : std::nullopt;
    }

    /// Exit code. All that was ever read is gone through once more: meanwhile others may write, and what they do to this
    /// twin is looked at anew. Where they always do, they wait.
    int run(const std::vector<models::ObservedEvents>& logs, const formats::Signature& signature) {
        using Kind = formats::Transaction::Kind;
        constexpr int attempts = 3;
        for (int attempt = 1; attempt <= attempts; ++attempt) {
            std::int64_t last = 0;
            {
                const formats::Transaction one_state(store_.database(), Kind::reading);
                last = store_.last_move(synced_.twin.name);
                if (const auto ended = work_out(logs)) return *ended;
                if (synced_.dry_run) return keep_and_tell(signature);
            }
            formats::Transaction all(store_.database(), Kind::writing);
            if (store_.last_move(synced_.twin.name) != last) continue;
            return keep_and_tell(signature, &all);
        }
        formats::Transaction all(store_.database(), Kind::writing);
        if (const auto ended = work_out(logs)) return *ended;
        return keep_and_tell(signature, &all);
    }

private:
    /// The state that all events come to; an exit code where there is none.
    std::optional<int> work_out(const std::vector<models::ObservedEvents>& logs) {
        synced_.logs.clear();
        base_clock_.reset();
        base_ns_.reset();
        synced_.twin = store_.twin(synced_.twin.name);
        journal_ = formats::read_sync_journal(store_, synced_.twin.name);
        const formats::Version& latest = synced_.twin.latest;
        text_ = store_.text_of(latest);
        auto scenario = scenario_of(text_, version_text(latest), formats::project_of(store_.folder()));
        if (!scenario) return exit_usage;
        synced_.before = scenario->twin.state;
        if (!find_base(*scenario)) return exit_usage;
        fresh_ = take_in(logs, *scenario);
        if (const auto others = others_alone(logs, *scenario)) return nothing_found(*others);
        find_instant(*scenario);
        scenario->twin.state = base_state_;
        synced_.followed = studies::follow(*scenario, journal_.events, {clock_, now_, base_ns_});
        if (synced_.followed.used == 0) return nothing_found(synced_.followed.unmapped);
        synced_.instant = shown_instant(scenario->run, now_ - clock_);
        return std::nullopt;
    }

    int keep_and_tell(const formats::Signature& signature, formats::Transaction* all = nullptr) {
        keep(signature, all);
        if (options_.has("json"))
            fmt::print("{}", formats::synced_as_json(synced_));
        else
            fmt::print("{}\n{}", reports::sync_report(synced_, terminal_width()), last_line());
        return exit_met;
    }

    static std::string version_text(const formats::Version& version) {
        return formats::version_text(version.twin, version.number);
    }

    formats::Version version_numbered(std::int64_t number) {
        return store_.find({synced_.twin.name, formats::VersionName::By::number, number, ""});
    }

    /// The state that was known before the first event that is to count.
    bool find_base(const models::Scenario& scenario) {
        const formats::Version& latest = synced_.twin.latest;
        base_ = latest.number;
        models::Run base_run = scenario.run;
        base_state_ = scenario.twin.state;
        if (journal_.made != formats::no_version) {
            const auto made = version_numbered(journal_.made);
            if (formats::same_state(text_, store_.text_of(made))) {
                base_ = journal_.base;
                base_state_ = {};
                if (base_ != formats::no_version) {
                    const auto version = version_numbered(base_);
                    const auto base = scenario_of(store_.text_of(version), version_text(version),
                                                  formats::project_of(store_.folder()));
                    if (!base) return false;
                    base_run = base->run;
                    base_state_ = studies::Counterparts(*base, scenario).in_candidate(base->twin.state);
                }
            } else {
                // Somebody has set the state since: it is what is known now.
                journal_.now_ns.reset();
            }
        }
        if (base_state_.empty())
            base_ = formats::no_version;
        else
            base_clock_ = clock_of(base_run);
        return true;
    }

    /// What the logs are of, where nothing in them is of the twin, whatever it was told before.
    static std::optional<std::vector<studies::NotFollowed>> others_alone(
        const std::vector<models::ObservedEvents>& logs, const models::Scenario& scenario) {
        std::vector<models::ObservedEvent> all;
        for (const models::ObservedEvents& log : logs) {
            if (studies::last_told(scenario, log.events)) return std::nullopt;
            models::unite(all, log.events);
        }
        return studies::not_followed(scenario, all);
    }

    /// An item that was left somewhere long ago is still there: that may be as it is, or a wrong date.
    void note_before_the_clock(const models::Scenario& scenario,
                               const std::vector<models::ObservedEvent>& fresh, std::int64_t clock) {
        const std::vector<std::int64_t> instants = studies::instants_told(scenario, fresh);
        const std::int64_t before =
            std::lower_bound(instants.begin(), instants.end(), clock) - instants.begin();
        if (before == 0) return;
        const auto shown = [&](std::int64_t ns) {
            return scenario.run.start ? shown_instant(scenario.run, ns - clock)
                                      : formats::print_duration(ns - clock);
        };
        synced_.logs.back().notes.push_back(
            {fmt::format(
                 "new events of before the run's clock begins ({}), the first of {}: what began or was left "
                 "somewhere by then, and was not seen to go on, is there ever since; where the date is "
                 "wrong, "
                 "'understudy twin restore' takes it back",
                 shown(clock), shown(instants.front())),
             before, 0});
    }

    /// Puts what the logs tell to what is known; what was not known of it.
    std::vector<models::ObservedEvent> take_in(const std::vector<models::ObservedEvents>& logs,
                                               models::Scenario& scenario) {
        set_start(scenario, logs);
        const auto clock = clock_of(scenario.run);
        std::vector<models::ObservedEvent> fresh;
        for (const models::ObservedEvents& log : logs) {
            if (!clock && !log.from_start)
                throw UsageError(fmt::format(
                    "{} has dates, and the run of {} has no 'start': say with --start 2026-03-09T00:00 which "
                    "instant its clock begins at",
                    log.source, version_text(synced_.twin.latest)));
            const auto events = log.from_start ? later_by(clock.value_or(0), log.events) : log.events;
            refuse_another_run(journal_.events, events, log.source);
            std::vector<models::ObservedEvent> more = models::unknown_of(journal_.events, events);
            synced_.logs.push_back(
                {log.source, log.format, std::ssize(log.events), std::ssize(more), log.notes});
            note_before_the_clock(scenario, more, clock.value_or(0));
            models::unite(journal_.events, more);
            models::unite(fresh, more);
        }
        if (journal_.events.size() > formats::most_observed_events)
            throw UsageError(fmt::format("{} events in all are more than a twin can follow; at most {} are",
                                         journal_.events.size(), formats::most_observed_events));
        synced_.known_events = std::ssize(journal_.events);
        clock_ = clock.value_or(0);
        if (!base_state_.empty()) base_ns_ = base_clock_.value_or(clock_) + base_state_.as_of;
        return fresh;
    }

    static std::vector<models::ObservedEvent> later_by(std::int64_t ns,
                                                       std::vector<models::ObservedEvent> events) {
        for (models::ObservedEvent& event : events) event.ns += ns;
        return events;
    }

    void set_start(models::Scenario& scenario, const std::vector<models::ObservedEvents>& logs) {
        if (!options_.has("start")) return;
        std::string start = options_.get<std::string>("start");
        if (start == "midnight") {
            std::optional<std::int64_t> last = studies::last_told(scenario, journal_.events);
            for (const models::ObservedEvents& log : logs)
                if (const auto of_log = studies::last_told(scenario, log.events); of_log && !log.from_start)
                    last = std::max(last.value_or(*of_log), *of_log);
            if (!last)
                throw UsageError(
                    "--start midnight is the one before the last event that has a date, and none has");
            models::LocalInstant local = models::local_time(*last, scenario.run.zone);
            local.ns -= ((local.ns % kernel::day) + kernel::day) % kernel::day;
            scenario.run.start = local;
        } else {
            scenario.run.start = read_option(
                "--start", start, [](const std::string& text) { return formats::read_local_instant(text); });
        }
        text_ = formats::with_start(text_, formats::print_local_instant(*scenario.run.start));
    }

    std::int64_t asked_instant() const {
        const std::string& text = options_.get<std::string>("at");
        if (const auto instant = formats::date_instant(text)) return *instant;
        return clock_ + read_option("--at", text, [](const std::string& duration) {
                   return formats::read_duration(duration);
               });
    }

    /// As of when: the last event, or what was asked for, but never before what is known.
    void find_instant(const models::Scenario& scenario) {
        const auto known = std::max(journal_.now_ns.value_or(INT64_MIN), base_ns_.value_or(INT64_MIN));
        const auto shown = [&](std::int64_t ns) {
            return scenario.run.start ? shown_instant(scenario.run, ns - clock_)
                                      : formats::print_duration(ns - clock_);
        };
        if (options_.has("at")) {
            now_ = asked_instant();
            if (now_ < known)
                throw UsageError(
                    fmt::format("--at {}: the state is as of {} already; 'understudy twin restore' goes "
                                "back",
                                options_.get<std::string>("at"), shown(known)));
        } else {
            now_ = std::max(known, studies::last_told(scenario, journal_.events).value_or(known));
        }
        if (now_ < clock_)
            throw UsageError(fmt::format(
                "the state would be as of {}, before the run of {} begins ({}); --start says anew "
                "which instant its clock begins at",
                shown(now_), version_text(synced_.twin.latest), shown(clock_)));
        const kernel::Time as_of = now_ - clock_;
        if (scenario.run.length && as_of >= *scenario.run.length)
            throw UsageError(fmt::format(
                "the state would be as of {}, {} on the run's clock, and the run of {} is over at {}: "
                "'--start "
                "midnight' lets its clock begin anew on that day, or give the twin a longer 'run.length'",
                shown(now_), formats::print_duration(as_of), version_text(synced_.twin.latest),
                formats::print_duration(*scenario.run.length)));
    }

    int nothing_found(const std::vector<studies::NotFollowed>& unmapped) const {
        const std::string names = models::listed(unmapped, 5, "", [](const studies::NotFollowed& one) {
            return fmt::format("{} ({})", formats::printable(one.name), one.why);
        });
        fmt::print(
            stderr,
            "understudy: nothing of {} was found in the log, and nothing was kept; elements are matched by "
            "their label or name. The log has: {}\n",
            synced_.twin.name, names.empty() ? "nothing up to that instant" : names);
        return exit_inconclusive;
    }

    void keep(const formats::Signature& signature, formats::Transaction* all) {
        const formats::Version latest = synced_.twin.latest;
        const std::string text = formats::with_state(text_, synced_.followed.state);
        const std::string known = store_.text_of(latest);
        const bool is_news = text_ != known || !formats::same_state(known, text);
        if (synced_.dry_run) {
            synced_.committed = {latest, is_news};
            return;
        }
        synced_.committed = is_news ? store_.commit(latest.twin, text, "", latest.number, signature)
                                    : formats::Committed{latest, false};
        const std::int64_t made = synced_.committed.version.number;
        synced_.journaled =
            !fresh_.empty() || journal_.now_ns != now_ || journal_.made != made || journal_.base != base_;
        if (synced_.journaled)
            formats::note_sync(store_, {latest.twin, std::move(fresh_), base_, made, now_}, signature, made);
        all->commit();
        synced_.twin = store_.twin(latest.twin);
    }

    std::string last_line() const {
        const formats::Version& version = synced_.committed.version;
        if (synced_.dry_run)
            return synced_.committed.added
                       ? fmt::format("{}: this would be its next version; nothing was kept (--dry-run)\n",
                                     version_text(version))
                       : fmt::format("{}: nothing would change\n", version_text(version));
        if (!synced_.committed.added)
            return fmt::format("{}: nothing new, this version holds the same\n", version_text(version));
        return fmt::format("{}: kept, sha256:{}; 'understudy twin forecast {} --for 8h' goes on from it\n",
                           version_text(version), version.sha256.substr(0, 12), version.twin);
    }

    const Options& options_;
    formats::Store store_;
    formats::Synced synced_;
    formats::SyncJournal journal_;
    std::vector<models::ObservedEvent> fresh_;  ///< that were not known
    std::string text_;  ///< of the latest version, with another start where one is asked for
    std::int64_t base_ = formats::no_version;
    models::InitialState base_state_;
    std::optional<std::int64_t> base_clock_, base_ns_;
    std::int64_t clock_ = 0, now_ = 0;
};

std::string reason_of(const std::vector<std::string>& logs) {
    return logs.size() == 1 ? "Sync of " + fs::path(logs.front()).filename().string()
                            : fmt::format("Sync of {} logs", logs.size());
}

}  // namespace

int twin_sync(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(twin_command_named("sync"));
    options.positional("name", 1, "the twin");
    options.positional("logs", -1,
                       "logs of production: OpenLineage events, Nextflow traces, tables of tasks, Airflow's "
                       "task instances, dbt run "
                       "results, batch systems (SWF), XES and CSV of cases");
    options.add()("at", po::value<std::string>()->value_name("TIME"),
                  "as of when: an instant, or a time on the run's clock (default: the last event)");
    options.add()("start", po::value<std::string>()->value_name("TIME|midnight"),
                  "the run's clock begins then, or at the last midnight before the last event");
    options.add()("run", po::value<std::string>()->value_name("ID"),
                  "which run of a pipeline the log is of, where it does not say");
    options.add()("columns", po::value<std::string>()->value_name("FILE"),
                  "columns of CSV tables: lines 'start: started_at'");
    options.add()("dry-run", "show what would change, and keep nothing");
    add_signature_options(options);
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    leave_out_environment();
    if (!options.has("name") || !options.has("logs"))
        throw UsageError("twin sync needs a twin and logs, such as 'orders events.ndjson'");
    const std::string& name = options.get<std::string>("name");
    require_twin(name);
    formats::Signature signature = signature_from(options);
    if (signature.reason.empty()) signature.reason = reason_of(options.get<std::vector<std::string>>("logs"));
    for (const std::string& path : options.get<std::vector<std::string>>("logs"))
        if (is_of_the_language(path)) throw UsageError(path + " is a scenario, not a log");
    Sync sync(options, name);
    const auto zone = sync.zone();
    if (!zone) return exit_usage;
    auto logs = read_logs(options, *zone);
    if (!logs) return exit_usage;
    return sync.run(*logs, signature);
}

}  // namespace understudy::cli
