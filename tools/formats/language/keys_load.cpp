// Keys of loads and profiles.
#include "tools/formats/language/keys_rows.h"

namespace understudy::formats::rows {

std::vector<KeyPlace> load_places() {
    return {
        {"load", "a load",
         join(
             {
                 key("arrivals", Takes::special,
                     "When items arrive: poisson(RATE), every LAW, saturated, recorded(LOG.column), or "
                     "states",
                     {.example = "poisson(90/h)"}),
                 key("users", Takes::count, "Closed: so many, each with one item at a time",
                     {.example = "40"}),
                 key("think", Takes::law_duration, "Pause of a user between items",
                     {.example = "exponential(mean 12s)"}),
                 key("profile", Takes::name, "Curve that the rate is multiplied by", {.example = "office"}),
                 key("items", Takes::law_number, "Per arrival; siblings are parts",
                     {.standard = "1", .example = "geometric(mean 3)"}),
                 key("count", Takes::count_or_unlimited, "Arrivals in all",
                     {.standard = "unlimited", .example = "1000"}),
                 key("first", Takes::duration, "Time of the first arrival", {.example = "0s"}),
                 key("from", Takes::duration, "Nothing arrives before", {.standard = "0s"}),
                 key("until", Takes::duration, "Nothing arrives after", {.example = "8h"}),
                 key("delay", Takes::law_duration, "From birth to arrival: late data",
                     {.standard = "0s", .example = "exponential(mean 20s)"}),
                 key("records", Takes::law_number, "Records in an item",
                     {.standard = "1", .example = "lognormal(mean 1000 cv 1)"}),
                 key("size", Takes::law_size, "Bytes in an item",
                     {.standard = "0B", .example = "lognormal(mean 6GiB cv 1.1)"}),
                 key("key", Takes::law_number, "What joins, windows, routes and partitions go by",
                     {.example = "zipf(n 50000 s 0.9)"}),
                 key("priority", Takes::law_number, "Larger goes first", {.standard = "0", .example = "3"}),
                 key("deadline", Takes::duration, "From birth, for order: deadline", {.example = "30min"}),
                 key("fields", Takes::special, "Values that go with an item, for laws and priorities",
                     {.example = "{work: exponential(mean 1s)}"}),
                 key("writes", Takes::special, "Where its items go",
                     {.standard = "own name", .example = "clicks"}),
                 key("route", Takes::choice, "How they are divided among several",
                     {.detail = "copy share split round_robin shortest key class",
                      .standard = "copy for a list, share for a map"}),
             },
             common_keys())},
        {"arrivals",
         "arrivals",
         {key("states", Takes::map_of, "Rates that change at random",
              {.detail = "arrival state", .required = true})}},
        {"arrival state",
         "a state of arrivals",
         {
             key("rate", Takes::special, "Arrivals while in this state",
                 {.example = "2/s", .required = true}),
             key("stay", Takes::law_duration, "How long it lasts",
                 {.example = "exponential(mean 10min)", .required = true}),
             key("next", Takes::special, "What comes after, with shares",
                 {.standard = "the other of two", .example = "{burst: 100%}"}),
         }},
        {"profile",
         "a profile",
         {
             key("steps", Takes::special, "Values from these times on", {.example = "{0h: 5%, 9h: 100%}"}),
             key("ramps", Takes::special, "Values at these times, linear in between",
                 {.example = "{0h: 20%, 12h: 100%, 24h: 20%}"}),
             key("sine", Takes::map, "A wave", {.detail = "sine", .example = "{mean: 1, amplitude: 0.5}"}),
             key("series", Takes::text, "A column of a log: each value from its row's time on",
                 {.example = "calls.per_minute"}),
             key("period", Takes::duration, "Repeats after this long", {.example = "1d"}),
             key("weekend", Takes::special, "Times this on Saturday and Sunday", {.example = "15%"}),
         }},
        {"sine",
         "a wave",
         {
             key("mean", Takes::special, "Around which it goes", {.standard = "1", .example = "1"}),
             key("amplitude", Takes::special, "How far up and down", {.example = "0.5", .required = true}),
         }},
    };
}

}  // namespace understudy::formats::rows
