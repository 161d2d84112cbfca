// Who is served next, and classes of customers.
#include "tools/formats/truth/kind_text.h"

namespace understudy::formats::kinds {

namespace {

void measure_class(CaseScenario& scenario, std::size_t number) {
    const std::string of = fmt::format("(server) of c{}", number);
    scenario.measures[fmt::format("W_{}", number)] = {"avg latency" + of};
    scenario.measures[fmt::format("Wq_{}", number)] = {"avg wait" + of};
    scenario.measures[fmt::format("L_{}", number)] = {"avg present" + of};
    scenario.measures[fmt::format("Lq_{}", number)] = {"avg waiting" + of};
}

/// Classes c1 (the most urgent), c2, ...; each a rate and what its load has besides.
CaseScenario classes(const std::string& server, const std::vector<std::pair<double, std::string>>& each) {
    std::string reads, loads;
    double pace = 0;
    for (std::size_t i = 0; i < each.size(); ++i) {
        reads += fmt::format("{}c{}", i ? ", " : "", i + 1);
        loads += fmt::format("  c{}: {{arrivals: {}, priority: {}{}}}\n", i + 1, poisson(each[i].first),
                             each.size() - i, each[i].second);
        pace += each[i].first;
    }
    CaseScenario scenario = steady("twin: {stages: {server: {reads: [" + reads + "], order: priority, " +
                                       server + "}}}\nload:\n" + loads,
                                   pace);
    measure_station(scenario, "server");
    for (std::size_t i = 0; i < each.size(); ++i) measure_class(scenario, i + 1);
    return scenario;
}

}  // namespace

std::optional<CaseScenario> discipline(const std::string& kind, const Json& p) {
    const bool resumes = kind == "M/G/1 preemptive-resume priority";
    if (resumes || kind == "M/G/1 nonpreemptive priority") {
        std::vector<std::pair<double, std::string>> each;
        for (const Json& one : p.at("classes"))
            each.emplace_back(num(one, "lam"), ", fields: {work: " + law(one.at("service")) + "}");
        return classes(std::string("workers: 1, ") + (resumes ? "preempt: true, interrupted: resume, " : "") +
                           "service: work",
                       each);
    }
    if (kind == "M/M/c nonpreemptive priority") {
        std::vector<std::pair<double, std::string>> each;
        for (const Json& lam : p.at("lam")) each.emplace_back(lam.get<double>(), "");
        return classes(fmt::format("workers: {}, service: {}", whole(p, "c"), exponential(num(p, "mu"))),
                       each);
    }
    const char* const order = kind == "M/G/1 SJF"                      ? "shortest"
                              : kind == "M/G/1 SRPT"                   ? "shortest, preempt: true"
                              : kind == "M/G/1-PS"                     ? "shared"
                              : kind == "M/M/1 LCFS nonpreemptive"     ? "lifo"
                              : kind == "M/G/1 LCFS preemptive resume" ? "lifo, preempt: true"
                              : kind == "M/M/1 random order"           ? "random"
                                                                       : nullptr;
    if (order == nullptr) return std::nullopt;
    const std::string service = p.contains("service") ? law(p.at("service")) : exponential(num(p, "mu"));
    CaseScenario scenario = steady(
        fmt::format("twin: {{stages: {{server: {{reads: jobs, workers: 1, order: {}, service: {}}}}}}}\n"
                    "load: {{jobs: {{arrivals: {}}}}}\n",
                    order, service, poisson(num(p, "lam"))),
        num(p, "lam"));
    measure_station(scenario, "server");
    return scenario;
}

}  // namespace understudy::formats::kinds
