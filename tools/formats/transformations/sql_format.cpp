#include "tools/formats/transformations/sql_format.h"

#include <fmt/format.h>

#include <string>

#include "tools/formats/transformations/sql_sandbox.h"

namespace understudy::formats {

SqlFormat::SqlFormat(int value_bytes, const char* file_system) : value_bytes_(value_bytes) {
    sqlite3* database = nullptr;
    const int opened = sqlite3_open_v2(
        ":memory:", &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, file_system);
    database_.reset(database);
    if (opened != SQLITE_OK) throw SqlError(0, "there is no memory for a database");
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, value_bytes + 1);
}

void SqlFormat::call(sqlite3_context* context, int count, sqlite3_value** values) {
    static_cast<SqlFormat*>(sqlite3_user_data(context))->format(context, count, values);
}

void SqlFormat::format(sqlite3_context* context, int count, sqlite3_value** values) {
    if (count == 0 || sqlite3_value_type(values[0]) == SQLITE_NULL) return;
    sqlite3_stmt* statement = with_values(count);
    if (statement == nullptr) return sqlite3_result_error_nomem(context);
    int code = SQLITE_OK;
    for (int i = 0; i < count && code == SQLITE_OK; ++i)
        code = sqlite3_bind_value(statement, i + 1, values[i]);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    // With a letter before it nothing but its length makes it NULL; without one an empty format does, too.
    if (code != SQLITE_ROW)
        sqlite3_result_error_code(context, code);
    else if (sqlite3_column_type(statement, 0) == SQLITE_NULL ||
             sqlite3_column_bytes(statement, 0) - 1 > value_bytes_)
        sqlite3_result_error_toobig(context);
    else
        sqlite3_result_value(context, sqlite3_column_value(statement, 1));
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

sqlite3_stmt* SqlFormat::with_values(int count) {
    const auto known = statements_.find(count);
    if (known != statements_.end()) return known->second.get();
    std::string more;
    for (int i = 2; i <= count; ++i) more += fmt::format(", ?{}", i);
    const std::string text = fmt::format("SELECT printf('x' || ?1{0}), printf(?1{0})", more);
    sqlite3_stmt* compiled = nullptr;
    if (sqlite3_prepare_v2(database_.get(), text.c_str(), -1, &compiled, nullptr) != SQLITE_OK)
        return nullptr;
    statements_.emplace(count, Statement(compiled, sqlite3_finalize));
    return compiled;
}

}  // namespace understudy::formats
