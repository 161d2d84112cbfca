// Keys of studies and templates.
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
             key("window", Takes::duration, "Over how long objectives are looked at after a disturbance",
                 {.standard = "a tenth of what it lasts, else at most 1min", .example = "30s"}),
             key("growth", Takes::map, "Turns a factor into a date, or makes a plan of the cheapest",
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
             key("until", Takes::special, "The day to which 'cheapest' plans", {.example = "2028-06-01"}),
         }},
        {"template",
         "a template",
         {
             key("understudy", Takes::count, "Major version of the language",
                 {.example = "1", .required = true}),
             key("template", Takes::name, "What the template is called", {.required = true}),
             key("description", Takes::text, "What it is of"),
             key("parameters", Takes::special, "What an instance may set, each with its default",
                 {.example = "{partitions: 12}"}),
             key("twin", Takes::map, "What an instance makes", {.detail = "twin", .required = true}),
         }},
        {"template_parameter",
         "a parameter of a template",
         {
             key("default", Takes::special,
                 "What it is where an instance does not give it; without one each has to", {.example = "12"}),
             key("description", Takes::text, "What it is"),
         }},
    };
}

}  // namespace understudy::formats::rows
