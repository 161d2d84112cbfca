// Promised: studies of sensitivity say what theory says: differences hold the known ones and pairs pay, indices go to what
// the answer depends on, throughput scales as workers allow; the same for any number of threads; an interrupted one says
// how far it came.
// Shown: M/M/1 with two speeds (analysis_dev.json, crn-a), a network whose stations' gains by one more worker are known
// (as bottleneck-a is), a stage whose latency is its service, workers that share one.
#include "tools/studies/sensitivity.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>

#include "tests/coverage.h"
#include "tools/formats/json/sensitivity_json.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/study_reader.h"

using namespace understudy;

namespace {

/// `rest`: all but the head and the base.
studies::Study study_of(const std::string& rest) {
    const auto reading = formats::read_study("understudy: 1\nstudy: a\nbase: b.yaml\n" + rest, "study.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.study.has_value());
    return *reading.study;
}

studies::SensitivityResult result_of(const studies::Study& study, const std::string& base,
                                     const studies::StudyOptions& options = {}) {
    return studies::sensitivity(
        study,
        [&](const std::vector<std::string>& overrides) {
            std::vector<std::string> all = study.overrides;
            all.insert(all.end(), overrides.begin(), overrides.end());
            auto reading = formats::read_scenario("understudy: 1\nscenario: b\n" + base, "b.yaml", all);
            if (!reading.scenario) throw studies::BadSetting(reading.diagnostics.show());
            return std::move(*reading.scenario);
        },
        options);
}

const char* const mm1 = R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}
load: {jobs: {arrivals: poisson(0.8/s)}}
run: {length: 20000s, warm_up: 1000s, replications: 30, seed: 3}
)";

}  // namespace

TEST_CASE("two speeds of M/M/1 differ by 1 s, and pairs tell it five times as well") {
    const auto study = study_of(
        "method: one_at_a_time\nmeasures: [avg latency(server)]\n"
        "vary: {server.service.mean: [1s, 0.9523809523809523s]}\n");
    const auto result = result_of(study, mm1);
    REQUIRE(result.measures.size() == 1);
    const auto& settings = result.measures[0].settings;
    REQUIRE(settings.size() == 2);
    // The base once more: not a bit differs.
    CHECK(settings[0].difference->estimate.low == 0);
    CHECK(settings[0].difference->estimate.high == 0);
    const kernel::Difference& faster = *settings[1].difference;
    CHECK(faster.estimate.contains(-1));
    CHECK(faster.variance_ratio >= 5);
    // For each second of service less: 25 s at the slower, 17 s between the two.
    REQUIRE(settings[1].per_unit);
    CHECK(settings[1].per_unit->centre == doctest::Approx(21).epsilon(0.15));
    CHECK(settings[1].per_unit->contains(1 / (1 - 0.9523809523809523)));
    CHECK(settings[1].per_unit->high - settings[1].per_unit->low < 0.4 * 21);
    CHECK(result.replications == 90);
}

TEST_CASE("coverage: differences of one at a time, and what they are for each one") {
    // M/M/1, and with two workers (Erlang C).
    struct Known {
        std::string name;
        double truth;
        bool per_unit;
        int held = 0;
    };
    const int runs = tests::runs_of(40);
    for (const int replications : {5, 10, 30}) {
        if (!tests::coverage_is_asked() && replications != 30) continue;
        const auto study = study_of(
            "method: one_at_a_time\nmeasures: [avg wait(server)]\n"
            "vary: {server.service.mean: [1s, 0.9523809523809523s], server.workers: [1, 2]}\n");
        Known known[] = {{"services 5 % faster", -20.0 / 21, false},
                         {"for each second of service", 20, true},
                         {"two workers", 0.8 * 0.8 / (4 - 0.8 * 0.8) - 4, false}};
        for (int seed = 1; seed <= runs; ++seed) {
            const auto result = result_of(
                study,
                "twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}\n"
                "load: {jobs: {arrivals: poisson(0.8/s)}}\nrun: {length: 5000s, warm_up: 500s, "
                "replications: " +
                    std::to_string(replications) + ", seed: " + std::to_string(seed) + "}\n");
            const auto& settings = result.measures.at(0).settings;
            REQUIRE(settings.size() == 4);
            known[0].held += settings[1].difference->estimate.contains(known[0].truth);
            known[1].held += settings[1].per_unit->contains(known[1].truth);
            known[2].held += settings[3].difference->estimate.contains(known[2].truth);
        }
        for (const Known& one : known) {
            CAPTURE(one.name);
            CAPTURE(replications);
            if (tests::coverage_is_asked())
                MESSAGE(one.name << ", " << replications << " replications: held " << 100.0 * one.held / runs
                                 << " %");
            // Of 40 runs, 4 standard errors below 95 and 93.
            CHECK(one.held >= (tests::coverage_is_asked() ? 0.89 : 0.8) * runs);
        }
    }
}

TEST_CASE("a base that is too short is warned of, whether its warm-up is stated or looked for") {
    const std::string queue = mm1;
    const auto study =
        study_of("method: one_at_a_time\nmeasures: [avg latency(server)]\nvary: {server.workers: [1, 2]}\n");
    for (const std::string warm_up : {"10s", "auto"}) {
        const auto result =
            result_of(study, queue.substr(0, queue.find("run:")) + "run: {length: 3min, warm_up: " + warm_up +
                                 ", replications: 10}\n");
        CAPTURE(warm_up);
        REQUIRE(result.warnings.size() == 1);
        CHECK(
            result.warnings[0] ==
            "avg latency(server): the run is too short, so that its intervals hold less often than they say");
        // Of a part nobody is told: the base is not run there to see.
        studies::StudyOptions part;
        part.first_looks = true;
        CHECK(result_of(study,
                        queue.substr(0, queue.find("run:")) + "run: {length: 3min, warm_up: " + warm_up +
                            ", replications: 10}\n",
                        part)
                  .warnings.empty());
    }
    CHECK(result_of(study, mm1).warnings.empty());
}

TEST_CASE("means that have no variance are named, others are not") {
    const auto study = study_of(
        "method: one_at_a_time\nmeasures: [avg wait(server), p(90) wait(server)]\nvary: {server.workers: [1, "
        "2]}\n");
    const auto warnings = [&](const std::string& service) {
        return result_of(study, "twin: {stages: {server: {reads: jobs, workers: 1, service: " + service +
                                    "}}}\nload: {jobs: {arrivals: poisson(0.5/s)}}\n"
                                    "run: {length: 1000s, warm_up: 100s, replications: 2}\n")
            .warnings;
    };
    CHECK(warnings("exponential(mean 1s)").empty());
    const auto heavy = warnings("pareto(shape 2.2 min 0.55s)");
    REQUIRE(heavy.size() == 1);
    CHECK(heavy[0] ==
          "avg wait(server): it has no variance, so that its intervals hold less often than they say");
}

TEST_CASE("one more worker gains most where theory says, which is not the most loaded station") {
    const auto study = study_of(
        "method: one_at_a_time\nmeasures: [avg latency()]\n"
        "vary: {a.workers: [4, 5], b.workers: [1, 2], c.workers: [2, 3]}\n");
    const auto result = result_of(study, R"(
twin:
  stages:
    a: {reads: jobs, workers: 4, service: exponential(mean 2s)}
    b: {reads: a, workers: 1, service: exponential(mean 0.475s)}
    c: {reads: b, workers: 2, service: exponential(mean 0.5s)}
load: {jobs: {arrivals: poisson(1.6/s)}}
run: {length: 10000s, warm_up: 1000s, replications: 12, seed: 3}
)");
    const auto& settings = result.measures[0].settings;
    REQUIRE(settings.size() == 6);
    const auto gain = [&](std::size_t i) { return -settings[i].difference->estimate.centre; };
    // Erlang C: 'a', loaded by 80 %, gains 1.170 s; 'b', by 76 %, 1.424 s; 'c', by 40 %, 0.083 s.
    CHECK(settings[1].difference->estimate.low < -1.170 + 0.12);
    CHECK(settings[1].difference->estimate.high > -1.170 - 0.12);
    CHECK(gain(3) > gain(1));
    CHECK(gain(1) > gain(5));
    CHECK(settings[3].difference->estimate.high < settings[5].difference->estimate.low);
}

TEST_CASE("all of the variance goes with what the answer is, whatever else varies") {
    const auto study = study_of(
        "method: sobol\nbudget: {replications: 400}\nmeasures: [avg latency(server)]\n"
        "vary: {server.service: uniform(1s..3s), other.workers: 1..4}\n");
    CHECK(study.factors[0].steps.size() == 3);
    CHECK(study.factors[0].steps[1].text == "2s");
    const char* const base = R"(
twin:
  stages:
    server: {reads: jobs, workers: unlimited, service: 1s}
    other: {reads: others, workers: 1, service: 1s}
load: {jobs: {arrivals: every 10s}, others: {arrivals: every 10s}}
run: {length: 100s, warm_up: 0s, replications: 2}
)";
    const auto result = result_of(study, base);
    REQUIRE(result.measures[0].indices.has_value());
    const kernel::SobolIndices& found = *result.measures[0].indices;
    CHECK(found.mean.low < found.mean.high);
    CHECK(found.mean.centre == doctest::Approx(2).epsilon(0.1));
    CHECK(found.variance.centre == doctest::Approx(1.0 / 3).epsilon(0.25));
    CHECK(found.noise.centre == doctest::Approx(0).epsilon(1e-6));
    CHECK(found.first[0].contains(1));
    CHECK(found.total[0].contains(1));
    CHECK(found.total[1].centre == doctest::Approx(0).epsilon(1e-9));
    // Of a straight line Morris finds the slope: 2 s over the whole range of the law.
    auto morris = study;
    morris.method = studies::Study::Method::morris;
    const auto effects = result_of(morris, base).measures[0].effects;
    REQUIRE(effects.size() == 2);
    CHECK(effects[0].mean.centre == doctest::Approx(2));
    CHECK(effects[0].standard_deviation == doctest::Approx(0).epsilon(1e-6));
    CHECK(effects[1].magnitude.centre == 0);
}

TEST_CASE("any number of threads gives the same bytes") {
    const auto study = study_of(
        "method: morris\nbudget: {replications: 60}\nmeasures: [p(95) wait(server)]\n"
        "vary: {server.service.mean: 0.9s..1.1s, jobs.arrivals: [poisson(0.6/s), poisson(0.8/s)]}\n"
        "run: {length: 500s, warm_up: 100s}\n");
    std::string before;
    for (const unsigned threads : {1U, 2U, 7U}) {
        studies::StudyOptions options;
        options.run.threads = threads;
        const std::string text = formats::sensitivity_as_json(study, result_of(study, mm1, options));
        if (!before.empty()) CHECK(text == before);
        before = text;
    }
    CHECK(before.find("\"replications\": 60") != std::string::npos);
}

TEST_CASE("throughput of saturated workers that share one is fitted") {
    const auto study = study_of(
        "method: one_at_a_time\nmeasures: [rate completed(pack)]\n"
        "vary: {pack.workers: [1, 2, 3, 4, 6]}\n");
    const auto result = result_of(study, R"(
twin: {stages: {pack: {reads: jobs, workers: 1, service: exponential(mean 1s), queue: {capacity: 0, full: block}}}}
load: {jobs: {arrivals: saturated}}
run: {length: 2000s, warm_up: 100s, replications: 10}
)");
    REQUIRE(result.measures[0].scaling.size() == 1);
    const kernel::Scalability& law = result.measures[0].scaling[0].law;
    CHECK(law.rate.contains(1));
    CHECK(law.contention.low == 0);
    // Arrivals at a rate of their own say nothing of workers.
    const auto open = result_of(study, R"(
twin: {stages: {pack: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}
load: {jobs: {arrivals: poisson(2/s)}}
run: {length: 1000s, warm_up: 100s, replications: 3}
)");
    CHECK(open.measures[0].scaling.empty());
}

TEST_CASE("too few replications, nothing to measure, an interruption") {
    auto study = study_of(
        "method: sobol\nbudget: {replications: 40}\nmeasures: [avg latency(server)]\n"
        "vary: {server.workers: 1..2}\n");
    CHECK(result_of(study, mm1).no_rows == "sobol of 1 factors takes at least 180 replications");
    study.replications = 180;
    std::atomic<bool> stop{true};
    studies::StudyOptions options;
    options.run.stop = &stop;
    const auto stopped = result_of(study, mm1, options);
    CHECK(stopped.interrupted);
    CHECK(stopped.no_rows == "interrupted after 0 of 30 rows; an answer takes 30");
    study.measures.clear();
    CHECK(result_of(study, mm1).no_rows ==
          "nothing is measured: name 'measures' in the study, or objectives in its base");
    auto bad = study_of(
        "method: one_at_a_time\nmeasures: [avg latency(server)]\nvary: {server.workers: [2, many]}\n");
    CHECK_THROWS_AS(result_of(bad, mm1), studies::BadSetting);
}

TEST_CASE("an early end leaves the answer of as many replications as all settings have") {
    const auto study = study_of(
        "method: one_at_a_time\nmeasures: [avg latency(server)]\nbudget: {replications: 30}\n"
        "vary: {server.service.mean: [0.5s, 0.9s]}\nrun: {length: 500s, warm_up: 100s}\n");
    const auto whole = result_of(study, mm1);
    CHECK(whole.replications == 30);
    CHECK_FALSE(whole.interrupted);
    // Stopped while so many units have been done; a run so short ends before it looks whether it is to stop.
    class Stopping : public studies::UnitStore {
    public:
        Stopping(int units, std::atomic<bool>& stop) : left_(units), stop_(stop) {}
        std::optional<studies::UnitOutcome> find(const studies::Unit&) const override { return std::nullopt; }
        void add(const studies::Unit&, const studies::UnitOutcome&) override {
            if (--left_ == 0) stop_ = true;
        }

    private:
        int left_;
        std::atomic<bool>& stop_;
    };
    const auto after = [&](int units) {
        std::atomic<bool> stop{false};
        Stopping store(units, stop);
        studies::StudyOptions options;
        options.run.stop = &stop;
        options.run.threads = 1;
        options.store = &store;
        return result_of(study, mm1, options);
    };
    const auto values = [](const studies::SensitivityResult& result) {
        return result.measures.at(0).settings.size();
    };
    // Two of three settings have both replications of the first round: what there is.
    CHECK(after(5).interrupted);
    CHECK(values(after(5)) == 1);
    CHECK(after(5).replications == 4);
    // In the second round: those that all have.
    CHECK(values(after(8)) == 2);
    CHECK(after(8).replications == 6);
    CHECK(after(9).replications == 9);
    CHECK(after(29).replications == 27);
    CHECK_FALSE(after(30).interrupted);
    CHECK(after(4).no_rows == "interrupted before a setting beside the base had been run");
}

TEST_CASE("Morris: the effect over its range is that of a parameter, whether it has few values or any") {
    // Utilisation of regular arrivals is in proportion to what varies: exact by hand.
    const char* const regular = R"(
twin: {stages: {server: {reads: jobs, workers: 10, service: 1s}}}
load: {jobs: {arrivals: every 1s}}
run: {length: 1000s, warm_up: 100s, replications: 2}
)";
    const auto effect = [&](const std::string& values) {
        const auto study = study_of(
            "method: morris\nmeasures: [avg busy(server)]\nbudget: {replications: 60}\n"
            "vary: {server.service: " +
            values + "}\n");
        return result_of(study, regular).measures.at(0).effects.at(0).mean.centre;
    };
    for (const std::string values : {"[1s, 3s]", "[1s, 2s, 3s]", "[1s, 1.5s, 2s, 2.5s, 3s]", "1s..3s"}) {
        CAPTURE(values);
        CHECK(effect(values) == doctest::Approx(2));
    }
}
