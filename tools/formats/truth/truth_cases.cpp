#include "tools/formats/truth/truth_cases.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "tools/formats/files/file_error.h"
#include "tools/formats/truth/kind_text.h"
#include "tools/formats/truth/params.h"

namespace understudy::formats {

namespace {

using Json = nlohmann::ordered_json;

/// The numbers behind `_at_` and `_N_0_`, and behind `_first_` and `_customer_`, in names of quantities.
kinds::Asked asked_in(const std::vector<std::pair<std::string, double>>& quantities) {
    std::set<std::pair<double, std::string>> instants, customers;
    for (const auto& [name, value] : quantities) {
        const std::size_t digits = name.find_last_not_of("0123456789.") + 1;
        if (digits == 0 || digits >= name.size() || name[digits - 1] != '_') continue;
        const bool of_customers =
            name.find("_first_") != std::string::npos || name.find("_customer_") != std::string::npos;
        const std::string text = name.substr(digits);
        (of_customers ? customers : instants).emplace(std::strtod(text.c_str(), nullptr), text);
    }
    return {{instants.begin(), instants.end()}, {customers.begin(), customers.end()}};
}

/// Without the library's "[json.exception.parse_error.101] ".
std::string without_tag(const std::string& why) {
    return why.starts_with("[json.exception") ? why.substr(why.find("] ") + 2) : why;
}

CaseScenario own_scenario(const Json& one, const std::filesystem::path& folder) {
    CaseScenario scenario;
    scenario.text = one.at("scenario").get<std::string>();
    if (scenario.text.find('\n') == std::string::npos) {
        const std::filesystem::path path = folder / scenario.text;
        std::ifstream file(path, std::ios::binary);
        if (!file) throw std::invalid_argument(path.string() + ": no such file");
        scenario.text.assign(std::istreambuf_iterator<char>(file), {});
    }
    scenario.steady = one.value("mode", "steady") == "steady";
    for (const auto& [name, measure] : one.at("measures").items())
        scenario.measures[name] = {measure.get<std::string>()};
    return scenario;
}

/// A number above 0, or nothing.
std::optional<double> as_share(const std::string& text) {
    double number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size() || !(number > 0) || !std::isfinite(number))
        return std::nullopt;
    return number;
}

TruthCase read_case(const Json& one, const std::filesystem::path& folder) {
    TruthCase result;
    result.id = one.value("id", "");
    result.kind = one.value("kind", "");
    for (const auto& [name, value] : one.at("quantities").items()) {
        if (value.is_number())
            result.quantities.emplace_back(name, value.get<double>());
        else if (result.missing.empty())
            result.missing = "its quantity '" + name + "' is no number";
    }
    const std::string check = one.value("check", "ci");
    if (check.starts_with("rel<=")) {
        result.relative_error = as_share(check.substr(5));
        if (!result.relative_error)
            result.missing = "the check '" + check + "' gives no number above 0; such as 'rel<=0.01'";
    } else if (check != "ci" && check != "replications")
        result.missing =
            "the check '" + check + "' is not known; there are 'ci', 'replications' and 'rel<=0.01'";
    const std::string mode = one.value("mode", "");
    if (!mode.empty() && mode != "steady" && mode != "terminating")
        result.missing = "the mode '" + mode + "' is not known; there are 'steady' and 'terminating'";
    if (!result.missing.empty()) return result;
    if (one.contains("scenario")) {
        try {
            result.scenario = own_scenario(one, folder);
        } catch (const std::exception& fault) {
            result.missing = "its scenario: " + without_tag(fault.what());
        }
        return result;
    }
    try {
        result.scenario =
            scenario_of_kind(result.kind, one.at("params"), result.quantities, one.value("model", ""));
    } catch (const std::exception& fault) {
        result.missing = "its parameters are not those of the kind: " + without_tag(fault.what());
        return result;
    }
    if (!result.scenario)
        result.missing = "the kind '" + result.kind +
                         "' is not known; give the case a 'scenario' and 'measures' of its own";
    else if (!mode.empty() && result.scenario->steady != (mode == "steady")) {
        result.scenario.reset();
        result.missing = "its mode is '" + mode + "', and a model of its kind " +
                         (mode == "steady" ? "ends by itself" : "goes on for ever");
    }
    return result;
}

}  // namespace

std::optional<CaseScenario> scenario_of_kind(const std::string& kind, const Json& params,
                                             const std::vector<std::pair<std::string, double>>& quantities,
                                             const std::string& model) {
    const kinds::Params all(params);
    auto built = [&]() -> std::optional<CaseScenario> {
        for (const auto build :
             {kinds::station, kinds::discipline, kinds::network, kinds::gathering, kinds::limit})
            if (auto scenario = build(kind, all)) return scenario;
        if (auto scenario = kinds::worker_life(kind, all, model)) return scenario;
        return kinds::over_time(kind, all, asked_in(quantities));
    }();
    if (!built) return std::nullopt;
    std::string unread;
    for (const std::string& path : all.unread()) unread += (unread.empty() ? "'" : ", '") + path + "'";
    if (!unread.empty()) throw std::invalid_argument("it has no " + unread);
    kinds::write_unit(*built);
    return built;
}

std::vector<TruthCase> read_truth_cases(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw FileError(path, "no such file");
    std::vector<TruthCase> cases;
    try {
        const Json document = Json::parse(file);
        std::set<std::string> known;
        for (const Json& one : document.at("cases")) {
            cases.push_back(read_case(one, path.parent_path()));
            if (cases.back().quantities.empty() && cases.back().missing.empty())
                cases.back().missing = "it has no quantities";
            // Its random numbers would be those of the other.
            if (!known.insert(cases.back().id).second) {
                cases.back().scenario.reset();
                cases.back().missing = "an earlier case has the same id '" + cases.back().id + "'";
            }
        }
    } catch (const Json::exception& fault) {
        throw FileError(path, "is not a file of truth cases: " + without_tag(fault.what()));
    }
    if (cases.empty()) throw FileError(path, "has no cases");
    return cases;
}

}  // namespace understudy::formats
