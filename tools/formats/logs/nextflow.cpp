#include "tools/formats/logs/nextflow.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "models/replay/local_dates.h"
#include "tools/formats/logs/date_zones.h"
#include "tools/formats/logs/delimited.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/missing_values.h"

namespace understudy::formats {

namespace {

using kernel::Time;

struct Columns {
    std::size_t id = absent, hash = absent, process = absent, tag = absent, name = absent, status = absent,
                cpus = absent, memory = absent, attempt = absent, submit = absent, start = absent,
                complete = absent, duration = absent, realtime = absent, cpu_percent = absent, read = absent,
                write = absent, host = absent, queue = absent;
};

Columns find_columns(const std::vector<std::string>& header) {
    Columns columns;
    const std::array<std::pair<std::string_view, std::size_t*>, 19> known = {{{"task_id", &columns.id},
                                                                              {"hash", &columns.hash},
                                                                              {"process", &columns.process},
                                                                              {"tag", &columns.tag},
                                                                              {"name", &columns.name},
                                                                              {"status", &columns.status},
                                                                              {"cpus", &columns.cpus},
                                                                              {"memory", &columns.memory},
                                                                              {"attempt", &columns.attempt},
                                                                              {"submit", &columns.submit},
                                                                              {"start", &columns.start},
                                                                              {"complete", &columns.complete},
                                                                              {"duration", &columns.duration},
                                                                              {"realtime", &columns.realtime},
                                                                              {"%cpu", &columns.cpu_percent},
                                                                              {"read_bytes", &columns.read},
                                                                              {"write_bytes", &columns.write},
                                                                              {"hostname", &columns.host},
                                                                              {"queue", &columns.queue}}};
    for (std::size_t i = 0; i < header.size(); ++i) {
        const std::string name = plain_word(header[i]);
        for (const auto& [column, place] : known)
            if (column == name && *place == absent) *place = i;
    }
    return columns;
}

bool has_time(const Columns& columns) {
    return columns.submit != absent || columns.start != absent || columns.complete != absent ||
           columns.duration != absent || columns.realtime != absent;
}

std::string_view field(const std::vector<std::string>& row, std::size_t column) {
    if (column == absent || column >= row.size()) return {};
    const std::string_view text = trimmed(row[column]);
    return text == "-" ? std::string_view() : text;
}

/// "PROCESS (tag)" in its parts.
std::pair<std::string_view, std::string_view> split_name(std::string_view name) {
    const std::size_t open = name.find(" (");
    if (open == std::string_view::npos || name.back() != ')') return {name, {}};
    return {name.substr(0, open), name.substr(open + 2, name.size() - open - 3)};
}

/// Joins `more` + 1 fields from `at` on.
void join(std::vector<std::string>& row, std::size_t at, std::size_t more, char separator) {
    for (std::size_t i = 1; i <= more; ++i) row[at] += separator + row[at + i];
    row.erase(row.begin() + static_cast<std::ptrdiff_t>(at) + 1,
              row.begin() + static_cast<std::ptrdiff_t>(at + 1 + more));
}

/// Nextflow does not quote: a tag that holds the separator makes the row too long, twice, since the name
/// repeats the tag. Tried only so; the row is good if process, tag and name then agree.
bool repair(std::vector<std::string>& row, std::size_t columns_in_header, const Columns& columns,
            char separator) {
    if (row.size() <= columns_in_header || columns.name == absent) return false;
    const std::size_t extra = row.size() - columns_in_header;
    std::vector<std::string> tried = row;
    if (columns.tag == absent) {
        join(tried, columns.name, extra, separator);
        const auto [process, tag] = split_name(tried[columns.name]);
        if (tag.empty() || (columns.process != absent && process != field(tried, columns.process)))
            return false;
    } else {
        if (extra % 2 != 0 || columns.process == absent) return false;
        // The later column first, so that the earlier one's place still holds.
        const std::size_t first = std::min(columns.tag, columns.name);
        const std::size_t second = std::max(columns.tag, columns.name);
        if (second + extra >= tried.size()) return false;
        join(tried, first, extra / 2, separator);
        join(tried, second, extra / 2, separator);
        if (tried[columns.name] != tried[columns.process] + " (" + tried[columns.tag] + ")") return false;
    }
    row = std::move(tried);
    return true;
}

enum class Status { completed, failed, cached, unfinished, unknown };

Status status_of(std::string_view status) {
    if (status == "COMPLETED" || status.empty()) return Status::completed;
    if (status == "FAILED" || status == "ABORTED") return Status::failed;
    if (status == "CACHED" || status == "STORED") return Status::cached;
    if (status == "NEW" || status == "SUBMITTED" || status == "RUNNING" || status == "PENDING")
        return Status::unfinished;
    return Status::unknown;
}

/// An attempt with instants in nanoseconds since 1970.
struct Row {
    models::RecordedTask task;
    std::int64_t line = 0;
};

class NextflowRows {
public:
    NextflowRows(Input& input, char separator, const std::vector<std::string>& header, NotEnded not_ended,
                 std::string zone)
        : input_(input),
          separator_(separator),
          width_(header.size()),
          header_(header),
          columns_(find_columns(header)),
          not_ended_(not_ended),
          unfinished_(not_ended == NotEnded::among_tasks),
          zone_(std::move(zone)) {}

    models::RecordedRun read() {
        DelimitedReader rows(input_, separator_, Quoting::same_line);
        std::vector<std::string> row;
        while (rows.next(row)) {
            ++seen_;
            if (rows.broken()) {
                notes_.leave_out("line too long: left out", rows.line());
            } else {
                take(row, rows.line());
            }
            if (run_.tasks.size() > most_recorded_tasks)
                throw FileError(input_.file(), fmt::format("has more than {} tasks; replay a part of it",
                                                           most_recorded_tasks));
            // Of a pipe or a device without an end nothing else would ever come.
            if (run_.tasks.empty() && notes_.left_out() > static_cast<std::int64_t>(most_recorded_tasks))
                break;
        }
        if (input_.ended_early())
            notes_.add("the compressed file breaks off; what was there is read", input_.line_number());
        if (run_.tasks.empty())
            throw FileError(input_.file(),
                            (seen_ == 0 ? "has a header of a Nextflow trace, and no task"
                                        : "none of its rows is a task that took time" + reasons()) +
                                (input_.ended_early() ? cut_file : ""));
        finish();
        return std::move(run_);
    }

private:
    void take(std::vector<std::string>& row, std::int64_t line) {
        if (row.size() != width_) {
            if (!repair(row, width_, columns_, separator_)) {
                notes_.leave_out("number of fields differs from the header: left out", line);
                return;
            }
            notes_.add("the tag holds the separator: put together by the name", line);
        }
        const Status how = status_of(field(row, columns_.status));
        switch (how) {
            case Status::cached: notes_.leave_out("cached: took no time in this run, left out", line); return;
            case Status::unfinished:
                if (not_ended_ != NotEnded::left_out) break;
                notes_.leave_out("not finished when the trace ended: left out", line);
                return;
            case Status::unknown: notes_.leave_out("unknown status: left out", line); return;
            case Status::completed:
            case Status::failed: break;
        }
        models::RecordedTask task;
        task.failed = how == Status::failed;
        task.name = std::string(field(row, columns_.name));
        const auto [process, tag] = split_name(task.name);
        task.process = std::string(columns_.process != absent ? field(row, columns_.process) : process);
        task.tag = std::string(columns_.tag != absent ? field(row, columns_.tag) : tag);
        if (task.process.empty()) task.process = std::string(process);
        if (task.process.empty()) {
            notes_.leave_out("without process and name: left out", line);
            return;
        }
        if (task.name.empty())
            task.name = task.tag.empty() ? task.process : task.process + " (" + task.tag + ")";
        const bool whole = take_times(row, task);
        if (bad_instant_ != absent) {
            notes_.leave_out(no_instant_note(header_[bad_instant_]), line);
            return;
        }
        if (how == Status::unfinished) task.completed.reset();
        const bool open = how == Status::unfinished && not_ended_ == NotEnded::apart;
        if (unfinished_ || open ? !(task.submitted || task.started || task.completed) : !whole) {
            notes_.leave_out(task.failed ? "failed before it took any time: left out"
                                         : "without any usable time: left out",
                             line);
            return;
        }
        task.node = std::string(field(row, columns_.host));
        task.pool = std::string(field(row, columns_.queue));
        take_needs(row, task, line);
        std::string_view id = field(row, unfinished_ ? columns_.hash : columns_.id);
        if (unfinished_) {
            task.id = std::string(id.empty() ? field(row, columns_.id) : id);
            run_.tasks.push_back(std::move(task));
            return;
        }
        if (!id.empty() && rows_.again(row)) {
            notes_.add(repeated_row_note, line);
            return;
        }
        if (id.empty()) id = field(row, columns_.hash);
        if (id.empty()) id = task.name;
        if (open) {
            notes_.add(not_ended_note, line);
            task.realtime.reset();
            task.id = std::string(id);
            run_.open.push_back(std::move(task));
            return;
        }
        task.id = unique(std::string(id), line);
        run_.tasks.push_back(std::move(task));
    }

    bool take_times(const std::vector<std::string>& row, models::RecordedTask& task) {
        bad_instant_ = absent;
        const auto instant = [&](std::size_t column) -> std::optional<Time> {
            const std::string_view text = field(row, column);
            // 0 stands for "never" in raw traces.
            if (text.empty() || text == "0") return std::nullopt;
            const auto found = log_instant(text, kernel::millisecond);
            if (found)
                dates_.add(text);
            else if (!says_nothing(text))
                bad_instant_ = column;
            return found;
        };
        task.submitted = instant(columns_.submit);
        task.started = instant(columns_.start);
        task.completed = instant(columns_.complete);
        task.realtime = log_duration(field(row, columns_.realtime), kernel::millisecond);
        const auto duration = log_duration(field(row, columns_.duration), kernel::millisecond);
        if (!task.completed && task.submitted && duration) {
            task.completed = *task.submitted + *duration;
            ++completed_derived_;
        } else if (task.failed && !task.completed && task.submitted && task.realtime) {
            // Lost before its duration was known: its next try would be taken for another task.
            task.completed = *task.submitted + *task.realtime;
            ++completed_derived_;
        }
        if (!task.started && task.completed && task.realtime) {
            task.started = *task.completed - *task.realtime;
            if (task.submitted) task.started = std::max(*task.started, *task.submitted);
            ++started_derived_;
        }
        if (task.started && task.completed && *task.completed < *task.started) {
            // Seconds that were cut off make a task of milliseconds end before it starts.
            if (*task.started - *task.completed > kernel::second) return false;
            task.completed = task.started;
        }
        if (!task.realtime && !task.completed && duration) task.realtime = duration;
        return (task.started && task.completed) || task.realtime;
    }

    void take_needs(const std::vector<std::string>& row, models::RecordedTask& task, std::int64_t line) {
        if (const std::string_view text = field(row, columns_.cpus); !text.empty()) {
            const auto cpus = log_number(text);
            if (cpus && *cpus > 0 && *cpus <= 1e6) {
                task.cpus = *cpus;
            } else {
                notes_.add("cpus not understood: taken as 1", line);
            }
        }
        if (const std::string_view text = field(row, columns_.memory); !text.empty()) {
            if (const auto memory = log_size(text)) {
                task.memory_bytes = *memory;
            } else {
                notes_.add("memory not understood: taken as unknown", line);
            }
        }
        task.read_bytes = log_size(field(row, columns_.read)).value_or(0);
        task.write_bytes = log_size(field(row, columns_.write)).value_or(0);
        task.cpu_percent = std::max(0.0, log_number(field(row, columns_.cpu_percent)).value_or(0));
        const auto attempt = log_number(field(row, columns_.attempt));
        task.attempt = attempt && *attempt >= 1 && *attempt < 1e6 ? static_cast<int>(*attempt) : 1;
    }

    std::string unique(std::string id, std::int64_t line) {
        const int before = ids_[id]++;
        if (before == 0) return id;
        notes_.add("task_id occurs again: told apart by #2, #3, ...", line);
        for (int number = before + 1;; ++number) {
            std::string other = fmt::format("{}#{}", id, number);
            if (ids_.emplace(other, 1).second) return other;
        }
    }

    /// What the notes say, for a trace of which nothing is left.
    std::string reasons() {
        std::string text;
        for (const models::RecordedRun::Note& note : notes_.take())
            text += fmt::format("{} {} ({} from line {} on)", text.empty() ? ":" : ",", note.text, note.count,
                                note.first_line);
        return text;
    }

    /// Traces have no attempts unless they are asked for. Who is submitted after a task of the same name has failed is
    /// its next attempt.
    void find_attempts() {
        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < run_.tasks.size(); ++i)
            if (run_.tasks[i].submitted || run_.tasks[i].started) order.push_back(i);
        const auto began = [&](std::size_t i) {
            return run_.tasks[i].submitted ? *run_.tasks[i].submitted : *run_.tasks[i].started;
        };
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return began(a) < began(b); });
        std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> failed;
        std::int64_t retries = 0;
        for (const std::size_t i : order) {
            models::RecordedTask& task = run_.tasks[i];
            std::vector<std::size_t>& open = failed[{task.name, task.process}];
            const auto before = std::find_if(open.begin(), open.end(), [&](std::size_t other) {
                return run_.tasks[other].completed && *run_.tasks[other].completed <= began(i);
            });
            if (before != open.end()) {
                task.attempt = run_.tasks[*before].attempt + 1;
                open.erase(before);
                ++retries;
            }
            if (task.failed) open.push_back(i);
        }
        if (retries > 0)
            notes_.add(
                "no column `attempt`: submitted after one of their name had failed, taken as its retry", 0,
                retries);
    }

    void finish() {
        if (columns_.attempt == absent && !unfinished_) find_attempts();
        run_.format = "nextflow";
        run_.source = input_.file().string();
        std::optional<Time> zero;
        bool submissions = false;
        bool whole_seconds = true;
        for (const models::RecordedTask& task : run_.tasks) {
            if (!task.submitted) continue;
            submissions = true;
            zero = zero ? std::min(*zero, *task.submitted) : *task.submitted;
        }
        for (const models::RecordedTask& task : run_.tasks) {
            if (!submissions && task.started) zero = zero ? std::min(*zero, *task.started) : *task.started;
            if (task.started && *task.started % kernel::second != 0) whole_seconds = false;
            if (task.completed && *task.completed % kernel::second != 0) whole_seconds = false;
        }
        run_.epoch_ns = zero.value_or(0);
        run_.resolution = zero && whole_seconds ? kernel::second : kernel::millisecond;
        std::map<std::string, std::size_t> nodes;
        for (std::vector<models::RecordedTask>* tasks : {&run_.tasks, &run_.open})
            for (models::RecordedTask& task : *tasks)
                for (std::optional<Time>* instant : {&task.submitted, &task.started, &task.completed})
                    if (*instant) **instant -= run_.epoch_ns;
        for (const models::RecordedTask& task : run_.tasks)
            if (!task.node.empty()) ++nodes[task.node];
        for (const auto& [name, count] : nodes) {
            models::RecordedNode node;
            node.name = name;
            run_.nodes.push_back(std::move(node));
        }
        if (completed_derived_ > 0)
            notes_.add("without completion: it is submission plus duration, or plus realtime of what failed",
                       0, completed_derived_);
        if (started_derived_ > 0)
            notes_.add("without start: it is completion less realtime, so staging counts as waiting", 0,
                       started_derived_);
        if (dates_.local() && !zone_.empty()) models::LocalDates(zone_).move(run_);
        run_.left_out = notes_.left_out();
        run_.notes = notes_.take();
    }

    Input& input_;
    char separator_;
    std::size_t width_;
    std::vector<std::string> header_;
    Columns columns_;
    NotEnded not_ended_;
    bool unfinished_;
    models::RecordedRun run_;
    NoteList notes_;
    std::unordered_map<std::string, int> ids_;
    std::int64_t seen_ = 0;
    std::size_t bad_instant_ = absent;  ///< the column of the row at hand whose text is no instant
    RowsSeen rows_;
    DateZones dates_;
    std::string zone_;  ///< of dates that say none; empty: UTC
    std::int64_t completed_derived_ = 0, started_derived_ = 0;
};

/// All columns are fields of a trace (Nextflow, `trace.fields`), one of them with a name that only a trace has.
bool has_only_fields_of_traces(const std::vector<std::string>& header) {
    static const std::set<std::string, std::less<>> common = {
        "process",    "tag",         "name",    "status",   "module",    "container", "cpus",     "time",
        "disk",       "memory",      "attempt", "submit",   "start",     "complete",  "duration", "env",
        "read_bytes", "write_bytes", "queue",   "hostname", "cpu_model", "rss",       "peak_rss"};
    static const std::set<std::string, std::less<>> own = {
        "native_id", "exit",    "realtime", "%cpu",   "%mem",        "vmem",
        "peak_vmem", "rchar",   "wchar",    "syscr",  "syscw",       "vol_ctxt",
        "inv_ctxt",  "workdir", "scratch",  "script", "error_action"};
    bool any = false;
    for (const std::string& title : header) {
        const std::string word = plain_word(title);
        any = any || own.count(word) > 0;
        if (common.count(word) + own.count(word) == 0) return false;
    }
    return any;
}

}  // namespace

bool looks_like_nextflow(const std::vector<std::string>& header) {
    const Columns columns = find_columns(header);
    int known = 0;
    for (const std::size_t column :
         {columns.id, columns.hash, columns.status, columns.submit, columns.realtime, columns.duration,
          columns.complete, columns.cpu_percent})
        known += column != absent ? 1 : 0;
    const bool numbered = (columns.id != absent || columns.hash != absent) && known >= 2;
    return (numbered || (has_only_fields_of_traces(header) && has_time(columns))) &&
           (columns.name != absent || columns.process != absent);
}

models::RecordedRun read_nextflow(Input& input, NotEnded not_ended, const std::string& zone) {
    std::string line;
    while (line.empty())
        if (!input.read_line(line)) input.refuse_empty();
    const char separator = detect_separator(line);
    std::vector<std::string> header;
    split_delimited(line, separator == 0 ? '\t' : separator, header);
    const Columns columns = find_columns(header);
    if (columns.process == absent && columns.name == absent)
        throw FileError(input.file(),
                        "lacks both columns `process` and `name`: which task a row is cannot be told");
    if (!has_time(columns))
        throw FileError(input.file(),
                        "lacks every column of time (submit, start, complete, duration, realtime)");
    return NextflowRows(input, separator == 0 ? '\t' : separator, header, not_ended, zone).read();
}

}  // namespace understudy::formats
