#include "models/schema/schema_difference.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

#include "models/dataset_lineage.h"
#include "models/schema/column_type.h"
#include "models/schema/old_names.h"

namespace understudy::models {

namespace {

using SchemaKind = SchemaDifference::Kind;

bool may_be_null(const Column& column) { return column.nullable.value_or(true); }
bool is_unique(const Column& column) { return column.unique.value_or(false); }

const Column* column_named(const Dataset& dataset, const std::string& name) {
    for (const Column& column : dataset.columns)
        if (column.name == name) return &column;
    return nullptr;
}

/// Below 0, 0 or above, as numbers where both are; ISO dates and the like as text.
int compare(const std::string& a, const std::string& b) {
    const auto x = number_in(a), y = number_in(b);
    if (x && y) return *x < *y ? -1 : *x > *y ? 1 : 0;
    return a.compare(b);
}

std::string list_of(const std::vector<std::string>& values, const char* none, const char* between = " ") {
    std::string text;
    for (const std::string& value : values) text += (text.empty() ? "" : between) + value;
    return text.empty() ? none : text;
}

std::string span_of(const Column& column) {
    if (column.min.empty() && column.max.empty()) return "any";
    return column.min + ".." + column.max;
}

/// Who writes what, and of what, before and after.
struct BothLineages {
    DatasetLineage before, now;
};

class ColumnComparison {
public:
    ColumnComparison(SchemaDifference about, const OldNames& old_names, const BothLineages& lineages,
                     std::vector<SchemaDifference>& out)
        : about_(std::move(about)), old_names_(old_names), lineages_(lineages), out_(out) {}

    void compare_columns(const Column& a, const Column& b) {
        if (about_.base_column != about_.column)
            say(SchemaKind::renamed, about_.base_column, about_.column, false, false);
        const ColumnType from = column_type(a.type), to = column_type(b.type);
        if (from.name != to.name) {
            // What has no type may hold anything.
            const bool backward = to.name.empty() || (!from.name.empty() && holds_all(to, from));
            const bool forward = from.name.empty() || (!to.name.empty() && holds_all(from, to));
            // Two words for one type are no difference.
            if (!backward || !forward)
                say(backward  ? SchemaKind::widened
                    : forward ? SchemaKind::narrowed
                              : SchemaKind::retyped,
                    from.name.empty() ? "of no type" : a.type, to.name.empty() ? "of no type" : b.type,
                    backward, forward);
        }
        if (may_be_null(a) != may_be_null(b))
            say(SchemaKind::nullability, may_be_null(a) ? "nullable" : "not null",
                may_be_null(b) ? "nullable" : "not null", may_be_null(b), may_be_null(a));
        if (is_unique(a) != is_unique(b))
            say(SchemaKind::uniqueness, is_unique(a) ? "unique" : "not unique",
                is_unique(b) ? "unique" : "not unique", !is_unique(b), !is_unique(a));
        const std::set<std::string> old_values(a.values.begin(), a.values.end()),
            new_values(b.values.begin(), b.values.end());
        if (old_values != new_values)
            say(SchemaKind::enumeration, list_of(a.values, "anything"), list_of(b.values, "anything"),
                all_in(old_values, new_values), all_in(new_values, old_values));
        if (a.min != b.min || a.max != b.max) {
            const bool backward = reaches(b, a), forward = reaches(a, b);
            if (!backward || !forward) say(SchemaKind::range, span_of(a), span_of(b), backward, forward);
        }
        compare_lineage(a, b);
        if (is_cut_off(b)) {
            say(SchemaKind::unwritten, list_of(b.derives_from, "", ", "), "", true, false);
            out_.back().job = job_between(b.derives_from);
        }
    }

    void say(SchemaKind kind, const std::string& from, const std::string& to, bool backward, bool forward) {
        SchemaDifference difference = about_;
        difference.kind = kind;
        difference.from = from;
        difference.to = to;
        difference.backward = backward;
        difference.forward = forward;
        out_.push_back(std::move(difference));
    }

private:
    /// By the names of the base, in whatever order.
    void compare_lineage(const Column& a, const Column& b) {
        const std::set<std::string> before(a.derives_from.begin(), a.derives_from.end());
        std::set<std::string> now;
        for (const std::string& column : b.derives_from) now.insert(old_names_.of_column(column));
        if (before == now) return;
        const auto shown = [](const Column& column) {
            return list_of(column.derives_from, column.origin_told ? "nothing" : "nothing that is known",
                           ", ");
        };
        say(SchemaKind::lineage, shown(a), shown(b), before.empty() && !a.origin_told, true);
    }

    /// Of what it is made nothing is read any more by who writes it, and it was before.
    bool is_cut_off(const Column& column) const {
        const auto& [before, now] = lineages_;
        const auto is_read = [&](const std::string& origin) {
            return now.is_made_of(about_.dataset, now.of_column(origin));
        };
        const auto was_read = [&](const std::string& origin) {
            return before.is_made_of(about_.base_dataset, before.of_column(old_names_.of_column(origin)));
        };
        const std::vector<std::string>& origins = column.derives_from;
        return !origins.empty() && now.is_written(about_.dataset) &&
               !now.is_written_by_load(about_.dataset) &&
               std::none_of(origins.begin(), origins.end(), is_read) &&
               std::all_of(origins.begin(), origins.end(), was_read);
    }

    /// The first that wrote the dataset and read what the column is made of.
    std::string job_between(const std::vector<std::string>& origins) const {
        const DatasetLineage& before = lineages_.before;
        std::set<std::string> read;
        for (const std::string& origin : origins) read.insert(before.of_column(old_names_.of_column(origin)));
        for (const DataJob& job : before.jobs())
            if (std::find(job.writes.begin(), job.writes.end(), about_.base_dataset) != job.writes.end() &&
                std::any_of(job.reads.begin(), job.reads.end(),
                            [&](const std::string& dataset) { return read.contains(dataset); }))
                return job.name;
        return "";
    }

    /// Whether what is one of `values` may stand where `allowed` is all that may; an empty set allows anything.
    static bool all_in(const std::set<std::string>& values, const std::set<std::string>& allowed) {
        if (allowed.empty()) return true;
        return !values.empty() && std::includes(allowed.begin(), allowed.end(), values.begin(), values.end());
    }

    /// Whether the limits of `wide` let in all that those of `narrow` do.
    static bool reaches(const Column& wide, const Column& narrow) {
        const bool low = wide.min.empty() || (!narrow.min.empty() && compare(wide.min, narrow.min) <= 0);
        const bool high = wide.max.empty() || (!narrow.max.empty() && compare(wide.max, narrow.max) >= 0);
        return low && high;
    }

    SchemaDifference about_;
    const OldNames& old_names_;
    const BothLineages& lineages_;
    std::vector<SchemaDifference>& out_;
};

/// What who reads it from outside calls it.
const std::string& table_of(const Dataset& dataset) {
    return dataset.description.label.empty() ? dataset.name : dataset.description.label;
}

void compare_datasets(const Dataset& base, const Dataset& candidate,
                      const std::map<std::string, std::string>& renamed_columns, const OldNames& names_before,
                      const BothLineages& lineages, std::vector<SchemaDifference>& out) {
    SchemaDifference about;
    about.base_dataset = base.name;
    about.dataset = candidate.name;
    // The old name of each new column, and the other way round.
    std::map<std::string, std::string> old_names, new_names;
    for (const auto& [now, before] : renamed_columns) {
        const std::string start = candidate.name + ".", old_start = base.name + ".";
        if (!now.starts_with(start)) continue;
        const std::string column = now.substr(start.size());
        const std::string old_column =
            before.starts_with(old_start) ? before.substr(old_start.size()) : before;
        old_names[column] = old_column;
        new_names[old_column] = column;
    }
    for (const Column& column : base.columns) {
        const auto renamed = new_names.find(column.name);
        const std::string name = renamed == new_names.end() ? column.name : renamed->second;
        about.base_column = column.name;
        const Column* now = column_named(candidate, name);
        if (now != nullptr && renamed == new_names.end() && old_names.contains(name)) now = nullptr;
        about.column = now == nullptr ? "" : name;
        ColumnComparison comparison(about, names_before, lineages, out);
        if (now == nullptr)
            comparison.say(SchemaKind::dropped, column.type, "", true, false);
        else
            comparison.compare_columns(column, *now);
    }
    about.base_column.clear();
    for (const Column& column : candidate.columns) {
        const auto old = old_names.find(column.name);
        if (column_named(base, old == old_names.end() ? column.name : old->second) != nullptr) continue;
        about.column = column.name;
        ColumnComparison(about, names_before, lineages, out)
            .say(SchemaKind::added, "", column.type, may_be_null(column), true);
    }
}

}  // namespace

const char* name_of(Compatibility compatibility) {
    switch (compatibility) {
        case Compatibility::neither: return "none";
        case Compatibility::backward: return "backward";
        case Compatibility::forward: return "forward";
        case Compatibility::full: return "full";
    }
    return "";
}

Compatibility compatibility(bool backward, bool forward) {
    return backward && forward ? Compatibility::full
           : backward          ? Compatibility::backward
           : forward           ? Compatibility::forward
                               : Compatibility::neither;
}

const char* name_of(SchemaDifference::Kind kind) {
    switch (kind) {
        case SchemaKind::dataset_dropped: return "dataset dropped";
        case SchemaKind::dataset_renamed: return "dataset renamed";
        case SchemaKind::unwritten: return "no longer written";
        case SchemaKind::added: return "added";
        case SchemaKind::dropped: return "dropped";
        case SchemaKind::renamed: return "renamed";
        case SchemaKind::retyped: return "retyped";
        case SchemaKind::widened: return "widened";
        case SchemaKind::narrowed: return "narrowed";
        case SchemaKind::nullability: return "nullability";
        case SchemaKind::enumeration: return "enum";
        case SchemaKind::range: return "range";
        case SchemaKind::uniqueness: return "unique";
        case SchemaKind::lineage: return "derives_from";
    }
    return "";
}

std::string SchemaDifference::path() const {
    const bool of_all = kind == SchemaKind::dataset_dropped || kind == SchemaKind::dataset_renamed ||
                        (kind == SchemaKind::unwritten && column.empty());
    const std::string& set = base_column.empty() && !of_all ? dataset : base_dataset;
    const std::string& name = base_column.empty() ? column : base_column;
    return name.empty() ? set : set + "." + name;
}

std::vector<SchemaDifference> schema_differences(const Scenario& base, const Scenario& candidate,
                                                 const std::map<std::string, std::string>& renamed_columns) {
    std::vector<SchemaDifference> out;
    const OldNames names_before(base, candidate, renamed_columns);
    const BothLineages lineages{DatasetLineage(base), DatasetLineage(candidate)};
    std::map<std::string, const Dataset*> by_old_name;
    for (const Dataset& dataset : candidate.twin.datasets)
        by_old_name[candidate.twin.drawn_as(dataset.name)] = &dataset;
    for (const Dataset& dataset : base.twin.datasets) {
        const auto now = by_old_name.find(base.twin.drawn_as(dataset.name));
        if (now == by_old_name.end()) {
            SchemaDifference gone;
            gone.kind = SchemaKind::dataset_dropped;
            gone.base_dataset = dataset.name;
            gone.forward = false;
            out.push_back(std::move(gone));
            continue;
        }
        if (const std::string from = table_of(dataset), to = table_of(*now->second); from != to) {
            SchemaDifference renamed;
            renamed.kind = SchemaKind::dataset_renamed;
            renamed.base_dataset = dataset.name;
            renamed.dataset = now->second->name;
            renamed.from = from;
            renamed.to = to;
            renamed.backward = renamed.forward = false;
            out.push_back(std::move(renamed));
        }
        if (lineages.before.is_written(dataset.name) && !lineages.now.is_written(now->second->name)) {
            const std::vector<std::string> writers = lineages.before.writers_of(dataset.name);
            SchemaDifference unwritten;
            unwritten.kind = SchemaKind::unwritten;
            unwritten.base_dataset = dataset.name;
            unwritten.dataset = now->second->name;
            unwritten.forward = false;
            if (!writers.empty()) unwritten.job = writers.front();
            out.push_back(std::move(unwritten));
        }
        if (!dataset.columns.empty())
            compare_datasets(dataset, *now->second, renamed_columns, names_before, lineages, out);
    }
    return out;
}

}  // namespace understudy::models
