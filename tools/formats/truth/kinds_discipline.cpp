// Who is served next, and classes of customers.
#include "tools/formats/truth/case_laws.h"
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

struct CustomerClass {
    double rate;
    std::string fields;  ///< what its load has besides
};

/// Classes c1 (the most urgent), c2, ... Those of which nobody comes are left out.
CaseScenario classes(const std::string& server, const std::vector<CustomerClass>& each) {
    std::string reads, loads;
    double pace = 0;
    for (std::size_t i = 0; i < each.size(); ++i) {
        if (each[i].rate == 0) continue;
        reads += fmt::format("{}c{}", reads.empty() ? "" : ", ", i + 1);
        loads += fmt::format("  c{}: {{arrivals: {}, priority: {}{}}}\n", i + 1, poisson(each[i].rate),
                             each.size() - i, each[i].fields);
        pace += each[i].rate;
    }
    CaseScenario scenario = steady("twin: {stages: {server: {reads: [" + reads + "], order: priority, " +
                                       server + "}}}\nload:\n" + loads,
                                   pace);
    measure_station(scenario, "server");
    for (std::size_t i = 0; i < each.size(); ++i)
        if (each[i].rate > 0) measure_class(scenario, i + 1);
    return scenario;
}

}  // namespace

std::optional<CaseScenario> discipline(const std::string& kind, const Params& p) {
    const auto workers = [&] { return fmt::format("workers: {}, ", workers_of(p)); };
    const bool resumes = kind == "M/G/1 preemptive-resume priority";
    if (resumes || kind == "M/G/1 nonpreemptive priority") {
        std::vector<CustomerClass> each;
        for (const Params& one : p.at("classes").list())
            each.push_back({num(one, "lam"), ", fields: {work: " + service_of(one) + "}"});
        return classes(workers() + (resumes ? "preempt: true, interrupted: resume, " : "") + "service: work",
                       each);
    }
    if (kind == "M/M/c nonpreemptive priority") {
        std::vector<CustomerClass> each;
        for (const double lam : p.at("lam").numbers()) each.push_back({lam, ""});
        return classes(workers() + "service: " + service_of(p), each);
    }
    const char* const order = kind == "M/G/1 SJF"                      ? "shortest"
                              : kind == "M/G/1 SRPT"                   ? "shortest, preempt: true"
                              : kind == "M/G/1-PS"                     ? "shared"
                              : kind == "M/M/1 LCFS nonpreemptive"     ? "lifo"
                              : kind == "M/G/1 LCFS preemptive resume" ? "lifo, preempt: true"
                              : kind == "M/M/1 random order"           ? "random"
                                                                       : nullptr;
    if (order == nullptr) return std::nullopt;
    CaseScenario scenario =
        steady(fmt::format("twin: {{stages: {{server: {{reads: jobs, {}order: {}, service: {}}}}}}}\n"
                           "load: {{jobs: {{arrivals: {}}}}}\n",
                           workers(), order, service_of(p), poisson(rate(p, "lam"))),
               num(p, "lam"));
    measure_station(scenario, "server");
    return scenario;
}

}  // namespace understudy::formats::kinds
