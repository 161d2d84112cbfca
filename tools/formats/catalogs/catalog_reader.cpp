#include "tools/formats/catalogs/catalog_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "tools/formats/catalogs/airflow.h"
#include "tools/formats/catalogs/airflow_drawing.h"
#include "tools/formats/catalogs/dbt.h"
#include "tools/formats/catalogs/foreign_yaml.h"
#include "tools/formats/catalogs/json_members.h"
#include "tools/formats/catalogs/odcs.h"
#include "tools/formats/catalogs/openlineage.h"
#include "tools/formats/catalogs/recorded_workflows.h"
#include "tools/formats/logs/input.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/process_reader.h"

namespace understudy::formats {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_document_bytes = std::size_t{256} << 20;
constexpr std::size_t most_files = 100'000;

/// Only to know where JSON breaks, which the fast parser does not tell.
class ErrorPlace final : public nlohmann::json_sax<nlohmann::json> {
public:
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return true; }
    bool end_object() override { return true; }
    bool start_array(std::size_t) override { return true; }
    bool end_array() override { return true; }
    bool key(string_t&) override { return true; }
    bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) override {
        place = at;
        return false;
    }
    std::optional<std::size_t> place;
};

/// Where the values of a list, or the only value, begin: its line for each.
std::vector<std::int64_t> lines_of_values(std::string_view text, std::int64_t first_line) {
    std::vector<std::int64_t> lines;
    std::int64_t line = first_line;
    int depth = 0;
    bool inside = false, expected = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        line += c == '\n';
        if (inside) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inside = false;
            continue;
        }
        if (depth == 1 && expected && std::string_view(" \t\r\n,]").find(c) == std::string_view::npos) {
            lines.push_back(line);
            expected = false;
        }
        if (c == '"') inside = true;
        if (c == '[' || c == '{') ++depth;
        if (c == ']' || c == '}') --depth;
        if (depth == 1 && c == ',') expected = true;
    }
    return lines;
}

bool blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

class Reader {
public:
    Reader(const CatalogOptions& options, ImportProblems& problems)
        : options_(options), problems_(problems) {}

    void read(const fs::path& path) {
        std::error_code ignored;
        if (fs::is_directory(path, ignored))
            read_folder(path);
        else
            read_file(path, true);
    }

    Catalog take() {
        Catalog all;
        if (!dbt_.empty()) unite(all, dbt_.take());
        if (!events_.empty()) unite(all, events_.take(options_.runs));
        if (!airflow_.empty()) unite(all, airflow_.take(options_.runs));
        for (Catalog& contract : contracts_) unite(all, std::move(contract));
        if (!workflows_.empty()) unite(all, workflows_.take(problems_));
        all.counts.files = files_;
        all.counts.files_left_out = static_cast<std::int64_t>(left_out_.size());
        constexpr std::size_t shown = 10;
        for (std::size_t i = 0; i < std::min(shown, left_out_.size()); ++i)
            all.notes.push_back("left out: " + left_out_[i]);
        if (left_out_.size() > shown)
            all.notes.push_back(fmt::format("left out: {} more files", left_out_.size() - shown));
        return all;
    }
    std::int64_t files() const { return files_; }

private:
    void read_folder(const fs::path& folder) {
        std::vector<fs::path> files;
        std::error_code error;
        for (fs::recursive_directory_iterator at(folder, error), end; at != end && !error;
             at.increment(error)) {
            const fs::path& path = at->path();
            std::error_code ignored;
            if (path.filename().string().starts_with(".")) {
                if (at->is_directory(ignored)) at.disable_recursion_pending();
                continue;
            }
            fs::path extension = path.extension();
            if (extension == ".gz") extension = path.stem().extension();
            const bool known = extension == ".json" || extension == ".jsonl" || extension == ".ndjson" ||
                               extension == ".yaml" || extension == ".yml";
            // Of tables and drawings, of which a folder may hold all kinds, only what is meant.
            const bool table = extension == ".csv" || extension == ".tsv" || extension == ".txt" ||
                               extension == ".dot" || extension == ".gv";
            if ((known || table) && at->is_regular_file(ignored) && (known || is_meant(path)))
                files.push_back(path);
            if (files.size() > most_files) {
                problems_.add(folder, 0, fmt::format("holds more than {} files", most_files));
                return;
            }
        }
        if (error) {
            problems_.add(folder, 0, "cannot be read: " + error.message());
            return;
        }
        std::sort(files.begin(), files.end());
        if (files.empty())
            problems_.add(folder, 0,
                          "holds no file that ends in .json, .jsonl, .ndjson, .yaml or .yml, no trace of "
                          "Nextflow and no task instances of Airflow");
        for (const fs::path& file : files) read_file(file, false);
    }

    static bool is_meant(const fs::path& table) {
        if (RecordedWorkflows::looks_like_trace(table)) return true;
        try {
            Input input(table);
            const std::string_view head = input.peek(4096);
            return AirflowExports::looks_like_instances(head) || looks_like_airflow_drawing(head);
        } catch (const FileError&) {
            return false;
        }
    }

    /// `named`: by the user, who has to know if it is of no use.
    void read_file(const fs::path& file, bool named) {
        named_ = named;
        try {
            InputLimits limits;
            limits.bytes = std::int64_t{1} << 44;
            limits.line_bytes = most_document_bytes;
            Input input(file, limits);
            std::string_view head = input.peek(4096);
            if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
            if (head.empty() && !named && !input.ended_early()) {
                refuse(file, 0, "is empty");
                return;
            }
            if (head.empty()) input.refuse_empty();
            if (head.find('\0') != std::string_view::npos) {
                refuse(file, 0, "is no text");
                return;
            }
            const std::size_t start = head.find_first_not_of(" \t\r\n");
            const char first = start == std::string_view::npos ? ' ' : head[start];
            const bool json = first == '{' || first == '[';
            const bool trace = options_.as ? *options_.as == CatalogSource::nextflow
                                           : !json && RecordedWorkflows::looks_like_trace(file);
            if (trace || (options_.as && *options_.as == CatalogSource::wfformat)) {
                add_workflow(file, trace ? CatalogSource::nextflow : CatalogSource::wfformat);
                return;
            }
            const bool instances = options_.as ? *options_.as == CatalogSource::airflow && !json
                                               : !json && AirflowExports::looks_like_instances(head);
            if (instances && AirflowExports::looks_like_instances(head)) {
                airflow_.add_instances(input, problems_);
                ++files_;
            } else if (may_be(CatalogSource::airflow) &&
                       looks_like_airflow_drawing(head, options_.as.has_value())) {
                airflow_.add_drawing(input.read_all(std::size_t{64} << 20), file, problems_);
                ++files_;
            } else if (json)
                read_json(input);
            else
                read_yaml(input);
            if (input.ended_early()) problems_.add(file, 0, "is cut: the compressed file breaks off");
        } catch (const FileError& error) {
            std::string what = error.what();
            if (const std::string begin = file.string() + ": "; what.starts_with(begin))
                what.erase(0, begin.size());
            problems_.add(file, 0, what);
        }
    }

    void add_workflow(const fs::path& file, CatalogSource source) {
        workflows_.add(file, source, options_.process_graph, problems_);
        ++files_;
    }

    /// Of none of the formats.
    void refuse(const fs::path& file, std::int64_t line, const std::string& why) {
        if (named_)
            problems_.add(file, line, why);
        else
            left_out_.push_back(fmt::format("{} {}", file.string(), why));
    }

    // ---- YAML
    void read_yaml(Input& input) {
        const fs::path& file = input.file();
        if (!may_be(CatalogSource::odcs) && !may_be(CatalogSource::airflow)) {
            refuse(file, 1, "is no JSON");
            return;
        }
        if (const std::string lack = options_.as ? "" : why_no_process_log(input.peek(1U << 16));
            !lack.empty()) {
            refuse(file, 1,
                   fmt::format("is a table, and for the log of a process it lacks {}; if it is one, say "
                               "with --columns which column is what; of tables of tasks, which replay and "
                               "calibrate read, import makes no twin",
                               lack.starts_with("a first") ? lack : "a column of " + lack));
            return;
        }
        const ForeignYaml yaml = read_foreign_yaml(input.read_all(std::size_t{64} << 20));
        if (!yaml.problem.empty()) {
            problems_.add(file, yaml.line, yaml.problem);
            return;
        }
        if (may_be(CatalogSource::airflow) && AirflowExports::looks_like_factory(yaml.root)) {
            airflow_.add_factory(yaml.root, file, problems_);
            ++files_;
            return;
        }
        if (options_.as ? *options_.as == CatalogSource::airflow : !looks_like_contract(yaml.root)) {
            refuse(file, 1,
                   options_.as
                       ? "is no export of Airflow and no file of dag-factory"
                       : "is no data contract, no file of dag-factory, and no JSON of OpenLineage, dbt or "
                         "Airflow");
            return;
        }
        Catalog contract = read_contract(yaml.root, file, problems_);
        ++files_;
        contracts_.push_back(std::move(contract));
    }

    // ---- JSON
    void read_json(Input& input) {
        const fs::path& file = input.file();
        std::string line;
        std::int64_t begins = 0;
        do {
            if (!input.read_line(line)) return;
            begins = input.line_number();
            if (line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
        } while (blank(line));
        if (parse(line)) {
            const bool list = value_.is_array();
            const std::string whole = list ? line : "";
            if (!use_document(value_, file, begins, whole)) return;
            read_lines(input, list);
            return;
        }
        // One value over several lines, or lines of which the first is broken.
        const std::string_view text = trimmed(line);
        const bool line_by_line = text.size() > 2 && text.front() == '{' && text.back() == '}';
        if (line_by_line || input.cut()) {
            problem_in(line, file, begins, input.cut());
            read_lines(input, false);
            return;
        }
        std::string document = line + "\n" + input.read_all(most_document_bytes);
        if (!parse(document)) {
            problem_in(document, file, begins, false);
            return;
        }
        use_document(value_, file, begins, document);
    }

    /// After the first line: an event on each, or nothing at all.
    void read_lines(Input& input, bool nothing_more) {
        // Whatever it is called, it holds events: what is none of them is a mistake.
        named_ = true;
        std::string line;
        while (input.read_line(line)) {
            if (blank(line)) continue;
            const std::int64_t number = input.line_number();
            if (nothing_more) {
                problems_.add(input.file(), number, "something behind the list");
                return;
            }
            if (input.cut() || !parse(line))
                problem_in(line, input.file(), number, input.cut());
            else
                use_event(value_, input.file(), number);
            // A file of nothing but broken lines needs no further reading.
            if (problems_.found() > most_problems) return;
        }
    }

    bool parse(std::string& text) {
        text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
        return parser_.parse(text).get(value_) == simdjson::SUCCESS;
    }

    void problem_in(const std::string& text, const fs::path& file, std::int64_t line, bool cut) {
        if (cut) {
            problems_.add(file, line, fmt::format("a line of more than {} MiB", most_document_bytes >> 20));
            return;
        }
        ErrorPlace sax;
        nlohmann::json::sax_parse(text, &sax);
        const simdjson::error_code why = parser_.parse(text).error();
        if (!sax.place) {
            // What only the fast parser refuses: numbers beyond 64 bits, nesting over a thousand.
            problems_.add(file, line, fmt::format("JSON that is not read: {}", simdjson::error_message(why)));
            return;
        }
        const std::size_t at = std::min(*sax.place, text.size());
        const auto breaks = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
        const std::size_t start = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
        problems_.add(file, line + breaks,
                      fmt::format("is no valid JSON: breaks at byte {} of the line",
                                  start == std::string::npos ? at : at - start - 1));
    }

    /// False where the file is of no use; `text` is what lines are counted in, of a list.
    bool use_document(const JsonValue& value, const fs::path& file, std::int64_t line,
                      const std::string& text) {
        if (value.is_object()) {
            if (may_be(CatalogSource::dbt) && DbtArtifacts::looks_like_artifact(value)) {
                if (dbt_.add(value, file, problems_))
                    ++files_;
                else
                    refuse(file, line,
                           "is an artifact of dbt that nothing is taken from; manifest, catalog and run "
                           "results are");
                return true;
            }
            if (may_be(CatalogSource::airflow) && AirflowExports::looks_like_export(value)) {
                airflow_.add(value, file, line, problems_);
                ++files_;
                return true;
            }
            if (!options_.as && RecordedWorkflows::looks_like_instance(value)) {
                add_workflow(file, CatalogSource::wfformat);
                return true;
            }
            if (std::string_view kind;
                value["kind"].get(kind) == simdjson::SUCCESS && kind == "DataContract") {
                refuse(file, line,
                       "is a data contract in JSON, and contracts are read as YAML; convert it (yq -P)");
                return true;
            }
            const std::int64_t before = files_;
            if (use_event(value, file, line)) files_ = before + 1;
            return files_ > before;
        }
        simdjson::dom::array list;
        if (value.get(list) != simdjson::SUCCESS) {
            refuse(file, line, "is JSON of another kind");
            return false;
        }
        const std::vector<std::int64_t> lines = lines_of_values(text, line);
        std::size_t number = 0;
        for (const JsonValue one : list) {
            const std::int64_t at = number < lines.size() ? lines[number] : line;
            // A list of other things is named once.
            if (!use_event(one, file, at) && number == 0) return false;
            ++number;
        }
        if (number == 0) {
            refuse(file, line, "is an empty list");
            return false;
        }
        ++files_;
        return true;
    }

    /// False where it is none.
    bool use_event(const JsonValue& value, const fs::path& file, std::int64_t line) {
        const bool event = OpenLineageEvents::looks_like_event(value);
        if (!may_be(CatalogSource::openlineage) || (!event && !options_.as)) {
            const bool log_of_dbt = member(value, "info") && member(value, "data");
            refuse(
                file, line,
                log_of_dbt ? "is a log of dbt; import the run_results.json and manifest.json of that run"
                : options_.as && !may_be(CatalogSource::openlineage)
                    ? fmt::format("is no {}", *options_.as == CatalogSource::dbt       ? "artifact of dbt"
                                              : *options_.as == CatalogSource::airflow ? "export of Airflow"
                                                                                       : "data contract")
                    : "is no OpenLineage event, no artifact of dbt and no export of Airflow");
            return false;
        }
        events_.add(value, file, line, problems_);
        return true;
    }

    bool may_be(CatalogSource source) const { return !options_.as || *options_.as == source; }

    static constexpr std::size_t most_problems = 10'000;

    const CatalogOptions& options_;
    ImportProblems& problems_;
    simdjson::dom::parser parser_;
    JsonValue value_;
    OpenLineageEvents events_;
    DbtArtifacts dbt_;
    AirflowExports airflow_;
    std::vector<Catalog> contracts_;
    RecordedWorkflows workflows_;
    std::vector<std::string> left_out_;
    std::int64_t files_ = 0;
    bool named_ = true;
};

}  // namespace

CatalogReading read_catalog(const std::vector<fs::path>& paths, const CatalogOptions& options) {
    CatalogReading reading;
    Reader reader(options, reading.problems);
    for (const fs::path& path : paths) reader.read(path);
    if (!reading.problems.any() && reader.files() == 0)
        for (const fs::path& path : paths)
            reading.problems.add(path, 0,
                                 "holds no OpenLineage event, no artifact of dbt, no export of Airflow, no "
                                 "data contract of ODCS "
                                 "and no recorded workflow");
    if (!reading.problems.any()) reading.catalog = reader.take();
    if (reading.problems.any()) reading.catalog.reset();
    return reading;
}

}  // namespace understudy::formats
