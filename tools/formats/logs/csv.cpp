#include "tools/formats/logs/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "models/replay/local_dates.h"
#include "tools/formats/logs/csv_columns.h"
#include "tools/formats/logs/date_zones.h"
#include "tools/formats/logs/delimited.h"
#include "tools/formats/logs/log_problems.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/missing_values.h"
#include "tools/formats/logs/nextflow.h"
#include "tools/formats/logs/outcomes.h"
#include "tools/formats/logs/recorded_cycles.h"
#include "tools/formats/logs/table_columns.h"
#include "tools/formats/logs/written_dates.h"
#include "tools/formats/printable.h"

namespace understudy::formats {

namespace {

using kernel::Time;

class TableReader {
    using enum CsvField::Of;
    using Field = CsvField::Of;

public:
    /// `exported`: by `understudy trace`, whose rows have no names of their own and count workers by pool.
    TableReader(Input& input, char separator, const std::vector<std::string>& header,
                const std::map<std::string, std::string>& columns, bool exported, NotEnded not_ended,
                std::string zone)
        : input_(input),
          separator_(separator),
          header_(header),
          columns_(input.file(), header, columns),
          exported_(exported),
          not_ended_(not_ended),
          unfinished_(not_ended == NotEnded::among_tasks),
          problems_(input.file()),
          zone_(std::move(zone)) {
        if (const auto said = columns.find(dates_field); said != columns.end())
            order_.set(order_said_as(said->second, input.file().string()));
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
    bool has(Field field) const { return columns_.has(field); }
    std::string_view text(const std::vector<std::string>& row, Field field) const {
        return has(field) ? trimmed(row[columns_.place(field)]) : std::string_view();
    }
    std::optional<Time> instant(const std::vector<std::string>& row, Field field, std::int64_t line) {
        if (const auto date = read_date(text(row, field), order_.get(), dates_)) return date;
        const std::string value = number_text(text(row, field));
        const auto found = log_instant(value, columns_.unit(field));
        if (!found || columns_.unit(field) != 0) return found;
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
        if (separator_ == ',') return std::string(value);
        std::string plain = with_decimal_point(value);
        if (plain != value) ++decimal_commas_;
        return plain;
    }
    std::optional<Time> length(const std::vector<std::string>& row, Field field) {
        const std::string value = number_text(text(row, field));
        const auto found =
            log_duration(value, columns_.unit(field) == 0 ? kernel::second : columns_.unit(field));
        if (found && columns_.unit(field) == 0 && log_number(value)) without_unit_.insert(field);
        return found;
    }
    std::optional<std::int64_t> size(const std::vector<std::string>& row, Field field) {
        return log_size(number_text(text(row, field)), columns_.unit(field) == 0 ? 1 : columns_.unit(field));
    }
    /// Of plain numbers whose unit follows from their size: of one row they are of one unit.
    bool of_one_unit(const std::vector<std::string>& row) const {
        std::optional<Time> unit;
        for (const Field field : {submitted, started, completed}) {
            const std::string value = with_decimal_point(text(row, field));
            if (columns_.unit(field) != 0) continue;
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
                                   printable(trimmed(columns_.title(result)).substr(0, 40))));
        }
        return text(row, status);
    }

    /// Columns of dates that are taken for nothing.
    void note_unread(const std::vector<std::string>& row) {
        for (std::size_t i = 0; i < row.size(); ++i)
            if (!columns_.uses(i) && is_date_text(row[i])) notes_.add(unread_times_note(header_[i]));
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
                return pass_over(row, no_instant_note(columns_.title(field)), line);
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
        for (const Field field : without_unit_)
            notes_.add(fmt::format("plain numbers of `{}` are taken as seconds", columns_.title(field)));
        if (decimal_commas_ > 0)
            notes_.add("a comma within a number is taken as a decimal one", 0, decimal_commas_);
        if (has(memory) && columns_.unit(memory) > 1)
            notes_.add(fmt::format("plain numbers of `{}` are taken as {} (powers of 1024)",
                                   columns_.title(memory),
                                   columns_.unit(memory) == 1LL << 10   ? "KiB"
                                   : columns_.unit(memory) == 1LL << 20 ? "MiB"
                                   : columns_.unit(memory) == 1LL << 30 ? "GiB"
                                                                        : "TiB"));
        if (dates_.local() && !zone_.empty()) models::LocalDates(zone_).move(run_);
        run_.left_out = notes_.left_out();
        run_.notes = notes_.take();
    }

    Input& input_;
    char separator_;
    std::vector<std::string> header_;
    CsvColumns columns_;
    bool exported_;
    NotEnded not_ended_;
    bool unfinished_;
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
    std::string zone_;              ///< of dates that say none; empty: UTC
    std::set<Field> without_unit_;  ///< durations that were plain numbers and were taken as seconds
    RowsSeen rows_;
};

}  // namespace

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
