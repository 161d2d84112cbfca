#include "tools/formats/json/validation_json.h"

#include <nlohmann/json.hpp>

#include "tools/formats/json/difference_json.h"
#include "tools/formats/json/members.h"

namespace understudy::formats {

namespace {

using ValidationJson = nlohmann::ordered_json;

ValidationJson check_json(const studies::Check& check) {
    return {{"name", check.name},   {"status", name_of(check.status)},
            {"about", check.about}, {"message", check.message},
            {"place", check.place}, {"fix", check.fix}};
}

ValidationJson finding_json(const studies::SchemaFinding& finding) {
    const models::SchemaDifference& d = finding.difference;
    ValidationJson readers = ValidationJson::array();
    for (const studies::SchemaReader& reader : finding.readers)
        readers.push_back({{"job", reader.job},
                           {"steps", reader.steps},
                           {"column", reader.column},
                           {"owner", reader.owner}});
    std::vector<std::string> columns;
    for (const studies::MadeColumn& one : finding.columns) columns.push_back(one.name);
    return {{"column", d.path()},
            {"difference", models::name_of(d.kind)},
            {"from", d.from},
            {"to", d.to},
            {"compatibility", models::name_of(models::compatibility(d.backward, d.forward))},
            {"category", studies::name_of(finding.category)},
            {"readers", std::move(readers)},
            {"columns", std::move(columns)},
            {"unknown", finding.unknown},
            {"jobs_downstream", finding.jobs_downstream},
            {"contract", finding.contract}};
}

ValidationJson profile_json(const studies::ResultProfile& profile) {
    ValidationJson columns = ValidationJson::array();
    for (const studies::ColumnProfile& one : profile.columns) {
        ValidationJson column = {{"name", one.name},
                                 {"nulls", one.nulls},
                                 {"distinct", one.distinct},
                                 {"distinct_is_exact", one.distinct_is_exact}};
        put(column, "least", one.least);
        put(column, "greatest", one.greatest);
        put(column, "mean", one.mean);
        if (one.first_text) column["first_text"] = *one.first_text;
        if (one.last_text) column["last_text"] = *one.last_text;
        columns.push_back(std::move(column));
    }
    return {{"rows", profile.rows}, {"bytes", profile.bytes}, {"columns", std::move(columns)}};
}

ValidationJson differences_json(const studies::RowDifferences& d) {
    ValidationJson by_column = ValidationJson::array(), examples = ValidationJson::array();
    for (const auto& column : d.by_column)
        by_column.push_back(
            {{"column", column.column}, {"changed", column.changed}, {"greatest", column.greatest}});
    for (const studies::RowExample& example : d.examples)
        examples.push_back({{"key", example.key},
                            {"column", example.column},
                            {"baseline", example.baseline},
                            {"candidate", example.candidate}});
    return {{"same", d.same},
            {"changed", d.changed},
            {"deleted", d.deleted},
            {"added", d.added},
            {"without_key_baseline", d.without_key_baseline},
            {"without_key_candidate", d.without_key_candidate},
            {"repeated_baseline", d.repeated_baseline},
            {"repeated_candidate", d.repeated_candidate},
            {"only_baseline", d.only_baseline},
            {"only_candidate", d.only_candidate},
            {"by_column", std::move(by_column)},
            {"examples", std::move(examples)}};
}

ValidationJson transformation_json(const studies::Transformation& one) {
    ValidationJson json = {{"task", one.task},
                           {"from", one.from},
                           {"to", one.to},
                           {"samples", one.samples},
                           {"key", one.key},
                           {"tolerance", one.tolerance},
                           {"baseline", profile_json(one.baseline)},
                           {"candidate", profile_json(one.candidate)}};
    if (one.differences) json["differences"] = differences_json(*one.differences);
    return json;
}

ValidationJson head_json(const Validation& validation) {
    ValidationJson json = {
        {"change", validation.change}, {"kind", validation.kind}, {"base", validation.base}};
    json["kinds"] = ValidationJson::array();
    for (const FoundKind& one : validation.kinds)
        json["kinds"].push_back({{"kind", one.kind}, {"because", one.because}});
    return json;
}

ValidationJson answer_json(const models::Answer& answer) {
    ValidationJson json = {{"kind", models::name_of(answer.kind)}};
    if (answer.kind != models::Answer::Kind::refused)
        put(json, "value", answer.value);
    else
        json["why"] = answer.why;
    if (answer.kind == models::Answer::Kind::approximate) put(json, "error", answer.error);
    return json;
}

}  // namespace

const char* outcome_of(const Validation& validation) {
    return validation.stale ? "stale" : validation.failed() ? "failed" : "passed";
}

std::string validation_as_json(const Validation& validation) {
    ValidationJson json = head_json(validation);
    json["outcome"] = outcome_of(validation);
    json["checks"] = ValidationJson::array();
    for (const studies::Check& check : validation.checks) json["checks"].push_back(check_json(check));
    if (validation.stale) {
        json["latest"] = validation.latest;
        json["moved"] = elements_as_json(validation.moved);
    }
    if (const auto& review = validation.review) {
        json["category"] = studies::name_of(review->category);
        json["why"] = review->why;
        json["compatibility"] = models::name_of(review->schema.compatibility);
        json["schema"] = ValidationJson::array();
        for (const studies::SchemaFinding& finding : review->schema.findings)
            json["schema"].push_back(finding_json(finding));
        json["transformations"] = ValidationJson::array();
        for (const studies::Transformation& one : review->transformations)
            json["transformations"].push_back(transformation_json(one));
    }
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string impact_as_json(const Validation& validation, const studies::ChangeImpact& impact) {
    ValidationJson json = head_json(validation);
    json["category"] = studies::name_of(impact.category);
    constexpr const char* kinds[] = {"added", "removed", "changed"};
    json["changed"] = ValidationJson::array();
    for (const studies::ChangedElement& element : impact.changed)
        json["changed"].push_back({{"is", kinds[static_cast<int>(element.kind)]},
                                   {"type", element.type},
                                   {"name", element.name},
                                   {"keys", element.keys}});
    json["affected"] = ValidationJson::array();
    for (const studies::AffectedThing& thing : impact.affected)
        json["affected"].push_back({{"kind", thing.kind},
                                    {"name", thing.name},
                                    {"label", thing.label},
                                    {"owner", thing.owner},
                                    {"steps", thing.steps},
                                    {"through", thing.through}});
    json["reached"] = impact.reached;
    json["things"] = impact.things;
    json["owners"] = impact.owners;
    json["contracts"] = impact.contracts;
    json["promises"] = impact.promises;
    json["unknown"] = impact.unknown;
    json["competing"] = impact.competing;
    json["objectives"] = ValidationJson::array();
    for (const studies::ExpectedEffect& effect : impact.effects) {
        ValidationJson row = {{"text", effect.text}, {"unit", effect.unit}};
        put(row, "limit", effect.limit);
        row["at_stake"] = effect.at_stake;
        row["before"] = studies::name_of(effect.before);
        row["after"] = studies::name_of(effect.after);
        row["baseline"] = answer_json(effect.baseline);
        row["candidate"] = answer_json(effect.candidate);
        row["explanation"] = effect.explanation;
        json["objectives"].push_back(std::move(row));
    }
    json["no_longer_promised"] = ValidationJson::array();
    for (const studies::WeakerPromise& one : impact.no_longer_promised) {
        ValidationJson row = {{"text", one.text}};
        if (!one.now.empty()) row["now"] = one.now;
        json["no_longer_promised"].push_back(std::move(row));
    }
    json["risk"]["score"] = impact.risk;
    json["risk"]["level"] = impact.level;
    json["risk"]["factors"] = ValidationJson::array();
    for (const studies::RiskFactor& factor : impact.factors)
        json["risk"]["factors"].push_back(
            {{"name", factor.name}, {"value", factor.value}, {"why", factor.why}});
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace understudy::formats
