// Several stations: in a row, in a network, open and closed; and stations with lines of their own.
#include "tools/formats/truth/kind_text.h"

namespace understudy::formats::kinds {

namespace {

void measure_stations(CaseScenario& scenario, std::size_t count) {
    for (std::size_t i = 1; i <= count; ++i) {
        const std::string of = fmt::format("(s{})", i), n = std::to_string(i);
        scenario.measures["lam_" + n] = {"rate arrived" + of};
        scenario.measures["util_" + n] = {"avg utilisation" + of};
        scenario.measures["L_" + n] = {"avg present" + of};
        scenario.measures["Lq_" + n] = {"avg waiting" + of};
        scenario.measures["W_" + n] = {"avg latency" + of};
        scenario.measures["Wq_" + n] = {"avg wait" + of};
    }
    measure_station(scenario, "s1");
    scenario.measures["X"] = {"rate completed()"};
    scenario.measures["R"] = {"avg latency()"};
}

/// s1 reads `from`, s2 reads s1, ...
std::string row(const std::string& from, const std::vector<std::string>& stations) {
    std::string text = "twin:\n  stages:\n";
    for (std::size_t i = 0; i < stations.size(); ++i)
        text +=
            fmt::format("    s{}: {{reads: {}, {}}}\n", i + 1, i ? fmt::format("s{}", i) : from, stations[i]);
    return text;
}

CaseScenario tandem(double lam, const std::vector<std::string>& stations) {
    CaseScenario scenario =
        steady(row("jobs", stations) + "load: {jobs: {arrivals: " + poisson(lam) + "}}\n", lam);
    measure_stations(scenario, stations.size());
    return scenario;
}

CaseScenario jackson(const Json& p) {
    const Json &gamma = p.at("gamma"), &shares = p.at("P");
    std::string text = "twin:\n  stages:\n", loads = "load:\n";
    double pace = 0;
    for (std::size_t i = 0; i < gamma.size(); ++i) {
        std::string to;
        double rest = 1;
        for (std::size_t j = 0; j < gamma.size(); ++j) {
            const double share = shares.at(i).at(j).get<double>();
            if (!(share > 0)) continue;
            to += fmt::format("q{}: {}, ", j + 1, percent(share));
            rest -= share;
        }
        to = rest > 1e-9 ? to + "exit: " + percent(rest) : to.substr(0, to.size() - 2);
        text +=
            fmt::format("    s{}: {{reads: q{}, workers: {}, service: {}, writes: {{{}}}}}\n", i + 1, i + 1,
                        whole_number(p.at("c").at(i), "c"), exponential(p.at("mu").at(i).get<double>()), to);
        if (const double rate = gamma.at(i).get<double>(); rate > 0) {
            loads += fmt::format("  l{}: {{arrivals: {}, writes: q{}}}\n", i + 1, poisson(rate), i + 1);
            pace += rate;
        }
    }
    CaseScenario scenario = steady(text + loads, pace);
    measure_stations(scenario, gamma.size());
    return scenario;
}

/// Classes that all go through s1, s2, ..., with work of their own at each; `load(i)` is what makes class i come.
template <class Load>
CaseScenario many_classes(const Json& work, const std::string& workers, double pace, Load load) {
    const std::size_t stations = work.at(0).size();
    std::string reads, loads = "load:\n";
    for (std::size_t i = 0; i < work.size(); ++i) {
        const std::string comes = load(i);
        if (comes.empty()) continue;
        std::string fields;
        reads += fmt::format("{}c{}", reads.empty() ? "" : ", ", i + 1);
        for (std::size_t k = 0; k < stations; ++k)
            fields += fmt::format("{}d{}: exponential(mean {})", k ? ", " : "", k + 1,
                                  seconds(work.at(i).at(k).get<double>()));
        loads += fmt::format("  c{}: {{{}, fields: {{{}}}}}\n", i + 1, comes, fields);
    }
    std::vector<std::string> each;
    for (std::size_t k = 0; k < stations; ++k)
        each.push_back(fmt::format("{}, service: d{}", workers, k + 1));
    CaseScenario scenario = steady(row("[" + reads + "]", each) + loads, pace);
    measure_stations(scenario, stations);
    scenario.measures["L_total"] = {"avg present()"};
    for (std::size_t i = 1; i <= work.size(); ++i) {
        scenario.measures[fmt::format("W_class{}", i)] = {fmt::format("avg latency(c{})", i)};
        scenario.measures[fmt::format("R_{}", i)] = {fmt::format("avg latency(c{})", i)};
        scenario.measures[fmt::format("X_{}", i)] = {fmt::format("rate completed(c{})", i)};
    }
    return scenario;
}

/// What all stations are in a network with a product form (Baskett, Chandy, Muntz and Palacios 1975).
std::string workers_by_discipline(const Json& p) {
    const std::string name = p.contains("discipline") ? p.at("discipline").get<std::string>() : "PS";
    if (name == "PS") return "workers: 1, order: shared";
    if (name == "FCFS" || name == "FIFO") return "workers: 1";
    if (name == "LCFS-PR" || name == "LCFS") return "workers: 1, order: lifo, preempt: true";
    if (name == "IS") return "workers: unlimited";
    throw std::invalid_argument("the discipline '" + name +
                                "' is not known; they are PS, FCFS, LCFS-PR and IS");
}

CaseScenario lanes(double lam, long long n, double mu, const char* by) {
    CaseScenario scenario =
        steady(fmt::format("twin:\n  datasets: {{dealt: {{partitions: {0}, by: {1}}}}}\n"
                           "  stages: {{server: {{reads: dealt, workers: {0}, service: {2}}}}}\n"
                           "load: {{jobs: {{arrivals: {3}, writes: dealt}}}}\n",
                           n, by, exponential(mu), poisson(lam)),
               lam);
    measure_station(scenario, "server");
    scenario.measures["P_both_busy"] = {"share saturated(server)"};
    return scenario;
}

}  // namespace

std::optional<CaseScenario> network(const std::string& kind, const Json& p) {
    if (kind == "tandem M/M/1") {
        std::vector<std::string> stations;
        for (const Json& mu : p.at("mu"))
            stations.push_back("workers: 1, service: " + exponential(mu.get<double>()));
        return tandem(num(p, "lam"), stations);
    }
    if (kind == "tandem M/M/c1 -> M/M/c2") {
        std::vector<std::string> stations;
        for (const Json& one : p.at("stages"))
            stations.push_back(
                fmt::format("workers: {}, service: {}", whole(one, "c"), exponential(num(one, "mu"))));
        return tandem(num(p, "lam"), stations);
    }
    if (kind == "open Jackson network") return jackson(p);
    if (kind == "multiclass BCMP open") {
        double pace = 0;
        for (const Json& lam : p.at("lam")) pace += lam.get<double>();
        return many_classes(p.at("mean_service"), workers_by_discipline(p), pace, [&](std::size_t i) {
            const double lam = p.at("lam").at(i).get<double>();
            return lam > 0 ? "arrivals: " + poisson(lam) : std::string();
        });
    }
    if (kind == "closed multiclass") {
        // By station, then by class: the other way round.
        Json work = Json::array();
        double least = 1e9;
        for (std::size_t i = 0; i < p.at("N").size(); ++i) {
            Json of_class = Json::array();
            for (const Json& station : p.at("demand")) {
                of_class.push_back(station.at(i));
                if (station.at(i).get<double>() > 0) least = std::min(least, station.at(i).get<double>());
            }
            work.push_back(std::move(of_class));
        }
        return many_classes(work, workers_by_discipline(p), 1 / least, [&](std::size_t i) {
            if (whole_number(p.at("N").at(i), "N") == 0) return std::string();
            return fmt::format("users: {}, think: {}", whole_number(p.at("N").at(i), "N"),
                               seconds(p.at("think").at(i).get<double>()));
        });
    }
    if (kind == "closed single class") {
        std::vector<std::string> stations;
        double longest = 0;
        for (std::size_t i = 0; i < p.at("service_mean").size(); ++i) {
            const double mean = p.at("service_mean").at(i).get<double>();
            stations.push_back(fmt::format("workers: {}, service: exponential(mean {})",
                                           whole_number(p.at("servers").at(i), "servers"), seconds(mean)));
            longest = std::max(longest, mean);
        }
        CaseScenario scenario =
            steady(row("jobs", stations) + fmt::format("load: {{jobs: {{users: {}, think: {}}}}}\n",
                                                       whole(p, "N"), seconds(num(p, "think"))),
                   1 / longest);
        measure_stations(scenario, stations.size());
        return scenario;
    }
    if (kind == "machine repair") {
        const double machines = num(p, "N");
        CaseScenario scenario =
            steady(fmt::format("twin: {{stages: {{repair: {{reads: machines, workers: {}, service: {}}}}}}}\n"
                               "load: {{machines: {{users: {}, think: {}}}}}\n",
                               whole(p, "c"), exponential(num(p, "repair_rate")), whole(p, "N"),
                               exponential(num(p, "fail_rate"))),
                   machines * num(p, "fail_rate"));
        measure_station(scenario, "repair");
        scenario.measures["L_down"] = {"avg present(repair)"};
        scenario.measures["W_down"] = {"avg latency(repair)"};
        scenario.measures["X"] = {"rate completed(repair)"};
        scenario.measures["availability"] = {"avg present(repair)", -1 / machines, 1};
        return scenario;
    }
    if (kind == "round-robin dispatch")
        return lanes(num(p, "lam"), whole(p, "n"), num(p, "mu"), "round_robin");
    if (kind.starts_with("join shortest queue"))
        return lanes(num(p, "lam"), p.contains("n") ? whole(p, "n") : 2, num(p, "mu"), "shortest");
    return std::nullopt;
}

}  // namespace understudy::formats::kinds
