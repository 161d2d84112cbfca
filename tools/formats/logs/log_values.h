// Values as logs write them: durations, instants, sizes; and the list of what could not be used.
//
// A value that is "-", empty or not of its kind is nullopt, never a guess. Pure functions, thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "kernel/time.h"
#include "models/recorded_run.h"

namespace understudy::formats {

/// Without spaces at both ends.
std::string_view trimmed(std::string_view text);

/// The same in small letters, as names of columns and states are compared.
std::string plain_word(std::string_view text);

/// No column of that name.
constexpr std::size_t absent = std::numeric_limits<std::size_t>::max();

/// "2h 5m", "1d 3h 2m 1s", "5.8s", "866ms", "00:02:05.5", "PT1H2M3.5S" (ISO 8601, up to weeks), or a plain number of
/// `plain_unit`. At least 0.
std::optional<kernel::Time> log_duration(std::string_view text, kernel::Time plain_unit);

/// "1.2 GB", "512 MB", "16G", "1024", "3.5 GiB": bytes. Units are powers of 1024, as Nextflow and most
/// schedulers mean them; a plain number is of `plain_unit` bytes. At least 0.
std::optional<std::int64_t> log_size(std::string_view text, std::int64_t plain_unit = 1);

/// A plain number, "53.8%" too (then 53.8).
std::optional<double> log_number(std::string_view text);
/// "12,5" as "12.5", in a table whose columns are not separated by commas: one comma between digits, without a point.
std::string with_decimal_point(std::string_view text);

/// "2024-05-01 12:00:00.123", "2024-05-01T12:00:00Z", with "+02:00" or "+0200": nanoseconds since 1970.
/// Without a zone the clock is taken as UTC. Or a plain number of `plain_unit` since 1970 or since any
/// instant; with plain_unit 0 the unit follows from the number: up to 1e11 seconds, up to 1e14 ms, up to 1e17
/// us, else ns.
std::optional<std::int64_t> log_instant(std::string_view text, kernel::Time plain_unit);

/// What such a number is of.
kernel::Time unit_by_size(double number);

/// The same where `text` is a date, and nothing where it is a plain number.
std::optional<std::int64_t> date_instant(std::string_view text);

/// What becomes of tasks that had not ended when their log did.
enum class NotEnded {
    left_out,
    apart,        ///< in RecordedRun::open
    among_tasks,  ///< as LogOptions::unfinished says
};
constexpr const char* not_ended_note = "not ended when the log did: known to have taken longer";

/// Rows of a table that were there before, to the letter.
class RowsSeen {
public:
    /// Was it? From now on it was.
    bool again(const std::vector<std::string>& row);

private:
    std::unordered_set<std::string> rows_;
};
constexpr const char* submitted_late_note = "submitted after it started: when it was submitted is not known";
constexpr const char* repeated_row_note = "rows that repeat another to the letter: taken once";

/// Collects notes of the same text into one with a count and the first line.
class NoteList {
public:
    void add(const std::string& text, std::int64_t line = 0, std::int64_t count = 1);
    /// The same of a task that is not in the run for this reason: counted in left_out() as well.
    void leave_out(const std::string& text, std::int64_t line = 0);
    std::int64_t left_out() const { return left_out_; }
    /// In the order in which they first came up.
    std::vector<models::RecordedRun::Note> take();

private:
    std::vector<models::RecordedRun::Note> notes_;
    std::map<std::string, std::size_t> known_;
    std::int64_t left_out_ = 0;
};

}  // namespace understudy::formats
