#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "kernel/special_functions.h"
#include "tools/formats/json/result_json.h"
#include "tools/reports/html_parts.h"
#include "tools/reports/numbers.h"
#include "tools/reports/summary.h"

namespace understudy::reports {

using studies::RunResult;
using studies::Series;

namespace {

constexpr std::size_t most_charts = 16, most_points = 400;

/// Mean and interval over the replications that lasted to each instant.
struct Band {
    double step_s = 0;
    std::vector<double> mean, low, high;  ///< low and high are empty for one replication
};

Band band_of(const Series& series, double interval_s, double confidence) {
    std::size_t intervals = 0;
    for (const auto& row : series.values) intervals = std::max(intervals, row.size());
    const std::size_t together = std::max<std::size_t>(1, (intervals + most_points - 1) / most_points);
    Band band;
    band.step_s = interval_s * static_cast<double>(together);
    bool positive = true, share = series.unit == "fraction";
    for (const auto& row : series.values) {
        for (const double value : row) positive = positive && !(value < 0);
    }
    std::vector<double> quantile(series.values.size() + 1, 0);
    for (std::size_t n = 2; n < quantile.size(); ++n) {
        quantile[n] = kernel::student_quantile(0.5 + confidence / 2, static_cast<double>(n - 1));
    }
    for (std::size_t first = 0; first < intervals; first += together) {
        double sum = 0, squares = 0;
        std::size_t count = 0;
        for (const auto& row : series.values) {
            double part = 0;
            std::size_t parts = 0;
            for (std::size_t i = first; i < std::min(first + together, row.size()); ++i) {
                if (!std::isfinite(row[i])) continue;
                part += row[i];
                ++parts;
            }
            if (parts == 0) continue;
            part /= static_cast<double>(parts);
            ++count;
            const double before = part - sum;  // Welford: sum holds the mean
            sum += before / static_cast<double>(count);
            squares += before * (part - sum);
        }
        if (count == 0) break;
        const double half = count < 2 ? 0
                                      : quantile[count] * std::sqrt(squares / static_cast<double>(count - 1) /
                                                                    static_cast<double>(count));
        band.mean.push_back(sum);
        band.low.push_back(positive ? std::max(0.0, sum - half) : sum - half);
        band.high.push_back(share ? std::min(std::max(1.0, sum), sum + half) : sum + half);
    }
    if (series.values.size() < 2) {
        band.low.clear();
        band.high.clear();
    }
    return band;
}

/// Four digits: more cannot be seen.
double rounded(double value) {
    if (value == 0 || !std::isfinite(value)) return 0;
    const double scale = std::pow(10.0, 3 - std::floor(std::log10(std::abs(value))));
    return std::round(value * scale) / scale;
}

nlohmann::ordered_json numbers(const std::vector<double>& values, double factor) {
    auto list = nlohmann::ordered_json::array();
    for (const double value : values) list.push_back(rounded(value * factor));
    return list;
}

/// Those that an objective speaks of first; then, where there are many, those of the most loaded elements.
std::vector<const Series*> chosen(const RunResult& result) {
    std::vector<const Series*> list;
    for (const auto& series : result.series) list.push_back(&series);
    const auto promised = [&](const Series* series) {
        return std::any_of(result.objectives.begin(), result.objectives.end(), [&](const auto& objective) {
            return objective.text.find(series->name) != std::string::npos;
        });
    };
    const auto others = std::stable_partition(list.begin(), list.end(), promised);
    if (list.size() > most_charts) {
        std::map<std::string, std::size_t> rank;
        for (const auto& load : loads(result)) rank.try_emplace(load.element, rank.size());
        const auto rank_of = [&](const Series* series) {
            const auto found = rank.find(series->element);
            return found == rank.end() ? rank.size() : found->second;
        };
        std::stable_sort(others, list.end(), [&](auto* a, auto* b) { return rank_of(a) < rank_of(b); });
        list.resize(most_charts);
    }
    return list;
}

}  // namespace

HtmlSeries html_series(const RunResult& result) {
    HtmlSeries html;
    nlohmann::ordered_json data;
    data["warm_up"] = result.warm_up_s.value_or(0);
    data["series"] = nlohmann::ordered_json::array();
    std::string charts;
    for (const Series* series : chosen(result)) {
        const Band band = band_of(*series, result.interval_s, result.confidence);
        if (band.mean.empty() || !(band.step_s > 0)) continue;
        double largest = 0;
        for (const double value : band.mean) largest = std::max(largest, std::abs(value));
        const HumanUnit unit = human_unit(largest, series->unit);
        nlohmann::ordered_json entry;
        entry["step"] = band.step_s;
        entry["unit"] = unit.suffix;
        entry["mean"] = numbers(band.mean, unit.factor);
        if (!band.low.empty()) {
            entry["low"] = numbers(band.low, unit.factor);
            entry["high"] = numbers(band.high, unit.factor);
        }
        charts += fmt::format(
            "<div class=\"chart\"><h3>{}<small>{}</small></h3><div class=\"plot\" id=\"plot-{}\"></div>"
            "<div class=\"now\"></div></div>\n",
            escape_html(series->name), escape_html(unit.suffix), data["series"].size());
        data["series"].push_back(std::move(entry));
    }
    if (!charts.empty()) {
        const std::size_t drawn = data["series"].size();
        html.section = fmt::format(
            "<section id=\"series\" class=\"long\"><h2>Over time<small>mean over replications, band at {} "
            "confidence{}</small>"
            "</h2>\n<div class=\"charts\">\n{}</div>\n",
            human(result.confidence, "fraction"),
            result.warm_up_s.value_or(0) > 0 ? "; the shaded start was cut as warm-up" : "", charts);
        if (drawn < result.series.size()) {
            html.section += fmt::format("<p class=\"soft\">{} more series are in the result file.</p>\n",
                                        result.series.size() - drawn);
        }
        html.section += "<noscript><p class=\"soft\">The charts need JavaScript.</p></noscript></section>\n";
    }
    // Nothing within may end the script element.
    for (const char c : data.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)) {
        if (c == '<') {
            html.data += "\\u003c";
        } else {
            html.data += c;
        }
    }
    return html;
}

}  // namespace understudy::reports
