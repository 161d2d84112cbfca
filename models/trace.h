// The full event trace of a run: what happened to which item, where and when, and every value that was drawn.
//
// Rows come in the order of the simulation: time never decreases. Whom a simulation tells them is in
// models/trace_sink.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernel/time.h"

namespace understudy::models {

/// The numbers are part of the file format; new ones go to the end.
enum class TraceEvent : std::uint8_t {
    arrive = 0,     ///< an item is born at a load; value: its records
    enter = 1,      ///< handed to a stage or task (submitted to its pool's line)
    start = 2,      ///< service begins, needs are held; value: drawn work in seconds
    finish = 3,     ///< an attempt ended well
    fail = 4,       ///< an attempt failed; value: 0 by chance, 1 by timeout
    retry = 5,      ///< will come back; value: pause in seconds
    interrupt = 6,  ///< taken off its workers before the end; value: remaining work in seconds
    block = 7,      ///< finished, but the next stage has no place
    leave = 8,      ///< left the stage towards its next stream, or the system
    drop = 9,       ///< lost: no place in a queue
    expire = 10,    ///< lost: waited too long
    give_up = 11,   ///< lost or dead-lettered: failed for good
    gather = 12,    ///< rests in a batch or join
    close = 13,     ///< a batch or join is complete; value: items in it
    land = 14,      ///< written to a dataset, or to a stream that no stage reads; value: records
    due = 15,       ///< a pipeline's run is due; item: the run's number
    begin = 16,     ///< a run begins
    end = 17,       ///< a run ends; value: 1 succeeded, 0 failed
    skip = 18,      ///< a task does not run because of what came before
    act = 19,       ///< an action; item: its index; value: 1 begins, 0 is undone
    copy = 20,      ///< an item came of another; value: the other's number
    member = 21,    ///< an item is of a batch, or a task's of its run; value: the batch's or the run's number
};
const char* name_of(TraceEvent event);

/// Where a row is of no element: an item leaves the system, an action has no name.
inline constexpr std::uint32_t no_element = UINT32_MAX;

struct TraceRow {
    kernel::Time time = 0;
    std::uint64_t item =
        0;  ///< number of the item in its replication (row of `arrive`, parts have their own)
    std::uint32_t element = 0;  ///< index into TraceHeader::elements, or no_element
    TraceEvent event = TraceEvent::arrive;
    std::uint16_t attempt = 0;  ///< 0-based
    std::int32_t worker =
        -1;  ///< index of the worker (node) within its pool; -1 where workers are not told apart
    double value = 0;
};

/// What a random (or recorded) choice came out as; enough to run the same again without a generator.
struct TraceDraw {
    std::uint64_t identity = 0;  ///< of the item: the same in every run of the same load
    std::uint32_t element = 0;
    std::uint16_t purpose = 0;  ///< kernel::Purpose
    std::uint16_t attempt = 0;
    double value = 0;
};

struct TraceHeader {
    struct Element {
        std::string name, kind, label;
    };
    std::vector<Element> elements;
};

}  // namespace understudy::models
