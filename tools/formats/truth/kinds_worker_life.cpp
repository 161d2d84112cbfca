// Workers that fail, pause, start up and go round.
#include <cctype>

#include "tools/formats/truth/case_laws.h"
#include "tools/formats/truth/kind_text.h"

namespace understudy::formats::kinds {

namespace {

/// The discipline that a text names: "exhaustive", "gated", "limited", "2-limited".
std::string discipline_in(const std::string& text) {
    for (const char* word : {"exhaustive", "gated"})
        if (text.find(word) != std::string::npos) return word;
    const std::size_t limited = text.find("limited");
    if (limited == std::string::npos) return "";
    std::size_t begin = limited;
    while (begin > 0 && (text[begin - 1] == '-' || std::isdigit(static_cast<unsigned char>(text[begin - 1]))))
        --begin;
    return text.substr(begin, limited + 7 - begin);
}

/// What one visit to a queue takes up: by its parameter, or by the word for it in the kind, or in what the case says of
/// the model. Without any it is what there is.
std::string visits_of(const Params& p, const std::string& kind, const std::string& model) {
    std::string discipline = discipline_in(kind);
    if (discipline.empty()) discipline = discipline_in(model);
    if (p.contains("discipline")) discipline = p.at("discipline").text();
    if (discipline.empty() || discipline == "exhaustive") return "exhaustive";
    if (discipline == "gated") return discipline;
    if (discipline == "limited" || discipline == "k-limited")
        return std::to_string(p.contains("k") ? whole(p, "k") : 1);
    if (const std::string count = discipline.substr(0, discipline.find('-'));
        discipline == count + "-limited" && !count.empty() &&
        count.find_first_not_of("0123456789") == std::string::npos)
        return count;
    throw std::invalid_argument("the discipline '" + discipline +
                                "' is not known; they are exhaustive, gated, limited and 2-limited");
}

}  // namespace

std::optional<CaseScenario> worker_life(const std::string& kind, const Params& p, const std::string& model) {
    const auto station = [&](const std::string& workers) {
        CaseScenario scenario =
            steady("twin: {stages: {server: {reads: jobs, " + workers + ", service: " + service_of(p) +
                       "}}}\nload: {jobs: {arrivals: " + poisson(rate(p, "lam")) + "}}\n",
                   num(p, "lam"));
        measure_station(scenario, "server");
        scenario.measures["availability"] = {"share up(server)"};
        scenario.measures["util_busy_up"] = {"avg utilisation(server)"};
        scenario.measures["util_occupied"] = {"share occupied(server)"};
        scenario.measures["completion_mean"] = {"avg service(server)"};
        scenario.measures["servers_on"] = {"avg workers(server)"};
        scenario.measures["servers_setup"] = {"avg starting(server)"};
        return scenario;
    };
    if (kind == "M/M/1 breakdowns, calendar time" || kind == "M/M/c breakdowns" ||
        kind == "M/G/1 breakdowns, busy time only") {
        const std::string workers = fmt::format("workers: {}", workers_of(p));
        const Params repair = p.at("repair");
        const std::string takes = repair.is_number() ? exponential(repair.rate()) : law(repair);
        if (num(p, "fail") == 0) return station(workers);
        return station(fmt::format("{}, outages: {{crash: {{up: {}, {}for: {}, takes: each}}}}", workers,
                                   exponential(rate(p, "fail")),
                                   kind.ends_with("busy time only") ? "clock: busy, " : "", takes));
    }
    if (kind == "M/G/1 multiple vacations") return station("workers: 1, poll: " + law(p.at("vacation")));
    if (kind == "M/G/1 with cold start")
        return station("workers: 0..1, scale: {waiting: 1}, start_up: " + law(p.at("setup")) +
                       ", keep_alive: 0s");
    if (kind == "M/G/1 N-policy")
        return station(fmt::format("workers: 0..1, scale: {{waiting: {}}}, start_up: 0s, keep_alive: 0s",
                                   whole(p, "N")));
    if (kind == "M/M/k/setup autoscale")
        return station(fmt::format("workers: 0..{}, scale: {{waiting: 1}}, start_up: {}, keep_alive: 0s",
                                   whole(p, "k"), exponential(rate(p, "alpha"))));
    if (kind.find("cyclic polling") != std::string::npos) {
        // Of queues that are not alike each has its own rate, or its own law.
        const std::string visits = visits_of(p, kind, model);
        const Params lam = p.at(p.contains("lam_each") ? "lam_each" : "lam");
        const bool own_rates = !lam.is_number(),
                   own_laws = p.contains("service") && p.at("service").is_list(),
                   own_exponential = p.contains("mu") && p.at("mu").is_list();
        const std::size_t queues = p.contains("N") ? static_cast<std::size_t>(whole(p, "N"))
                                                   : (own_rates         ? lam
                                                      : own_exponential ? p.at("mu")
                                                                        : p.at("service"))
                                                         .size();
        for (const auto& [own, key] : {std::pair(own_rates, p.contains("lam_each") ? "lam_each" : "lam"),
                                       std::pair(own_laws, "service"), std::pair(own_exponential, "mu")})
            if (own && p.at(key).size() != queues)
                throw std::invalid_argument(fmt::format("'{}' has as many entries as there are queues", key));
        std::string stages, loads = "load:\n";
        double pace = 0;
        for (std::size_t i = 0; i < queues; ++i) {
            const double comes = own_rates ? lam.at(i).rate() : lam.rate();
            stages += fmt::format("    s{0}: {{reads: q{0}, runs_on: worker, service: {1}}}\n", i + 1,
                                  own_laws          ? law(p.at("service").at(i))
                                  : own_exponential ? exponential(p.at("mu").at(i).rate())
                                                    : service_of(p));
            loads += fmt::format("  q{}: {{arrivals: {}}}\n", i + 1, poisson(comes));
            pace += comes;
        }
        CaseScenario scenario =
            steady("twin:\n  pools: {worker: {workers: 1, order: cyclic, switch: " + law(p.at("switchover")) +
                       ", visits: " + visits + "}}\n  stages:\n" + stages + loads,
                   pace);
        measure_stations(scenario, queues);
        scenario.measures["cycle"] = {"avg cycle(worker)"};
        return scenario;
    }
    return std::nullopt;
}

}  // namespace understudy::formats::kinds
