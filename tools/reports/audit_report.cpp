#include "tools/reports/audit_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernel/purpose_names.h"
#include "models/listed.h"
#include "tools/reports/numbers.h"

namespace understudy::reports {

using formats::AuditedStream;
using formats::DifferentDraw;
using formats::StreamAudit;

namespace {

std::string verdict_of(const StreamAudit& audit) {
    if (audit.replications.empty()) return "no replication was traced in both";
    if (audit.different() > 0)
        return fmt::format("{} of {} draws with the same address differ", audit.different(),
                           audit.different() + audit.equal());
    if (audit.equal() == 0) return "no draw of one has the address of a draw of the other";
    return fmt::format("all {} draws with the same address are equal", audit.equal());
}

std::string list_of(const std::vector<std::string>& names, int width) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string more = (text.empty() ? "" : ", ") + names[i];
        const std::string rest = models::and_more(names.size() - i);
        if (!text.empty() && text_width(text) + text_width(more) + text_width(rest) > width)
            return text + rest;
        text += more;
    }
    return shorten(text, width);
}

std::string numbers_of(const std::vector<std::int64_t>& numbers) {
    if (numbers.size() == 1) return fmt::format("replication {}", numbers.front());
    return fmt::format("{} replications ({} to {})", numbers.size(), numbers.front(), numbers.back());
}

std::string table_of(const StreamAudit& audit, const AuditLook& look) {
    std::string text;
    const int name = std::max(12, look.width - 56);
    const auto row = [&](const std::string& stream, const auto& equal, const auto& different,
                         const auto& only_first, const auto& only_second) {
        const std::string cut = shorten(stream, name);
        text += fmt::format("  {}{}{:>13}{:>13}{:>14}{:>14}\n", cut,
                            std::string(static_cast<std::size_t>(std::max(0, name - text_width(cut))), ' '),
                            equal, different, only_first, only_second);
    };
    std::size_t same = 0;
    for (const AuditedStream& stream : audit.streams) {
        const bool is_same = stream.different == 0 && stream.only_first == 0 && stream.only_second == 0;
        if (is_same) ++same;
        if (is_same && !look.all) continue;
        if (text.empty()) row("", "equal", "different", "first only", "second only");
        row(fmt::format("{} {}", stream.element, kernel::name_of(stream.purpose)), stream.equal,
            stream.different, stream.only_first, stream.only_second);
    }
    if (same > 0 && !look.all)
        text += fmt::format("  {}{} of {} streams {} the same in both\n", text.empty() ? "" : "the other ",
                            same, audit.streams.size(), same == 1 ? "is" : "are");
    return text;
}

/// Identities of items are hashes, those of instants and workers small numbers.
std::string item_text(std::uint64_t item) {
    return item < (std::uint64_t{1} << 32) ? std::to_string(item) : fmt::format("{:016x}", item);
}

}  // namespace

std::string audit_report(const std::string& first, const std::string& second, const StreamAudit& audit,
                         const AuditLook& look) {
    std::string text = fmt::format("{}, {}: {}\n", first, second, verdict_of(audit));
    if (!audit.replications.empty()) text += fmt::format("of {}", numbers_of(audit.replications));
    for (const auto& [name, numbers] :
         {std::pair(first, audit.only_first), std::pair(second, audit.only_second)})
        if (!numbers.empty())
            text += fmt::format("{}{} traced in {} alone", text.ends_with('\n') ? "" : "; ",
                                numbers_of(numbers), name);
    if (!text.ends_with('\n')) text += "\n";
    if (audit.cut) text += "a trace ends before its replication: what it lacks says nothing\n";
    for (const auto& [name, elements] :
         {std::pair(first, audit.elements_only_first), std::pair(second, audit.elements_only_second)})
        if (!elements.empty())
            text +=
                fmt::format("only in {}: {}\n", name, list_of(elements, look.width - 11 - text_width(name)));
    if (const std::string table = table_of(audit, look); !table.empty())
        text += "\nDraws by element and purpose\n" + table;
    if (audit.differences.empty()) return text;
    text += audit.different() > audit.differences.size()
                ? fmt::format("\nThe first {} that differ\n", audit.differences.size())
                : "\nThose that differ\n";
    for (const DifferentDraw& draw : audit.differences)
        text += fmt::format("  replication {}, {} {}, item {}{}: {} and {}\n", draw.replication, draw.element,
                            kernel::name_of(draw.purpose), item_text(draw.item),
                            draw.attempt > 0 ? fmt::format(", attempt {}", draw.attempt + 1) : "", draw.first,
                            draw.second);
    return text;
}

}  // namespace understudy::reports
