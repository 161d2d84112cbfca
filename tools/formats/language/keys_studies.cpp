// Keys of changes, studies and templates. Of changes and templates every key is known and none is supported yet.
#include "tools/formats/language/keys_rows.h"

namespace understudy::formats::rows {

namespace {

Key later(std::string_view name, Takes takes, std::string_view about, std::string_view detail = {},
          std::string_view example = {}) {
    return key(name, takes, about, {.detail = detail, .example = example, .supported = not_yet});
}

}  // namespace

std::vector<KeyPlace> study_places() {
    return {
        {"change",
         "a change",
         {
             key("understudy", Takes::count, "Major version of the language",
                 {.example = "1", .required = true}),
             key("change", Takes::name, "What the change is called", {.required = true}),
             later("base", Takes::text, "The twin or scenario it applies to", {}, "orders@41"),
             later("description", Takes::text, "What it is about"),
             later("kind", Takes::text, "What sort of change"),
             later("author", Takes::text, "Who proposes it"),
             later("reason", Takes::text, "Why"),
             later("priority", Takes::number, "Among changes that wait"),
             later("edits", Takes::list_of, "What changes, in order", "edit"),
             later("accept", Takes::objectives, "What has to hold"),
             later("stress", Takes::names, "Actions to rehearse under"),
             later("rollout", Takes::special, "How it is brought in"),
             later("rollback", Takes::special, "How it is taken back"),
             later("evidence", Takes::special, "Where values come from"),
             later("assumed", Takes::texts, "Parameters without evidence"),
             later("unidentified", Takes::texts, "Parameters the data do not tell"),
             later("validation", Takes::special, "How well it predicts"),
         }},
        {"edit",
         "an edit",
         {
             later("set", Takes::text, "A parameter", {}, "spark.workers"),
             later("to", Takes::special, "Its new value"),
             later("add", Takes::name, "A new element"),
             later("as", Takes::choice, "What it is", "type pool budget dataset stage pipeline task load"),
             later("value", Takes::special, "Its keys"),
             later("remove", Takes::name, "An element that goes"),
             later("rename", Takes::name, "An element's old name"),
             later("transform", Takes::name, "A task whose code changes"),
             later("from", Takes::text, "Old code"),
             later("samples", Takes::text, "Folder of sample data"),
             later("key", Takes::text, "Column that rows are compared by"),
             later("tolerance", Takes::number, "Of numbers that are compared"),
         }},
        {"study",
         "a study",
         {
             key("understudy", Takes::count, "Major version of the language",
                 {.example = "1", .required = true}),
             key("study", Takes::name, "What the study is called", {.required = true}),
             key("description", Takes::text, "What it is about, for people"),
             key("base", Takes::text, "The scenario, relative to the study",
                 {.example = "orders.yaml", .required = true}),
             later("changes", Takes::texts, "Changes to compare"),
             key("method", Takes::choice, "How it looks",
                 {.detail = "cheapest frontier breaking_point grid latin one_at_a_time morris sobol",
                  .example = "sobol",
                  .required = true}),
             key("vary", Takes::special, "Parameters with what they may be: a range, a list or a law",
                 {.example = "{spark.workers: 4..16}", .required = true}),
             key("subject_to", Takes::objectives, "What has to hold: objectives, or all of the base's",
                 {.example = "[all objectives]"}),
             key("minimise", Takes::text, "A measure", {.example = "rate cost()"}),
             key("measures", Takes::measures, "What is measured; else what the base promises and measures",
                 {.example = "[p(95) latency(server)]"}),
             key("demand", Takes::map_of, "What may come, of which nobody knows what will",
                 {.detail = "demand_case",
                  .example = "{low: {load: 0.8x, chance: 40%}, high: {load: 1.6x, chance: 60%}}"}),
             key("penalty", Takes::special,
                 "What it costs where promises are broken, added to what is minimised",
                 {.example = "200EUR/h"}),
             key("confidence", Takes::share, "Of the answer", {.standard = "that of the base"}),
             key("budget", Takes::map, "How much may be run",
                 {.detail = "study_budget", .example = "{replications: 4000}"}),
             key("disturb", Takes::map_of, "What goes wrong, each in runs of its own",
                 {.detail = "action", .example = "{surge: {at: 2h, for: 10min, set: load, to: 6x}}"}),
             key("recovered", Takes::condition, "When it is well again", {.example = "waiting(fetch) < 100"}),
             key("growth", Takes::map, "Turns a factor into a date",
                 {.detail = "growth", .example = "{rate: 3% per month, start: 2026-06-01}"}),
             key("prices", Takes::special, "What a unit of a parameter costs, added to what is minimised",
                 {.example = "{one.queue.capacity: 1EUR}"}),
             key("run", Takes::map, "As in the scenario, whose own it replaces key by key",
                 {.detail = "run", .example = "{length: 8h, replications: 40}"}),
         }},
        {"study_budget",
         "a study's budget",
         {
             key("replications", Takes::count, "Of all settings together", {.example = "4000"}),
             key("time", Takes::duration, "How long it may take", {.example = "30min"}),
         }},
        {"demand_case",
         "a case of demand",
         {
             key("load", Takes::special, "A multiple of all loads", {.example = "1.6x"}),
             key("set", Takes::special, "Parameters of the base with their values in this case",
                 {.example = "{jobs.work.mean: 2s}"}),
             key("chance", Takes::share, "That it is this one that comes; of all cases or of none",
                 {.example = "25%"}),
         }},
        {"growth",
         "a study's growth",
         {
             key("rate", Takes::special, "How fast the load grows",
                 {.example = "3% per month", .required = true}),
             key("start", Takes::special, "The day on which it is what it is in the base",
                 {.example = "2026-06-01", .required = true}),
         }},
        {"template",
         "a template",
         {
             key("understudy", Takes::count, "Major version of the language",
                 {.example = "1", .required = true}),
             key("template", Takes::name, "What the template is called", {.required = true}),
             later("parameters", Takes::special, "What may be set"),
             later("twin", Takes::map, "What is made", "twin"),
         }},
    };
}

}  // namespace understudy::formats::rows
