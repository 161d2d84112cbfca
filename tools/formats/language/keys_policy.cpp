// Keys of policies: who approves changes, and when nothing is applied.
#include "tools/formats/language/keys_rows.h"

namespace understudy::formats::rows {

std::vector<KeyPlace> policy_places() {
    return {
        {"policy",
         "a policy",
         {
             key("understudy", Takes::count, "Major version of the language",
                 {.example = "1", .required = true}),
             key("policy", Takes::name, "What the policy is called",
                 {.example = "platform", .required = true}),
             key("description", Takes::text, "What it is about, for people"),
             key("signers", Takes::text, "File of allowed signers, relative to the policy",
                 {.standard = "allowed_signers"}),
             key("people", Takes::map_of, "Who may decide, by the principals of that file",
                 {.detail = "person", .example = "{dana@example.com: {roles: [owner]}}"}),
             key("expiry", Takes::duration, "How long an approval holds", {.standard = "30d"}),
             key("rules", Takes::list_of, "What changes need; all that are for a change count",
                 {.detail = "approval_rule", .example = "[{name: any, approvals: 1}]"}),
             key("freeze", Takes::list_of, "When nothing is applied",
                 {.detail = "freeze",
                  .example = "[{name: weekend, every: cron 0 16 * * fri, for: 62h, zone: Europe/Berlin}]"}),
         }},
        {"person",
         "a person",
         {key("roles", Takes::texts, "What they may approve as", {.example = "[owner, operator]"})}},
        {"approval_rule",
         "a rule",
         {
             key("name", Takes::name, "What the rule is called", {.example = "schema", .required = true}),
             key("kinds", Takes::texts, "For changes of these kinds", {.example = "[schema, topology]"}),
             key("twins", Takes::texts, "For these twins; * stands for any characters",
                 {.example = "[orders, eu/*]"}),
             key("objectives", Takes::texts, "For changes that accept one of these; * as above",
                 {.example = "['*freshness(orders*']"}),
             key("weakens", Takes::texts,
                 "For changes that promise no more, or less of, one of these of their base; * as above",
                 {.example = "['*']"}),
             key("margin", Takes::share,
                 "For changes that accept an increase of more than this share, or were found to have one",
                 {.example = "5%"}),
             key("risk", Takes::number, "For changes of this risk or more, of 625", {.example = "82"}),
             key("approvals", Takes::special, "How many, of anybody or by role",
                 {.example = "{owner: 1, operator: 2}"}),
             key("needs", Takes::texts, "What the change has to say",
                 {.detail = "reason author accept stress rollout rollback", .example = "[reason, rollback]"}),
             key("replications", Takes::count, "Of each in the rehearsal, at least", {.example = "60"}),
             key("confidence", Takes::share, "Of the rehearsal, at least", {.example = "99%"}),
         }},
        {"freeze",
         "a freeze",
         {
             key("name", Takes::text, "What it is called", {.example = "month end", .required = true}),
             key("from", Takes::instant, "Local time of its start", {.example = "2026-12-20T00:00"}),
             key("until", Takes::instant, "Local time of its end", {.example = "2027-01-07T00:00"}),
             key("every", Takes::schedule, "When it starts again and again", {.example = "daily at 22:00"}),
             key("for", Takes::duration, "How long it lasts then", {.example = "8h"}),
             key("zone", Takes::text, "Time zone of all these",
                 {.standard = "UTC", .example = "Europe/Berlin"}),
         }},
    };
}

}  // namespace understudy::formats::rows
