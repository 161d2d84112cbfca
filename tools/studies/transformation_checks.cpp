#include "tools/studies/transformation_checks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <set>

#include "models/knowledge/knowledge_graph.h"
#include "models/listed.h"
#include "models/schema/column_type.h"

namespace understudy::studies {

namespace {

using models::Column;
using TypeFamily = models::ColumnType::Family;

std::string rows_text(std::int64_t count) { return std::to_string(count) + (count == 1 ? " row" : " rows"); }

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::string number_text(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

std::string age_text(std::int64_t seconds) {
    constexpr std::int64_t minute = 60, hour = 3600, day = 24 * hour;
    const auto in = [&](std::int64_t unit, const char* name) {
        return number_text(static_cast<double>(seconds) / static_cast<double>(unit)) + " " + name;
    };
    return seconds >= day      ? in(day, "d")
           : seconds >= hour   ? in(hour, "h")
           : seconds >= minute ? in(minute, "min")
                               : in(1, "s");
}

double power_of_ten(int digits) {
    double value = 1;
    for (int i = 0; i < digits && value < 1e300; ++i) value *= 10;
    return value;
}

/// Digits behind the point, without zeros at the end, of the numbers that came as text, among the values that are known: a
/// text has the digits that it shows, those of a double come of how it was computed.
std::ptrdiff_t most_scale(const ColumnProfile& p) {
    std::ptrdiff_t most = 0;
    for (const ProfiledValue& value : p.values) {
        const std::size_t dot = value.text.find('.'), last = value.text.find_last_not_of('0');
        const bool decimal = value.shown.starts_with('\'') && dot != std::string::npos &&
                             value.text.find_first_not_of("+-.0123456789") == std::string::npos;
        if (decimal)
            most = std::max(most, static_cast<std::ptrdiff_t>(last) - static_cast<std::ptrdiff_t>(dot));
    }
    return most;
}

/// Values of the column that its type has no place for.
std::int64_t outside_of(const models::ColumnType& type, const ColumnProfile& p, std::string& what) {
    const std::int64_t values = p.rows - p.nulls;
    switch (type.family) {
        case TypeFamily::boolean: {
            const bool bits = p.integers == 0 || (*p.least_integer >= 0 && *p.greatest_integer <= 1);
            what = "neither true nor false";
            return values - p.booleans - (bits ? p.integers : 0);
        }
        case TypeFamily::integer: {
            what = "no integer of " + std::to_string(type.width) + " bits";
            const double limit = std::ldexp(1.0, type.width - 1);
            const bool fits = p.integers == 0 || type.width >= 64 ||
                              (static_cast<double>(*p.least_integer) >= -limit &&
                               static_cast<double>(*p.greatest_integer) < limit);
            // Which of them do not fit is not kept: at least one.
            return values - p.integers + (fits ? 0 : 1);
        }
        case TypeFamily::decimal: {
            what = "no number of " +
                   (type.width == models::ColumnType::without_end ? std::string("decimals") : type.name);
            const std::int64_t numbers = p.integers + p.reals;
            const bool fits =
                type.width == models::ColumnType::without_end ||
                ((numbers + p.decimals == 0 || std::max(std::fabs(*p.least), std::fabs(*p.greatest)) <
                                                   power_of_ten(type.width - type.scale)) &&
                 most_scale(p) <= type.scale);
            return values - numbers - p.decimals + (fits ? 0 : 1);
        }
        case TypeFamily::real: what = "no number"; return values - p.integers - p.reals;
        case TypeFamily::text:
            what = p.texts < values ? "no text" : "longer than " + std::to_string(type.width);
            return values - p.texts + (p.longest > type.width ? 1 : 0);
        case TypeFamily::binary: what = "no bytes"; return values - p.blobs - p.texts;
        case TypeFamily::date: what = "no date (YYYY-MM-DD)"; return values - p.dates;
        case TypeFamily::time: what = "no time of day"; return values - p.times;
        case TypeFamily::timestamp:
        case TypeFamily::zoned_timestamp:
            what = "no ISO 8601 instant";
            return values - p.timestamps - p.dates;
        case TypeFamily::unknown: return 0;
    }
    return 0;
}

class ContractChecks {
public:
    ContractChecks(const Transformation& transformation, const models::Dataset& dataset,
                   const models::Objective* freshness, Checks& out)
        : t_(transformation), dataset_(dataset), freshness_(freshness), out_(out) {}

    void check() {
        std::vector<std::string> missing, undeclared;
        for (const Column& column : dataset_.columns)
            if (profile(column.name) == nullptr) missing.push_back(column.name);
        for (const ColumnProfile& one : t_.candidate.columns)
            if (std::none_of(dataset_.columns.begin(), dataset_.columns.end(),
                             [&](const Column& column) { return column.name == one.name; }))
                undeclared.push_back(one.name);
        if (!missing.empty())
            say("columns", Check::Status::failed, dataset_.name,
                "the result lacks " + joined(missing) + ", which " + dataset_.name + " declares",
                "select them, or take them from the dataset's columns");
        else if (!undeclared.empty())
            say("columns", Check::Status::warned, dataset_.name,
                "the result has " + joined(undeclared) + ", which " + dataset_.name + " does not declare",
                "add them to the dataset's columns");
        else
            say("columns", Check::Status::passed, dataset_.name,
                "the result has the columns of " + dataset_.name, "");
        const std::size_t before = out_.size();
        for (const Column& column : dataset_.columns)
            if (const ColumnProfile* p = profile(column.name)) check_column(column, *p);
        if (freshness_ != nullptr) ++looked_at_;
        for (const ColumnProfile& one : t_.candidate.columns) check_freshness(one);
        if (out_.size() == before && looked_at_ > 0)
            say("contract", Check::Status::passed, dataset_.name,
                std::to_string(looked_at_) + " promise" + (looked_at_ == 1 ? "" : "s") + " of " +
                    dataset_.name + " hold for " + rows_text(t_.candidate.rows),
                "");
    }

private:
    const ColumnProfile* profile(const std::string& name) const {
        for (const ColumnProfile& one : t_.candidate.columns)
            if (one.name == name) return &one;
        return nullptr;
    }

    void check_column(const Column& column, const ColumnProfile& p) {
        const std::string about = dataset_.name + "." + column.name;
        const models::ColumnType type = models::column_type(column.type);
        if (type.family != TypeFamily::unknown) {
            ++looked_at_;
            std::string what;
            if (const std::int64_t outside = outside_of(type, p, what); outside > 0)
                say("types", Check::Status::failed, about,
                    "declared " + column.type + "; at least " + rows_text(outside) +
                        " with a value that is " + what + example_of(type, p, outside == p.rows - p.nulls),
                    "cast it in the SQL, or change the column's type");
        }
        if (column.nullable && !*column.nullable) {
            ++looked_at_;
            if (p.nulls > 0)
                say("not null", Check::Status::failed, about, rows_text(p.nulls) + " without a value",
                    "filter them, or give them a value");
        }
        if (column.unique.value_or(false)) {
            ++looked_at_;
            if (p.unique == ColumnProfile::Unique::no)
                say("unique", Check::Status::failed, about, "not unique: " + p.repeated + " comes twice",
                    "group or filter the rows");
            if (p.unique == ColumnProfile::Unique::unknown)
                say("unique", Check::Status::skipped, about, "too many values to be held against each other",
                    "take a smaller sample");
        }
        if (!column.min.empty() || !column.max.empty()) {
            ++looked_at_;
            check_range(column, p, about);
        }
        if (!column.values.empty()) {
            ++looked_at_;
            check_values(column, p, about);
        }
    }

    /// How much older the newest of its instants is than what the old code made of the same sample: so much longer ago the
    /// newest that landed was born.
    void check_freshness(const ColumnProfile& p) {
        const auto before = std::find_if(t_.baseline.columns.begin(), t_.baseline.columns.end(),
                                         [&](const ColumnProfile& one) { return one.name == p.name; });
        if (before == t_.baseline.columns.end() || !is_of_instants(*before)) return;
        const std::int64_t values = p.rows - p.nulls, instants = p.dates + p.timestamps;
        const auto stale = [&](bool broken, const std::string& how) {
            say("freshness", broken ? Check::Status::failed : Check::Status::warned,
                dataset_.name + "." + p.name,
                how + (freshness_ == nullptr ? "" : "; promised: " + freshness_->text),
                "see whether the SQL leaves out the newest rows");
        };
        // However fresh it has to be, nothing is not.
        if (!p.newest || instants == 0)
            return stale(freshness_ != nullptr,
                         std::string("has no instant any more, where all ") +
                             (values == 0 ? "rows had one before" : "values were instants before"));
        const std::int64_t older = *before->newest - *p.newest;
        if (older <= 0) return;
        stale(freshness_ != nullptr && static_cast<double>(older) >= freshness_->limit,
              "its newest instant is " + age_text(older) + " older than before" +
                  (instants == values
                       ? ""
                       : ", and " + rows_text(values - instants) + " with a value that is none"));
    }

    static bool is_of_instants(const ColumnProfile& p) {
        return p.newest && p.dates + p.timestamps == p.rows - p.nulls;
    }

    void check_range(const Column& column, const ColumnProfile& p, const std::string& about) {
        std::string wrong;
        const auto low = models::number_in(column.min), high = models::number_in(column.max);
        if (low && p.least && *p.least < *low) wrong = number_text(*p.least) + " is below " + column.min;
        if (high && p.greatest && *p.greatest > *high)
            wrong = number_text(*p.greatest) + " is above " + column.max;
        // What is no number is in order of its text, as ISO 8601 dates are.
        if (!column.min.empty() && !low && p.first_text && *p.first_text < column.min)
            wrong = "'" + *p.first_text + "' is below " + column.min;
        if (!column.max.empty() && !high && p.last_text && *p.last_text > column.max)
            wrong = "'" + *p.last_text + "' is above " + column.max;
        if (!wrong.empty())
            say("range", Check::Status::failed, about, wrong, "filter or correct them, or move the limit");
    }

    void check_values(const Column& column, const ColumnProfile& p, const std::string& about) {
        std::vector<std::string> others;
        for (const ProfiledValue& value : p.values)
            if (std::find(column.values.begin(), column.values.end(), value.text) == column.values.end())
                others.push_back(value.shown);
        if (others.empty() && p.values_are_all) return;
        // All that are known are of the enum, and there is one more than those.
        if (others.empty() && column.values.size() > p.values.size()) {
            say("enum", Check::Status::skipped, about, "too many values to be held against the enum",
                "take a smaller sample");
            return;
        }
        say("enum", Check::Status::failed, about,
            others.empty() ? "more values than the enum has"
                           : "not in the enum: " + models::listed(others, 5),
            "map them, or add them to the enum");
    }

    /// Of values that do not fit one of which that is known; `all`: none of them does.
    static std::string example_of(const models::ColumnType& type, const ColumnProfile& p, bool all) {
        const auto is_integer = [](const ProfiledValue& value) {
            return value.shown.find_first_not_of("-0123456789") == std::string::npos;
        };
        if (type.family == TypeFamily::integer) {
            // One with a point is told from what is written without, however whole it is: 199.0 is a REAL.
            for (const ProfiledValue& value : p.values)
                if (!is_integer(value))
                    return ", such as " + value.shown +
                           (value.shown.find('\'') == std::string::npos ? ", a REAL" : "");
        }
        if (!all) return "";
        if (p.texts > 0 && p.first_text) return ", such as '" + *p.first_text + "'";
        return p.values.empty() ? "" : ", such as " + p.values.front().shown;
    }

    void say(const char* name, Check::Status status, const std::string& about, const std::string& message,
             const std::string& fix) {
        out_.push_back({name, status, about, message, "", fix});
    }

    const Transformation& t_;
    const models::Dataset& dataset_;
    const models::Objective* freshness_;  ///< promised of the dataset, the least; null: nothing is
    Checks& out_;
    int looked_at_ = 0;
};

void check_rows(const Transformation& t, Checks& out) {
    if (!t.differences) {
        out.push_back({"rows", Check::Status::skipped, t.task, "rows are not compared: there is no 'key'", "",
                       "say which column tells rows apart: 'key: id'"});
        return;
    }
    const RowDifferences& d = *t.differences;
    const std::int64_t nameless = d.without_key_baseline + d.without_key_candidate;
    const std::int64_t repeated = d.repeated_baseline + d.repeated_candidate;
    if (nameless + repeated > 0)
        out.push_back({"key", Check::Status::failed, t.task,
                       rows_text(nameless) + " without a key and " + rows_text(repeated) +
                           " of a key that came before are not compared",
                       "", "take columns for the key that tell rows apart, in baseline and candidate"});
    std::string message = rows_text(d.same) + " the same, " + std::to_string(d.changed) + " changed, " +
                          std::to_string(d.deleted) + " deleted, " + std::to_string(d.added) +
                          " added, at a tolerance of " + number_text(t.tolerance);
    if (!d.only_baseline.empty()) message += "; no more " + joined(d.only_baseline);
    if (!d.only_candidate.empty()) message += "; new " + joined(d.only_candidate);
    out.push_back(
        {"rows", d.any() ? Check::Status::warned : Check::Status::passed, t.task, message, "",
         d.any() ? "see that each difference is meant; the table of differences has examples" : ""});
}

bool near(const std::optional<double>& a, const std::optional<double>& b, double tolerance) {
    if (!a || !b) return a.has_value() == b.has_value();
    return std::fabs(*a - *b) <= tolerance * std::max({1.0, std::fabs(*a), std::fabs(*b)});
}

/// Whether all that is known of a column is the same. A mean is summed up in the order of the rows, so its last digits are
/// not held against each other.
bool alike(const ColumnProfile& a, const ColumnProfile& b, double tolerance) {
    const auto counts = [](const ColumnProfile& p) {
        return std::array{p.rows,  p.nulls,      p.integers, p.reals,    p.texts,    p.blobs,
                          p.dates, p.timestamps, p.times,    p.booleans, p.decimals, p.longest};
    };
    constexpr double of_a_sum = 1e-9;
    return counts(a) == counts(b) && a.first_text == b.first_text && a.last_text == b.last_text &&
           near(a.least, b.least, tolerance) && near(a.greatest, b.greatest, tolerance) &&
           near(a.mean, b.mean, std::max(tolerance, of_a_sum)) &&
           (tolerance > 0 || (a.distinct == b.distinct && a.least_integer == b.least_integer &&
                              a.greatest_integer == b.greatest_integer));
}

}  // namespace

Remade remade_by(const Transformation& t) {
    if (t.baseline.rows != t.candidate.rows) return Remade::different;
    if (t.differences) {
        const RowDifferences& d = *t.differences;
        const bool by_key =
            d.without_key_baseline + d.without_key_candidate + d.repeated_baseline + d.repeated_candidate ==
            0;
        return d.any() || !d.only_baseline.empty() || !by_key ? Remade::different : Remade::alike;
    }
    for (const ColumnProfile& before : t.baseline.columns) {
        const auto after = std::find_if(t.candidate.columns.begin(), t.candidate.columns.end(),
                                        [&](const ColumnProfile& one) { return one.name == before.name; });
        if (after == t.candidate.columns.end() || !alike(before, *after, t.tolerance))
            return Remade::different;
    }
    return Remade::unknown;
}

const models::Dataset* written_dataset(const models::Scenario& scenario, const std::string& task) {
    std::vector<std::string> written;
    for (const models::Stage& stage : scenario.twin.stages) {
        if (stage.name != task) continue;
        if (stage.writes.targets.empty()) written.push_back(stage.name);
        for (const auto& target : stage.writes.targets) written.push_back(target.stream);
    }
    for (const models::Pipeline& pipeline : scenario.twin.pipelines)
        for (const models::Task& one : pipeline.tasks)
            if (pipeline.name + "." + one.name == task)
                written.insert(written.end(), one.writes.begin(), one.writes.end());
    for (const std::string& name : written)
        for (const models::Dataset& dataset : scenario.twin.datasets)
            if (dataset.name == name && !dataset.columns.empty()) return &dataset;
    return nullptr;
}

namespace {

/// The strictest upper limit of the dataset's freshness; null: nobody promises one.
const models::Objective* freshness_of(const models::Dataset& dataset, const models::Scenario& scenario) {
    const models::Objective* strictest = nullptr;
    for (const models::Objective& one : scenario.objectives) {
        const bool upper =
            one.comparison == models::Comparison::less || one.comparison == models::Comparison::at_most;
        if (upper && one.measure.metric == models::Metric::freshness && one.measure.scope == dataset.name &&
            (strictest == nullptr || one.limit < strictest->limit))
            strictest = &one;
    }
    return strictest;
}

}  // namespace

Checks checks_of(const Transformation& t, const models::Scenario& candidate) {
    Checks checks;
    if (const models::Dataset* dataset = written_dataset(candidate, t.task))
        ContractChecks(t, *dataset, freshness_of(*dataset, candidate), checks).check();
    else
        checks.push_back({"columns", Check::Status::skipped, t.task,
                          "no dataset that it writes declares columns", "",
                          "declare 'columns' of the dataset that it writes"});
    check_rows(t, checks);
    const double before = static_cast<double>(t.baseline.rows), after = static_cast<double>(t.candidate.rows);
    Check records{"records", Check::Status::passed, t.task, "", "", ""};
    records.message = rows_text(t.baseline.rows) + " of the sample before, " + rows_text(t.candidate.rows) +
                      " with the change";
    if (t.baseline.rows == 0) {
        records.status = Check::Status::warned;
        records.message += ": what comes out of the task is simulated as before";
        records.fix = "take a sample of which the old code makes some rows";
    } else if (before != after) {
        records.message += ", " + number_text(100 * after / before) + "% of the records";
    }
    checks.push_back(std::move(records));
    for (Check& check : checks) check.place = t.place;
    return checks;
}

ChangeCategory category_of(const Transformation& t, const models::Scenario& candidate, std::string& why) {
    const Remade rows = remade_by(t);
    if (rows == Remade::alike) {
        why = "the transformation of " + t.task + " makes the same of the sample";
        return ChangeCategory::non_breaking;
    }
    const std::string what = "rows that " + t.task + " writes " +
                             (rows == Remade::unknown ? "were not compared (no 'key')" : "differ");
    const models::KnowledgeGraph knowledge(candidate);
    const models::Knowledge& g = knowledge.graph();
    const auto is_read = [&](models::KnowledgeIndex job) {
        for (auto [e, end] = boost::out_edges(job, g); e != end; ++e) {
            if (g[*e].relation != models::Relation::produces) continue;
            for (auto [r, last] = boost::in_edges(boost::target(*e, g), g); r != last; ++r)
                if (g[*r].relation == models::Relation::consumes) return true;
        }
        return false;
    };
    for (const models::Thing thing : {models::Thing::task, models::Thing::stage})
        if (const auto job = knowledge.find(thing, t.task); job && is_read(*job)) {
            why = what + ", and they are read: what was made of them has to be rebuilt";
            return ChangeCategory::breaking;
        }
    why = what + ", and nothing in the twin reads them";
    return ChangeCategory::non_breaking;
}

}  // namespace understudy::studies
