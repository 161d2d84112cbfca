#include "tools/studies/setting_costs.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernel/random.h"
#include "models/compile/compile.h"

namespace understudy::studies {

namespace {

/// The measure's value where a formula has it exactly.
std::optional<double> exact_value(const Study& study, const ReadBase& read,
                                  const std::vector<std::size_t>& places, std::string& why) {
    const PreparedRun prepared = prepare_setting(read, overrides_of(study, places), {{}, {*study.minimise}});
    const models::Answer& answer = prepared.answers.front();
    if (answer.kind == models::Answer::Kind::exact) return answer.value;
    why = answer.why;
    return std::nullopt;
}

/// Of a factor's values in order, what each adds to the first of `origin`; as many are read as it takes. Nothing where
/// one is not known.
class AddedCosts {
public:
    AddedCosts(const Study& study, const ReadBase& read, double first, std::string& why)
        : study_(study), read_(read), first_(first), why_(why) {}

    std::optional<std::vector<double>> of(std::size_t factor) {
        const auto& values = study_.factors[factor].values;
        std::vector<double> added;
        if (values.size() > few && follows_a_line(factor)) {
            for (const Factor::Value& value : values) added.push_back(on_line(factor, *value.number));
            return added;
        }
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto value = at(factor, i);
            if (!value) return std::nullopt;
            added.push_back(*value);
        }
        return added;
    }

private:
    static constexpr std::size_t few = 1000;

    std::optional<double> at(std::size_t factor, std::size_t place) const {
        std::vector<std::size_t> places(study_.factors.size(), 0);
        places[factor] = place;
        const auto value = exact_value(study_, read_, places, why_);
        return value ? std::optional(*value - first_) : std::nullopt;
    }
    double on_line(std::size_t factor, double number) const {
        return slope_ * (number - *study_.factors[factor].values.front().number);
    }
    /// Whether each unit adds the same: tried at both ends, beside them, and at places all over.
    bool follows_a_line(std::size_t factor) {
        const auto& values = study_.factors[factor].values;
        const std::size_t last = values.size() - 1;
        if (!std::all_of(values.begin(), values.end(), [](const auto& value) { return value.number; }))
            return false;
        const auto whole = at(factor, last);
        const double width = *values[last].number - *values[0].number;
        if (!whole || width == 0) return false;
        slope_ = *whole / width;
        constexpr std::size_t tries = 64;
        for (std::size_t t = 0; t < tries; ++t) {
            const std::size_t place = t == 0   ? 1
                                      : t == 1 ? last - 1
                                               : (t * last + kernel::mix_bits(t) % last) / tries;
            const auto value = at(factor, place);
            const double expected = on_line(factor, *values[place].number);
            if (!value ||
                std::fabs(*value - expected) > 1e-9 * std::max(std::fabs(*value), std::fabs(*whole)))
                return false;
        }
        return true;
    }

    const Study& study_;
    const ReadBase& read_;
    double first_;
    std::string& why_;
    double slope_ = 0;
};

std::size_t settings_of(const Study& study) {
    std::size_t settings = 1;
    for (const Factor& factor : study.factors) settings *= factor.values.size();
    return settings;
}

std::vector<std::size_t> places_of(const Study& study, std::size_t setting) {
    std::vector<std::size_t> places(study.factors.size());
    for (std::size_t f = places.size(); f-- > 0;) {
        places[f] = setting % study.factors[f].values.size();
        setting /= study.factors[f].values.size();
    }
    return places;
}

/// To nine places, so that settings which cost the same do so in whatever order it was added up.
double even(double cost) {
    constexpr double places = 1e9;
    return std::fabs(cost) < 1e6 ? std::round(cost * places) / places : cost;
}

}  // namespace

std::vector<std::string> overrides_of(const Study& study, const std::vector<std::size_t>& places) {
    std::vector<std::string> overrides;
    for (std::size_t f = 0; f < places.size(); ++f)
        overrides.push_back(override_of(study.factors[f].path, study.factors[f].values[places[f]].text));
    return overrides;
}

double priced(const Study& study, const std::vector<std::size_t>& places) {
    double sum = 0;
    for (const Price& price : study.prices)
        for (std::size_t f = 0; f < places.size(); ++f)
            if (study.factors[f].path == price.path)
                sum += price.each * study.factors[f].values[places[f]].number.value_or(0);
    return sum;
}

std::optional<double> price_now(const Study& study) {
    double sum = 0;
    for (const Price& price : study.prices)
        for (const Factor& factor : study.factors) {
            if (factor.path != price.path) continue;
            if (!factor.now || !factor.now->number) return std::nullopt;
            sum += price.each * *factor.now->number;
        }
    return sum;
}

std::optional<double> cost_now(const Study& study, const ReadBase& read) {
    const auto prices = price_now(study);
    if (!prices || !study.minimise) return prices;
    const PreparedRun base = prepare_setting(read, {}, {{}, {*study.minimise}});
    const models::Answer& answer = base.answers.front();
    if (answer.kind != models::Answer::Kind::exact) return std::nullopt;
    return even(answer.value * cost_unit(study, base.scenario).second + *prices);
}

std::pair<std::string, double> cost_unit(const Study& study, const models::Scenario& base) {
    constexpr double seconds_an_hour = 3600;
    if (!study.minimise) return {study.prices.empty() ? "" : study.prices.front().currency, 1};
    const bool per_time = study.minimise->metric == models::Metric::cost &&
                          study.minimise->aggregate == models::Aggregate::rate;
    if (per_time) return {base.currency + "/h", seconds_an_hour};
    return {models::unit_of(*study.minimise, base), 1};
}

SettingCosts setting_costs(const Study& study, const ReadBase& read) {
    SettingCosts found;
    const auto [unit, times] = cost_unit(study, read({}));
    found.unit = unit;
    const std::size_t factors = study.factors.size();
    std::vector<std::vector<double>> added(factors);  // by factor and place, over the first place
    double first = 0;
    bool adds_up = true;
    if (study.minimise) {
        const std::vector<std::size_t> origin(factors, 0);
        const auto at_first = exact_value(study, read, origin, found.not_known);
        if (!at_first) return found;
        first = *at_first;
        AddedCosts costs(study, read, first, found.not_known);
        for (std::size_t f = 0; f < factors; ++f) {
            auto of_factor = costs.of(f);
            if (!of_factor) return found;
            added[f] = std::move(*of_factor);
        }
        // Whether the factors add up is tried at the far corner and at places all over.
        constexpr int tries = 8;
        for (int t = 0; t < tries && adds_up; ++t) {
            std::vector<std::size_t> places(factors);
            double expected = first;
            for (std::size_t f = 0; f < factors; ++f) {
                const std::size_t count = study.factors[f].values.size();
                places[f] =
                    t == 0 ? count - 1 : kernel::mix_bits(static_cast<std::uint64_t>(t) * 64 + f) % count;
                expected += added[f][places[f]];
            }
            const auto value = exact_value(study, read, places, found.not_known);
            if (!value) return found;
            adds_up = std::fabs(*value - expected) <= 1e-9 * std::max(std::fabs(*value), std::fabs(expected));
        }
    }
    const std::size_t settings = settings_of(study);
    for (std::size_t setting = 0; setting < settings; ++setting) {
        const std::vector<std::size_t> places = places_of(study, setting);
        double cost = first;
        if (study.minimise && adds_up) {
            for (std::size_t f = 0; f < factors; ++f) cost += added[f][places[f]];
        } else if (study.minimise) {
            const auto value = exact_value(study, read, places, found.not_known);
            if (!value) return {{}, found.unit, found.not_known};
            cost = *value;
        }
        found.costs.push_back(even(cost * times + priced(study, places)));
    }
    return found;
}

}  // namespace understudy::studies
