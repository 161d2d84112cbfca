#include "tools/formats/transformations/sample_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string_view>
#include <system_error>
#include <vector>

#include "tools/formats/printable.h"
#include "tools/formats/transformations/sql_value.h"

namespace understudy::formats {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_tables = 100;
constexpr std::uintmax_t most_bytes = 256ULL << 20;

/// Rows of a text, field by field, telling an empty field from an empty text.
class CsvRows {
public:
    explicit CsvRows(std::string_view text) : text_(text) {
        if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    }

    struct Field {
        std::string text;
        bool null = false;
    };

    /// The next row with anything in it; false at the end. `problem()` is set where quotes are wrong.
    bool next(std::vector<Field>& fields, std::size_t& count) {
        while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) {
            line_ += text_[at_] == '\n' ? 1 : 0;
            ++at_;
        }
        if (at_ >= text_.size() || !problem_.empty()) return false;
        row_line_ = line_;
        count = 0;
        while (true) {
            if (count == fields.size()) fields.emplace_back();
            const bool more = take_field(fields[count++]);
            if (!more || !problem_.empty()) break;
        }
        return problem_.empty();
    }
    int line() const { return row_line_; }
    const std::string& problem() const { return problem_; }

private:
    /// True: another one follows in this row.
    bool take_field(Field& field) {
        field.text.clear();
        field.null = false;
        if (at_ < text_.size() && text_[at_] == '"') {
            ++at_;
            while (true) {
                const std::size_t quote = text_.find('"', at_);
                if (quote == std::string_view::npos) {
                    problem_ = "a quote that does not close";
                    return false;
                }
                line_ +=
                    static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                                text_.begin() + static_cast<std::ptrdiff_t>(quote), '\n'));
                field.text.append(text_, at_, quote - at_);
                at_ = quote + 1;
                if (at_ >= text_.size() || text_[at_] != '"') break;
                field.text += '"';
                ++at_;
            }
            if (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') {
                problem_ = "text behind a closing quote";
                return false;
            }
        } else {
            const std::size_t end = std::min(text_.find_first_of(",\n\r", at_), text_.size());
            field.text.assign(text_, at_, end - at_);
            field.null = field.text.empty();
            at_ = end;
        }
        if (at_ < text_.size() && text_[at_] == ',') {
            ++at_;
            return true;
        }
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int line_ = 1, row_line_ = 1;
    std::string problem_;
};

bool is_whole(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    return !text.empty() && text.size() <= 18 && (text[0] != '0' || text.size() == 1) &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// As JSON writes numbers.
bool is_number(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const auto digits = [&] {
        std::size_t count = 0;
        while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
        text.remove_prefix(count);
        return count;
    };
    const bool zero = text.starts_with('0');
    const std::size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        if (digits() == 0) return false;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
        if (digits() == 0) return false;
    }
    return text.empty();
}

class TableFile {
public:
    TableFile(const fs::path& path, Diagnostics& out) : path_(path), out_(out) {}

    bool load(const DeclaredAffinities& declared, SqlSandbox& into) {
        std::ifstream file(path_, std::ios::binary);
        std::error_code none;
        const std::uintmax_t size = fs::file_size(path_, none);
        if (!file || none) return wrong(0, "cannot be read", "see who may read it");
        text_.resize(static_cast<std::size_t>(size));
        file.read(text_.data(), static_cast<std::streamsize>(size));
        text_.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
        if (!is_text()) return false;
        const std::string table = path_.stem().string();
        if (!read_header() || !guess_types()) return false;
        std::vector<std::pair<std::string, SqlAffinity>> columns;
        for (std::size_t i = 0; i < header_.size(); ++i) {
            const auto said = declared.find({table, header_[i]});
            columns.emplace_back(header_[i], said != declared.end() ? said->second
                                             : whole_[i]            ? SqlAffinity::integer
                                             : numbers_[i]          ? SqlAffinity::real
                                                                    : SqlAffinity::text);
        }
        int line = 1;
        try {
            into.add_table(table, columns, [&](const SqlSandbox::Put& put) {
                CsvRows rows(text_);
                std::size_t count = 0;
                rows.next(fields_, count);
                std::vector<const std::string*> values(header_.size());
                while (rows.next(fields_, count)) {
                    line = rows.line();
                    for (std::size_t i = 0; i < header_.size(); ++i)
                        values[i] = fields_[i].null ? nullptr : &fields_[i].text;
                    put(values);
                }
            });
        } catch (const SqlError& error) {
            return wrong(line, error.what(), error.hint);
        }
        return true;
    }

private:
    /// SQL compares and cuts texts by characters, and ends some at a NUL: what else is in there would come out as another value.
    bool is_text() {
        const std::size_t nul = text_.find('\0'), foreign = not_utf8_at(text_);
        const std::size_t at = std::min(nul, foreign);
        if (at == std::string::npos) return true;
        const std::size_t begin = at == 0 ? std::string::npos : text_.rfind('\n', at - 1);
        const std::size_t line_begins = begin == std::string::npos ? 0 : begin + 1;
        const auto line = std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n');
        const int source = out_.add_file(path_.string(), "");
        out_.error({static_cast<int>(line) + 1, static_cast<int>(at - line_begins) + 1, source},
                   at == nul ? "a zero byte" : "bytes that are no UTF-8",
                   at == nul ? "a sample is text; write the value as text" : "save the file as UTF-8");
        return false;
    }

    bool read_header() {
        CsvRows rows(text_);
        std::size_t count = 0;
        if (!rows.next(fields_, count))
            return wrong(rows.line(), rows.problem().empty() ? "an empty file" : rows.problem(),
                         "the first line names the columns");
        constexpr std::size_t most_columns = 500;
        if (count > most_columns)
            return wrong(rows.line(), fmt::format("more than {} columns", most_columns), "leave some out");
        std::set<std::string> seen;
        for (std::size_t i = 0; i < count; ++i) {
            header_.push_back(fields_[i].text);
            if (fields_[i].text.empty() || !seen.insert(fields_[i].text).second)
                return wrong(rows.line(),
                             fields_[i].text.empty() ? "a column without a name"
                                                     : fmt::format("two columns '{}'", fields_[i].text),
                             "the first line names the columns");
        }
        return true;
    }

    bool guess_types() {
        const std::size_t columns = header_.size();
        whole_.assign(columns, true);
        numbers_.assign(columns, true);
        std::vector<bool> any(columns, false);
        CsvRows rows(text_);
        std::size_t count = 0;
        rows.next(fields_, count);
        while (rows.next(fields_, count)) {
            if (count != columns)
                return wrong(rows.line(),
                             fmt::format("{} fields, where the first line has {}", count, columns),
                             "fields with commas stand in quotes");
            for (std::size_t i = 0; i < columns; ++i) {
                if (fields_[i].null || !numbers_[i]) continue;
                any[i] = true;
                if (whole_[i] && is_whole(fields_[i].text)) continue;
                whole_[i] = false;
                numbers_[i] = is_number(fields_[i].text);
            }
        }
        if (!rows.problem().empty())
            return wrong(rows.line(), rows.problem(), "a quote in a field is doubled");
        for (std::size_t i = 0; i < columns; ++i)
            if (!any[i]) whole_[i] = numbers_[i] = false;
        return true;
    }

    bool wrong(int line, const std::string& message, const std::string& hint) {
        const int source = out_.add_file(path_.string(), "");
        out_.error({line, line == 0 ? 0 : 1, source}, message, hint);
        return false;
    }

    fs::path path_;
    Diagnostics& out_;
    std::string text_;
    std::vector<std::string> header_;
    std::vector<bool> whole_, numbers_;
    std::vector<CsvRows::Field> fields_;
};

}  // namespace

std::vector<fs::path> files_of_sample(const fs::path& folder, std::error_code& error) {
    std::vector<fs::path> files;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        if (at->path().extension() == ".csv" && at->is_regular_file(error)) files.push_back(at->path());
    std::sort(files.begin(), files.end());
    return files;
}

bool load_sample(const std::string& folder, Place place, const DeclaredAffinities& declared, SqlSandbox& into,
                 Diagnostics& out) {
    std::error_code error;
    const std::vector<fs::path> files = files_of_sample(folder, error);
    std::uintmax_t bytes = 0;
    for (const fs::path& file : files)
        if (!error) bytes += fs::file_size(file, error);
    if (error || files.empty()) {
        out.error(place,
                  fmt::format("'{}': {}", folder,
                              error == std::errc::no_such_file_or_directory ? "no such folder"
                              : error                                       ? error.message()
                                                                            : "no CSV file in it"),
                  "a folder beside the change, with a file TABLE.csv for each table that the SQL reads");
        return false;
    }
    if (files.size() > most_tables || bytes > most_bytes) {
        out.error(place,
                  files.size() > most_tables
                      ? fmt::format("'{}': more than {} files", folder, most_tables)
                      : fmt::format("'{}': more than {} MiB", folder, most_bytes >> 20),
                  "take a smaller sample");
        return false;
    }
    bool good = true;
    for (const fs::path& file : files) good = TableFile(file, out).load(declared, into) && good;
    return good;
}

}  // namespace understudy::formats
