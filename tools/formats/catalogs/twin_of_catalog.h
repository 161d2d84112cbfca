// A catalog as a scenario: what catalog_twin.h promises, while it is made.
//
// twin_of_catalog.cpp puts it together; twin_of_catalog_names.cpp chooses jobs and names all elements, twin_of_catalog_tasks.cpp
// makes pipelines of them, twin_of_catalog_loads.cpp what comes from outside, how long a run goes on, and what is promised.
//
// Internal to catalog_twin.cpp. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tools/formats/catalogs/catalog_twin.h"
#include "tools/formats/catalogs/promised_objectives.h"

namespace understudy::formats {

class TwinOfCatalog {
public:
    TwinOfCatalog(const Catalog& catalog, const KnownNames& known);

    /// Once.
    CatalogTwin build(const std::string& wanted);

private:
    Node twin();
    static std::vector<std::string> tags(CatalogSource source, const std::vector<std::string>& own);
    Node dataset(const CatalogDataset& d) const;

    // twin_of_catalog_names.cpp
    /// Placeholders of contracts only where nothing else writes what they would.
    void choose_jobs();
    /// Each its own: as its source has it, where that is free.
    void label_pipelines();
    /// Pipelines of jobs without a parent, whose schedule is part of their label, have the label that an earlier import gave
    /// to most of their jobs: a schedule that was moved makes no pipeline anew.
    std::map<std::size_t, std::string> labels_of_jobs() const;
    void name_elements();
    std::string pool_label(std::size_t p) const { return labels_[p] + " (" + pool_word(p) + ")"; }
    /// Workers that no other pipeline has; none where all its jobs are at pools that several may share.
    bool has_own_pool(std::size_t p) const;
    std::string pool_word(std::size_t p) const;
    std::map<std::string, std::string> known(const std::string& kind) const;

    // twin_of_catalog_tasks.cpp
    void order_jobs();
    std::map<std::size_t, std::vector<std::size_t>> writers_among(const std::vector<std::size_t>& jobs) const;
    void break_circles(const std::vector<std::size_t>& jobs);
    Node pipeline(std::size_t p);
    Node task(std::size_t i, std::size_t p, const std::map<std::size_t, std::vector<std::size_t>>& writers,
              std::size_t most);
    bool is_ranked(std::size_t p) const;
    void runs_on(Node& node, const CatalogJob& job, std::size_t p) const;
    /// What its platform is told goes before what was seen of it.
    void add_retry(Node& node, const CatalogJob& job);
    static bool is_tried_again(const CatalogJob& job);
    /// All that is known is that it failed: it is being tried again.
    static bool is_undecided(const CatalogJob& job);
    static bool has_gaps(const CatalogJob& job);
    static double presence(const CatalogJob& job);
    std::string service(const CatalogJob& job);
    std::string service_of_its_runs(const CatalogJob& job);
    std::string law_of(const std::vector<double>& durations);
    void say_what_is_not_known();

    // twin_of_catalog_loads.cpp
    /// What comes from outside, where it was recorded how large it is: as its most frequent reader read it.
    Node loads();
    Node run();
    /// Those of which something is promised.
    std::map<std::size_t, PromisedDataset> promised_datasets() const;
    /// From the midnight before the first of the runs; a Monday where nothing says when.
    models::LocalInstant midnight_of_start() const;

    const Catalog& c_;
    const KnownNames& known_;
    CatalogTwin twin_;
    std::string name_;
    std::vector<std::size_t> datasets_, pipelines_;      ///< in the order of labels
    std::vector<std::vector<std::size_t>> of_pipeline_;  ///< jobs, in the order of labels
    std::vector<std::string> labels_;                    ///< of pipelines, each another
    std::vector<std::string> dataset_names_, pipeline_names_, pool_names_, task_names_;
    std::vector<std::size_t> shared_pools_;  ///< in the order of labels
    std::vector<std::string> shared_names_;
    std::vector<std::set<std::size_t>> reads_, after_;  ///< of jobs, without circles
    std::vector<std::string> promises_, measures_;
    kernel::Time longest_ = 0, shortest_ = 0;
    std::int64_t first_ns_ = 0;
    bool once_ = false, random_ = false;
    std::size_t without_duration_ = 0, fails_after_ = 0, of_one_ = 0, of_several_ = 0, of_failed_ = 0,
                failing_ = 0, retried_ = 0, unlimited_retries_ = 0, undecided_ = 0, allowed_ = 0, told_ = 0,
                with_gaps_ = 0, of_instances_ = 0;
};

}  // namespace understudy::formats
