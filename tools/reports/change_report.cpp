#include "tools/reports/change_report.h"

#include <fmt/format.h>

#include "tools/formats/language/change_text.h"
#include "tools/formats/printable.h"
#include "tools/reports/twin_report.h"

namespace understudy::reports {

std::string change_report(const formats::ShownChange& shown, const std::string& file) {
    const formats::Change& change = shown.change;
    const formats::ChangeText said = formats::text_of_change(shown.text);
    std::string text = change.name + "\n";
    const auto line = [&](const char* name, const std::string& value) {
        if (!value.empty()) text += fmt::format("  {:<9} {}\n", name, formats::printable(value));
    };
    if (shown.differences)
        line("kinds", formats::kinds_text(shown.kinds, change.kind));
    else if (!change.kind.empty())
        line("kind", change.kind + ", it says; what it is of is found with a base");
    line("about", change.description);
    line("author", change.author);
    line("reason", change.reason);
    if (change.priority != 0) line("priority", fmt::format("{}", change.priority));
    line("base", shown.base.empty() ? "none; --base names one" : shown.base);
    line("sha256", shown.sha256);
    text += "\nEdits\n";
    for (std::size_t i = 0; i < said.edits.size(); ++i)
        text += fmt::format("  {:>2}  {}\n", i + 1, formats::printable(said.edits[i]));
    text += "\nAccepted is\n";
    for (const std::string& entry : said.accept) text += "  " + formats::printable(entry) + "\n";
    if (said.accept.empty()) text += "  all objectives (nothing is said)\n";
    for (const auto& [key, value] : said.plans)
        text += fmt::format("\n{}{}\n  {}\n", static_cast<char>(key[0] - 'a' + 'A'), key.substr(1),
                            formats::printable(value));
    if (shown.differences) text += "\n" + twin_differences(shown.base, change.name, *shown.differences);
    return text + fmt::format(
                      "Next: understudy rehearse {}{}\n",
                      change.base.empty() ? (shown.base.empty() ? "BASELINE " : shown.base + " ") : "", file);
}

}  // namespace understudy::reports
