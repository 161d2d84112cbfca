#include "tools/formats/logs/ninja.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "tools/formats/logs/delimited.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/nextflow.h"
#include "tools/formats/logs/wfformat.h"

namespace understudy::formats {

namespace {

using kernel::Time;

constexpr std::string_view magic = "# ninja log v";

struct BuildStep {
    std::int64_t start = 0, end = 0;
    std::string output, hash;
    std::int64_t line = 0;
    int build = 0;
};

std::optional<std::int64_t> whole(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// "src/a.cpp.o": "o"; what has no extension is its folder's kind: empty.
std::string extension(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    const std::size_t slash = path.rfind('/');
    if (dot == std::string_view::npos || (slash != std::string_view::npos && dot < slash)) return "link";
    return std::string(path.substr(dot + 1));
}

/// Numbers the builds of which the entries are, by their ends, which never decrease within a build.
void tell_builds_apart(std::vector<BuildStep>& entries, NoteList& notes) {
    int build = 0;
    for (std::size_t i = 1; i < entries.size(); ++i) {
        if (entries[i].end < entries[i - 1].end) ++build;
        entries[i].build = build;
    }
    if (static_cast<std::size_t>(build) * 4 > entries.size() && entries.size() > 4) {
        // Ninja has rewritten the log in the order of its hash table.
        notes.add("ninja has rewritten this log: entries of different builds cannot be told apart");
        for (BuildStep& entry : entries) entry.build = 0;
        return;
    }
    std::vector<std::size_t> sizes(static_cast<std::size_t>(build) + 1);
    for (const BuildStep& entry : entries) ++sizes[static_cast<std::size_t>(entry.build)];
    std::size_t best = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i)
        if (sizes[i] >= sizes[best]) best = i;
    const std::size_t before = entries.size();
    entries.erase(
        std::remove_if(entries.begin(), entries.end(),
                       [&](const BuildStep& entry) { return entry.build != static_cast<int>(best); }),
        entries.end());
    if (before > entries.size())
        notes.add("of other builds in the same log: left out", 0,
                  static_cast<std::int64_t>(before - entries.size()));
}

/// Files and commands of a build, as `ninja -t graph` draws them.
struct Drawing {
    std::vector<std::string> labels;
    std::vector<bool> command;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
    std::vector<std::string> edge_labels;
};

std::optional<std::string> take_quoted(std::string_view& line) {
    line = trimmed(line);
    if (line.empty() || line.front() != '"') return std::nullopt;
    std::string text;
    std::size_t i = 1;
    for (; i < line.size() && line[i] != '"'; ++i) {
        if (line[i] == '\\' && i + 1 < line.size()) ++i;
        text += line[i];
    }
    if (i >= line.size()) return std::nullopt;
    line.remove_prefix(i + 1);
    return text;
}

std::string label_of(std::string_view attributes) {
    const std::size_t at = attributes.find("label=");
    if (at == std::string_view::npos) return {};
    std::string_view rest = attributes.substr(at + 6);
    return std::string(trimmed(take_quoted(rest).value_or("")));
}

Drawing read_drawing(Input& input) {
    Drawing drawing;
    std::unordered_map<std::string, std::uint32_t> ids;
    const auto vertex = [&](const std::string& id) {
        const auto [at, fresh] = ids.emplace(id, static_cast<std::uint32_t>(drawing.labels.size()));
        if (fresh) {
            drawing.labels.emplace_back();
            drawing.command.push_back(false);
        }
        return at->second;
    };
    std::string line;
    while (input.read_line(line)) {
        std::string_view rest = line;
        const auto from = take_quoted(rest);
        if (!from) continue;
        rest = trimmed(rest);
        const std::uint32_t source = vertex(*from);
        if (rest.substr(0, 2) == "->") {
            rest.remove_prefix(2);
            if (const auto to = take_quoted(rest)) {
                drawing.edges.emplace_back(source, vertex(*to));
                drawing.edge_labels.push_back(label_of(rest));
            }
            continue;
        }
        drawing.labels[source] = label_of(rest);
        drawing.command[source] = rest.find("shape=ellipse") != std::string_view::npos;
    }
    return drawing;
}

/// Task indices by every output they write.
using Outputs = std::unordered_map<std::string, std::uint32_t>;

/// A task waits for every task whose output reaches one of its own through files and phony commands alone.
void link_drawing(models::RecordedRun& run, const Outputs& outputs, const Drawing& drawing) {
    const std::size_t count = drawing.labels.size();
    constexpr std::uint32_t none = ~std::uint32_t{0};
    std::vector<std::uint32_t> task_of(count, none);
    for (std::size_t i = 0; i < count; ++i) {
        if (drawing.command[i]) continue;
        if (const auto at = outputs.find(drawing.labels[i]); at != outputs.end()) task_of[i] = at->second;
    }
    std::vector<std::vector<std::uint32_t>> before(count);
    for (std::size_t i = 0; i < drawing.edges.size(); ++i) {
        const auto [from, to] = drawing.edges[i];
        before[to].push_back(from);
        // The rule stands at the edge where a command has one input and one output, else at the command.
        const std::string& rule = drawing.command[from] ? drawing.labels[from] : drawing.edge_labels[i];
        if (task_of[to] != none && !rule.empty()) run.tasks[task_of[to]].process = rule;
    }
    std::vector<std::uint32_t> seen_by(count, none), open;
    for (std::uint32_t output = 0; output < count; ++output) {
        const std::uint32_t task = task_of[output];
        if (task == none) continue;
        open = before[output];
        while (!open.empty()) {
            const std::uint32_t at = open.back();
            open.pop_back();
            if (seen_by[at] == output) continue;
            seen_by[at] = output;
            if (task_of[at] != none && task_of[at] != task)
                run.tasks[task].parents.push_back(task_of[at]);
            else
                open.insert(open.end(), before[at].begin(), before[at].end());
        }
    }
}

/// `out.o: #deps 3, deps mtime 1 (VALID)`, then one indented file a line.
void link_deps(models::RecordedRun& run, const Outputs& outputs, Input& input) {
    std::optional<std::uint32_t> task;
    std::string line;
    while (input.read_line(line)) {
        if (line.empty()) continue;
        if (line.front() != ' ' && line.front() != '\t') {
            const std::size_t colon = line.find(": #deps");
            const auto at = outputs.find(line.substr(0, colon));
            task = at == outputs.end() ? std::nullopt : std::optional(at->second);
        } else if (task) {
            const auto at = outputs.find(std::string(trimmed(line)));
            if (at != outputs.end() && at->second != *task) run.tasks[*task].parents.push_back(at->second);
        }
    }
}

void link_compdb(models::RecordedRun& run, const Outputs& outputs, Input& input) {
    const auto document = nlohmann::json::parse(input.read_all(most_json_bytes), nullptr, false);
    if (!document.is_array()) throw FileError(input.file(), "is no compilation database: it is no JSON list");
    for (const auto& command : document) {
        if (!command.is_object() || !command.contains("output") || !command.contains("file") ||
            !command["output"].is_string() || !command["file"].is_string())
            continue;
        const auto to = outputs.find(command["output"].get<std::string>());
        const auto from = outputs.find(command["file"].get<std::string>());
        if (to != outputs.end() && from != outputs.end() && to->second != from->second)
            run.tasks[to->second].parents.push_back(from->second);
    }
}

void add_dependencies(models::RecordedRun& run, const Outputs& outputs, Input& dependencies) {
    const std::string_view head = trimmed(dependencies.peek(4096));
    if (head.substr(0, 7) == "digraph")
        link_drawing(run, outputs, read_drawing(dependencies));
    else if (head.substr(0, 1) == "[")
        link_compdb(run, outputs, dependencies);
    else if (head.find(": #deps") != std::string_view::npos)
        link_deps(run, outputs, dependencies);
    else
        throw FileError(dependencies.file(),
                        "is none of what ninja says of dependencies: ninja -t graph, -t deps or -t compdb");
    std::int64_t late = 0;
    for (std::uint32_t i = 0; i < run.tasks.size(); ++i) {
        std::vector<std::uint32_t>& parents = run.tasks[i].parents;
        std::sort(parents.begin(), parents.end());
        parents.erase(std::unique(parents.begin(), parents.end()), parents.end());
        // A graph of today's build files may contradict a log of yesterday's; it also keeps cycles out.
        const auto behind = [&](std::uint32_t parent) {
            return *run.tasks[parent].completed > *run.tasks[i].started;
        };
        const auto kept = std::remove_if(parents.begin(), parents.end(), behind);
        late += parents.end() - kept;
        parents.erase(kept, parents.end());
    }
    if (late > 0) run.notes.push_back({"dependencies that the recorded times contradict: left out", late, 0});
    run.has_dependencies = true;
}

}  // namespace

bool looks_like_ninja(std::string_view head) { return head.substr(0, magic.size()) == magic; }

std::size_t drawn_tasks(const models::RecordedRun& run, Input& graph) {
    if (trimmed(graph.peek(4096)).substr(0, 7) != "digraph") return 0;
    const Drawing drawing = read_drawing(graph);
    const std::unordered_set<std::string_view> files(drawing.labels.begin(), drawing.labels.end());
    return static_cast<std::size_t>(
        std::count_if(run.tasks.begin(), run.tasks.end(),
                      [&](const models::RecordedTask& task) { return files.count(task.id) > 0; }));
}

models::RecordedRun read_ninja(Input& log, Input* dependencies) {
    std::string line;
    if (!log.read_line(line) || !looks_like_ninja(line)) throw FileError(log.file(), "is no log of ninja");
    const auto version = whole(std::string_view(line).substr(magic.size()));
    if (!version || *version < 5 || *version > 7)
        throw FileError(log.file(), fmt::format("is a ninja log of version {}; 5, 6 and 7 are read",
                                                std::string_view(line).substr(magic.size(), 20)));
    NoteList notes;
    std::vector<BuildStep> entries;
    std::vector<std::string> fields;
    while (log.read_line(line)) {
        if (line.empty() || line.front() == '#') continue;
        split_delimited(line, '\t', fields);
        const auto start = fields.size() >= 4 ? whole(fields[0]) : std::nullopt;
        const auto end = fields.size() >= 4 ? whole(fields[1]) : std::nullopt;
        if (log.cut() || !start || !end || *start < 0 || *end < *start || *end > 1'000'000'000'000 ||
            fields[3].empty()) {
            notes.leave_out("line that is no entry of ninja: left out", log.line_number());
            continue;
        }
        entries.push_back(
            {*start, *end, fields[3], fields.size() > 4 ? fields[4] : std::string(), log.line_number(), 0});
        if (entries.size() > most_recorded_tasks)
            throw FileError(log.file(), fmt::format("has more than {} entries", most_recorded_tasks));
    }
    if (log.ended_early())
        notes.add("the compressed file breaks off; what was there is read", log.line_number());
    if (entries.empty())
        throw FileError(log.file(), std::string("holds no finished command: build something first") +
                                        (log.ended_early() ? cut_file : ""));
    tell_builds_apart(entries, notes);

    models::RecordedRun run;
    run.format = "ninja";
    run.source = log.file().string();
    run.resolution = kernel::millisecond;
    // Of an output that was built again the last entry counts, as for ninja itself.
    std::unordered_map<std::string, std::size_t> last;
    for (std::size_t i = 0; i < entries.size(); ++i) last[entries[i].output] = i;
    std::map<std::tuple<std::int64_t, std::int64_t, std::string>, std::uint32_t> commands;
    Outputs outputs;
    std::int64_t zero = entries.front().start;
    for (const BuildStep& entry : entries) zero = std::min(zero, entry.start);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const BuildStep& entry = entries[i];
        if (last[entry.output] != i) {
            notes.add("output that was built again: the last time counts", entry.line);
            continue;
        }
        // Outputs of one command share start, end and hash. Without a hash they stay apart.
        if (!entry.hash.empty()) {
            const auto [at, fresh] = commands.emplace(std::tuple(entry.start, entry.end, entry.hash),
                                                      static_cast<std::uint32_t>(run.tasks.size()));
            if (!fresh) {
                outputs.emplace(entry.output, at->second);
                continue;
            }
        }
        outputs.emplace(entry.output, static_cast<std::uint32_t>(run.tasks.size()));
        models::RecordedTask task;
        task.id = entry.output;
        task.name = entry.output;
        task.process = extension(entry.output);
        task.started = (entry.start - zero) * kernel::millisecond;
        task.completed = (entry.end - zero) * kernel::millisecond;
        task.realtime = *task.completed - *task.started;
        run.tasks.push_back(std::move(task));
    }
    notes.add("ninja logs neither cores nor memory: each command counts as one core");
    run.left_out = notes.left_out();
    run.notes = notes.take();
    if (dependencies != nullptr) add_dependencies(run, outputs, *dependencies);
    return run;
}

}  // namespace understudy::formats
