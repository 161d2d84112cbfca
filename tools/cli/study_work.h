// How verbs do the work of a study: what they keep of it beside --out so that it goes on after a kill, whether they do all
// of it or a part, and the result file.
//
//     StudyWork work(options);                 // what was asked for, before anything is read
//     if (!work.begin(study, path, how)) return exit_met;  // opens the ledger; `how` does units by way of it
//     ... the study runs by `how` ...
//     if (work.is_part()) return work.end_of_part();
//     work.write(answer, ended);               // before the answer is printed
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

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

class StudyWork {
public:
    static void add_options(Options& options);
    /// Of the ranks of mpirun that are to do one study together one says what there is to say: silences the others to the
    /// end of the process or to speak(). To be called before the study is read.
    static void hush(const Options& options);
    /// Each does something of its own after all.
    static void speak();
    /// `options` must outlive this. Throws UsageError.
    explicit StudyWork(const Options& options);
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
    std::unique_ptr<studies::UnitRunner> runner(const studies::UnitSimulator& simulator);

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
    std::size_t reused_ = 0;
    std::set<studies::Unit> units_;
    formats::StudyFile file_;
};

}  // namespace understudy::cli
