// Promised: what a scenario means is checked before it runs: references, one namespace, shares, circles,
// impossible needs, endless loops; all at once, with the path of the language and what to do. Shown: a sound
// scenario without problems, and one change of it for each problem.
#include "models/check.h"

#include <doctest/doctest.h>

#include <string>

using namespace understudy;
using namespace understudy::models;

namespace {

Law constant(double seconds) {
    Law law;
    law.terms.push_back({});
    law.terms[0].law = kernel::Distribution::constant(seconds);
    return law;
}

Scenario sound() {
    Scenario s;
    s.name = "s";
    Stage server;
    server.name = "server";
    server.reads = {"jobs"};
    server.work.workers.emplace();
    server.work.workers->count = 1;
    server.work.service = constant(1);
    s.twin.stages.push_back(server);
    Load jobs;
    jobs.name = "jobs";
    jobs.arrivals.rate = 0.5;
    s.loads.push_back(jobs);
    s.run.length = kernel::hour;
    return s;
}

Scenario with_pipeline() {
    Scenario s = sound();
    Pipeline p;
    p.name = "p";
    for (const char* name : {"a", "b", "c"}) {
        Task task;
        task.name = name;
        task.work.workers.emplace();
        task.work.workers->count = 1;
        task.work.service = constant(1);
        p.tasks.push_back(task);
    }
    p.tasks[1].after = {"a"};
    p.tasks[2].after = {"b"};
    s.twin.pipelines.push_back(p);
    return s;
}

Pool pool_of(const std::string& name, std::int64_t count, double cores = 0) {
    Pool pool;
    pool.name = name;
    pool.workers.count = count;
    pool.workers.type.cores = cores;
    return pool;
}

std::string shown(const Scenario& s) {
    std::string text;
    for (const Problem& p : check(s))
        text += (p.severity == Problem::Severity::error ? "error " : "warning ") + p.path + ": " + p.message +
                "; " + p.hint + "\n";
    return text;
}

bool has(const Scenario& s, const std::string& part) {
    const std::string text = shown(s);
    INFO(text);
    INFO(part);
    const bool found = text.find(part) != std::string::npos;
    CHECK(found);
    return found;
}

}  // namespace

TEST_CASE("sound scenarios have no problems") {
    CHECK(shown(sound()) == "");
    CHECK(shown(with_pipeline()) == "");
}

TEST_CASE("what could not be read is left alone, and so is what rests on it") {
    Scenario s = sound();
    s.twin.stages[0].reads = {"job"};
    CHECK(check(s).size() >= 1);
    CHECK(check(s, {{"twin.stages.server"}, {"twin.stages.server.reads"}, {}}).empty());
    CHECK(check(s, {{"load.other"}, {}, {"job"}}).empty());
    const Problems others = check(s, {{"load.other", "twin.stages.server"}, {}, {"other"}});
    REQUIRE(others.size() == 1);
    CHECK(others[0].path == "twin.stages.server.reads.0");
    s = with_pipeline();
    s.run.length.reset();
    CHECK(check(s).size() >= 1);
    CHECK(check(s, {{"run"}, {}, {}}).empty());
}

TEST_CASE("names and streams") {
    Scenario s = sound();
    s.twin.stages[0].reads = {"job"};
    has(s, "error twin.stages.server.reads.0: nothing writes 'job'; did you mean 'jobs'?");
    s = sound();
    s.loads[0].name = "server";
    has(s, "'server' is declared twice: as a stage and as a load");
    s = sound();
    s.loads[0].writes.targets = {{"work", 1, {}}};
    has(s, "nothing writes 'jobs'; 'jobs' writes 'work' instead of a stream of its own name");
    s = sound();
    s.loads.clear();
    has(s, "error load: nothing arrives");
}

TEST_CASE("workers and needs") {
    Scenario s = sound();
    s.twin.stages[0].work.workers.reset();
    has(s, "error twin.stages.server.service: stage 'server' has a service but nobody to do it");
    s.twin.stages[0].work.runs_on = {{"crew", 3, 0, 0}};
    has(s, "error twin.stages.server.runs_on.crew: no pool is called 'crew'");
    s.twin.pools = {pool_of("crew", 2)};
    has(s, "pool 'crew' has 2 workers, and 3 are needed at once");
    s.twin.pools = {pool_of("crew", 3)};
    CHECK(shown(s) == "");
    s.twin.stages[0].work.runs_on = {{"crew", 1, 8, 0}};
    has(s, "have neither cores nor memory");
    s.twin.pools = {pool_of("crew", 3, 4)};
    has(s, "no worker of pool 'crew' is large enough: the largest has 4 cores");
    s.twin.stages[0].work.runs_on = {{"crew", 7, 2, 0}};
    has(s, "pool 'crew' has room for 6 of these, and 7 are needed at once");
    s.twin.stages[0].work.runs_on = {{"crew", 6, 2, 0}};
    CHECK(shown(s) == "");
    for (int i = 0; i < 64; ++i) s.twin.pools[0].workers.type.skills.push_back("s" + std::to_string(i));
    CHECK(shown(s) == "");
    s.twin.pools[0].workers.type.skills.push_back("one more");
    has(s, "error twin: 65 different skills are more than can be told apart");
    s.twin.pools[0].workers.type_name = "node";
    has(s, "error twin.pools.crew.type: no type is called 'node'");
}

TEST_CASE("shares, loops and retries") {
    Scenario s = sound();
    s.twin.stages[0].writes.rule = Writes::Rule::share;
    s.twin.stages[0].writes.targets = {{"a", 0.6, {}}, {"exit", 0.3, {}}};
    has(s, "error twin.stages.server.writes: the shares sum to 90%, not 100%");
    s.twin.stages[0].writes.targets[1].share = 0.4;
    CHECK(shown(s) == "");
    s = sound();
    s.twin.stages[0].work.failure = 1;
    s.twin.stages[0].work.retry.times = unlimited;
    has(s, "all attempts fail and are retried for ever");
    s = sound();
    s.twin.stages[0].work.workers.reset();
    s.twin.stages[0].work.service = {};
    s.twin.stages[0].reads = {"jobs", "again"};
    s.twin.stages[0].writes.targets = {{"again", 1, {}}};
    has(s, "goes round for ever without any time passing");
    s = sound();
    s.loads[0].arrivals.kind = Arrivals::Kind::saturated;
    has(s, "brings infinitely many items at once");
    s.twin.stages[0].queue.capacity = 0;
    s.twin.stages[0].queue.full = Queue::Full::block;
    CHECK(shown(s) == "");
}

TEST_CASE("arrivals bring whole items, and one at least") {
    using kernel::Distribution;
    Scenario s = sound();
    Law& items = s.loads[0].items;
    const auto is_of = [&](const Distribution& law) {
        items.terms = {{}};
        items.terms[0].law = law;
    };
    is_of(Distribution::constant(2.5));
    has(s, "error load.jobs.items: 2.5 is no whole number of items");
    has(s, "mix(50% 2 or 50% 3)");
    is_of(Distribution::constant(0));
    has(s, "error load.jobs.items: arrivals without items");
    is_of(Distribution::mixture({1, 1}, {Distribution::constant(0), Distribution::constant(4)}));
    has(s, "warning load.jobs.items: 50 % of the arrivals would have no items, and have one");
    is_of(Distribution::empirical({0, 1, 2, 3}));
    has(s, "25 % of the arrivals would have no items");
    is_of(Distribution::exponential(3));
    has(s, "of the arrivals would have no items");
    is_of(Distribution::exponential(3).truncated(1));
    has(s, "warning load.jobs.items: what is drawn is no whole number");
    items.terms[0].law = Distribution::geometric(3);
    CHECK(shown(s) == "");
    // One and what is drawn besides.
    items.terms.push_back(items.terms[0]);
    items.terms[0].law = Distribution::constant(1);
    items.terms[1].law = Distribution::empirical({0, 2});
    CHECK(shown(s) == "");
    // As a field of the item, and as it was recorded.
    s.loads[0].fields = {{"parts", items}};
    items.terms = {{}};
    items.terms[0].field = "parts";
    CHECK(shown(s) == "");
    s.loads[0].fields[0].second.terms[0].law = Distribution::constant(0);
    has(s, "50 % of the arrivals would have no items");
    items.terms = {{}};
    items.terms[0].recorded = std::make_shared<const std::vector<double>>(std::vector<double>{3, 0, 1, 1});
    has(s, "25 % of the arrivals would have no items");
}

TEST_CASE("fields must be there") {
    Scenario s = sound();
    s.twin.stages[0].work.service.terms[0].field = "work";
    has(s, "error twin.stages.server.service: 'work' is a field that items of load 'jobs' do not have");
    s.loads[0].fields = {{"work", constant(1)}};
    CHECK(shown(s) == "");
}

TEST_CASE("pipelines") {
    Scenario s = with_pipeline();
    s.twin.pipelines[0].tasks[0].after = {"c"};
    has(s, "tasks wait for each other in a circle: a after c after b after a");
    s = with_pipeline();
    s.twin.pipelines[0].tasks[2].after = {"bb"};
    has(s,
        "error twin.pipelines.p.tasks.c.after.0: pipeline 'p' has no task 'bb'; 'after' names tasks of the "
        "same "
        "pipeline");
    s = with_pipeline();
    s.twin.pipelines[0].tasks[0].reads = {{"d", false}};
    s.twin.pipelines[0].tasks[1].writes = {"d"};
    has(s, "in a circle: a after b after a");
    s = with_pipeline();
    s.twin.pipelines[0].schedule.kind = Schedule::Kind::calendar;
    has(s, "error twin.pipelines.p.schedule: a schedule of the calendar needs the date");
    s = with_pipeline();
    s.twin.pipelines[0].tasks[2].trigger_rule = TriggerRule::quorum;
    s.twin.pipelines[0].tasks[2].quorum = 2;
    has(s, "a quorum of 2 of 1 tasks is never reached");
    s = with_pipeline();
    s.twin.pipelines[0].schedule.kind = Schedule::Kind::each;
    s.twin.pipelines[0].schedule.name = "order";
    has(s, "nothing writes 'order'");
}

TEST_CASE("a chain of a hundred thousand tasks is no burden") {
    Scenario s = with_pipeline();
    auto& tasks = s.twin.pipelines[0].tasks;
    const Task one = tasks[0];
    tasks.clear();
    for (int i = 0; i < 100000; ++i) {
        tasks.push_back(one);
        tasks.back().name = "t" + std::to_string(i);
        if (i > 0) tasks.back().after = {"t" + std::to_string(i - 1)};
    }
    CHECK(shown(s) == "");
    tasks[0].after = {"t99999"};
    has(s, "in a circle");
}

TEST_CASE("a batch that its places have no room for") {
    Scenario s = sound();
    Stage& server = s.twin.stages[0];
    server.queue.capacity = 40;
    server.batch.emplace();
    server.batch->items = 40;
    CHECK(shown(s) == "");
    server.batch->items = 41;
    has(s,
        "warning twin.stages.server.queue.capacity: a batch takes 41 items, and there are 40 places, which "
        "items that "
        "gather take as well: it never closes; give the queue more places");
    server.batch->after = kernel::second;
    has(s, "it is closed by 'after' before it is full");
    server.batch->items = 0;
    server.batch->records = 20000;
    s.loads[0].records = constant(10);
    has(s, "a batch takes 2000 items of 'jobs', and there are 40 places");
    // What does not come there says nothing; nor does one of two limits.
    Load others = s.loads[0];
    others.name = "others";
    s.loads.push_back(others);
    s.loads[0].records = constant(500);
    CHECK(shown(s).find("a batch takes") == std::string::npos);
    s.loads[1].writes.targets = {{"jobs"}};
    has(s, "a batch takes 2000 items of 'others'");
    server.batch->items = 41;
    CHECK(shown(s).find("a batch takes") == std::string::npos);
}

TEST_CASE("warnings") {
    Scenario s = sound();
    s.twin.pools = {pool_of("idle", 2)};
    has(s, "warning twin.pools.idle: nothing runs on pool 'idle'");
    s = sound();
    s.twin.stages[0].work.service.terms[0].law = kernel::Distribution::pareto(1.5, 1);
    has(s, "warning twin.stages.server.service: this law has infinite variance");
    s = sound();
    Stage other = s.twin.stages[0];
    other.name = "other";
    other.reads = {"server"};
    other.writes.targets = {{"back", 1, {}}};
    other.queue.capacity = s.twin.stages[0].queue.capacity = 3;
    other.queue.full = s.twin.stages[0].queue.full = Queue::Full::block;
    s.twin.stages[0].reads = {"jobs", "back"};
    s.twin.stages.push_back(other);
    has(s, "blocks in a loop, which may deadlock");
    s = sound();
    Stage far = s.twin.stages[0];
    far.name = "far";
    far.reads = {"far"};
    s.twin.stages.push_back(far);
    has(s, "no item can ever reach stage 'far'");
}

TEST_CASE("a promise of what tasks write that cannot fail is warned of") {
    Scenario s = with_pipeline();
    s.twin.pipelines[0].tasks[0].writes = {"report"};
    Objective objective;
    objective.measure.scope = "report";
    s.objectives.push_back(objective);
    has(s,
        "warning objectives.0: latency(report) is always 0: what tasks write is born as it lands; "
        "measure latency(p), from when its run is due to its end, or freshness(report)");
    // What a stage brings has been on its way, and so has what is put aside.
    s.twin.stages[0].writes.targets = {{"report", 1, {}}};
    CHECK(shown(s).find("is always 0") == std::string::npos);
    s.twin.stages[0].writes.targets.clear();
    s.twin.pipelines[0].tasks[1].dead_letter = "report";
    CHECK(shown(s).find("is always 0") == std::string::npos);
}

TEST_CASE("actions and measures") {
    Scenario s = sound();
    Action action;
    action.verb = Action::Verb::fail;
    action.at = kernel::minute;
    action.target = "sever";
    s.actions.push_back(action);
    has(s, "error actions.0.fail: nothing is called 'sever'; did you mean 'server'?");
    s.actions[0].target = "jobs";
    has(s, "'jobs' is a load, which has no workers to fail");
    s = sound();
    Objective objective;
    objective.measure.scope = "serve";
    s.objectives.push_back(objective);
    has(s, "error objectives.0: nothing is called 'serve'");
    s.objectives[0].measure.scope = "server";
    s.objectives[0].measure.of_load = "server";
    has(s, "no load is called 'server'");
    s.objectives[0].measure.of_load = "";
    s.objectives[0].measure.metric = Metric::cost;
    s.objectives[0].measure.scope = "";
    has(s, "nothing in the file costs anything");
    s.objectives[0].measure.metric = Metric::utilisation;
    s.objectives[0].measure.scope = "jobs";
    has(s, "utilisation is measured of a pool, a stage with workers or a pipeline");
}

TEST_CASE("stages without a service that pass items round to each other") {
    Scenario s = sound();
    Stage a, b;
    a.name = "a";
    a.reads = {"jobs", "b"};
    b.name = "b";
    b.reads = {"a"};
    s.twin.stages.push_back(a);
    s.twin.stages.push_back(b);
    has(s, "goes round for ever without any time passing: a -> b -> a");
    // With a way out it is a loop like any other.
    s.twin.stages.back().writes.rule = Writes::Rule::share;
    s.twin.stages.back().writes.targets = {{"b", 0.5}, {"exit", 0.5}};
    CHECK(shown(s).find("goes round") == std::string::npos);
}

TEST_CASE("runs") {
    Scenario s = sound();
    s.run.length.reset();
    has(s, "'until: empty' with a load that never ends");
    s.loads[0].count = 10;
    CHECK(shown(s) == "");
    s.run.zone = "Mars/Base";
    has(s, "error run.zone: unknown time zone 'Mars/Base'");
}
