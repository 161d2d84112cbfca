// Makes steps of the events of a process log: what begins and ends, in pairs. For the readers of XES and tables.
//
// Transitions go by the standard lifecycle of XES (IEEE 1849, extension Lifecycle), without regard to case:
// - Of an activity of a case, each `complete` ends the `start` that has waited longest, of the same instance where both have
//   one; without a start it is a step without one. An event without a transition is a complete. Where a case has as many
//   starts of an activity as ends, an end that none came before takes a start of the same instant, whichever is listed
//   first.
// - `schedule` hands a step over, and the next start of its activity in its case (without a start, the next end) is of what was
//   handed over first. Whom it is assigned to says nothing of when it came.
// - From `suspend` to `resume` work on a step stands still (WorkStretch).
// - `ate_abort` ends a step that had begun as `complete` does: it took time and held somebody. `pi_abort` does so to all
//   that is open of its case. `withdraw`, `autoskip` and `manualskip` end what was not begun, which is no step; so does an
//   abort that no start came before.
// - Others are counted in a note; only if a log has neither a start nor a complete is every event taken for one that
//   completes.
//
// Instances (`concept:instance`) are gone by only if a start and an end anywhere in the log share one: there are logs that
// number events. Events that are equal word for word are noted, and taken once where they are more than one in ten:
// then the log has been written twice, in whole or in part; a few may well have happened.
// Roles of resources are those of all their events; groups stand for them where the log has no role.
// Starts without an end are counted and no steps; where `unfinished` is asked for, they are kept by themselves, as is each
// `schedule` that no step came of and each end of what was not begun. Memory: 48 bytes an event. Not thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/process_log.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

/// More events than this are refused: what is made of them would not fit into memory.
inline constexpr std::int64_t most_process_events = 20'000'000;
/// More different activities are no activities but texts, numbers or times.
inline constexpr std::size_t most_activities = 10'000;
/// Of one name, and of all names of cases and resources together.
inline constexpr std::size_t longest_name = 4096, most_name_bytes = 1U << 30;

/// Folds a text into a hash of all that a log says of an event.
void add_word(std::uint64_t& hash, std::string_view text);

class ProcessEvents {
public:
    struct Event {
        std::string_view activity, resource;    ///< resource empty: not known
        std::string_view transition;            ///< empty: not said
        std::optional<std::int64_t> starts_ns;  ///< of logs with a line a step
        std::int64_t ns = 0;                    ///< since 1970
        std::int64_t line = 0;
        std::string_view instance = {};          ///< empty: not said
        std::uint64_t word_for_word = 0;         ///< a hash of all that the log says of it, used or not
        std::string_view role = {}, group = {};  ///< of the resource; empty: not said
        std::optional<std::int64_t> submits_ns =
            std::nullopt;  ///< when it was handed over, where its line says so
    };

    explicit ProcessEvents(std::filesystem::path file, bool unfinished = false)
        : file_(std::move(file)), keeps_unfinished_(unfinished) {}
    /// The case of that name, which may come again; an index for `add`.
    std::size_t case_of(std::string_view id);
    /// A case whose name nothing else has: a trace of XES.
    std::size_t new_case(std::string_view id);
    /// The case is called so, as other parts of its log call it; only where `unfinished` is asked for.
    void name_case(std::size_t one, std::string_view id);
    /// Throws FileError if there are too many, of events, activities or names; so do the two above.
    void add(std::size_t one, const Event& event);
    NoteList& notes() { return notes_; }
    /// Throws FileError where nothing was a step.
    models::ProcessLog finish(const std::string& format);

private:
    enum Transition : std::uint8_t {
        complete,
        start,
        both,
        scheduled,
        suspended,
        resumed,
        aborted,
        all_aborted,
        withdrawn,
        other
    };
    static constexpr std::int64_t no_time = INT64_MIN;
    struct Kept {
        std::int64_t ns = 0, starts_ns = 0;
        std::int64_t submits_ns = no_time;
        std::uint64_t word_for_word = 0;
        std::uint32_t activity = 0, resource = models::nobody;
        std::uint32_t instance = 0;  ///< a hash; 0: none
        Transition transition = complete;
    };
    class Case;
    static Transition transition_of(const std::string& word);
    std::uint32_t number_of(std::string_view name, std::unordered_map<std::string, std::uint32_t>& known);
    void keep_name(std::string_view name);
    bool instances_pair() const;
    void count_repeated();
    void keep_role(const Event& event, std::uint32_t resource);
    void set_roles(models::ProcessLog& log, const std::vector<std::uint32_t>& resource);
    void make_steps(std::vector<Kept>& events, models::ProcessCase& into);
    void keep_unfinished(const std::string& one, const Kept& event, models::UnfinishedStep::Told told,
                         std::optional<std::int64_t> submitted_ns = std::nullopt);

    std::filesystem::path file_;
    bool keeps_unfinished_;
    std::vector<models::UnfinishedStep> unfinished_;
    std::vector<models::WorkStretch> stretches_;
    NoteList notes_;
    std::vector<std::string> ids_;
    std::vector<std::vector<Kept>> cases_;
    std::unordered_map<std::string, std::size_t> case_numbers_;
    std::unordered_map<std::string, std::uint32_t> activities_, resources_;
    /// What the log says that resources are, by a kind of words.
    struct Belonging {
        std::unordered_map<std::string, std::uint32_t> names;
        std::set<std::pair<std::uint32_t, std::uint32_t>> of;  ///< resource, name
    };
    Belonging roles_, groups_;
    std::size_t name_bytes_ = 0;
    std::int64_t events_ = 0, standard_ = 0, scheduled_ = 0, between_ = 0, others_ = 0, repeated_ = 0;
    std::int64_t first_other_line_ = 0, first_scheduled_line_ = 0;
    bool use_instances_ = false;
};

}  // namespace understudy::formats
