#include "tools/formats/json/problems_json.h"

#include <cctype>
#include <nlohmann/json.hpp>
#include <utility>

#include "tools/formats/json/members.h"
#include "tools/formats/json/result_json.h"

namespace understudy::formats {

namespace {

using ProblemsJson = nlohmann::ordered_json;

/// Takes the number behind the last colon away, if there is one.
int take_last_number(std::string& place) {
    const std::size_t colon = place.rfind(':');
    if (colon == std::string::npos || colon + 1 == place.size() || place.size() - colon > 10) return 0;
    int number = 0;
    for (std::size_t i = colon + 1; i < place.size(); ++i) {
        if (std::isdigit(static_cast<unsigned char>(place[i])) == 0) return 0;
        number = 10 * number + (place[i] - '0');
    }
    place.resize(colon);
    return number;
}

ProblemsJson in_json(const ToldProblem& problem) {
    ProblemsJson one = {{"severity", problem.error ? "error" : "warning"}};
    std::string file = problem.place;
    const int last = take_last_number(file), first = last > 0 ? take_last_number(file) : 0;
    one["place"] = problem.place;
    if (first > 0) {
        one["file"] = file;
        one["line"] = first;
        one["column"] = last;
    } else if (last > 0) {
        one["file"] = file;
        one["line"] = last;
    }
    one["message"] = problem.message;
    if (!problem.hint.empty()) one["hint"] = problem.hint;
    return one;
}

}  // namespace

nlohmann::ordered_json problems_as_json(const std::vector<ToldProblem>& problems) {
    ProblemsJson all = ProblemsJson::array();
    for (const ToldProblem& problem : problems) all.push_back(in_json(problem));
    return all;
}

std::string validated_as_json(const std::vector<ValidatedFile>& files) {
    ProblemsJson rows = ProblemsJson::array();
    bool all_ok = true;
    for (const ValidatedFile& file : files) {
        all_ok = all_ok && file.ok;
        ProblemsJson row = {{"file", file.file}, {"kind", file.kind}, {"ok", file.ok}};
        if (!file.summary.empty()) row["summary"] = file.summary;
        row["problems"] = problems_as_json(file.problems);
        rows.push_back(std::move(row));
    }
    return json_text(ProblemsJson{{"ok", all_ok}, {"files", std::move(rows)}});
}

std::string refused_as_json(const std::vector<ToldProblem>& problems) {
    return json_text(ProblemsJson{{"ok", false}, {"problems", problems_as_json(problems)}});
}

}  // namespace understudy::formats
