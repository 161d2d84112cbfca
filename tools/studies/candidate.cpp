#include "tools/studies/candidate.h"

namespace understudy::studies {

void describe(Candidate& one, const SettingTest& seen, const std::vector<models::Objective>& objectives,
              const std::vector<std::string>& units, const WrongChances& wrong, double confidence) {
    one.replications = seen.replications();
    for (std::size_t i = 0; i < objectives.size(); ++i)
        one.promises.push_back({objectives[i].text, units[i], objectives[i].limit, seen.verdict_of(i, wrong),
                                seen.estimate(i, confidence)});
    if (one.verdict == Verdict::violated) one.reason = Reason::limit;
    if (one.verdict == Verdict::inconclusive)
        one.reason = seen.never_seen() ? Reason::data : Reason::precision;
    if (const std::string fault = seen.fault(); !fault.empty()) one.why = fault;
}

std::string without_data(const SettingTest& seen, const std::vector<models::Objective>& objectives,
                         const std::string& setting) {
    const auto unseen = seen.never_seen();
    if (!unseen) return "";
    return "nothing that '" + objectives[*unseen].text + "' is about was seen in " +
           std::to_string(seen.replications()) + " replications of " + setting +
           ": promise it of what there is, or lengthen the run";
}

}  // namespace understudy::studies
