#include "tools/formats/catalogs/dbt.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "models/knowledge/owners.h"
#include "tools/formats/catalogs/dbt_state.h"
#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/logs/dbt_status.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

namespace {

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

/// `"shop"."public"."orders"` and `shop`.`public`.`orders` without the quotes.
std::string plain_relation(std::string_view relation) {
    std::string plain;
    for (const char c : relation)
        if (c != '"' && c != '`' && c != '[' && c != ']') plain += c;
    return clean_text(plain);
}

/// The names under `key`: one, a list of them, or who has a name, else addresses.
void add_names(const JsonValue& object, std::string_view key, std::vector<std::string>& names) {
    const auto add = [&](std::string name) {
        if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(std::move(name));
    };
    add(text_of(object, key));
    const auto of_person = [&](const JsonValue& person) {
        const std::size_t known = names.size();
        for (const char* part : {"name", "email"})
            if (names.size() == known) add_names(person, part, names);
    };
    for_each(object, key, [&](const JsonValue& one) {
        add(clean_text(raw_text(one)));
        of_person(one);
    });
    if (const auto person = member(object, key)) of_person(*person);
}

std::string owner_in(const JsonValue& object) {
    std::vector<std::string> names;
    add_names(object, "owner", names);
    return models::owners_text(names);
}

std::int64_t instant_of(std::string_view text) { return date_instant(text).value_or(0); }

}  // namespace

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
    // Nodes say what they are, other sections what all in them are. What is no table is there for what it is made of.
    for (const auto& [section, kind] : {std::pair("nodes", ""),
                                        {"sources", "source"},
                                        {"functions", "function"},
                                        {"unit_tests", "unit_test"},
                                        {"metrics", "metric"},
                                        {"semantic_models", "semantic_model"},
                                        {"saved_queries", "saved_query"}})
        for_each_member(artifact, section, [&, kind = kind](std::string_view id, const JsonValue& node) {
            read_node(id, node, kind);
        });
    for_each_member(artifact, "exposures",
                    [&](std::string_view id, const JsonValue& exposure) { read_exposure(id, exposure); });
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
        DbtColumn column{text_of(value, "name"), text_of(value, "data_type")};
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
            std::map<double, DbtColumn> in_order;
            for_each_member(object, "columns", [&](std::string_view name, const JsonValue& value) {
                DbtColumn column{text_of(value, "name"), text_of(value, "type")};
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
        DbtNodeRun one;
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
        const bool ran = has_run_in_dbt(one.status);
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

Catalog DbtArtifacts::take() {
    Catalog catalog = state_->catalog();
    state_ = std::make_unique<State>();
    return catalog;
}

}  // namespace understudy::formats
