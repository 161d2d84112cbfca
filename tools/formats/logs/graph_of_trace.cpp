#include "tools/formats/logs/graph_of_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <vector>

#include "tools/formats/logs/input.h"
#include "tools/formats/logs/nextflow_dag.h"

namespace understudy::formats {

namespace fs = std::filesystem;

namespace {

constexpr int folders_above = 3;
/// A folder of more graphs than this is no folder of runs; the likeliest are read.
constexpr std::size_t most_graphs = 16;

std::vector<std::string> processes_of(const models::RecordedRun& run) {
    std::set<std::string> names;
    for (const models::RecordedTask& task : run.tasks) names.insert(task.process);
    return {names.begin(), names.end()};
}

/// How many of the run's processes the graph draws.
std::size_t drawn(const ProcessGraph& graph, const std::vector<std::string>& processes) {
    std::set<std::string_view> names, last_parts;
    for (const ProcessGraph::Vertex& vertex : graph.vertices) {
        names.insert(vertex.name);
        last_parts.insert(std::string_view(vertex.name).substr(vertex.name.rfind(':') + 1));
    }
    std::size_t count = 0;
    for (const std::string& process : processes)
        if (names.count(process) > 0 || (graph.ambiguous && last_parts.count(std::string_view(process).substr(
                                                                process.rfind(':') + 1)) > 0))
            ++count;
    return count;
}

struct DrawnGraph {
    fs::path file;
    ProcessGraph graph;
    std::size_t drawn = 0;
};

DrawnGraph read_drawn(const fs::path& file, const std::vector<std::string>& processes,
                      const InputLimits& limits) {
    Input input(file, limits);
    DrawnGraph one{file, read_process_graph(input), 0};
    one.drawn = drawn(one.graph, processes);
    return one;
}

bool draws_enough(const DrawnGraph& graph, const std::vector<std::string>& processes) {
    return graph.drawn * 2 >= processes.size();
}

void use_graph(models::RecordedRun& run, const DrawnGraph& graph, const std::vector<std::string>& processes) {
    run.process_edges = contracted(graph.graph, processes);
    run.notes.push_back({fmt::format("graph of processes: {}", graph.file.string()), 1, 0});
    if (graph.drawn < processes.size())
        run.notes.push_back({"processes that the graph does not draw",
                             static_cast<std::int64_t>(processes.size() - graph.drawn), 0});
}

/// `dag` by itself: of "pipeline_dag_2024", not of "dagger".
bool has_word_dag(std::string_view stem) {
    const auto letter = [&](std::size_t at) {
        return at < stem.size() && std::isalpha(static_cast<unsigned char>(stem[at])) != 0;
    };
    for (std::size_t at = stem.find("dag"); at != std::string_view::npos; at = stem.find("dag", at + 1))
        if ((at == 0 || !letter(at - 1)) && !letter(at + 3)) return true;
    return false;
}

/// By how many characters both end alike: as many as their time takes, where both are of one run.
std::size_t common_end(std::string_view a, std::string_view b) {
    std::size_t count = 0;
    while (count < a.size() && count < b.size() && a[a.size() - 1 - count] == b[b.size() - 1 - count])
        ++count;
    return count;
}

/// What may be the trace's graph in one folder, the likeliest first.
std::vector<fs::path> graphs_in(const fs::path& folder, const fs::path& trace) {
    constexpr std::array<std::string_view, 3> endings = {".html", ".dot", ".mmd"};
    fs::path stem_of_trace = trace.stem();
    if (trace.extension() == ".gz") stem_of_trace = stem_of_trace.stem();
    // The end in common, whether it has another name than `dag`, and where its ending stands; then by name.
    std::vector<std::tuple<std::size_t, bool, std::ptrdiff_t, fs::path>> found;
    std::error_code none;
    for (fs::directory_iterator at(folder, none), end; !none && at != end; at.increment(none)) {
        const fs::path name = at->path().filename();
        const auto* const ending = std::find(endings.begin(), endings.end(), name.extension().string());
        std::error_code gone;
        if (ending == endings.end() || !has_word_dag(name.stem().string()) || !at->is_regular_file(gone))
            continue;
        found.emplace_back(common_end(name.stem().string(), stem_of_trace.string()), name.stem() != "dag",
                           ending - endings.begin(), at->path());
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        if (std::get<0>(a) != std::get<0>(b)) return std::get<0>(a) > std::get<0>(b);
        return std::tie(std::get<1>(a), std::get<2>(a), std::get<3>(a)) <
               std::tie(std::get<1>(b), std::get<2>(b), std::get<3>(b));
    });
    std::vector<fs::path> files;
    for (std::size_t i = 0; i < std::min(found.size(), most_graphs); ++i)
        files.push_back(std::get<3>(found[i]));
    return files;
}

/// None was asked for, so none stops the reading of a good log.
void search_graph(models::RecordedRun& run, const fs::path& trace, const std::vector<std::string>& processes,
                  const InputLimits& limits) {
    std::error_code none;
    fs::path folder = fs::absolute(trace, none).parent_path();
    bool any = false;
    for (int level = 0; level <= folders_above; ++level) {
        std::optional<DrawnGraph> best;
        for (const fs::path& file : graphs_in(folder, trace)) {
            any = true;
            try {
                DrawnGraph graph = read_drawn(file, processes, limits);
                if (!draws_enough(graph, processes))
                    run.notes.push_back({fmt::format("{} draws {} of {} processes of this log: not used",
                                                     file.string(), graph.drawn, processes.size()),
                                         1, 0});
                else if (!best || graph.drawn > best->drawn)
                    best = std::move(graph);
            } catch (const FileError& error) {
                run.notes.push_back({fmt::format("graph of processes not used: {}", error.what()), 1, 0});
            }
            // The others draw no more, and are less likely.
            if (best && best->drawn == processes.size()) break;
        }
        if (best) {
            use_graph(run, *best, processes);
            return;
        }
        if (!folder.has_relative_path()) break;
        folder = folder.parent_path();
    }
    if (!any)
        run.notes.push_back({"no graph of processes (dag.html) beside the log; name one with --dag", 1, 0});
}

}  // namespace

void add_graph_of_trace(models::RecordedRun& run, const fs::path& trace, const LogOptions& options) {
    const std::vector<std::string> processes = processes_of(run);
    if (!options.dependencies) {
        if (options.search_graph) search_graph(run, trace, processes, options.limits);
        return;
    }
    const DrawnGraph graph = read_drawn(*options.dependencies, processes, options.limits);
    if (!draws_enough(graph, processes))
        throw FileError(*options.dependencies,
                        fmt::format("draws {} of {} processes of {}: it is the graph of another workflow",
                                    graph.drawn, processes.size(), run.source));
    use_graph(run, graph, processes);
}

}  // namespace understudy::formats
