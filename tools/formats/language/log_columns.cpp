#include "tools/formats/language/log_columns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <optional>
#include <utility>
#include <variant>

#include "kernel/random.h"
#include "models/replay/local_dates.h"
#include "tools/formats/language/decimal.h"
#include "tools/formats/language/suggestions.h"
#include "tools/formats/language/units.h"
#include "tools/formats/logs/date_zones.h"
#include "tools/formats/logs/delimited.h"
#include "tools/formats/logs/input.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/missing_values.h"
#include "tools/formats/logs/written_dates.h"

namespace understudy::formats {

namespace {

/// What a column's unit makes of its numbers.
struct Scale {
    Dimension dimension = Dimension::number;
    double factor = 1;
};

std::optional<Scale> scale_of(std::string_view unit) {
    if (unit == "number" || unit == "count") return Scale{};
    if (unit == "%") return Scale{Dimension::share, 0.01};
    if (const Unit* time = time_unit(unit))
        return Scale{Dimension::duration, Decimal(time->multiplier).shifted(time->shift - 9).to_double()};
    if (const Unit* size = size_unit(unit))
        return Scale{Dimension::size, Decimal(size->multiplier).shifted(size->shift).to_double()};
    return std::nullopt;
}

/// Numbers as such where all keys are; else of each text the same number in any log: 53 bits of its hash.
std::vector<double> numbers_of_keys(const std::vector<std::string>& keys) {
    std::vector<double> numbers;
    for (const std::string& key : keys) {
        const auto number = log_number(key);
        if (!number) break;
        numbers.push_back(*number);
    }
    if (numbers.size() == keys.size()) return numbers;
    numbers.clear();
    for (const std::string& key : keys)
        numbers.push_back(static_cast<double>(kernel::stable_hash(key) >> 11));
    return numbers;
}

/// Numbers from here on (1979) are dates, as those of events are (event_reader.cpp); below they count from anything.
constexpr std::int64_t earliest_date = 3650 * kernel::day;

/// The instants of a column as they stand in its file, in ns since 1970; dates that say no zone as of UTC.
struct Instants {
    std::vector<std::int64_t> ns;
    std::vector<bool> local;  ///< says no zone
    bool dates = false;       ///< any is a date, and no number
    std::size_t spreadsheet_days = 0;

    /// `order` is told of the dates; one whose order is not known yet is none until settle().
    void add(std::string_view text, const std::string& file, std::int64_t line, DatesOrder& order) {
        order.see(text, line);
        DateZones zones;
        auto instant = read_date(text, order.get(), zones);
        dates = dates || instant.has_value();
        if (!instant && !order.get() && order_said_by(text) == OrderSaid::open) {
            open_.push_back({ns.size(), std::string(text), line});
            instant = 0;
        }
        if (!instant) {
            instant = log_instant(text, 0);
            spreadsheet_days += may_be_spreadsheet_day(text) ? 1 : 0;
        }
        if (!instant) throw no_date(text, file, line);
        ns.push_back(*instant);
        local.push_back(zones.local());
    }
    /// All of the file have been seen.
    void settle(const std::string& file, const DatesOrder& order) {
        for (const Open& one : open_) {
            DateZones zones;
            const auto instant = read_date(one.text, order.get(), zones);
            if (!instant && !order.get())
                throw Fault(0,
                            fmt::format("{}:{}: '{}' may have the day or the month first, and no date of the "
                                        "log says which",
                                        file, one.line, one.text),
                            "write the dates with the year first: 2026-01-31T09:00");
            if (!instant) throw no_date(one.text, file, one.line);
            ns[one.at] = *instant;
            local[one.at] = zones.local();
            dates = true;
        }
        open_.clear();
        if (spreadsheet_days > 0 && spreadsheet_days == ns.size())
            throw Fault(0, fmt::format("{}: each of its times {}", file, formats::spreadsheet_days),
                        "where they are numbers of a unit, list their column with it: 'columns: {at: s}'");
    }
    static Fault no_date(std::string_view text, const std::string& file, std::int64_t line) {
        return {0, fmt::format("{}:{}: '{}' is no date and time", file, line, text)};
    }
    std::vector<double> seconds() const {
        std::vector<double> seconds;
        for (const std::int64_t one : ns) seconds.push_back(static_cast<double>(one) * 1e-9);
        return seconds;
    }

private:
    struct Open {
        std::size_t at;
        std::string text;
        std::int64_t line;
    };
    std::vector<Open> open_;
};

/// The second time at which the clock of a zone shows what it shows at `first`; none: it shows it once.
std::optional<std::int64_t> second_time(std::int64_t first, const std::string& zone) {
    // No zone changes its clock twice within six hours.
    const std::int64_t later = first + 6 * kernel::hour;
    const std::int64_t local = models::local_time(first, zone).ns;
    const std::int64_t second = local - (models::local_time(later, zone).ns - later);
    if (second <= first || models::local_time(second, zone).ns != local) return std::nullopt;
    return second;
}

/// The rows [from, until) have clock times that come twice: those from here on are of the second time. `until`: none is.
/// The clock went back where it does in the log, or shows the same again in one that repeats no time elsewhere.
std::size_t first_of_second_time(const std::vector<std::int64_t>& ns, std::size_t from, std::size_t until,
                                 bool repeats) {
    std::size_t back = until;
    for (std::size_t i = from + 1; i < until; ++i)
        if (ns[i] < ns[i - 1]) {
            if (back < until) return until;  // back and forth: in no order
            back = i;
        }
    if (back < until) return back;
    for (std::size_t i = from + 1; i < until && !repeats; ++i)
        if (ns[i] == ns[i - 1]) return i;
    return until;
}

/// Dates that say no zone, as of this one. An hour that comes twice is the first of the two; a log whose rows are in order
/// tells which of them are of the second.
void place_in_zone(Instants& instants, const std::string& zone) {
    if (zone.empty() || zone == "UTC") return;
    const models::LocalDates dates(zone);
    std::vector<std::int64_t>& ns = instants.ns;
    std::vector<std::optional<std::int64_t>> again(ns.size());
    for (std::size_t i = 0; i < ns.size(); ++i) {
        if (!instants.local[i]) continue;
        ns[i] = dates.in_zone(ns[i]);
        again[i] = second_time(ns[i], zone);
    }
    bool ascending = true, repeats = false;
    for (std::size_t i = 1; i < ns.size(); ++i) {
        if (again[i] && again[i - 1]) continue;
        ascending = ascending && ns[i] >= ns[i - 1];
        repeats = repeats || ns[i] == ns[i - 1];
    }
    if (!ascending) return;
    for (std::size_t from = 0, until = 0; from < ns.size(); from = until + 1) {
        while (from < ns.size() && !again[from]) ++from;
        until = from;
        while (until < ns.size() && again[until] && ns[until] - ns[from] < kernel::day) ++until;
        for (std::size_t i = first_of_second_time(ns, from, until, repeats); i < until; ++i)
            ns[i] = *again[i];
        if (until < ns.size() && again[until]) --until;
    }
}

}  // namespace

LogColumns::LogColumns(Reading& reading, const Node* section, std::string folder, std::string zone)
    : folder_(std::move(folder)), zone_(std::move(zone)) {
    if (section == nullptr) return;
    if (!section->is_map()) {
        if (!section->is_scalar() || !section->text.empty())
            reading.error(*section, fmt::format("'logs' takes a map, not {}", shown(*section)),
                          "such as '{calls: {file: calls.csv, format: csv, columns: {took: ms}}}'");
        return;
    }
    for (const Entry& entry : section->entries) {
        if (!require_declared_name(reading.out, entry.key, entry.place)) continue;
        Log log;
        log.name = entry.key;
        const std::size_t before = reading.out.errors();
        MapReader map(reading, entry.value, "log", entry.place);
        map.text("file", log.file);
        // In the order of the keys' own list.
        static constexpr const char* formats[] = {"csv", "nextflow", "wfformat", "openlineage",
                                                  "swf", "xes",      "ninja",    "dbt"};
        if (const auto format = map.choice("format")) log.format = formats[*format];
        map.text("time", log.time);
        if (log.format != "csv" && !log.format.empty())
            for (const char* of_tables : {"time", "key", "columns"})
                if (const Node* own = map.find(of_tables))
                    reading.error(
                        *own, fmt::format("'{}' of a log of {}", of_tables, log.format),
                        fmt::format("its columns are known: {}", fmt::join(recorded_column_names(), ", ")));
        if (const Node* columns = map.find("columns")) {
            if (!columns->is_map())
                reading.error(*columns, fmt::format("'columns' takes a map, not {}", shown(*columns)),
                              "each with its unit: '{took: ms, bytes: B}'");
            for (const Entry& column : columns->entries) {
                if (!require_scalar(reading, column.value, column.key, "ms")) continue;
                if (!scale_of(column.value.text))
                    reading.error(column.value, fmt::format("'{}' is no unit of a column", column.value.text),
                                  "a unit of time or size such as ms or MiB, '%', or 'number'");
                log.units.emplace(column.key, column.value.text);
            }
        }
        log.broken = reading.out.errors() > before;
        map.text("key", log.key);
        models::Log declared{log.name, log.file, log.format, log.time, log.key, {}};
        if (const Node* columns = map.find("columns"))
            for (const Entry& column : columns->entries)
                declared.columns.emplace_back(column.key, column.value.text);
        declared_.push_back(std::move(declared));
        logs_.emplace(entry.key, std::move(log));
    }
}

LogColumn LogColumns::column(std::string_view name, std::string_view column) {
    const auto found = logs_.find(name);
    if (found == logs_.end()) {
        std::vector<std::string> names;
        for (const auto& [known, log] : logs_) names.push_back(known);
        const std::string hint = did_you_mean(name, names);
        throw Fault(
            0, fmt::format("no log is called '{}'", name),
            hint.empty()
                ? fmt::format(
                      "declare it: 'logs: {{{}: {{file: calls.csv, format: csv, columns: {{{}: s}}}}}}'",
                      name, column)
                : hint);
    }
    Log& log = found->second;
    if (log.broken) throw Fault(0, fmt::format("log '{}' cannot be read", name), "see its own error");
    if (const auto known = log.columns.find(column); known != log.columns.end()) return known->second;
    if (log.format != "csv") {
        if (!log.rows) read_rows(log);
        return log.columns.emplace(column, column_of_rows(log, column)).first->second;
    }
    if (log.units.find(column) == log.units.end() && column != log.time && column != log.key) {
        std::vector<std::string> names;
        for (const auto& [known, unit] : log.units) names.push_back(known);
        for (const std::string& own : {log.time, log.key})
            if (!own.empty()) names.push_back(own);
        const std::string hint = did_you_mean(column, names);
        throw Fault(
            name.size() + 1, fmt::format("log '{}' has no column '{}'", name, column),
            hint.empty() ? fmt::format("list it with its unit: 'columns: {{{}: ms}}'", column) : hint);
    }
    read(log, std::string(column));
    return log.columns.find(column)->second;
}

std::optional<std::int64_t> LogColumns::first_date(std::string_view log) const {
    const auto found = logs_.find(log);
    return found == logs_.end() ? std::nullopt : found->second.first_date;
}

std::uint64_t LogColumns::digest() const {
    const auto bytes_of = [](const std::shared_ptr<const std::vector<double>>& values) {
        if (!values) return std::string_view();
        return std::string_view(reinterpret_cast<const char*>(values->data()),
                                values->size() * sizeof(double));
    };
    std::uint64_t digest = 0;
    for (const auto& [name, log] : logs_)
        for (const auto& [column, read] : log.columns) {
            digest = kernel::stable_hash(name, digest);
            digest = kernel::stable_hash(column, digest);
            digest = kernel::stable_hash(bytes_of(read.values), digest);
            digest = kernel::stable_hash(bytes_of(read.times), digest);
            if (!read.keys) continue;
            for (const auto& [key, row] : std::map<double, std::size_t>(read.keys->begin(), read.keys->end()))
                digest = kernel::stable_hash(fmt::format("{:a} {}", key, row), digest);
        }
    return digest;
}

std::filesystem::path LogColumns::path_of(const Log& log) const {
    return folder_.empty() || folder_ == "." ? std::filesystem::path(log.file)
                                             : std::filesystem::path(folder_) / log.file;
}

namespace {

/// The user knows the file by the name in the scenario, not by the folder we found it in.
Fault fault_of_file(std::string message, const std::string& file) {
    const std::size_t at = message.find(file);
    if (at != std::string::npos) message.erase(0, at);
    return {0, message, "the path is relative to the scenario's folder"};
}

}  // namespace

void LogColumns::read_rows(Log& log) {
    std::variant<std::vector<RecordedRow>, LogFailure> found;
    try {
        found = read_recorded_rows(path_of(log), log.format);
    } catch (const std::runtime_error& problem) {
        log.broken = true;
        throw fault_of_file(problem.what(), log.file);
    }
    if (const auto* failure = std::get_if<LogFailure>(&found)) {
        log.broken = true;
        throw fault_of_file(failure->message, log.file);
    }
    log.rows = std::move(std::get<std::vector<RecordedRow>>(found));
}

LogColumn LogColumns::column_of_rows(Log& log, std::string_view path) {
    const std::size_t dot = path.rfind('.');
    const bool of_all = dot == std::string_view::npos;
    const std::string_view process = of_all ? std::string_view() : path.substr(0, dot);
    const std::string_view name = of_all ? path : path.substr(dot + 1);
    const RecordedColumn* column = recorded_column(name);
    if (column == nullptr) {
        const std::vector<std::string> names = recorded_column_names();
        const std::string hint = did_you_mean(name, names);
        throw Fault(log.name.size() + 1, fmt::format("a log of {} has no column '{}'", log.format, name),
                    hint.empty() ? fmt::format("it has {}", fmt::join(names, ", ")) : hint);
    }
    std::vector<const RecordedRow*> rows;
    bool any_of_process = of_all, timed = true;
    for (const RecordedRow& row : *log.rows) {
        if (!of_all && row.process != process) continue;
        any_of_process = true;
        if (!(row.*column->value)) continue;
        timed = timed && row.instant();
        rows.push_back(&row);
    }
    if (!any_of_process) {
        std::vector<std::string> names;
        for (const RecordedRow& row : *log.rows) names.push_back(row.process);
        std::sort(names.begin(), names.end());
        names.erase(std::unique(names.begin(), names.end()), names.end());
        throw Fault(log.name.size() + 1, fmt::format("{} has no task of '{}'", log.file, process),
                    did_you_mean(process, names));
    }
    if (rows.empty())
        throw Fault(log.name.size() + 1, fmt::format("no task of {} says its '{}'", log.file, column->name));
    if (timed)
        std::stable_sort(rows.begin(), rows.end(), [](const RecordedRow* a, const RecordedRow* b) {
            return *a->instant() < *b->instant();
        });
    std::vector<double> values, times;
    for (const RecordedRow* row : rows) {
        values.push_back(*(row->*column->value));
        if (timed) times.push_back(*row->instant() - *rows.front()->instant());
    }
    if (column->is_instant) {
        const double first = *std::min_element(values.begin(), values.end());
        for (double& value : values) value -= first;
    }
    LogColumn result;
    result.dimension = column->of == RecordedColumn::Of::seconds ? Dimension::duration
                       : column->of == RecordedColumn::Of::bytes ? Dimension::size
                                                                 : Dimension::number;
    result.values = std::make_shared<const std::vector<double>>(std::move(values));
    if (timed) result.times = std::make_shared<const std::vector<double>>(std::move(times));
    return result;
}

void LogColumns::read(Log& log, const std::string& column) {
    const auto unit = log.units.find(column);
    // The time column may hold dates, or numbers of the unit it is listed with.
    const std::optional<Scale> scale = unit == log.units.end() ? std::nullopt : scale_of(unit->second);
    const bool is_key = column == log.key && !scale;
    std::vector<double> values, times;
    Instants value_instants, time_instants;
    DatesOrder order_of_dates;
    LogColumn result;
    std::vector<std::string> keys;
    std::vector<std::int64_t> lines;
    std::string repeated;
    try {
        Input input(path_of(log));
        const std::string_view start = input.peek(64 * 1024);
        const char separator = detect_separator(start.substr(0, start.find('\n')));
        DelimitedReader rows(input, separator == 0 ? ',' : separator, Quoting::rfc4180);
        std::vector<std::string> header, row;
        if (!rows.next(header))
            throw Fault(0, fmt::format("{} is empty", log.file), "its first line names the columns");
        for (std::string& name : header) name = std::string(trimmed(name));
        const auto index_of = [&](const std::string& name) {
            const auto at = std::find(header.begin(), header.end(), name);
            if (at == header.end())
                throw Fault(log.name.size() + 1, fmt::format("{} has no column '{}'", log.file, name),
                            did_you_mean(name, header));
            if (std::find(at + 1, header.end(), name) != header.end())
                throw Fault(log.name.size() + 1,
                            fmt::format("{}:{}: two columns are called '{}'", log.file, rows.line(), name),
                            "give one of them another name, or leave it out");
            return static_cast<std::size_t>(at - header.begin());
        };
        const std::size_t value_index = index_of(column);
        const std::size_t key_index = log.key.empty() ? header.size() : index_of(log.key);
        const std::size_t time_index = log.time.empty() ? header.size() : index_of(log.time);
        const auto time_unit_known = log.units.find(log.time);
        const double time_scale =
            time_unit_known == log.units.end() ? 1 : scale_of(time_unit_known->second)->factor;
        while (rows.next(row)) {
            if (row.size() != header.size())
                throw Fault(
                    0,
                    fmt::format("{}:{}: the line has {} fields, the header {}", log.file, rows.line(),
                                row.size(), header.size()),
                    row.size() > header.size()
                        ? "put a value with the separator in it into quotes, and write numbers without "
                          "separators of thousands"
                        : "");
            const std::string_view text = trimmed(row[value_index]);
            if (scale && says_nothing(text)) {
                if (result.missing_rows++ == 0)
                    result.first_missing = fmt::format("{}:{}: '{}' in column '{}' is no number from 0 up",
                                                       log.file, rows.line(), text, column);
                continue;
            }
            if (key_index < row.size()) keys.emplace_back(trimmed(row[key_index]));
            if (is_key) {
                values.push_back(0);  // once all keys are known
            } else if (scale) {
                const auto number = log_number(text);
                if (!number || !(*number >= 0))
                    throw Fault(0, fmt::format("{}:{}: '{}' in column '{}' is no number from 0 up", log.file,
                                               rows.line(), text, column));
                values.push_back(*number * scale->factor);
            } else {
                value_instants.add(text, log.file, rows.line(), order_of_dates);
            }
            if (time_index < row.size()) {
                const std::string_view time = trimmed(row[time_index]);
                if (const auto number = time_unit_known == log.units.end() ? std::nullopt : log_number(time))
                    times.push_back(*number * time_scale);
                else
                    time_instants.add(time, log.file, rows.line(), order_of_dates);
                lines.push_back(rows.line());
            }
        }
        value_instants.settle(log.file, order_of_dates);
        time_instants.settle(log.file, order_of_dates);
    } catch (const std::runtime_error& problem) {
        log.broken = true;
        if (dynamic_cast<const Fault*>(&problem) != nullptr) throw;
        throw fault_of_file(problem.what(), log.file);
    }
    if (!time_instants.ns.empty()) {
        if (!times.empty())
            throw Fault(0, fmt::format("{}: column '{}' has numbers in some rows and dates in others",
                                       log.file, log.time));
        place_in_zone(time_instants, zone_);
        const std::int64_t first = *std::min_element(time_instants.ns.begin(), time_instants.ns.end());
        if (time_instants.dates || first >= earliest_date) log.first_date = first;
        times = time_instants.seconds();
    }
    if (!value_instants.ns.empty()) {
        place_in_zone(value_instants, zone_);
        values = value_instants.seconds();
    }
    if (values.empty() && result.missing_rows > 0) throw Fault(0, result.first_missing);
    if (values.empty()) throw Fault(0, fmt::format("{} has no rows", log.file));
    std::vector<double> key_values = numbers_of_keys(keys);
    if (is_key) values = key_values;
    if (times.size() == values.size()) {
        std::vector<std::size_t> order(values.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return times[a] < times[b]; });
        std::vector<double> sorted;
        for (const std::size_t i : order) sorted.push_back(values[i]);
        for (std::size_t i = 1; i < order.size() && repeated.empty(); ++i)
            if (times[order[i]] == times[order[i - 1]])
                repeated = fmt::format("{}:{}", log.file, lines[order[i]]);
        values.swap(sorted);
        if (!key_values.empty()) {
            std::vector<double> sorted_keys;
            for (const std::size_t i : order) sorted_keys.push_back(key_values[i]);
            key_values.swap(sorted_keys);
        }
        std::sort(times.begin(), times.end());
        const double first = times.front();
        for (double& time : times) time -= first;
    }
    result.repeated = std::move(repeated);
    if (times.size() == values.size())
        result.times = std::make_shared<const std::vector<double>>(std::move(times));
    if (!key_values.empty() && column != log.key) {
        models::RowsByKey rows;
        for (std::size_t i = 0; i < key_values.size(); ++i) rows.emplace(key_values[i], i);
        result.keys = std::make_shared<const models::RowsByKey>(std::move(rows));
    }
    result.dimension = scale ? scale->dimension : is_key ? Dimension::number : Dimension::duration;
    if (!scale && !is_key) {
        const double first = *std::min_element(values.begin(), values.end());
        for (double& value : values) value -= first;
    }
    result.values = std::make_shared<const std::vector<double>>(std::move(values));
    log.columns.emplace(column, std::move(result));
}

}  // namespace understudy::formats
