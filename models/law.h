// A law expression of the scenario language: what a drawn quantity is made of.
//
// `2min + lognormal(mean 20s cv 0.3) per GiB` is two terms: a constant, and one draw times the item's size in
// GiB. Values are plain doubles in base units: seconds for durations, bytes for sizes, items per second for
// rates, and counts. Values only; copyable, immutable once read; the names in a term are resolved when the
// model is compiled.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "kernel/distribution.h"

namespace understudy::models {

/// What one draw of a term is multiplied by.
enum class Per {
    once,    ///< nothing: the draw itself
    item,    ///< the items in a batch
    record,  ///< the item's records
    bytes,   ///< the item's size over `Term::per_amount` bytes
    field,   ///< the item's field named `Term::per_field`
};

/// The rows of a log by the value of its key; of several with one key the first.
using RowsByKey = std::unordered_map<double, std::size_t>;

struct Term {
    /// The law drawn from; ignored where `field` or `recorded` is set.
    kernel::Distribution law = kernel::Distribution::constant(0);
    /// Non-empty: the value is the item's own field of that name.
    std::string field;
    /// Set: the value is the item's own, looked up by its number within its load (0-based), or by its key where the log has
    /// one and its load as well.
    std::shared_ptr<const std::vector<double>> recorded;
    std::shared_ptr<const RowsByKey> recorded_keys;
    /// `LOG.column` of `recorded(...)`, or of the `sample(...)` that `law` was made from; only for writing
    /// files.
    std::string recorded_column;
    Per per = Per::once;
    double per_amount = 1;  ///< bytes in one unit, for Per::bytes
    std::string per_field;  ///< for Per::field
    bool implied = false;   ///< what a link adds, size over bandwidth: no part of the text, and not written
};

struct Law {
    std::vector<Term> terms;  ///< added up; empty is the constant 0
    std::string text;         ///< as written, for messages and files

    bool empty() const { return terms.empty(); }
    /// One term, a constant law, times nothing.
    bool is_constant() const {
        return terms.size() == 1 && terms[0].field.empty() && !terms[0].recorded &&
               terms[0].per == Per::once && terms[0].law.variance() == 0;
    }
};

}  // namespace understudy::models
