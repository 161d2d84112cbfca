// understudy change request: a change is rehearsed, and recorded with its evidence for others to decide on.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tools/cli/base_version.h"
#include "tools/cli/change.h"
#include "tools/cli/change_case.h"
#include "tools/cli/change_policy.h"
#include "tools/cli/output_format.h"
#include "tools/cli/progress.h"
#include "tools/cli/rehearsal.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/twin.h"
#include "tools/formats/files/sha256.h"
#include "tools/formats/json/approval_json.h"
#include "tools/formats/json/rehearse_json.h"
#include "tools/formats/language/change_text.h"
#include "tools/formats/language/text_file.h"
#include "tools/formats/store/present.h"
#include "tools/formats/store/store_place.h"
#include "tools/reports/approval_report.h"
#include "tools/reports/canary_report.h"

namespace understudy::cli {

namespace {

/// What the change says besides its edits, for rules that ask for it.
std::string parts_of(const ChangeInput& input, const studies::RehearsalResult& result) {
    const formats::ChangeText said = formats::text_of_change(input.text);
    std::string parts;
    const auto add = [&](const char* part, bool there) {
        if (there) parts += (parts.empty() ? "" : " ") + std::string(part);
    };
    add("reason", !studies::is_blank(input.change.reason));
    add("author", !studies::is_blank(input.change.author));
    add("accept", !said.accept.empty());
    add("objectives", result.unjudged.empty());
    for (const auto& [key, value] : said.plans) add(key.c_str(), true);
    return parts;
}

int badness(const std::string& verdict) {
    return verdict == studies::name_of(studies::Verdict::met)        ? 0
           : verdict == studies::name_of(studies::Verdict::violated) ? 2
                                                                     : 1;
}

/// What the verdict is of besides what is accepted without a stress: where a rehearsal is not met, one of all these rows is
/// not met either.
void add_rehearsed(const studies::RehearsalResult& result, formats::Request& request) {
    auto& rows = request.rehearsed;
    int worst = 0;
    const auto add = [&](studies::Verdict verdict, const std::string& text) {
        rows.emplace_back(studies::name_of(verdict), text);
        worst = std::max(worst, badness(rows.back().first));
    };
    /// Of what no row tells: alerts that fail, and replications that do not come to their end.
    const auto add_rest = [&](studies::Verdict verdict, const std::string& where) {
        if (badness(studies::name_of(verdict)) <= worst) return;
        add(verdict, (verdict == studies::Verdict::violated ? "no alert that fails a run is raised"
                                                            : "every replication comes to its end") +
                         where);
    };
    for (const studies::Accepted& entry : result.accepted)
        worst = std::max(worst, badness(studies::name_of(entry.verdict)));
    const int of_accepted = worst;
    int all = worst;
    for (const studies::RehearsalResult& stressed : result.stresses) {
        const std::string where = ", under " + stressed.stress;
        worst = 0;
        for (const studies::Accepted& entry : stressed.accepted) add(entry.verdict, entry.text + where);
        add_rest(stressed.verdict, where);
        all = std::max(all, worst);
    }
    worst = std::max(of_accepted, all);
    const auto add_rollout = [&](const studies::RehearsalResult& one) {
        if (!one.canary) return;
        for (const studies::CanaryResult::Case& it : one.canary->cases)
            add(it.verdict, "the rollout " + reports::canary_promise_text(it) +
                                (it.text.empty() ? "" : " (" + it.text + ")") +
                                (one.stress.empty() ? "" : ", under " + one.stress));
        if (badness(studies::name_of(one.canary->verdict)) > worst)
            add(one.canary->verdict, "the rollout: " + one.canary->why);
    };
    add_rollout(result);
    for (const studies::RehearsalResult& stressed : result.stresses) add_rollout(stressed);
    if (result.rollback)
        add(result.rollback->verdict, "the way back, until " + result.rollback->until +
                                          (result.rollback->why.empty() ? "" : ": " + result.rollback->why));
    add_rest(result.verdict, "");
}

formats::Request request_of(const ChangeInput& input, const formats::Rules& rules,
                            const studies::RehearsalResult& result) {
    formats::Request request;
    request.change = input.change.name;
    request.change_sha256 = formats::sha256_hex(input.text);
    request.kinds =
        fmt::format("{}", fmt::join(formats::kinds_that_count(input.kinds, input.change.kind), " "));
    request.author = input.change.author;
    request.parts = parts_of(input, result);
    request.base = base_of_request(input);
    if (input.stored) {
        const formats::VersionName base = version_from(input.base_name);
        request.twin = base.twin;
        request.version = base.number;
    }
    request.baseline_sha256 = formats::sha256_hex(input.before);
    request.baseline_file = input.base_file_sha256;
    request.candidate = input.after;
    request.inputs_sha256 = formats::sha256_of_inputs(input.inputs);
    for (const formats::InputFile& one : input.inputs) request.inputs.emplace_back(one.sha256, one.name);
    request.policy = rules.policy.name;
    request.policy_sha256 = rules.sha256;
    request.build = rules.build;
    request.seed = std::to_string(result.seed);
    request.verdict = studies::name_of(result.verdict);
    request.reason = studies::name_of(result.reason);
    request.replications = result.replications;
    request.confidence = result.confidence;
    request.margin = studies::margin_of(result);
    for (const studies::Accepted& entry : result.accepted)
        request.accepted.emplace_back(studies::name_of(entry.verdict), entry.text);
    add_rehearsed(result, request);
    for (const studies::NoLongerPromised& one : result.no_longer_promised)
        request.no_longer_promised.push_back(one.text);
    request.rehearsal = formats::rehearsal_as_json(result);
    return request;
}

/// What is found of the change to its base without a simulation: its risk, and what has not passed.
struct Findings {
    double risk = 625;                                       // the most there is
    std::vector<std::pair<std::string, std::string>> texts;  ///< as Request::findings
};

Findings findings_of(const std::string& file) {
    Findings found;
    const auto one = read_change_case(file, "");
    if (!one) return found;
    if (const auto impact = impact_of(*one)) found.risk = impact->risk;
    for (const studies::Check& check : one->validation.checks) {
        if (check.status == studies::Check::Status::passed || check.status == studies::Check::Status::skipped)
            continue;
        found.texts.emplace_back(studies::name_of(check.status),
                                 fmt::format("{}: {}{}{}", check.name, check.about,
                                             check.about.empty() ? "" : ": ", check.message));
    }
    return found;
}

/// Of another version a request would be void as soon as it is made.
void require_latest(formats::Store store, const ChangeInput& input) {
    const std::string& base = input.base_name;
    const formats::VersionName name = version_from(base);
    const formats::Version latest = store.twin(name.twin).latest;
    if (latest.number == name.number) return;
    const std::string named = store.text_of(store.find(name)), now = store.text_of(latest);
    if (formats::made_of_latest(named, input.after, now)) return;
    throw formats::StaleBase(fmt::format(
        "{} is not the latest version any more: {} is; what moved: {}; set 'base: {}' once the change is "
        "right for it",
        base, formats::version_text(latest.twin, latest.number), formats::what_moved(named, now),
        formats::version_text(latest.twin, latest.number)));
}

/// What is known of it before it is rehearsed, as far as rules look at it.
studies::RequestFacts facts_before(const ChangeInput& input, double risk) {
    studies::RequestFacts facts;
    if (input.stored) facts.twin = version_from(input.base_name).twin;
    for (const auto& kind : formats::kinds_that_count(input.kinds, input.change.kind))
        facts.kinds.insert(kind);
    facts.risk = risk;
    return facts;
}

/// What the command line says of how it is rehearsed.
struct HowRehearsed {
    std::optional<std::uint64_t> seed;
    std::optional<std::int64_t> most;
    std::string confidence;  ///< such as 99%; empty: that of the base
};

HowRehearsed how_rehearsed(const Options& options) {
    HowRehearsed how;
    if (options.has("seed"))
        how.seed = whole_number("--seed", options.get<std::string>("seed"), 0, most_seed);
    if (options.has("replications"))
        how.most = static_cast<std::int64_t>(
            whole_number("--replications", options.get<std::string>("replications"), 2, 100'000));
    if (options.has("confidence"))
        how.confidence = share_from("--confidence", options.get<std::string>("confidence"));
    return how;
}

/// What is set in both sides, so that it can be what the policy asks for. UsageError where the command line says less.
std::vector<std::string> overrides_for(const HowRehearsed& how, const models::Run& base,
                                       const studies::AskedOfRehearsal& asked) {
    if (how.most && asked.replications > how.most)
        throw UsageError(fmt::format(
            "the policy asks for {} replications of each, and --replications allows no more than {}",
            *asked.replications, *how.most));
    auto overrides =
        run_overrides(how.seed, asked.replications > base.replications ? asked.replications : std::nullopt);
    std::string confidence = how.confidence;
    const double said = confidence.empty() ? base.confidence : std::stod(confidence) / 100;
    if (asked.confidence > said) {
        const std::string share = fmt::format("{:.12g}%", 100 * *asked.confidence);
        if (!confidence.empty())
            throw UsageError(fmt::format("the policy asks for a confidence of {}, and --confidence is {}",
                                         share, confidence));
        confidence = share;
    }
    if (!confidence.empty()) overrides.push_back("run.confidence=" + confidence);
    return overrides;
}

/// What was rehearsed is what was read.
void require_unchanged(const ChangeInput& input) {
    std::string now;
    if (formats::read_text_file(input.file, now) || now != input.text)
        throw UsageError(input.file + " has changed while it was rehearsed; request it again");
}

}  // namespace

int change_request(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(change_command_named("request"));
    options.positional("change", 1, "a change file that names its base");
    options.add()("seed", po::value<std::string>()->value_name("N"), "seed of all random numbers");
    options.add()("replications,n", po::value<std::string>()->value_name("N"),
                  "of each, at most (default: 200)");
    options.add()("confidence", po::value<std::string>()->value_name("SHARE"),
                  "of all that is accepted together (default: the base's, or what the policy asks for)");
    add_credibility_options(options);
    options.add()("threads", po::value<std::string>()->value_name("N"), "threads (default: one per core)");
    add_policy_option(options);
    add_signature_options(options);
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    leave_out_environment();
    if (!options.has("change")) throw UsageError("change request needs a change file");
    const std::string& file = options.get<std::string>("change");
    formats::Signature signature = signature_from(options);
    const std::filesystem::path folder = store_folder_to_make(options);
    const std::filesystem::path project = formats::project_of(folder);
    const auto input = read_change_input(file, "", project);
    if (!input) return exit_usage;
    if (input->base.empty())
        throw UsageError(file + " names no base; 'base: orders@1' or the path of a scenario does");
    if (studies::is_blank(signature.reason)) signature.reason = input->change.reason;
    const auto rules = rules_from(options, project, MissingRules::said);
    if (!rules) return exit_usage;
    if (!input->stored) require_current_base(input->change, file, input->base);
    if (input->stored) require_latest(formats::Store(folder, formats::Store::Access::reading), *input);

    const HowRehearsed how = how_rehearsed(options);
    RehearsalOfFiles rehearsal{input->base, file, {}, {}, {}, {}};
    take_credibility(options, rehearsal);
    rehearsal.how.run.version = UNDERSTUDY_VERSION;
    rehearsal.how.run.stop = &interrupt_requested();
    rehearsal.how.most = how.most;
    if (options.has("threads"))
        rehearsal.how.run.threads = static_cast<unsigned>(
            whole_number("--threads", options.get<std::string>("threads"), 1, most_threads));

    const formats::ScenarioReading base = formats::read_scenario_file(input->base);
    if (!base.scenario) return exit_usage;  // which has been said
    const Findings found = findings_of(file);
    studies::AskedOfRehearsal asked =
        studies::asked_of_rehearsal(rules->policy, facts_before(*input, found.risk));
    std::optional<studies::RehearsalResult> result;
    formats::Request request;
    // Some rules are for what a rehearsal finds: where they ask for more, it is rehearsed again.
    for (bool again = true; again;) {
        rehearsal.overrides = overrides_for(how, base.scenario->run, asked);
        result = rehearse_files(rehearsal);
        if (!result) return exit_usage;
        if (result->interrupted) {
            fmt::print(stderr, "understudy: interrupted; nothing was requested\n");
            return exit_inconclusive;
        }
        request = request_of(*input, *rules, *result);
        request.risk = found.risk;
        request.findings = found.texts;
        const studies::AskedOfRehearsal more = studies::asked_of_rehearsal(
            rules->policy, formats::facts_of(request, signature.author, seconds_of(signature)));
        again = more.replications > asked.replications || more.confidence > asked.confidence;
        asked = {std::max(asked.replications, more.replications),
                 std::max(asked.confidence, more.confidence)};
    }
    require_unchanged(*input);
    add_to_step_summary([&] { return markdown_of(rehearsal, *result); });

    const std::string digest = formats::sha256_hex(formats::write_request(request));
    bool made = false, added = false;
    formats::Store store = formats::Store::make(folder, &made);
    if (made)
        fmt::print(stderr, "understudy: note: made a store of twins in {}\n",
                   std::filesystem::absolute(folder).lexically_normal().string());
    {
        formats::Transaction all(store.database(), formats::Transaction::Kind::writing);
        const auto log = formats::read_change_log(store);
        added = std::none_of(log.begin(), log.end(),
                             [&](const formats::LoggedRequest& one) { return one.digest == digest; });
        if (added) formats::log_request(store, request, input->text, signature);
        all.commit();
    }
    const auto log = formats::read_change_log(store);
    const formats::JudgedRequest judged =
        formats::judge(store, request_with_digest(log, digest), *rules, seconds_of(signature));
    if (options.has("json"))
        fmt::print("{}", formats::request_as_json(judged, added));
    else
        fmt::print("{}{}", added ? "" : "Nothing new: the same was requested before.\n",
                   reports::request_report(judged));
    return exit_code_of(*result);
}

}  // namespace understudy::cli
