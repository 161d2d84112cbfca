#include "tools/cli/study_work.h"

#include <fmt/core.h>

#include <filesystem>
#include <utility>

#include "kernel/replications.h"
#include "tools/cli/batch_script.h"
#include "tools/cli/output_target.h"
#include "tools/cli/progress.h"
#include "tools/cli/silence.h"
#include "tools/cli/study_input.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/ledger/unit_bytes.h"
#include "tools/studies/result.h"

namespace understudy::cli {

formats::LedgerHead head_of(const studies::Study& study) {
    const models::Scenario base = base_of(study)({});
    return {{"study", study.name},
            {"method", studies::name_of(study.method)},
            {"version", UNDERSTUDY_VERSION},
            {"base", studies::hexadecimal(base.simulated_digest)},
            {"seed", std::to_string(base.run.seed)}};
}

namespace {

std::string base_in(const formats::LedgerHead& head) {
    for (const auto& [name, value] : head)
        if (name == "base") return value;
    return "";
}

/// Processes that are told which part is theirs are no ranks of one study.
bool is_done_together(const Options& options) {
    return launched_by_mpi().ranks > 1 &&
           !(options.has("shard") && !read_shard(options.get<std::string>("shard")).whole());
}

template <class Named>
std::string texts_of(const std::vector<Named>& all) {
    std::string texts;
    for (const Named& one : all) texts += (texts.empty() ? "" : ", ") + one.text;
    return texts;
}

std::optional<Silence> silence;

}  // namespace

studies::Study without_folder(studies::Study study) {
    const auto name_of = [](const std::string& path) {
        return std::filesystem::path(path).filename().string();
    };
    study.base = name_of(study.base);
    for (std::string& change : study.changes) change = name_of(change);
    return study;
}

void StudyWork::add_options(Options& options, Parts parts) {
    namespace po = boost::program_options;
    options.add()("out,o", po::value<std::string>()->value_name("FILE"),
                  "write the answer and what it stands on as HDF5");
    options.add()("resume", "go on from what an earlier run of the study kept in FILE.ledger");
    options.add()("fresh", "throw away what is kept in FILE.ledger");
    if (parts == Parts::none) return;
    options.add()("shard", po::value<std::string>()->value_name("K/N"),
                  "do part K of N into a ledger of its own, for understudy merge");
    options.add()("shards", po::value<std::string>()->value_name("N"),
                  "how many parts there are, where a batch system gives each a number alone");
}

void StudyWork::hush(const Options& options) {
    if (built_with_mpi && launched_by_mpi().rank > 0 && is_done_together(options)) silence.emplace();
}

StudyWork::StudyWork(const Options& options, Parts parts)
    : options_(options), together_(is_done_together(options)) {
    if (options.has("out")) out_ = options.get<std::string>("out");
    resume_ = options.has("resume");
    fresh_ = options.has("fresh");
    for (const char* option : {"resume", "fresh", "shard", "shards"})
        if (out_.empty() && options.has(option))
            throw UsageError(
                fmt::format("--{} needs --out FILE, beside which the study's ledger is", option));
    if (resume_ && fresh_)
        throw UsageError("--resume keeps the ledger and --fresh throws it away; choose one");
    if (parts == Parts::any) take_part(options);
}

void StudyWork::take_part(const Options& options) {
    std::optional<std::uint64_t> parts;
    if (options.has("shards"))
        parts = whole_number("--shards", options.get<std::string>("shards"), 1, most_shards);
    if (options.has("shard")) {
        shard_ = read_shard(options.get<std::string>("shard"));
        if (parts && *parts != shard_.parts)
            throw UsageError(fmt::format("--shard says {} parts and --shards {}", shard_.parts, *parts));
        if (!shard_.whole() && options.has("json"))
            throw UsageError(
                "--json has no meaning with --shard: a part has no answer; understudy merge --json prints "
                "it");
    } else if (!out_.empty()) {
        if (const auto found = shard_of_environment(parts)) {
            shard_ = found->shard;
            fmt::print(stderr, "understudy: note: does part {} of {}, as {} says; --shard 1/1 does all\n",
                       shard_.part, shard_.parts, found->from);
            if (options.has("json"))
                fmt::print(
                    stderr,
                    "understudy: note: a part has no answer to print; understudy merge --json prints it\n");
        }
    }
}

bool StudyWork::begin(const studies::Study& study, const std::string& path, studies::StudyOptions& how) {
    study_ = &study;
    path_ = path;
    progress_ = how.run.progress;
    threads_ = how.run.threads ? how.run.threads : kernel::default_threads();
    if (together_) {
        mpi_.emplace();
        if (mpi_->rank() > 0) {
            mpi_->serve(base_of(study), base_in(head_of(study)));
            return false;
        }
        how.runner = [this](const studies::UnitSimulator& simulator, const std::string& beside) {
            return runner(simulator, beside);
        };
    }
    if (out_.empty()) return true;
    require_replaceable(out_, OutputKind::result, {path, study.base});
    std::error_code none;
    const auto kind = std::filesystem::status(out_, none).type();
    if (kind != std::filesystem::file_type::not_found && kind != std::filesystem::file_type::regular)
        throw UsageError(out_ + " is no regular file, as the result of a study has to be");
    // What cannot be written is met before the study and not after it; many parts at once would be in each other's way.
    if (shard_.whole()) const formats::AtomicFile tried(out_);
    ledger_name_ = shard_.whole() ? out_ + ".ledger"
                                  : fmt::format("{}.{}-of-{}.ledger", out_, shard_.part, shard_.parts);
    using Mode = formats::Ledger::Mode;
    ledger_.emplace(ledger_name_, fresh_ ? Mode::fresh : resume_ ? Mode::going_on : Mode::anew);
    ledger_->require_same(head_of(study));
    if (!ledger_->damage().empty()) fmt::print(stderr, "understudy: warning: {}\n", ledger_->damage());
    reused_ = ledger_->units();
    if (reused_ > 0)
        fmt::print(stderr, "understudy: note: goes on from {} unit{} in {}\n", reused_,
                   reused_ == 1 ? "" : "s", ledger_name_);
    if (shard_.whole()) file_.origins = origins_of_base(study);
    how.first_looks = is_part();
    how.runner = [this](const studies::UnitSimulator& simulator, const std::string& beside) {
        return runner(simulator, beside);
    };
    return true;
}

studies::UnitStore* StudyWork::store_beside(const studies::UnitSimulator& simulator,
                                            const std::string& beside) {
    if (!ledger_) return nullptr;
    formats::ByteWriter all;
    all.number(static_cast<std::uint64_t>(simulator.warm_up()));
    for (const models::Objective& objective : simulator.asked().objectives) all.text(objective.text);
    for (const models::Measure& measure : simulator.asked().measures) all.text(measure.text);
    for (const models::Measure& duration : simulator.asked().durations) all.text(duration.text);
    return &beside_.emplace_back(
        *ledger_, fmt::format("({} {})", beside, studies::hexadecimal(formats::checksum_of(all.bytes()))));
}

std::unique_ptr<studies::UnitRunner> StudyWork::runner(const studies::UnitSimulator& simulator,
                                                       const std::string& beside) {
    formats::LedgerHead head = head_of(*study_);
    if (!beside.empty()) {
        studies::UnitStore* const store = store_beside(simulator, beside);
        // What is watched while a run goes on is no text that another process could read.
        if (mpi_ && !simulator.asked().watch && simulator.asked().moments.empty())
            return mpi_->runner(simulator, base_in(head), interrupt_requested(), store);
        return std::make_unique<studies::LocalUnits>(simulator, threads_, interrupt_requested(), store);
    }
    formats::Ledger* const ledger = ledger_ ? &*ledger_ : nullptr;
    file_.version = UNDERSTUDY_VERSION;
    file_.base = base_in(head);
    file_.asked = simulator.asked();
    file_.seed = simulator.seed();
    file_.warm_up = simulator.warm_up();
    if (ledger != nullptr) {
        head.emplace_back("objectives", texts_of(file_.asked.objectives));
        head.emplace_back("measures", texts_of(file_.asked.measures));
        std::string series;
        for (const studies::Course& course : file_.asked.courses)
            series +=
                fmt::format("{}{}: {}", series.empty() ? "" : "; ", course.name, texts_of(course.levels));
        head.emplace_back("series", series);
        head.emplace_back("histograms", texts_of(file_.asked.durations));
        head.emplace_back("warm-up", std::to_string(simulator.warm_up()) + " ns");
        ledger->begin(head);
    }
    std::unique_ptr<studies::UnitRunner> units;
    if (mpi_)
        units = mpi_->runner(simulator, file_.base, interrupt_requested(), ledger);
    else
        units = std::make_unique<studies::LocalUnits>(simulator, threads_, interrupt_requested(), ledger);
    if (is_part())
        return std::make_unique<studies::PartOfUnits>(std::move(units), shard_.part, shard_.parts, progress_);
    return std::make_unique<studies::NotedUnits>(std::move(units), units_);
}

int StudyWork::end_of_part() {
    if (!interrupt_requested()) {
        // What formulas decide has no units; the merge learns from the head that this part was done.
        if (ledger_->head().empty()) ledger_->begin(head_of(*study_));
        ledger_->keep();
    }
    if (interrupt_requested() && ledger_->units() == 0) {
        fmt::print(stderr, "understudy: interrupted in part {} of {} before a unit was done\n", shard_.part,
                   shard_.parts);
        return exit_inconclusive;
    }
    fmt::print(stderr, "understudy: {} {} of {}: {} unit{} {} in {}\n",
               interrupt_requested() ? "interrupted in part" : "did part", shard_.part, shard_.parts,
               ledger_->units(), ledger_->units() == 1 ? "" : "s", ledger_->units() == 1 ? "is" : "are",
               ledger_name_);
    if (interrupt_requested()) {
        fmt::print(stderr, "understudy: note: --resume goes on from there\n");
        return exit_inconclusive;
    }
    BatchStudy batch;
    batch.path = path_;
    batch.out = out_;
    batch.words = words_beside(options_, *study_);
    batch.parts = shard_.parts;
    fmt::print(stderr, "understudy: note: {} unites the parts\n", command_to_merge(batch));
    return exit_met;
}

StudyWork::Ended StudyWork::ended(studies::Verdict verdict, bool interrupted) {
    if (interrupted) return Ended::interrupted;
    return verdict == studies::Verdict::inconclusive ? Ended::open : Ended::final;
}

void StudyWork::write(const std::string& answer, Ended ended) {
    if (out_.empty()) return;
    if (ended == Ended::interrupted && ledger_->units() == 0) {
        fmt::print(stderr, "understudy: note: interrupted before a unit was done: {} was not written\n",
                   out_);
        return;
    }
    if (ended == Ended::interrupted) {
        fmt::print(
            stderr,
            "understudy: note: interrupted: {} was not written; --resume goes on from {} unit{} in {}\n",
            out_, ledger_->units(), ledger_->units() == 1 ? "" : "s", ledger_name_);
        return;
    }
    file_.answer = answer;
    formats::write_study(out_, *study_, file_, units_, *ledger_);
    if (ended == Ended::final || ledger_->units() == 0)
        ledger_->remove();
    else
        fmt::print(stderr,
                   "understudy: note: the answer is open: with a larger budget, --resume goes on from {} "
                   "unit{} in {}\n",
                   ledger_->units(), ledger_->units() == 1 ? "" : "s", ledger_name_);
}

}  // namespace understudy::cli
