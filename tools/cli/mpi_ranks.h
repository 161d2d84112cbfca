// A study on the ranks of `mpirun`: rank 0 runs it and hands units to the others, which simulate one at a time each, as
// does a thread of rank 0. Units say nothing of where they were done, so any number of ranks gives the same bytes.
//
// Built with -DUNDERSTUDY_MPI=ON; in other builds launched_by_mpi() tells so that several processes do not do the same
// work unknowingly. All ranks read the study's files themselves.
#pragma once

#include <memory>
#include <string>

#include "tools/studies/setting.h"
#include "tools/studies/units.h"

namespace understudy::cli {

#ifdef UNDERSTUDY_MPI
constexpr bool built_with_mpi = true;
#else
constexpr bool built_with_mpi = false;
#endif

/// By what mpirun says in the environment, before MPI is begun.
struct MpiLaunch {
    int rank = 0, ranks = 1;
};
MpiLaunch launched_by_mpi();

/// MPI from here to its end; one in a process. Ends all ranks' work when rank 0 destroys it.
class MpiRanks {
public:
    /// Throws UsageError in a build without MPI.
    MpiRanks();
    ~MpiRanks();
    MpiRanks(const MpiRanks&) = delete;
    MpiRanks& operator=(const MpiRanks&) = delete;

    int rank() const;
    /// On ranks from 1: does what it is given until rank 0 has no more. `base`: digest of what this rank would simulate;
    /// where rank 0 has another, each unit is answered with that, and rank 0 throws studies::BadSetting. Whatever else fails
    /// here, rank 0 throws; where not even that can be told, all ranks are aborted. Throws nothing.
    void serve(const studies::ReadBase& read, const std::string& base);
    /// On rank 0. References have to outlive it; `store` may be null.
    std::unique_ptr<studies::UnitRunner> runner(const studies::UnitSimulator& simulator,
                                                const std::string& base, const std::atomic<bool>& stop,
                                                studies::UnitStore* store);

private:
    void serve_units(const studies::ReadBase& read, const std::string& base);
    struct Session;
    std::unique_ptr<Session> session_;
};

}  // namespace understudy::cli
