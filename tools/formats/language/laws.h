// Laws of the scenario language: `2min + lognormal(mean 20s cv 0.3) per GiB`, `mix(90% 1s or 10% 5s)`,
// `work`.
//
// read_law checks grammar, ranges of parameters and dimensions; names of fields are resolved here, so the
// loads of a scenario are read first. print_law gives the canonical text, which reads back to the same law.
// Both throw Fault only. Pure functions but for `column`, thread-safe if that is.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/law.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

/// A column of a log, as `sample(calls.took)` draws from it and `recorded(calls.took)` pairs with.
struct LogColumn {
    std::shared_ptr<const std::vector<double>> values;
    Dimension dimension = Dimension::number;
    std::shared_ptr<const std::vector<double>> times =
        nullptr;  ///< seconds from the first row on, as long; null: none
    std::shared_ptr<const models::RowsByKey> keys =
        nullptr;  ///< null: the log has none, or this column is it
    std::string
        repeated;  ///< FILE:LINE of the first row with a time that an earlier one has; empty: there is none
    /// Rows that say nothing, and are left out; and what the first of them is, with FILE:LINE.
    std::size_t missing_rows = 0;
    std::string first_missing = {};
};

struct LawContext {
    /// Fields of the items by name, with what they are; null where no item has any.
    const std::map<std::string, Dimension, std::less<>>* fields = nullptr;
    /// Looks up `LOG.column`; throws Fault (offset 0) if there is none. Empty where logs make no sense.
    std::function<LogColumn(std::string_view log, std::string_view column)> column;
};

struct ReadLaw {
    models::Law law;
    Dimension dimension = Dimension::number;
};

/// `expected`: what the draws must be; nothing where any dimension will do (fields).
ReadLaw read_law(std::string_view text, std::optional<Dimension> expected, const LawContext& context = {});

/// Canonical text of a law whose draws have this dimension.
std::string print_law(const models::Law& law, Dimension dimension);

/// What to write in place of a law in braces, where text alone can stand.
inline constexpr const char* law_behind_every =
    "write one in words, such as 'every erlang(k 2 mean 3s)' or 'every mix(70% exponential(mean 1s) or 30% "
    "exponential(mean 9s))'";

/// Names of all laws with how they are written, for hints and the manual: {"lognormal", "lognormal(mean 40s
/// cv 0.5)"}.
struct LawForm {
    std::string_view name, example, about;
};
const std::vector<LawForm>& law_forms();

}  // namespace understudy::formats
