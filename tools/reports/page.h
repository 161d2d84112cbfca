// A page of text for a terminal: lines no longer than its width, but for words that stay whole; headings and verdicts in
// colour where that is wanted.
// Internal to tools/reports.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tools/reports/numbers.h"
#include "tools/reports/text_report.h"
#include "tools/studies/result.h"

namespace understudy::reports {

inline constexpr const char* bold = "\033[1m";
inline constexpr const char* dim = "\033[2m";
inline constexpr const char* plain = "\033[0m";

inline std::string padded(const std::string& text, int width, bool right) {
    const int missing = std::max(0, width - text_width(text));
    const std::string spaces(static_cast<std::size_t>(missing), ' ');
    return right ? spaces + text : text + spaces;
}

class Page {
public:
    explicit Page(const TextOptions& options)
        : width_(std::max(options.width, 60)), colour_(options.colour) {}

    void line(std::string text = "") {
        text.erase(text.find_last_not_of(' ') + 1);
        out_ += text;
        out_ += '\n';
    }
    void heading(const std::string& text) {
        line();
        line(styled(text, bold));
    }

    /// `text` broken at spaces, each line behind `first` or as many spaces; a word that is wider than a line is cut.
    void wrapped(const std::string& first, const std::string& text) {
        put_words(first, text, [&](const std::string& word, int room) { return shorten(word, room); });
    }
    /// The same of what somebody copies from there, as a command, a path or a value to set: its words stay whole, however
    /// wide.
    void whole(const std::string& first, const std::string& text) {
        put_words(first, text, [](const std::string& word, int) { return word; });
    }

    /// A name in a column of `width`, `indent` among it, and what stands beside it. A name that is too long for its column
    /// stands above the rest, whole.
    void named(const std::string& indent, const std::string& name, int width, const std::string& rest) {
        if (text_width(indent) + text_width(name) < width) {
            line(padded(indent + name, width, false) + rest);
            return;
        }
        wrapped(indent, name);
        line(std::string(static_cast<std::size_t>(width), ' ') + rest);
    }

    /// Each text behind `first`, wrapped; what is too much for a page is counted: a large model says the same of each of
    /// its stages. `all_in`: where all of them stand.
    void warnings(const std::string& first, const std::vector<std::string>& texts,
                  const std::string& all_in) {
        constexpr std::size_t most = 20;
        const std::size_t shown = texts.size() > most + 1 ? most : texts.size();
        for (std::size_t i = 0; i < shown; ++i) wrapped(first, texts[i]);
        if (shown < texts.size())
            wrapped(first, "and " + std::to_string(texts.size() - shown) + " more: " + all_in);
    }

    /// What was set beside the files, if anything was: "set crew.workers=9".
    void what_was_set(const std::vector<std::string>& set) {
        std::string all;
        for (const std::string& one : set) all += (all.empty() ? "" : ", ") + one;
        if (!all.empty()) wrapped("set ", all);
    }

    /// Those of a run, under a heading, if there are any.
    void warnings(const std::vector<studies::Warning>& of_run) {
        if (of_run.empty()) return;
        heading("Warnings");
        std::vector<std::string> texts;
        for (const auto& warning : of_run) texts.push_back(warning.text);
        warnings("  - ", texts, "--json, or the result file, has all");
    }

    std::string styled(const std::string& text, const char* style) const {
        return colour_ ? style + text + plain : text;
    }
    std::string verdict(studies::Verdict verdict, int pad) const {
        const char* style = verdict == studies::Verdict::met        ? "\033[1;32m"
                            : verdict == studies::Verdict::violated ? "\033[1;31m"
                                                                    : "\033[1;33m";
        return padded(styled(name_of(verdict), style), pad, false);
    }
    int width() const { return width_; }
    std::string take() { return std::move(out_); }

private:
    template <class AsShown>
    void put_words(const std::string& first, const std::string& text, AsShown as_shown) {
        const int indent = text_width(first);
        std::string current;
        std::string front = first;
        const auto put = [&] {
            line(front + current);
            front.assign(static_cast<std::size_t>(indent), ' ');
            current.clear();
        };
        std::size_t at = 0;
        while (at < text.size()) {
            std::size_t end = text.find_first_of(" \n", at);
            if (end == std::string::npos) end = text.size();
            std::string word = text.substr(at, end - at);
            at = end + 1;
            if (word.empty()) continue;
            const int used = text_width(current);
            if (used > 0 && indent + used + 1 + text_width(word) > width_) put();
            if (!current.empty()) current += ' ';
            current += as_shown(word, width_ - indent);
        }
        put();
    }

    std::string out_;
    int width_;
    bool colour_;
};

}  // namespace understudy::reports
