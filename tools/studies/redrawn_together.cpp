#include "tools/studies/redrawn_together.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string_view>
#include <type_traits>
#include <utility>

#include "kernel/distribution.h"
#include "kernel/special_functions.h"
#include "tools/studies/law_of.h"
#include "tools/studies/non_negative_least_squares.h"

namespace understudy::studies {

namespace {

using Eigen::Index;

/// The lower triangle whose square the correlations are (Cholesky); nothing where they are of no numbers. What is left of a
/// number beside those before it is something: digits of correlations end.
std::optional<Eigen::MatrixXd> root_of_correlations(const std::vector<FittedTogether::Number>& numbers) {
    constexpr double digits = 1e-8, least_left = 1e-12;
    const auto n = static_cast<Index>(numbers.size());
    Eigen::MatrixXd root = Eigen::MatrixXd::Zero(n, n);
    for (Index i = 0; i < n; ++i) {
        double left = 1;
        for (Index j = 0; j < i; ++j) {
            double shared = numbers[static_cast<std::size_t>(i)].correlations[static_cast<std::size_t>(j)];
            for (Index k = 0; k < j; ++k) shared -= root(i, k) * root(j, k);
            root(i, j) = shared / root(j, j);
            left -= root(i, j) * root(i, j);
        }
        if (left < -digits) return std::nullopt;
        root(i, i) = std::sqrt(std::max(left, least_left));
    }
    return root;
}

/// What paths of numbers stand for in a scenario: laws, or speeds; found once, for a pipeline has thousands of tasks.
template <class Scenario>
class MadePlaces {
    template <class T>
    using Of = std::conditional_t<std::is_const_v<Scenario>, const T, T>;

public:
    explicit MadePlaces(Scenario& scenario) {
        for (auto& type : scenario.twin.types) speeds_[type.name + ".speed"] = &type.speed;
        for (auto& stage : scenario.twin.stages) laws_[stage.name + ".launch"] = {&stage.work.launch};
        for (auto& pool : scenario.twin.pools) {
            laws_[pool.name + ".launch"] = {&pool.workers.launch};
            speeds_[pool.name + ".speed"] = &pool.workers.type.speed;
        }
        for (auto& pipeline : scenario.twin.pipelines)
            for (auto& task : pipeline.tasks) {
                const std::string path = pipeline.name + "." + task.name;
                laws_[path + ".launch"] = {&task.work.launch};
                laws_[path + ".delay"] = {&task.delay};
                laws_[pipeline.name + ".defaults.delay"].push_back(&task.delay);
            }
    }

    /// Those that are what was fitted.
    std::vector<Of<models::Law>*> laws(const FittedTogether::Made& made) const {
        std::vector<Of<models::Law>*> found;
        if (const auto at = laws_.find(made.path); at != laws_.end())
            for (Of<models::Law>* law : at->second)
                if (law->is_constant() && law->terms.front().law.mean() == made.fitted) found.push_back(law);
        return found;
    }
    Of<double>* speed(const FittedTogether::Made& made) const {
        const auto at = speeds_.find(made.path);
        return at != speeds_.end() && *at->second == made.fitted ? at->second : nullptr;
    }

private:
    std::map<std::string, std::vector<Of<models::Law>*>, std::less<>> laws_;
    std::map<std::string, Of<double>*, std::less<>> speeds_;
};

}  // namespace

bool can_be_correlated(const std::vector<FittedTogether::Number>& numbers) {
    return root_of_correlations(numbers).has_value();
}

std::vector<double> redrawn_numbers(const FittedTogether& together, kernel::Stream& stream) {
    const Eigen::MatrixXd root = root_of_correlations(together.numbers).value();
    const Index n = root.rows();
    Eigen::VectorXd normal(n);
    for (Index i = 0; i < n; ++i) normal(i) = kernel::normal_quantile(stream.uniform());
    const double squares =
        kernel::Distribution::gamma(together.degrees, std::sqrt(2 / together.degrees)).draw(stream);
    // In units of its standard error each.
    Eigen::VectorXd drawn = root * normal * std::sqrt(together.degrees / squares);
    for (Index i = 0; i < n; ++i) {
        const FittedTogether::Number& one = together.numbers[static_cast<std::size_t>(i)];
        drawn(i) += one.value / one.error;
    }
    if (drawn.minCoeff() < 0) {
        const auto inverse = root.triangularView<Eigen::Lower>();
        drawn =
            non_negative_least_squares(inverse.solve(Eigen::MatrixXd::Identity(n, n)), inverse.solve(drawn));
    }
    std::vector<double> values;
    for (Index i = 0; i < n; ++i)
        values.push_back(std::max(0.0, drawn(i)) * together.numbers[static_cast<std::size_t>(i)].error);
    return values;
}

bool can_be_made(std::string_view path) {
    return path.ends_with(".launch") || path.ends_with(".delay") || path.ends_with(".speed");
}

void keep_as_fitted(const models::Scenario& scenario, FittedTogether& together) {
    const MadePlaces<const models::Scenario> places(scenario);
    std::erase_if(together.makes, [&](const FittedTogether::Made& made) {
        return places.laws(made).empty() && places.speed(made) == nullptr;
    });
}

void redraw_together(models::Scenario& scenario, const FittedTogether& together, kernel::Stream& stream) {
    const std::vector<double> drawn = redrawn_numbers(together, stream);
    const MadePlaces<models::Scenario> places(scenario);
    for (const FittedTogether::Made& made : together.makes) {
        double before = 0, after = 0;
        for (std::size_t i = 0; i < drawn.size(); ++i) {
            before += made.amounts[i] * together.numbers[i].value;
            after += made.amounts[i] * drawn[i];
        }
        for (models::Law* law : places.laws(made))
            *law = law_of(kernel::Distribution::constant(std::max(0.0, made.fitted + after - before)));
        if (double* speed = places.speed(made)) *speed *= (1 + before) / (1 + after);
    }
}

}  // namespace understudy::studies
