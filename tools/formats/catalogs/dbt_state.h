// What artifacts of dbt have said so far. Internal to the files of dbt: dbt.cpp reads artifacts into it, dbt_catalog.cpp makes
// the catalog. Not thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/time.h"
#include "tools/formats/catalogs/catalog.h"
#include "tools/formats/catalogs/dbt.h"
#include "tools/formats/catalogs/json_members.h"
#include "tools/formats/logs/dbt_status.h"

namespace understudy::formats {

struct DbtColumn {
    std::string name, type;
    bool not_null = false;
};

/// A node of the manifest, a source, or a node that only results or the catalog know.
struct DbtNode {
    std::string id, kind, name, label, description, owner, materialised;
    std::vector<std::string> tags, needs;
    std::vector<DbtColumn> columns;
    // Of tests: what they say of which column of which node.
    std::string test, test_column, attached_to;
    std::vector<std::string> test_values;
    kernel::Time freshness = 0;  ///< of a source: older than that is an error, or is warned of; 0: not said

    bool is_data() const {
        return kind == "model" || kind == "seed" || kind == "snapshot" || kind == "source";
    }
    bool is_table() const { return is_data() && materialised != "ephemeral"; }
    /// Part of those that refer to it.
    bool is_ephemeral() const { return is_data() && !is_table(); }
    bool is_test() const { return kind == "test" || kind == "unit_test"; }
};

/// What one run says of one node.
struct DbtNodeRun {
    std::string id, status, thread;
    std::optional<double> duration;  ///< seconds
    std::int64_t start = 0;          ///< ns since 1970; 0: not known

    bool has_failed() const { return has_failed_in_dbt(status); }
};

struct DbtRun {
    std::int64_t generated = 0;
    std::string command;
    std::int64_t threads = 0;
    bool threads_are_given = false;
    std::int64_t first = std::numeric_limits<std::int64_t>::max(), last = 0;  ///< ns since 1970
    std::vector<DbtNodeRun> nodes;
};

struct DbtArtifacts::State {
    bool has_manifest = false, has_catalog = false;
    std::string project;
    std::map<std::string, DbtNode> nodes;  ///< with sources, by id
    std::map<std::string, std::string> owner_of_group;
    std::map<std::string, std::vector<DbtColumn>> catalog_columns;
    std::vector<DbtRun> runs;
    std::int64_t empty_results = 0;            ///< of commands that ran nothing
    std::map<std::string, DbtNode> exposures;  ///< by id

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
    void tell_unused(Catalog& catalog) const;
};

// "model.shop.orders" is a model called orders.
inline std::string kind_of_id(std::string_view id) { return std::string(id.substr(0, id.find('.'))); }
inline std::string name_of_id(std::string_view id) { return std::string(id.substr(id.rfind('.') + 1)); }

}  // namespace understudy::formats
