// Keys of stages and of the maps inside them.
#include "tools/formats/language/keys_rows.h"

namespace understudy::formats::rows {

std::vector<Key> worker_keys();

/// What stages and tasks share.
std::vector<Key> work_keys() {
    return {
        key("runs_on", Takes::special, "Pools it takes workers from",
            {.standard = "own workers", .example = "{spark: 8}"}),
        key("spends", Takes::special, "What each attempt takes from budgets", {.example = "{quota: 1}"}),
        key("priority", Takes::number, "Larger goes first", {.standard = "the item's", .example = "10"}),
        key("service", Takes::law_duration, "How long the work takes; absent: passes at once",
            {.example = "lognormal(mean 40s cv 0.5)"}),
        key("expected", Takes::law_duration, "What backfill: easy takes for the service",
            {.standard = "mean of service", .example = "2h"}),
        key("transfers", Takes::map, "What it moves over a link before and after its service",
            {.detail = "transfers", .example = "{over: storage, in: 3GB, out: 1GB}"}),
        key("timeout", Takes::duration, "An attempt is cut off after this long and has failed",
            {.example = "10s"}),
        key("failure", Takes::share, "Share of attempts that fail, found at the end",
            {.standard = "0%", .example = "0.4%"}),
        key("fails_after", Takes::law_duration, "How long an attempt that fails takes",
            {.standard = "as others", .example = "lognormal(mean 40s cv 0.5)"}),
        key("retry", Takes::map, "What happens after a failure",
            {.detail = "retry", .example = "{times: 3, backoff: 30s}"}),
    };
}

std::vector<KeyPlace> stage_places() {
    return {
        {"stage", "a stage",
         join(
             join(
                 {
                     key("reads", Takes::names, "A stream or a list of them",
                         {.example = "jobs", .required = true}),
                     key("join", Takes::map, "Gathers the parts of an item",
                         {.detail = "join", .example = "{of: parts}"}),
                     key("batch", Takes::map, "Makes one item of several",
                         {.detail = "batch", .example = "{items: 100, after: 5s}"}),
                     key("window", Takes::map, "Makes one item of a span of time",
                         {.detail = "window", .example = "{size: 5min}"}),
                     key("queue", Takes::map, "Places to wait",
                         {.detail = "queue",
                          .standard = "unlimited",
                          .example = "{capacity: 50, full: drop}"}),
                     key("holds_until", Takes::name,
                         "Keeps what was seized until the item leaves that stage, or the system: exit",
                         {.example = "checkout"}),
                     key("take", Takes::count, "A free worker takes up to so many items at once",
                         {.standard = "1", .example = "200"}),
                     key("dead_letter", Takes::name, "Stream for what is dropped, expired or failed for good",
                         {.standard = "counted lost", .example = "parked"}),
                     key("emits", Takes::map, "What comes out of one item",
                         {.detail = "emits",
                          .standard = "as it came",
                          .example = "{records: 92%, size: 140%}"}),
                     key("writes", Takes::special, "Where it goes",
                         {.standard = "own name", .example = "{valid: 98%, quarantine: 2%}"}),
                     key("route", Takes::choice, "How it is divided among several",
                         {.detail = "copy share split round_robin shortest key class",
                          .standard = "copy for a list, share for a map"}),
                 },
                 work_keys()),
             join(worker_keys(), common_keys()))},
        {"join",
         "a join",
         {
             key("of", Takes::choice, "Parts of one item, or one item of each input",
                 {.detail = "parts inputs", .example = "parts", .required = true}),
             key("needs", Takes::special, "How many parts complete it", {.standard = "all", .example = "2"}),
             key("rest", Takes::choice, "Parts that come later",
                 {.detail = "ignore cancel", .standard = "ignore"}),
             key("by", Takes::choice, "What belongs together",
                 {.detail = "key arrival", .standard = "arrival"}),
             key("within", Takes::duration, "How long one waits for its partners", {.example = "10min"}),
             key("unmatched", Takes::choice, "What finds no partner",
                 {.detail = "drop pass", .standard = "drop"}),
         }},
        {"batch",
         "a batch",
         {
             key("items", Takes::count, "Closes at so many items", {.example = "100"}),
             key("records", Takes::number, "Closes at so many records", {.example = "10000"}),
             key("size", Takes::size, "Closes at this size", {.example = "128MiB"}),
             key("after", Takes::duration, "Closes this long after its first item", {.example = "5s"}),
         }},
        {"window",
         "a window",
         {
             key("size", Takes::duration, "Its length, in time of birth",
                 {.example = "5min", .required = true}),
             key("every", Takes::duration, "From start to start", {.standard = "size", .example = "1min"}),
             key("lateness", Takes::duration, "Closes this long after its end", {.standard = "0s"}),
             key("by", Takes::choice, "One window per key", {.detail = "key"}),
         }},
        {"queue",
         "a queue",
         {
             key("capacity", Takes::count_or_unlimited, "Places besides those at work",
                 {.standard = "unlimited", .example = "50"}),
             key("full", Takes::choice, "What happens without a place; required with capacity",
                 {.detail = "block drop retry"}),
             key("timeout", Takes::law_duration, "Leaves after waiting this long", {.example = "2min"}),
         }},
        {"retry",
         "a retry",
         {
             key("times", Takes::count_or_unlimited, "After the first try",
                 {.example = "3", .required = true}),
             key("backoff", Takes::special, "Pause before each", {.standard = "0s", .example = "30s"}),
         }},
        {"backoff",
         "a backoff",
         {
             key("first", Takes::duration, "The first pause", {.example = "1s", .required = true}),
             key("factor", Takes::number, "Each pause is so much longer", {.standard = "1"}),
             key("max", Takes::duration, "No pause is longer", {.example = "1min"}),
             key("jitter", Takes::share, "Share of the pause that is random", {.standard = "0%"}),
         }},
        {"emits",
         "what comes out",
         {
             key("items", Takes::number, "So many items, which are its parts", {.standard = "1"}),
             key("records", Takes::factor_share, "Records of what came in", {.standard = "100%"}),
             key("size", Takes::factor_share, "Size of what came in", {.standard = "100%"}),
             key("fields", Takes::special, "Fields that are drawn anew, or now, for each item",
                 {.example = "{work: exponential(mean 2s)}"}),
             key("key", Takes::law_number, "Another key", {.standard = "as it came", .example = "customer"}),
             key("priority", Takes::law_number, "Another priority",
                 {.standard = "as it came", .example = "5"}),
         }},
        {"transfers",
         "what is moved",
         {
             key("over", Takes::name, "Pool with a bandwidth", {.example = "storage", .required = true}),
             key("in", Takes::size, "Before the service", {.standard = "0B", .example = "3GB"}),
             key("out", Takes::size, "After the service", {.standard = "0B", .example = "1GB"}),
             key("once", Takes::text,
                 "What is moved in stays on the worker by this name: who finds it there moves nothing in",
                 {.example = "reference"}),
         }},
        {"need",
         "what it needs of a pool",
         {
             key("count", Takes::count, "Workers, or containers where cores or memory are asked for",
                 {.standard = "1"}),
             key("cores", Takes::number, "Of one worker, each", {.example = "4"}),
             key("memory", Takes::size, "Of one worker, each", {.example = "14GiB"}),
             key("skill", Takes::name, "Only workers that can do this", {.example = "sql"}),
         }},
    };
}

}  // namespace understudy::formats::rows
