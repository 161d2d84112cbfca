#include "tools/studies/schema_review.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "models/knowledge/column_readers.h"
#include "models/listed.h"
#include "models/schema/old_names.h"
#include "tools/studies/counterparts.h"

namespace understudy::studies {

namespace {

using models::KnowledgeIndex;
using SchemaKind = models::SchemaDifference::Kind;

/// Who reads the columns of a scenario, under the names that the base has for it all.
class Lineage {
public:
    using Name = std::function<std::string(const std::string&)>;
    Lineage(const models::Scenario& scenario, Name job, Name column)
        : knowledge_(scenario), job_(std::move(job)), column_(std::move(column)) {}

    /// Adds to the finding what is not known of it yet; `path` as this scenario has it.
    void add_readers(const std::string& path, const std::set<std::string>& jobs_left, SchemaFinding& to) {
        const auto column = knowledge_.find(models::Thing::column, path);
        if (!column) return;
        const models::Knowledge& g = knowledge_.graph();
        const models::ColumnReaders readers = models::readers_of(knowledge_, *column);
        to.jobs_downstream = std::max(to.jobs_downstream, readers.jobs_downstream);
        for (const models::Reached& one : readers.jobs)
            if (const std::string job = job_(g[one.vertex].name);
                jobs_left.contains(job) && !has(to.readers, &SchemaReader::job, job))
                to.readers.push_back(
                    {job, one.steps, column_(g[one.from].name), models::owners_of(g, one.vertex)});
        for (const models::Reached& one : readers.columns)
            if (const std::string name = column_(g[one.vertex].name);
                !has(to.columns, &MadeColumn::name, name))
                to.columns.push_back({name, one.steps, column_(g[one.from].name)});
        for (const KnowledgeIndex v : readers.unknown)
            if (const std::string job = job_(g[v].name);
                jobs_left.contains(job) &&
                std::find(to.unknown.begin(), to.unknown.end(), job) == to.unknown.end())
                to.unknown.push_back(job);
    }

    /// Jobs that read the dataset itself.
    void add_readers_of_all(const std::string& dataset, const std::set<std::string>& jobs_left,
                            SchemaFinding& to) {
        const auto of = knowledge_.find(models::Thing::dataset, dataset);
        if (!of) return;
        const models::Knowledge& g = knowledge_.graph();
        for (const auto edge : boost::make_iterator_range(boost::in_edges(*of, g))) {
            if (g[edge].relation != models::Relation::consumes) continue;
            const KnowledgeIndex reader = boost::source(edge, g);
            if (const std::string job = job_(g[reader].name);
                jobs_left.contains(job) && !has(to.readers, &SchemaReader::job, job))
                to.readers.push_back({job, 1, to.difference.base_dataset, models::owners_of(g, reader)});
        }
        to.jobs_downstream = std::max(to.jobs_downstream, to.readers.size());
    }

private:
    template <class Of>
    static bool has(const std::vector<Of>& all, std::string Of::*name, const std::string& one) {
        return std::any_of(all.begin(), all.end(), [&](const Of& of) { return of.*name == one; });
    }

    models::KnowledgeGraph knowledge_;
    Name job_, column_;
};

ChangeCategory category_of(const SchemaFinding& finding) {
    if (!finding.difference.forward && (!finding.readers.empty() || !finding.contract.empty()))
        return ChangeCategory::breaking;
    if (finding.difference.forward && !finding.difference.backward) return ChangeCategory::forward_only;
    return ChangeCategory::non_breaking;
}

/// Jobs of the base that the candidate has as well, by the names of the base.
std::set<std::string> jobs_left(const models::Scenario& base, const models::Scenario& candidate) {
    std::set<std::string> drawn, left;
    const auto each_job = [](const models::Scenario& scenario, const auto& visit) {
        for (const models::Stage& stage : scenario.twin.stages) visit(stage.name);
        for (const models::Pipeline& pipeline : scenario.twin.pipelines)
            for (const models::Task& task : pipeline.tasks) visit(pipeline.name + "." + task.name);
    };
    each_job(candidate, [&](const std::string& name) { drawn.insert(candidate.twin.drawn_as(name)); });
    each_job(base, [&](const std::string& name) {
        if (drawn.contains(base.twin.drawn_as(name))) left.insert(name);
    });
    return left;
}

std::string named(const std::vector<std::string>& names) { return models::listed(names, 10); }

std::string counted(std::size_t count, const char* one) {
    return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

std::string what_happens(const models::SchemaDifference& d) {
    switch (d.kind) {
        case SchemaKind::dataset_dropped: return "the dataset is gone";
        case SchemaKind::dataset_renamed: return "the dataset is renamed to " + d.to;
        case SchemaKind::unwritten:
            return d.base_column.empty() ? "nothing writes it any more"
                                         : "nothing that writes " + d.base_dataset +
                                               " reads what it is made of any more (" + d.from + ")";
        case SchemaKind::added:
            return "added" + (d.to.empty() ? "" : " as " + d.to) +
                   (d.backward ? "" : ", and may not be null");
        case SchemaKind::dropped: return "dropped";
        case SchemaKind::renamed: return "renamed to " + d.to;
        case SchemaKind::enumeration: return "enum was " + d.from + ", is " + d.to;
        case SchemaKind::range: return "range was " + d.from + ", is " + d.to;
        case SchemaKind::lineage: return "was made of " + d.from + ", is made of " + d.to;
        default: return std::string(name_of(d.kind)) + ": was " + d.from + ", is " + d.to;
    }
}

/// Who has to agree to it, besides.
std::string ask(const std::set<std::string>& owners) {
    return owners.empty() ? "" : "; ask " + named({owners.begin(), owners.end()});
}

std::string fix_for(const SchemaFinding& finding) {
    std::set<std::string> owners;
    for (const SchemaReader& reader : finding.readers)
        if (!reader.owner.empty()) owners.insert(reader.owner);
    if (finding.category == ChangeCategory::forward_only)
        return finding.difference.kind == SchemaKind::lineage
                   ? "rebuild what was written before, unless it was made so all along ('backfill: none')" +
                         ask(owners)
                   : "rebuild what was written before, or let the column hold what is there";
    if (finding.difference.kind == SchemaKind::dataset_renamed)
        return "give it 'label: " + finding.difference.from +
               "' if the table keeps its name; else have those who read it find it under both names first" +
               ask(owners);
    if (finding.category != ChangeCategory::breaking) {
        if (!finding.difference.forward && !finding.unknown.empty())
            return "say what their columns are made of ('derives_from'), or ask who owns them";
        return "";
    }
    std::string other_way;
    if (finding.difference.kind == SchemaKind::unwritten)
        other_way = finding.difference.base_column.empty()
                        ? "let something write it; else "
                        : "say what it is made of now ('derives_from'), or go on reading that; else ";
    const std::string beside = finding.difference.base_column.empty() ? "dataset" : "column";
    return other_way +
           (finding.readers.empty() ? "give the contract a new version first"
                                    : "have those who read it read another first, such as a " + beside +
                                          " beside it, and make this change once nobody reads it") +
           ask(owners);
}

}  // namespace

const char* name_of(ChangeCategory category) {
    switch (category) {
        case ChangeCategory::non_breaking: return "non-breaking";
        case ChangeCategory::forward_only: return "forward-only";
        case ChangeCategory::breaking: return "breaking";
    }
    return "";
}

SchemaReview review_schema(const models::Scenario& base, const models::Scenario& candidate,
                           const std::map<std::string, std::string>& renamed_columns) {
    SchemaReview review;
    const std::vector<models::SchemaDifference> differences =
        models::schema_differences(base, candidate, renamed_columns);
    if (differences.empty()) return review;
    const Counterparts jobs(base, candidate);
    const models::OldNames columns(base, candidate, renamed_columns);
    const auto as_it_is = [](const std::string& name) { return name; };
    Lineage before(base, as_it_is, as_it_is);
    Lineage after(
        candidate, [&](const std::string& name) { return jobs.in_baseline(name); },
        [&](const std::string& name) { return columns.of_column(name); });
    const std::set<std::string> left = jobs_left(base, candidate);
    std::map<std::string, std::string> contracts;
    for (const models::Dataset& dataset : base.twin.datasets) contracts[dataset.name] = dataset.contract;
    std::map<std::string, std::pair<bool, bool>> by_dataset;
    bool backward = true, forward = true;
    for (const models::SchemaDifference& difference : differences) {
        SchemaFinding finding;
        finding.difference = difference;
        finding.contract = contracts[difference.base_dataset];
        // Of what is new nobody has read anything yet.
        if (!difference.base_column.empty()) {
            before.add_readers(difference.base_dataset + "." + difference.base_column, left, finding);
            if (!difference.column.empty())
                after.add_readers(difference.dataset + "." + difference.column, left, finding);
            std::erase_if(finding.unknown, [&](const std::string& job) {
                return std::any_of(finding.readers.begin(), finding.readers.end(),
                                   [&](const SchemaReader& reader) { return reader.job == job; });
            });
        }
        if (difference.base_column.empty() && !difference.forward) {
            before.add_readers_of_all(difference.base_dataset, left, finding);
            if (difference.kind == SchemaKind::unwritten)
                after.add_readers_of_all(difference.dataset, left, finding);
        }
        finding.category = category_of(finding);
        review.category = std::max(review.category, finding.category);
        auto& both = by_dataset.try_emplace(difference.base_dataset, true, true).first->second;
        both = {both.first && difference.backward, both.second && difference.forward};
        backward = backward && difference.backward;
        forward = forward && difference.forward;
        review.findings.push_back(std::move(finding));
    }
    for (const auto& [dataset, both] : by_dataset)
        review.by_dataset[dataset] = models::compatibility(both.first, both.second);
    review.compatibility = models::compatibility(backward, forward);
    return review;
}

Checks checks_of(const SchemaReview& review) {
    Checks checks;
    for (const SchemaFinding& finding : review.findings) {
        const models::SchemaDifference& d = finding.difference;
        Check check;
        check.name = "schema";
        check.about = d.path();
        check.message = what_happens(d) + "; " + name_of(finding.category) + ", compatibility " +
                        models::name_of(models::compatibility(d.backward, d.forward));
        check.because = d.job;
        if (!d.base_column.empty() || !d.forward) {
            std::vector<std::string> jobs;
            for (const SchemaReader& reader : finding.readers) jobs.push_back(reader.job);
            check.message += jobs.empty() ? "; no job is known to read it"
                                          : "; read by " + std::to_string(jobs.size()) + " of " +
                                                counted(finding.jobs_downstream, "job") +
                                                " downstream: " + named(jobs);
        }
        if (!finding.contract.empty()) check.message += "; governed by " + finding.contract;
        if (!finding.unknown.empty())
            check.message += "; of " + counted(finding.unknown.size(), "job") +
                             " nobody knows which columns they read: " + named(finding.unknown);
        check.fix = fix_for(finding);
        const bool doubtful =
            finding.category == ChangeCategory::forward_only || (!d.forward && !finding.unknown.empty());
        check.status = finding.category == ChangeCategory::breaking ? Check::Status::failed
                       : doubtful                                   ? Check::Status::warned
                                                                    : Check::Status::passed;
        checks.push_back(std::move(check));
    }
    if (checks.empty()) {
        Check check;
        check.name = "schema";
        check.message = "no column changes";
        checks.push_back(std::move(check));
    }
    return checks;
}

}  // namespace understudy::studies
