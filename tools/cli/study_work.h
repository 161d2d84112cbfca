// How verbs do the work of a study: what they keep of it beside --out so that it goes on after a kill, whether they do all
// of it or a part, and the result file.
//
//     StudyWork work(options);                 // what was asked for, before anything is read
//     if (!work.begin(study, path, how)) return exit_met;  // opens the ledger; `how` does units by way of it
//     ... the study runs by `how` ...
//     if (work.is_part()) return work.end_of_part();
//     work.write(answer, ended);               // before the answer is printed
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "tools/cli/command.h"
#include "tools/cli/mpi_ranks.h"
#include "tools/cli/shard.h"
#include "tools/formats/ledger/ledger.h"
#include "tools/formats/results/study_writer.h"
#include "tools/studies/study.h"
#include "tools/studies/units.h"

namespace understudy::cli {

/// What a ledger of this study has in its head, as far as that is known before the study runs.
formats::LedgerHead head_of(const studies::Study& study);

/// With the name of its base alone: a result does not say in which folder the study was run.
studies::Study without_folder(studies::Study study);

/// Units of a question beside the one that a study is about (UnitWork::ask), in the same store: the question, which has to
/// say all that they depend on besides what the store's own do, stands behind their overrides.
class UnitsBeside : public studies::UnitStore {
public:
    UnitsBeside(studies::UnitStore& store, std::string question)
        : store_(store), question_(std::move(question)) {}
    std::optional<studies::UnitOutcome> find(const studies::Unit& unit) const override {
        return store_.find(as_kept(unit));
    }
    void add(const studies::Unit& unit, const studies::UnitOutcome& outcome) override {
        store_.add(as_kept(unit), outcome);
    }

private:
    studies::Unit as_kept(studies::Unit unit) const {
        unit.overrides.push_back(question_);
        return unit;
    }

    studies::UnitStore& store_;
    std::string question_;
};

class StudyWork {
public:
    /// Whether another process may do a part of the study.
    enum class Parts { any, none };
    static void add_options(Options& options, Parts parts = Parts::any);
    /// Of the ranks of mpirun that are to do one study together one says what there is to say: silences the others to the
    /// end of the process. To be called before the study is read.
    static void hush(const Options& options);
    /// `options` must outlive this. Throws UsageError.
    explicit StudyWork(const Options& options, Parts parts = Parts::any);
    StudyWork(const StudyWork&) = delete;
    StudyWork& operator=(const StudyWork&) = delete;

    /// `path`: the study's file. `how` must not outlive this, and has threads, stop and progress. False: this process was one of
    /// several that did units for another, which has the answer. Throws UsageError and FileError.
    bool begin(const studies::Study& study, const std::string& path, studies::StudyOptions& how);
    bool is_part() const { return !shard_.whole(); }
    /// Says where the part is; the exit code.
    int end_of_part();
    enum class Ended {
        interrupted,  ///< what was found so far is no result
        open,         ///< its budget is spent, and a larger one might say more
        final,        ///< there is no more to find
    };
    static Ended ended(studies::Verdict verdict, bool interrupted);
    /// Writes the result, unless it was interrupted, and takes the ledger away where there is no more to find; says what is
    /// left. `answer`: JSON.
    void write(const std::string& answer, Ended ended);

private:
    void take_part(const Options& options);
    std::unique_ptr<studies::UnitRunner> runner(const studies::UnitSimulator& simulator,
                                                const std::string& beside);
    /// Null: nothing is kept.
    studies::UnitStore* store_beside(const studies::UnitSimulator& simulator, const std::string& beside);

    const Options& options_;
    std::string out_;  ///< empty: nothing is kept
    bool resume_ = false, fresh_ = false;
    bool together_ = false;  ///< with the other ranks of mpirun
    Shard shard_;
    const studies::Study* study_ = nullptr;
    unsigned threads_ = 1;
    studies::RunProgress* progress_ = nullptr;
    std::string path_, ledger_name_;
    std::optional<MpiRanks> mpi_;
    std::optional<formats::Ledger> ledger_;
    std::list<UnitsBeside> beside_;
    std::size_t reused_ = 0;
    std::set<studies::Unit> units_;
    formats::StudyFile file_;
};

}  // namespace understudy::cli
