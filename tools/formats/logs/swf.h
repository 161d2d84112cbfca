// Reads the Standard Workload Format of the Parallel Workloads Archive: the jobs of a batch system, one a line.
//
// Lines that begin with ';' are the header: MaxProcs (else MaxNodes) is what the machine has, UnixStartTime, TimeZone and
// TimeZoneString its calendar, Queue and Partition name what the columns 15 and 16 number. Every other line that is not
// empty is a job of 18 numbers, of which -1 is not known; they may have fractions. Columns behind these are not read where
// every line has as many. Format: Feitelson et al., "Standard
// Workload Format", version 2.2.
//
// | column | in the run |
// | --- | --- |
// | 1 number | `id` |
// | 2 submitted, 3 wait, 4 run time, seconds | `submitted`, `started`, `completed`, `realtime` |
// | 5 processors, where not known 8 asked for | `cpus` |
// | 6 processor time | stands for a run time that is not known, with a note |
// | 9 time asked for | `requested` |
// | 11 status | 0 and 5 `failed`; of 2, 3 and 4, parts of a job that has a line of its own, none is kept |
// | 15 queue, 16 partition | `pool`, by the one that tells jobs apart |
//
// Jobs that never ran (cancelled while they waited) and jobs without processors or without any time are left out, and
// counted in notes. For who follows what happens (NotEnded::among_tasks) those without a run time whose status is not known
// are kept: begun where they have a wait, else in line; and those that were cancelled before they ran, as `completed` when
// they had waited, without having started. Memory, users, groups, applications and preceding jobs are not used.
//
// Errors: LogProblems with file:line:column of each line that is no job, all at once; FileError where no job is left, or
// there are more than most_recorded_tasks. Thread-safe per Input.
#pragma once

#include <string_view>

#include "models/recorded_run.h"
#include "tools/formats/logs/input.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

/// Is the first line that is not empty a header, or 18 numbers?
bool looks_like_swf(std::string_view head);

models::RecordedRun read_swf(Input& input, NotEnded not_ended = NotEnded::left_out);

}  // namespace understudy::formats
