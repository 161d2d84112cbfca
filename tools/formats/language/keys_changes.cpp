// Keys of changes and their edits.
#include "tools/formats/language/keys_rows.h"

namespace understudy::formats::rows {

std::vector<KeyPlace> change_places() {
    return {
        {"change",
         "a change",
         {
             key("understudy", Takes::count, "Major version of the language",
                 {.example = "1", .required = true}),
             key("change", Takes::name, "What the change is called",
                 {.example = "fewer-spark-workers", .required = true}),
             key("base", Takes::text, "The scenario it applies to, or a stored version",
                 {.example = "orders-nightly.yaml"}),
             key("description", Takes::text, "What it is about, for people"),
             key("kind", Takes::choice, "What sort of change",
                 {.detail =
                      "schema mapping transformation configuration topology capacity calibration sync import",
                  .standard = "configuration"}),
             key("author", Takes::text, "Who proposes it", {.example = "dana@example.com"}),
             key("reason", Takes::text, "Why", {.example = "Cut the Spark cost by a quarter"}),
             key("priority", Takes::number, "Among changes that wait", {.standard = "0", .example = "10"}),
             key("edits", Takes::list_of, "What changes, in order",
                 {.detail = "edit", .example = "[{set: spark.workers, to: 9}]", .required = true}),
             key("accept", Takes::objectives, "What has to hold",
                 {.standard = "[all objectives]",
                  .example = "[all objectives, increase p(95) freshness(orders) < 5min]"}),
             key("stress", Takes::names, "Actions to rehearse under", {.supported = not_yet}),
             key("rollout", Takes::special, "How it is brought in", {.supported = not_yet}),
             key("rollback", Takes::special, "How it is taken back", {.supported = not_yet}),
             key("evidence", Takes::special, "Where values come from, by path",
                 {.example = "{clean.service: {n: 21, fit: aic lognormal -3.1 gamma}}"}),
             key("assumed", Takes::texts, "Parameters without evidence", {.example = "[warehouse.workers]"}),
             key("unidentified", Takes::texts, "Parameters the data do not tell",
                 {.example = "[threads.workers]"}),
             key("validation", Takes::special, "How well it predicts",
                 {.example = "{held_out: 7, bias: -2.1%, error: 4.8%}"}),
         }},
        {"edit",
         "an edit",
         {
             key("set", Takes::text, "A parameter", {.example = "spark.workers"}),
             key("to", Takes::special, "Its new value; of 'rename' the new name", {.example = "9"}),
             key("add", Takes::name, "A new element", {.example = "audit"}),
             key("as", Takes::choice, "What it is",
                 {.detail = "type pool budget dataset stage pipeline task load"}),
             key("value", Takes::special, "Its keys",
                 {.example = "{reads: orders, workers: 1, service: 5s}"}),
             key("remove", Takes::name, "An element, a key of one or a column that goes",
                 {.example = "orders.email"}),
             key("rename", Takes::name, "An element's old name", {.example = "clean"}),
             key("transform", Takes::name, "A task or stage whose SQL changes", {.example = "nightly.build"}),
             key("from", Takes::text, "Its SQL before", {.example = "build-1.sql"}),
             key("samples", Takes::text, "Folder of its sample, a CSV file for each table",
                 {.example = "samples"}),
             key("key", Takes::texts, "Columns that tell rows apart",
                 {.standard = "rows are not compared", .example = "id"}),
             key("tolerance", Takes::number, "Of numbers that are compared",
                 {.standard = "0", .example = "1e-9"}),
         }},
    };
}

}  // namespace understudy::formats::rows
