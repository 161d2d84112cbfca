#include "tools/studies/follow_jobs.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "tools/studies/job_names.h"
#include "tools/studies/label_names.h"

namespace understudy::studies {

namespace {

/// The tasks of a pipeline that import has given one name: NAME, NAME #2, ...
using Alike = std::vector<FollowedElement>;

Alike alike_of(const FollowedNames& names, const std::string& name, const FollowedElement& first) {
    Alike alike = {first};
    while (true) {
        const FollowedElement next = names.called(name + " #" + std::to_string(alike.size() + 1));
        if (next.is != FollowedElement::Is::task || next.place != first.place) return alike;
        alike.push_back(next);
    }
}

const std::string& name_of(const Piece& piece) { return piece.name.empty() ? piece.process : piece.name; }

}  // namespace

void tell_jobs_apart(const std::vector<Piece>& pieces, const FollowedNames& names,
                     std::vector<FollowedElement>& elements) {
    std::map<std::string, Alike> all_alike;
    std::map<std::pair<std::size_t, std::string>, std::vector<std::size_t>>
        runs;  // by pipeline and run, pieces
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (elements[i].is != FollowedElement::Is::task) continue;
        const std::string name = clean_text(name_of(pieces[i]));
        const auto [at, fresh] = all_alike.try_emplace(name);
        if (fresh) at->second = alike_of(names, name, elements[i]);
        runs[{elements[i].place, pieces[i].run}].push_back(i);
    }
    if (std::none_of(all_alike.begin(), all_alike.end(),
                     [](const auto& one) { return one.second.size() > 1; }))
        return;
    for (auto& [which, those] : runs) {
        std::sort(those.begin(), those.end(), [&](std::size_t a, std::size_t b) {
            const auto key = [&](const Piece& piece) {
                return std::tuple(piece.first(), piece.id, piece.attempt);
            };
            return key(pieces[a]) < key(pieces[b]);
        });
        models::RecordedRun run;
        for (const std::size_t i : those) {
            models::RecordedTask task;
            task.name = name_of(pieces[i]);
            task.submitted = pieces[i].submitted;
            task.started = pieces[i].started;
            task.attempt = pieces[i].attempt;
            task.failed = pieces[i].failed;
            run.tasks.push_back(std::move(task));
        }
        const std::vector<std::string> numbered = job_names(run);
        for (std::size_t k = 0; k < those.size(); ++k) {
            const std::string name = clean_text(name_of(pieces[those[k]]));
            const Alike& alike = all_alike.at(name);
            if (alike.size() < 2 || numbered[k].size() < name.size() + 3) continue;
            const std::size_t number = std::stoul(numbered[k].substr(name.size() + 2));
            elements[those[k]] = alike[(number - 1) % alike.size()];
        }
    }
}

}  // namespace understudy::studies
