#include "tools/formats/logs/swf.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "models/schedule.h"
#include "tools/formats/logs/log_problems.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/nextflow.h"

namespace understudy::formats {

namespace {

using kernel::Time;

constexpr std::size_t swf_columns = 18;
/// Numbers above this are no seconds of a log, nor processors: 69 years, of which three and an epoch fit into Time.
constexpr double most_of_a_column = 2.2e9;

constexpr std::array<const char*, swf_columns> column_names = {
    "job number", "submit time",      "wait time",  "run time",     "processors",    "processor time",
    "memory",     "processors asked", "time asked", "memory asked", "status",        "user",
    "group",      "application",      "queue",      "partition",    "preceding job", "think time"};

/// Columns that nothing is made of may hold anything that is a number.
constexpr std::array<bool, swf_columns> is_read = {true,  true,  true, true,  true, true,
                                                   false, true,  true, false, true, false,
                                                   false, false, true, true,  true, false};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }

struct Word {
    std::string_view text;
    std::int64_t column = 0;  ///< from 1
};

std::vector<Word> words_of_line(std::string_view line) {
    std::vector<Word> words;
    for (std::size_t at = 0; at < line.size();) {
        if (is_blank(line[at])) {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < line.size() && !is_blank(line[end])) ++end;
        words.push_back({line.substr(at, end - at), static_cast<std::int64_t>(at) + 1});
        at = end;
    }
    return words;
}

std::optional<double> swf_number(std::string_view text) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

/// "1,152" as "1152": headers are written for people.
std::string without_groups(std::string_view text) {
    std::string plain(text);
    const std::size_t first = text.find(',');
    if (first == std::string_view::npos || first == 0 || first > 3 || (text.size() - first) % 4 != 0 ||
        text.find_first_not_of("0123456789,") != std::string_view::npos)
        return plain;
    for (std::size_t i = first; i < text.size(); ++i)
        if ((text[i] == ',') != ((i - first) % 4 == 0)) return plain;
    std::erase(plain, ',');
    return plain;
}

/// What may stand in a message.
std::string shown(std::string_view text) {
    std::string result;
    for (const char c : text.substr(0, 40)) result += static_cast<unsigned char>(c) < 32 ? '?' : c;
    return text.size() > 40 ? result + "..." : result;
}

class SwfReader {
public:
    SwfReader(Input& input, NotEnded not_ended)
        : input_(input), problems_(input.file()), unfinished_(not_ended == NotEnded::among_tasks) {}

    models::RecordedRun read() {
        run_.format = "swf";
        run_.source = input_.file().string();
        run_.resolution = kernel::second;
        std::string line;
        while (input_.read_line(line)) {
            const std::size_t first = line.find_first_not_of(" \t\r\f\v");
            if (first == std::string::npos) continue;
            if (line[first] == ';')
                header(std::string_view(line).substr(first + 1));
            else
                job(line);
            if (problems_.full()) break;
        }
        problems_.refuse();
        finish();
        return std::move(run_);
    }

private:
    void header(std::string_view text) {
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos) return;
        const std::string key = plain_word(text.substr(0, colon));
        const std::string_view value = trimmed(text.substr(colon + 1));
        const auto number = [&]() -> std::optional<double> {
            const std::vector<Word> words = words_of_line(value);
            const auto read = words.empty() ? std::nullopt : swf_number(without_groups(words[0].text));
            return read && std::fabs(*read) <= most_of_a_column ? read : std::nullopt;
        };
        if (key == "maxprocs") {
            if (const auto n = number(); n && *n >= 1) max_procs_ = static_cast<std::int64_t>(*n);
        } else if (key == "maxnodes") {
            if (const auto n = number(); n && *n >= 1) max_nodes_ = static_cast<std::int64_t>(*n);
        } else if (key == "unixstarttime") {
            if (const auto n = number(); n && *n > 0)
                run_.epoch_ns = static_cast<std::int64_t>(*n) * kernel::second;
        } else if (key == "timezone") {
            if (const auto n = number(); n && std::fabs(*n) <= 86400)
                run_.utc_offset = static_cast<Time>(*n) * kernel::second;
        } else if (key == "timezonestring") {
            if (models::Calendar::zone_exists(std::string(value))) run_.zone = value;
        } else if (key == "computer") {
            run_.workflow = value;
        } else if (key == "queue" || key == "partition") {
            const std::vector<Word> words = words_of_line(value);
            if (words.size() < 2) return;
            std::string& name = names_[key == "queue"][std::string(words[0].text)];
            name = words[1].text;
        }
    }

    void job(std::string_view line) {
        const std::int64_t at = input_.line_number();
        const std::vector<Word> words = words_of_line(line);
        std::array<double, swf_columns> value{};
        bool usable = true;
        for (std::size_t i = 0; i < std::min(words.size(), swf_columns); ++i) {
            const auto number = swf_number(words[i].text);
            if (number && !is_read[i]) continue;
            if (!number || std::fabs(*number) > most_of_a_column) {
                problems_.add(at, words[i].column,
                              fmt::format("'{}' is {} ({})", shown(words[i].text),
                                          number ? "out of range" : "no number", column_names[i]));
                usable = false;
            } else {
                value[i] = *number;
            }
        }
        if (input_.cut()) {
            problems_.add(at, 1, "the line is longer than any job");
            return;
        }
        // Who adds columns of his own does so on every line.
        if (columns_ == 0) {
            columns_ = std::max(swf_columns, words.size());
            first_job_ = at;
        }
        if (usable && words.size() != columns_) {
            problems_.add(
                at, words.size() < columns_ ? words.back().column : words[columns_].column,
                columns_ == swf_columns
                    ? fmt::format("a job has {} numbers, and this line has {}", columns_, words.size())
                    : fmt::format("the first job (line {}) has {} numbers, {} more than the format, and "
                                  "this line has {}",
                                  first_job_, columns_, columns_ - swf_columns, words.size()));
        } else if (usable) {
            if (columns_ > swf_columns)
                notes_.add("lines with columns behind the 18 of the format, which are not read", at);
            // Jobs have numbers, so what repeats a line to the letter is the line again.
            if (value[0] > 0 && !lines_seen_.insert(std::hash<std::string_view>()(trimmed(line))).second)
                return notes_.add(repeated_row_note, at);
            add(value, words[0].text, at);
        }
    }

    void add(const std::array<double, swf_columns>& value, std::string_view number, std::int64_t line) {
        ++lines_;
        const int status = static_cast<int>(value[10]);
        if (status >= 2 && status <= 4) {
            notes_.add("lines of parts of jobs (status 2, 3 and 4): each job has a line of its own", line);
            return;
        }
        first_number_ = lines_ == 1 ? value[0] : std::min(first_number_, value[0]);
        last_number_ = lines_ == 1 ? value[0] : std::max(last_number_, value[0]);
        const bool cancelled = status == 5;
        double run_time = value[3];
        const bool withdrawn = cancelled && !(run_time > 0);
        if (withdrawn && !unfinished_)
            return notes_.leave_out("jobs that were cancelled before they ran", line);
        if (value[1] < 0) return notes_.leave_out("jobs without a submit time", line);
        const double processors = value[4] > 0 ? value[4] : value[7];
        if (!(processors > 0))
            return notes_.leave_out("jobs without processors, allocated or asked for", line);
        if (run_time < 0 && value[5] >= 0 && !withdrawn) {
            run_time = value[5];
            notes_.add("jobs without a run time: their processor time stands for it", line);
        }
        // Of what has ended the status says how.
        const bool open = run_time < 0 && unfinished_ && status < 0;
        if (run_time < 0 && !open && !withdrawn) return notes_.leave_out("jobs without a run time", line);
        if (run_.tasks.size() == most_recorded_tasks)
            throw FileError(input_.file(), fmt::format("has more than {} jobs", most_recorded_tasks));
        models::RecordedTask task;
        task.id = number;
        task.name = "job " + task.id;
        task.process = "job";
        task.submitted = kernel::from_seconds(value[1]);
        if (!open && !withdrawn) task.realtime = kernel::from_seconds(run_time);
        if (withdrawn) {
            // Its wait is until then.
            task.completed = *task.submitted + kernel::from_seconds(std::max(value[2], 0.0));
        } else if (open) {
            if (value[2] >= 0) task.started = *task.submitted + kernel::from_seconds(value[2]);
        } else if (value[2] >= 0) {
            task.started = *task.submitted + kernel::from_seconds(value[2]);
            task.completed = *task.started + *task.realtime;
        } else {
            notes_.add("jobs without a wait time: when they started is not known", line);
        }
        if (value[8] > 0)
            task.requested = kernel::from_seconds(value[8]);
        else
            notes_.add("jobs that did not say how long they would take", line);
        task.cpus = std::ceil(processors);
        task.failed = status == 0 || (cancelled && !withdrawn);
        queue_of_.push_back({value[14], value[15]});
        if (value[16] > 0)
            notes_.add("jobs that name a preceding job: they are submitted when they were", line);
        if (!numbers_.insert(value[0]).second) notes_.add("job numbers that come twice", line);
        run_.tasks.push_back(std::move(task));
    }

    /// The column that tells jobs apart: the queue, else the partition.
    void name_pools() {
        for (const bool queue : {true, false}) {
            const auto of = [&](const std::pair<double, double>& pair) {
                return queue ? pair.first : pair.second;
            };
            std::set<double> seen;
            for (const auto& pair : queue_of_) seen.insert(of(pair));
            if (seen.size() < 2) continue;
            for (std::size_t i = 0; i < run_.tasks.size(); ++i) {
                const std::string number = fmt::format("{:.0f}", of(queue_of_[i]));
                const auto known = names_[queue].find(number);
                run_.tasks[i].pool = known != names_[queue].end() ? known->second
                                     : of(queue_of_[i]) < 0       ? (queue ? "no queue" : "no partition")
                                                            : (queue ? "queue " : "partition ") + number;
            }
            return;
        }
    }

    void finish() {
        if (lines_ == 0) {
            if (input_.ended_early()) input_.refuse_empty();
            throw FileError(input_.file(), "has a header and no job");
        }
        const double span = last_number_ - first_number_ + 1 - static_cast<double>(lines_);
        if (span >= 1)
            notes_.add(
                "job numbers between the first and the last that no line has: whatever those jobs held "
                "counts as free",
                0, static_cast<std::int64_t>(span));
        run_.left_out = notes_.left_out();
        if (input_.ended_early()) notes_.add("the compressed file breaks off: what follows is missing");
        run_.processors = max_procs_ > 0 ? max_procs_ : max_nodes_;
        // A node may have several processors: then what was in use is the least that there were.
        if (const std::int64_t used = max_procs_ > 0 ? 0 : most_in_use();
            max_nodes_ > 0 && used > max_nodes_) {
            notes_.add(
                fmt::format("MaxNodes is {}, and {} processors were in use at once: there are taken to be as "
                            "many, as no MaxProcs says",
                            max_nodes_, used));
            run_.processors = used;
        }
        run_.notes = notes_.take();
        if (run_.tasks.empty())
            throw FileError(input_.file(),
                            fmt::format("has {} jobs and none with a run time and processors{}", lines_,
                                        input_.ended_early() ? cut_file : ""));
        name_pools();
    }

    std::int64_t most_in_use() const {
        std::vector<std::pair<Time, double>> changes;
        for (const models::RecordedTask& task : run_.tasks) {
            if (!models::has_times(task) || *task.completed == *task.started) continue;
            changes.emplace_back(*task.started, task.cpus);
            changes.emplace_back(*task.completed, -task.cpus);
        }
        std::sort(changes.begin(), changes.end());  // at one instant ends come first
        double now = 0, most = 0;
        for (const auto& [at, by] : changes) most = std::max(most, now += by);
        return static_cast<std::int64_t>(most);
    }

    Input& input_;
    LogProblemList problems_;
    bool unfinished_;  ///< what has not ended, and what never ran, is kept too
    NoteList notes_;
    models::RecordedRun run_;
    std::size_t columns_ = 0;     ///< of the first job; 0: none yet
    std::int64_t first_job_ = 0;  ///< its line
    std::int64_t lines_ = 0, max_procs_ = 0, max_nodes_ = 0;
    double first_number_ = 0, last_number_ = 0;
    std::map<bool, std::map<std::string, std::string>>
        names_;                                        ///< of queues (true) and partitions, by number
    std::vector<std::pair<double, double>> queue_of_;  ///< queue and partition, by task
    std::unordered_set<double> numbers_;
    std::unordered_set<std::size_t> lines_seen_;  ///< by their hash
};

}  // namespace

bool looks_like_swf(std::string_view head) {
    const std::size_t start = head.find_first_not_of(" \t\r\n\f\v");
    if (start == std::string_view::npos) return false;
    if (head[start] == ';') {
        // "; Version: 2.2" and not the header of a table, ";case;activity".
        const std::size_t word = head.find_first_not_of(';', start);
        if (word == std::string_view::npos || is_blank(head[word]) || head[word] == '\n') return true;
        const std::size_t mark = head.find_first_of(":;\n", word);
        return mark != std::string_view::npos && head[mark] == ':';
    }
    const std::size_t end = head.find_first_of("\r\n", start);
    const std::vector<Word> words =
        words_of_line(head.substr(start, end == std::string_view::npos ? end : end - start));
    return words.size() == swf_columns &&
           std::all_of(words.begin(), words.end(), [](const Word& word) { return swf_number(word.text); });
}

models::RecordedRun read_swf(Input& input, NotEnded not_ended) { return SwfReader(input, not_ended).read(); }

}  // namespace understudy::formats
