#include "tests/tools/formats/results/sample_result.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace understudy::tests {

using namespace studies;

namespace {

/// Numbers that look like noise and are the same everywhere.
double noise(int a, int b, int c = 0) {
    std::uint64_t x = static_cast<std::uint64_t>(a) * 0x9e3779b97f4a7c15ull +
                      static_cast<std::uint64_t>(b) * 0xc2b2ae3d27d4eb4full +
                      static_cast<std::uint64_t>(c) * 0x165667b19e3779f9ull + 0x27d4eb2f165667c5ull;
    x ^= x >> 29;
    x *= 0xbf58476d1ce4e5b9ull;
    x ^= x >> 32;
    return static_cast<double>(x >> 11) / 9007199254740992.0 - 0.5;
}

MetricResult metric(const std::string& aggregate, const std::string& element, const std::string& unit,
                    double value, double half_width, int salt) {
    MetricResult m;
    const auto space = aggregate.find(' ');
    m.name = aggregate.substr(0, space) + " " + aggregate.substr(space + 1) + "(" + element + ")";
    m.element = element;
    m.unit = unit;
    m.estimate = {value, value - half_width, value + half_width, 0.95, 30};
    for (int r = 0; r < 30; ++r) m.by_replication.push_back(value + 4 * half_width * noise(r, salt));
    return m;
}

Series series(const std::string& metric, const std::string& element, const std::string& unit, double level,
              double swing, int salt) {
    Series s{metric + "(" + element + ")", element, unit, {}};
    for (int r = 0; r < 30; ++r) {
        std::vector<double> row;
        double drift = 0;
        for (int i = 0; i < 500; ++i) {
            drift = 0.95 * drift + noise(r, i, salt) * swing;
            const double wave = level * (1 + 0.5 * std::sin(i * 2 * 3.14159265358979 * 14 / 500));
            const double most = unit == "fraction" ? 1.0 : 1e300;
            row.push_back(std::clamp(wave + drift, 0.0, most));
        }
        s.values.push_back(std::move(row));
    }
    return s;
}

}  // namespace

RunResult sample_result() {
    RunResult r;
    r.provenance.scenario_name = "orders-nightly";
    r.provenance.scenario_text =
        "understudy: 1\nscenario: orders-nightly\ntwin:\n  pools:\n    loader: {workers: 4}\n    spark: "
        "{workers: 12}\n"
        "  # <script>alert('not run')</script> & more\n";
    r.provenance.scenario_digest = "9c1f0a77b2e4d658";
    r.provenance.seed = 42;
    r.provenance.replications = 30;
    r.provenance.version = "0.1.0";
    r.provenance.origins = {{"loader.workers", "4", "pools.yaml:4:24"},
                            {"spark.workers", "12", "--set spark.workers=12"},
                            {"description", "<b>two lines</b>", "scenario"}};
    r.verdict = Verdict::violated;
    r.reason = Reason::limit;
    r.replications_done = 30;
    r.length_s = 14 * 86400.0;
    r.warm_up_s = 86400.0;
    r.warm_up_reason = "as asked";
    r.replications_reason = "for intervals within 2% of their estimates";
    r.currency = "EUR";
    r.start = "2026-03-09T00:00:00+01:00";
    r.events = 18'342'117;
    r.fingerprint = "5b0c9a3e77d10f42";
    r.interval_s = 14 * 86400.0 / 500;

    const auto objective = [&](const std::string& text, Verdict verdict, Reason reason,
                               const std::string& explanation, const std::string& unit,
                               models::Comparison comparison, double limit, double value, double low,
                               double high) {
        ObjectiveResult o;
        o.text = text;
        o.verdict = verdict;
        o.reason = reason;
        o.explanation = explanation;
        o.unit = unit;
        o.comparison = comparison;
        o.limit = limit;
        o.estimate = {value, low, high, 0.95, 30};
        for (int i = 0; i < 30; ++i) o.by_replication.push_back(value + (high - low) * noise(i, 99));
        r.objectives.push_back(std::move(o));
    };
    using models::Comparison;
    objective("p(95) freshness(orders_clean) < 30min", Verdict::met, Reason::none, "", "s", Comparison::less,
              1800, 1446, 1371, 1524);
    objective("share landed(daily_revenue) by 06:30 >= 99%", Verdict::violated, Reason::limit,
              "9 of 420 runs late", "fraction", Comparison::at_least, 0.99, 0.9786, 0.9651, 0.9886);
    objective("avg utilisation(spark) <= 85%", Verdict::inconclusive, Reason::precision,
              "40 more replications would do", "fraction", Comparison::at_most, 0.85, 0.8467, 0.8391, 0.8541);
    r.objectives.back().more_replications = 40;
    ObjectiveResult none;
    none.text = "share lost(ingest) < 1% during outage";
    none.reason = Reason::data;
    none.explanation = "no item arrived during the outage";
    none.unit = "fraction";
    none.limit = 0.01;
    none.by_replication.assign(30, std::numeric_limits<double>::quiet_NaN());
    r.objectives.push_back(none);

    r.metrics.push_back(metric("p(95) freshness", "orders_clean", "s", 1446, 76, 1));
    r.metrics.push_back(metric("avg latency", "", "s", 912.4, 31, 2));
    r.metrics.back().name = "avg latency()";
    r.metrics.push_back(metric("rate completed", "", "/s", 0.02497, 0.0002, 3));
    r.metrics.back().name = "rate completed()";
    for (const char* element : {"ingest", "clean", "revenue.build"}) {
        const int salt = static_cast<int>(element[0]) + 10;
        r.metrics.push_back(metric("avg wait", element, "s", 3.2 * salt, 0.4 * salt, salt));
        r.metrics.push_back(metric("p(95) wait", element, "s", 11.0 * salt, 1.4 * salt, salt + 1));
        r.metrics.push_back(metric("avg service", element, "s", 1.3 * salt, 0.02 * salt, salt + 2));
        r.metrics.push_back(metric("avg waiting", element, "items", 0.8, 0.1, salt + 3));
        r.metrics.push_back(metric("share failed", element, "fraction", 0.0041, 0.0002, salt + 4));
    }
    r.metrics.push_back(metric("avg utilisation", "spark", "fraction", 0.8467, 0.0075, 50));
    r.metrics.push_back(metric("total cost", "spark", "EUR", 2709.4, 12, 51));
    r.metrics.push_back(metric("avg utilisation", "loader", "fraction", 0.2512, 0.003, 52));
    MetricResult absent = metric("p(99) end", "revenue.export", "s", 0, 0, 53);
    absent.estimate = {};
    absent.by_replication.assign(30, std::numeric_limits<double>::quiet_NaN());
    absent.no_data = "the task never ran";
    r.metrics.push_back(absent);
    MetricResult single = metric("max wait", "ingest", "s", 81.25, 0, 54);
    single.estimate.low.reset();
    single.estimate.high.reset();
    r.metrics.push_back(single);

    r.series.push_back(series("freshness", "orders_clean", "s", 900, 120, 1));
    r.series.push_back(series("utilisation", "spark", "fraction", 0.6, 0.12, 2));
    r.series.push_back(series("utilisation", "loader", "fraction", 0.25, 0.06, 3));
    r.series.push_back(series("waiting", "clean", "items", 6, 1.5, 4));

    r.forecast.push_back(
        {"spark", 10.16, 12, 0.8467, 0.02497, false, "routing by key is taken as random", true});
    r.forecast.push_back({"loader", 1.0, 4, 0.25, 0.025, true, "", true});
    r.forecast.push_back(
        {"exports", 0.4, std::numeric_limits<double>::infinity(), std::nullopt, 0.001, true, "", true});

    r.nodes = {{"orders_api", "load", "Orders API", std::nullopt},
               {"ingest", "stage", "", std::nullopt},
               {"orders_raw", "dataset", "", std::nullopt},
               {"clean", "stage", "", std::nullopt},
               {"orders_clean", "dataset", "", std::nullopt, "contract: orders.yaml\ncolumn email: varchar"},
               {"errors", "dataset", "", std::nullopt},
               {"revenue", "pipeline", "Revenue", std::nullopt},
               {"revenue.build", "task", "", std::nullopt},
               {"revenue.export", "task", "", std::nullopt},
               {"daily_revenue", "dataset", "", std::nullopt},
               {"loader", "pool", "", 0.2512},
               {"spark", "pool", "Spark on YARN", 0.8467}};
    r.edges = {{"orders_api", "ingest", "reads", 1},
               {"ingest", "orders_raw", "writes", 0.96},
               {"ingest", "errors", "dead_letter", 0.04},
               {"orders_raw", "clean", "reads", 1},
               {"clean", "orders_clean", "writes", 1},
               {"orders_clean", "revenue.build", "reads_at_rest", 1},
               {"revenue.build", "daily_revenue", "writes", 1},
               {"revenue.build", "revenue.export", "after", 1},
               {"revenue", "revenue.build", "part_of", 1},
               {"revenue", "revenue.export", "part_of", 1},
               {"ingest", "loader", "runs_on", 1},
               {"clean", "spark", "runs_on", 1},
               {"revenue.build", "spark", "runs_on", 1},
               {"revenue.export", "loader", "runs_on", 1}};
    r.warnings.push_back(
        {"pool 'spark': its offered load is 10.2 of 12 workers; waits react strongly to small changes "
         "of the load from here on"});
    r.warnings.push_back({"'revenue.export' never ran: nothing reads it"});
    return r;
}

RunResult large_result(int elements) {
    RunResult r = sample_result();
    r.provenance.scenario_name = "large";
    r.nodes.clear();
    r.edges.clear();
    r.series.clear();
    r.metrics.resize(3);
    r.nodes.push_back({"nodes", "pool", "", 0.71});
    r.nodes.push_back({"study", "pipeline", "", std::nullopt});
    const int width = 20;
    for (int i = 0; i < elements; ++i) {
        const std::string name =
            "study.align_" + std::to_string(i / width % 7) + "_sample_" + std::to_string(i);
        r.nodes.push_back({name, "task", "", 0.5 + noise(i, 7)});
        r.edges.push_back({"study", name, "part_of", 1});
        r.edges.push_back({name, "nodes", "runs_on", 1});
        if (i >= width)
            r.edges.push_back({r.nodes[static_cast<std::size_t>(i - width + 2)].name, name, "after", 1});
        for (const char* aggregate : {"avg wait", "avg service", "p(95) end", "avg attempts"}) {
            r.metrics.push_back(metric(aggregate, name, "s", 100 + 50 * noise(i, 3), 3, i));
        }
        if (i < 300) {
            r.series.push_back(series("utilisation", name, "fraction", 0.3 + 0.2 * noise(i, 5), 0.1, i));
        }
    }
    return r;
}

}  // namespace understudy::tests
