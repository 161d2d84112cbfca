#include <algorithm>
#include <limits>

#include "tools/formats/json/members_from_json.h"
#include "tools/formats/json/sensitivity_json.h"

namespace understudy::formats {

namespace {

class SensitivityDocument {
public:
    explicit SensitivityDocument(const nlohmann::ordered_json& document) : document_(document) {}

    SensitivityAnswer read() {
        using Method = studies::Study::Method;
        answer_.study = study_from_json(document_, {Method::one_at_a_time, Method::morris, Method::sobol});
        vary_from_json(document_, answer_.study);
        studies::SensitivityResult& result = answer_.result;
        read_basis(document_, result);
        result.settings = whole_member<std::size_t>(document_, "settings");
        result.replications = whole_member<std::int64_t>(document_, "replications");
        result.no_rows = member_or<std::string>(document_, "why");
        result.warnings = texts_member(document_, "warnings");
        for (const auto& row : document_.at("measures")) result.measures.push_back(measure(row));
        return std::move(answer_);
    }

private:
    studies::SensitivityOfMeasure measure(const nlohmann::ordered_json& row) {
        studies::SensitivityOfMeasure read;
        read.name = text_member(row, "name");
        read.unit = text_member(row, "unit");
        read.why = member_or<std::string>(row, "why");
        read.at_base = maybe_member<double>(row, "at_base");
        if (row.contains("settings"))
            for (const auto& one : row.at("settings")) read.settings.push_back(setting(one));
        if (row.contains("scalability"))
            for (const auto& one : row.at("scalability"))
                read.scaling.push_back(
                    {factor_named(text_member(one, "factor")), scalability_from_json(one)});
        if (answer_.study.method == studies::Study::Method::morris && row.contains("factors"))
            for (const auto& one : of_each_factor(row))
                read.effects.push_back({interval_from_json(one.at("effect")),
                                        interval_from_json(one.at("magnitude")),
                                        one.at("standard_deviation").get<double>()});
        if (answer_.study.method == studies::Study::Method::sobol && row.contains("mean")) {
            kernel::SobolIndices& indices = read.indices.emplace();
            indices.mean = interval_from_json(row.at("mean"));
            indices.variance = interval_from_json(row.at("variance"));
            indices.noise = interval_from_json(row.at("noise"));
            for (const auto& one : of_each_factor(row)) {
                indices.first.push_back(interval_from_json(one.at("first")));
                indices.total.push_back(interval_from_json(one.at("total")));
            }
        }
        const bool answered = answer_.study.method == studies::Study::Method::morris ? !read.effects.empty()
                              : answer_.study.method == studies::Study::Method::sobol
                                  ? read.indices.has_value()
                                  : true;
        if (!answered && read.why.empty() && result_is_there())
            throw std::invalid_argument(fmt::format("nothing is said of '{}'", read.name));
        return read;
    }

    /// A study that ended before it could say anything has measures all the same.
    bool result_is_there() const { return answer_.result.no_rows.empty(); }

    const nlohmann::ordered_json& of_each_factor(const nlohmann::ordered_json& row) const {
        const auto& all = row.at("factors");
        const auto& factors = answer_.study.factors;
        bool same = all.size() == factors.size();
        for (std::size_t i = 0; same && i < factors.size(); ++i)
            same = text_member(all.at(i), "factor") == factors[i].path;
        if (!same) throw std::invalid_argument("its factors are not those that 'vary' has");
        return all;
    }

    studies::SensitivityOfMeasure::Setting setting(const nlohmann::ordered_json& row) {
        studies::SensitivityOfMeasure::Setting read;
        read.factor = factor_named(text_member(row, "factor"));
        read.step = step_of(answer_.study.factors[read.factor], text_member(row, "to"));
        read.why = member_or<std::string>(row, "why");
        if (read.why.empty()) read.value = row.at("value").get<double>();
        if (row.contains("difference")) {
            using Order = kernel::Difference::Order;
            kernel::Difference& difference = read.difference.emplace();
            difference.estimate = interval_from_json(row.at("difference"));
            difference.variance_ratio =
                member_or(row, "variance_ratio", std::numeric_limits<double>::infinity());
            difference.order = difference.estimate.low > 0    ? Order::candidate_higher
                               : difference.estimate.high < 0 ? Order::candidate_lower
                                                              : Order::undecided;
        }
        if (row.contains("per_unit")) read.per_unit = interval_from_json(row.at("per_unit"));
        return read;
    }

    /// Steps are those that a setting is at, in their order.
    static std::size_t step_of(studies::Factor& factor, const std::string& text) {
        const auto found = std::find_if(factor.steps.begin(), factor.steps.end(),
                                        [&](const studies::Factor::Value& one) { return one.text == text; });
        const auto step = static_cast<std::size_t>(found - factor.steps.begin());
        if (found == factor.steps.end()) factor.steps.push_back({text, std::nullopt});
        return step;
    }

    std::size_t factor_named(const std::string& path) const {
        const auto& factors = answer_.study.factors;
        const auto found = std::find_if(factors.begin(), factors.end(),
                                        [&](const studies::Factor& one) { return one.path == path; });
        if (found == factors.end())
            throw std::invalid_argument(fmt::format("'{}' is not what 'vary' has", path));
        return static_cast<std::size_t>(found - factors.begin());
    }

    const nlohmann::ordered_json& document_;
    SensitivityAnswer answer_;
};

}  // namespace

SensitivityAnswer sensitivity_from_json(const std::string& document) {
    return from_document(document,
                         [](const nlohmann::ordered_json& read) { return SensitivityDocument(read).read(); });
}

}  // namespace understudy::formats
