#include "tools/formats/language/scenario_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "tools/formats/language/decimal.h"
#include "tools/formats/language/document.h"
#include "tools/formats/language/keys.h"
#include "tools/formats/language/laws.h"
#include "tools/formats/language/map_reader.h"
#include "tools/formats/language/objectives.h"
#include "tools/formats/language/reading.h"
#include "tools/formats/language/schedules.h"
#include "tools/formats/language/value_tests.h"
#include "tools/formats/language/values.h"
#include "tools/formats/language/write_state.h"
#include "tools/formats/language/write_values.h"
#include "tools/formats/language/write_workers.h"

namespace understudy::formats {

namespace {

class Writer {
public:
    explicit Writer(const models::Scenario& scenario) : s_(scenario) { learn_fields(); }

    Node write() {
        Node root = block_map();
        put(root, "understudy", "1");
        put(root, "scenario", s_.name);
        put_text(root, "description", s_.description);
        root.add("twin", twin());
        section(root, "profiles", s_.profiles, [&](const models::Profile& p) { return profile_node(p); });
        section(root, "logs", s_.logs, [&](const models::Log& l) { return log(l); });
        section(root, "load", s_.loads, [&](const models::Load& l) { return load(l); });
        if (!s_.actions.empty()) {
            Node list = Node::list();
            list.block = true;
            for (const models::Action& a : s_.actions) list.items.push_back(action(a));
            root.add("actions", std::move(list));
        }
        root.add("run", run());
        lines(root, "objectives", s_.objectives, [&](const models::Objective& o) {
            return o.text.empty() ? print_objective(o, s_.currency) : o.text;
        });
        lines(root, "measures", s_.measures,
              [](const models::Measure& m) { return m.text.empty() ? print_measure(m) : m.text; });
        return root;
    }

private:
    template <class List, class Write>
    static void section(Node& parent, std::string_view name, const List& list, Write&& write) {
        if (list.empty()) return;
        Node node = block_map();
        for (const auto& element : list) node.add(element.name, write(element));
        parent.add(std::string(name), std::move(node));
    }

    template <class List, class Print>
    static void lines(Node& root, std::string_view name, const List& list, Print&& print) {
        if (list.empty()) return;
        Node node = Node::list();
        node.block = true;
        for (const auto& entry : list) node.items.push_back(Node::scalar(print(entry)));
        root.add(std::string(name), std::move(node));
    }

    // ---- twin

    Node twin() const {
        Node node = block_map();
        section(node, "types", s_.twin.types, [&](const models::WorkerType& t) {
            Node map = Node::map();
            put_type(map, t, models::WorkerType{}, s_.currency);
            put_description(map, t.description);
            return map;
        });
        section(node, "pools", s_.twin.pools, [&](const models::Pool& p) {
            Node map = Node::map();
            put_workers(map, p.workers, s_);
            put_description(map, p.description);
            return map;
        });
        section(node, "budgets", s_.twin.budgets, [&](const models::Budget& b) { return budget_node(b); });
        section(node, "datasets", s_.twin.datasets, [&](const models::Dataset& d) {
            Node map = Node::map();
            if (d.partitions > 0) put(map, "partitions", print_count(d.partitions));
            if (d.by != models::Dataset{}.by) put(map, "by", word("dataset", "by", d.by));
            if (d.retention) put(map, "retention", print_duration(*d.retention));
            put_text(map, "contract", d.contract);
            Node columns = Node::map();
            for (const models::Column& c : d.columns) columns.add(c.name, column(c));
            if (!d.columns.empty()) map.add("columns", std::move(columns));
            put_description(map, d.description);
            return map;
        });
        section(node, "stages", s_.twin.stages,
                [&](const models::Stage& stage) { return write_stage(stage); });
        section(node, "pipelines", s_.twin.pipelines, [&](const models::Pipeline& p) { return pipeline(p); });
        Node renamed = Node::map();
        for (const auto& [now, before] : s_.twin.renamed) renamed.add(now, Node::scalar(before));
        if (!renamed.entries.empty()) node.add("renamed", std::move(renamed));
        if (!s_.twin.state.elements.empty()) node.add("state", state_node(s_.twin.state));
        if (s_.twin.state.as_of > 0) put(node, "as_of", print_duration(s_.twin.state.as_of));
        return node;
    }

    static Node column(const models::Column& c) {
        Node node = Node::map();
        put_text(node, "type", c.type);
        if (c.nullable) put(node, "nullable", *c.nullable ? "true" : "false");
        if (c.unique) put(node, "unique", *c.unique ? "true" : "false");
        put_text(node, "min", c.min);
        put_text(node, "max", c.max);
        if (!c.values.empty()) node.add("enum", Node::texts(c.values));
        if (c.origin_told || !c.derives_from.empty()) node.add("derives_from", Node::texts(c.derives_from));
        return node;
    }

    void put_work(Node& map, const models::Work& work) const {
        if (work.workers) put_workers(map, *work.workers, s_);
        if (work.runs_on.size() == 1 && work.runs_on[0].count == 1 && work.runs_on[0].cores == 0 &&
            work.runs_on[0].memory_bytes == 0 && work.runs_on[0].skill.empty()) {
            put(map, "runs_on", work.runs_on[0].pool);
        } else if (!work.runs_on.empty()) {
            Node pools = Node::map();
            for (const models::Need& need : work.runs_on) {
                if (need.cores == 0 && need.memory_bytes == 0 && need.skill.empty()) {
                    put(pools, need.pool, print_count(need.count));
                    continue;
                }
                Node one = Node::map();
                if (need.count != 1) put(one, "count", print_count(need.count));
                if (need.cores != 0) put(one, "cores", print_number(need.cores));
                if (need.memory_bytes != 0)
                    put(one, "memory",
                        print_quantity(static_cast<double>(need.memory_bytes), Dimension::size));
                put_text(one, "skill", need.skill);
                pools.add(need.pool, std::move(one));
            }
            map.add("runs_on", std::move(pools));
        }
        put_law(map, "launch", work.launch, Dimension::duration);
        if (work.spends.size() == 1 && work.spends[0].amount == 1 && work.spends[0].field.empty()) {
            put(map, "spends", work.spends[0].budget);
        } else if (!work.spends.empty()) {
            Node spends = Node::map();
            for (const models::Spend& spend : work.spends)
                put(spends, spend.budget, spend.field.empty() ? print_number(spend.amount) : spend.field);
            map.add("spends", std::move(spends));
        }
        if (work.priority) put(map, "priority", print_number(*work.priority));
        models::Law service = work.service;
        std::erase_if(service.terms, [](const models::Term& term) { return term.implied; });
        put_law(map, "service", service, Dimension::duration);
        put_law(map, "expected", work.expected, Dimension::duration);
        if (!work.transfers.over.empty()) map.add("transfers", transfers_node(work.transfers));
        if (work.timeout) put(map, "timeout", print_duration(*work.timeout));
        if (work.failure != 0) put(map, "failure", share_text(work.failure));
        put_law(map, "fails_after", work.fails_after, Dimension::duration);
        if (work.retry.times != 0) map.add("retry", retry_node(work.retry));
    }

    void put_writes(Node& map, const models::Writes& writes) const {
        using Rule = models::Writes::Rule;
        const bool shares = writes.rule == Rule::share || writes.rule == Rule::split;
        if (writes.rule == Rule::by_class) {
            Node targets = Node::map();
            for (const auto& target : writes.targets)
                if (target.loads.size() == 1)
                    put(targets, target.stream, target.loads.front());
                else
                    targets.add(target.stream, Node::texts(target.loads));
            map.add("writes", std::move(targets));
        } else if (writes.rule == Rule::by_value) {
            Node targets = Node::map();
            for (const auto& target : writes.targets)
                put(targets, target.stream,
                    target.rest ? "else"
                                : print_value_test(writes.attribute, target.values,
                                                   dimension_of_attribute(writes.attribute, fields_)));
            map.add("writes", std::move(targets));
            return;
        } else if (shares) {
            map.add("writes", shares_node(writes));
        } else {
            std::vector<std::string> names;
            for (const auto& target : writes.targets) names.push_back(target.stream);
            put_names(map, "writes", names);
        }
        if (writes.rule != Rule::copy && writes.rule != Rule::share)
            put(map, "route", word("stage", "route", writes.rule));
    }

    void put_emits(Node& map, const models::Emits& emits) const {
        if (emits.all()) return;
        Node node = Node::map();
        if (emits.items != 1) put(node, "items", print_number(emits.items));
        if (emits.records != 1) put(node, "records", share_text(emits.records));
        if (emits.size != 1) put(node, "size", share_text(emits.size));
        put_fields(node, emits.fields);
        put_law(node, "key", emits.key, Dimension::number);
        put_law(node, "priority", emits.priority, Dimension::number);
        map.add("emits", std::move(node));
    }

    Node write_stage(const models::Stage& stage) const {
        Node map = Node::map();
        put_names(map, "reads", stage.reads);
        if (stage.join) {
            Node join = Node::map();
            put(join, "of", word("join", "of", stage.join->of));
            if (stage.join->needs != 0) put(join, "needs", print_count(stage.join->needs));
            if (stage.join->cancel_rest) put(join, "rest", "cancel");
            if (stage.join->by_key) put(join, "by", "key");
            if (stage.join->within) put(join, "within", print_duration(*stage.join->within));
            if (stage.join->pass_unmatched) put(join, "unmatched", "pass");
            map.add("join", std::move(join));
        }
        if (stage.batch) {
            Node batch = Node::map();
            if (stage.batch->items != 0) put(batch, "items", print_count(stage.batch->items));
            if (stage.batch->records != 0) put(batch, "records", print_number(stage.batch->records));
            if (stage.batch->size_bytes != 0)
                put(batch, "size", print_quantity(stage.batch->size_bytes, Dimension::size));
            if (stage.batch->after) put(batch, "after", print_duration(*stage.batch->after));
            map.add("batch", std::move(batch));
        }
        if (stage.window) {
            Node window = Node::map();
            put(window, "size", print_duration(stage.window->size));
            if (stage.window->every) put(window, "every", print_duration(*stage.window->every));
            if (stage.window->lateness != 0) put(window, "lateness", print_duration(stage.window->lateness));
            if (stage.window->by_key) put(window, "by", "key");
            map.add("window", std::move(window));
        }
        if (stage.queue.capacity != models::unlimited || !stage.queue.timeout.empty()) {
            Node queue = Node::map();
            if (stage.queue.capacity != models::unlimited) {
                put(queue, "capacity", print_count(stage.queue.capacity));
                put(queue, "full", word("queue", "full", stage.queue.full));
            }
            put_law(queue, "timeout", stage.queue.timeout, Dimension::duration);
            map.add("queue", std::move(queue));
        }
        put_work(map, stage.work);
        if (stage.take != 1) put(map, "take", print_count(stage.take));
        put_text(map, "holds_until", stage.holds_until);
        put_text(map, "dead_letter", stage.dead_letter);
        put_emits(map, stage.emits);
        put_writes(map, stage.writes);
        put_description(map, stage.description);
        return map;
    }

    Node pipeline(const models::Pipeline& p) const {
        Node node = block_map();
        put(node, "schedule", print_schedule(p.schedule));
        if (p.catchup) put(node, "catchup", "true");
        if (p.max_active_runs != 16) put(node, "max_active_runs", print_count(p.max_active_runs));
        if (p.max_active_tasks != models::unlimited)
            put(node, "max_active_tasks", print_count(p.max_active_tasks));
        if (p.timeout) put(node, "timeout", print_duration(*p.timeout));
        put_description(node, p.description);
        section(node, "tasks", p.tasks, [&](const models::Task& t) { return task(t); });
        return node;
    }

    Node task(const models::Task& t) const {
        Node map = Node::map();
        if (!t.after.empty()) map.add("after", Node::texts(t.after));
        if (t.trigger_rule == models::TriggerRule::quorum) {
            put(map, "trigger_rule", fmt::format("quorum {}", t.quorum));
        } else if (t.trigger_rule != models::TriggerRule::all_success) {
            constexpr const char* names[] = {"all_success", "all_done", "one_success", "none_failed"};
            put(map, "trigger_rule", names[static_cast<std::size_t>(t.trigger_rule)]);
        }
        if (t.cancel_rest) put(map, "rest", "cancel");
        if (!t.reads.empty()) {
            Node reads = Node::map();
            for (const models::TaskInput& input : t.reads)
                put(reads, input.dataset, input.all ? "all" : "new");
            map.add("reads", std::move(reads));
        }
        put_names(map, "writes", t.writes);
        if (t.waits_for) put(map, "waits_for", print_condition(*t.waits_for));
        if (t.poke != kernel::minute) put(map, "poke", print_duration(t.poke));
        if (t.keeps_workers) put(map, "mode", "poke");
        if (t.expand != 1) put(map, "expand", print_count(t.expand));
        if (t.not_before) put(map, "not_before", print_duration(*t.not_before));
        put_law(map, "delay", t.delay, Dimension::duration);
        put_text(map, "worker", t.worker);
        put_work(map, t.work);
        put_text(map, "holds_until", t.holds_until);
        put_text(map, "dead_letter", t.dead_letter);
        put_emits(map, t.emits);
        put_description(map, t.description);
        return map;
    }

    // ---- load

    static Node log(const models::Log& l) {
        Node node = Node::map();
        put(node, "file", l.file);
        put(node, "format", l.format);
        put_text(node, "time", l.time);
        put_text(node, "key", l.key);
        Node columns = Node::map();
        for (const auto& [column, unit] : l.columns) put(columns, column, unit);
        if (!l.columns.empty()) node.add("columns", std::move(columns));
        return node;
    }

    /// A field's law does not say what it is of: its own text does, or else who uses it.
    Dimension field_dimension(const std::string& name, const models::Law& law) const {
        if (const auto known = fields_.find(name); known != fields_.end()) return known->second;
        if (const auto read = dimension_of_text(law)) return *read;
        for (const models::Stage& stage : s_.twin.stages)
            for (const models::Law* of : {&stage.work.service, &stage.work.expected, &stage.work.fails_after})
                for (const models::Term& term : of->terms)
                    if (term.field == name) return Dimension::duration;
        return Dimension::number;
    }

    std::optional<Dimension> dimension_of_text(const models::Law& law) const {
        if (law.text.empty() || law.text[0] == '{') return std::nullopt;
        try {
            return read_law(law.text, std::nullopt, {&fields_, {}}).dimension;
        } catch (const Fault&) {
            return std::
                nullopt;  // a law from a log, whose name says nothing here, or of fields not yet known
        }
    }

    /// Those whose laws say it; laws that take other fields may have to wait for these.
    void learn_fields() {
        const auto learn = [&](const auto& fields) {
            bool more = false;
            for (const auto& [name, law] : fields)
                if (!fields_.contains(name))
                    if (const auto dimension = dimension_of_text(law))
                        more = fields_.emplace(name, *dimension).second;
            return more;
        };
        for (const models::Load& load : s_.loads) learn(load.fields);
        for (bool more = true; more;) {
            more = false;
            for (const models::Stage& stage : s_.twin.stages) more = learn(stage.emits.fields) || more;
            for (const models::Pipeline& pipeline : s_.twin.pipelines)
                for (const models::Task& task : pipeline.tasks) more = learn(task.emits.fields) || more;
        }
    }

    void put_fields(Node& map, const std::vector<std::pair<std::string, models::Law>>& laws) const {
        if (laws.empty()) return;
        Node fields = Node::map();
        for (const auto& [name, law] : laws) fields.add(name, law_node(law, field_dimension(name, law)));
        map.add("fields", std::move(fields));
    }

    Node load(const models::Load& l) const {
        Node node = Node::map();
        if (l.arrivals.kind == models::Arrivals::Kind::users) {
            put(node, "users", print_count(l.arrivals.users));
            node.add("think", law_node(l.arrivals.think, Dimension::duration));
        } else {
            node.add("arrivals", arrivals_node(l.arrivals));
        }
        put_text(node, "profile", l.profile);
        put_law(node, "items", l.items, Dimension::number);
        if (l.count != models::unlimited) put(node, "count", print_count(l.count));
        if (l.first) put(node, "first", print_duration(*l.first));
        if (l.from != 0) put(node, "from", print_duration(l.from));
        if (l.until != kernel::never) put(node, "until", print_duration(l.until));
        put_law(node, "delay", l.delay, Dimension::duration);
        put_law(node, "records", l.records, Dimension::number);
        put_law(node, "size", l.size, Dimension::size);
        put_law(node, "key", l.key, Dimension::number);
        put_law(node, "priority", l.priority, Dimension::number);
        if (l.deadline) put(node, "deadline", print_duration(*l.deadline));
        put_fields(node, l.fields);
        put_writes(node, l.writes);
        put_description(node, l.description);
        return node;
    }

    // ---- actions and run

    static Node action(const models::Action& a) {
        using Verb = models::Action::Verb;
        Node node = Node::map();
        put_text(node, "name", a.name);
        if (a.at) put(node, "at", print_duration(*a.at));
        if (a.every) put(node, "every", print_schedule(*a.every));
        if (a.when) put(node, "when", print_condition(*a.when));
        if (a.lasts) put(node, "for", print_duration(*a.lasts));
        switch (a.verb) {
            case Verb::set:
                put(node, "set", a.key.empty() ? a.target : a.target + "." + a.key);
                if (!a.to.shares.empty()) {
                    Node shares = Node::map();
                    for (const auto& [stream, share] : a.to.shares) put(shares, stream, share_text(share));
                    node.add("to", std::move(shares));
                    break;
                }
                put(node, "to",
                    !a.to.text.empty() ? a.to.text
                    : a.to.times       ? print_number(a.to.number) + "x"
                                       : print_number(a.to.number));
                break;
            case Verb::fail: put(node, "fail", a.target); break;
            case Verb::heal: put(node, "heal", a.target); break;
            case Verb::pause: put(node, "pause", a.target); break;
            case Verb::resume: put(node, "resume", a.target); break;
            case Verb::run:
                put(node, "run", a.target);
                if (a.from) put(node, "from", print_local_instant(*a.from));
                if (a.until) put(node, "until", print_local_instant(*a.until));
                break;
            case Verb::alert:
                put(node, "alert", a.text);
                if (!a.key.empty()) put(node, "level", a.key);
                break;
            case Verb::stop: put(node, "stop", a.text); break;
            case Verb::rewind:
                put(node, "rewind", a.target);
                if (a.by) put(node, "by", print_duration(*a.by));
                break;
            case Verb::yield: break;
        }
        return node;
    }

    Node run() const {
        const models::Run& r = s_.run;
        const models::Run standard;
        Node node = Node::map();
        if (r.length)
            put(node, "length", print_duration(*r.length));
        else
            put(node, "until", "empty");
        if (r.start) put(node, "start", print_local_instant(*r.start));
        if (r.zone != standard.zone) put(node, "zone", r.zone);
        // What the reader takes without the key: see `run` in the reference.
        const bool automatic = r.length && s_.twin.pipelines.empty() && s_.twin.state.elements.empty();
        if (r.warm_up && (automatic || *r.warm_up != 0)) put(node, "warm_up", print_duration(*r.warm_up));
        if (!r.warm_up && !automatic && r.length) put(node, "warm_up", "auto");
        if (r.replications != standard.replications) put(node, "replications", print_count(r.replications));
        if (r.precision) put(node, "precision", share_text(*r.precision));
        if (r.confidence != standard.confidence) put(node, "confidence", share_text(r.confidence));
        if (r.variance_reduction != standard.variance_reduction)
            put(node, "variance_reduction",
                r.variance_reduction == models::VarianceReduction::controls ? "controls" : "antithetic");
        if (r.seed != standard.seed) put(node, "seed", std::to_string(r.seed));
        if (r.sample) put(node, "sample", print_duration(*r.sample));
        if (r.detail != standard.detail)
            put(node, "detail", r.detail == models::Detail::partial ? "partial" : "analytic");
        return node;
    }

    const models::Scenario& s_;
    FieldDimensions fields_;
};

}  // namespace

std::string write_scenario(const models::Scenario& scenario, const std::vector<std::string>& comments) {
    std::string text;
    for (const std::string& comment : comments) {
        // A line break or tab in a comment would end it.
        std::string line = comment;
        std::replace_if(
            line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
        text += "# " + line + "\n";
    }
    return text + write_document(Writer(scenario).write());
}

std::string name_after(const std::filesystem::path& file) {
    std::string stem = file.filename().string();
    stem.erase(0, std::min(stem.find_first_not_of('.'), stem.size()));
    stem = stem.substr(0, stem.find('.'));
    std::string name;
    for (const char c : stem)
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_')
            name += c;
        else if (!name.empty() && name.back() != '_')
            name += '_';
    if (name.empty() || (std::isalpha(static_cast<unsigned char>(name.front())) == 0 && name.front() != '_'))
        name = "log_" + name;
    return is_reserved(name) ? name + "_log" : name;
}

}  // namespace understudy::formats
