#include "tools/formats/catalogs/odcs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "models/schedule.h"
#include "tools/formats/catalogs/cron_schedule.h"
#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/language/values.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

namespace {

std::string text_at(const Node& map, std::string_view key) {
    const Entry* entry = map.is_map() ? map.find(key) : nullptr;
    return entry != nullptr && entry->value.is_scalar() ? clean_text(entry->value.text) : "";
}

const Node* node_at(const Node& map, std::string_view key) {
    const Entry* entry = map.is_map() ? map.find(key) : nullptr;
    return entry == nullptr ? nullptr : &entry->value;
}

/// The items of the list under `key`; none where there is none.
const std::vector<Node>& items_at(const Node& map, std::string_view key) {
    static const std::vector<Node> none;
    const Node* list = node_at(map, key);
    return list != nullptr && list->is_list() ? list->items : none;
}

std::string first_text(const Node& map, std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys)
        if (std::string text = text_at(map, key); !text.empty()) return text;
    return {};
}

std::optional<bool> flag_at(const Node& map, std::string_view key) {
    const std::string word = plain_word(text_at(map, key));
    if (word == "true" || word == "yes") return true;
    if (word == "false" || word == "no") return false;
    return std::nullopt;
}

constexpr kernel::Time contract_month = 30 * kernel::day, contract_year = 365 * kernel::day;

/// "PT30M", "P1DT12H" (ISO 8601), as far as it goes by days and less.
std::optional<kernel::Time> iso_length(std::string_view text) {
    if (text.size() < 3 || (text[0] != 'P' && text[0] != 'p')) return std::nullopt;
    std::string plain;
    for (const char c : text.substr(1))
        if (c != 'T' && c != 't') plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const bool months =
        text.find_first_of("Tt") == std::string_view::npos && plain.find('m') != std::string::npos;
    return months ? std::nullopt : log_duration(plain, kernel::second);
}

struct NumberAndUnit {
    std::string number, unit;
};

/// "90 mins" as 90 and mins, "daily" as one day; as it is where the unit stands by itself.
NumberAndUnit number_and_unit(const std::string& value, const std::string& unit) {
    static const std::map<std::string, const char*, std::less<>> words = {
        {"hourly", "hour"}, {"daily", "day"},   {"weekly", "week"},  {"monthly", "month"},
        {"yearly", "year"}, {"annual", "year"}, {"annually", "year"}};
    const std::string word = plain_word(value);
    if (const auto found = words.find(word); found != words.end()) return {"1", found->second};
    if (word == "quarterly") return {"3", "month"};
    if (!unit.empty()) return {value, unit};
    const std::size_t end = word.find_first_not_of("0123456789.");
    if (end == 0 || end == std::string::npos) return {value, ""};
    return {word.substr(0, end), std::string(trimmed(std::string_view(word).substr(end)))};
}

/// "4" and "d", "30m", "90 mins", "daily" or "PT30M" as a duration; nothing for what is no length of time. A month is 30 days,
/// a year 365.
std::optional<kernel::Time> length_of(const std::string& value, const std::string& unit_of_value) {
    if (!log_number(value) && unit_of_value.empty()) {
        const auto whole = iso_length(value);
        const auto length = whole ? whole : log_duration(value, kernel::second);
        if (length) return *length > 0 ? length : std::nullopt;
    }
    const auto [text, unit] = number_and_unit(value, unit_of_value);
    const auto number = log_number(text);
    if (!number || !(*number > 0)) return std::nullopt;
    static const std::map<std::string, kernel::Time, std::less<>> units = {
        {"d", kernel::day},
        {"day", kernel::day},
        {"days", kernel::day},
        {"h", kernel::hour},
        {"hr", kernel::hour},
        {"hrs", kernel::hour},
        {"hour", kernel::hour},
        {"hours", kernel::hour},
        {"m", kernel::minute},
        {"min", kernel::minute},
        {"mins", kernel::minute},
        {"minute", kernel::minute},
        {"minutes", kernel::minute},
        {"s", kernel::second},
        {"sec", kernel::second},
        {"secs", kernel::second},
        {"second", kernel::second},
        {"seconds", kernel::second},
        {"w", 7 * kernel::day},
        {"wk", 7 * kernel::day},
        {"wks", 7 * kernel::day},
        {"week", 7 * kernel::day},
        {"weeks", 7 * kernel::day},
        {"mo", contract_month},
        {"mos", contract_month},
        {"mth", contract_month},
        {"month", contract_month},
        {"months", contract_month},
        {"y", contract_year},
        {"yr", contract_year},
        {"yrs", contract_year},
        {"year", contract_year},
        {"years", contract_year},
        {"ms", kernel::millisecond},
        {"msec", kernel::millisecond},
        {"millisecond", kernel::millisecond},
        {"milliseconds", kernel::millisecond}};
    const auto found = units.find(plain_word(unit));
    if (found == units.end()) return std::nullopt;
    const double length = *number * static_cast<double>(found->second);
    if (!(length < 3e18)) return std::nullopt;
    return static_cast<kernel::Time>(std::llround(length));
}

bool is_by_calendar(const std::string& value, const std::string& unit) {
    const std::string word = plain_word(number_and_unit(value, unit).unit);
    return word.starts_with("mo") || word.starts_with("mth") || word.starts_with("y");
}

struct TimeOfDay {
    kernel::Time since_midnight = 0;
    std::string zone;  ///< an IANA name; empty: UTC
    bool says_zone = false;
};

/// "9:00", "9 AM", "09:00:00 UTC", "09:00-08:00", "09:00 Europe/Berlin". An offset is taken off.
std::optional<TimeOfDay> time_of_day(const std::string& text) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789:"), text.size());
    std::string clock = text.substr(0, end);
    std::string behind(trimmed(std::string_view(text).substr(end)));
    std::string word = plain_word(behind);
    kernel::Time half = 0;
    const std::string_view half_of_day = std::string_view(word).substr(0, 2);
    // "America/New_York" is a zone.
    const bool by_twelve = (half_of_day == "am" || half_of_day == "pm") &&
                           (word.size() == 2 || std::isalpha(static_cast<unsigned char>(word[2])) == 0);
    if (by_twelve) {
        const auto hour = log_number(clock.substr(0, clock.find(':')));
        if (!hour || *hour < 1 || *hour > 12) return std::nullopt;
        half = (word[0] == 'p' ? 12 : 0) - (*hour == 12 ? 12 : 0);
        behind = std::string(trimmed(std::string_view(behind).substr(2)));
        word = plain_word(behind);
        if (clock.find(':') == std::string::npos) clock += ":00";
    }
    if (clock.size() > 1 && clock[1] == ':') clock.insert(0, 1, '0');
    if (clock.size() == 5) clock += ":00";
    TimeOfDay time;
    time.says_zone = !behind.empty();
    if (behind.empty() || word == "z" || word == "utc" || word == "gmt")
        behind = "Z";
    else if (behind[0] != '+' && behind[0] != '-') {
        if (!models::Calendar::zone_exists(behind)) return std::nullopt;
        time.zone = std::exchange(behind, "Z");
    }
    // As an instant of some day, so that an offset is read as in all other instants.
    const auto instant = date_instant("2026-01-05T" + clock + behind);
    if (!instant || clock.size() < 8) return std::nullopt;
    time.since_midnight = ((*instant + half * kernel::hour) % kernel::day + kernel::day) % kernel::day;
    return time;
}

/// How often a map has each key that nothing reads.
class UnreadKeys {
public:
    explicit UnreadKeys(std::set<std::string, std::less<>> read) : read_(std::move(read)) {}
    void count(const Node& map) {
        for (const Entry& entry : map.entries)
            if (read_.count(entry.key) == 0) ++unread_[clean_text(entry.key)];
    }
    /// "primaryKey, relationships (3)"; empty: there were none.
    std::string text() const {
        std::string all;
        for (const auto& [key, count] : unread_)
            all += (all.empty() ? "" : ", ") + key + (count > 1 ? fmt::format(" ({})", count) : "");
        return all;
    }

private:
    std::set<std::string, std::less<>> read_;
    std::map<std::string, std::int64_t> unread_;
};

class ContractReader {
public:
    ContractReader(const Node& root, const std::filesystem::path& file) : root_(root), file_(file) {}

    Catalog read() {
        catalog_.counts.contracts = 1;
        catalog_.title = first_text(root_, {"name", "quantumName", "dataProduct", "dataset", "id"});
        owner_ = owner();
        for (const Node& table : items_at(root_, "schema")) read_table(table);   // v3
        for (const Node& table : items_at(root_, "dataset")) read_table(table);  // v2
        if (catalog_.datasets.empty())
            catalog_.notes.push_back(fmt::format("{}: no table in its schema", shown()));
        read_service_level();
        catalog_.counts.datasets = static_cast<std::int64_t>(catalog_.datasets.size());
        catalog_.counts.promises = static_cast<std::int64_t>(catalog_.promises.size());
        add_writer();
        for (const char* key : {"servers", "price", "roles", "support", "quality"})
            if (node_at(root_, key) != nullptr) unused(key);
        if (rules_ > 0) unused(fmt::format("{} rules of quality", rules_));
        for (const auto& [of, keys] :
             {std::pair{"tables", &table_keys_}, std::pair{"columns", &column_keys_},
              std::pair{"slaProperties", &service_level_keys_}, std::pair{"the frequency", &frequency_keys_}})
            if (const std::string text = keys->text(); !text.empty())
                unused(fmt::format("of {}: {}", of, text));
        return std::move(catalog_);
    }

private:
    std::string shown() const { return file_.filename().string(); }
    /// What is said of several tables is listed once.
    void unused(const std::string& what) {
        std::string line = fmt::format("{}: {}", shown(), what);
        if (std::find(catalog_.not_used.begin(), catalog_.not_used.end(), line) == catalog_.not_used.end())
            catalog_.not_used.push_back(std::move(line));
    }

    /// The team, or who is its owner now.
    std::string owner() const {
        const Node* team = node_at(root_, "team");
        const std::vector<Node>* members = team != nullptr && team->is_list() ? &team->items : nullptr;
        if (team != nullptr && team->is_map()) {
            if (std::string name = text_at(*team, "name"); !name.empty()) return name;
            members = &items_at(*team, "members");
        }
        if (members == nullptr || members->empty()) members = &items_at(root_, "stakeholders");
        for (const Node& one : *members) {
            const std::string role = plain_word(text_at(one, "role"));
            if (role.find("owner") != std::string::npos && text_at(one, "dateOut").empty())
                if (std::string name = first_text(one, {"username", "name"}); !name.empty()) return name;
        }
        return first_text(root_, {"owner", "dataProductOwner"});
    }

    void read_table(const Node& table) {
        if (!table.is_map()) return;
        CatalogDataset dataset;
        dataset.source = CatalogSource::odcs;
        dataset.title = first_text(table, {"name", "table", "physicalName", "id"});
        dataset.label = first_text(table, {"physicalName", "name", "table", "id"});
        if (dataset.label.empty()) {
            catalog_.notes.push_back(
                fmt::format("{}:{}: a table without a name is left out", shown(), table.place.line));
            return;
        }
        for (const char* key : {"name", "table", "physicalName", "id"})
            if (std::string name = text_at(table, key); !name.empty())
                tables_.emplace(plain_word(name), catalog_.datasets.size());
        const auto same =
            std::find_if(catalog_.datasets.begin(), catalog_.datasets.end(),
                         [&](const CatalogDataset& other) { return other.label == dataset.label; });
        if (same != catalog_.datasets.end()) {
            catalog_.notes.push_back(fmt::format("{}:{}: table '{}' comes twice: the first is taken", shown(),
                                                 table.place.line, dataset.label));
            return;
        }
        table_keys_.count(table);
        dataset.owner = owner_;
        dataset.description = first_text(table, {"description", "businessName"});
        dataset.contract = file_.string();
        for (const Node& tag : items_at(table, "tags"))
            if (tag.is_scalar() && !clean_text(tag.text).empty())
                dataset.tags.push_back(clean_text(tag.text));
        std::set<std::string> names;
        for (const char* key : {"properties", "columns"})
            for (const Node& column : items_at(table, key)) read_column(column, dataset, names);
        rules_ += static_cast<std::int64_t>(items_at(table, "quality").size());
        dataset.has_all_columns = !dataset.columns.empty();
        catalog_.counts.columns += static_cast<std::int64_t>(dataset.columns.size());
        catalog_.datasets.push_back(std::move(dataset));
    }

    void read_column(const Node& node, CatalogDataset& dataset, std::set<std::string>& names) {
        if (!node.is_map()) return;
        CatalogColumn column;
        column.name = first_text(node, {"name", "column", "physicalName", "id"});
        rules_ += static_cast<std::int64_t>(items_at(node, "quality").size());
        if (column.name.empty() || !names.insert(column.name).second) {
            catalog_.notes.push_back(
                fmt::format("{}:{}: a column {} is left out", shown(), node.place.line,
                            column.name.empty() ? "without a name" : "that is there already"));
            return;
        }
        column_keys_.count(node);
        column.type = first_text(node, {"physicalType", "logicalType"});
        if (const auto required = flag_at(node, "required"))
            column.nullable = !*required;
        else
            column.nullable = flag_at(node, "isNullable");
        for (const char* key : {"unique", "isUnique"})
            if (const auto unique = flag_at(node, key)) column.unique = unique;
        dataset.columns.push_back(std::move(column));
    }

    void read_service_level() {
        const std::string usual = first_text(root_, {"slaDefaultElement", "slaDefaultColumn"});
        for (const Node& one : items_at(root_, "slaProperties")) {
            const std::string property = text_at(one, "property");
            const std::string word = plain_word(property);
            const std::string value = text_at(one, "value"), unit = text_at(one, "unit");
            std::string element = first_text(one, {"element", "column"});
            if (element.empty()) element = usual;
            const std::string said = fmt::format("{} {}{}{}", property, value, unit.empty() ? "" : " ", unit);
            const bool latency = word == "latency" || word == "ly",
                       freshness = word == "freshness" || word == "fr";
            const bool frequency = word == "frequency" || word == "fy";
            if (word == "timeofavailability" || word == "ta") {
                if (one.is_map()) service_level_keys_.count(one);
                read_time_of_day(value, unit, element, said);
                continue;
            }
            if (!latency && !freshness && !frequency) {
                unused(fmt::format("{}: a scenario has no measure of it", said));
                continue;
            }
            if (one.is_map()) (frequency ? frequency_keys_ : service_level_keys_).count(one);
            const auto length = length_of(value, unit);
            if (!length) {
                unused(fmt::format("{}: no length of time", said));
                continue;
            }
            if (is_by_calendar(value, unit))
                catalog_.notes.push_back(
                    fmt::format("{}: {}: a month is taken for 30 days and a year for 365", shown(), said));
            const auto tables = tables_of(element);
            if (tables.empty()) {
                unused(element.empty() ? fmt::format("{}: the contract has no table", said)
                                       : fmt::format("{}: '{}' is no table of the contract", said, element));
                continue;
            }
            std::optional<WrittenSchedule> cron;
            if (const std::string schedule = text_at(one, "schedule"); frequency && !schedule.empty()) {
                cron = schedule_of_cron(schedule);
                if (!cron)
                    unused(
                        fmt::format("schedule '{}' of {}: the language has no words for it", schedule, said));
                else
                    catalog_.assumed.push_back(fmt::format(
                        "{}: the schedule '{}' is in UTC: the contract says no zone", shown(), schedule));
            }
            for (const std::size_t table : tables) {
                if (frequency) {
                    if (cron) crons_[table] = *cron;
                    auto& every = every_[table];
                    every = every == 0 ? *length : std::min(every, *length);
                    continue;
                }
                using Metric = CatalogPromise::Metric;
                catalog_.promises.push_back(
                    {latency ? Metric::latency : Metric::freshness, table, *length, ""});
            }
        }
        std::sort(catalog_.promises.begin(), catalog_.promises.end());
        catalog_.promises.erase(std::unique(catalog_.promises.begin(), catalog_.promises.end()),
                                catalog_.promises.end());
    }

    /// There by then, each day.
    void read_time_of_day(const std::string& value, const std::string& unit, const std::string& element,
                          const std::string& said) {
        // The unit is the zone, or half of the day.
        std::string said_of_time = said;
        auto time = time_of_day(unit.empty() ? value : value + " " + unit);
        if (!time && !unit.empty()) {
            time = time_of_day(value);
            if (time) unused(fmt::format("'{}' of {}: no zone such as Europe/Berlin", unit, said));
            said_of_time = said.substr(0, said.size() - unit.size() - 1);
        }
        if (!time) {
            unused(fmt::format("{}: no time of day such as 09:00, 09:00-08:00 or 09:00 Europe/Berlin", said));
            return;
        }
        const auto tables = tables_of(element);
        if (tables.empty())
            unused(element.empty() ? fmt::format("{}: the contract has no table", said)
                                   : fmt::format("{}: '{}' is no table of the contract", said, element));
        for (const std::size_t table : tables)
            catalog_.promises.push_back({CatalogPromise::Metric::landed, table,
                                         time->since_midnight / kernel::minute * kernel::minute, time->zone});
        if (!time->says_zone && !tables.empty())
            catalog_.assumed.push_back(
                fmt::format("{}: {} is in UTC: the contract says no zone", shown(), said_of_time));
    }

    /// Of "orders.placed_at, orders.id": orders. Of nothing: all.
    std::set<std::size_t> tables_of(const std::string& element) const {
        std::set<std::size_t> result;
        if (element.empty()) {
            for (std::size_t i = 0; i < catalog_.datasets.size(); ++i) result.insert(i);
            return result;
        }
        for (std::size_t from = 0; from <= element.size();) {
            const std::size_t end = std::min(element.find(',', from), element.size());
            std::string name = plain_word(element.substr(from, end - from));
            // The longest that is a table: names may hold dots.
            while (true) {
                if (const auto found = tables_.find(name);
                    found != tables_.end() && found->second < catalog_.datasets.size()) {
                    result.insert(found->second);
                    break;
                }
                const std::size_t dot = name.rfind('.');
                if (dot == std::string::npos) break;
                name.resize(dot);
            }
            from = end + 1;
        }
        return result;
    }

    /// A contract does not say what writes its tables: one pipeline stands for that.
    void add_writer() {
        if (catalog_.datasets.empty()) return;
        std::map<std::pair<kernel::Time, std::string>, std::size_t> pipelines;
        for (std::size_t i = 0; i < catalog_.datasets.size(); ++i) {
            const auto found = every_.find(i);
            const kernel::Time period = found == every_.end() ? 0 : found->second;
            const auto cron = crons_.find(i);
            const auto [at, fresh] = pipelines.emplace(
                std::pair(period, cron == crons_.end() ? "" : cron->second.text), catalog_.pipelines.size());
            if (fresh) {
                CatalogPipeline pipeline;
                pipeline.source = CatalogSource::odcs;
                // Without the period, so that a contract that comes to say another is still of the same pipeline.
                pipeline.label =
                    fmt::format("{} (writer of {})", catalog_.title.empty() ? "contract" : catalog_.title,
                                catalog_.datasets[i].label);
                pipeline.title = (catalog_.title.empty() ? "contract" : catalog_.title) + " writer";
                pipeline.owner = owner_;
                if (period > 0) pipeline.schedule = "every " + print_duration(period);
                pipeline.period = period;
                if (cron != crons_.end()) {
                    pipeline.schedule = cron->second.text;
                    pipeline.period = cron->second.period;
                }
                catalog_.pipelines.push_back(std::move(pipeline));
            }
            CatalogJob job;
            job.source = CatalogSource::odcs;
            job.label = "writes " + catalog_.datasets[i].label;
            job.title = "write " + catalog_.datasets[i].title;
            job.pipeline = at->second;
            job.writes = {i};
            catalog_.jobs.push_back(std::move(job));
        }
    }

    const Node& root_;
    const std::filesystem::path& file_;
    Catalog catalog_;
    std::string owner_;
    std::map<std::string, std::size_t> tables_;  ///< by each of their names
    std::map<std::size_t, kernel::Time> every_;
    std::map<std::size_t, WrittenSchedule> crons_;
    std::int64_t rules_ = 0;
    UnreadKeys table_keys_{{"name", "table", "physicalName", "id", "description", "businessName", "tags",
                            "properties", "columns", "quality"}};
    UnreadKeys column_keys_{{"name", "column", "physicalName", "id", "physicalType", "logicalType",
                             "required", "isNullable", "unique", "isUnique", "quality"}};
    UnreadKeys service_level_keys_{{"id", "property", "value", "unit", "element", "column"}};
    UnreadKeys frequency_keys_{
        {"id", "property", "value", "unit", "element", "column", "schedule", "scheduler"}};
};

}  // namespace

bool looks_like_contract(const Node& root) {
    if (!root.is_map()) return false;
    return plain_word(text_at(root, "kind")) == "datacontract" ||
           root.find("dataContractSpecification") != nullptr ||
           (root.find("apiVersion") != nullptr &&
            (root.find("slaProperties") != nullptr || root.find("dataset") != nullptr));
}

Catalog read_contract(const Node& root, const std::filesystem::path& file, ImportProblems& problems) {
    const auto line_of = [&](std::string_view key) -> std::int64_t {
        const Entry* entry = root.is_map() ? root.find(key) : nullptr;
        return entry == nullptr ? 1 : entry->place.line;
    };
    if (root.is_map() && root.find("dataContractSpecification") != nullptr) {
        problems.add(
            file, line_of("dataContractSpecification"),
            "is a contract of the Data Contract Specification, not of ODCS; its own tool writes ODCS: "
            "datacontract export --format odcs");
        return {};
    }
    if (!looks_like_contract(root)) {
        problems.add(file, 1, "is no data contract of ODCS: lacks 'kind: DataContract'");
        return {};
    }
    const std::string version = text_at(root, "apiVersion");
    const std::string plain = version.starts_with("v") ? version.substr(1) : version;
    if (!plain.starts_with("2.") && !plain.starts_with("3.")) {
        problems.add(file, line_of("apiVersion"),
                     version.empty() ? "lacks 'apiVersion'"
                                     : fmt::format("apiVersion '{}' is none of v2 and v3", version));
        return {};
    }
    for (const char* key : {"schema", "slaProperties"})
        if (const Entry* entry = root.find(key); entry != nullptr && !entry->value.is_list() &&
                                                 !(entry->value.is_scalar() && entry->value.text.empty())) {
            // v2 has `schema` for something else in servers only.
            problems.add(file, entry->place.line, fmt::format("'{}' is no list", key));
            return {};
        }
    return ContractReader(root, file).read();
}

}  // namespace understudy::formats
