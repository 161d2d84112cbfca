#include "tools/reports/graph_report.h"

#include <fmt/format.h>

#include <map>

#include "tools/reports/numbers.h"
#include "tools/reports/page.h"
#include "tools/reports/table.h"

namespace understudy::reports {

namespace {

using models::KnowledgeGraph;
using models::KnowledgeIndex;
using models::Thing;

std::string shown(const KnowledgeGraph& knowledge, KnowledgeIndex v) {
    const models::KnowledgeVertex& vertex = knowledge.graph()[v];
    return fmt::format("{} {}", models::name_of(vertex.thing), vertex.name);
}

std::string owner_of(const KnowledgeGraph& knowledge, KnowledgeIndex v) {
    return models::owners_of(knowledge.graph(), v);
}

/// Who answers for it; of a version also when and why it was made.
std::string told_of(const KnowledgeGraph& knowledge, KnowledgeIndex v) {
    const models::KnowledgeVertex& vertex = knowledge.graph()[v];
    std::string text = owner_of(knowledge, v);
    if (vertex.thing != Thing::version) return text;
    text += ", " + vertex.time;
    return vertex.description.empty() ? text : text + ": " + vertex.description;
}

void names(Page& page, const KnowledgeGraph& knowledge, const std::string& heading,
           const std::vector<KnowledgeIndex>& things, bool with_kind) {
    if (things.empty()) return;
    page.heading(heading);
    for (const KnowledgeIndex v : things)
        page.wrapped("  ", with_kind ? shown(knowledge, v) : knowledge.graph()[v].name);
}

void put_table(Page& page, const std::vector<std::vector<std::string>>& rows, int width) {
    const std::string text = table(rows, width);
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = text.find('\n', begin);
        page.line(text.substr(begin, end - begin));
        begin = end + 1;
    }
}

void reached(Page& page, const KnowledgeGraph& knowledge, const std::vector<models::Reached>& all,
             const char* through, int width) {
    std::vector<std::vector<std::string>> rows;
    for (const models::Reached& one : all)
        rows.push_back({knowledge.graph()[one.vertex].name,
                        models::name_of(knowledge.graph()[one.vertex].thing), fmt::format("{}", one.steps),
                        one.steps > 1 ? fmt::format("{} {}", through, knowledge.graph()[one.from].name) : "",
                        told_of(knowledge, one.vertex)});
    put_table(page, rows, width);
}

}  // namespace

std::string impact_report(const KnowledgeGraph& knowledge, KnowledgeIndex start, const models::Impact& impact,
                          const TextOptions& look) {
    Page page(look);
    if (impact.reached.empty())
        page.line(fmt::format(
            "{}: {}", shown(knowledge, start),
            impact.unknown.empty() ? "nothing depends on it" : "nothing is known to depend on it"));
    else
        page.line(fmt::format("{}: {} thing{} it touches", shown(knowledge, start), impact.reached.size(),
                              impact.reached.size() == 1 ? "" : "s"));
    if (!impact.reached.empty()) {
        page.heading("Of this, and how many steps away");
        reached(page, knowledge, impact.reached, "by", look.width);
    }
    names(page, knowledge, "Promises at stake", impact.promises, false);
    names(page, knowledge, "Contracts", impact.contracts, false);
    names(page, knowledge, "To be asked", impact.owners, false);
    names(page, knowledge, "On the same workers or budgets: they may have to wait", impact.competing, true);
    names(page, knowledge, "Read the dataset, and nobody knows which columns", impact.unknown, true);
    return page.take();
}

std::string lineage_report(const KnowledgeGraph& knowledge, KnowledgeIndex start,
                           const std::vector<models::Reached>& lineage, const TextOptions& look) {
    Page page(look);
    page.line(lineage.empty() ? fmt::format("{}: made of nothing else", shown(knowledge, start))
                              : fmt::format("{}: made of {} thing{}", shown(knowledge, start), lineage.size(),
                                            lineage.size() == 1 ? "" : "s"));
    if (!lineage.empty()) {
        page.heading("Of this, and how many steps back");
        reached(page, knowledge, lineage, "for", look.width);
    }
    return page.take();
}

std::string path_report(const KnowledgeGraph& knowledge, KnowledgeIndex from, KnowledgeIndex to,
                        const std::vector<KnowledgeIndex>& way, const TextOptions& look) {
    Page page(look);
    if (way.empty()) {
        page.line(fmt::format("nothing leads from {} to {}", shown(knowledge, from), shown(knowledge, to)));
        return page.take();
    }
    page.line(fmt::format("{} step{}", way.size() - 1, way.size() == 2 ? "" : "s"));
    for (const KnowledgeIndex v : way) page.wrapped("  ", shown(knowledge, v));
    return page.take();
}

std::string owners_report(const KnowledgeGraph& knowledge, KnowledgeIndex start, const models::Impact& impact,
                          const TextOptions& look) {
    Page page(look);
    const std::string own = owner_of(knowledge, start);
    page.line(own.empty() ? fmt::format("{}: nobody is named who answers for it", shown(knowledge, start))
                          : fmt::format("{}: {} answers for it", shown(knowledge, start), own));
    std::map<std::string, std::vector<std::string>> by_owner;
    std::size_t without = 0;
    for (const models::Reached& one : impact.reached) {
        const std::string owner = owner_of(knowledge, one.vertex);
        if (owner.empty())
            ++without;
        else
            by_owner[owner].push_back(shown(knowledge, one.vertex));
    }
    if (!by_owner.empty()) page.heading("Of what it touches");
    for (const auto& [owner, things] : by_owner)
        page.wrapped("  " + owner + ": ", fmt::format("{}", fmt::join(things, ", ")));
    if (without > 0)
        page.wrapped("  ", fmt::format("{} more thing{} without an owner", without, without == 1 ? "" : "s"));
    return page.take();
}

std::string cycles_report(const KnowledgeGraph& knowledge,
                          const std::vector<std::vector<KnowledgeIndex>>& cycles, const TextOptions& look) {
    Page page(look);
    if (cycles.empty()) page.line("nothing goes round");
    for (const auto& group : cycles) {
        std::vector<std::string> things;
        for (const KnowledgeIndex v : group) things.push_back(shown(knowledge, v));
        page.wrapped("goes round: ", fmt::format("{}", fmt::join(things, ", ")));
    }
    return page.take();
}

std::string critical_report(const KnowledgeGraph& knowledge, const std::vector<models::CriticalPath>& paths,
                            const std::vector<models::Reach>& reaches, const TextOptions& look) {
    Page page(look);
    for (const models::CriticalPath& path : paths) {
        page.line(fmt::format("{}: no run is shorter than {}, as long as each task takes its mean",
                              shown(knowledge, path.pipeline), human(path.seconds, "s")));
        double end = 0;
        for (std::size_t i = 0; i < path.tasks.size(); ++i) {
            const models::KnowledgeVertex& vertex = knowledge.graph()[path.tasks[i]];
            std::string line = fmt::format("{}  {}", vertex.name, human(vertex.least_seconds, "s"));
            if (path.begins[i] > end) line += ", from " + human(path.begins[i], "s") + " on";
            end = path.begins[i] + vertex.least_seconds;
            page.wrapped("  ", line);
        }
    }
    if (!reaches.empty()) {
        page.heading("Most hangs on");
        std::vector<std::vector<std::string>> rows = {{"", "", "promises", "things"}};
        for (const models::Reach& one : reaches)
            rows.push_back({knowledge.graph()[one.vertex].name,
                            models::name_of(knowledge.graph()[one.vertex].thing),
                            fmt::format("{}", one.promises), fmt::format("{}", one.things)});
        put_table(page, rows, look.width);
    }
    return page.take();
}

}  // namespace understudy::reports
