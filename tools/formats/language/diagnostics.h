// Errors and warnings about a file, collected, sorted and shown.
//
// One error is one line: `file.yaml:3:5: error: unknown key 'worker'; did you mean 'workers'?`. What an
// override says is shown with the override as its place: `--set spark.worker=9: error: ...`. Not thread-safe;
// one per reading.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::formats {

/// A position in one of the texts of a reading. Lines and columns count from 1; line 0 is the text as a
/// whole.
struct Place {
    int line = 0;
    int column = 0;  ///< in bytes until it is shown, then in characters
    int source = 0;  ///< 0: the file; others as Diagnostics::add_source gave them
};

struct Diagnostic {
    enum class Severity { error, warning };
    Severity severity = Severity::error;
    Place place;
    std::string message;
    std::string hint;  ///< may be empty
};

class Diagnostics {
public:
    /// More errors than this are counted, not kept: a wrong file helps nobody by a thousand lines.
    static constexpr std::size_t limit = 100;

    /// `file` is shown as given; `text` makes columns count characters.
    explicit Diagnostics(std::string file = "", std::string_view text = {});
    /// Another text that is read, such as an override; `shown` stands before its errors without line and
    /// column.
    int add_source(std::string shown);
    /// Another file that is read, such as one that is included: its places are shown with line and column.
    int add_file(std::string file, std::string_view text);
    /// The same of a text that is no file, such as a version of a twin.
    int add_text(std::string shown, std::string_view text);

    void error(Place place, std::string message, std::string hint = "");
    void warning(Place place, std::string message, std::string hint = "");

    bool has_errors() const { return errors_ > 0; }
    std::size_t errors() const { return errors_; }
    /// Sorted by place, without repeats.
    std::vector<Diagnostic> all() const;
    /// `file:line:column`, or what else the text is called ("--set spark.workers=9").
    std::string show(const Place& place) const;
    /// One line of text, without newline.
    std::string show(const Diagnostic& diagnostic) const;
    /// All lines, each with a newline, and "and N more" where the limit was passed.
    std::string show() const;
    const std::string& file() const { return file_; }
    /// Of all files that were read, or looked for; the first first. None where this was made without one.
    std::vector<std::string> files() const;

private:
    void add(Diagnostic diagnostic);

    /// A text that is read.
    struct Source {
        std::string shown;
        bool has_lines = false, is_file = false;
        std::vector<std::string> lines;  // those that are not ASCII, else empty, by number
    };

    std::string file_;
    std::vector<Source> sources_;  // the file itself, then as they were added
    std::vector<Diagnostic> kept_;
    std::size_t errors_ = 0, dropped_ = 0;
};

}  // namespace understudy::formats
