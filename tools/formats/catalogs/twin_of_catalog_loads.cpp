#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/catalogs/promised_objectives.h"
#include "tools/formats/catalogs/recorded_volumes.h"
#include "tools/formats/catalogs/twin_of_catalog.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

constexpr std::int64_t some_monday = std::int64_t{1767571200} * kernel::second;

}  // namespace

models::LocalInstant TwinOfCatalog::midnight_of_start() const {
    const std::int64_t first = first_ns_ != 0 ? first_ns_ : some_monday;
    return {first - ((first % kernel::day) + kernel::day) % kernel::day};
}

Node TwinOfCatalog::loads() {
    struct Reader {
        kernel::Time period = 0;
        std::string schedule;
        const CatalogVolume* volume = nullptr;
        CatalogSource source = CatalogSource::openlineage;
    };
    std::set<std::size_t> written;
    std::map<std::size_t, Reader> readers;
    for (const std::size_t p : pipelines_)
        for (const std::size_t i : of_pipeline_[p]) {
            const CatalogJob& job = c_.jobs[i];
            written.insert(job.writes.begin(), job.writes.end());
            for (const CatalogVolume& volume : job.volumes) {
                if (!reads_[i].contains(volume.dataset)) continue;
                const CatalogPipeline& pipeline = c_.pipelines[p];
                Reader& reader = readers[volume.dataset];
                if (reader.volume == nullptr || reader.schedule.empty() ||
                    (!pipeline.schedule.empty() && pipeline.period < reader.period))
                    reader = {pipeline.period, pipeline.schedule, &volume, job.source};
            }
        }
    ElementNames names(known("load"));
    for (const char* kind : {"dataset", "pipeline", "pool", "other"})
        for (const auto& [label, name] : known(kind)) names.take(name);
    for (const auto* all : {&dataset_names_, &pipeline_names_, &pool_names_, &shared_names_})
        for (const std::string& name : *all)
            if (!name.empty()) names.take(name);
    Node all = Node::map();
    std::size_t without = 0;
    for (const std::size_t dataset : datasets_) {
        const auto found = readers.find(dataset);
        if (found == readers.end() || written.contains(dataset)) continue;
        const Reader& reader = found->second;
        auto load = load_of_volumes(reader.volume->bytes, dataset_names_[dataset], reader.schedule,
                                    midnight_of_start());
        if (!load) {
            ++without;
            continue;
        }
        random_ = random_ || reader.volume->bytes.front() != reader.volume->bytes.back();
        const std::string label = c_.datasets[dataset].label + " (recorded sizes)";
        load->add_text("label", label);
        load->add("tags", Node::texts({word_for(reader.source)}));
        all.add(names.name(label, c_.datasets[dataset].title + " sizes", "load"), std::move(*load));
    }
    if (!all.entries.empty())
        twin_.assumed.push_back(fmt::format(
            "{} dataset{} from outside: once for each run of the most frequent reader as much lands "
            "there as its runs read",
            all.entries.size(), all.entries.size() == 1 ? " comes" : "s come"));
    if (without > 0)
        twin_.not_used.push_back(
            fmt::format("sizes of {} dataset{} from outside: the runs that read {} are not the same time "
                        "apart, or it is not known when they are due",
                        without, without == 1 ? "" : "s", without == 1 ? "it" : "them"));
    return all;
}

Node TwinOfCatalog::run() {
    Node node = Node::map();
    const models::LocalInstant midnight = midnight_of_start();
    constexpr std::int64_t periods = 14, most_runs = 20'000;
    const kernel::Time longest =
        shortest_ <= kernel::never / most_runs ? most_runs * shortest_ : kernel::never;
    const PromisedObjectives promised = objectives_of(c_.promises, promised_datasets(), midnight, longest);
    promises_ = promised.objectives;
    const auto add_all = [](std::vector<std::string>& to, const std::vector<std::string>& lines) {
        to.insert(to.end(), lines.begin(), lines.end());
    };
    add_all(twin_.assumed, promised.assumed);
    add_all(twin_.not_used, promised.not_used);
    if (longest_ == 0) {
        node.add_text("until", "empty");
    } else {
        kernel::Time length = longest_ <= kernel::never / periods / 2 ? periods * longest_ : longest_;
        node.add_text("length", print_duration(std::min(std::max(length, promised.length), longest)));
        node.add_text("start", print_local_instant(midnight));
    }
    // Nothing to repeat where nothing is random, but for promises, which are judged over replications.
    if (!random_ && promises_.empty()) node.add_text("replications", "1");
    return node;
}

std::map<std::size_t, PromisedDataset> TwinOfCatalog::promised_datasets() const {
    std::map<std::size_t, PromisedDataset> datasets;
    for (const CatalogPromise& promise : c_.promises)
        datasets[promise.dataset].name = dataset_names_[promise.dataset];
    for (const std::size_t p : pipelines_) {
        const CatalogPipeline& pipeline = c_.pipelines[p];
        for (const std::size_t i : of_pipeline_[p])
            for (const std::size_t written : c_.jobs[i].writes) {
                const auto found = datasets.find(written);
                if (found == datasets.end()) continue;
                PromisedDataset& dataset = found->second;
                if (dataset.pipelines.empty() || dataset.pipelines.back() != pipeline_names_[p])
                    dataset.pipelines.push_back(pipeline_names_[p]);
                if (!pipeline.schedule.empty()) dataset.schedules.push_back(pipeline.schedule);
            }
    }
    return datasets;
}

}  // namespace understudy::formats
