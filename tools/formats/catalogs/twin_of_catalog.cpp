#include "tools/formats/catalogs/twin_of_catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

TwinOfCatalog::TwinOfCatalog(const Catalog& catalog, const KnownNames& known) : c_(catalog), known_(known) {
    twin_.notes = catalog.notes;
    twin_.assumed = catalog.assumed;
    twin_.not_used = catalog.not_used;
}

CatalogTwin TwinOfCatalog::build(const std::string& wanted) {
    if (c_.jobs.empty()) throw std::invalid_argument("a catalog without a job");
    label_pipelines();
    choose_jobs();
    std::string title = wanted;
    if (title.empty() && c_.pipelines.size() == 1) title = c_.pipelines.front().title;
    if (title.empty()) title = c_.title.empty() ? "imported" : c_.title;
    ElementNames none;
    name_ = none.name(title, title, "twin");
    name_elements();
    order_jobs();
    Node root = Node::map();
    root.block = true;
    root.add("understudy", Node::scalar("1"));
    root.add("scenario", Node::scalar(name_));
    root.add("twin", twin());
    if (Node all = loads(); !all.entries.empty()) root.add("load", std::move(all));
    root.add("run", run());
    if (!promises_.empty()) root.add("objectives", Node::texts(promises_));
    if (!measures_.empty()) root.add("measures", Node::texts(measures_));
    const std::string text = write_document(root);
    const ScenarioReading reading = read_scenario(text, "the imported twin");
    if (!reading.scenario || reading.diagnostics.has_errors())
        throw std::logic_error("an imported twin that is no scenario:\n" + reading.diagnostics.show());
    twin_.scenario = *reading.scenario;
    twin_.text = write_scenario(twin_.scenario);
    return std::move(twin_);
}

Node TwinOfCatalog::twin() {
    Node node = Node::map();
    node.block = true;
    Node pools = Node::map(), datasets = Node::map(), pipelines = Node::map();
    for (Node* section : {&pools, &datasets, &pipelines}) section->block = true;
    std::size_t unlimited = 0;
    for (const std::size_t p : pipelines_) {
        if (!has_own_pool(p)) continue;
        Node pool = Node::map();
        const std::int64_t workers = c_.pipelines[p].workers;
        pool.add_text("workers", workers > 0 ? print_count(workers) : "unlimited");
        unlimited += workers == 0;
        if (is_ranked(p)) pool.add_text("order", "priority");
        if (const kernel::Time release = c_.pipelines[p].release; release > 0) {
            pool.add_text("release", print_duration(release));
            twin_.assumed.push_back(
                fmt::format("what a task held comes back {} after its end, the mean of the recording",
                            print_duration(release)));
        }
        pool.add_text("label", pool_label(p));
        pool.add("tags", Node::texts({word_for(c_.pipelines[p].source)}));
        pools.add(pool_names_[p], std::move(pool));
    }
    if (unlimited > 0)
        twin_.assumed.push_back(
            fmt::format("{} pipeline{} as many workers as they ask for: no source says how many there are",
                        unlimited, unlimited == 1 ? " has" : "s have"));
    std::size_t endless = 0;
    for (const std::size_t i : shared_pools_) {
        Node pool = Node::map();
        const CatalogPool& from = c_.pools[i];
        pool.add_text("workers", from.workers > 0 ? print_count(from.workers) : "unlimited");
        endless += from.workers == 0;
        pool.add_text("label", from.label);
        pool.add_text("description", from.description);
        pool.add("tags", Node::texts({word_for(from.source)}));
        pools.add(shared_names_[i], std::move(pool));
    }
    if (endless > 0)
        twin_.assumed.push_back(
            fmt::format("{} pool{} as many workers as are asked for: no source says how many there are",
                        endless, endless == 1 ? " has" : "s have"));
    for (const std::size_t i : datasets_) datasets.add(dataset_names_[i], dataset(c_.datasets[i]));
    for (const std::size_t p : pipelines_) pipelines.add(pipeline_names_[p], pipeline(p));
    if (!pools.entries.empty()) node.add("pools", std::move(pools));
    if (!datasets.entries.empty()) node.add("datasets", std::move(datasets));
    if (!pipelines.entries.empty()) node.add("pipelines", std::move(pipelines));
    say_what_is_not_known();
    return node;
}

std::vector<std::string> TwinOfCatalog::tags(CatalogSource source, const std::vector<std::string>& own) {
    std::vector<std::string> all = {word_for(source)};
    for (const std::string& tag : own)
        if (std::find(all.begin(), all.end(), tag) == all.end()) all.push_back(tag);
    return all;
}

Node TwinOfCatalog::dataset(const CatalogDataset& d) const {
    Node node = Node::map();
    node.add_text("contract", d.contract);
    Node columns = Node::map();
    for (const CatalogColumn& column : d.columns) {
        Node one = Node::map();
        one.add_text("type", column.type);
        if (column.nullable) one.add_text("nullable", *column.nullable ? "true" : "false");
        if (column.unique) one.add_text("unique", *column.unique ? "true" : "false");
        if (!column.values.empty()) one.add("enum", Node::texts(column.values));
        std::vector<std::string> origins;
        for (const ColumnOrigin& origin : column.derives_from)
            origins.push_back(dataset_names_[origin.dataset] + "." + origin.column);
        std::sort(origins.begin(), origins.end());
        if (column.of_nothing || !origins.empty()) one.add("derives_from", Node::texts(origins));
        columns.add(column.name, std::move(one));
    }
    if (!columns.entries.empty()) node.add("columns", std::move(columns));
    node.add_text("label", d.label);
    node.add_text("description", d.description);
    node.add_text("owner", d.owner);
    node.add("tags", Node::texts(tags(d.source, d.tags)));
    return node;
}

}  // namespace understudy::formats
