#include "tools/formats/logs/log_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "tools/formats/catalogs/catalog_kind.h"
#include "tools/formats/logs/csv.h"
#include "tools/formats/logs/csv_columns.h"
#include "tools/formats/logs/delimited.h"
#include "tools/formats/logs/graph_of_trace.h"
#include "tools/formats/logs/log_problems.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/nextflow.h"
#include "tools/formats/logs/ninja.h"
#include "tools/formats/logs/process_csv.h"
#include "tools/formats/logs/swf.h"
#include "tools/formats/logs/wfformat.h"

namespace understudy::formats {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t sniffed_bytes = 1U << 16;

/// Text has no zero bytes, and few other control characters.
bool is_text(std::string_view head) {
    std::size_t odd = 0;
    for (const char c : head) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte == 0) return false;
        if (byte < 32 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\x1B') ++odd;
    }
    return odd * 50 <= head.size();
}

/// What may be the output of `ninja -t graph` in the log's folder: graph.dot and whatever ends in .graph.
std::vector<fs::path> ninja_graphs_beside(const fs::path& log) {
    constexpr std::size_t most = 16;
    std::vector<fs::path> found;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(fs::absolute(log, none).parent_path(), none)) {
        const fs::path name = entry.path().filename();
        if ((name == "graph.dot" || name == ".graph" || name.extension() == ".graph") &&
            entry.is_regular_file(none))
            found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    if (found.size() > most) found.resize(most);
    return found;
}

/// The graph beside the log that draws most of its tasks, if it draws at least half of them.
std::optional<fs::path> ninja_graph_for(models::RecordedRun& run, const fs::path& log,
                                        const LogOptions& options) {
    std::optional<fs::path> best;
    std::size_t most = 0;
    for (const fs::path& file : ninja_graphs_beside(log)) {
        try {
            Input graph(file, options.limits);
            const std::size_t drawn = drawn_tasks(run, graph);
            if (drawn * 2 < run.tasks.size())
                run.notes.push_back({fmt::format("{} draws {} of {} tasks of this log: not used",
                                                 file.string(), drawn, run.tasks.size()),
                                     1, 0});
            else if (drawn > most) {
                best = file;
                most = drawn;
            }
        } catch (const FileError& error) {
            // It was not asked for, so it must not stop the replay of a good log.
            run.notes.push_back({fmt::format("graph not used: {}", error.what()), 1, 0});
        }
    }
    return best;
}

models::RecordedRun read_ninja_and_graph(Input& input, const fs::path& file, const LogOptions& options) {
    std::optional<fs::path> graph = options.dependencies;
    if (!graph) {
        models::RecordedRun run = read_ninja(input, nullptr);
        // A pipe cannot be read twice, and has no folder.
        std::error_code none;
        if (options.search_graph && fs::is_regular_file(file, none))
            graph = ninja_graph_for(run, file, options);
        if (!graph) return run;
    }
    std::optional<Input> again;
    if (!options.dependencies) again.emplace(file, options.limits);
    Input dependencies(*graph, options.limits);
    models::RecordedRun run = read_ninja(again ? *again : input, &dependencies);
    // What -t deps and -t compdb print does not draw, and can only be taken as it is.
    std::error_code none;
    if (options.dependencies && fs::is_regular_file(*graph, none)) {
        Input once_more(*graph, options.limits);
        const bool draws = once_more.peek(sniffed_bytes).find("digraph") != std::string_view::npos;
        const std::size_t drawn = draws ? drawn_tasks(run, once_more) : run.tasks.size();
        if (drawn * 2 < run.tasks.size())
            throw FileError(*graph,
                            fmt::format("draws {} of {} tasks of {}: it is the graph of another build", drawn,
                                        run.tasks.size(), file.string()));
    }
    run.notes.push_back({fmt::format("dependencies: {}", graph->string()), 1, 0});
    return run;
}

/// What import makes twins of is called broken by no reader of logs.
void refuse_catalog(const fs::path& file, const LogOptions& options) {
    if (const auto kind = kind_of_catalog(file, options.limits))
        throw FileError(
            file,
            fmt::format(
                "{}, and no log of tasks that is read here; understudy import makes a "
                "twin of it{}",
                kind->what,
                kind->tells_of_runs ? ", and understudy calibrate fits that to the runs it tells of" : ""));
}

models::RecordedRun read_json(Input& input, const fs::path& file, const LogOptions& options) {
    try {
        return read_wfformat(input, options.zone);
    } catch (const FileError&) {
        refuse_catalog(file, options);
        throw;
    }
}

[[noreturn]] void refuse_table(const fs::path& file, const std::vector<std::string>& header) {
    if (header.size() < 2)
        throw FileError(file,
                        "is none of the logs we read (Nextflow trace, WfFormat, ninja log, SWF, table): its "
                        "first line has "
                        "neither separators nor a mark");
    if (looks_like_process_table(header))
        throw FileError(
            file,
            "is the log of a process, of whose tasks it does not tell what replay needs; understudy "
            "import makes a twin of it");
    std::string titles = fmt::format("{}", fmt::join(header, ", "));
    if (titles.size() > 300) titles = titles.substr(0, 300) + "...";
    throw FileError(
        file, fmt::format("is a table that is no Nextflow trace; say with --columns which of its columns is "
                          "what (columns: {})",
                          titles));
}

void refuse_dependencies(const LogOptions& options, const fs::path& file, const char* kind) {
    if (options.dependencies)
        throw FileError(file, fmt::format("is {}: --dag is for Nextflow traces and ninja logs", kind));
}

bool is_called_swf(const fs::path& file) {
    const fs::path name = file.extension() == ".gz" ? file.stem() : file.filename();
    return name.extension() == ".swf";
}

NotEnded kept_by(const LogOptions& options) {
    return options.unfinished ? NotEnded::among_tasks : options.open ? NotEnded::apart : NotEnded::left_out;
}

models::RecordedRun read(const fs::path& file, const LogOptions& options) {
    Input input(file, options.limits);
    const std::string_view head = input.peek(sniffed_bytes);
    if (head.empty()) input.refuse_empty();
    if (head.substr(0, 4) == "\x89HDF")
        throw FileError(file, "is an HDF5 file, no log; `understudy trace` exports its trace");
    if (!is_text(head)) throw FileError(file, "is no text; logs are text, plain or gzip");
    if (!options.columns.empty()) {
        refuse_dependencies(options, file, "a table, whose column of parents says what tasks waited for");
        return read_csv(input, options.columns, kept_by(options), options.zone);
    }
    if (looks_like_ninja(head)) return read_ninja_and_graph(input, file, options);
    if (looks_like_swf(head) || is_called_swf(file)) {
        refuse_dependencies(options, file, "a log of a batch system");
        return read_swf(input, kept_by(options));
    }
    std::size_t start = 0;
    while (start < head.size() &&
           (head[start] == ' ' || head[start] == '\n' || head[start] == '\r' || head[start] == '\t'))
        ++start;
    const std::string_view text = head.substr(start);
    if (!text.empty() && (text.front() == '{' || text.front() == '[')) {
        refuse_dependencies(options, file, "a WfFormat instance, which has its own");
        return read_json(input, file, options);
    }
    if (text.substr(0, 5) == "<?xml" || text.substr(0, 1) == "<")
        throw FileError(file,
                        "is XML or HTML, none of the logs we read (Nextflow trace, WfFormat, ninja log, SWF, "
                        "table); of XES "
                        "understudy import makes a twin");
    const std::string_view first = text.substr(0, text.find_first_of("\r\n"));
    const char separator = detect_separator(first);
    std::vector<std::string> header;
    if (separator != 0) split_delimited(first, separator, header);
    if (looks_like_nextflow(header)) {
        models::RecordedRun run = read_nextflow(input, kept_by(options), options.zone);
        if (options.unfinished) return run;
        add_graph_of_trace(run, file, options);
        return run;
    }
    if (!own_columns(header).empty()) {
        refuse_dependencies(options, file, "a table, whose column of parents says what tasks waited for");
        return read_csv(input, {}, kept_by(options), options.zone);
    }
    refuse_catalog(file, options);
    refuse_table(file, header);
}

}  // namespace

std::string kind_of_log(const fs::path& file) {
    try {
        Input input(file);
        const std::string_view head = input.peek(sniffed_bytes);
        if (!is_text(head)) return "";
        if (looks_like_ninja(head)) return "a ninja log";
        if (looks_like_swf(head)) return swf_log;
        const std::size_t end = head.find_first_of("\r\n");
        const std::string_view first = head.substr(0, end);
        const char separator = detect_separator(first);
        if (separator == 0 || first.find("understudy:") != std::string_view::npos)
            return head.find("\"workflow\"") != std::string_view::npos && trimmed(first).substr(0, 1) == "{"
                       ? "a WfFormat instance"
                       : "";
        std::vector<std::string> header, row;
        split_delimited(first, separator, header);
        if (looks_like_nextflow(header)) return nextflow_log;
        if (!own_columns(header).empty()) return "a table of tasks";
        // Any other table: several lines of as many fields, none of which looks like a key.
        const std::size_t next = std::min(head.find_first_not_of("\r\n", end), head.size());
        const std::string_view second = head.substr(next, head.find_first_of("\r\n", next) - next);
        split_delimited(second, separator, row);
        const bool keys = first.find_first_of(":{}#") != std::string_view::npos;
        return header.size() >= 2 && row.size() == header.size() && !keys ? "a table" : "";
    } catch (const FileError&) {
        return "";
    }
}

LogResult read_log(const fs::path& file, const LogOptions& options) {
    try {
        return read(file, options);
    } catch (const LogProblems& problems) {
        return LogFailure{problems.what(), true};
    } catch (const FileError& error) {
        return LogFailure{error.what()};
    }
}

}  // namespace understudy::formats
