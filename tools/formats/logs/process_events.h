// Makes steps of the events of a process log: what begins and ends, in pairs. For the readers of XES and tables.
//
// Transitions go by the standard lifecycle of XES, without regard to case: of an activity of a case, each `complete` ends
// the `start` that has waited longest; without one it is a step without a start. An event without a transition is a
// complete. Other transitions are counted in a note; only if a log has neither a start nor a complete is every event taken
// for one that completes. Starts without an end are counted and no steps; where `unfinished` is asked for, they
// are kept by themselves, as is each `schedule`. Memory: 40 bytes an event. Not thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
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

class ProcessEvents {
public:
    struct Event {
        std::string_view activity, resource;    ///< resource empty: not known
        std::string_view transition;            ///< empty: not said
        std::optional<std::int64_t> starts_ns;  ///< of logs with a line a step
        std::int64_t ns = 0;                    ///< since 1970
        std::int64_t line = 0;
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
    enum Transition : std::uint8_t { complete, start, both, scheduled, other };
    struct Kept {
        std::int64_t ns = 0, starts_ns = 0;
        std::uint32_t activity = 0, resource = models::nobody;
        Transition transition = complete;
    };
    std::uint32_t number_of(std::string_view name, std::unordered_map<std::string, std::uint32_t>& known);
    void keep_name(std::string_view name);
    void make_steps(std::vector<Kept>& events, models::ProcessCase& into);
    void keep_unfinished(const std::string& one, const Kept& event);

    std::filesystem::path file_;
    bool keeps_unfinished_;
    std::vector<models::UnfinishedStep> unfinished_;
    NoteList notes_;
    std::vector<std::string> ids_;
    std::vector<std::vector<Kept>> cases_;
    std::unordered_map<std::string, std::size_t> case_numbers_;
    std::unordered_map<std::string, std::uint32_t> activities_, resources_;
    std::size_t name_bytes_ = 0;
    std::int64_t events_ = 0, standard_ = 0, others_ = 0, first_other_line_ = 0;
};

}  // namespace understudy::formats
