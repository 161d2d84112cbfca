// Promised: objectives and measures are read with their units checked against the metric, refused with hints
// from the words of other tools to ours, and printed so that they read back. Shown: those of the reference
// and the examples, refusals, and random measures printed and read again.
#include "tools/formats/language/objectives.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>

#include "tools/formats/language/fault.h"

using namespace understudy;
using namespace understudy::formats;
using models::Aggregate;
using models::Metric;

namespace {

models::Objective objective(const std::string& text) {
    std::string currency;
    return read_objective(text, currency);
}

std::string fault_of(const std::string& text, bool is_objective = true) {
    try {
        if (is_objective)
            objective(text);
        else
            read_measure(text);
        return "";
    } catch (const Fault& fault) {
        return std::to_string(fault.offset) + ": " + fault.what() +
               (fault.hint.empty() ? "" : "; " + fault.hint);
    }
}

}  // namespace

TEST_CASE("objectives are read") {
    const auto p95 = objective("p(95) freshness(orders_clean) < 30min");
    CHECK(p95.measure.aggregate == Aggregate::quantile);
    CHECK(p95.measure.quantile == 0.95);
    CHECK(p95.measure.metric == Metric::freshness);
    CHECK(p95.measure.scope == "orders_clean");
    CHECK(p95.limit == 1800);
    CHECK(p95.comparison == models::Comparison::less);
    CHECK(p95.measure.text == "p(95) freshness(orders_clean)");
    CHECK(objective("share landed(revenue) by 06:45 >= 99%").limit == 0.99);
    CHECK(objective("share landed(revenue) by 06:45 >= 99%").measure.by_clock ==
          6 * kernel::hour + 45 * kernel::minute);
    CHECK(objective("share landed(orders) by +90min >= 97%").measure.by_offset == 90 * kernel::minute);
    const auto window = objective("p(95) latency(dash) of gold during 7h..9h each 1d < 15s").measure;
    CHECK(window.of_load == "gold");
    CHECK(window.during->from == 7 * kernel::hour);
    CHECK(window.during->each == kernel::day);
    CHECK(objective("p(99) lag(enrich) during campaign < 2000000").measure.during_action == "campaign");
    CHECK(objective("p(99) latency(a -> b.c) < 2min").measure.scope_to == "b.c");
    CHECK(objective("total lost() <= 0").limit == 0);
    CHECK(objective("rate completed(server) > 90/h").limit == 90.0 / 3600);
    CHECK(objective("avg utilisation(spark) < 85%").limit == 0.85);
    CHECK(objective("avg attempts(fetch) < 1.5").limit == 1.5);
    CHECK(objective("at end empty(server) > 50%").limit == 0.5);
    std::string currency;
    CHECK(read_objective("rate cost() < 420EUR/d", currency).limit == 420.0 / 86400);
    CHECK(currency == "EUR");
    CHECK_THROWS_AS(read_objective("rate cost() < 420USD/d", currency), Fault);
    CHECK(read_measure("at 5s present(server)").at == 5 * kernel::second);
    CHECK(read_measure("avg wait(server) items 10..20").items->second == 20);
    CHECK(objective("avg latency(server)<3s").limit == 3);
}

TEST_CASE("hints lead from other words to ours") {
    const struct {
        const char *text, *part;
    } table[] = {{"throughput(server) > 3/s", "'rate completed(...)'"},
                 {"mean latency(server) < 3s", "'avg'"},
                 {"avg backlog(server) < 10", "'waiting(...)'"},
                 {"avg utilization(server) < 80%", "'utilisation(...)'"},
                 {"p95 latency(server) < 3s", "'p(95)'"},
                 {"p(95%) latency(server) < 3s", "'p(95)'"},
                 {"p(0.95) latency(server) < 3s", "'p(95)'"},
                 {"p(100) latency(server) < 3s", "'max'"},
                 {"latency(server) < 3s", "'avg latency(...)'"},
                 {"lost(server) < 3%", "'rate lost(...)'"},
                 {"avg latncy(server) < 3s", "did you mean 'latency'?"},
                 {"avg latency < 3s", "'latency()'"},
                 {"avg latency(server) < 3", "'3s'"},
                 {"share lost(server) < 0.01", "'1%'"},
                 {"rate completed(server) > 3", "'3/s'"},
                 {"rate cost() < 3EUR", "'3EUR/h'"},
                 {"avg lost(server) < 3", "lost has share, rate, total"},
                 {"share latency(server) < 3%", "latency has avg"},
                 {"avg latency(server)", "no limit"},
                 {"avg latency(server) == 3s", "write <"},
                 {"avg latency(server) = 3s", "write <"},
                 {"avg latency(server) < 3s of gold", "before the comparison"},
                 {"avg latency(server) of", "a load is missing"},
                 {"avg latency(a, b) < 3s", "a comma"},
                 {"avg wait(a -> b) < 3s", "only latency"},
                 {"at end bottleneck(a) > 9%", "bottleneck has share"},
                 {"avg shifting(a) < 9%", "shifting has share"},
                 {"avg active_period(a) of gold < 9s", "leave 'of' out"},
                 {"share bottleneck(a) during 1h..2h < 9%", "leave 'during' out"},
                 {"avg wait(server) by 05:00 < 3s", "'landed'"},
                 {"total landed(out) by 05:00 < 3", "share"},
                 {"rate landed(out) by +5min > 3/h", "share landed(out)"},
                 {"at 50s waiting(server) during surge < 3", "one instant"},
                 {"at end waiting(server) during 1h..2h < 3", "one instant"},
                 {"avg waiting(server) items 1..2 < 3", "by item"},
                 {"avg wait(server) items 0..2 < 3s", "from 1"},
                 {"max wait(server) during 9h..9h < 3s", "empty"},
                 {"max wait(server) during 9h..25h each 1d < 3s", "does not fit"},
                 {"increase avg wait(server) < 5%", "'accept'"},
                 {"all objectives", "'accept'"},
                 {"", "missing"}};
    for (const auto& row : table) {
        CAPTURE(row.text);
        const std::string fault = fault_of(row.text);
        CAPTURE(fault);
        CHECK(fault.find(row.part) != std::string::npos);
    }
    CHECK(fault_of("avg wait(server) < 3s", false).find("17: a measure has no limit") == 0);
}

TEST_CASE("canonical text") {
    for (const char* text :
         {"p(95) freshness(orders_clean) < 30min", "share landed(revenue) by 06:45 >= 99%",
          "share landed(orders) by +90min >= 97%", "p(95) latency(dash) of gold during 7h..9h each 1d < 15s",
          "p(99.9) lag(enrich) during campaign < 2000000", "total lost() <= 0",
          "rate completed(server) > 90/h", "at end empty(server) > 50%", "at 5s present(server) < 3",
          "avg wait(server) items 1..10 < 5s"}) {
        CAPTURE(text);
        CHECK(print_objective(objective(text), "") == text);
    }
    std::string currency;
    const auto cost = read_objective("rate cost() < 420EUR/d", currency);
    CHECK(print_objective(cost, currency) == "rate cost() < 420EUR/d");
}

TEST_CASE("random measures read back") {
    const bool good = rc::check("round trip", [] {
        models::Measure m;
        m.metric = static_cast<Metric>(*rc::gen::inRange(0, static_cast<int>(Metric::cost) + 1));
        for (const Metric other : {Metric::slowdown, Metric::level, Metric::late})
            RC_PRE(m.metric != other);  // not with every aggregate
        switch (models::kind_of(m.metric)) {
            case models::MetricKind::item:
            case models::MetricKind::level:
                m.aggregate = *rc::gen::element(Aggregate::average, Aggregate::quantile, Aggregate::maximum,
                                                Aggregate::variance);
                m.quantile = m.aggregate == Aggregate::quantile ? *rc::gen::element(0.5, 0.95, 0.999) : 0;
                break;
            case models::MetricKind::state:
                m.aggregate = *rc::gen::element(Aggregate::share, Aggregate::at);
                break;
            default: m.aggregate = *rc::gen::element(Aggregate::rate, Aggregate::total); break;
        }
        m.scope = *rc::gen::element<std::string>("", "a", "b.c", "x/y-z");
        // Of the whole run and all items, and of no instant.
        const bool whole = models::is_of_the_past(m.metric) || m.metric == Metric::active_period;
        if (models::is_of_the_past(m.metric)) m.aggregate = Aggregate::share;
        if (!whole && *rc::gen::arbitrary<bool>()) m.of_load = "gold";
        if (!whole && m.aggregate != Aggregate::at && *rc::gen::arbitrary<bool>()) m.during_action = "surge";
        const auto again = read_measure(print_measure(m));
        RC_ASSERT(print_measure(again) == print_measure(m));
        RC_ASSERT(again.metric == m.metric);
        RC_ASSERT(again.aggregate == m.aggregate);
        RC_ASSERT(again.quantile == m.quantile);
        RC_ASSERT(again.scope == m.scope);
    });
    CHECK(good);
}

TEST_CASE("no string makes the reader do anything but read or refuse") {
    const bool good = rc::check("random pieces", [] {
        const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
            "avg", "p", "(", ")", "95", "latency", "share", "landed", "by", "+90min", "06:00", "during",
            "1h..2h", "each", "1d", "items", "1..3", "<", ">=", "=", "3s", "99%", "->", "a", "of", "at",
            "end", "5s", ","));
        std::string text;
        for (const std::string& piece : pieces) text += piece + (*rc::gen::arbitrary<bool>() ? " " : "");
        for (const bool is_objective : {true, false}) {
            try {
                if (is_objective)
                    objective(text);
                else
                    read_measure(text);
            } catch (const Fault& fault) {
                RC_ASSERT(fault.offset <= text.size());
            }
        }
    });
    CHECK(good);
}

TEST_CASE("what is accepted: increases, relative, absolute and of nothing, beside objectives") {
    models::Acceptance accepted;
    std::string currency;
    const auto read = [&](const std::string& text) {
        read_accepted(text, currency, accepted);
        return accepted.increases.empty() ? models::Increase{} : accepted.increases.back();
    };
    const auto latency = read("increase p(99) latency(checkout) < 5%");
    CHECK(latency.relative);
    CHECK(latency.margin == 0.05);
    CHECK(latency.comparison == models::Comparison::less);
    CHECK(latency.measure.text == "p(99) latency(checkout)");
    CHECK(latency.measure.quantile == 0.99);
    CHECK(latency.text == "increase p(99) latency(checkout) < 5%");
    const auto seconds = read("increase avg latency() <= 100ms");
    CHECK_FALSE(seconds.relative);
    CHECK(seconds.margin == 0.1);
    CHECK(seconds.measure.text == "avg latency()");
    const auto less = read("increase rate cost() < -15%");
    CHECK(less.relative);
    CHECK(less.margin == -0.15);
    CHECK(currency.empty());
    CHECK(read("increase rate cost() < -1EUR/h").margin == -1.0 / 3600);
    CHECK(currency == "EUR");
    CHECK(read("increase rate completed(a) > -5/h").margin == -5.0 / 3600);
    CHECK(read("increase total lost() <= 0").margin == 0);
    CHECK(read("increase avg wait(a) <= 0").margin == 0);  // nothing needs no unit
    CHECK(read("increase share lost(a) < 0.5%").relative);
    const auto none = read("increase share failed(a) <= 0");
    CHECK_FALSE(none.relative);
    CHECK(none.measure.text == "share failed(a)");
    CHECK(accepted.increases.size() == 9);
    read("all objectives");
    CHECK(accepted.all_objectives);
    read("avg latency() < 3s");
    REQUIRE(accepted.objectives.size() == 1);
    CHECK(accepted.objectives[0].limit == 3);

    const auto fault = [&](const std::string& text) {
        try {
            read_accepted(text, currency, accepted);
        } catch (const Fault& fault) {
            return std::string(fault.what()) + "; " + fault.hint;
        }
        return std::string("no fault");
    };
    CHECK(fault("all objectives") == "'all objectives' is accepted twice; leave one out");
    CHECK(fault("increase rate cost() < -15%") ==
          "'increase rate cost() < -15%' is accepted twice; leave one out");
    CHECK(fault("increase avg latency() < 5") == "'5' has no unit; write '5s' if seconds are meant");
    CHECK(fault("increase share lost(a) < 0.005") ==
          "'0.005' is no change of a share; '%' is a share of the baseline's; for a change in points promise "
          "the "
          "share itself, without 'increase'");
    CHECK(
        fault("increase avg latency()") ==
        "'increase avg latency()' has no limit; say how much more there may be, such as '< 5%' or '< 0.1s'");
    CHECK(fault("increase rate cost() < 1USD/h").starts_with("'1USD/h' is in another currency"));
    CHECK(fault("increase p(99) latncy(a) < 5%").starts_with("unknown metric 'latncy'"));
    CHECK(fault("increase avg latency() < 5% of a").find("left over") != std::string::npos);
    // In a scenario and where a measure is due it stays what it was.
    CHECK(fault_of("increase avg latency() < 5%") ==
          "0: 'increase' compares two runs; it belongs to 'accept' and 'guards' of a change; leave it out "
          "here");
}
