#include "tools/studies/rebuilt.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <utility>

#include "models/dataset_lineage.h"
#include "tools/studies/transformation_checks.h"

namespace understudy::studies {

namespace {

using models::DataJob;

bool listed(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

std::vector<RebuiltJob> jobs_to_rebuild(const models::Scenario& candidate, const ChangeReview& review) {
    const std::vector<DataJob> jobs = models::data_jobs_of(candidate);
    struct Because {
        std::string text;
        int steps = 0;
        std::string through;
    };
    std::map<std::string, Because> why;  // by job; the first reason counts
    std::deque<std::string> open;        // whose readers have not been asked, the nearest first
    for (const Transformation& one : review.transformations) {
        const Remade remade = remade_by(one);
        if (remade == Remade::alike) continue;
        why.emplace(one.task,
                    Because{remade == Remade::different ? "the rows that it writes differ"
                                                        : "its rows were not compared: give the edit a 'key'",
                            0, ""});
        open.push_back(one.task);
    }
    for (const OutputFinding& one : review.outputs) {
        if (one.category == ChangeCategory::non_breaking) continue;
        for (const std::string& job : one.jobs)
            if (why.emplace(job,
                            Because{one.kind == OutputFinding::Kind::read ? "it reads other data than before"
                                                                          : "the rows that it writes differ",
                                    0, ""})
                    .second)
                open.push_back(job);
        // Where only rows are missing nobody writes anything anew but who read them.
        if (one.kind == OutputFinding::Kind::written)
            for (const DataJob& reader : jobs)
                for (const std::string& dataset : one.datasets)
                    if (listed(reader.reads, dataset) &&
                        why.emplace(reader.name, Because{"reads " + dataset, 1, dataset}).second)
                        open.push_back(reader.name);
    }
    // All that was made of other rows is made of what is there no more.
    while (!open.empty()) {
        const std::string name = open.front();
        open.pop_front();
        const int steps = why.at(name).steps + 1;
        const auto job =
            std::find_if(jobs.begin(), jobs.end(), [&](const DataJob& one) { return one.name == name; });
        if (job == jobs.end()) continue;
        for (const DataJob& reader : jobs)
            for (const std::string& dataset : job->writes)
                if (listed(reader.reads, dataset) &&
                    why.emplace(reader.name, Because{"reads " + dataset, steps, dataset}).second)
                    open.push_back(reader.name);
    }
    for (const SchemaFinding& finding : review.schema.findings) {
        const models::SchemaDifference& difference = finding.difference;
        if (difference.backward || difference.dataset.empty()) continue;
        for (const DataJob& job : jobs)
            if (listed(job.writes, difference.dataset))
                why.emplace(job.name,
                            Because{difference.kind == models::SchemaDifference::Kind::lineage
                                        ? difference.path() + " was made of other columns before"
                                        : difference.path() + " does not hold what was written before",
                                    0, difference.dataset});
        for (const SchemaReader& reader : finding.readers)
            why.emplace(reader.job, Because{"reads " + reader.column, 1, reader.column});
        for (const std::string& job : finding.unknown)
            why.emplace(job, Because{"may read " + difference.path() + ": nobody knows its columns", 1,
                                     difference.path()});
    }
    std::vector<RebuiltJob> rebuilt;
    for (const DataJob& job : jobs)
        if (const auto found = why.find(job.name); found != why.end())
            rebuilt.push_back(
                {job.name, job.pipeline, found->second.text, found->second.steps, found->second.through});
    return rebuilt;
}

}  // namespace understudy::studies
