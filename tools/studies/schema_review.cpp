#include "tools/studies/schema_review.h"

#include <algorithm>
#include <set>
#include <utility>

#include "models/knowledge/column_readers.h"

namespace understudy::studies {

namespace {

using models::KnowledgeIndex;
using SchemaKind = models::SchemaDifference::Kind;

/// Which columns of the candidate are made of which, by the names of the base.
class KeptLineage {
public:
    KeptLineage(const models::Scenario& base, const models::Scenario& candidate,
                const std::map<std::string, std::string>& renamed_columns)
        : renamed_(renamed_columns) {
        std::map<std::string, std::string> base_names;  // by what random numbers go by
        for (const models::Dataset& dataset : base.twin.datasets)
            base_names[base.twin.drawn_as(dataset.name)] = dataset.name;
        for (const models::Dataset& dataset : candidate.twin.datasets) {
            const auto before = base_names.find(candidate.twin.drawn_as(dataset.name));
            if (before != base_names.end() && before->second != dataset.name)
                datasets_[dataset.name] = before->second;
        }
        for (const models::Dataset& dataset : candidate.twin.datasets)
            for (const models::Column& column : dataset.columns)
                for (const std::string& from : column.derives_from)
                    kept_.emplace(old_name(dataset.name + "." + column.name), old_name(from));
    }
    bool operator()(const std::string& made, const std::string& of) const {
        return kept_.contains({made, of});
    }

private:
    std::string old_name(const std::string& column) const {
        if (const auto renamed = renamed_.find(column); renamed != renamed_.end()) return renamed->second;
        const std::size_t dot = column.rfind('.');
        const auto dataset =
            dot == std::string::npos ? datasets_.end() : datasets_.find(column.substr(0, dot));
        return dataset == datasets_.end() ? column : dataset->second + column.substr(dot);
    }

    const std::map<std::string, std::string>& renamed_;
    std::map<std::string, std::string> datasets_;  ///< new names to old ones
    std::set<std::pair<std::string, std::string>> kept_;
};

void find_readers(SchemaFinding& finding, const models::KnowledgeGraph& knowledge, const KeptLineage& kept,
                  const std::set<std::string>& jobs_left) {
    const auto column = knowledge.find(
        models::Thing::column, finding.difference.base_dataset + "." + finding.difference.base_column);
    if (!column) return;
    const models::Knowledge& g = knowledge.graph();
    const models::ColumnReaders readers = models::readers_of(
        knowledge, *column, [&](const std::string& made, const std::string& of) { return kept(made, of); });
    finding.jobs_downstream = readers.jobs_downstream;
    for (const models::Reached& one : readers.jobs)
        if (jobs_left.contains(g[one.vertex].name))
            finding.readers.push_back({g[one.vertex].name, one.steps, g[one.from].name,
                                       models::owners_of(knowledge.graph(), one.vertex)});
    for (const models::Reached& one : readers.columns)
        finding.columns.push_back({g[one.vertex].name, one.steps, g[one.from].name});
    for (const KnowledgeIndex job : readers.unknown)
        if (jobs_left.contains(g[job].name)) finding.unknown.push_back(g[job].name);
}

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

std::string named(const std::vector<std::string>& names) {
    constexpr std::size_t most = 10;
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < most; ++i) text += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
    return text;
}

std::string counted(std::size_t count, const char* one) {
    return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

std::string what_happens(const models::SchemaDifference& d) {
    switch (d.kind) {
        case SchemaKind::dataset_dropped: return "the dataset is gone";
        case SchemaKind::added:
            return "added" + (d.to.empty() ? "" : " as " + d.to) +
                   (d.backward ? "" : ", and may not be null");
        case SchemaKind::dropped: return "dropped";
        case SchemaKind::renamed: return "renamed to " + d.to;
        case SchemaKind::enumeration: return "enum was " + d.from + ", is " + d.to;
        case SchemaKind::range: return "range was " + d.from + ", is " + d.to;
        default: return std::string(name_of(d.kind)) + ": was " + d.from + ", is " + d.to;
    }
}

std::string fix_for(const SchemaFinding& finding) {
    if (finding.category == ChangeCategory::forward_only)
        return "rebuild what was written before, or let the column hold what is there";
    if (finding.category != ChangeCategory::breaking) {
        if (!finding.difference.forward && !finding.unknown.empty())
            return "say what their columns are made of ('derives_from'), or ask who owns them";
        return "";
    }
    std::set<std::string> owners;
    for (const SchemaReader& reader : finding.readers)
        if (!reader.owner.empty()) owners.insert(reader.owner);
    std::string fix = finding.readers.empty()
                          ? "give the contract a new version first"
                          : "change those who read it in the same change, or add a column "
                            "beside it and drop this one once nobody reads it";
    if (!owners.empty()) fix += "; ask " + named({owners.begin(), owners.end()});
    return fix;
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
    const models::KnowledgeGraph knowledge(base);
    const KeptLineage kept(base, candidate, renamed_columns);
    const std::set<std::string> left = jobs_left(base, candidate);
    std::map<std::string, std::string> contracts;
    for (const models::Dataset& dataset : base.twin.datasets) contracts[dataset.name] = dataset.contract;
    std::map<std::string, std::pair<bool, bool>> by_dataset;
    bool backward = true, forward = true;
    for (const models::SchemaDifference& difference : differences) {
        SchemaFinding finding;
        finding.difference = difference;
        finding.contract = contracts[difference.base_dataset];
        if (!difference.base_column.empty()) find_readers(finding, knowledge, kept, left);
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
        if (!d.base_column.empty()) {
            std::vector<std::string> jobs;
            for (const SchemaReader& reader : finding.readers) jobs.push_back(reader.job);
            check.message += jobs.empty() ? "; no job is known to read it"
                                          : "; read by " + std::to_string(jobs.size()) + " of " +
                                                counted(finding.jobs_downstream, "job") +
                                                " downstream: " + named(jobs);
        }
        if (!finding.contract.empty()) check.message += "; governed by " + finding.contract;
        if (!d.forward && !finding.unknown.empty())
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
