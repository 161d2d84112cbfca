#include "tools/formats/transformations/run_transformation.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "models/schema/column_type.h"
#include "tools/formats/language/text_file.h"
#include "tools/formats/transformations/column_profiles.h"
#include "tools/formats/transformations/row_comparison.h"
#include "tools/formats/transformations/sample_tables.h"
#include "tools/formats/transformations/sql_sandbox.h"
#include "tools/formats/printable.h"
#include "tools/formats/transformations/sql_value.h"

namespace understudy::formats {

namespace {

/// What the datasets of the twin declare.
DeclaredAffinities declared_in(const Node& root) {
    DeclaredAffinities declared;
    const Entry* twin = root.is_map() ? root.find("twin") : nullptr;
    const Entry* datasets = twin == nullptr ? nullptr : twin->value.find("datasets");
    if (datasets == nullptr) return declared;
    for (const Entry& dataset : datasets->value.entries) {
        const Entry* columns = dataset.value.find("columns");
        if (columns == nullptr) continue;
        for (const Entry& column : columns->value.entries) {
            const Entry* type = column.value.find("type");
            if (type == nullptr) continue;
            using Family = models::ColumnType::Family;
            switch (models::column_type(type->value.text).family) {
                case Family::integer: declared[{dataset.key, column.key}] = SqlAffinity::integer; break;
                case Family::decimal:
                case Family::real: declared[{dataset.key, column.key}] = SqlAffinity::real; break;
                case Family::text:
                case Family::date:
                case Family::time:
                case Family::timestamp:
                case Family::zoned_timestamp: declared[{dataset.key, column.key}] = SqlAffinity::text; break;
                default: break;
            }
        }
    }
    return declared;
}

/// The text of a file with its source among the diagnostics.
struct SqlText {
    std::string text;
    int source = 0;

    Place at(std::size_t offset) const {
        Place place{1, 1, source};
        for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
            ++place.column;
            if (text[i] == '\n') {
                ++place.line;
                place.column = 1;
            }
        }
        return place;
    }
};

bool read_sql(const std::string& folder, const std::string& file, Place named, SqlText& into,
              Diagnostics& out) {
    const std::string path = (std::filesystem::path(folder) / file).lexically_normal().string();
    std::error_code none;
    if (std::filesystem::exists(path, none) && !std::filesystem::is_regular_file(path, none)) {
        out.error(named, fmt::format("'{}' is no ordinary file", file), "the path is relative to the change");
        return false;
    }
    if (const auto problem = read_text_file(path, into.text)) {
        out.error(named, fmt::format("'{}': {}", file, problem->what), "the path is relative to the change");
        return false;
    }
    into.source = out.add_file(path, into.text);
    const std::size_t wrong = not_utf8_at(into.text);
    if (wrong == std::string_view::npos) return true;
    out.error(into.at(wrong), "bytes that are no UTF-8", "save the file as UTF-8");
    return false;
}

}  // namespace

std::optional<studies::Transformation> run_transformation(const TransformationFiles& files, const Node& root,
                                                          Diagnostics& out) {
    SqlText from, to;
    const bool both = read_sql(files.folder, files.from, files.from_place, from, out) &
                      read_sql(files.folder, files.to, files.to_place, to, out);
    if (!both) return std::nullopt;
    const std::string samples =
        (std::filesystem::path(files.folder) / files.samples).lexically_normal().string();
    SqlSandbox sandbox;
    if (!load_sample(samples, files.samples_place, declared_in(root), sandbox, out)) return std::nullopt;

    studies::Transformation result;
    result.task = files.task;
    result.from = files.from;
    result.to = files.to;
    result.samples = files.samples;
    result.key = files.key;
    result.tolerance = files.tolerance;
    std::optional<RowComparison> comparison;
    if (!files.key.empty()) comparison.emplace(files.key, files.tolerance);
    const auto run = [&](const SqlText& sql, studies::ResultProfile& profile, auto&& begin, auto&& row) {
        try {
            std::optional<ColumnProfiles> profiles;
            sandbox.select(
                sql.text,
                [&](const std::vector<std::string>& columns) {
                    profiles.emplace(columns);
                    if (comparison) begin(columns);
                },
                [&](const SqlRow& one) {
                    profiles->add(one);
                    if (comparison) row(one);
                });
            profile = profiles->take();
            return true;
        } catch (const SqlError& error) {
            out.error(sql.at(error.offset), error.what(), error.hint);
            return false;
        }
    };
    const bool before = run(
        from, result.baseline, [&](const auto& columns) { comparison->begin_baseline(columns); },
        [&](const SqlRow& row) { comparison->add_baseline(row); });
    const bool after = run(
        to, result.candidate,
        [&](const auto& columns) {
            if (before) comparison->begin_candidate(columns);
        },
        [&](const SqlRow& row) {
            if (before) comparison->add_candidate(row);
        });
    if (!before || !after) return std::nullopt;
    if (comparison) result.differences = comparison->take();
    return result;
}

}  // namespace understudy::formats
