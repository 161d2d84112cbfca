#include <algorithm>
#include <iterator>

#include "tools/formats/json/members_from_json.h"
#include "tools/formats/json/survey_json.h"

namespace understudy::formats {

namespace {

class SurveyDocument {
public:
    explicit SurveyDocument(const nlohmann::ordered_json& document) : document_(document) {}

    SurveyAnswer read() {
        using Method = studies::Study::Method;
        answer_.study = study_from_json(document_, {Method::grid, Method::latin, Method::frontier});
        vary_from_json(document_, answer_.study);
        studies::SurveyResult& result = answer_.result;
        read_basis(document_, result);
        result.asked = whole_member<std::size_t>(document_, "settings_asked");
        result.replications = whole_member<std::int64_t>(document_, "replications");
        result.each = whole_member<std::int64_t>(document_, "replications_each");
        result.cost_unit = member_or<std::string>(document_, "cost_unit");
        for (const auto& row : document_.at("settings")) add_setting(row);
        std::size_t i = 0;
        for (const auto& row : document_.at("settings")) add_beaten(row, result.settings[i++]);
        if (document_.contains("scalability"))
            for (const auto& row : document_.at("scalability"))
                result.scaling.push_back(
                    {measure_named(text_member(row, "measure")), scalability_from_json(row)});
        return std::move(answer_);
    }

private:
    /// All settings have the same measures, and all of them a cost or none.
    void add_setting(const nlohmann::ordered_json& row) {
        studies::SurveyResult& result = answer_.result;
        studies::SurveyResult::Setting setting;
        setting.values = values_from_json(answer_.study, row.at("values"));
        setting.cost = maybe_member<double>(row, "cost");
        if (answer_.study.method == studies::Study::Method::frontier && !setting.cost)
            throw std::invalid_argument("a setting of a frontier has no cost");
        setting.overload = member_or<std::string>(row, "overload");
        std::vector<std::string> names, units;
        if (row.contains("measures"))
            for (const auto& measure : row.at("measures")) {
                names.push_back(text_member(measure, "name"));
                units.push_back(text_member(measure, "unit"));
                setting.measures.push_back(estimate_from_json(measure));
            }
        if (result.settings.empty()) {
            result.measures = names;
            result.units = units;
        } else if (names != result.measures || units != result.units) {
            throw std::invalid_argument("its settings have not all the same measures");
        } else if (setting.cost.has_value() != result.settings.front().cost.has_value()) {
            throw std::invalid_argument("some of its settings have a cost and some have none");
        }
        result.settings.push_back(std::move(setting));
    }

    void add_beaten(const nlohmann::ordered_json& row, studies::SurveyResult::Setting& setting) const {
        if (!row.contains("beaten_by")) return;
        const auto values = values_from_json(answer_.study, row.at("beaten_by"));
        const auto& all = answer_.result.settings;
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.values == values; });
        if (found == all.end()) throw std::invalid_argument("what beats a setting is no setting");
        setting.beaten_by = static_cast<std::size_t>(found - all.begin());
    }

    std::size_t measure_named(const std::string& name) const {
        const auto& names = answer_.result.measures;
        const auto found = std::find(names.begin(), names.end(), name);
        if (found == names.end()) throw std::invalid_argument(fmt::format("'{}' is no measure", name));
        return static_cast<std::size_t>(found - names.begin());
    }

    const nlohmann::ordered_json& document_;
    SurveyAnswer answer_;
};

}  // namespace

SurveyAnswer survey_from_json(const std::string& document) {
    return from_document(document,
                         [](const nlohmann::ordered_json& read) { return SurveyDocument(read).read(); });
}

}  // namespace understudy::formats
