#include "tools/reports/candidate_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/reports/numbers.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

using studies::Candidate;
using studies::Verdict;

namespace {

/// Of several promises the one to show: what is broken, else what is not decided.
int weight(Verdict verdict) {
    return verdict == Verdict::violated ? 2 : verdict == Verdict::inconclusive ? 1 : 0;
}

}  // namespace

std::string setting_words(const studies::Study& study, const std::vector<std::string>& values) {
    std::string text;
    for (std::size_t f = 0; f < values.size(); ++f)
        text += (f == 0 ? "" : ", ") + study.factors[f].path + " " + values[f];
    return text;
}

std::string cost_words(double cost, const std::string& unit) {
    return human_number(cost, 6) + (unit.empty() ? "" : " " + unit);
}

std::string seen_of(const Candidate::Promise& promise) {
    return promise.estimate.value ? with_interval(promise.estimate, promise.unit) : "nothing was observed";
}

std::string why_words(const Candidate& candidate) {
    if (candidate.replications == 0 && candidate.promises.empty())
        return candidate.why.empty() ? "not simulated" : candidate.why;
    const Candidate::Promise* shown = nullptr;
    for (const Candidate::Promise& promise : candidate.promises)
        if (shown == nullptr || weight(promise.verdict) > weight(shown->verdict)) shown = &promise;
    std::string text = shown == nullptr ? "" : seen_of(*shown);
    if (!candidate.why.empty()) text += (text.empty() ? "" : ", ") + candidate.why;
    return text;
}

std::string proof_words(const studies::CheapestResult& result) {
    if (result.certificate.empty()) return "";
    const auto violated =
        std::count_if(result.certificate.begin(), result.certificate.end(),
                      [](const Candidate& one) { return one.verdict == Verdict::violated; });
    if (violated != std::ssize(result.certificate)) return "What is cheaper, and not all of it violated yet";
    return result.best ? "Proof: whatever is cheaper has no more than one of these"
                       : "Proof: no setting has more than one of these";
}

std::string basis_words(const studies::CheapestResult& result, std::size_t parameters) {
    return fmt::format("{} settings of {} {}, {} replications, {} confidence, seed {}", result.settings,
                       parameters, parameters == 1 ? "parameter" : "parameters", result.replications,
                       studies::percent(result.confidence), result.seed);
}

}  // namespace understudy::reports
