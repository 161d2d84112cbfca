// How verbs do the work of a study: what they keep of it beside --out so that it goes on after a kill, whether they do all
// of it or a part, and the result file.
//
//     StudyWork work(options);                 // what was asked for, before anything is read
//     if (!work.begin(study, path, how)) return exit_met;  // opens the ledger; `how` does units by way of it
//     ... the study runs by `how` ...
//     if (work.is_part()) return work.end_of_part();
//     work.write(answer, interrupted);         // before the answer is printed
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
    /// Throws UsageError.
    explicit StudyWork(const Options& options);
    StudyWork(const StudyWork&) = delete;
    StudyWork& operator=(const StudyWork&) = delete;

    /// `path`: the study's file. `how` must not outlive this, and has threads, stop and progress. False: this process was one of
    /// several that did units for another, which has the answer. Throws UsageError and FileError.
    bool begin(const studies::Study& study, const std::string& path, studies::StudyOptions& how);
    bool is_part() const { return !shard_.whole(); }
    /// Says where the part is; the exit code.
    int end_of_part();
    /// Writes the result and takes the ledger away; an interrupted study keeps that in place of a result. `answer`: JSON.
    void write(const std::string& answer, bool interrupted);

private:
    std::unique_ptr<studies::UnitRunner> runner(const studies::UnitSimulator& simulator);

    std::string out_;  ///< empty: nothing is kept
    bool resume_ = false, fresh_ = false;
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
