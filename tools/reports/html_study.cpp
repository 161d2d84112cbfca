#include "tools/reports/html_study.h"

#include <fmt/format.h>

#include <utility>

#include "tools/reports/numbers.h"
#include "tools/reports/summary.h"

namespace understudy::reports {

std::string html_badge(studies::Verdict verdict) {
    return fmt::format("<span class=\"badge {0}\">{0}</span>", studies::name_of(verdict));
}

std::string sentence(std::string text) {
    if (text.empty()) return text;
    if (text.front() >= 'a' && text.front() <= 'z')
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    return text.back() == '.' ? text : text + '.';
}

std::string html_fact(const char* name, const std::string& value, const std::string& note, const char* look) {
    return fmt::format("<div class=\"fact {}\"><span>{}</span><b>{}</b><small>{}</small></div>\n", look, name,
                       escape_html(value), escape_html(note));
}

std::string html_head(const std::string& name, const std::vector<std::string>& set, const StudyHead& head) {
    const auto line = [](const std::string& text, const char* look = "") {
        return text.empty() ? std::string() : fmt::format("<p{}>{}</p>\n", look, escape_html(text));
    };
    std::string html = fmt::format("<header><div><h1>{}</h1>\n", escape_html(name));
    html += line(head.basis, " class=\"soft\"");
    if (!set.empty())
        html += fmt::format("<p>Set: <span class=\"mono\">{}</span></p>\n",
                            escape_html(fmt::format("{}", fmt::join(set, ", "))));
    html += line(sentence(head.lead), " class=\"lead\"");
    for (const std::string& one : head.markup) html += one;
    for (const std::string& one : head.lines) html += line(sentence(one));
    html += "</div>";
    if (head.verdict) {
        const std::string why = head.reason == studies::Reason::limit ? "" : reason_words(head.reason);
        html += fmt::format("<div>{}{}</div>", html_badge(*head.verdict),
                            why.empty() ? "" : fmt::format("<p class=\"soft\">{}</p>", escape_html(why)));
    }
    html += "</header>\n";
    return head.facts.empty() ? html : html + "<div class=\"facts\">\n" + head.facts + "</div>\n";
}

std::string html_study_head(const studies::Study& study, const StudyHead& head) {
    return html_head(study.name, study.set, head);
}

std::string warm_up_words(std::optional<double> seconds, const std::string& reason) {
    return seconds ? human(*seconds, "s") + " (" + reason + ")" : std::string();
}

std::string html_study_origin(const studies::Study& study, const AnswerOrigin& origin,
                              const std::vector<HtmlEntry>& more) {
    const auto joined = [](const std::vector<std::string>& texts) {
        return fmt::format("{}", fmt::join(texts, ", "));
    };
    std::vector<HtmlEntry> entries = {{"study", study.name},
                                      {"base", study.base},
                                      {"base digest", origin.base},
                                      {"changes", joined(study.changes)},
                                      {"set", joined(study.set)}};
    entries.insert(entries.end(), more.begin(), more.end());
    entries.push_back({"understudy", origin.version});
    return "<section id=\"provenance\" class=\"long\"><h2>Where this comes from</h2>\n" +
           html_entries(entries) + "</section>\n";
}

std::string vary_words(const studies::Study& study) {
    std::string text;
    for (const studies::Factor& factor : study.factors)
        text += (text.empty() ? "" : "; ") + factor.path + ": " + factor.written;
    return text;
}

std::string html_study(const studies::Study& study, const AnswerOrigin& origin, const std::string& what,
                       std::string header, std::vector<HtmlSection> sections) {
    HtmlPage page;
    page.title = study.name + ": " + what;
    page.header = std::move(header);
    page.sections = std::move(sections);
    page.footer = fmt::format("Made by understudy {} from the answer alone.", origin.version);
    return html_page(page);
}

std::string html_cell(const std::string& text, const char* look) {
    return fmt::format("<td class=\"{}\">{}</td>", look, escape_html(text));
}

std::string html_table(const std::string& head, const std::vector<std::string>& rows, std::size_t most,
                       const char* more) {
    std::string html = "<div class=\"wide\"><table><thead><tr>" + head + "</tr></thead><tbody>\n";
    for (std::size_t i = 0; i < rows.size() && i < most; ++i) html += "<tr>" + rows[i] + "</tr>\n";
    html += "</tbody></table></div>\n";
    if (rows.size() > most)
        html +=
            fmt::format("<p class=\"soft\">and {} more {}; --json has all</p>\n", rows.size() - most, more);
    return html;
}

}  // namespace understudy::reports
