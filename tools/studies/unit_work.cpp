#include "tools/studies/unit_work.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "kernel/replications.h"

namespace understudy::studies {

UnitWork::UnitWork(const ReadBase& read, const StudyOptions& options,
                   std::optional<std::int64_t> replications)
    : read_(read),
      options_(options),
      stop_(options.run.stop ? *options.run.stop : never_stop_),
      threads_(options.run.threads ? options.run.threads : kernel::default_threads()),
      progress_(options.run.progress ? *options.run.progress : unseen_),
      began_(std::chrono::steady_clock::now()),
      budget_(replications) {}

void UnitWork::count_all_units(std::optional<std::int64_t> most) {
    counts_all_ = true;
    most_.reset();
    if (most) most_ = done_ + *most;
}

WarmUpChoice UnitWork::find_warm_up(const std::vector<std::string>& overrides, const Asked& asked) {
    const PreparedRun prepared = prepare_setting(read_, overrides, asked, Measured::usual);
    WarmUpChoice choice = choose_warm_up({prepared, options_.run, threads_, stop_, progress_, {}});
    done_ += choice.pilots;
    if (!choice.interrupted.empty()) end_ = End::interrupted;
    return choice;
}

std::unique_ptr<UnitWork::Question> UnitWork::ask(Asked asked, std::uint64_t seed, kernel::Time warm_up,
                                                  const std::string& beside) {
    std::unique_ptr<Question> question(
        new Question{UnitSimulator(read_, std::move(asked), seed, warm_up, stop_), nullptr});
    question->runner = options_.runner
                           ? options_.runner(question->simulator, beside)
                           : std::make_unique<LocalUnits>(question->simulator, threads_, stop_,
                                                          beside.empty() ? options_.store : nullptr);
    return question;
}

bool UnitWork::run(Question& question, const std::vector<Unit>& units, const UnitRunner::Done& done) {
    if (end_ != End::none) return false;
    std::int64_t wanted = 0;
    for (const Unit& unit : units) wanted += static_cast<std::int64_t>(unit.count);
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began_;
    if (stop_)
        end_ = End::interrupted;
    else if (wanted > left())
        end_ = End::out_of_replications;
    else if (options_.seconds && spent.count() > *options_.seconds)
        end_ = End::out_of_time;
    if (end_ != End::none) return false;
    const bool counts_units = counts_all_ || !budget_;
    if (counts_units && budget_)
        // Where there turn out to be more than was foreseen these are known at least.
        progress_.begin_units(
            std::max<std::int64_t>(std::ssize(units), most_ ? std::min(left(), *most_ - done_) : left()),
            true);
    else if (counts_units)
        progress_.begin_units(std::ssize(units), false);
    else
        progress_.begin(RunProgress::Phase::replications, std::ssize(units), 0, models::ShareOf::nothing);
    const std::size_t ended = question.runner->run(units, [&](std::size_t index, UnitOutcome outcome) {
        done_ += std::ssize(outcome.replications);
        progress_.one_ended();
        done(index, std::move(outcome));
    });
    if (!counts_units) finish();
    if (ended < units.size()) end_ = End::interrupted;
    return end_ == End::none;
}

std::vector<Unit> UnitWork::within_budget(std::vector<Unit> units) const {
    if (std::ssize(units) > left()) units.resize(static_cast<std::size_t>(std::max<std::int64_t>(0, left())));
    return units;
}

const char* UnitWork::why_ended() const {
    switch (end_) {
        case End::interrupted: return "interrupted";
        case End::out_of_replications: return "its replications were spent";
        case End::out_of_time: return "its time was spent";
        case End::none: break;
    }
    return "";
}

}  // namespace understudy::studies
