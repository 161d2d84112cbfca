#include "tools/formats/catalogs/contract_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tools/formats/catalogs/cron_schedule.h"
#include "tools/formats/catalogs/twin_elements.h"
#include "tools/formats/language/fault.h"
#include "tools/formats/language/schedules.h"
#include "tools/formats/language/values.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

namespace {

void say_once(std::vector<std::string>& lines, std::string line) {
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
}

std::string member_text(const Node& element, std::string_view key) {
    const Entry* entry = element.is_map() ? element.find(key) : nullptr;
    return entry != nullptr && entry->value.is_scalar() ? entry->value.text : "";
}

/// None: people have made it.
std::optional<CatalogSource> source_of(const Node& element) {
    for (const std::string& tag : names_listed(element.is_map() ? element.find("tags") : nullptr))
        if (const auto source = source_named(tag)) return source;
    return std::nullopt;
}
/// Whichever, as long as it is no contract.
constexpr CatalogSource some_source = CatalogSource::openlineage;

bool is_placeholder(const Node& task) { return has_tag(task, {word_for(CatalogSource::odcs)}); }

/// Of a run of a scenario in UTC; 0: it says none.
std::int64_t start_of_run(const Node& twin) {
    const Entry* run = twin.is_map() ? twin.find("run") : nullptr;
    if (run == nullptr || !member_text(run->value, "timezone").empty()) return 0;
    try {
        const std::string start = member_text(run->value, "start");
        return start.empty() ? 0 : read_local_instant(start).ns;
    } catch (const Fault&) {
        return 0;
    }
}

/// A pipeline of the twin: its schedule where that is one by the clock.
CatalogPipeline pipeline_in_twin(const Entry& from, std::int64_t start) {
    CatalogPipeline pipeline;
    pipeline.label = label_of(from.value).empty() ? from.key : label_of(from.value);
    pipeline.title = from.key;
    pipeline.source = source_of(from.value).value_or(some_source);
    pipeline.in_twin = member_text(from.value, "schedule");
    pipeline.first_ns = start;
    if (pipeline.in_twin->empty()) pipeline.in_twin = "once";
    try {
        const models::Schedule schedule = read_schedule(*pipeline.in_twin);
        if (schedule.kind == models::Schedule::Kind::every ||
            schedule.kind == models::Schedule::Kind::calendar) {
            pipeline.schedule = *pipeline.in_twin;
            pipeline.period = shortest_distance(schedule);
        }
    } catch (const Fault&) {  // what a template or a later version has
    }
    return pipeline;
}

struct DatasetsOfTwin {
    std::vector<CatalogDataset> all;
    std::vector<const Entry*> entries;
};

DatasetsOfTwin datasets_of(const Node& twin) {
    DatasetsOfTwin datasets;
    for (const Entry& entry : section_of(twin, "datasets").entries) {
        CatalogDataset dataset;
        dataset.label = label_of(entry.value).empty() ? entry.key : label_of(entry.value);
        dataset.title = entry.key;
        dataset.contract = member_text(entry.value, "contract");
        dataset.source = source_of(entry.value).value_or(some_source);
        datasets.all.push_back(std::move(dataset));
        datasets.entries.push_back(&entry);
    }
    return datasets;
}

/// Which of the twin's datasets each is.
std::vector<std::optional<std::size_t>> tables_in_twin(const std::vector<CatalogDataset>& tables,
                                                       const std::vector<CatalogDataset>& there) {
    std::vector<std::optional<std::size_t>> same = same_datasets(there, tables);
    const auto file = [](const CatalogDataset& one) {
        return std::filesystem::path(one.contract).filename();
    };
    for (std::size_t k = 0; k < tables.size(); ++k) {
        if ((same[k] && there[*same[k]].label == tables[k].label) || tables[k].contract.empty()) continue;
        const auto has_its_contract = [&](const CatalogDataset& one) {
            return !one.contract.empty() && file(one) == file(tables[k]);
        };
        // A contract of several tables tells none of them apart.
        if (std::count_if(tables.begin(), tables.end(), has_its_contract) != 1 ||
            std::count_if(there.begin(), there.end(), has_its_contract) != 1)
            continue;
        const auto one = std::find_if(there.begin(), there.end(), has_its_contract);
        if (one->source == CatalogSource::odcs) continue;
        same[k] = static_cast<std::size_t>(one - there.begin());
    }
    std::map<std::size_t, std::size_t> claims;
    for (const auto& one : same)
        if (one) ++claims[*one];
    for (std::size_t k = 0; k < same.size(); ++k)
        if (same[k] && claims[*same[k]] > 1 && there[*same[k]].label != tables[k].label) same[k].reset();
    return same;
}

/// The contract's word where the twin has none, as in unite(): `told` is of the contract, and empty where the twin's stays.
void keep_twins(std::string& told, const std::string& twins, const std::string& what, Catalog& catalog) {
    if (told.empty() || twins.empty()) return;
    if (told != twins)
        say_once(catalog.not_used, fmt::format("{} '{}' of a contract: the twin has '{}', of another source",
                                               what, told, twins));
    told.clear();
}

void keep_twins(std::optional<bool>& told, const Node& column, const char* key, const std::string& what,
                Catalog& catalog) {
    std::string text = told ? (*told ? "true" : "false") : "";
    keep_twins(text, member_text(column, key), what + " " + key, catalog);
    if (text.empty()) told.reset();
}

/// A table of a contract as a dataset of the twin that another source has made.
void become(CatalogDataset& table, const CatalogDataset& one, const Node& twins, Catalog& catalog) {
    if (!label_of(twins).empty()) table.label = one.label;
    table.source = source_of(twins).value_or(table.source);
    table.has_all_columns = false;
    keep_twins(table.owner, member_text(twins, "owner"), one.title + " owner", catalog);
    keep_twins(table.description, member_text(twins, "description"), one.title + " description", catalog);
    const Entry* columns = twins.is_map() ? twins.find("columns") : nullptr;
    if (columns == nullptr || !columns->value.is_map()) return;
    for (CatalogColumn& column : table.columns)
        for (const Entry& there : columns->value.entries) {
            if (plain_word(there.key) != plain_word(column.name)) continue;
            column.name = there.key;
            const std::string what = one.title + "." + column.name;
            keep_twins(column.type, member_text(there.value, "type"), what + " type", catalog);
            keep_twins(column.nullable, there.value, "nullable", what, catalog);
            keep_twins(column.unique, there.value, "unique", what, catalog);
        }
}

}  // namespace

void use_frequencies(Catalog& catalog) {
    struct Promise {
        kernel::Time period;
        std::string schedule, table;
        std::size_t pipeline;  ///< of the placeholder
        auto operator<=>(const Promise&) const = default;
    };
    std::map<std::size_t, std::set<std::size_t>> writers;  // pipelines of other sources, by dataset
    for (const CatalogJob& job : catalog.jobs)
        if (job.source != CatalogSource::odcs)
            for (const std::size_t dataset : job.writes) writers[dataset].insert(job.pipeline);
    std::map<std::size_t, std::set<Promise>> promised;  // by the pipeline that writes
    for (const CatalogJob& job : catalog.jobs) {
        const CatalogPipeline& placeholder = catalog.pipelines[job.pipeline];
        if (job.source != CatalogSource::odcs || placeholder.schedule.empty()) continue;
        for (const std::size_t dataset : job.writes)
            for (const std::size_t writer : writers[dataset])
                promised[writer].insert({placeholder.period, placeholder.schedule,
                                         catalog.datasets[dataset].label, job.pipeline});
    }
    for (const auto& [writer, promises] : promised) {
        CatalogPipeline& pipeline = catalog.pipelines[writer];
        const bool once = pipeline.schedule.empty() && pipeline.in_twin.value_or("once") == "once";
        if (once) {
            const Promise& first = *promises.begin();
            pipeline.schedule = first.schedule;
            pipeline.period = first.period;
            say_once(catalog.assumed,
                     fmt::format("{} runs {}, as the contract of {} promises: nothing else says how often",
                                 pipeline.label, first.schedule, first.table));
        }
        const std::string& runs = pipeline.schedule.empty() ? *pipeline.in_twin : pipeline.schedule;
        for (const Promise& one : promises) {
            const bool only_how_often = one.schedule.starts_with("every ");
            if (one.schedule == runs || (only_how_often && one.period == pipeline.period)) continue;
            say_once(catalog.not_used, fmt::format("frequency '{}' of the contract of {}: {} runs {}",
                                                   one.schedule, one.table, pipeline.label, runs));
        }
    }
}

void find_contracts_in(const Node& twin, Catalog& catalog, KnownNames& known) {
    const DatasetsOfTwin there = datasets_of(twin);
    std::vector<std::size_t> places;
    std::vector<CatalogDataset> tables;
    std::set<std::string> labels;
    for (std::size_t i = 0; i < catalog.datasets.size(); ++i) {
        labels.insert(catalog.datasets[i].label);
        if (catalog.datasets[i].source != CatalogSource::odcs) continue;
        places.push_back(i);
        tables.push_back(catalog.datasets[i]);
    }
    if (places.empty()) return;
    const auto same = tables_in_twin(tables, there.all);
    std::map<std::string, std::size_t> by_name;  // in the twin: of the catalog
    for (std::size_t k = 0; k < places.size(); ++k) {
        if (!same[k]) continue;
        const CatalogDataset& one = there.all[*same[k]];
        CatalogDataset& table = catalog.datasets[places[k]];
        if (table.label != one.label && labels.contains(one.label)) continue;  // told by its own source
        by_name.emplace(one.title, places[k]);
        if (one.source != CatalogSource::odcs) become(table, one, there.entries[*same[k]]->value, catalog);
        known["dataset"].insert_or_assign(table.label, one.title);
    }
    std::set<std::size_t> written;
    for (const CatalogJob& job : catalog.jobs)
        if (job.source != CatalogSource::odcs) written.insert(job.writes.begin(), job.writes.end());
    std::set<std::string> told;
    for (const CatalogPipeline& pipeline : catalog.pipelines)
        if (pipeline.source != CatalogSource::odcs) told.insert(pipeline.label);
    for (const Entry& from : section_of(twin, "pipelines").entries) {
        CatalogPipeline pipeline = pipeline_in_twin(from, start_of_run(twin));
        // What its own source tells of it counts.
        if (told.contains(pipeline.label)) continue;
        std::vector<CatalogJob> jobs;
        for (const Entry& task : tasks_of(from.value).entries) {
            if (is_placeholder(task.value)) continue;
            CatalogJob job;
            for (const std::string& name : names_listed(task.value.find("writes")))
                if (const auto found = by_name.find(name);
                    found != by_name.end() && !written.contains(found->second))
                    job.writes.push_back(found->second);
            if (job.writes.empty()) continue;
            std::sort(job.writes.begin(), job.writes.end());
            job.label = label_of(task.value).empty() ? task.key : label_of(task.value);
            job.title = task.key;
            job.source = source_of(task.value).value_or(some_source);
            job.pipeline = catalog.pipelines.size();
            job.in_twin = true;
            known["task"].insert_or_assign(pipeline.label + "\n" + job.label, task.key);
            jobs.push_back(std::move(job));
        }
        if (jobs.empty()) continue;
        known["pipeline"].insert_or_assign(pipeline.label, from.key);
        catalog.pipelines.push_back(std::move(pipeline));
        catalog.jobs.insert(catalog.jobs.end(), jobs.begin(), jobs.end());
    }
    use_frequencies(catalog);
}

}  // namespace understudy::formats
