// The traffic equations at work, for traffic.h: what loads bring and stages make of it (traffic_factors.cpp), the flows that
// follow (traffic_flow.cpp), the work that these are (traffic_work.cpp) and what it asks of pools and budgets (traffic.cpp).
// Internal to models/analytic.
#pragma once

#include <Eigen/Core>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/analytic/capacity.h"
#include "models/analytic/flow_equations.h"
#include "models/analytic/traffic.h"
#include "models/analytic/uncertain_flows.h"
#include "models/analytic/values.h"

namespace understudy::models {

/// What a stage does to a flow, as factors; and what spoils exactness.
struct Factors {
    double items = 1, records = 1, bytes = 1, failed = 0;
    std::string caveat;
};

/// The share of the writer's items that go to one of its targets, and of their records and bytes.
struct ShareWritten {
    double items = 1, volume = 1;
    std::string caveat;
    double bytes = volume;
};

class Traffic {
public:
    Traffic(const Scenario& scenario, const ScenarioGraph& graph);
    std::vector<StationForecast> stations() const;
    std::vector<std::vector<double>> items_of_stages() const;

private:
    static constexpr int items = 0, records = 1, bytes = 2, kinds = 3;
    struct Source {
        double rate = 0, records = 1, bytes = 0;
        bool unknown = false;
        std::string caveat;
    };
    /// A stage or task that works.
    struct Worker {
        std::string name;
        const Work* work = nullptr;
        std::size_t stage = SIZE_MAX;      ///< its position, if it is a stage
        double rate = 0;                   ///< items (batches, wholes) per second
        double service_s = 0;              ///< of one attempt, at speed 1
        bool unknown = false;              ///< the rate is not known before a run
        std::string why_unknown;           ///< where it is not for what loads do
        bool sheds = false;                ///< what is too much is lost and does not pile up
        bool endless = false;              ///< what enters goes round and never leaves
        bool behind_endless = false;       ///< and what comes of that gets here
        bool fewer = false, more = false;  ///< come or are served than the equations say
        std::int64_t take = 1;             ///< items that it takes up at once, at most
        std::string caveat;
        std::vector<double> load_shares;  ///< of its items
    };
    /// What all of them together ask of one pool.
    struct Asked {
        std::vector<Demand> demands;
        double rate = 0;
        bool unknown = false, sheds = true, skilled = false;
        bool endless = false, behind_endless = false, fewer = false, more = false;
        std::string why_unknown;
        double budget_load = 0;  ///< of the budget that holds up most of who works there, ...
        std::string budget;      ///< ... which is this
        bool bundles = false;    ///< demands are those of the largest bundles: there may be many more
        std::string caveat;
    };

    double length_s() const { return scenario_.run.length ? kernel::to_seconds(*scenario_.run.length) : 0; }
    Source source_of(const Load& load) const;
    /// The share of what a load, or a stage (at its position), writes that goes `to`, its `target`-th; `of_load`: of which
    /// items.
    ShareWritten share_of_load(std::size_t load, std::size_t target, const Writes::Target& to,
                               const Source& source) const;
    ShareWritten share_of_stage(std::size_t stage, std::size_t target, const Writes::Target& to,
                                std::size_t of_load) const;
    void follow_values();
    /// Sets unknown_streams_ and unknown_stages_.
    void look_for_what_is_unknown();
    Factors factors_of(const Stage& stage, std::size_t position) const;
    double find_parts_per_item() const;
    void solve();
    void solve_once();
    /// Of items, records or bytes, between streams and stages, for what comes from one load.
    std::vector<Passed> ways(int kind, std::size_t of_load);
    /// Of the same, through all streams and stages, for what comes from the loads.
    Eigen::MatrixXd flows(int kind, std::size_t of_load, const Eigen::MatrixXd& sources);
    double items_of_batch(const Stage& stage) const;
    /// How far off the batches and the records per item were that the last solution went by; now they are its own.
    double settle_records();
    void pass_on_what_can_be_done();
    /// By stage, the share of what comes that it can do where all loads of pools and budgets are those of load_; to become
    /// pass_, which it leaves as if nobody were held up.
    std::vector<double> shares_done();
    /// What tasks write to a stream.
    struct Written {
        double items = 0, records = 0, bytes = 0;  ///< per second
        bool unknown = false;
    };
    /// By stream; in the order in which tasks read what others have written. Where that goes round it is not known, nor where
    /// the runs, or what a task reads, are not.
    std::map<std::string, Written> written_by_tasks() const;
    /// What a task reads in a run, with what other tasks write.
    struct ReadByTask {
        double records = 1, bytes = 0;
        bool unknown = false;
    };
    ReadByTask read_by(const Task& task, double runs, const std::map<std::string, Written>& written) const;
    std::vector<Worker> work_of_stages() const;
    std::vector<Worker> work_of_tasks() const;
    std::map<std::string, Asked> asked() const;
    double gets_through(const Worker& worker, const std::string& pool) const;
    std::vector<Worker> all_work() const;
    static std::vector<Need> needs_of(const Worker& worker);
    /// Pools and budgets that it needs.
    static std::vector<std::string> limits_of(const Worker& worker);
    /// What a budget is filled by, per second.
    double refilled(const Budget& budget) const;
    /// By budget, what is spent of it over what it is filled by.
    std::map<std::string, double> budget_loads() const;
    const Workers* workers_of(const std::string& pool) const;
    double mean_of(const Law& law, double batch_items, double mean_records, double mean_bytes,
                   const std::vector<double>& load_shares) const;
    using FieldMean = std::function<double(const std::string&)>;
    double mean_with(const FieldMean& field_mean, const Law& law, double batch_items, double mean_records,
                     double mean_bytes) const;
    double field_mean_at_birth(const std::string& field, const std::vector<double>& load_shares) const;
    double mean_rate(const Arrivals& arrivals) const;
    /// The mean of a law of work over what comes to a stage, and the mean of a field there; `known`: nothing in it is guessed.
    double mean_work(std::size_t stage, const Law& law, double batch_items, double mean_records,
                     double mean_bytes, const std::vector<double>& load_shares, bool& known) const;
    double mean_field(std::size_t stage, const std::string& field,
                      const std::vector<double>& load_shares) const;
    /// What is asked of a pool, with what outages take of it.
    Occupancy occupancy_of(const Workers& workers, const std::vector<Demand>& demands) const;
    double runs_per_second(const Pipeline& pipeline, const std::map<std::string, Written>& written,
                           bool& unknown) const;
    std::size_t row(GraphIndex vertex) const { return rows_.at(vertex); }

    const Scenario& scenario_;
    const ScenarioGraph& graph_;
    std::map<GraphIndex, std::size_t> rows_;  ///< of streams and stages
    Eigen::MatrixXd rate_;                    ///< [row][load]: items per second
    Eigen::VectorXd from_loads_;              ///< [row]: items per second that come straight from loads
    Eigen::MatrixXd unhindered_;              ///< the same, had every stage workers enough
    std::vector<double> pass_;                ///< [stage]: the share of what comes that it can do
    std::map<std::string, double> load_;  ///< by pool and budget: share of what it can do that is asked for
    Eigen::MatrixXd records_, bytes_;     ///< [row][0]: per second
    std::vector<double>
        records_per_item_;             ///< [stage]: of what it sends on, where that decides how it divides
    std::vector<double> batch_items_;  ///< [stage]: in a batch, on average; 1 where there is none
    bool shares_unknown_ = false;      ///< what items go which way is not known before a run
    std::string caveat_;
    std::set<std::string> cancelled_;         ///< stages whose items may be cancelled
    std::set<std::string> fed_by_pipelines_;  ///< stages to which more comes than from loads
    /// Stages to which, or to whose workers, something comes of loads that depend on how fast the system is; and streams to
    /// which such stages write, or those that pipelines feed.
    std::set<std::string> unknown_streams_, unknown_stages_;
    double parts_per_item_ = 1;  ///< the most of any load or stage
    UncertainFlows uncertain_;
    std::set<int> endless_;         ///< rows of a round that some of what enters never leaves
    std::set<int> behind_endless_;  ///< rows behind it
    ValueFlow values_;
};

}  // namespace understudy::models
