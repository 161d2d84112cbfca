// Promised: a setting is met where each promise is, violated where one is, and neither before enough was seen; shares of
// few items decide nothing, however alike replications are.
// Shown: evidence made up for one and for two promises.
#include "tools/studies/setting_test.h"

#include <doctest/doctest.h>

#include "tools/formats/language/objectives.h"

using namespace understudy;
using namespace understudy::studies;

namespace {

models::Objective promise(const std::string& text) {
    std::string currency;
    return formats::read_objective(text, currency);
}

UnitOutcome seen(std::vector<Evidence> evidence) { return {"", {{std::move(evidence), 10}}}; }

constexpr WrongChances wrong{0.01, 0.01};

}  // namespace

TEST_CASE("one promise: undecided before a look, then met or violated") {
    const std::vector<models::Objective> objectives = {promise("avg wait(a) < 2s")};
    SettingTest test(objectives);
    CHECK(test.wanted() == 5);
    for (const double spread : {-0.1, 0.1, 0.0, -0.2, 0.2})
        test.add(seen({{1 + spread, (spread - 1) * 100, 100}}));
    CHECK(test.verdict(wrong) == Verdict::inconclusive);
    test.look();
    CHECK(test.wanted() == 8);
    CHECK(test.verdict(wrong) == Verdict::met);
    CHECK(test.seems_met());
    const Estimate estimate = test.estimate(0, 0.95);
    CHECK(*estimate.value == doctest::Approx(1));
    CHECK(*estimate.low < 1);
    CHECK(*estimate.high > 1);
}

TEST_CASE("one broken promise of two is enough; both have to be kept") {
    const std::vector<models::Objective> objectives = {promise("avg wait(a) < 2s"),
                                                       promise("avg wait(b) < 2s")};
    SettingTest broken(objectives), open(objectives);
    for (const double spread : {-0.1, 0.1, 0.0, -0.2, 0.2}) {
        broken.add(seen({{1, -100 + spread, 100}, {4, 200 + spread, 100}}));
        open.add(seen({{1, -100 + spread, 100}, {2, spread, 100}}));
    }
    broken.look();
    open.look();
    CHECK(broken.verdict(wrong) == Verdict::violated);
    CHECK(broken.verdict_of(0, wrong) == Verdict::met);
    CHECK(open.verdict(wrong) == Verdict::inconclusive);
}

TEST_CASE("a share of few items decides nothing") {
    const std::vector<models::Objective> objectives = {promise("p(99) wait(a) < 2s")};
    SettingTest few(objectives), many(objectives);
    for (int r = 0; r < 5; ++r) {
        few.add(seen({{1, -0.01 * 20, 20}}));  // none of 20 over the limit, each time
        many.add(seen({{1, -0.01 * 2000, 2000}}));
    }
    few.look();
    many.look();
    CHECK(few.verdict(wrong) == Verdict::inconclusive);
    CHECK(few.seems_met());
    CHECK(many.verdict(wrong) == Verdict::met);
}

TEST_CASE("what nobody saw decides nothing, what could not go on is violated") {
    const std::vector<models::Objective> objectives = {promise("avg wait(a) < 2s")};
    SettingTest nothing(objectives), stuck(objectives);
    for (int r = 0; r < 5; ++r) nothing.add(seen({{}}));
    nothing.look();
    CHECK(nothing.without_data(0));
    CHECK(nothing.verdict(wrong) == Verdict::inconclusive);
    UnitOutcome outcome = seen({{1, -100, 100}});
    outcome.replications[0].fault = studies::UnitOutcome::Replication::Fault::broken_off;
    stuck.add(outcome);
    CHECK(stuck.verdict(wrong) == Verdict::violated);
    CHECK(stuck.verdict_of(0, wrong) == Verdict::violated);
    // A constraint says nothing of what is promised.
    SettingTest broken(objectives);
    outcome.replications[0].fault = studies::UnitOutcome::Replication::Fault::constraint;
    broken.add(outcome);
    CHECK(broken.breaks_constraint());
    CHECK(broken.verdict(wrong) == Verdict::violated);
    CHECK(broken.verdict_of(0, wrong) != Verdict::violated);
}

TEST_CASE("what was never seen of a promise is known after a few looks, and not before") {
    const std::vector<models::Objective> objectives = {promise("avg wait(a) < 2s"),
                                                       promise("avg wait(b) < 2s")};
    SettingTest test(objectives);
    for (int look = 1; look <= 5; ++look) {
        CHECK_FALSE(test.never_seen().has_value());
        while (test.replications() < test.wanted()) test.add(seen({{1, -100, 100}, {}}));
        test.look();
    }
    CHECK(test.verdict(wrong) == Verdict::inconclusive);
    CHECK(test.never_seen() == 1);
    test.add(seen({{1, -100, 100}, {1, -100, 100}}));
    CHECK_FALSE(test.never_seen().has_value());
}

TEST_CASE("a limit that is reached to the last bit thirty times over is kept where it may be reached") {
    const auto verdict_of = [](const std::string& text, int replications) {
        const std::vector<models::Objective> objectives = {promise(text)};
        SettingTest test(objectives);
        for (int r = 0; r < replications; ++r) test.add(seen({{0, 0, 100}}));
        test.look();
        return test.verdict(wrong);
    };
    CHECK(verdict_of("avg wait(a) <= 0s", 29) == Verdict::inconclusive);
    CHECK(verdict_of("avg wait(a) <= 0s", 30) == Verdict::met);
    CHECK(verdict_of("avg wait(a) >= 0s", 30) == Verdict::met);
    CHECK(verdict_of("avg wait(a) < 0s", 30) == Verdict::violated);
    // None of 3000 on the wrong side is no proof that there is none.
    CHECK(verdict_of("share lost(a) <= 0%", 30) == Verdict::inconclusive);
}

TEST_CASE("what replications have hardly seen is told by how often they have") {
    // No loss in five or thirty replications of 300 s: an hour may have one for all that.
    const std::vector<models::Objective> losses = {promise("rate lost() <= 0.05/h")};
    const double limit = losses[0].limit;
    const auto without_losses = [&](std::vector<OneMore> unseen, int looks) {
        SettingTest test(losses, std::move(unseen));
        for (int look = 0; look < looks; ++look) {
            while (test.replications() < test.wanted()) test.add(seen({{0, -limit, 1}}));
            test.look();
        }
        return test;
    };
    const OneMore event{1.0 / 300, false, false};
    CHECK(without_losses({event}, 6).verdict(wrong) == Verdict::inconclusive);
    CHECK(without_losses({event}, 6).seems_met());
    CHECK(*without_losses({event}, 6).estimate(0, 0.95).high > limit);
    // Thousands would tell, and nothing needs to be told of what cannot happen.
    CHECK(without_losses({event}, 17).verdict(wrong) == Verdict::met);
    CHECK(without_losses({}, 1).verdict(wrong) == Verdict::met);
    CHECK(without_losses({{}}, 1).verdict(wrong) == Verdict::met);
    // Nobody waited of 1000: the next one may, for as long as a service takes.
    const std::vector<models::Objective> waits = {promise("avg wait(a) <= 1us")};
    for (const double stay : {1.0, 1e-6}) {
        SettingTest none(waits, {{stay, true, true}});
        for (const double items : {990, 1000, 1010, 1005, 995}) none.add(seen({{0, -1e-6 * items, items}}));
        none.look();
        CHECK(none.verdict(wrong) == (stay < 1 ? Verdict::met : Verdict::inconclusive));
    }
}

TEST_CASE("a share that was never seen is 0, with an interval that its counts allow") {
    // What the limit and rounding would leave of it otherwise.
    for (const std::string text : {"share lost(a) < 0.01%", "share landed(a) by 06:00 >= 99%"}) {
        CAPTURE(text);
        const std::vector<models::Objective> objectives = {promise(text)};
        const bool less = objectives[0].comparison == models::Comparison::less;
        SettingTest test(objectives);
        for (int i = 0; i < 5; ++i) {
            const double trials = 597 + i, count = less ? 0 : trials;
            const double over = count - objectives[0].limit * trials;
            test.add(seen({{less ? 0.0 : 1.0, less ? over : -over, trials}}));
        }
        const Estimate found = test.estimate(0, 0.95);
        const auto allowed = kernel::share_interval(less ? 0 : 2995, 2995, 0.95);
        CHECK(*found.value == (less ? 0 : 1));
        CHECK(*found.low == doctest::Approx(allowed->low));
        CHECK(*found.high == doctest::Approx(allowed->high));
        CHECK(*found.high - *found.low > 0.001);
    }
}
