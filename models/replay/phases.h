// The phases of recorded tasks: what they moved over the storage's link, and how long they worked besides.
//
// A task with an instant of start and completion, a run time (RecordedTask::realtime) and the CPU it used is taken apart:
//
// - Work: its run time times the CPU it used over the 95th percentile of its process, or over one core where that is
//   less: a task of which nobody in its process ever kept a core busy waited for data, not for others.
// - Reading: the rest of its run time, in front of the work. Reading and working in turns comes to the same where both
//   take long; for reading and working at once see below.
// - Writing: what is between the end of its run time and its completion, but for what the quickest of its process took
//   there, at most 3 s, which is start and clean-up and belongs to the work.
//
// How much was moved is not in such logs, or not all of it (on Ceph no read is counted, on any storage the outputs are
// not told from scratch files). It is found by inverting the sharing: at each instant of the recording all transfers
// under way had their max-min fair rate (models/max_min.h) on the platform that is assumed, and a task moved the integral
// of its own. So amounts are in units of that platform, and only ratios of bandwidths matter. Amounts are not held against
// recorded bytes. Within a process whose tasks moved alike (mean deviation from the mean at most a half) all get the mean:
// instants are whole seconds, and who writes together ends together only if they write the same.
//
// Waits that were not for data: where the log counts what is read over the link (StoragePlatform::reads_counted), a process
// that waited 2 s a task and more is held against the others. If it counts less than a twentieth of the bytes that it
// would have moved, in the ratio of counted to moved of all that read, it waited for something else (a disk of the node, a
// service, a lock), and its waits are work. What others moved is found anew without it, until nothing changes.
//
// Reads at work: a program that reads one file after the other has the next blocks fetched while it works on the last, and
// as long as reading takes longer, its work takes no time of its own. Where what tasks before wrote for a process (below)
// is nearer, as a ratio, to what all of its run time would have moved than to what its waits would, all of its run time is
// reading; but not where its work would take longer than its reading with a network as fast as it is to be (`faster`).
//
// Reads that a node's memory spared: where those of a process that began on a node before any other of it had read there
// read twenty times as much as those that came later, all are taken to read the same data, once on each node
// (Transfers::once). Private data of the later ones are neglected then.
//
// Reads that memory spared elsewhere: a node that wrote what a task reads need not ask the storage for it (Ceph's clients
// keep what they wrote; over NFS the recordings show none of it), and no log counts such a read. With other nodes less or
// more of it is spared: where tasks go anywhere, 1/n of what they read was written on the same of n nodes. An output
// counts once: what tasks before wrote, over the number of those that wait for each.
//
// Pure; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/time.h"
#include "models/recorded_run.h"

namespace understudy::models {

/// Where tasks read from and write to, as it is assumed to have been. Bytes per second.
struct StoragePlatform {
    double network = 125e6;    ///< of one node, each way
    double bandwidth = 125e6;  ///< of the storage, both ways together, with one node
    double grows_to = 1;       ///< Workers::grows_to, with the number of recorded nodes
    /// From 0 to 1: how much of what a node wrote itself it reads from its memory; with the nodes that `moved_to_nodes`
    /// says instead of the recorded ones (0: with these) tasks read so much more or less over the network.
    double kept_by_writer = 0;
    double moved_to_nodes = 0;
    double faster =
        2;  ///< by so much network or storage may be faster than they were, where the phases are played
    /// Do RecordedTask::read_bytes count what comes over the link? NFS does; Ceph counts none, and disks of nodes instead.
    bool reads_counted = false;
};

struct TaskPhases {
    std::int64_t in_bytes = 0, out_bytes = 0;
    kernel::Time work = 0;
    bool once = false;  ///< it reads what its process reads once on each node
};

struct RecordedPhases {
    /// By task; absent where the log does not say enough, which leaves it the time it held.
    std::vector<std::optional<TaskPhases>> of;
    std::int64_t tasks = 0;   ///< that have phases
    double share_moving = 0;  ///< of the time held by all tasks: in transfers
    double share_in = 0;      ///< of what was moved: read
    std::int64_t nodes = 1;   ///< that were told apart
    /// Processes whose waits are work, by name; ascending.
    std::vector<std::string> waited_elsewhere;
    /// Processes that read while they work, by name; ascending.
    std::vector<std::string> read_at_work;
};

RecordedPhases find_phases(const RecordedRun& run, const StoragePlatform& platform);

}  // namespace understudy::models
