#include "models/check/whole_items.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "models/check/checker.h"

namespace understudy::models {

namespace {

/// Draws of less than this are rounded to none.
constexpr double least_drawn = 0.5;
/// Less often than this no run sees it.
constexpr double never_seen = 1e-9;

bool is_whole(double value) { return value == std::floor(value); }

bool is_of_whole_numbers(const kernel::Distribution& law) {
    if (law.is_constant()) return is_whole(law.quantile(0.5));
    const double scale = law.parameter("scale").value_or(1);
    switch (law.kind()) {
        case kernel::Distribution::Kind::geometric:
        case kernel::Distribution::Kind::zipf: return is_whole(scale);
        case kernel::Distribution::Kind::empirical:
            return std::all_of(law.values().begin(), law.values().end(),
                               [&](double value) { return is_whole(value * scale); });
        case kernel::Distribution::Kind::mixture:
            return std::all_of(law.components().begin(), law.components().end(), is_of_whole_numbers);
        default: return false;
    }
}

/// Of the draws of a term, or of a sum of them.
struct Counted {
    bool whole = true;
    double none = 1;  ///< how likely it is that they are rounded to none; of a sum no less than that
};

Counted counted(const Law& law, const Load& load, int depth);

Counted counted(const Term& term, const Load& load, int depth) {
    // What goes by the size or the records of an item has no law of its own.
    if (term.per != Per::once) return {true, 0};
    if (!term.field.empty()) {
        const auto field = std::find_if(load.fields.begin(), load.fields.end(),
                                        [&](const auto& one) { return one.first == term.field; });
        constexpr int deepest = 20;  // fields that go by each other are refused elsewhere
        if (field == load.fields.end() || depth >= deepest) return {true, 0};
        return counted(field->second, load, depth + 1);
    }
    if (term.recorded) {
        const std::vector<double>& rows = *term.recorded;
        const auto none =
            std::count_if(rows.begin(), rows.end(), [](double row) { return row < least_drawn; });
        return {std::all_of(rows.begin(), rows.end(), is_whole),
                static_cast<double>(none) / static_cast<double>(std::max<std::size_t>(rows.size(), 1))};
    }
    return {is_of_whole_numbers(term.law), term.law.cdf(std::nextafter(least_drawn, 0.0))};
}

Counted counted(const Law& law, const Load& load, int depth) {
    Counted all;
    for (const Term& term : law.terms) {
        const Counted one = counted(term, load, depth);
        all.whole = all.whole && one.whole;
        all.none *= one.none;
    }
    return all;
}

}  // namespace

bool items_are_rounded(const Load& load) {
    if (load.items.empty()) return false;
    const Counted items = counted(load.items, load, 0);
    return !items.whole || items.none > never_seen;
}

void Checker::check_items(const Load& load) {
    if (load.items.empty()) return;
    const std::string path = "load." + load.name + ".items";
    if (load.items.is_constant()) {
        const double items = load.items.terms.front().law.mean();
        if (items == 0)
            error(path, "arrivals without items", "leave the load out, or give them one at least");
        else if (!is_whole(items))
            error(path, number_text(items) + " is no whole number of items",
                  "where it is so on average, such as 'mix(50% " +
                      number_text(std::max(1.0, std::floor(items))) + " or 50% " +
                      number_text(std::max(1.0, std::floor(items)) + 1) + ")'");
        return;
    }
    const Counted items = counted(load.items, load, 0);
    if (items.none > never_seen)
        warn(path,
             number_text(100 * items.none) +
                 " % of the arrivals would have no items, and have one; formulas take what is "
                 "drawn as it is",
             "let only the others arrive, and give a law of numbers from 1 on ('min 1')");
    else if (!items.whole)
        warn(path, "what is drawn is no whole number, and is rounded to one; formulas take it as it is",
             "laws of whole numbers are 'geometric(mean 3)', 'zipf(n 10 s 1)' and 'mix(50% 2 or 50% 3)'");
}

}  // namespace understudy::models
