#include "tools/formats/logs/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "models/replay/local_dates.h"
#include "tools/formats/catalogs/airflow_values.h"
#include "tools/formats/logs/date_zones.h"
#include "tools/formats/logs/delimited.h"
#include "tools/formats/logs/log_problems.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/missing_values.h"
#include "tools/formats/logs/nextflow.h"
#include "tools/formats/logs/recorded_cycles.h"

namespace understudy::formats {

namespace {

using kernel::Time;

enum Field : std::size_t {
    id,
    name,
    process,
    tag,
    workflow,
    node,
    pool,
    submitted,
    started,
    completed,
    duration,
    realtime,
    cpus,
    memory,
    read_bytes,
    written_bytes,
    cpu_percent,
    attempt,
    status,
    parents,
    run,
    field_count
};

struct PlainUnit {
    std::string_view word;
    std::int64_t value;  ///< in ns, or bytes
};
constexpr std::array<PlainUnit, 13> time_units = {{{"ms", kernel::millisecond},
                                                   {"millis", kernel::millisecond},
                                                   {"us", kernel::microsecond},
                                                   {"ns", kernel::nanosecond},
                                                   {"s", kernel::second},
                                                   {"sec", kernel::second},
                                                   {"secs", kernel::second},
                                                   {"seconds", kernel::second},
                                                   {"min", kernel::minute},
                                                   {"minutes", kernel::minute},
                                                   {"h", kernel::hour},
                                                   {"hours", kernel::hour},
                                                   {"d", kernel::day}}};
/// Powers of 1024 whatever the spelling, as log_size() reads them.
constexpr std::array<PlainUnit, 18> size_units = {{{"b", 1},
                                                   {"byte", 1},
                                                   {"bytes", 1},
                                                   {"k", 1LL << 10},
                                                   {"kb", 1LL << 10},
                                                   {"kib", 1LL << 10},
                                                   {"kbytes", 1LL << 10},
                                                   {"m", 1LL << 20},
                                                   {"mb", 1LL << 20},
                                                   {"mib", 1LL << 20},
                                                   {"mbytes", 1LL << 20},
                                                   {"g", 1LL << 30},
                                                   {"gb", 1LL << 30},
                                                   {"gib", 1LL << 30},
                                                   {"gbytes", 1LL << 30},
                                                   {"t", 1LL << 40},
                                                   {"tb", 1LL << 40},
                                                   {"tib", 1LL << 40}}};

/// What a column's name ends with, and how long the name is without it and what separates it.
struct Ending {
    std::int64_t unit = 0;  ///< 0: none
    std::size_t stem = 0;
};

/// "start_ms", "took (s)", "RAM [GB]".
template <class Units>
Ending ending_of(const std::string& name, const Units& units) {
    const std::size_t last = name.find_last_not_of(" )]");
    if (last == std::string::npos) return {0, name.size()};
    for (const PlainUnit& unit : units) {
        if (last < unit.word.size()) continue;  // nothing in front of it
        const std::size_t begin = last + 1 - unit.word.size();
        if (name.compare(begin, unit.word.size(), unit.word) != 0 ||
            std::isalnum(static_cast<unsigned char>(name[begin - 1])) != 0)
            continue;
        const std::size_t stem = name.find_last_not_of(" ([_-.", begin - 1);
        return {unit.value, stem == std::string::npos ? 0 : stem + 1};
    }
    return {0, name.size()};
}

enum class Measured { nothing, time, size };

Measured measured(std::size_t field) {
    switch (field) {
        case submitted:
        case started:
        case completed:
        case duration:
        case realtime: return Measured::time;
        case memory:
        case read_bytes:
        case written_bytes: return Measured::size;
        default: return Measured::nothing;
    }
}

/// The unit that the name of a field's column ends with, in ns or bytes, 0 for none; and the name before it.
Ending ending_of(std::size_t field, const std::string& name) {
    switch (measured(field)) {
        case Measured::time: return ending_of(name, time_units);
        case Measured::size: return ending_of(name, size_units);
        case Measured::nothing: break;
    }
    return {0, name.size()};
}

/// Other words for our fields, in small letters, the likeliest first.
struct OtherWords {
    Field field;
    std::array<std::string_view, 12> words;
};
constexpr std::array<OtherWords, 15> other_words = {
    {{submitted,
      {"submit", "submit_time", "submitted_at", "submission", "queued", "queued_at", "queued_dttm"}},
     {started,
      {"start", "start_time", "started_at", "starttime", "begin", "begin_time", "began", "begin_at",
       "started_time", "start_date"}},
     {completed,
      {"complete", "completed_at", "end", "end_time", "endtime", "ended", "ended_at", "finish", "finished",
       "finish_time", "end_date"}},
     {duration, {"took", "elapsed", "runtime", "run_time"}},
     {cpus, {"cores", "ncpus", "n_cpus", "num_cpus"}},
     {memory, {"mem", "ram", "peak_rss", "max_rss", "maxrss", "rss"}},
     {node, {"host", "hostname", "machine"}},
     {workflow, {"dag_id", "dag", "workflow_id", "pipeline"}},
     {pool, {"queue", "partition"}},
     {id, {"task_id", "job_id", "jobid"}},
     {name, {"task", "job", "task_name", "job_name"}},
     {parents, {"depends_on", "dependencies", "waits_for"}},
     {attempt, {"try_number"}},
     {run, {"run_id", "dag_run_id", "logical_date", "execution_date"}},
     {status, {"state"}}}};

/// A column's name in small letters as it is, and then "startedAt" as "started_at".
std::array<std::string, 2> words_of(std::string_view column) {
    std::string apart;
    for (std::size_t i = 0; i < column.size(); ++i) {
        const auto is = [&](std::size_t at, int (*kind)(int)) {
            return kind(static_cast<unsigned char>(column[at])) != 0;
        };
        if (i > 0 && is(i, std::isupper) && is(i - 1, std::islower)) apart += '_';
        apart += column[i];
    }
    return {plain_word(column), plain_word(apart)};
}

/// The unit that the name of a field's column says; 0: none.
std::int64_t unit_of(std::size_t field, std::string_view column) {
    const auto words = words_of(column);
    const Ending plain = ending_of(field, words[0]);
    return plain.unit != 0 ? plain.unit : ending_of(field, words[1]).unit;
}

/// The field that a word means, ours or another's.
std::optional<std::size_t> field_named(const std::string& word) {
    const auto known = std::find(csv_fields().begin(), csv_fields().end(), word);
    if (known != csv_fields().end()) return static_cast<std::size_t>(known - csv_fields().begin());
    for (const OtherWords& other : other_words)
        for (const std::string_view theirs : other.words)
            if (!theirs.empty() && theirs == word) return other.field;
    return std::nullopt;
}

enum class Outcome { completed, failed, never_ran, unknown };

Outcome outcome(std::string_view text) {
    const std::string word = plain_word(text);
    for (const std::string_view good : {"", "ok", "completed", "complete", "success", "successful",
                                        "succeeded", "done", "finished", "passed", "0", "-"})
        if (word == good) return Outcome::completed;
    for (const std::string_view bad : {"failed", "fail", "failure", "error", "aborted", "killed", "timeout",
                                       "interrupted", "cancelled", "canceled"})
        if (word == bad) return Outcome::failed;
    // As `import` takes them: Airflow stamps instants on what never ran all the same.
    switch (airflow_outcome(word)) {
        case AirflowOutcome::completed: return Outcome::completed;
        case AirflowOutcome::failed: return Outcome::failed;
        case AirflowOutcome::never: return Outcome::never_ran;
        case AirflowOutcome::open:
        case AirflowOutcome::unknown: break;
    }
    const auto number = log_number(word);
    if (number && *number == std::floor(*number)) return Outcome::failed;
    return Outcome::unknown;
}

class TableReader {
public:
    /// `exported`: by `understudy trace`, whose rows have no names of their own and count workers by pool.
    TableReader(Input& input, char separator, const std::vector<std::string>& header,
                const std::map<std::string, std::string>& columns, bool exported, NotEnded not_ended,
                std::string zone)
        : input_(input),
          separator_(separator),
          width_(header.size()),
          exported_(exported),
          not_ended_(not_ended),
          unfinished_(not_ended == NotEnded::among_tasks),
          problems_(input.file()),
          zone_(std::move(zone)) {
        places_.fill(absent);
        units_.fill(0);
        for (const auto& [field, column] : columns) {
            const std::optional<std::size_t> known = field_named(plain_word(field));
            if (!known)
                throw FileError(
                    input.file(),
                    fmt::format("the mapping names a field `{}` that we do not know; fields are {}", field,
                                fmt::join(csv_fields(), ", ")));
            const auto at = std::find_if(header.begin(), header.end(), [&](const std::string& title) {
                return trimmed(title) == trimmed(column);
            });
            if (at == header.end())
                throw FileError(
                    input.file(),
                    fmt::format("lacks the column `{}` that the mapping gives for `{}`; columns are {}",
                                column, field, fmt::join(header, ", ")));
            if (places_[*known] != absent)
                throw FileError(input.file(),
                                fmt::format("the mapping gives two columns for `{}`: `{}` is the second",
                                            csv_fields()[*known], column));
            places_[*known] = static_cast<std::size_t>(at - header.begin());
            units_[*known] = unit_of(*known, *at);
            titles_[*known] = *at;
        }
        if (!has(duration) && !has(realtime) && !(has(started) && has(completed)))
            throw FileError(input.file(),
                            "lacks the times: map `started` and `completed`, or `duration`, to its columns");
        if (!has(id) && !has(name) && !has(process))
            throw FileError(input.file(),
                            "lacks what tells tasks apart: map `id`, `name` or `process` to a column");
    }

    models::RecordedRun read() {
        DelimitedReader rows(input_, separator_, Quoting::rfc4180);
        std::vector<std::string> row;
        bool any = false;
        while (rows.next(row)) {
            any = true;
            if (rows.broken())
                notes_.leave_out("line too long, or its quote never closes: left out", rows.line());
            else if (row.size() != width_)
                notes_.leave_out("number of fields differs from the header: left out", rows.line());
            else
                take(row, rows.line());
            if (run_.tasks.size() > most_recorded_tasks)
                throw FileError(input_.file(), fmt::format("has more than {} tasks; replay a part of it",
                                                           most_recorded_tasks));
            // Of a pipe or a device without an end nothing else would ever come.
            if (problems_.full()) break;
            if (run_.tasks.empty() && notes_.left_out() > static_cast<std::int64_t>(most_recorded_tasks))
                break;
        }
        if (input_.ended_early())
            notes_.add("the compressed file breaks off; what was there is read", input_.line_number());
        problems_.refuse();
        if (run_.tasks.empty()) {
            std::string why;
            for (const auto& note : notes_.take())
                why += fmt::format("{} {} ({} from line {} on)", why.empty() ? ":" : ",", note.text,
                                   note.count, note.first_line);
            throw FileError(input_.file(), (any ? "none of its rows is a task with times" + why
                                                : "has a header, and no row") +
                                               (input_.ended_early() ? cut_file : ""));
        }
        finish();
        return std::move(run_);
    }

private:
    bool has(Field field) const { return places_[field] != absent; }
    std::string_view text(const std::vector<std::string>& row, Field field) const {
        return has(field) ? trimmed(row[places_[field]]) : std::string_view();
    }
    std::optional<Time> instant(const std::vector<std::string>& row, Field field) {
        const std::string value = number_text(text(row, field));
        const auto found = log_instant(value, units_[field]);
        if (found) dates_.add(value);
        if (found && units_[field] == 0 && !date_instant(value)) ++guessed_instants_;
        return found;
    }
    /// "12,5" as "12.5": where columns are not separated by commas, one between digits is a decimal one.
    std::string number_text(std::string_view value) {
        std::string plain = with_decimal_point(value);
        if (plain != value) ++decimal_commas_;
        return plain;
    }
    std::string with_decimal_point(std::string_view value) const {
        std::string plain(value);
        const std::size_t comma = plain.find(',');
        if (separator_ == ',' || comma == 0 || comma + 1 >= plain.size() || comma != plain.rfind(',') ||
            plain.find('.') != std::string::npos ||
            std::isdigit(static_cast<unsigned char>(plain[comma - 1])) == 0 ||
            std::isdigit(static_cast<unsigned char>(plain[comma + 1])) == 0)
            return plain;
        plain[comma] = '.';
        return plain;
    }
    std::optional<Time> length(const std::vector<std::string>& row, Field field) {
        const std::string value = number_text(text(row, field));
        const auto found = log_duration(value, units_[field] == 0 ? kernel::second : units_[field]);
        if (found && units_[field] == 0 && log_number(value)) without_unit_.insert(field);
        return found;
    }
    std::optional<std::int64_t> size(const std::vector<std::string>& row, Field field) {
        return log_size(number_text(text(row, field)), units_[field] == 0 ? 1 : units_[field]);
    }
    /// Of plain numbers whose unit follows from their size: of one row they are of one unit.
    bool of_one_unit(const std::vector<std::string>& row) const {
        std::optional<Time> unit;
        for (const Field field : {submitted, started, completed}) {
            const std::string value = with_decimal_point(text(row, field));
            if (units_[field] != 0 || date_instant(value)) continue;
            const auto number = log_number(value);
            if (!number || *number == 0) continue;
            const Time its = unit_by_size(*number);
            if (unit && *unit != its) return false;
            unit = its;
        }
        return true;
    }

    void take(const std::vector<std::string>& row, std::int64_t line) {
        models::RecordedTask task;
        if (!of_one_unit(row)) {
            problems_.add(line, 0,
                          "the instants are numbers of different units by their size; correct them, or say "
                          "the unit in the names of the columns (`end_ms`)");
            return;
        }
        const bool says_no_end = says_nothing(text(row, completed));
        bool goes_on = false;
        switch (outcome(text(row, status))) {
            case Outcome::completed: {
                const std::string_view word = text(row, status);
                goes_on = says_no_end && (word.empty() || word == "-") && text(row, duration).empty() &&
                          text(row, realtime).empty();
                break;
            }
            case Outcome::failed: task.failed = true; break;
            case Outcome::never_ran:
                return pass_over(row, "never ran (skipped, upstream_failed): left out", line);
            case Outcome::unknown:
                goes_on = says_no_end;
                if (goes_on && not_ended_ != NotEnded::left_out) break;
                return pass_over(row, "neither completed nor failed: left out", line);
        }
        task.submitted = instant(row, submitted);
        task.started = instant(row, started);
        task.completed = instant(row, completed);
        // Who takes a row without the instant that it says takes its task for one of no time and place.
        for (const auto& [field, found] :
             {std::pair(submitted, &task.submitted), {started, &task.started}, {completed, &task.completed}})
            if (!*found && !says_nothing(text(row, field)))
                return pass_over(row, no_instant_note(titles_[field]), line);
        if (task.submitted && task.started && *task.submitted > *task.started) {
            notes_.add("submitted after it started: when it was submitted is not known", line);
            task.submitted.reset();
        }
        task.realtime = length(row, realtime);
        const auto whole = length(row, duration);
        if (task.started && !task.completed && whole) task.completed = *task.started + *whole;
        if (task.completed && !task.started && whole) task.started = *task.completed - *whole;
        if (!task.realtime && whole) task.realtime = whole;
        const bool open = goes_on && not_ended_ == NotEnded::apart && (task.submitted || task.started);
        const bool usable = open || unfinished_ ? task.submitted || task.started || task.completed
                                                : (task.started && task.completed) || task.realtime;
        if (!usable) {
            return pass_over(row, "without any usable time: left out", line);
        }
        if (task.started && task.completed && *task.completed < *task.started) {
            return pass_over(row, "completed before it started: left out", line);
        }
        if (!unfinished_ && (task.submitted || task.started || task.completed) &&
            (exported_ || !text(row, id).empty() || !text(row, run).empty()) && rows_.again(row)) {
            notes_.add(repeated_row_note, line);
            return;
        }
        task.id = std::string(text(row, id));
        task.workflow = std::string(text(row, workflow));
        task.name = std::string(text(row, name));
        task.process = std::string(text(row, process));
        task.run = std::string(text(row, run));
        task.tag = std::string(text(row, tag));
        task.node = std::string(text(row, node));
        task.pool = std::string(text(row, pool));
        if (task.node == "-") task.node.clear();
        if (task.pool == "-") task.pool.clear();
        if (exported_) {
            task.name = fmt::format("{} ({})", task.process, task.tag);
            if (!unfinished_) task.id = fmt::format("{}", run_.tasks.size() + 1);
            if (!task.node.empty() && !task.pool.empty()) task.node = task.pool + "-" + task.node;
        }
        if (task.name.empty()) task.name = !task.id.empty() ? task.id : task.process;
        if (task.process.empty()) task.process = task.name;
        if (task.process.empty()) {
            notes_.leave_out("without id, name and process: left out", line);
            return;
        }
        needs(row, task, line);
        // Of a pipeline's run each task is there once.
        if (task.id.empty()) task.id = task.run;
        if (unfinished_) {
            run_.tasks.push_back(std::move(task));
            return;
        }
        if (open) {
            notes_.add(not_ended_note, line);
            // What it took until then is no duration.
            task.completed.reset();
            task.realtime.reset();
            run_.open.push_back(std::move(task));
            return;
        }
        if (!has(id)) {
            task.id = task.name;
            for (const std::string* above : {&task.run, &task.workflow})
                if (!above->empty()) task.id = fmt::format("{}/{}", *above, task.id);
        }
        if (task.id.empty()) task.id = task.name;
        const auto [known, fresh] = ids_.emplace(task.id, static_cast<std::uint32_t>(run_.tasks.size()));
        if (!fresh) {
            notes_.add("id occurs again: told apart by #2, #3, ...", line);
            int& number = repeats_[task.id];
            std::string other;
            do other = fmt::format("{}#{}", task.id, ++number + 1);
            while (!ids_.emplace(other, static_cast<std::uint32_t>(run_.tasks.size())).second);
            task.id = std::move(other);
        }
        if (has(parents)) {
            const std::string_view list = text(row, parents);
            if (!list.empty() && list != "-")
                waiting_.emplace_back(static_cast<std::uint32_t>(run_.tasks.size()), std::string(list));
        }
        run_.tasks.push_back(std::move(task));
    }

    /// Leaves the row out; who waits for it will wait for what it waited for.
    void pass_over(const std::vector<std::string>& row, const std::string& why, std::int64_t line) {
        notes_.leave_out(why, line);
        if (unfinished_ || !has(parents)) return;
        std::string title(text(row, id));
        if (title.empty()) title = text(row, name);
        const std::string_view list = text(row, parents);
        if (!title.empty()) passed_over_.emplace(std::move(title), list == "-" ? "" : list);
    }

    void needs(const std::vector<std::string>& row, models::RecordedTask& task, std::int64_t line) {
        if (const std::string_view value = text(row, cpus); !value.empty()) {
            const auto cores = log_number(value);
            if (cores && *cores > 0 && *cores <= 1e6)
                task.cpus = *cores;
            else
                notes_.add("cpus not understood: taken as 1", line);
        }
        if (const std::string_view value = text(row, memory); !value.empty()) {
            if (const auto bytes = size(row, memory))
                task.memory_bytes = *bytes;
            else if (value != "-")
                notes_.add("memory not understood: taken as unknown", line);
        }
        task.read_bytes = size(row, read_bytes).value_or(0);
        task.write_bytes = size(row, written_bytes).value_or(0);
        task.cpu_percent = std::max(0.0, log_number(text(row, cpu_percent)).value_or(0));
        const auto number = log_number(text(row, attempt));
        task.attempt = number && *number >= 1 && *number < 1e6 ? static_cast<int>(*number) : 1;
    }

    /// Calls `use` with each name of a list of parents.
    template <typename Use>
    static void each_parent(std::string_view list, Use use) {
        const char separator = list.find(';') != std::string_view::npos   ? ';'
                               : list.find('|') != std::string_view::npos ? '|'
                                                                          : ',';
        while (!list.empty()) {
            const std::size_t end = list.find(separator);
            const std::string_view parent = trimmed(list.substr(0, end));
            list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
            if (!parent.empty()) use(std::string(parent));
        }
    }

    void link() {
        for (const auto& [index, list] : waiting_) {
            std::vector<std::string> open;
            std::set<std::string> seen;
            each_parent(list, [&](std::string parent) { open.push_back(std::move(parent)); });
            while (!open.empty()) {
                const std::string parent = std::move(open.back());
                open.pop_back();
                const auto at = ids_.find(parent);
                if (at != ids_.end()) {
                    if (at->second != index) run_.tasks[index].parents.push_back(at->second);
                    continue;
                }
                const auto over = passed_over_.find(parent);
                if (over == passed_over_.end()) {
                    notes_.add("parents that the table does not have: left out");
                } else if (seen.insert(parent).second) {
                    notes_.add("parents that are left out: what they waited for is waited for instead");
                    each_parent(over->second, [&](std::string before) { open.push_back(std::move(before)); });
                }
            }
            std::vector<std::uint32_t>& found = run_.tasks[index].parents;
            std::sort(found.begin(), found.end());
            found.erase(std::unique(found.begin(), found.end()), found.end());
        }
        run_.has_dependencies = has(parents);
        refuse_cycles(run_, input_.file());
    }

    void finish() {
        run_.format = "csv";
        run_.source = input_.file().string();
        link();
        std::optional<Time> first_submission, first;
        bool seconds = true, milliseconds = true;
        for (const models::RecordedTask& task : run_.tasks) {
            if (task.submitted)
                first_submission = std::min(first_submission.value_or(*task.submitted), *task.submitted);
            for (const auto& instant : {task.submitted, task.started, task.completed}) {
                if (!instant) continue;
                first = std::min(first.value_or(*instant), *instant);
                seconds = seconds && *instant % kernel::second == 0;
                milliseconds = milliseconds && *instant % kernel::millisecond == 0;
            }
        }
        const Time zero = first_submission.value_or(first.value_or(0));
        // Instants that small do not count from 1970.
        run_.epoch_ns = unfinished_ || zero > 100 * kernel::day ? zero : 0;
        if (dates_.mixed())
            notes_.add("some dates say their zone and some do not: these are taken as of UTC");
        if (!first)  // durations alone
            for (const models::RecordedTask& task : run_.tasks) {
                seconds = seconds && task.realtime.value_or(0) % kernel::second == 0;
                milliseconds = milliseconds && task.realtime.value_or(0) % kernel::millisecond == 0;
            }
        run_.resolution = seconds ? kernel::second : milliseconds ? kernel::millisecond : kernel::nanosecond;
        std::map<std::string, bool> nodes;
        for (std::vector<models::RecordedTask>* tasks : {&run_.tasks, &run_.open})
            for (models::RecordedTask& task : *tasks)
                for (std::optional<Time>* instant : {&task.submitted, &task.started, &task.completed})
                    if (*instant) **instant -= zero;
        for (const models::RecordedTask& task : run_.tasks)
            if (!task.node.empty()) nodes[task.node] = true;
        for (const auto& [title, seen] : nodes) {
            models::RecordedNode machine;
            machine.name = title;
            run_.nodes.push_back(std::move(machine));
        }
        const auto nowhere =
            std::count_if(run_.tasks.begin(), run_.tasks.end(), [](const models::RecordedTask& task) {
                return !task.submitted && !task.started && !task.completed;
            });
        if (first && nowhere > 0)
            notes_.add("with a duration and no instant: when they ran is not known", 0, nowhere);
        if (guessed_instants_ > 0)
            notes_.add("instants are plain numbers: their unit is taken by their size", 0, guessed_instants_);
        for (const std::size_t field : without_unit_)
            notes_.add(fmt::format("plain numbers of `{}` are taken as seconds", titles_[field]));
        if (decimal_commas_ > 0)
            notes_.add("a comma within a number is taken as a decimal one", 0, decimal_commas_);
        if (has(memory) && units_[memory] > 1)
            notes_.add(fmt::format("plain numbers of `{}` are taken as {} (powers of 1024)", titles_[memory],
                                   units_[memory] == 1LL << 10   ? "KiB"
                                   : units_[memory] == 1LL << 20 ? "MiB"
                                   : units_[memory] == 1LL << 30 ? "GiB"
                                                                 : "TiB"));
        if (dates_.local() && !zone_.empty()) models::LocalDates(zone_).move(run_);
        run_.left_out = notes_.left_out();
        run_.notes = notes_.take();
    }

    Input& input_;
    char separator_;
    std::size_t width_;
    bool exported_;
    NotEnded not_ended_;
    bool unfinished_;
    std::array<std::size_t, field_count> places_ = {};
    std::array<std::int64_t, field_count> units_ = {};  ///< ns or bytes; 0: the name of the column says none
    models::RecordedRun run_;
    NoteList notes_;
    std::unordered_map<std::string, std::uint32_t> ids_;
    std::unordered_map<std::string, int> repeats_;
    std::unordered_map<std::string, std::string> passed_over_;  ///< rows left out: their parents
    std::vector<std::pair<std::uint32_t, std::string>> waiting_;
    std::int64_t guessed_instants_ = 0, decimal_commas_ = 0;
    LogProblemList problems_;
    DateZones dates_;
    std::string zone_;                             ///< of dates that say none; empty: UTC
    std::array<std::string, field_count> titles_;  ///< of the columns
    std::set<std::size_t> without_unit_;  ///< durations that were plain numbers and were taken as seconds
    RowsSeen rows_;
};

}  // namespace

const std::vector<std::string>& csv_fields() {
    static const std::vector<std::string> names = {
        "id",        "name",    "process",     "tag",      "workflow", "node",    "pool",
        "submitted", "started", "completed",   "duration", "realtime", "cpus",    "memory",
        "read",      "written", "cpu_percent", "attempt",  "status",   "parents", "run"};
    return names;
}

namespace {

/// Of the plain CSV of `understudy trace`; empty for any other table.
std::map<std::string, std::string> exported_columns(const std::vector<std::string>& header) {
    const auto has = [&](std::string_view title) {
        return std::any_of(header.begin(), header.end(),
                           [&](const std::string& column) { return trimmed(column) == title; });
    };
    for (const std::string_view title : {"item", "element", "enter_ns", "start_ns", "complete_ns"})
        if (!has(title)) return {};
    std::map<std::string, std::string> columns = {{"tag", "item"},
                                                  {"process", "element"},
                                                  {"submitted", "enter_ns"},
                                                  {"started", "start_ns"},
                                                  {"completed", "complete_ns"}};
    for (const auto& [field, title] : {std::pair{"attempt", "attempt"},
                                       {"node", "worker"},
                                       {"status", "status"},
                                       {"pool", "pool"},
                                       {"cpus", "cpus"},
                                       {"memory", "memory"}})
        if (has(title)) columns.emplace(field, title);
    return columns;
}

}  // namespace

std::map<std::string, std::string> own_columns(const std::vector<std::string>& header) {
    if (auto exported = exported_columns(header); !exported.empty()) return exported;
    std::map<std::string, std::string> columns;
    for (std::size_t field = 0; field < csv_fields().size(); ++field) {
        // Our word before others', and a plain name before one with a unit.
        std::vector<std::string_view> words;
        // Others mean many things by this word of ours.
        if (field != run) words.push_back(csv_fields()[field]);
        for (const OtherWords& other : other_words)
            if (other.field == field) words.insert(words.end(), other.words.begin(), other.words.end());
        const auto column_for = [&](std::string_view word, bool with_unit) {
            return std::find_if(header.begin(), header.end(), [&](const std::string& column) {
                const auto names = words_of(column);
                return !word.empty() && std::any_of(names.begin(), names.end(), [&](const std::string& name) {
                    const Ending ending = ending_of(field, name);
                    return with_unit ? ending.unit != 0 && name.substr(0, ending.stem) == word : name == word;
                });
            });
        };
        for (const std::string_view word : words)
            for (const bool with_unit : {false, true})
                if (const auto column = column_for(word, with_unit); column != header.end())
                    columns.emplace(csv_fields()[field], *column);
    }
    // Among runs the id of a task is its name, which each of them has.
    if (columns.count("run") + columns.count("workflow") > 0 && columns.count("name") == 0 &&
        columns.count("process") == 0)
        for (const std::string& column : header)
            if (plain_word(column) == "task_id") {
                columns["name"] = column;
                if (columns.count("id") > 0 && columns["id"] == column) columns.erase("id");
            }
    const bool times = (columns.count("started") > 0 && columns.count("completed") > 0) ||
                       columns.count("duration") > 0 || columns.count("realtime") > 0;
    const bool named = columns.count("id") > 0 || columns.count("name") > 0 || columns.count("process") > 0;
    if (!times || !named) columns.clear();
    return columns;
}

std::map<std::string, std::string> read_columns_file(const std::filesystem::path& path) {
    constexpr std::int64_t most_lines = 10'000;
    std::map<std::string, std::string> columns;
    Input input(path);
    const auto plain = [](const std::string& text) {
        const auto first = text.find_first_not_of(" \t\"'"), last = text.find_last_not_of(" \t\r\"'");
        return first == std::string::npos ? std::string() : text.substr(first, last - first + 1);
    };
    for (std::string line; input.read_line(line) && input.line_number() <= most_lines;) {
        if (plain(line).empty() || plain(line)[0] == '#') continue;
        const auto colon = line.find(':');
        if (colon == std::string::npos || plain(line.substr(colon + 1)).empty())
            throw FileError(fmt::format("{}:{}", path.string(), input.line_number()),
                            "is not a line such as 'start: started_at'");
        const std::string field = plain(line.substr(0, colon));
        if (!columns.emplace(field, plain(line.substr(colon + 1))).second)
            throw FileError(fmt::format("{}:{}", path.string(), input.line_number()),
                            fmt::format("says '{}' a second time", field));
    }
    if (columns.empty())
        throw FileError(path, "names no column; --columns takes lines such as 'start: started_at'");
    return columns;
}

models::RecordedRun read_csv(Input& input, const std::map<std::string, std::string>& columns,
                             NotEnded not_ended, const std::string& zone) {
    std::string line;
    while (line.empty())
        if (!input.read_line(line)) input.refuse_empty();
    const char separator = detect_separator(line) == 0 ? ',' : detect_separator(line);
    std::vector<std::string> header;
    split_delimited(line, separator, header);
    const std::map<std::string, std::string> used = columns.empty() ? own_columns(header) : columns;
    if (used.empty()) {
        std::string titles = fmt::format("{}", fmt::join(header, ", "));
        if (titles.size() > 300) titles = titles.substr(0, 300) + "...";
        throw FileError(input.file(),
                        fmt::format("is a table whose columns we do not know; say with --columns which "
                                    "of them is what (columns: {})",
                                    titles));
    }
    const bool exported = columns.empty() && !exported_columns(header).empty();
    models::RecordedRun run = TableReader(input, separator, header, used, exported, not_ended, zone).read();
    std::string guessed;
    if (columns.empty() && !exported)
        for (const auto& [field, column] : used)
            if (column != field)
                guessed += fmt::format("{}{} is `{}`", guessed.empty() ? "" : ", ", field, column);
    if (!guessed.empty())
        run.notes.push_back({fmt::format("columns were recognised by their names: {}", guessed), 1, 0});
    return run;
}

}  // namespace understudy::formats
