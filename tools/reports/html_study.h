// The parts that the pages of all studies have: what stands at their head, and where they come from.
//
// As the page of a run (html_report.h) all of them are one HTML file each: self-contained, light and dark, printable, the same
// bytes for the same answer, below about a megabyte. Charts are drawn here, so that they need no script. Internal to
// tools/reports. Pure functions, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/reports/answer_origin.h"
#include "tools/reports/html_page.h"
#include "tools/studies/candidate.h"
#include "tools/studies/study.h"

namespace understudy::reports {

/// A verdict as a badge.
std::string html_badge(studies::Verdict verdict);
/// "it holds" -> "It holds."
std::string sentence(std::string text);

/// One of the things that a reader looks for first; `look`: a class, as "is-met".
std::string html_fact(const char* name, const std::string& value, const std::string& note,
                      const char* look = "");

struct StudyHead {
    std::string basis;                ///< "36 settings of 2 parameters, 310 replications, ..."
    std::string lead;                 ///< the answer in a sentence; may be empty
    std::vector<std::string> lines;   ///< as text; what is empty is left out
    std::vector<std::string> markup;  ///< the same as HTML, behind them
    std::optional<studies::Verdict> verdict;
    studies::Reason reason = studies::Reason::none;
    std::string facts;  ///< of html_fact
};
/// Of a page about `name`, with what was set beside its files.
std::string html_head(const std::string& name, const std::vector<std::string>& set, const StudyHead& head);
std::string html_study_head(const studies::Study& study, const StudyHead& head);

/// What all answers know of where they come from, and `more` of this one.
std::string html_study_origin(const studies::Study& study, const AnswerOrigin& origin,
                              const std::vector<HtmlEntry>& more);
/// "1 d (as asked)"; empty where none was looked for.
std::string warm_up_words(std::optional<double> seconds, const std::string& reason);

/// "spark.workers: 4..16; loader.workers: 1..4"
std::string vary_words(const studies::Study& study);

/// A page of these; `what`: behind the study's name in its title.
std::string html_study(const studies::Study& study, const AnswerOrigin& origin, const std::string& what,
                       std::string header, std::vector<HtmlSection> sections);

/// A cell with this text; `look`: classes.
std::string html_cell(const std::string& text, const char* look = "number");
/// A table whose rows are HTML, `most` of them at most; `more`: what the rest are, "settings".
std::string html_table(const std::string& head, const std::vector<std::string>& rows, std::size_t most,
                       const char* more);

}  // namespace understudy::reports
