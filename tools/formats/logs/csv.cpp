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
#include "tools/formats/logs/table_columns.h"
#include "tools/formats/logs/written_dates.h"
#include "tools/formats/printable.h"

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
    waited,
    duration,
    realtime,
    cpus,
    memory,
    read_bytes,
    written_bytes,
    cpu_percent,
    attempt,
    status,
    result,
    parents,
    run,
    field_count
};

enum class Measured { nothing, time, size };

Measured measured(std::size_t field) {
    switch (field) {
        case submitted:
        case started:
        case completed:
        case waited:
        case duration:
        case realtime: return Measured::time;
        case memory:
        case read_bytes:
        case written_bytes: return Measured::size;
        default: return Measured::nothing;
    }
}

/// The unit that the name of a field's column ends with, in ns or bytes, 0 for none; and the name before it.
NameEnding ending_of(std::size_t field, const std::string& name) {
    switch (measured(field)) {
        case Measured::time: return ending_of(name, time_unit_words);
        case Measured::size: return ending_of(name, size_unit_words);
        case Measured::nothing: break;
    }
    return {0, name.size()};
}

/// Other words for our fields, in small letters, the likeliest first.
struct OtherWords {
    Field field;
    std::array<std::string_view, 18> words;
};
constexpr std::array<OtherWords, 17> other_words = {
    {{submitted,
      {"submit", "submit_time", "submitted_at", "submission", "queued", "queued_at", "queued_dttm",
       "enqueued_at", "runnable_at", "created_at", "created", "created_time", "creation_time"}},
     {started,
      {"start", "start_time", "started_at", "starttime", "begin", "begin_time", "began", "begin_at",
       "started_time", "start_date"}},
     {completed,
      {"complete", "completed_at", "end", "end_time", "endtime", "ended", "ended_at", "finish", "finished",
       "finish_time", "end_date", "finished_at", "stopped_at", "completed_time"}},
     {waited,
      {"queued_duration", "queue_duration", "queuing_duration", "waiting_duration", "wait_duration",
       "wait_time", "waiting_time", "queue_time", "queued_time", "time_in_queue"}},
     {duration, {"took", "elapsed", "runtime", "run_time"}},
     {cpus, {"cores", "ncpus", "n_cpus", "num_cpus"}},
     {memory, {"mem", "ram", "peak_rss", "max_rss", "maxrss", "rss"}},
     {node,
      {"host", "hostname", "machine", "runner_name", "runner", "agent_name", "agent", "worker_name",
       "built_on"}},
     {workflow, {"dag_id", "dag", "workflow_id", "pipeline", "workflow_name", "pipeline_name"}},
     {pool,
      {"queue", "partition", "runner_group_name", "runner_group", "agent_pool", "pool_name", "queue_name"}},
     {id, {"task_id", "job_id", "jobid"}},
     {name, {"task", "job", "task_name", "job_name"}},
     {parents, {"depends_on", "dependencies", "waits_for"}},
     {attempt, {"try_number", "run_attempt"}},
     {run, {"run_id", "dag_run_id", "logical_date", "execution_date"}},
     {status, {"state"}},
     {result, {"conclusion", "outcome"}}}};

/// The unit that the name of a field's column says; 0: none.
std::int64_t unit_of(std::size_t field, std::string_view column) {
    const auto words = words_of(column);
    const NameEnding plain = ending_of(field, words[0]);
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
    for (const std::string_view good :
         {"", "ok", "completed", "complete", "success", "successful", "succeeded", "done", "finished",
          "passed", "0", "-", "neutral", "unstable", "succeededwithissues", "partiallysucceeded"})
        if (word == good) return Outcome::completed;
    for (const std::string_view bad :
         {"failed", "fail", "failure", "error", "aborted", "killed", "timeout", "interrupted", "cancelled",
          "canceled", "timed_out", "timedout", "startup_failure", "infrastructure_fail", "broken"})
        if (word == bad) return Outcome::failed;
    for (const std::string_view not_run : {"not_run", "not_built", "abandoned"})
        if (word == not_run) return Outcome::never_ran;
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
          header_(header),
          exported_(exported),
          not_ended_(not_ended),
          unfinished_(not_ended == NotEnded::among_tasks),
          problems_(input.file()),
          zone_(std::move(zone)) {
        places_.fill(absent);
        units_.fill(0);
        for (const auto& [field, column] : columns) {
            if (field == dates_field) {
                order_.set(order_said_as(column, input.file().string()));
                continue;
            }
            const std::optional<std::size_t> known = field_named(plain_word(field));
            if (!known)
                throw FileError(
                    input.file(),
                    fmt::format("the mapping names a field `{}` that we do not know; fields are {}", field,
                                fmt::join(csv_fields(), ", ")));
            const std::size_t at = column_titled(header, column);
            if (at == absent)
                throw FileError(
                    input.file(),
                    fmt::format("lacks the column `{}` that the mapping gives for `{}`; columns are {}",
                                column, field, fmt::join(header, ", ")));
            if (places_[*known] != absent)
                throw FileError(input.file(),
                                fmt::format("the mapping gives two columns for `{}`: `{}` is the second",
                                            csv_fields()[*known], column));
            places_[*known] = at;
            units_[*known] = unit_of(*known, header[at]);
            titles_[*known] = header[at];
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
            else if (row.size() != header_.size())
                notes_.leave_out("number of fields differs from the header: left out", rows.line());
            else
                take_in_order(row, rows.line());
            if (run_.tasks.size() + waiting_rows_.size() > most_recorded_tasks)
                throw FileError(input_.file(), fmt::format("has more than {} tasks; replay a part of it",
                                                           most_recorded_tasks));
            // Of a pipe or a device without an end nothing else would ever come.
            if (problems_.full()) break;
            if (run_.tasks.empty() && waiting_rows_.empty() &&
                notes_.left_out() > static_cast<std::int64_t>(most_recorded_tasks))
                break;
        }
        if (input_.ended_early())
            notes_.add("the compressed file breaks off; what was there is read", input_.line_number());
        take_waiting_rows();
        if (run_.tasks.empty() && first_open_)
            problems_.add(first_open_->first, 0, order_unknown(first_open_->second));
        problems_.refuse();
        if (spreadsheet_days_ > 0 && spreadsheet_days_ == plain_instants_)
            throw FileError(fmt::format("{}:{}", input_.file().string(), first_spreadsheet_day_.first),
                            fmt::format("'{}' {}; where these are seconds, say so in the names of their "
                                        "columns (`start_s`)",
                                        first_spreadsheet_day_.second, spreadsheet_days));
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
    std::optional<Time> instant(const std::vector<std::string>& row, Field field, std::int64_t line) {
        if (const auto date = read_date(text(row, field), order_.get(), dates_)) return date;
        const std::string value = number_text(text(row, field));
        const auto found = log_instant(value, units_[field]);
        if (!found || units_[field] != 0) return found;
        ++guessed_instants_;
        ++plain_instants_;
        if (may_be_spreadsheet_day(value) && spreadsheet_days_++ == 0) first_spreadsheet_day_ = {line, value};
        return found;
    }

    /// Rows whose dates leave open whether the day or the month comes first wait for one that says it, and what comes behind
    /// them with them.
    void take_in_order(const std::vector<std::string>& row, std::int64_t line) {
        bool open = false;
        if (!order_.get())
            for (const Field field : {submitted, started, completed, waited})
                open = order_.see(text(row, field), line) || open;
        if (order_.get() || (!open && waiting_rows_.empty())) {
            take_waiting_rows();
            return take(row, line);
        }
        waiting_rows_.emplace_back(row, line);
    }

    void take_waiting_rows() {
        for (const auto& [row, line] : std::exchange(waiting_rows_, {})) take(row, line);
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
        if (separator_ == ',' || comma == std::string::npos || comma == 0 || comma + 1 >= plain.size() ||
            comma != plain.rfind(',') || plain.find('.') != std::string::npos ||
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
            if (units_[field] != 0) continue;
            const auto number = log_number(value);
            if (!number || *number == 0) continue;
            const Time its = unit_by_size(*number);
            if (unit && *unit != its) return false;
            unit = its;
        }
        return true;
    }

    /// How it came out says more than the state it is in ("completed"), if it says one that is known.
    std::string_view outcome_word(const std::vector<std::string>& row) {
        const std::string_view said = text(row, result);
        if (!said.empty() && !says_nothing(said)) {
            if (!log_number(said) && outcome(said) != Outcome::unknown) return said;
            notes_.add(fmt::format("`{}` holds none of the words of an outcome: not used",
                                   printable(trimmed(titles_[result]).substr(0, 40))));
        }
        return text(row, status);
    }

    /// Columns of dates that are taken for nothing.
    void note_unread(const std::vector<std::string>& row) {
        for (std::size_t i = 0; i < row.size(); ++i)
            if (std::find(places_.begin(), places_.end(), i) == places_.end() && is_date_text(row[i]))
                notes_.add(unread_times_note(header_[i]));
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
        const std::string_view word = outcome_word(row);
        switch (outcome(word)) {
            case Outcome::completed: {
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
        task.submitted = instant(row, submitted, line);
        task.started = instant(row, started, line);
        task.completed = instant(row, completed, line);
        // Who takes a row without the instant that it says takes its task for one of no time and place.
        for (const auto& [field, found] :
             {std::pair(submitted, &task.submitted), {started, &task.started}, {completed, &task.completed}})
            if (!*found && !says_nothing(text(row, field))) {
                const bool open = !order_.get() && order_said_by(text(row, field)) == OrderSaid::open;
                if (open && !first_open_) first_open_.emplace(line, text(row, field));
                return pass_over(row, no_instant_note(titles_[field]), line);
            }
        if (task.submitted && task.started && *task.submitted > *task.started) {
            notes_.add(submitted_late_note, line);
            task.submitted.reset();
        }
        task.realtime = length(row, realtime);
        const auto whole = length(row, duration);
        if (task.started && !task.completed && whole) task.completed = *task.started + *whole;
        if (task.completed && !task.started && whole) task.started = *task.completed - *whole;
        if (!task.realtime && whole) task.realtime = whole;
        if (!task.submitted && !text(row, waited).empty()) {
            // Some call the instant so since when it waited.
            if (is_date_text(text(row, waited)))
                task.submitted = instant(row, waited, line);
            else if (const auto queued = task.started ? length(row, waited) : std::nullopt)
                task.submitted = *task.started - *queued;
        }
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
        if (std::exchange(first_row_, false)) note_unread(row);
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
    std::vector<std::string> header_;
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
    std::int64_t plain_instants_ = 0, spreadsheet_days_ = 0;  ///< numbers of a unit that no name says
    std::pair<std::int64_t, std::string> first_spreadsheet_day_;
    std::optional<std::pair<std::int64_t, std::string>>
        first_open_;  ///< date whose order nothing says, and its line
    bool first_row_ = true;
    DatesOrder order_;
    std::vector<std::pair<std::vector<std::string>, std::int64_t>>
        waiting_rows_;  ///< for the order, with their lines
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
        "id",      "name",        "process", "tag",      "workflow", "node",    "pool",   "submitted",
        "started", "completed",   "waited",  "duration", "realtime", "cpus",    "memory", "read",
        "written", "cpu_percent", "attempt", "status",   "result",   "parents", "run"};
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
                    const NameEnding ending = ending_of(field, name);
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
    const bool known_by_names = std::all_of(columns.begin(), columns.end(),
                                            [](const auto& said) { return said.first == dates_field; });
    std::map<std::string, std::string> used = known_by_names ? own_columns(header) : columns;
    const bool exported = known_by_names && !exported_columns(header).empty();
    if (used.empty()) {
        std::string titles = fmt::format("{}", fmt::join(header, ", "));
        if (titles.size() > 300) titles = titles.substr(0, 300) + "...";
        throw FileError(input.file(),
                        fmt::format("is a table whose columns we do not know; say with --columns which "
                                    "of them is what (columns: {})",
                                    titles));
    }
    std::string guessed;
    if (known_by_names && !exported)
        for (const auto& [field, column] : used)
            if (column != field)
                guessed += fmt::format("{}{} is `{}`", guessed.empty() ? "" : ", ", field, column);
    used.insert(columns.begin(), columns.end());
    models::RecordedRun run = TableReader(input, separator, header, used, exported, not_ended, zone).read();
    if (!guessed.empty())
        run.notes.push_back({fmt::format("columns were recognised by their names: {}", guessed), 1, 0});
    return run;
}

}  // namespace understudy::formats
