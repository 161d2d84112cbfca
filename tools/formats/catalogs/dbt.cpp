#include "tools/formats/catalogs/dbt.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/catalogs/json_members.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

namespace {

struct Column {
    std::string name, type;
    bool not_null = false;
};

/// A node of the manifest, a source, or a node that only results or the catalog know.
struct DbtNode {
    std::string id, kind, name, label, description, owner, materialised;
    std::vector<std::string> tags, needs;
    std::vector<Column> columns;
    // Of tests: what they say of which column of which node.
    std::string test, test_column, attached_to;
    std::vector<std::string> test_values;
    kernel::Time freshness = 0;  ///< of a source: older than that is an error, or is warned of; 0: not said

    bool is_data() const {
        return kind == "model" || kind == "seed" || kind == "snapshot" || kind == "source";
    }
    bool is_table() const { return is_data() && materialised != "ephemeral"; }
    bool is_test() const { return kind == "test" || kind == "unit_test"; }
};

/// What one run says of one node.
struct NodeRun {
    std::string id, status, thread;
    std::optional<double> duration;  ///< seconds
    std::int64_t start = 0;          ///< ns since 1970; 0: not known

    bool has_failed() const { return status == "error" || status == "fail" || status == "runtime error"; }
};

struct DbtRun {
    std::int64_t generated = 0;
    std::string command;
    std::int64_t threads = 0;
    bool threads_are_given = false;
    std::int64_t first = std::numeric_limits<std::int64_t>::max(), last = 0;  ///< ns since 1970
    std::vector<NodeRun> nodes;
};

/// "manifest" of "https://schemas.getdbt.com/dbt/manifest/v12.json", "run-results" and so on.
std::string_view artifact_kind(const JsonValue& value) {
    const auto metadata = member(value, "metadata");
    if (!metadata) return {};
    std::string_view schema = raw_text(*metadata, "dbt_schema_version");
    const std::size_t file = schema.rfind('/');
    if (file == std::string_view::npos) return {};
    schema = schema.substr(0, file);
    return schema.substr(schema.rfind('/') + 1);
}

std::string kind_of_id(std::string_view id) { return std::string(id.substr(0, id.find('.'))); }
std::string name_of_id(std::string_view id) { return std::string(id.substr(id.rfind('.') + 1)); }

/// `"shop"."public"."orders"` and `shop`.`public`.`orders` without the quotes.
std::string plain_relation(std::string_view relation) {
    std::string plain;
    for (const char c : relation)
        if (c != '"' && c != '`' && c != '[' && c != ']') plain += c;
    return clean_text(plain);
}

std::string owner_in(const JsonValue& object) {
    const auto owner = member(object, "owner");
    if (!owner) return {};
    if (std::string text = text_of(object, "owner"); !text.empty()) return text;
    for (const char* key : {"name", "email"})
        if (std::string text = text_of(*owner, key); !text.empty()) return text;
    return {};
}

std::int64_t instant_of(std::string_view text) { return date_instant(text).value_or(0); }

bool same_word(std::string_view a, std::string_view b) { return plain_word(a) == plain_word(b); }

}  // namespace

struct DbtArtifacts::State {
    bool has_manifest = false, has_catalog = false;
    std::string project;
    std::map<std::string, DbtNode> nodes;  ///< with sources, by id
    std::map<std::string, std::string> owner_of_group;
    std::map<std::string, std::vector<Column>> catalog_columns;
    std::vector<DbtRun> runs;
    std::int64_t empty_results = 0;            ///< of commands that ran nothing
    std::map<std::string, DbtNode> exposures;  ///< by id
    std::int64_t metrics = 0, semantic_models = 0, unit_tests = 0, operations = 0;

    void read_manifest(const JsonValue& artifact, const std::filesystem::path& file,
                       ImportProblems& problems);
    void read_node(std::string_view id, const JsonValue& object, const char* kind);
    void read_exposure(std::string_view id, const JsonValue& object);
    void read_catalog(const JsonValue& artifact);
    void read_results(const JsonValue& artifact, const std::filesystem::path& file, ImportProblems& problems);
    Catalog catalog();

    // ---- the steps of catalog()
    std::vector<const DbtNode*> jobs;
    std::map<std::string, std::size_t> job_of, dataset_of;
    void choose_jobs(Catalog& catalog);
    void add_datasets(Catalog& catalog);
    void add_tests(Catalog& catalog);
    void add_jobs(Catalog& catalog);
    void add_exposures(Catalog& catalog) const;
    void add_freshness(Catalog& catalog) const;
    void add_runs(Catalog& catalog);
    void order_by_graph(Catalog& catalog);
    void order_by_tests(Catalog& catalog);
    void order_by_unit_tests(Catalog& catalog);
    void find_retries(Catalog& catalog) const;
    void find_release(Catalog& catalog) const;
    std::vector<std::string> needs_of(const DbtNode& node) const;
};

DbtArtifacts::DbtArtifacts() : state_(std::make_unique<State>()) {}
DbtArtifacts::~DbtArtifacts() = default;

bool DbtArtifacts::looks_like_artifact(const simdjson::dom::element& value) {
    return !artifact_kind(value).empty();
}

bool DbtArtifacts::empty() const {
    return !state_->has_manifest && !state_->has_catalog && state_->runs.empty() &&
           state_->empty_results == 0;
}

bool DbtArtifacts::add(const simdjson::dom::element& artifact, const std::filesystem::path& file,
                       ImportProblems& problems) {
    const std::string_view kind = artifact_kind(artifact);
    if (kind == "manifest")
        state_->read_manifest(artifact, file, problems);
    else if (kind == "catalog")
        state_->read_catalog(artifact);
    else if (kind == "run-results")
        state_->read_results(artifact, file, problems);
    else
        return false;
    return true;
}

void DbtArtifacts::State::read_manifest(const JsonValue& artifact, const std::filesystem::path& file,
                                        ImportProblems& problems) {
    if (has_manifest) {
        problems.add(file, 0, "is a second manifest; import one project at a time");
        return;
    }
    if (!member(artifact, "nodes")) {
        problems.add(file, 0, "is a manifest of dbt without `nodes`");
        return;
    }
    has_manifest = true;
    if (const auto metadata = member(artifact, "metadata")) project = text_of(*metadata, "project_name");
    for_each_member(artifact, "groups", [&](std::string_view, const JsonValue& group) {
        owner_of_group[text_of(group, "name")] = owner_in(group);
    });
    for_each_member(artifact, "nodes",
                    [&](std::string_view id, const JsonValue& node) { read_node(id, node, ""); });
    for_each_member(artifact, "sources",
                    [&](std::string_view id, const JsonValue& node) { read_node(id, node, "source"); });
    for_each_member(artifact, "functions",
                    [&](std::string_view id, const JsonValue& node) { read_node(id, node, "function"); });
    for_each_member(artifact, "unit_tests",
                    [&](std::string_view id, const JsonValue& node) { read_node(id, node, "unit_test"); });
    const auto count = [&](const char* key, std::int64_t& into) {
        for_each_member(artifact, key, [&](std::string_view, const JsonValue&) { ++into; });
    };
    for_each_member(artifact, "exposures",
                    [&](std::string_view id, const JsonValue& exposure) { read_exposure(id, exposure); });
    count("metrics", metrics);
    count("semantic_models", semantic_models);
    count("unit_tests", unit_tests);
    if (!project.empty()) return;
    // Before dbt 1.5 no project stands in the metadata: most nodes are its own.
    std::map<std::string, int> packages;
    for (const auto& [id, node] : nodes)
        if (const std::size_t dot = id.find('.'); dot != std::string::npos)
            ++packages[id.substr(dot + 1, id.find('.', dot + 1) - dot - 1)];
    int most = 0;
    for (const auto& [package, number] : packages)
        if (number > most) {
            most = number;
            project = package;
        }
}

void DbtArtifacts::State::read_exposure(std::string_view id, const JsonValue& object) {
    DbtNode& node = exposures[clean_label(id)];
    node.id = clean_label(id);
    node.kind = "exposure";
    for (const char* key : {"label", "name"})
        if (node.name.empty()) node.name = text_of(object, key);
    node.owner = owner_in(object);
    node.description = text_of(object, "description");
    node.tags = {"exposure"};
    if (std::string type = text_of(object, "type"); !type.empty()) node.tags.push_back(std::move(type));
    for_each(object, "tags", [&](const JsonValue& tag) {
        if (std::string text = clean_text(raw_text(tag)); !text.empty()) node.tags.push_back(std::move(text));
    });
    if (const auto needs = member(object, "depends_on"))
        for_each(*needs, "nodes",
                 [&](const JsonValue& one) { node.needs.push_back(clean_text(raw_text(one))); });
}

void DbtArtifacts::State::read_node(std::string_view id, const JsonValue& object, const char* kind) {
    DbtNode& node = nodes[clean_label(id)];
    node.id = clean_label(id);
    node.kind = *kind != 0 ? kind : text_of(object, "resource_type");
    if (node.kind.empty()) node.kind = kind_of_id(id);
    node.name = text_of(object, "name");
    if (node.name.empty()) node.name = name_of_id(id);
    const auto config = member(object, "config");
    if (config) node.materialised = text_of(*config, "materialized");
    node.description = text_of(object, "description");
    node.label = plain_relation(raw_text(object, "relation_name"));
    if (node.label.empty() && node.is_data()) {
        std::vector<std::string> parts;
        for (const char* key : {"database", "schema"})
            if (std::string part = text_of(object, key); !part.empty()) parts.push_back(std::move(part));
        std::string last = text_of(object, node.kind == "source" ? "identifier" : "alias");
        parts.push_back(last.empty() ? node.name : last);
        node.label = fmt::format("{}", fmt::join(parts, "."));
    }
    // Who owns it: its own word, else that of its group.
    if (config)
        if (const auto meta = member(*config, "meta")) node.owner = owner_in(*meta);
    if (const auto meta = member(object, "meta"); meta && node.owner.empty()) node.owner = owner_in(*meta);
    if (node.owner.empty())
        if (const auto found = owner_of_group.find(text_of(object, "group")); found != owner_of_group.end())
            node.owner = found->second;
    for_each(object, "tags", [&](const JsonValue& tag) {
        std::string_view text;
        if (tag.get(text) == simdjson::SUCCESS && !clean_text(text).empty())
            node.tags.push_back(clean_text(text));
    });
    if (const auto freshness = member(object, "freshness"))
        for (const char* key : {"error_after", "warn_after"}) {
            const auto limit = member(*freshness, key);
            if (!limit || node.freshness > 0) continue;
            const double count = number_of(*limit, "count").value_or(0);
            const std::string period = plain_word(raw_text(*limit, "period"));
            const kernel::Time unit = period == "day"      ? kernel::day
                                      : period == "hour"   ? kernel::hour
                                      : period == "minute" ? kernel::minute
                                                           : 0;
            if (count > 0 && count < 1e6 && unit > 0) node.freshness = std::llround(count) * unit;
        }
    const auto needs = member(object, "depends_on");
    if (needs)
        for_each(*needs, "nodes", [&](const JsonValue& one) {
            std::string_view text;
            if (one.get(text) == simdjson::SUCCESS) node.needs.push_back(clean_text(text));
        });
    std::sort(node.needs.begin(), node.needs.end());
    node.needs.erase(std::unique(node.needs.begin(), node.needs.end()), node.needs.end());
    for_each_member(object, "columns", [&](std::string_view key, const JsonValue& value) {
        Column column{text_of(value, "name"), text_of(value, "data_type")};
        if (column.name.empty()) column.name = clean_text(key);
        for_each(value, "constraints", [&](const JsonValue& constraint) {
            column.not_null = column.not_null || raw_text(constraint, "type") == "not_null";
        });
        if (!column.name.empty()) node.columns.push_back(std::move(column));
    });
    node.test_column = text_of(object, "column_name");
    node.attached_to = text_of(object, "attached_node");
    if (const auto test = member(object, "test_metadata")) {
        node.test = text_of(*test, "name");
        if (const auto arguments = member(*test, "kwargs")) {
            if (node.test_column.empty()) node.test_column = text_of(*arguments, "column_name");
            const auto read_values = [&](const JsonValue& holder) {
                for_each(holder, "values", [&](const JsonValue& value) {
                    std::string_view text;
                    if (value.get(text) == simdjson::SUCCESS) node.test_values.push_back(clean_text(text));
                });
            };
            read_values(*arguments);
            if (const auto inner = member(*arguments, "arguments")) read_values(*inner);
        }
    }
}

void DbtArtifacts::State::read_catalog(const JsonValue& artifact) {
    has_catalog = true;
    for (const char* section : {"nodes", "sources"})
        for_each_member(artifact, section, [&](std::string_view id, const JsonValue& object) {
            const std::string key = clean_label(id);
            std::map<double, Column> in_order;
            for_each_member(object, "columns", [&](std::string_view name, const JsonValue& value) {
                Column column{text_of(value, "name"), text_of(value, "type")};
                if (column.name.empty()) column.name = clean_text(name);
                double place = number_of(value, "index").value_or(0);
                while (in_order.contains(place)) ++place;
                if (!column.name.empty()) in_order.emplace(place, std::move(column));
            });
            auto& columns = catalog_columns[key];
            columns.clear();
            for (auto& [place, column] : in_order) columns.push_back(std::move(column));
            if (nodes.contains(key)) return;
            // Known from here alone, unless the manifest comes later: it overwrites what this is made of.
            const auto table = member(object, "metadata");
            if (!table) return;
            DbtNode& node = nodes[key];
            node.id = key;
            node.kind = kind_of_id(id);
            node.name = name_of_id(id);
            std::vector<std::string> parts;
            for (const char* word : {"database", "schema", "name"})
                if (std::string part = text_of(*table, word); !part.empty()) parts.push_back(std::move(part));
            node.label = fmt::format("{}", fmt::join(parts, "."));
            node.owner = text_of(*table, "owner");
        });
}

void DbtArtifacts::State::read_results(const JsonValue& artifact, const std::filesystem::path& file,
                                       ImportProblems& problems) {
    simdjson::dom::array list;
    const auto results = member(artifact, "results");
    if (!results || results->get(list) != simdjson::SUCCESS) {
        problems.add(file, 0, "is results of dbt without a list `results`");
        return;
    }
    DbtRun run;
    if (const auto metadata = member(artifact, "metadata"))
        run.generated = instant_of(raw_text(*metadata, "generated_at"));
    if (const auto arguments = member(artifact, "args")) {
        run.command = text_of(*arguments, "which");
        const double threads = number_of(*arguments, "threads").value_or(0);
        if (threads >= 1 && threads < 1e6) run.threads = static_cast<std::int64_t>(threads);
        run.threads_are_given = run.threads > 0;
    }
    std::set<std::string> threads;
    std::int64_t number = 0;
    for (const JsonValue result : list) {
        NodeRun one;
        one.id = text_of(result, "unique_id");
        one.status = plain_word(text_of(result, "status"));
        if (one.id.empty() || one.status.empty()) {
            problems.add(
                file, 0,
                fmt::format("result {} lacks {}", number, one.id.empty() ? "`unique_id`" : "`status`"));
            ++number;
            continue;
        }
        ++number;
        if (std::string thread = text_of(result, "thread_id"); !thread.empty()) {
            one.thread = thread;
            threads.insert(std::move(thread));
        }
        std::int64_t first = 0, last = 0;
        for_each(result, "timing", [&](const JsonValue& part) {
            const std::int64_t from = instant_of(raw_text(part, "started_at")),
                               to = instant_of(raw_text(part, "completed_at"));
            if (from != 0 && (first == 0 || from < first)) first = from;
            last = std::max(last, to);
        });
        one.start = first;
        if (first != 0) run.first = std::min(run.first, first);
        run.last = std::max(run.last, last);
        const bool ran = one.status != "skipped" && one.status != "no-op" && one.status != "reused";
        const double took = number_of(result, "execution_time").value_or(0);
        if (ran && took > 0 && took < 1e9)
            one.duration = took;
        else if (ran && first != 0 && last >= first)
            one.duration = kernel::to_seconds(last - first);
        run.nodes.push_back(std::move(one));
    }
    // It says nothing of what there is.
    if (run.nodes.empty()) {
        ++empty_results;
        return;
    }
    if (!run.threads_are_given) run.threads = static_cast<std::int64_t>(threads.size());
    runs.push_back(std::move(run));
}

void DbtArtifacts::State::choose_jobs(Catalog& catalog) {
    std::set<std::string> ran;
    for (const DbtRun& run : runs)
        for (const NodeRun& one : run.nodes) ran.insert(one.id);
    if (empty_results > 0)
        catalog.notes.push_back(fmt::format("{} without any node: left out",
                                            empty_results == 1
                                                ? "results of a run are"
                                                : fmt::format("results of {} runs are", empty_results)));
    std::int64_t unknown = 0;
    for (const std::string& id : ran)
        if (!nodes.contains(id)) {
            DbtNode& node = nodes[id];
            node.id = id;
            node.kind = kind_of_id(id);
            node.name = node.is_test() ? std::string(id.substr(id.find('.') + 1)) : name_of_id(id);
            ++unknown;
        }
    if (unknown > 0 && has_manifest)
        catalog.notes.push_back(fmt::format(
            "{} nodes of the results are not in the manifest: what they read and write is not known",
            unknown));
    for (const auto& [id, node] : nodes) {
        const bool table = node.is_table() && node.kind != "source";
        if (node.kind == "operation") {
            ++operations;
            continue;
        }
        if (runs.empty() ? table : ran.contains(id)) {
            job_of.emplace(id, jobs.size());
            jobs.push_back(&node);
        }
    }
}

void DbtArtifacts::State::add_datasets(Catalog& catalog) {
    std::map<std::string, std::string> id_of_label;
    for (const auto& [id, node] : nodes)
        if (node.is_table() && !node.label.empty()) id_of_label.emplace(node.label, id);
    for (const auto& [label, id] : id_of_label) {
        const DbtNode& node = nodes.at(id);
        CatalogDataset dataset;
        dataset.label = label;
        dataset.title = node.name;
        dataset.owner = node.owner;
        dataset.description = node.description;
        dataset.tags = node.tags;
        dataset.source = CatalogSource::dbt;
        std::map<std::string, std::size_t> known;
        const auto add = [&](const Column& column) {
            const auto [at, fresh] = known.emplace(plain_word(column.name), dataset.columns.size());
            if (fresh) {
                dataset.columns.emplace_back();
                dataset.columns.back().name = column.name;
            }
            CatalogColumn& into = dataset.columns[at->second];
            if (!column.type.empty()) into.type = column.type;
            if (column.not_null) into.nullable = false;
        };
        for (const Column& column : node.columns) add(column);
        // What the warehouse has is what there is.
        if (const auto found = catalog_columns.find(id); found != catalog_columns.end())
            for (const Column& column : found->second) add(column);
        dataset.has_all_columns = catalog_columns.contains(id);
        catalog.counts.columns += static_cast<std::int64_t>(dataset.columns.size());
        dataset_of.emplace(id, catalog.datasets.size());
        catalog.datasets.push_back(std::move(dataset));
    }
    for (const auto& [id, node] : nodes)
        if (node.is_table() && !node.label.empty())
            dataset_of.emplace(id, dataset_of.at(id_of_label.at(node.label)));
    catalog.counts.datasets = static_cast<std::int64_t>(catalog.datasets.size());
}

void DbtArtifacts::State::add_tests(Catalog& catalog) {
    for (const auto& [id, node] : nodes) {
        if (!node.is_test()) continue;
        ++catalog.counts.tests;
        const std::string& on = !node.attached_to.empty() ? node.attached_to
                                : node.needs.size() == 1  ? node.needs.front()
                                                          : node.attached_to;
        const auto dataset = dataset_of.find(on);
        if (dataset == dataset_of.end() || node.test_column.empty()) continue;
        for (CatalogColumn& column : catalog.datasets[dataset->second].columns) {
            if (!same_word(column.name, node.test_column)) continue;
            if (node.test == "not_null") column.nullable = false;
            if (node.test == "unique") column.unique = true;
            if (node.test == "accepted_values" && column.values.empty()) column.values = node.test_values;
        }
    }
}

/// The tables that a node is made of, through what is no table of its own.
std::vector<std::string> DbtArtifacts::State::needs_of(const DbtNode& node) const {
    std::vector<std::string> result, open(node.needs.begin(), node.needs.end());
    std::set<std::string> met;
    while (!open.empty()) {
        const std::string id = std::move(open.back());
        open.pop_back();
        const auto found = nodes.find(id);
        if (!met.insert(id).second || found == nodes.end()) continue;
        if (found->second.is_table())
            result.push_back(id);
        else
            open.insert(open.end(), found->second.needs.begin(), found->second.needs.end());
    }
    std::sort(result.begin(), result.end());
    return result;
}

void DbtArtifacts::State::add_jobs(Catalog& catalog) {
    for (const DbtNode* node : jobs) {
        CatalogJob job;
        job.label = node->id;
        job.title = node->name;
        job.owner = node->owner;
        job.tags = node->tags;
        job.source = CatalogSource::dbt;
        if (node->is_test()) job.tags.insert(job.tags.begin(), "test");
        // A unit test runs on rows of its own.
        for (const std::string& id : node->kind == "unit_test" ? std::vector<std::string>() : needs_of(*node))
            if (const auto found = dataset_of.find(id); found != dataset_of.end())
                job.reads.push_back(found->second);
        std::sort(job.reads.begin(), job.reads.end());
        job.reads.erase(std::unique(job.reads.begin(), job.reads.end()), job.reads.end());
        if (const auto found = dataset_of.find(node->id); found != dataset_of.end())
            job.writes.push_back(found->second);
        catalog.counts.edges += static_cast<std::int64_t>(job.reads.size() + job.writes.size());
        catalog.jobs.push_back(std::move(job));
    }
    catalog.counts.jobs = static_cast<std::int64_t>(catalog.jobs.size());
}

/// Who uses the data, as far as somebody has written it down: dashboards, notebooks, other teams.
void DbtArtifacts::State::add_exposures(Catalog& catalog) const {
    for (const auto& [id, exposure] : exposures) {
        CatalogJob job;
        job.source = CatalogSource::dbt;
        job.is_use = true;
        job.label = id;
        job.title = exposure.name;
        job.owner = exposure.owner;
        job.description = exposure.description;
        job.tags = exposure.tags;
        for (const std::string& table : needs_of(exposure))
            if (const auto found = dataset_of.find(table); found != dataset_of.end())
                job.reads.push_back(found->second);
        std::sort(job.reads.begin(), job.reads.end());
        job.reads.erase(std::unique(job.reads.begin(), job.reads.end()), job.reads.end());
        catalog.there.push_back(id);
        catalog.jobs.push_back(std::move(job));
    }
    catalog.counts.exposures = static_cast<std::int64_t>(exposures.size());
    if (!exposures.empty())
        catalog.assumed.push_back(fmt::format(
            "{} no time and no workers: {} for who uses the data",
            exposures.size() == 1 ? "1 exposure takes" : fmt::format("{} exposures take", exposures.size()),
            exposures.size() == 1 ? "it stands" : "they stand"));
}

/// How old the data of a source may be before dbt calls it an error.
void DbtArtifacts::State::add_freshness(Catalog& catalog) const {
    for (const auto& [id, node] : nodes)
        if (const auto found = dataset_of.find(id); node.freshness > 0 && found != dataset_of.end())
            catalog.promises.push_back({CatalogPromise::Metric::freshness, found->second, node.freshness});
    std::sort(catalog.promises.begin(), catalog.promises.end());
    catalog.promises.erase(std::unique(catalog.promises.begin(), catalog.promises.end()),
                           catalog.promises.end());
    catalog.counts.promises = static_cast<std::int64_t>(catalog.promises.size());
}

void DbtArtifacts::State::add_runs(Catalog& catalog) {
    std::stable_sort(runs.begin(), runs.end(),
                     [](const DbtRun& a, const DbtRun& b) { return a.generated < b.generated; });
    CatalogPipeline& pipeline = catalog.pipelines.front();
    std::int64_t skipped = 0;
    for (const DbtRun& run : runs) {
        ++catalog.counts.runs;
        pipeline.workers = std::max(pipeline.workers, run.threads);
        std::vector<std::pair<std::int64_t, std::size_t>> starts;
        for (const NodeRun& one : run.nodes) {
            const auto found = job_of.find(one.id);
            if (found == job_of.end()) continue;
            CatalogJob& job = catalog.jobs[found->second];
            const bool failed = one.has_failed();
            if (one.duration) {
                (failed ? job.failed_durations : job.durations).push_back(*one.duration);
                ++catalog.counts.usable_durations;
                ++(failed ? job.failed : job.completed);
                catalog.counts.failed_runs += failed;
            } else {
                ++skipped;
            }
            if (one.start != 0) starts.emplace_back(one.start, found->second);
        }
        // Of several runs the newest.
        std::sort(starts.begin(), starts.end());
        for (std::size_t i = 0; i < starts.size(); ++i) catalog.jobs[starts[i].second].rank = i;
    }
    for (CatalogJob& job : catalog.jobs) {
        std::sort(job.durations.begin(), job.durations.end());
        std::sort(job.failed_durations.begin(), job.failed_durations.end());
    }
    if (skipped > 0)
        catalog.notes.push_back(
            fmt::format("{} nodes were skipped or did nothing, and have no duration", skipped));
    if (runs.size() == 1 && runs.front().last > runs.front().first)
        pipeline.recorded_span = runs.front().last - runs.front().first;
    if (pipeline.workers > 0 && !runs.back().threads_are_given)
        catalog.assumed.push_back(fmt::format(
            "{} thread{}: as many as are named in the results, which do not say how many there were",
            pipeline.workers, pipeline.workers == 1 ? "" : "s"));
}

void DbtArtifacts::State::order_by_graph(Catalog& catalog) {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (jobs[i]->kind == "unit_test") continue;  // see order_by_unit_tests()
        // Through nodes that did not run, as dbt's own selection of a part of the graph.
        std::vector<std::string> open(jobs[i]->needs.begin(), jobs[i]->needs.end());
        std::set<std::string> met;
        while (!open.empty()) {
            const std::string id = std::move(open.back());
            open.pop_back();
            if (!met.insert(id).second) continue;
            if (const auto job = job_of.find(id); job != job_of.end()) {
                if (job->second != i) catalog.jobs[i].after.push_back(job->second);
            } else if (const auto found = nodes.find(id); found != nodes.end()) {
                open.insert(open.end(), found->second.needs.begin(), found->second.needs.end());
            }
        }
    }
}

/// In a build a node waits for the tests of all that it is made of.
void DbtArtifacts::State::order_by_tests(Catalog& catalog) {
    const std::size_t count = jobs.size();
    std::vector<std::vector<std::size_t>> before(count), behind(count);
    for (std::size_t i = 0; i < count; ++i)
        for (const std::size_t k : catalog.jobs[i].after) {
            before[i].push_back(k);
            behind[k].push_back(i);
        }
    const auto reachable = [&](std::size_t from, const std::vector<std::vector<std::size_t>>& ways) {
        std::vector<bool> met(count);
        std::vector<std::size_t> open = {from};
        while (!open.empty()) {
            const std::size_t at = open.back();
            open.pop_back();
            for (const std::size_t next : ways[at])
                if (!met[next]) {
                    met[next] = true;
                    open.push_back(next);
                }
        }
        return met;
    };
    for (std::size_t test = 0; test < count; ++test) {
        if (jobs[test]->kind != "test" || before[test].empty()) continue;
        // Those made of everything that the test looks at.
        std::vector<std::size_t> hits(count);
        for (const std::size_t looked_at : before[test]) {
            const std::vector<bool> made_of_it = reachable(looked_at, behind);
            for (std::size_t i = 0; i < count; ++i) hits[i] += made_of_it[i];
        }
        const auto follows = [&](std::size_t i) {
            return !jobs[i]->is_test() && hits[i] == before[test].size();
        };
        for (std::size_t i = 0; i < count; ++i) {
            if (!follows(i)) continue;
            // Its own parents may follow already.
            const bool by_another = std::any_of(before[i].begin(), before[i].end(), follows);
            if (!by_another) catalog.jobs[i].after.push_back(test);
        }
    }
}

/// A unit test runs when what its model is made of is there, and the model after it.
void DbtArtifacts::State::order_by_unit_tests(Catalog& catalog) {
    std::map<std::size_t, std::vector<std::size_t>> of_model;
    for (std::size_t i = 0; i < jobs.size(); ++i)
        if (jobs[i]->kind == "unit_test")
            for (const std::string& id : jobs[i]->needs)
                if (const auto model = job_of.find(id); model != job_of.end())
                    of_model[model->second].push_back(i);
    for (const auto& [model, tests] : of_model)
        for (const std::size_t test : tests) {
            const auto& before = catalog.jobs[model].after;
            catalog.jobs[test].after.insert(catalog.jobs[test].after.end(), before.begin(), before.end());
        }
    for (const auto& [model, tests] : of_model)
        catalog.jobs[model].after.insert(catalog.jobs[model].after.end(), tests.begin(), tests.end());
}

/// What failed and was run again by `dbt retry`, which goes on with the run before it.
void DbtArtifacts::State::find_retries(Catalog& catalog) const {
    struct Tries {
        const NodeRun* failed = nullptr;
        std::int64_t again = 0, pauses = 0;
        double pause = 0;
    };
    std::map<std::size_t, Tries> tries;
    for (const DbtRun& run : runs) {
        if (run.command != "retry")
            for (auto& [job, of] : tries) {
                catalog.jobs[job].given_up += of.failed != nullptr;
                of.failed = nullptr;
                of.again = 0;
            }
        for (const NodeRun& one : run.nodes) {
            const auto found = job_of.find(one.id);
            if (found == job_of.end() || !one.duration) continue;
            Tries& of = tries[found->second];
            CatalogJob& job = catalog.jobs[found->second];
            if (of.failed != nullptr) {
                job.retries = std::max(job.retries, ++of.again);
                const double pause = kernel::to_seconds(one.start - of.failed->start) - *of.failed->duration;
                if (one.start != 0 && of.failed->start != 0 && pause >= 0) {
                    of.pause += pause;
                    ++of.pauses;
                }
            }
            of.failed = one.has_failed() ? &one : nullptr;
        }
    }
    for (const auto& [job, of] : tries) catalog.jobs[job].given_up += of.failed != nullptr;
    for (const auto& [job, of] : tries)
        if (of.pauses > 0) catalog.jobs[job].backoff = of.pause / static_cast<double>(of.pauses);
}

/// What a thread takes between two nodes, where the second one waited for nothing but the thread.
void DbtArtifacts::State::find_release(Catalog& catalog) const {
    if (runs.size() != 1) return;
    struct Span {
        std::int64_t start = 0, end = 0;
    };
    std::map<std::size_t, Span> spans;
    std::map<std::string, std::vector<std::pair<std::int64_t, std::size_t>>> of_thread;
    for (const NodeRun& one : runs.front().nodes) {
        const auto job = job_of.find(one.id);
        if (job == job_of.end() || one.start == 0 || !one.duration) continue;
        spans[job->second] = {one.start, one.start + kernel::from_seconds(*one.duration)};
        of_thread[one.thread].emplace_back(one.start, job->second);
    }
    double sum = 0;
    std::int64_t count = 0;
    for (auto& [thread, jobs_of_it] : of_thread) {
        std::sort(jobs_of_it.begin(), jobs_of_it.end());
        for (std::size_t i = 1; i < jobs_of_it.size(); ++i) {
            const std::int64_t free = spans.at(jobs_of_it[i - 1].second).end;
            const auto& before = catalog.jobs[jobs_of_it[i].second].after;
            const bool ready = std::all_of(before.begin(), before.end(), [&](std::size_t k) {
                const auto span = spans.find(k);
                return span == spans.end() || span->second.end <= free;
            });
            const std::int64_t gap = jobs_of_it[i].first - free;
            if (!ready || gap > kernel::minute) continue;  // a minute is no reaction, but a pause
            sum += static_cast<double>(std::max<std::int64_t>(0, gap));
            ++count;
        }
    }
    // To the microsecond, which is what dbt writes.
    if (count > 0)
        catalog.pipelines.front().release =
            std::llround(sum / static_cast<double>(count) / 1e3) * kernel::microsecond;
}

Catalog DbtArtifacts::State::catalog() {
    Catalog catalog;
    choose_jobs(catalog);
    CatalogPipeline pipeline;
    pipeline.title = project.empty() ? "dbt" : project;
    pipeline.label = pipeline.title;
    pipeline.source = CatalogSource::dbt;
    pipeline.has_all = has_manifest;
    catalog.title = pipeline.title;
    if (has_manifest)
        for (const auto& [id, node] : nodes) catalog.there.push_back(id);
    if (!jobs.empty()) catalog.pipelines.push_back(pipeline);
    add_datasets(catalog);
    add_tests(catalog);
    add_jobs(catalog);
    if (!jobs.empty()) {
        order_by_graph(catalog);
        if (!runs.empty()) add_runs(catalog);
        const bool build =
            std::any_of(runs.begin(), runs.end(), [](const DbtRun& run) { return run.command == "build"; });
        if (build) order_by_tests(catalog);
        order_by_unit_tests(catalog);
        find_retries(catalog);
        find_release(catalog);
    }
    // After all that looks at `jobs`, which are those that run.
    if (!catalog.pipelines.empty()) add_exposures(catalog);
    add_freshness(catalog);
    for (CatalogJob& job : catalog.jobs) {
        std::sort(job.after.begin(), job.after.end());
        job.after.erase(std::unique(job.after.begin(), job.after.end()), job.after.end());
    }
    if (!has_manifest && !runs.empty())
        catalog.notes.emplace_back(
            "no manifest.json: what depends on what is not known, and all nodes may run at once");
    const auto unused = [&](std::int64_t count, const char* what) {
        if (count > 0) catalog.not_used.push_back(fmt::format("{} {}", count, what));
    };
    unused(operations, "operations (hooks at the start and the end of a run)");
    unused(metrics, "metrics");
    unused(semantic_models, "semantic models");
    const std::int64_t idle_tests =
        catalog.counts.tests -
        std::count_if(jobs.begin(), jobs.end(), [](const DbtNode* job) { return job->is_test(); });
    unused(idle_tests, runs.empty() ? "tests: without results of a run they are no tasks"
                                    : "tests that did not run in what was recorded");
    return catalog;
}

Catalog DbtArtifacts::take() {
    Catalog catalog = state_->catalog();
    state_ = std::make_unique<State>();
    return catalog;
}

}  // namespace understudy::formats
