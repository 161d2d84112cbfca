// What the parts of the compiler share while they fill one Model. Internal to models/compile.
#pragma once

#include <map>
#include <string>

#include "models/compile/compile.h"

namespace understudy::models {

struct Compiler {
    const Scenario& scenario;
    const ScenarioGraph& graph;
    Problems& problems;
    Model model;
    std::map<std::string, Index> element_by_name;
    std::map<std::string, Index> field_by_name;
    std::map<std::string, std::size_t> skill_by_name = {};
    std::map<std::string, Index> once_by_name = {};  ///< what stays on workers, by its name

    /// The element's index, making it if there is none.
    Index element(const std::string& name, const std::string& kind);
    Element* find(const std::string& name);
    Index number(double value);
    Index law(const Law& law);  ///< `none` for an empty law
    CompiledLaw compiled(const Law& law) const;
    Outlet outlet(const std::string& name, const Writes& writes);
    void set_values(Outlet& outlet, const Writes& writes) const;

    void add_elements();
    void add_fields();
    void add_streams();
    void add_loads();                                                        // compile/flow.cpp
    void add_stages();                                                       // compile/flow.cpp
    void set_emits(StageRow& row, const Emits& emits);                       // compile/flow.cpp
    void add_windows_before();                                               // compile/flow.cpp
    void add_pools();                                                        // compile/resources.cpp
    void add_budgets();                                                      // compile/budgets.cpp
    void add_pipelines();                                                    // compile/pipelines.cpp
    void add_actions();                                                      // compile/actions.cpp
    void add_probes(const std::vector<Measure>&, const std::vector<bool>&);  // compile/probes.cpp

    /// What is promised of latencies and waits is not kept by the survivors of something that is done to the system.
    void charge_overdue();  // compile/probes.cpp

    void add_copies();         // compile/copies.cpp
    void add_initial_state();  // compile/initial_state.cpp
    void add_aged_streams();
    void add_stations();

    void add_links();  // compile/resources.cpp
    /// Lines of their own for the stages or loads of a pool; once all of these are there.
    void add_lines();  // compile/resources.cpp
    /// One bit for each.
    std::uint64_t skills_of(const std::vector<std::string>& names);  // compile/resources.cpp
    void add_outages(PoolRow& row, const Workers& workers);          // compile/resources.cpp
    void fill_work(StageRow& row, const std::string& name, const Work& work, const std::string& own_pool);
    /// A line in front of as many workers as come, for a stage that has none but has to wait.
    void add_line(StageRow& row);                      // compile/budgets.cpp
    void add_spends(StageRow& row, const Work& work);  // compile/budgets.cpp
    Index condition(const Condition& condition);       // compile/conditions.cpp
    /// Who is to look when an element changes.
    void watch(const ActionRow& row, Index action);  // compile/conditions.cpp
    /// The runs of a backfill over [from, until), in which `every` counts from its beginning.
    void add_made_up_runs(ActionRow& row, const Pipeline& pipeline, const Action& action,
                          const std::string& path);  // compile/made_up.cpp
    /// Of one whose time is known: are there runs that have nothing to read?
    void warn_of_nothing_to_read(const ActionRow& row, const std::string& path);  // compile/made_up.cpp
    /// New shares of an outlet, for those of its streams that they name.
    void set_shares(ActionRow& row, Outlet& outlet, const NewValue& to);  // compile/actions.cpp
    Intensity intensity_of(const Profile& profile) const;                 // compile/profiles.cpp
    /// Instants at which the window opens and closes within the run, in turn.
    std::vector<kernel::Time> edges_of(const Measure::Window& window) const;  // compile/profiles.cpp
    /// Starts of the periods of `period` that touch the run: local midnights (or Mondays) for 1d and 1w where
    /// there is a calendar, else multiples.
    std::vector<kernel::Time> period_starts(kernel::Time period) const;  // compile/profiles.cpp
    /// What is `offset` into the period that starts at `start`: by the clock where those are local days or weeks.
    kernel::Time in_period(kernel::Time start, kernel::Time offset,
                           kernel::Time period) const;  // compile/profiles.cpp
    /// Whether it is one of those.
    bool follows_calendar(const std::optional<kernel::Time>& period) const;  // compile/profiles.cpp
    /// The steps of workers whose period does, over the whole run, the first at time 0.
    std::vector<std::pair<kernel::Time, std::int64_t>> laid_out(
        const std::vector<std::pair<kernel::Time, std::int64_t>>& steps,
        kernel::Time period) const;  // compile/profiles.cpp
    /// How far instants are laid out: the run's length, or long enough for any run until empty.
    kernel::Time horizon() const;
};

}  // namespace understudy::models
