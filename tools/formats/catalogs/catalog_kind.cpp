#include "tools/formats/catalogs/catalog_kind.h"

#include <simdjson.h>

#include <string_view>
#include <system_error>

#include "tools/formats/catalogs/airflow.h"
#include "tools/formats/catalogs/airflow_drawing.h"
#include "tools/formats/catalogs/dbt.h"
#include "tools/formats/catalogs/foreign_yaml.h"
#include "tools/formats/catalogs/odcs.h"
#include "tools/formats/catalogs/openlineage.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_of_head = 1U << 16;
constexpr std::size_t most_json_text = std::size_t{256} << 20, most_yaml_text = std::size_t{1} << 20;

std::optional<CatalogKind> kind_of_value(const simdjson::dom::element& value, std::string_view head) {
    if (OpenLineageEvents::looks_like_event(value)) return CatalogKind{"holds OpenLineage events", true};
    if (DbtArtifacts::looks_like_artifact(value))
        return CatalogKind{"is an artifact of dbt", head.find("/run-results/") != std::string_view::npos};
    if (AirflowExports::looks_like_export(value))
        return CatalogKind{"is an export of Airflow", AirflowExports::looks_like_answer_of_instances(head)};
    std::string_view kind;
    if (value["kind"].get(kind) == simdjson::SUCCESS && kind == "DataContract")
        return CatalogKind{"is a data contract", false};
    if (OpenLineageEvents::looks_like_events(head)) return CatalogKind{"holds OpenLineage events", true};
    return std::nullopt;
}

std::optional<CatalogKind> kind_of_json(Input& input, std::string_view head) {
    simdjson::dom::parser parser;
    simdjson::dom::element value;
    std::string text;
    do
        if (!input.read_line(text)) return std::nullopt;
    while (trimmed(text).empty());
    // A value on the first line, or one over all of them.
    if (parser.parse(text).get(value) != simdjson::SUCCESS) {
        text += "\n" + input.read_all(most_json_text);
        if (parser.parse(text).get(value) != simdjson::SUCCESS) return std::nullopt;
    }
    if (!value.is_array()) return value.is_object() ? kind_of_value(value, head) : std::nullopt;
    simdjson::dom::element first;
    return value.at(0).get(first) == simdjson::SUCCESS ? kind_of_value(first, head) : std::nullopt;
}

std::optional<CatalogKind> kind_of_text(Input& input, std::string_view head) {
    if (looks_like_airflow_drawing(head)) return CatalogKind{"is a drawing of Airflow", false};
    const ForeignYaml yaml = read_foreign_yaml(input.read_all(most_yaml_text));
    if (!yaml.problem.empty()) return std::nullopt;
    if (looks_like_contract(yaml.root)) return CatalogKind{"is a data contract", false};
    if (AirflowExports::looks_like_factory(yaml.root)) return CatalogKind{"is a file of dag-factory", false};
    return std::nullopt;
}

}  // namespace

std::optional<CatalogKind> kind_of_catalog(const fs::path& file, const InputLimits& limits) {
    std::error_code none;
    if (!fs::is_regular_file(file, none)) return std::nullopt;
    try {
        InputLimits long_lines = limits;
        long_lines.line_bytes = most_json_text;
        Input input(file, long_lines);
        const std::string head(input.peek(most_of_head));
        const std::string_view text = trimmed(head);
        const bool json = text.starts_with('{') || text.starts_with('[');
        return json ? kind_of_json(input, head) : kind_of_text(input, head);
    } catch (const FileError&) {
        return std::nullopt;
    }
}

}  // namespace understudy::formats
