#include "tools/studies/output_review.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "models/dataset_lineage.h"
#include "models/listed.h"
#include "tools/studies/counterparts.h"
#include "tools/studies/transformation_checks.h"

namespace understudy::studies {

namespace {

using models::DataJob;

bool same_law(const models::Law& a, const models::Law& b) {
    return std::equal(a.terms.begin(), a.terms.end(), b.terms.begin(), b.terms.end(),
                      [](const models::Term& x, const models::Term& y) {
                          return x.law == y.law && x.field == y.field &&
                                 x.recorded_column == y.recorded_column && x.per == y.per &&
                                 x.per_amount == y.per_amount && x.per_field == y.per_field;
                      });
}

/// What a job makes of what comes to it.
struct MadeRows {
    models::Emits emits;
    std::optional<models::Join> join;
    std::optional<models::Window> window;
};

std::map<std::string, MadeRows> rows_by_job(const models::Scenario& scenario) {
    std::map<std::string, MadeRows> rows;
    for (const models::Stage& stage : scenario.twin.stages)
        rows[stage.name] = {stage.emits, stage.join, stage.window};
    for (const models::Pipeline& pipeline : scenario.twin.pipelines)
        for (const models::Task& task : pipeline.tasks)
            rows[pipeline.name + "." + task.name] = {task.emits, {}, {}};
    return rows;
}

std::string number_of(double value) {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

/// In words; empty: nothing.
std::string what_differs(const MadeRows& a, const MadeRows& b) {
    std::vector<std::string> all;
    const auto factor = [&](const char* of, double before, double now) {
        if (before != now) all.push_back(std::string(of) + " " + number_of(before) + " -> " + number_of(now));
    };
    factor("items", a.emits.items, b.emits.items);
    factor("records", a.emits.records, b.emits.records);
    const auto same_field = [](const auto& x, const auto& y) {
        return x.first == y.first && same_law(x.second, y.second);
    };
    if (!std::equal(a.emits.fields.begin(), a.emits.fields.end(), b.emits.fields.begin(),
                    b.emits.fields.end(), same_field))
        all.emplace_back("other fields");
    if (!same_law(a.emits.key, b.emits.key)) all.emplace_back("another key");
    if (a.join != b.join) all.emplace_back("another join");
    if (a.window != b.window) all.emplace_back("another window");
    return models::listed(all, all.size());
}

std::set<std::string> by_old_names(const std::vector<std::string>& names, const Counterparts& counterparts) {
    std::set<std::string> old;
    for (const std::string& name : names) old.insert(counterparts.in_baseline(name));
    return old;
}

std::string listed_all(const std::set<std::string>& names) {
    return models::listed(std::vector<std::string>(names.begin(), names.end()), 5);
}

std::set<std::string> without(const std::set<std::string>& all, const std::set<std::string>& others) {
    std::set<std::string> left;
    std::set_difference(all.begin(), all.end(), others.begin(), others.end(),
                        std::inserter(left, left.end()));
    return left;
}

class OutputReview {
public:
    OutputReview(const models::Scenario& base, const models::Scenario& candidate)
        : names_(base, candidate),
          before_(base),
          now_(candidate),
          rows_before_(rows_by_job(base)),
          rows_now_(rows_by_job(candidate)) {
        for (const DataJob& job : before_.jobs()) jobs_before_[job.name] = &job;
        for (const DataJob& job : now_.jobs()) jobs_now_.insert(names_.in_baseline(job.name));
    }

    std::vector<OutputFinding> review(const std::vector<Transformation>& transformations) {
        for (const DataJob& job : now_.jobs()) {
            const std::string name = names_.in_baseline(job.name);
            if (!jobs_before_.contains(name)) continue;
            const auto run = std::find_if(transformations.begin(), transformations.end(),
                                          [&](const Transformation& one) { return one.task == job.name; });
            const bool is_run = run != transformations.end();
            if (!is_run || remade_by(*run) == Remade::alike) check_emitted(job, name);
            if (!is_run) check_read(job, name);
        }
        check_written();
        return std::move(findings_);
    }

private:
    void check_emitted(const DataJob& job, const std::string& name) {
        const std::string differs = what_differs(rows_before_.at(name), rows_now_.at(job.name));
        if (differs.empty()) return;
        OutputFinding finding = of_job(OutputFinding::Kind::emitted, job, name, differs);
        if (!finding.readers.empty()) finding.category = ChangeCategory::breaking;
        findings_.push_back(std::move(finding));
    }

    void check_read(const DataJob& job, const std::string& name) {
        const std::vector<std::string>& reads = jobs_before_.at(name)->reads;
        const std::set<std::string> before(reads.begin(), reads.end());
        const std::set<std::string> now = by_old_names(job.reads, names_);
        if (before == now) return;
        const auto shown = [](const std::set<std::string>& all) {
            return all.empty() ? "nothing" : listed_all(all);
        };
        OutputFinding finding =
            of_job(OutputFinding::Kind::read, job, name, shown(before) + " -> " + shown(now));
        if (!finding.readers.empty()) finding.category = ChangeCategory::forward_only;
        findings_.push_back(std::move(finding));
    }

    OutputFinding of_job(OutputFinding::Kind kind, const DataJob& job, const std::string& name,
                         const std::string& differs) const {
        OutputFinding finding;
        finding.kind = kind;
        finding.about = name;
        finding.message = differs;
        finding.jobs = {job.name};
        finding.datasets = job.writes;
        for (const std::string& dataset : job.writes) add_readers(dataset, finding);
        return finding;
    }

    /// Of datasets that are written before and after.
    void check_written() {
        std::set<std::string> datasets;
        for (const DataJob& job : now_.jobs()) datasets.insert(job.writes.begin(), job.writes.end());
        for (const std::string& dataset : datasets) {
            const std::string name = names_.in_baseline(dataset);
            if (!before_.is_written(name)) continue;
            const std::vector<std::string> writers = before_.writers_of(name);
            const std::set<std::string> before(writers.begin(), writers.end());
            const std::set<std::string> now = by_old_names(now_.writers_of(dataset), names_);
            if (before == now) continue;
            OutputFinding finding;
            finding.kind = OutputFinding::Kind::written;
            finding.about = name;
            finding.datasets = {dataset};
            const std::set<std::string> gone = without(before, now), come = without(now, before);
            if (!gone.empty()) finding.message = "no more by " + listed_all(gone);
            if (!come.empty()) finding.message += (gone.empty() ? "now by " : ", now by ") + listed_all(come);
            for (const std::string& job : now_.writers_of(dataset))
                if (come.contains(names_.in_baseline(job))) finding.jobs.push_back(job);
            finding.because = gone.empty() ? *come.begin() : *gone.begin();
            add_readers(dataset, finding);
            if (!finding.readers.empty()) finding.category = ChangeCategory::breaking;
            findings_.push_back(std::move(finding));
        }
    }

    /// `dataset` as the candidate calls it.
    void add_readers(const std::string& dataset, OutputFinding& to) const {
        const auto add = [&](const std::string& job) {
            if (jobs_before_.contains(job) && jobs_now_.contains(job) &&
                std::find(to.readers.begin(), to.readers.end(), job) == to.readers.end())
                to.readers.push_back(job);
        };
        for (const std::string& job : before_.readers_of(names_.in_baseline(dataset))) add(job);
        for (const std::string& job : now_.readers_of(dataset)) add(names_.in_baseline(job));
    }

    const Counterparts names_;
    const models::DatasetLineage before_, now_;
    const std::map<std::string, MadeRows> rows_before_, rows_now_;
    std::map<std::string, const DataJob*> jobs_before_;
    std::set<std::string> jobs_now_;  ///< by the base's names
    std::vector<OutputFinding> findings_;
};

}  // namespace

const char* name_of(OutputFinding::Kind kind) {
    switch (kind) {
        case OutputFinding::Kind::emitted: return "emits";
        case OutputFinding::Kind::read: return "reads";
        case OutputFinding::Kind::written: return "writes";
    }
    return "";
}

std::vector<OutputFinding> review_outputs(const models::Scenario& base, const models::Scenario& candidate,
                                          const std::vector<Transformation>& transformations) {
    return OutputReview(base, candidate).review(transformations);
}

std::string why_of(const OutputFinding& finding) {
    const std::string what = finding.kind == OutputFinding::Kind::emitted
                                 ? "rows that " + finding.about + " writes differ"
                             : finding.kind == OutputFinding::Kind::read
                                 ? "rows that " + finding.about + " writes are made of other data"
                                 : "rows of " + finding.about + " are written by other jobs";
    return what + (finding.readers.empty() ? ", and nothing in the twin reads them"
                                           : ", and they are read: what was made of them has to be rebuilt");
}

Checks checks_of(const std::vector<OutputFinding>& findings) {
    Checks checks;
    for (const OutputFinding& finding : findings) {
        Check check;
        check.name = "outputs";
        check.about = finding.about;
        check.because = finding.because;
        check.message = (finding.kind == OutputFinding::Kind::emitted ? "emits something else: "
                         : finding.kind == OutputFinding::Kind::read  ? "reads something else: "
                                                                      : "written by others: ") +
                        finding.message + "; " + name_of(finding.category) +
                        (finding.readers.empty() ? "; no job reads what is written"
                                                 : "; read by " + models::listed(finding.readers, 10));
        if (finding.category != ChangeCategory::non_breaking) {
            check.status = Check::Status::warned;
            check.fix =
                finding.kind == OutputFinding::Kind::written
                    ? "see that who reads it can do with other rows, and rebuild what was made of them"
                    : "see that the difference is meant, and rebuild what was made of it; SQL that is run on "
                      "a "
                      "sample ('transform') tells which rows differ";
        }
        checks.push_back(std::move(check));
    }
    return checks;
}

}  // namespace understudy::studies
