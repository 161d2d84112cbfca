// Several stations: in a row, in a network, open and closed; and stations with lines of their own.
#include <algorithm>

#include "tools/formats/truth/kind_text.h"

namespace understudy::formats::kinds {

namespace {

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

/// Stations that anybody comes to, from outside or from one of them.
std::vector<bool> reached(const std::vector<double>& gamma, const std::vector<std::vector<double>>& shares) {
    std::vector<bool> found(gamma.size());
    std::vector<std::size_t> next;
    const auto reach = [&](std::size_t i) {
        if (found[i]) return;
        found[i] = true;
        next.push_back(i);
    };
    for (std::size_t i = 0; i < gamma.size(); ++i)
        if (gamma[i] > 0) reach(i);
    while (!next.empty()) {
        const std::size_t from = next.back();
        next.pop_back();
        for (std::size_t j = 0; j < gamma.size(); ++j)
            if (shares[from][j] > 0) reach(j);
    }
    return found;
}

CaseScenario jackson(const Params& p) {
    const std::vector<double> gamma = p.at("gamma").numbers();
    std::vector<std::vector<double>> all_shares;
    for (std::size_t i = 0; i < gamma.size(); ++i) {
        all_shares.push_back(p.at("P").at(i).numbers());
        if (all_shares.back().size() != gamma.size())
            throw std::invalid_argument("'P' has as many rows and columns as there are stations in 'gamma'");
    }
    const std::vector<bool> is_reached = reached(gamma, all_shares);
    std::string text = "twin:\n  stages:\n", loads = "load:\n";
    double pace = 0;
    for (std::size_t i = 0; i < gamma.size(); ++i) {
        const long long workers = p.at("c").at(i).whole();
        const std::string service = exponential(p.at("mu").at(i).rate());
        if (!is_reached[i]) continue;
        const std::vector<double>& shares = all_shares[i];
        std::string to;
        double rest = 1;
        for (std::size_t j = 0; j < shares.size(); ++j) {
            if (!(shares[j] > 0)) continue;
            to += fmt::format("q{}: {}, ", j + 1, percent(shares[j]));
            rest -= shares[j];
        }
        to = rest > 1e-9 ? to + "exit: " + percent(rest) : to.substr(0, to.size() - 2);
        text += fmt::format("    s{}: {{reads: q{}, workers: {}, service: {}, writes: {{{}}}}}\n", i + 1,
                            i + 1, workers, service, to);
        if (gamma[i] > 0) {
            loads += fmt::format("  l{}: {{arrivals: {}, writes: q{}}}\n", i + 1, poisson(gamma[i]), i + 1);
            pace += gamma[i];
        }
    }
    if (pace == 0) throw std::invalid_argument("'gamma' has nobody who comes");
    CaseScenario scenario = steady(text + loads, pace);
    measure_stations(scenario, gamma.size());
    // Where nobody comes there is nothing: a number present times nothing.
    for (std::size_t i = 0; i < gamma.size(); ++i)
        if (!is_reached[i])
            for (const char* none : {"lam_", "util_", "L_", "Lq_"})
                scenario.measures[none + std::to_string(i + 1)] = {"avg present()", 0};
    return scenario;
}

using Work = std::vector<std::vector<double>>;

/// Classes that all go through s1, s2, ..., with work of their own at each; `comes` is what makes each of them come,
/// empty where none does.
CaseScenario many_classes(const Work& work, const std::vector<std::string>& comes, const std::string& workers,
                          double pace) {
    if (work.empty() || work.size() != comes.size())
        throw std::invalid_argument("there is work for as many classes as come");
    const std::size_t stations = work.front().size();
    std::string reads, loads = "load:\n";
    for (std::size_t i = 0; i < work.size(); ++i) {
        if (work[i].size() != stations) throw std::invalid_argument("each class has work at each station");
        if (comes[i].empty()) continue;
        std::string fields;
        reads += fmt::format("{}c{}", reads.empty() ? "" : ", ", i + 1);
        for (std::size_t k = 0; k < stations; ++k)
            fields += fmt::format("{}d{}: exponential(mean {})", k ? ", " : "", k + 1, duration(work[i][k]));
        loads += fmt::format("  c{}: {{{}, fields: {{{}}}}}\n", i + 1, comes[i], fields);
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
std::string workers_by_discipline(const Params& p) {
    const std::string name = p.contains("discipline") ? p.at("discipline").text() : "PS";
    if (name == "PS") return "workers: 1, order: shared";
    if (name == "FCFS" || name == "FIFO") return "workers: 1";
    if (name == "LCFS-PR" || name == "LCFS") return "workers: 1, order: lifo, preempt: true";
    if (name == "IS") return "workers: unlimited";
    throw std::invalid_argument("the discipline '" + name +
                                "' is not known; they are PS, FCFS, LCFS-PR and IS");
}

CaseScenario lanes(const Params& p, long long n, const char* by) {
    const double lam = num(p, "lam");
    CaseScenario scenario =
        steady(fmt::format("twin:\n  datasets: {{dealt: {{partitions: {0}, by: {1}}}}}\n"
                           "  stages: {{server: {{reads: dealt, workers: {0}, service: {2}}}}}\n"
                           "load: {{jobs: {{arrivals: {3}, writes: dealt}}}}\n",
                           n, by, service_of(p), poisson(lam)),
               lam);
    measure_station(scenario, "server");
    scenario.measures["P_both_busy"] = {"share saturated(server)"};
    return scenario;
}

}  // namespace

std::optional<CaseScenario> network(const std::string& kind, const Params& p) {
    if (kind == "tandem M/M/1") {
        std::vector<std::string> stations;
        for (const double mu : p.at("mu").rates())
            stations.push_back("workers: 1, service: " + exponential(mu));
        return tandem(num(p, "lam"), stations);
    }
    if (kind == "tandem M/M/c1 -> M/M/c2") {
        std::vector<std::string> stations;
        for (const Params& one : p.at("stages").list())
            stations.push_back(fmt::format("workers: {}, service: {}", whole(one, "c"), service_of(one)));
        return tandem(num(p, "lam"), stations);
    }
    if (kind == "open Jackson network") return jackson(p);
    if (kind == "multiclass BCMP open") {
        Work work;
        for (const Params& of_class : p.at("mean_service").list()) work.push_back(of_class.numbers());
        std::vector<std::string> comes;
        double pace = 0;
        for (const double lam : p.at("lam").numbers()) {
            comes.push_back(lam > 0 ? "arrivals: " + poisson(lam) : std::string());
            pace += lam;
        }
        return many_classes(work, comes, workers_by_discipline(p), pace);
    }
    if (kind == "closed multiclass") {
        // By station, then by class: the other way round.
        const std::vector<Params> stations = p.at("demand").list();
        Work work;
        std::vector<std::string> comes;
        double least = 1e9;
        for (std::size_t i = 0; i < p.at("N").size(); ++i) {
            work.emplace_back();
            for (const Params& station : stations) {
                work.back().push_back(station.at(i).number());
                if (work.back().back() > 0) least = std::min(least, work.back().back());
            }
            const long long users = p.at("N").at(i).whole();
            const double think = p.contains("think") ? p.at("think").at(i).number() : 0;
            comes.push_back(users == 0 ? std::string()
                                       : fmt::format("users: {}, think: {}", users, duration(think)));
        }
        return many_classes(work, comes, workers_by_discipline(p), 1 / least);
    }
    if (kind == "closed single class") {
        std::vector<std::string> stations;
        double longest = 0;
        const std::vector<double> means = p.at("service_mean").numbers();
        for (std::size_t i = 0; i < means.size(); ++i) {
            stations.push_back(fmt::format("workers: {}, service: exponential(mean {})",
                                           p.at("servers").at(i).whole(), duration(means[i])));
            longest = std::max(longest, means[i]);
        }
        CaseScenario scenario = steady(
            row("jobs", stations) + fmt::format("load: {{jobs: {{users: {}, think: {}}}}}\n", whole(p, "N"),
                                                duration(p.contains("think") ? num(p, "think") : 0)),
            1 / longest);
        measure_stations(scenario, stations.size());
        return scenario;
    }
    if (kind == "machine repair") {
        const double machines = num(p, "N");
        CaseScenario scenario =
            steady(fmt::format("twin: {{stages: {{repair: {{reads: machines, workers: {}, service: {}}}}}}}\n"
                               "load: {{machines: {{users: {}, think: {}}}}}\n",
                               whole(p, "c"), exponential(rate(p, "repair_rate")), whole(p, "N"),
                               exponential(rate(p, "fail_rate"))),
                   machines * num(p, "fail_rate"));
        measure_station(scenario, "repair");
        scenario.measures["L_down"] = {"avg present(repair)"};
        scenario.measures["W_down"] = {"avg latency(repair)"};
        scenario.measures["X"] = {"rate completed(repair)"};
        scenario.measures["availability"] = {"avg present(repair)", -1 / machines, 1};
        return scenario;
    }
    if (kind == "round-robin dispatch") return lanes(p, whole(p, "n"), "round_robin");
    if (kind.starts_with("join shortest queue"))
        return lanes(p, p.contains("n") ? whole(p, "n") : 2, "shortest");
    return std::nullopt;
}

}  // namespace understudy::formats::kinds
