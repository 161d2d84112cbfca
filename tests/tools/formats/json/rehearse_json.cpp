// Promised: what is read from the document of a rehearsal makes the same document again; what is none is refused.
// Shown: a rehearsal with something of everything, one with as little as there may be, and documents that do not hold
// together.
#include "tools/formats/json/rehearse_json.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "tests/tools/formats/json/sample_rehearsal.h"

using namespace understudy;
using nlohmann::ordered_json;

namespace {

/// The digest is of what the document does not have.
std::string without_digest(const std::string& document) {
    ordered_json all = ordered_json::parse(document);
    all.erase("digest");
    return all.dump(2);
}

void check_round(const studies::RehearsalResult& result) {
    const std::string document = formats::rehearsal_as_json(result);
    const formats::RehearsalAnswer answer = formats::rehearsal_from_json(document);
    CHECK(answer.digest == formats::rehearsal_digest(result));
    CHECK(without_digest(formats::rehearsal_as_json(answer.result)) == without_digest(document));
}

}  // namespace

TEST_CASE("a rehearsal that is read from its document makes the same one again") {
    studies::RehearsalResult result = tests::sample_rehearsal();
    check_round(result);
    result.independent = true;
    result.candidate_seed = 43;
    result.interrupted = true;
    result.canary->check_every_s.reset();
    result.canary->check_failures.reset();
    result.canary->bake_s.reset();
    result.canary->detect.clear();
    check_round(result);
    studies::RehearsalResult bare;
    bare.runs = result.runs;
    bare.warm_up_reason = "none";
    check_round(bare);
}

TEST_CASE("increases in shares have the unit of their measure again") {
    const formats::RehearsalAnswer answer =
        formats::rehearsal_from_json(formats::rehearsal_as_json(tests::sample_rehearsal()));
    REQUIRE(answer.result.accepted.size() == 4);
    CHECK(answer.result.accepted[3].relative);
    CHECK(answer.result.accepted[3].unit == "s");
}

TEST_CASE("what is no rehearsal, or holds not together, is refused") {
    const std::string document = formats::rehearsal_as_json(tests::sample_rehearsal());
    for (const char* wrong : {"", "[]", "{}", "{\"verdict\": \"met\"}"})
        CHECK_THROWS_AS(formats::rehearsal_from_json(wrong), std::invalid_argument);
    const auto refused = [&](auto change) {
        ordered_json all = ordered_json::parse(document);
        change(all);
        CHECK_THROWS_AS(formats::rehearsal_from_json(all.dump()), std::invalid_argument);
    };
    const ordered_json whole = ordered_json::parse(document);
    for (const auto& [name, value] : whole.items())
        if (name != "stresses" && name != "rollout" && name != "rollback" && name != "credibility" &&
            name != "moved" && name != "no_longer_promised" && name != "input_reason" &&
            name != "variance_ratio" && name != "warm_up")
            refused([&, member = name](ordered_json& all) { all.erase(member); });
    refused([](ordered_json& all) { all["differences"][0]["comparison"] = "="; });
    refused([](ordered_json& all) { all["differences"][0]["verdict"] = "fine"; });
    refused([](ordered_json& all) { all["moved"]["items"]["slower"][0]["kind"] = "soul"; });
    refused([](ordered_json& all) { all["rollout"]["cases"][0]["candidate"] = "good"; });
    refused([](ordered_json& all) { all["rollout"]["cases"][0]["stopped_at"] = {1, 2, 3, 4}; });
    refused([](ordered_json& all) { all["rollout"]["checks"] = {{"every_s", 9}}; });
    refused([](ordered_json& all) { all["rollback"].erase("steps"); });
    refused([](ordered_json& all) { all["stresses"][0]["replications"] = 1.5; });
}
