// Columns of datasets: what their values may be, and what they are made of.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/check/checker.h"
#include "models/schema/column_type.h"

namespace understudy::models {

namespace {

bool holds_numbers(const ColumnType& type) {
    using Family = ColumnType::Family;
    return type.family == Family::integer || type.family == Family::decimal || type.family == Family::real;
}

std::string path_of_origin(const Dataset& dataset, const Column& column, std::size_t position) {
    return "twin.datasets." + dataset.name + ".columns." + column.name + ".derives_from." +
           std::to_string(position);
}

using Lineage = std::map<std::string, const std::vector<std::string>*>;

/// A round of columns that are made of each other, in order; empty where there is none. That a column is made of itself, as
/// what is added to what was there, is none.
std::vector<std::string> round_in(const Lineage& lineage) {
    enum class Seen { open, done };
    std::map<std::string, Seen> seen;
    for (const auto& [start, from] : lineage) {
        if (seen.contains(start)) continue;
        std::vector<std::pair<std::string, std::size_t>> way = {{start, 0}};
        seen[start] = Seen::open;
        while (!way.empty()) {
            const std::string at = way.back().first;
            const std::vector<std::string>& sources = *lineage.at(at);
            if (way.back().second == sources.size()) {
                seen[at] = Seen::done;
                way.pop_back();
                continue;
            }
            const std::string& next = sources[way.back().second++];
            if (next == at || !lineage.contains(next)) continue;
            const auto [known, is_new] = seen.try_emplace(next, Seen::open);
            if (is_new) {
                way.emplace_back(next, 0);
            } else if (known->second == Seen::open) {
                std::vector<std::string> round;
                for (auto one = std::find_if(way.begin(), way.end(),
                                             [&](const auto& each) { return each.first == next; });
                     one != way.end(); ++one)
                    round.push_back(one->first);
                return round;
            }
        }
    }
    return {};
}

}  // namespace

void Checker::check_columns(const Dataset& dataset) {
    for (const Column& column : dataset.columns) {
        const std::string path = "twin.datasets." + dataset.name + ".columns." + column.name;
        const auto low = number_in(column.min), high = number_in(column.max);
        if (holds_numbers(column_type(column.type)))
            for (const auto& [key, text] : {std::pair("min", &column.min), std::pair("max", &column.max)})
                if (!text->empty() && !number_in(*text))
                    error(
                        path + "." + key,
                        quoted(*text) + " is no number, which values of type " + quoted(column.type) + " are",
                        "write one, or change the type");
        // What is no number is in order of its text, as ISO 8601 dates are.
        const bool crossed = low && high ? *low > *high : !low && !high && column.min > column.max;
        if (!column.min.empty() && !column.max.empty() && crossed)
            error(path + ".min", "no value lies between " + quoted(column.min) + " and " + quoted(column.max),
                  "exchange them");
    }
}

void Checker::check_lineage() {
    std::map<std::string, const Dataset*> datasets;
    for (const Dataset& dataset : s_.twin.datasets) datasets[dataset.name] = &dataset;
    Lineage lineage;
    for (const Dataset& dataset : s_.twin.datasets)
        for (const Column& column : dataset.columns) {
            lineage[dataset.name + "." + column.name] = &column.derives_from;
            for (std::size_t i = 0; i < column.derives_from.size(); ++i)
                check_origin(column.derives_from[i], datasets, path_of_origin(dataset, column, i));
        }
    if (unread_.empty()) {
        const DatasetLineage by_jobs(s_);
        for (const Dataset& dataset : s_.twin.datasets) check_origins_are_read(dataset, by_jobs);
    }
    const std::vector<std::string> round = round_in(lineage);
    if (round.empty()) return;
    std::string text;
    for (const std::string& column : round) text += column + " <- ";
    const std::size_t dot = round.front().rfind('.');
    warn("twin.datasets." + round.front().substr(0, dot) + ".columns." + round.front().substr(dot + 1) +
             ".derives_from",
         "lineage goes round: " + text + round.front(), "say what came first");
}

void Checker::check_origins_are_read(const Dataset& dataset, const DatasetLineage& lineage) {
    std::map<std::string, bool> is_read;  // by dataset
    const auto reaches = [&](const std::string& origin) {
        return lineage.is_made_of(dataset.name, origin) || !lineage.is_told(dataset.name);
    };
    for (const Column& column : dataset.columns)
        for (std::size_t i = 0; i < column.derives_from.size(); ++i) {
            const std::string& origin = column.derives_from[i];
            const std::string from = lineage.of_column(origin);
            // What leads nowhere has a message of its own.
            if (from.empty()) continue;
            const auto [known, is_new] = is_read.try_emplace(from, false);
            if (is_new) known->second = reaches(from);
            if (known->second) continue;
            warn(path_of_origin(dataset, column, i),
                 "lineage goes past who writes it: " + quoted(dataset.name + "." + column.name) +
                     " is made of " + quoted(origin) + ", and nothing that writes " + quoted(dataset.name) +
                     " reads " + quoted(from) + " or what is made of it",
                 "say what it is made of now, or let " + quoted(lineage.writers_of(dataset.name).front()) +
                     " read " + quoted(from));
        }
}

void Checker::check_origin(const std::string& origin, const std::map<std::string, const Dataset*>& datasets,
                           const std::string& path) {
    const Dataset* found = nullptr;
    std::string column;
    // Names of datasets and of columns may have dots.
    for (std::size_t dot = origin.find('.'); dot != std::string::npos; dot = origin.find('.', dot + 1)) {
        const std::string name = origin.substr(0, dot);
        const auto dataset = datasets.find(name);
        // Of what declares no columns nobody knows which it has.
        if (dataset == datasets.end() ? is_written(name) || kinds_.contains(name) || may_be_unread(name)
                                      : dataset->second->columns.empty())
            return;
        if (dataset == datasets.end()) continue;
        found = dataset->second;
        column = origin.substr(dot + 1);
        for (const Column& one : found->columns)
            if (one.name == column) return;
    }
    if (found != nullptr) {
        std::set<std::string> columns;
        for (const Column& one : found->columns) columns.insert(one.name);
        warn(path, "lineage leads nowhere: " + quoted(found->name) + " has no column " + quoted(column),
             near(column, columns));
    } else {
        std::set<std::string> names;
        for (const auto& [name, dataset] : datasets) names.insert(name);
        const std::string near_one = near(origin.substr(0, origin.rfind('.')), names);
        warn(path, "lineage leads nowhere: there is no dataset of " + quoted(origin),
             near_one.empty() ? "columns have their dataset's name before them, such as 'orders.email'"
                              : near_one);
    }
}

}  // namespace understudy::models
