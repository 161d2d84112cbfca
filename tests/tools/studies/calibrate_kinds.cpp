// Promised: durations that go by sizes have the form that they have, and the mean of the log; what is held out is a duration;
// few values have a Student interval; what has not ended counts as longer, and as an arrival; tasks of one name are told apart by
// their workflow or left aside; what several logs tell of is taken once. Shown: logs drawn from known numbers.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "kernel/distribution.h"
#include "kernel/random.h"
#include "tests/coverage.h"
#include "tests/tools/studies/sample.h"
#include "tools/studies/calibrate.h"
#include "tools/studies/redrawn_inputs.h"

using namespace understudy;
using models::RecordedRun;
using models::RecordedTask;
using studies::Calibration;

namespace {

models::Scenario twin_that_works() {
    models::Scenario scenario = tests::twin_of_jobs();
    models::Term size;
    size.law = kernel::Distribution::lognormal(1e9, 1);
    scenario.loads.front().size.terms.push_back(size);
    return scenario;
}

RecordedTask task_of(std::size_t number, double start, double took, double gigabytes = 0) {
    RecordedTask task;
    task.id = std::to_string(number);
    task.name = "work " + task.id;
    task.process = "work";
    task.started = kernel::from_seconds(start);
    task.completed = *task.started + kernel::from_seconds(took);
    task.read_bytes = std::llround(gigabytes * 1e9);
    return task;
}

/// Durations by the size of what was worked on, sizes lognormal with mean 1 GB and cv 1.
template <class Took>
RecordedRun sized(std::uint64_t seed, std::size_t count, Took took) {
    kernel::Stream stream(kernel::stream_key(seed, 0, "sizes", kernel::Purpose::check));
    const auto sizes = kernel::Distribution::lognormal(1, 1);
    const auto noise = kernel::Distribution::lognormal(1, 0.2);
    RecordedRun run;
    run.source = "sized";
    for (std::size_t i = 0; i < count; ++i) {
        const double size = sizes.draw(stream.uniform()), times = noise.draw(stream.uniform());
        run.tasks.push_back(task_of(i, 600.0 * static_cast<double>(i), took(size, times), size));
    }
    return run;
}

const studies::CalibratedElement* element_at(const Calibration& found, const std::string& path) {
    for (const studies::CalibratedElement& element : found.elements)
        if (element.path == path) return &element;
    return nullptr;
}

/// Of tasks of these sizes, by the law that was fitted.
double mean_duration(const Calibration& found, const RecordedRun& of) {
    const models::Law& law = *found.edits.front().law;
    double sum = 0;
    for (const RecordedTask& task : of.tasks)
        for (const models::Term& term : law.terms)
            sum +=
                term.law.mean() *
                (term.per == models::Per::bytes ? static_cast<double>(task.read_bytes) / term.per_amount : 1);
    return sum / static_cast<double>(of.tasks.size());
}

double recorded_mean(const RecordedRun& run) {
    double sum = 0;
    for (const RecordedTask& task : run.tasks) sum += kernel::to_seconds(*models::time_held(task));
    return sum / static_cast<double>(run.tasks.size());
}

}  // namespace

TEST_CASE("sizes: a constant and a law per GB are both found") {
    const RecordedRun run = sized(1, 1000, [](double size, double noise) { return 60 + 240 * size * noise; });
    const Calibration found = studies::calibrate(twin_that_works(), {run});
    const studies::CalibratedElement* service = element_at(found, "work.service");
    REQUIRE(service != nullptr);
    CHECK(service->family == "base + lognormal per GB");
    REQUIRE(service->numbers.size() == 3);
    CHECK(service->numbers[0].name == "base");
    CHECK(*service->numbers[0].low <= 60);
    CHECK(*service->numbers[0].high >= 60);
    CHECK(*service->numbers[1].low <= 240);
    CHECK(*service->numbers[1].high >= 240);
    CHECK(mean_duration(found, run) == doctest::Approx(recorded_mean(run)).epsilon(0.02));
    // What is predicted is a duration.
    REQUIRE(!found.validations.empty());
    CHECK(found.validations[0].held_out[0].recorded == doctest::Approx(300).epsilon(0.2));
    // The law can be drawn anew beside its constant.
    models::Scenario fitted = twin_that_works();
    fitted.twin.stages[0].work.service = *found.edits.front().law;
    CHECK(studies::why_not_redrawn(fitted, {found.uncertain.front()}) == std::vector<std::string>{""});
    const auto drawn = studies::redraw_inputs(fitted, {found.uncertain.front()}, 1, 1);
    CHECK(drawn.twin.stages[0].work.service.terms[0].law.mean() ==
          fitted.twin.stages[0].work.service.terms[0].law.mean());
    CHECK(drawn.twin.stages[0].work.service.terms[1].law.mean() !=
          fitted.twin.stages[0].work.service.terms[1].law.mean());
}

TEST_CASE("sizes: what goes in proportion, with a constant for each GB, or not at all") {
    const auto family = [](const RecordedRun& run) {
        const Calibration found = studies::calibrate(twin_that_works(), {run});
        CHECK(mean_duration(found, run) == doctest::Approx(recorded_mean(run)).epsilon(0.03));
        return element_at(found, "work.service")->family;
    };
    CHECK(family(sized(2, 500, [](double size, double noise) { return 240 * size * noise; })) ==
          "lognormal per GB");
    CHECK(family(sized(3, 500, [](double size, double noise) {
              return 100 * noise + 50 * size;
          })).ends_with(" + each GB"));
    CHECK(family(sized(4, 500, [](double, double noise) { return 100 * noise; })).find("GB") ==
          std::string::npos);
    // The root of the size is neither: the mean of all of them is right.
    family(sized(5, 500, [](double size, double noise) { return 100 * std::sqrt(size) * noise; }));
}

TEST_CASE("sizes: too few to tell how durations go by them are named") {
    const auto says = [](const RecordedRun& run) {
        const Calibration found = studies::calibrate(twin_that_works(), {run});
        return std::any_of(found.unidentified.begin(), found.unidentified.end(), [](const std::string& one) {
            return one.starts_with(
                "work.service: 19 durations seem to go by their sizes, and are too few to tell how");
        });
    };
    CHECK(says(sized(6, 19, [](double size, double noise) { return 60 + 240 * size * noise; })));
    CHECK_FALSE(says(sized(7, 19, [](double, double noise) { return 100 * noise; })));
    CHECK_FALSE(says(sized(6, 20, [](double size, double noise) { return 60 + 240 * size * noise; })));
}

TEST_CASE("sizes: what goes by them stays without where the twin gives a task none") {
    const auto twin = [](bool sizes) {
        models::Scenario scenario = twin_that_works();
        scenario.twin.stages.clear();
        if (!sizes) scenario.loads.clear();
        models::Task task;
        task.name = "work";
        task.work.workers.emplace();
        task.reads.emplace_back().dataset = "jobs";
        models::Pipeline pipeline;
        pipeline.name = "day";
        pipeline.tasks.push_back(task);
        scenario.twin.pipelines.push_back(pipeline);
        return scenario;
    };
    const RecordedRun run = sized(2, 200, [](double size, double noise) { return 240 * size * noise; });
    const Calibration with = studies::calibrate(twin(true), {run}),
                      without = studies::calibrate(twin(false), {run});
    CHECK(element_at(with, "day.work.service")->family == "lognormal per GB");
    CHECK(element_at(without, "day.work.service")->family.find("GB") == std::string::npos);
    CHECK(std::any_of(without.unidentified.begin(), without.unidentified.end(), [](const std::string& line) {
        return line.find("day.work.service: durations go by the sizes of the log") == 0;
    }));
}

TEST_CASE("sizes: the load's size is that of the log, and what is written is no part of it") {
    RecordedRun run = sized(6, 500, [](double size, double noise) { return 60 * size * noise; });
    for (RecordedTask& task : run.tasks) task.write_bytes = task.read_bytes;
    models::Scenario twin = twin_that_works();
    // A guess, ten times too large; and a load of which nobody said how large it is.
    twin.loads.front().size.terms.front().law = kernel::Distribution::constant(1e10);
    for (const bool guessed : {true, false}) {
        if (!guessed) twin.loads.front().size.terms.clear();
        const Calibration found = studies::calibrate(twin, {run});
        CHECK(element_at(found, "work.service")->family.ends_with(" per GB"));
        CHECK(mean_duration(found, run) == doctest::Approx(recorded_mean(run)).epsilon(0.03));
        const auto size = std::find_if(found.edits.begin(), found.edits.end(),
                                       [](const auto& edit) { return edit.path == "jobs.size"; });
        REQUIRE(size != found.edits.end());
        CHECK(size->law->terms.front().law.mean() == doctest::Approx(1e9).epsilon(0.1));
        CHECK(element_at(found, "jobs.size")->family == "lognormal");
        const auto sure = std::find_if(found.uncertain.begin(), found.uncertain.end(),
                                       [](const auto& one) { return one.path == "jobs.size"; });
        REQUIRE(sure != found.uncertain.end());
        CHECK(sure->family == kernel::Family::lognormal);
        CHECK(sure->observations == 500);
    }
}

TEST_CASE("sizes: a service that goes by what the log does not tell stays") {
    const RecordedRun run = sized(7, 100, [](double size, double noise) { return 60 * size * noise; });
    models::Scenario twin = twin_that_works();
    models::Term& term = twin.twin.stages[0].work.service.terms.emplace_back();
    term.law = kernel::Distribution::constant(5);
    term.per = models::Per::record;
    const auto stays = [&](const RecordedRun& log, const std::string& why) {
        const Calibration found = studies::calibrate(twin, {log});
        CHECK(element_at(found, "work.service") == nullptr);
        REQUIRE(!found.unidentified.empty());
        CHECK(found.unidentified[0].find(why) != std::string::npos);
    };
    stays(run, "work.service: in the twin it goes by the records of an item");
    term.per = models::Per::bytes;
    RecordedRun without = run;
    for (RecordedTask& task : without.tasks) task.read_bytes = 0;
    stays(without, "work.service: in the twin it goes by the size of an item, and the logs have none");
    CHECK(element_at(studies::calibrate(twin, {run}), "work.service") != nullptr);
}

TEST_CASE("coverage: durations by size lie where they are predicted") {
    const int runs = tests::runs_of(60);
    int held = 0, bases = 0, covered = 0;
    for (int i = 0; i < runs; ++i) {
        const Calibration found = studies::calibrate(
            twin_that_works(), {sized(static_cast<std::uint64_t>(i) + 100, 200,
                                      [](double size, double noise) { return 60 + 240 * size * noise; })});
        const studies::CalibratedElement* service = element_at(found, "work.service");
        if (service->numbers[0].name == "base") {
            ++bases;
            held += *service->numbers[0].low <= 60 && 60 <= *service->numbers[0].high;
        }
        covered += found.validations[0].held_out[0].covered;
    }
    if (tests::coverage_is_asked())
        MESSAGE(runs << " logs of 200: a base in " << 100.0 * bases / runs << " %, its intervals held "
                     << 100.0 * held / std::max(bases, 1) << " %, last fifths held " << 100.0 * covered / runs
                     << " %");
    CHECK(bases >= 0.95 * runs);
    CHECK(held >= 0.87 * bases);
    CHECK(covered >= 0.80 * runs);
}

TEST_CASE("whole seconds: the law is that of the durations, and its mean that of the log") {
    kernel::Stream stream(kernel::stream_key(12, 0, "whole", kernel::Purpose::check));
    const auto law = kernel::Distribution::exponential(3);
    RecordedRun run;
    run.source = "whole";
    run.resolution = kernel::second;
    for (std::size_t i = 0; i < 1000; ++i) {
        const double start = 100 * static_cast<double>(i) + stream.uniform();
        const double end = std::floor(start + law.draw(stream));
        run.tasks.push_back(task_of(i, std::floor(start), end - std::floor(start)));
    }
    const Calibration found = studies::calibrate(twin_that_works(), {run});
    const studies::CalibratedElement* service = element_at(found, "work.service");
    REQUIRE(service != nullptr);
    CHECK(service->family == "exponential");
    CHECK(*service->numbers[0].low <= 3);
    CHECK(*service->numbers[0].high >= 3);
    CHECK(service->fit->p > 0.01);
}

TEST_CASE("a law whose mean is not the log's is not taken, and said") {
    // Durations of a pareto law that has no mean.
    kernel::Stream stream(kernel::stream_key(13, 0, "heavy", kernel::Purpose::check));
    const auto law = kernel::Distribution::pareto(0.8, 3);
    RecordedRun run;
    run.source = "heavy";
    for (std::size_t i = 0; i < 300; ++i)
        run.tasks.push_back(task_of(i, 1e6 * static_cast<double>(i), law.draw(stream)));
    const Calibration found = studies::calibrate(twin_that_works(), {run});
    REQUIRE(element_at(found, "work.service") != nullptr);
    CHECK(std::isfinite(found.edits.front().law->terms.front().law.mean()));
    CHECK(std::any_of(found.warnings.begin(), found.warnings.end(), [](const std::string& warning) {
        return warning.find("work.service: pareto is likelier, but has no finite mean") != std::string::npos;
    }));
}

TEST_CASE("few values: Student's interval of the mean, or none") {
    RecordedRun run;
    run.source = "few";
    for (std::size_t i = 0; i < 3; ++i)
        run.tasks.push_back(task_of(i, 100.0 * static_cast<double>(i), 10.0 + static_cast<double>(i)));
    const Calibration found = studies::calibrate(twin_that_works(), {run});
    const studies::CalibratedNumber& mean = element_at(found, "work.service")->numbers[0];
    CHECK(mean.name == "mean");
    CHECK(*mean.low == doctest::Approx(11 - 4.3027 / std::sqrt(3.0)).epsilon(0.001));
    CHECK(*mean.high == doctest::Approx(11 + 4.3027 / std::sqrt(3.0)).epsilon(0.001));
    run.tasks[2].completed = *run.tasks[2].started + 1'000'000'000LL * kernel::second;
    const Calibration wild = studies::calibrate(twin_that_works(), {run});
    CHECK(element_at(wild, "work.service") == nullptr);
    REQUIRE(!wild.unidentified.empty());
    CHECK(wild.unidentified[0].find("more than 292 years") != std::string::npos);
}

TEST_CASE("not ended: counts as longer, and as an arrival") {
    // Exponential with a mean of 5 h, an arrival a minute, cut after 10 h.
    kernel::Stream stream(kernel::stream_key(3, 0, "cut", kernel::Purpose::check));
    RecordedRun run;
    run.source = "cut";
    std::size_t all = 0;
    double sum = 0, ended = 0;
    for (double at = 0; at < 36'000; at += -60 * std::log(1 - stream.uniform()), ++all) {
        RecordedTask task = task_of(all, at, -18'000 * std::log(1 - stream.uniform()));
        if (kernel::to_seconds(*task.completed) <= 36'000) {
            ++ended;
            sum += kernel::to_seconds(*task.completed - *task.started);
            run.tasks.push_back(task);
        } else {
            sum += 36'000 - at;
            task.completed.reset();
            run.open.push_back(task);
        }
    }
    const Calibration found = studies::calibrate(twin_that_works(), {run});
    CHECK(found.edits.front().law->terms.front().law.mean() == doctest::Approx(sum / ended).epsilon(0.03));
    CHECK(element_at(found, "jobs.arrivals")->observations == static_cast<std::int64_t>(all));
    // Of the last fifth only the short ones have ended.
    for (const studies::Validation& validation : found.validations) CHECK(validation.of != "duration");
    CHECK(element_at(found, "jobs.arrivals")->numbers[0].estimate == doctest::Approx(1 / 60.0).epsilon(0.1));
}

TEST_CASE("what several logs tell of is taken once") {
    RecordedRun first, second;
    first.source = "first";
    second.source = "second";
    first.epoch_ns = second.epoch_ns = 1'773'014'400LL * kernel::second;
    for (std::size_t i = 0; i < 60; ++i) {
        RecordedTask task = task_of(i, 100.0 * static_cast<double>(i), 30.0 + static_cast<double>(i % 11));
        if (i < 40) first.tasks.push_back(task);
        if (i >= 20) second.tasks.push_back(task);
        if (i != 40) continue;
        task.completed.reset();
        first.open.push_back(task);
    }
    const Calibration found = studies::calibrate(twin_that_works(), {first, second});
    CHECK(element_at(found, "work.service")->observations == 60);
    CHECK(std::count(found.notes.begin(), found.notes.end(),
                     "second: 20 tasks are in another log as well: taken once") == 1);
}

TEST_CASE("tasks of one name are told apart by their workflow, or left aside") {
    models::Scenario twin;
    for (const char* name : {"sales", "people"}) {
        models::Pipeline pipeline;
        pipeline.name = name;
        models::Task task;
        task.name = "extract";
        task.work.workers.emplace();
        pipeline.tasks.push_back(task);
        twin.twin.pipelines.push_back(pipeline);
    }
    RecordedRun run;
    run.source = "two";
    for (std::size_t i = 0; i < 40; ++i)
        for (const char* workflow : {"sales", "people", "others"}) {
            const bool sales = std::string(workflow) == "sales";
            run.tasks.push_back(task_of(run.tasks.size(), 1000.0 * static_cast<double>(i),
                                        (sales ? 600.0 : 60.0) + static_cast<double>(i % 13)));
            run.tasks.back().process = "extract";
            run.tasks.back().workflow = workflow;
        }
    const Calibration found = studies::calibrate(twin, {run});
    REQUIRE(element_at(found, "sales.extract.service") != nullptr);
    REQUIRE(element_at(found, "people.extract.service") != nullptr);
    CHECK(element_at(found, "sales.extract.service")->observations == 40);
    CHECK(element_at(found, "people.extract.service")->observations == 40);
    for (const studies::CalibrationEdit& edit : found.edits)
        CHECK(edit.law->terms[0].law.mean() ==
              doctest::Approx(edit.path == "sales.extract.service" ? 606 : 66).epsilon(0.05));
    for (RecordedTask& task : run.tasks) task.workflow.clear();
    const Calibration unsaid = studies::calibrate(twin, {run});
    CHECK(unsaid.edits.empty());
    REQUIRE(unsaid.unidentified.size() == 1);
    CHECK(unsaid.unidentified[0].starts_with(
        "'extract' may be people.extract or sales.extract: 120 tasks of the logs are left aside"));
}

TEST_CASE("a task whose name is a word of the language goes by the label that import gives it") {
    models::Scenario twin;
    models::Pipeline pipeline;
    pipeline.name = "orders";
    models::Task task;
    task.name = "load_2";
    task.description.label = "orders.load";
    task.work.workers.emplace();
    pipeline.tasks.push_back(task);
    twin.twin.pipelines.push_back(pipeline);
    RecordedRun run;
    run.source = "one";
    for (std::size_t i = 0; i < 40; ++i) {
        run.tasks.push_back(task_of(i, 1000.0 * static_cast<double>(i), 60.0 + static_cast<double>(i % 13)));
        run.tasks.back().name = run.tasks.back().process = "load";
        run.tasks.back().workflow = "orders";
    }
    const Calibration found = studies::calibrate(twin, {run});
    REQUIRE(element_at(found, "orders.load_2.service") != nullptr);
    CHECK(element_at(found, "orders.load_2.service")->observations == 40);
}

TEST_CASE("a law that fits the many and misses what the few add up to is not taken, and said") {
    // Forty of an hour, seven of 17 to 41: as a pareto law less than half of it in the mean.
    RecordedRun run;
    run.source = "few long";
    double sum = 0;
    for (std::size_t i = 0; i < 47; ++i) {
        const double took = i % 7 == 3 ? 3600 * (17 + 4 * static_cast<double>(i / 7)) : 3600;
        run.tasks.push_back(task_of(i, 1e6 * static_cast<double>(i), took));
        sum += took;
    }
    const Calibration found = studies::calibrate(twin_that_works(), {run});
    REQUIRE(!found.edits.empty());
    CHECK(found.edits.front().path == "work.service");
    CHECK(found.edits.front().law->terms.front().law.mean() == doctest::Approx(sum / 47).epsilon(0.02));
    CHECK(std::any_of(found.warnings.begin(), found.warnings.end(), [](const std::string& warning) {
        return warning.find("work.service: pareto is likelier, but has a mean of") != std::string::npos &&
               warning.find(" is taken") != std::string::npos;
    }));
}
