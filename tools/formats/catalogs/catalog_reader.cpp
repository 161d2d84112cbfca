#include "tools/formats/catalogs/catalog_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string_view>

#include "tools/formats/catalogs/airflow.h"
#include "tools/formats/catalogs/airflow_drawing.h"
#include "tools/formats/catalogs/contract_tables.h"
#include "tools/formats/catalogs/dbt.h"
#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/catalogs/foreign_yaml.h"
#include "tools/formats/catalogs/json_members.h"
#include "tools/formats/catalogs/json_values.h"
#include "tools/formats/catalogs/odcs.h"
#include "tools/formats/catalogs/openlineage.h"
#include "tools/formats/catalogs/recorded_workflows.h"
#include "tools/formats/logs/dot_graph.h"
#include "tools/formats/logs/input.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/process_reader.h"

namespace understudy::formats {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_document_bytes = std::size_t{256} << 20;
constexpr std::size_t most_files = 100'000;

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
        if (!events_.empty()) unite(all, events_.take());
        if (!airflow_.empty()) unite(all, airflow_.take(options_.runs));
        tell_of_carriers(all);
        for (Catalog& contract : contracts_) unite(all, std::move(contract));
        use_frequencies(all);
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
            if (may_be(CatalogSource::openlineage) && first != '{' &&
                events_begin_late(input.peek(1U << 16))) {
                refuse(
                    file, 0,
                    "is a log with OpenLineage events behind other text in its lines; events are read one a "
                    "line: take them out with grep -o '{\"event.*}'");
                return;
            }
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

    /// Whether a line has words and then an event: what a console shows.
    static bool events_begin_late(std::string_view head) {
        constexpr std::string_view begin = "{\"event";
        for (std::size_t at = head.find(begin); at != std::string_view::npos; at = head.find(begin, at + 1)) {
            const std::size_t line = at == 0 ? 0 : head.rfind('\n', at - 1) + 1;
            const std::string_view before = head.substr(line, at - line);
            if (before.find('"') == std::string_view::npos &&
                std::any_of(before.begin(), before.end(),
                            [](unsigned char c) { return std::isalnum(c) != 0; }))
                return true;
        }
        return false;
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
        if (!options_.as && start_of_dot(input.peek(4096)) != std::string_view::npos) {
            refuse(file, 1,
                   "is a graph of DOT, and nothing in it tells of what; one that 'airflow dags show DAG' "
                   "drew is read with --as airflow, one that Nextflow wrote with its trace and --dag");
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
        do {
            if (!input.read_line(line)) return;
            if (line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
        } while (blank(line));
        const std::int64_t begins = input.line_number();
        if (parse(line)) {
            if (use_document(value_, file, begins, line)) read_lines(input);
            return;
        }
        // A value over several lines, or lines of which the first is broken.
        const std::string_view text = trimmed(line);
        const bool line_by_line = text.size() > 2 && text.front() == '{' && text.back() == '}';
        if (line_by_line || input.cut()) {
            files_ += use_line(line, input);
            read_lines(input);
            return;
        }
        read_values(input, std::move(line), true);
    }

    /// After the first line: events on each.
    void read_lines(Input& input) {
        // Whatever it is called, it holds events: what is none of them is a mistake.
        named_ = true;
        std::string line;
        while (input.read_line(line)) {
            if (blank(line)) continue;
            if (const std::string_view text = trimmed(line); text == "{" || text == "[") {
                read_values(input, std::move(line), false);
                return;
            }
            use_line(line, input);
            // A file of nothing but broken lines needs no further reading.
            if (problems_.found() > most_problems) return;
        }
    }

    /// False where nothing of it is an event.
    bool use_line(std::string& line, const Input& input) {
        const std::int64_t number = input.line_number();
        if (!input.cut() && parse(line)) return use_events(value_, input.file(), number, line);
        JsonValueEnds values;
        const std::vector<std::size_t> ends =
            input.cut() ? std::vector<std::size_t>() : values.scan(std::string_view(line));
        if (ends.size() < 2 || values.is_inside() || values.is_broken()) {
            problem_in(line, input.file(), number, input.cut());
            return false;
        }
        std::size_t from = 0;
        bool used = false;
        for (const std::size_t end : ends) {
            std::string one = line.substr(from, end - from);
            from = end;
            if (!parse(one))
                problem_in(one, input.file(), number, false);
            else
                used = use_events(value_, input.file(), number, one) || used;
        }
        return used;
    }

    /// Values over several lines, one after the other; `text` is the line that was read last. The first of the file may be any
    /// document.
    void read_values(Input& input, std::string text, bool first) {
        const fs::path& file = input.file();
        JsonValueEnds values;
        std::int64_t begins = input.line_number();
        std::string line;
        // What is read is scanned once, from here on.
        for (std::size_t scanned = 0;;) {
            const std::vector<std::size_t> ends = values.scan(std::string_view(text).substr(scanned));
            if (text.size() > most_document_bytes) {
                problem_in(text, file, begins, true);
                return;
            }
            std::size_t from = 0;
            for (const std::size_t end : ends) {
                const std::size_t behind = scanned + end;
                const bool whole = from == 0 && behind == text.size();
                std::string one = whole ? std::move(text) : text.substr(from, behind - from);
                if (whole) text.clear();
                from = whole ? 0 : behind;
                if (!parse(one)) {
                    problem_in(one, file, begins, false);
                    // What comes next follows from nothing that was understood.
                    if (values.is_broken()) return;
                } else if (!first) {
                    use_events(value_, file, begins, one);
                } else if (!use_document(value_, file, begins, one)) {
                    return;
                }
                named_ = named_ || first;
                first = false;
                begins = input.line_number();
            }
            text.erase(0, from);
            if (values.is_broken()) {
                problem_in(text, file, begins, false);
                return;
            }
            if (blank(text)) text.clear();
            scanned = text.size();
            if (problems_.found() > most_problems) return;
            if (!input.read_line(line)) break;
            if (text.empty()) begins = input.line_number();
            text.append(text.empty() ? "" : "\n").append(line);
        }
        // It breaks off: in its line where it has but one, else at the end of the file.
        if (!text.empty())
            problem_in(text.find('\n') == std::string::npos ? text : text + "\n", file, begins, false);
    }

    bool parse(std::string& text) {
        text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
        return parser_.parse(text).get(value_) == simdjson::SUCCESS;
    }

    void problem_in(const std::string& text, const fs::path& file, std::int64_t line, bool too_long) {
        if (too_long) {
            problems_.add(file, line, fmt::format("a value of more than {} MiB", most_document_bytes >> 20));
            return;
        }
        const auto place = break_of_json(text);
        if (!place) {
            // What only the fast parser refuses: numbers beyond 64 bits, nesting over a thousand.
            problems_.add(file, line,
                          fmt::format("JSON that is not read: {}",
                                      simdjson::error_message(parser_.parse(text).error())));
            return;
        }
        problems_.add(file, line + place->line,
                      fmt::format("is no valid JSON: breaks at byte {} of the line", place->byte));
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
            if (!use_event(value, file, line)) return false;
            ++files_;
            return true;
        }
        simdjson::dom::array list;
        if (value.get(list) != simdjson::SUCCESS) {
            refuse(file, line, "is JSON of another kind");
            return false;
        }
        if (list.size() == 0) {
            refuse(file, line, "is an empty list");
            return false;
        }
        if (may_be(CatalogSource::airflow) && AirflowExports::looks_like_export(value)) {
            airflow_.add(value, file, line, problems_);
            ++files_;
            return true;
        }
        if (!use_events(value, file, line, text)) return false;
        ++files_;
        return true;
    }

    /// An event, or a list of them; false where the first is none.
    bool use_events(const JsonValue& value, const fs::path& file, std::int64_t line, std::string_view text) {
        simdjson::dom::array list;
        if (value.get(list) != simdjson::SUCCESS) return use_event(value, file, line);
        const std::vector<std::int64_t> lines = lines_of_values(text, line);
        std::size_t number = 0;
        for (const JsonValue one : list) {
            const std::int64_t at = number < lines.size() ? lines[number] : line;
            // A list of other things is named once.
            if (!use_event(one, file, at) && number == 0) return false;
            ++number;
        }
        return true;
    }

    /// False where it is none.
    bool use_event(const JsonValue& value, const fs::path& file, std::int64_t line) {
        const bool may = may_be(CatalogSource::openlineage);
        if (may && OpenLineageEvents::looks_like_event(value)) {
            events_.add(value, file, line, problems_);
            return true;
        }
        if (may && use_carried(value, file, line)) return true;
        if (may && options_.as) {
            // It says what is missing.
            events_.add(value, file, line, problems_);
            return true;
        }
        const bool log_of_dbt = member(value, "info") && member(value, "data");
        refuse(file, line,
               log_of_dbt ? "is a log of dbt; import the run_results.json and manifest.json of that run"
               : !may     ? fmt::format("is no {}", *options_.as == CatalogSource::dbt       ? "artifact of dbt"
                                                    : *options_.as == CatalogSource::airflow ? "export of Airflow"
                                                                                             : "data contract")
                          : "is no OpenLineage event, no artifact of dbt and no export of Airflow" +
                            what_it_holds(value));
        return false;
    }

    /// Of what brings events along: messages of a queue with the event in one of their members, as an object or as text
    /// (`value` of Kafka), or an answer with a list of them (`events` of Marquez). False where none is in it.
    bool use_carried(const JsonValue& value, const fs::path& file, std::int64_t line) {
        simdjson::dom::object object;
        if (value.get(object) != simdjson::SUCCESS) return false;
        bool without_value = false;
        for (const auto field : object) {
            JsonValue event = field.value;
            std::string_view text;
            if (event.get(text) == simdjson::SUCCESS) {
                if (!trimmed(text).starts_with('{') ||
                    inner_parser_.parse(simdjson::padded_string(text)).get(event) != simdjson::SUCCESS)
                    continue;
            }
            const std::string key = clean_text(field.key);
            if (OpenLineageEvents::looks_like_event(event)) {
                events_.add(event, file, line, problems_);
                ++carried_by_[key];
                return true;
            }
            without_value = without_value || (event.is_null() && carried_by_.contains(key));
            simdjson::dom::array list;
            if (event.get(list) != simdjson::SUCCESS || list.size() == 0 ||
                !OpenLineageEvents::looks_like_event(*list.begin()))
                continue;
            for (const JsonValue one : list) use_event(one, file, line);
            answered_ += static_cast<std::int64_t>(list.size());
            there_ = std::max(there_, number_of(value, "totalCount").value_or(0));
            return true;
        }
        // What a queue has in place of a message that was deleted.
        return without_value;
    }

    /// "; it has `a`, `b`".
    static std::string what_it_holds(const JsonValue& value) {
        simdjson::dom::object object;
        if (value.get(object) != simdjson::SUCCESS) return "";
        std::string text;
        std::size_t shown = 0;
        for (const auto field : object) {
            if (shown++ == 5) return text + ", ...";
            text += (text.empty() ? "; it has `" : ", `") + clean_text(field.key) + "`";
        }
        return text;
    }

    void tell_of_carriers(Catalog& all) const {
        for (const auto& [key, count] : carried_by_)
            all.notes.push_back(fmt::format("{} event{} in `{}` of what carries {}: {} alone {} read", count,
                                            count == 1 ? " is" : "s are", key, count == 1 ? "it" : "them",
                                            count == 1 ? "it" : "they", count == 1 ? "is" : "are"));
        if (there_ > static_cast<double>(answered_))
            all.not_used.push_back(
                fmt::format("answers hold {} of {} events: read the other pages as well (`limit`, `offset`)",
                            answered_, static_cast<std::int64_t>(std::min(there_, 9e18))));
    }

    bool may_be(CatalogSource source) const { return !options_.as || *options_.as == source; }

    static constexpr std::size_t most_problems = 10'000;

    const CatalogOptions& options_;
    ImportProblems& problems_;
    simdjson::dom::parser parser_;
    simdjson::dom::parser inner_parser_;  ///< of events that are text within others
    JsonValue value_;
    std::map<std::string, std::int64_t> carried_by_;  ///< events, by the member that holds them
    std::int64_t answered_ = 0;                       ///< events in answers of an API
    double there_ = 0;                                ///< as these answers have it
    OpenLineageEvents events_{options_.runs};
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
