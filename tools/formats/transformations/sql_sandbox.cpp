#include "tools/formats/transformations/sql_sandbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <ctime>
#include <memory>
#include <mutex>
#include <set>
#include <unordered_set>

#include "kernel/invariant.h"
#include "tools/formats/transformations/sql_format.h"

namespace understudy::formats {

namespace {

constexpr const char* no_files = "understudy-no-files";
constexpr int steps_a_look = 250;

/// Set where a statement asks what time it is; one sandbox runs at a time on a thread.
thread_local bool asked_for_time = false;

int open_nothing(sqlite3_vfs*, sqlite3_filename, sqlite3_file* file, int, int*) {
    file->pMethods = nullptr;
    return SQLITE_CANTOPEN;
}
int delete_nothing(sqlite3_vfs*, const char*, int) { return SQLITE_IOERR_DELETE; }
int find_nothing(sqlite3_vfs*, const char*, int, int* found) {
    *found = 0;
    return SQLITE_OK;
}
int no_randomness(sqlite3_vfs*, int bytes, char* into) {
    std::memset(into, 0, static_cast<std::size_t>(bytes));
    return bytes;
}
int no_time(sqlite3_vfs*, sqlite3_int64*) {
    asked_for_time = true;
    return SQLITE_ERROR;
}
int no_days(sqlite3_vfs*, double*) {
    asked_for_time = true;
    return SQLITE_ERROR;
}

/// Beside the usual one, by name: nobody gets it who does not ask.
void register_no_files() {
    static std::once_flag once;
    std::call_once(once, [] {
        static sqlite3_vfs vfs;
        vfs = *sqlite3_vfs_find(nullptr);
        vfs.zName = no_files;
        vfs.pNext = nullptr;
        vfs.xOpen = open_nothing;
        vfs.xDelete = delete_nothing;
        vfs.xAccess = find_nothing;
        vfs.xRandomness = no_randomness;
        vfs.xCurrentTime = no_days;
        vfs.xCurrentTimeInt64 = no_time;
        vfs.xDlOpen = [](sqlite3_vfs*, const char*) -> void* { return nullptr; };
        vfs.xDlError = [](sqlite3_vfs*, int bytes, char* text) {
            if (bytes > 0) text[0] = 0;
        };
        vfs.xDlSym = [](sqlite3_vfs*, void*, const char*) -> void (*)() { return nullptr; };
        vfs.xDlClose = [](sqlite3_vfs*, void*) {};
        sqlite3_vfs_register(&vfs, 0);
    });
}

/// Functions of SQLite that compute a value from values, the same one on every processor: no logarithms and the like.
bool is_pure(std::string_view name) {
    static const std::set<std::string_view> pure = {"abs",
                                                    "avg",
                                                    "ceil",
                                                    "ceiling",
                                                    "char",
                                                    "coalesce",
                                                    "count",
                                                    "date",
                                                    "datetime",
                                                    "julianday",
                                                    "unixepoch",
                                                    "strftime",
                                                    "time",
                                                    "floor",
                                                    "format",
                                                    "printf",
                                                    "glob",
                                                    "group_concat",
                                                    "hex",
                                                    "ifnull",
                                                    "iif",
                                                    "instr",
                                                    "length",
                                                    "like",
                                                    "likely",
                                                    "unlikely",
                                                    "likelihood",
                                                    "lower",
                                                    "ltrim",
                                                    "max",
                                                    "min",
                                                    "mod",
                                                    "nullif",
                                                    "quote",
                                                    "replace",
                                                    "round",
                                                    "rtrim",
                                                    "sign",
                                                    "sqrt",
                                                    "string_agg",
                                                    "substr",
                                                    "substring",
                                                    "sum",
                                                    "total",
                                                    "trim",
                                                    "trunc",
                                                    "typeof",
                                                    "unicode",
                                                    "upper",
                                                    "row_number",
                                                    "rank",
                                                    "dense_rank",
                                                    "percent_rank",
                                                    "cume_dist",
                                                    "ntile",
                                                    "lag",
                                                    "lead",
                                                    "first_value",
                                                    "last_value",
                                                    "nth_value",
                                                    "json",
                                                    "json_array",
                                                    "json_array_length",
                                                    "json_extract",
                                                    "json_object",
                                                    "json_type",
                                                    "json_valid",
                                                    "json_quote",
                                                    "json_group_array",
                                                    "json_group_object",
                                                    "->",
                                                    "->>"};
    std::string lower(name);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return pure.contains(lower);
}

/// What the compiler of SQLite asks leave for, in words.
std::string name_of_action(int action, const char* a, const char* b) {
    if ((action == SQLITE_INSERT || action == SQLITE_UPDATE || action == SQLITE_DELETE) && a != nullptr &&
        std::string_view(a).starts_with("sqlite_"))
        return "a change of the schema, or a table that is not in the sample,";
    const auto quoted = [](const char* text) {
        return text == nullptr ? std::string() : fmt::format(" '{}'", text);
    };
    switch (action) {
        case SQLITE_ATTACH: return "ATTACH, which opens files (also VACUUM INTO)";
        case SQLITE_DETACH: return "DETACH";
        case SQLITE_PRAGMA: return fmt::format("PRAGMA{}", quoted(a));
        case SQLITE_FUNCTION: return fmt::format("the function{}", quoted(b));
        case SQLITE_READ: return fmt::format("the table{}, which is not in the sample,", quoted(a));
        case SQLITE_INSERT: return "a write (INSERT)";
        case SQLITE_UPDATE: return "a write (UPDATE)";
        case SQLITE_DELETE: return "a write (DELETE)";
        case SQLITE_TRANSACTION:
        case SQLITE_SAVEPOINT: return "a transaction";
        case SQLITE_CREATE_VTABLE: return fmt::format("a virtual table ({})", b == nullptr ? "" : b);
        case SQLITE_DROP_TABLE:
        case SQLITE_DROP_VIEW:
        case SQLITE_DROP_INDEX:
        case SQLITE_DROP_TEMP_TABLE: return "a DROP";
        case SQLITE_ANALYZE: return "ANALYZE";
        case SQLITE_REINDEX: return "REINDEX";
        case SQLITE_ALTER_TABLE: return "ALTER TABLE";
        default: return "a statement that changes the schema";
    }
}

double processor_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

std::string_view text_of(sqlite3_value* value) {
    const void* bytes = sqlite3_value_blob(value);
    const int length = sqlite3_value_bytes(value);
    return bytes == nullptr
               ? std::string_view()
               : std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

/// Where `needle` begins in `text` from `from` on; npos. Linear, unlike SQLite's own search.
std::size_t find_in(std::string_view text, std::string_view needle, std::size_t from) {
    if (from > text.size()) return std::string_view::npos;
    const void* found = memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
    return found == nullptr ? std::string_view::npos
                            : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

/// As SQLite's: characters of texts, bytes of blobs, from 1.
void instr(sqlite3_context* context, int, sqlite3_value** values) {
    if (sqlite3_value_type(values[0]) == SQLITE_NULL || sqlite3_value_type(values[1]) == SQLITE_NULL) return;
    const bool blobs =
        sqlite3_value_type(values[0]) == SQLITE_BLOB && sqlite3_value_type(values[1]) == SQLITE_BLOB;
    const std::string_view text = text_of(values[0]), needle = text_of(values[1]);
    const std::size_t at = needle.empty() ? 0 : find_in(text, needle, 0);
    if (at == std::string_view::npos) return sqlite3_result_int(context, 0);
    std::int64_t place = 1;
    for (std::size_t i = 0; i < at; ++i)
        if (blobs || (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) ++place;
    sqlite3_result_int64(context, place);
}

void replace(sqlite3_context* context, int, sqlite3_value** values) {
    for (int i = 0; i < 3; ++i)
        if (sqlite3_value_type(values[i]) == SQLITE_NULL) return;
    const auto limit =
        static_cast<std::size_t>(sqlite3_limit(sqlite3_context_db_handle(context), SQLITE_LIMIT_LENGTH, -1));
    const std::string text(text_of(values[0])), what(text_of(values[1])), by(text_of(values[2]));
    std::string result;
    for (std::size_t from = 0;;) {
        const std::size_t at = what.empty() ? std::string::npos : find_in(text, what, from);
        result.append(text, from, at == std::string::npos ? at : at - from);
        if (at != std::string::npos) result += by;
        if (result.size() > limit) return sqlite3_result_error_toobig(context);
        if (at == std::string::npos) break;
        from = at + what.size();
    }
    sqlite3_result_text(context, result.data(), static_cast<int>(result.size()), SQLITE_TRANSIENT);
}

/// The characters of a text, as SQLite takes them: a byte that begins one, and those behind it.
std::size_t end_of_character(std::string_view text, std::size_t at) {
    do ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
    return at;
}

enum class Side { left, right, both };

/// TRIM, LTRIM and RTRIM: linear, where SQLite's own ask each character of the one text for each of the other.
template <Side side>
void trim(sqlite3_context* context, int count, sqlite3_value** values) {
    for (int i = 0; i < count; ++i)
        if (sqlite3_value_type(values[i]) == SQLITE_NULL) return;
    const std::string text(text_of(values[0])), set(count > 1 ? text_of(values[1]) : " ");
    std::unordered_set<std::string_view> characters;
    for (std::size_t at = 0; at < set.size();) {
        const std::size_t end = end_of_character(set, at);
        characters.insert(std::string_view(set).substr(at, end - at));
        at = end;
    }
    std::size_t from = 0, until = text.size();
    while (side != Side::right && from < until) {
        const std::size_t end = end_of_character(text, from);
        if (!characters.contains(std::string_view(text).substr(from, end - from))) break;
        from = end;
    }
    while (side != Side::left && from < until) {
        std::size_t begin = until - 1;
        while (begin > from && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
        if (!characters.contains(std::string_view(text).substr(begin, until - begin))) break;
        until = begin;
    }
    sqlite3_result_text(context, text.data() + from, static_cast<int>(until - from), SQLITE_TRANSIENT);
}

std::string quoted_name(const std::string& name) {
    std::string text = "\"";
    for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    return text + "\"";
}

/// Comments and white space say nothing.
std::size_t skip_blank(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        if (std::isspace(static_cast<unsigned char>(text[at])) != 0 || text[at] == ';') {
            ++at;
        } else if (text.substr(at).starts_with("--")) {
            at = text.find('\n', at);
            if (at == std::string_view::npos) return text.size();
        } else if (text.substr(at).starts_with("/*")) {
            at = text.find("*/", at + 2);
            if (at == std::string_view::npos) return text.size();
            at += 2;
        } else {
            return at;
        }
    }
    return at;
}

}  // namespace

/// What the callbacks of one database share.
struct SqlSandbox::Guard {
    const SandboxLimits* limits = nullptr;
    /// Kinds of virtual tables that SQLite brings: each may be read by its name.
    std::set<std::string, std::less<>> modules;
    bool closed = false;  ///< tables are in: from here on the text of others is run
    std::string refused;  ///< the first thing that was asked for and is not allowed
    std::int64_t steps = 0;
    double began = 0;
    enum class Ended { no, steps, time } ended = Ended::no;
    std::unique_ptr<SqlFormat> format;

    static int authorize(void* self, int action, const char* a, const char* b, const char*, const char*) {
        Guard& guard = *static_cast<Guard*>(self);
        if (!guard.closed) return SQLITE_OK;
        const bool allowed = action == SQLITE_SELECT || action == SQLITE_RECURSIVE ||
                             (action == SQLITE_READ && a != nullptr && guard.may_read(a)) ||
                             (action == SQLITE_FUNCTION && b != nullptr && is_pure(b));
        if (!allowed && guard.refused.empty()) guard.refused = name_of_action(action, a, b);
        return allowed ? SQLITE_OK : SQLITE_DENY;
    }

    /// The tables that were put in, and those that the statement names itself (WITH): there are no others but the schema and
    /// what SQLite brings. A name that leads nowhere is found before.
    bool may_read(std::string_view table) const {
        if (table == "json_each" || table == "json_tree") return true;
        return !table.starts_with("sqlite_") && !table.starts_with("pragma_") && !modules.contains(table);
    }

    static int look(void* self) {
        Guard& guard = *static_cast<Guard*>(self);
        guard.steps += steps_a_look;
        if (guard.steps > guard.limits->steps)
            guard.ended = Ended::steps;
        else if (processor_seconds() - guard.began > guard.limits->processor_seconds)
            guard.ended = Ended::time;
        return guard.ended == Ended::no ? 0 : 1;
    }
};

std::string_view SqlRow::bytes(int column) const {
    const void* data = sqlite3_column_blob(statement_, column);
    const int length = sqlite3_column_bytes(statement_, column);
    return data == nullptr
               ? std::string_view()
               : std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(length));
}

SqlSandbox::SqlSandbox(const SandboxLimits& limits) : limits_(limits), guard_(std::make_unique<Guard>()) {
    sqlite3_initialize();
    register_no_files();
    guard_->limits = &limits_;
    memory_before_ = sqlite3_hard_heap_limit64(sqlite3_memory_used() + limits_.memory_bytes);
    sqlite3* database = nullptr;
    const int opened = sqlite3_open_v2(
        ":memory:", &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, no_files);
    database_.reset(database);
    if (opened != SQLITE_OK) {
        sqlite3_hard_heap_limit64(memory_before_);
        throw SqlError(0, "there is no memory for a database");
    }
    const std::pair<int, int> settings[] = {{SQLITE_DBCONFIG_DEFENSIVE, 1},
                                            {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                            {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
                                            {SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0},
                                            {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                                            {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
                                            {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},
                                            {SQLITE_DBCONFIG_DQS_DML, 0},
                                            {SQLITE_DBCONFIG_DQS_DDL, 0}};
    for (const auto& [what, value] : settings) {
        int now = 0;
        const int done = sqlite3_db_config(database, what, value, &now);
        kernel::require(done == SQLITE_OK && now == value, "SQLite takes the settings of a sandbox");
    }
    const std::pair<int, int> bounds[] = {{SQLITE_LIMIT_LENGTH, limits_.value_bytes},
                                          {SQLITE_LIMIT_SQL_LENGTH, 1 << 20},
                                          {SQLITE_LIMIT_COLUMN, 500},
                                          {SQLITE_LIMIT_EXPR_DEPTH, 200},
                                          {SQLITE_LIMIT_COMPOUND_SELECT, 100},
                                          {SQLITE_LIMIT_VDBE_OP, 250'000},
                                          {SQLITE_LIMIT_FUNCTION_ARG, 100},
                                          {SQLITE_LIMIT_ATTACHED, 0},
                                          {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100},
                                          {SQLITE_LIMIT_VARIABLE_NUMBER, 0},
                                          {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
                                          {SQLITE_LIMIT_WORKER_THREADS, 0}};
    for (const auto& [what, value] : bounds) sqlite3_limit(database, what, value);
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    sqlite3_create_function_v2(database, "instr", 2, flags, nullptr, instr, nullptr, nullptr, nullptr);
    sqlite3_create_function_v2(database, "replace", 3, flags, nullptr, replace, nullptr, nullptr, nullptr);
    try {
        guard_->format = std::make_unique<SqlFormat>(limits_.value_bytes, no_files);
    } catch (const SqlError&) {
        sqlite3_hard_heap_limit64(memory_before_);
        throw;
    }
    for (const char* name : {"format", "printf"})
        sqlite3_create_function_v2(database, name, -1, flags, guard_->format.get(), SqlFormat::call, nullptr,
                                   nullptr, nullptr);
    for (const int count : {1, 2}) {
        const std::pair<const char*, void (*)(sqlite3_context*, int, sqlite3_value**)> trims[] = {
            {"trim", trim<Side::both>}, {"ltrim", trim<Side::left>}, {"rtrim", trim<Side::right>}};
        for (const auto& [name, function] : trims)
            sqlite3_create_function_v2(database, name, count, flags, nullptr, function, nullptr, nullptr,
                                       nullptr);
    }
    // 'localtime' and 'utc' of its date functions ask where the machine stands. Nothing else here has a local time.
    sqlite3_test_control(SQLITE_TESTCTRL_LOCALTIME_FAULT, 1);
    // Nothing on a disk: what is sorted stays in memory.
    sqlite3_exec(database, "PRAGMA temp_store=MEMORY; PRAGMA journal_mode=OFF; PRAGMA cell_size_check=ON",
                 nullptr, nullptr, nullptr);
    // What declares itself when it is first named does it here, before that is refused.
    sqlite3_exec(database, "SELECT * FROM json_each('[]'), json_tree('[]')", nullptr, nullptr, nullptr);
    sqlite3_exec(
        database, "SELECT name FROM pragma_module_list",
        [](void* modules, int, char** values, char**) {
            static_cast<std::set<std::string, std::less<>>*>(modules)->insert(values[0]);
            return 0;
        },
        &guard_->modules, nullptr);
    kernel::require(!guard_->modules.empty(), "SQLite says which virtual tables it has");
    sqlite3_set_authorizer(database, Guard::authorize, guard_.get());
    sqlite3_progress_handler(database, steps_a_look, Guard::look, guard_.get());
    guard_->began = processor_seconds();
}

SqlSandbox::~SqlSandbox() {
    database_.reset();
    sqlite3_hard_heap_limit64(memory_before_);
}

void SqlSandbox::add_table(const std::string& name,
                           const std::vector<std::pair<std::string, SqlAffinity>>& columns,
                           const std::function<void(const Put&)>& fill) {
    guard_->closed = false;
    guard_->steps = 0;
    guard_->began = processor_seconds();
    sqlite3* const database = database_.get();
    std::string create = "CREATE TABLE " + quoted_name(name) + " (",
                insert = "INSERT INTO " + quoted_name(name) + " VALUES (";
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const SqlAffinity affinity = columns[i].second;
        create += (i == 0 ? "" : ", ") + quoted_name(columns[i].first) +
                  (affinity == SqlAffinity::integer ? " INTEGER"
                   : affinity == SqlAffinity::real  ? " REAL"
                                                    : " TEXT");
        insert += i == 0 ? "?1" : fmt::format(", ?{}", i + 1);
    }
    // Rows are put in through parameters, which the text of others has none of.
    sqlite3_limit(database, SQLITE_LIMIT_VARIABLE_NUMBER, 500);
    sqlite3_stmt* compiled = nullptr;
    int code = sqlite3_exec(database, (create + ")").c_str(), nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) code = sqlite3_exec(database, "BEGIN", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(database, (insert + ")").c_str(), -1, &compiled, nullptr);
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(compiled, sqlite3_finalize);
    sqlite3_limit(database, SQLITE_LIMIT_VARIABLE_NUMBER, 0);
    if (code != SQLITE_OK) fail(code, 0);
    fill([&](const std::vector<const std::string*>& values) {
        guard_->steps = 0;
        guard_->began = processor_seconds();
        int bound = SQLITE_OK;
        for (std::size_t i = 0; i < values.size() && bound == SQLITE_OK; ++i)
            bound = values[i] == nullptr
                        ? sqlite3_bind_null(statement.get(), static_cast<int>(i) + 1)
                        : sqlite3_bind_text(statement.get(), static_cast<int>(i) + 1, values[i]->data(),
                                            static_cast<int>(values[i]->size()), SQLITE_STATIC);
        if (bound != SQLITE_OK) fail(bound, 0);
        const int stepped = sqlite3_step(statement.get());
        if (stepped != SQLITE_DONE) fail(stepped, 0);
        sqlite3_reset(statement.get());
    });
    code = sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code, 0);
}

void SqlSandbox::select(const std::string& text,
                        const std::function<void(const std::vector<std::string>&)>& begin,
                        const std::function<void(const SqlRow&)>& row) {
    sqlite3* const database = database_.get();
    guard_->closed = true;
    guard_->refused.clear();
    guard_->steps = 0;
    guard_->ended = Guard::Ended::no;
    guard_->began = processor_seconds();
    asked_for_time = false;
    if (const std::size_t zero = text.find('\0'); zero != std::string::npos)
        throw SqlError(zero, "a zero byte in the SQL", "write it as text");
    const std::size_t start = skip_blank(text, 0);
    if (start == text.size()) throw SqlError(0, "there is no statement", "one SELECT is what is run");
    sqlite3_stmt* compiled = nullptr;
    const char* rest = nullptr;
    const int prepared = sqlite3_prepare_v3(database, text.c_str() + start,
                                            static_cast<int>(text.size() - start) + 1, 0, &compiled, &rest);
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(compiled, sqlite3_finalize);
    if (prepared != SQLITE_OK) {
        const int offset = sqlite3_error_offset(database);
        fail(prepared, start + static_cast<std::size_t>(std::max(offset, 0)));
    }
    const auto end = static_cast<std::size_t>(rest - text.c_str());
    if (const std::size_t more = skip_blank(text, end); more < text.size())
        throw SqlError(more, "a second statement", "one SELECT is what is run");
    if (sqlite3_stmt_isexplain(statement.get()) != 0 || sqlite3_stmt_readonly(statement.get()) == 0 ||
        sqlite3_column_count(statement.get()) == 0)
        throw SqlError(start, "this is no SELECT", "one SELECT is what is run");
    std::vector<std::string> names;
    std::set<std::string> seen;
    for (int i = 0; i < sqlite3_column_count(statement.get()); ++i) {
        names.emplace_back(sqlite3_column_name(statement.get(), i));
        if (!seen.insert(names.back()).second)
            throw SqlError(start, fmt::format("two columns of the result are called '{}'", names.back()),
                           "name them: '... AS other'");
    }
    begin(names);
    std::int64_t rows = 0;
    while (true) {
        const int stepped = sqlite3_step(statement.get());
        if (asked_for_time)
            throw SqlError(start, "the SQL asks what time it is, so that its result would differ by the day",
                           "write the date, or take it from a table of the sample");
        if (stepped == SQLITE_DONE) break;
        if (stepped != SQLITE_ROW) fail(stepped, start);
        if (++rows > limits_.rows)
            throw SqlError(start, fmt::format("more than {} rows come out", limits_.rows),
                           "take a smaller sample");
        row(SqlRow(statement.get()));
    }
}

void SqlSandbox::fail(int code, std::size_t offset) const {
    if (!guard_->refused.empty())
        throw SqlError(offset, guard_->refused + " is not allowed",
                       "a transformation is one SELECT over the tables of the sample");
    if (code == SQLITE_INTERRUPT || guard_->ended != Guard::Ended::no) {
        if (guard_->ended == Guard::Ended::time)
            throw SqlError(offset,
                           fmt::format("took more than {:.0f} s of a processor", limits_.processor_seconds),
                           "take a smaller sample, or write it another way");
        throw SqlError(offset, fmt::format("took more than {} steps of SQLite", limits_.steps),
                       "take a smaller sample; a recursion may have no end");
    }
    if (code == SQLITE_NOMEM)
        throw SqlError(offset, fmt::format("took more than {} MiB of memory", limits_.memory_bytes >> 20),
                       "take a smaller sample, or write it another way");
    if (code == SQLITE_TOOBIG)
        throw SqlError(offset, fmt::format("a value of more than {} KiB", limits_.value_bytes >> 10),
                       "values of a sample are shorter");
    throw SqlError(offset, sqlite3_errmsg(database_.get()), "the SQL is that of SQLite");
}

}  // namespace understudy::formats
