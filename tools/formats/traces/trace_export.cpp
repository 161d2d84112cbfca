#include "tools/formats/traces/trace_export.h"

#include <fmt/format.h>

#include <ostream>
#include <string>
#include <vector>

#include "tools/formats/traces/attempts.h"

namespace understudy::formats {

using kernel::Time;

namespace {

/// A field of a CSV (RFC 4180): quoted where it has to be.
std::string field(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
    return quoted + '"';
}

std::int64_t to_milliseconds(Time nanoseconds) {
    // Towards the nearest, for instants before 1970 too.
    const Time half = nanoseconds >= 0 ? 500'000 : -500'000;
    return (nanoseconds + half) / 1'000'000;
}

/// Passes the trace through Attempts to `tell`.
template <class Tell>
Attempts read_attempts(const TraceReader& trace, std::int64_t replication, Tell&& tell) {
    Attempts attempts(tell);
    trace.for_each_row(replication, [&](const models::TraceRow& row) { attempts.row(row); });
    return attempts;
}

std::string worker_name(const std::string& pool, std::int32_t worker) {
    if (worker < 0) return "-";
    return fmt::format("{}-{}", pool.empty() ? "worker" : pool, worker + 1);
}

/// By element.
std::vector<ExportedElement> needs_of(const std::vector<models::TraceHeader::Element>& elements,
                                      const ExportOptions& options) {
    std::vector<ExportedElement> known(elements.size());
    for (std::size_t i = 0; i < elements.size(); ++i)
        if (const auto found = options.elements.find(elements[i].name); found != options.elements.end())
            known[i] = found->second;
    return known;
}

}  // namespace

ExportCount export_nextflow(const TraceReader& trace, std::int64_t replication, std::ostream& out,
                            const ExportOptions& options) {
    ExportCount count;
    out << "task_id,hash,native_id,process,tag,name,status,exit,attempt,submit,start,complete,duration,"
           "realtime,"
           "queue,cpus,memory,hostname\n";
    const auto& elements = trace.header().elements;
    const auto known = needs_of(elements, options);
    const auto instant = [&](Time time) { return to_milliseconds(time + options.epoch_ns); };
    const auto attempts = read_attempts(trace, replication, [&](const Attempt& attempt) {
        if (!attempt.start) return;  // lost while waiting: no task ran
        ++count.rows;
        const auto& element = elements[attempt.element];
        const auto& needs = known[attempt.element];
        const bool completed = std::string_view(attempt.status) == "completed";
        const bool aborted = std::string_view(attempt.status) == "interrupted";
        const Time submit = attempt.enter.value_or(*attempt.start);
        // What would be a hash of the work folder: unique in the trace, and the same in every export of it.
        const std::uint64_t digest = (static_cast<std::uint64_t>(count.rows) + 1) * 0x9e3779b97f4a7c15ull;
        out << fmt::format("{},{:02x}/{:06x},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", count.rows,
                           digest >> 56, (digest >> 32) & 0xffffff, count.rows, field(element.name),
                           attempt.item, field(fmt::format("{} ({})", element.name, attempt.item)),
                           completed ? "COMPLETED" : (aborted ? "ABORTED" : "FAILED"),
                           completed ? "0" : (aborted ? "-" : "1"), attempt.attempt + 1, instant(submit),
                           instant(*attempt.start), instant(*attempt.complete),
                           instant(*attempt.complete) - instant(submit),
                           instant(*attempt.complete) - instant(*attempt.start),
                           needs.pool.empty() ? "-" : field(needs.pool), needs.cpus,
                           needs.memory_bytes > 0 ? fmt::format("{}", needs.memory_bytes) : "-",
                           field(worker_name(needs.pool, attempt.worker)));
    });
    count.open = static_cast<std::int64_t>(attempts.open().size());
    return count;
}

ExportCount export_csv(const TraceReader& trace, std::int64_t replication, std::ostream& out,
                       const ExportOptions& options) {
    ExportCount count;
    out << "item,element,attempt,enter_ns,start_ns,complete_ns,worker,status,pool,cpus,memory\n";
    const auto& elements = trace.header().elements;
    const auto known = needs_of(elements, options);
    const auto instant = [&](const std::optional<Time>& time) {
        return time ? fmt::format("{}", *time) : std::string();
    };
    const auto line = [&](const Attempt& attempt) {
        ++count.rows;
        const auto& needs = known[attempt.element];
        out << fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", attempt.item,
                           field(elements[attempt.element].name), attempt.attempt + 1, instant(attempt.enter),
                           instant(attempt.start), instant(attempt.complete),
                           attempt.worker < 0 ? "" : fmt::format("{}", attempt.worker + 1), attempt.status,
                           field(needs.pool), needs.cpus,
                           needs.memory_bytes > 0 ? fmt::format("{}", needs.memory_bytes) : "");
    };
    const auto attempts = read_attempts(trace, replication, line);
    for (const auto& attempt : attempts.open()) {
        ++count.open;
        line(attempt);
    }
    return count;
}

}  // namespace understudy::formats
