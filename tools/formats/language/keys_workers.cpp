// Keys of workers: of pools, of stages and tasks that bring their own, and of types.
#include "tools/formats/language/keys_rows.h"

namespace understudy::formats::rows {

std::vector<Key> type_keys() {
    return {
        key("cores", Takes::number, "Cores of one worker; a worker with cores holds several items",
            {.example = "16"}),
        key("memory", Takes::size, "Memory of one worker", {.example = "64GiB"}),
        key("speed", Takes::number, "Work done per time", {.standard = "1"}),
        key("network", Takes::bandwidth, "Of one worker, each way: what its transfers get at most",
            {.standard = "not limited", .example = "1Gbit/s"}),
        key("skills", Takes::names, "What it can do", {.example = "[sql, review]"}),
        key("cost", Takes::cost, "Of one worker, while it is on; or for what it works on: 0.09EUR/GB",
            {.example = "0.8EUR/h"}),
    };
}

/// Of a pool, and of a stage or task with workers of its own.
std::vector<Key> worker_keys() {
    return join(
        {
            key("workers", Takes::special,
                "How many: a count, a range, unlimited, steps over time, or numbers by type",
                {.example = "4"}),
            key("type", Takes::name, "What each worker is, from types", {.example = "m_node"}),
        },
        join(type_keys(),
             {
                 key("order", Takes::choice, "Who in the line is next",
                     {.detail = "fifo lifo random priority shortest deadline fair cyclic shared",
                      .standard = "fifo"}),
                 key("weights", Takes::special, "Shares of the loads, for order: fair",
                     {.example = "{acme: 4}"}),
                 key("preempt", Takes::flag, "A better item takes the place of a worse one at work",
                     {.standard = "false"}),
                 key("interrupted", Takes::choice, "Work that is cut off",
                     {.detail = "resume restart lose", .standard = "resume"}),
                 key("backfill", Takes::choice, "When what the head of the line needs is not free",
                     {.detail = "none any easy", .standard = "none"}),
                 key("placement", Takes::choice, "Which worker takes an item that needs cores or memory",
                     {.detail = "first spread pack recorded", .standard = "spread"}),
                 key("launch", Takes::law_duration,
                     "An item starts only after this long, one after the other on each worker; beside "
                     "runs_on: its own, instead of the pool's",
                     {.example = "2s"}),
                 key("release", Takes::law_duration, "What an item held stays taken this long after its end",
                     {.example = "500ms"}),
                 key("scale", Takes::map, "How the number of workers follows the work", {.detail = "scale"}),
                 key("start_up", Takes::law_duration, "Until a new worker serves",
                     {.standard = "0s", .example = "45s"}),
                 key("keep_alive", Takes::law_duration, "Idle time before a worker is put off",
                     {.standard = "0s", .example = "10min"}),
                 key("outages", Takes::map_of, "Breakdowns, checkpoints, maintenance", {.detail = "outage"}),
                 key("poll", Takes::law_duration, "A worker that finds nothing looks again after this long",
                     {.example = "15min"}),
                 key("switch", Takes::law_duration, "Time to turn to another stage, for order: cyclic",
                     {.standard = "0s", .example = "500ms"}),
                 key("visits", Takes::special, "How long a cyclic worker stays",
                     {.standard = "exhaustive", .example = "gated"}),
                 key("speedup", Takes::special, "Total speed with so many at once, for order: shared",
                     {.example = "{1: 1, 8: 5.2, 32: 11}"}),
                 key("bandwidth", Takes::bandwidth, "Makes a link: service is the size over it",
                     {.example = "400Mbit/s"}),
                 key("grows", Takes::map, "How the bandwidth of a link grows with the workers of a pool",
                     {.detail = "link_growth", .example = "{with: cluster, to: 3}"}),
             }));
}

std::vector<KeyPlace> worker_places() {
    return {
        {"type", "a type", join(type_keys(), common_keys())},
        {"pool", "a pool", join(worker_keys(), common_keys())},
        {"worker steps",
         "workers over time",
         {
             key("steps", Takes::special, "Numbers from these times on",
                 {.example = "{0h: 2, 9h: 6}", .required = true}),
             key("period", Takes::duration, "Repeats after this long", {.example = "1d"}),
             key("leave", Takes::choice, "What those who leave have at work is cut off, or done first",
                 {.detail = "at_once done", .standard = "at_once"}),
         }},
        {"link_growth",
         "the growth of a bandwidth",
         {
             key("with", Takes::name, "Pool; the bandwidth is that with one of its workers",
                 {.example = "cluster", .required = true}),
             key("to", Takes::number, "Times the bandwidth, with workers without end",
                 {.example = "3", .required = true}),
         }},
        {"scale",
         "a rule of scaling",
         {
             key("waiting", Takes::number, "At once: one worker for each so many waiting", {.example = "1"}),
             key("lag", Takes::number, "One worker for each so many records not yet done",
                 {.example = "1000"}),
             key("utilisation", Takes::share, "So many workers that they are this busy", {.example = "70%"}),
             key("every", Takes::duration, "How often it is decided", {.example = "1min"}),
             key("cooldown", Takes::duration, "Pause after a move", {.standard = "0s", .example = "5min"}),
             key("step", Takes::count_or_unlimited, "The most workers of one move",
                 {.standard = "unlimited", .example = "2"}),
             key("pause", Takes::duration, "All workers stop this long at each move",
                 {.standard = "0s", .example = "20s"}),
         }},
        {"outage",
         "an outage",
         {
             key("up", Takes::law_duration, "From repair to failure", {.example = "exponential(mean 3d)"}),
             key("every", Takes::special, "From start to start: a duration, or a schedule",
                 {.example = "sun at 03:00"}),
             key("for", Takes::law_duration, "How long it lasts", {.example = "1h", .required = true}),
             key("takes", Takes::choice, "Each worker on its own, or all",
                 {.detail = "each all", .standard = "each"}),
             key("clock", Takes::choice, "Whether idle time counts",
                 {.detail = "calendar busy", .standard = "calendar"}),
             key("interrupted", Takes::choice, "Work that is cut off", {.detail = "resume restart lose"}),
         }},
    };
}

}  // namespace understudy::formats::rows
