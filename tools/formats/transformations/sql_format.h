// format() and printf() of SQL, as SQLite has them, but for this: what is longer than a value may be is an error, as of all its
// other functions, where SQLite makes NULL of it. Internal to tools/formats/transformations. Not thread-safe.
#pragma once

#include <sqlite3.h>

#include <map>
#include <memory>

namespace understudy::formats {

class SqlFormat {
public:
    /// In a database of its own on that file system, where SQLite's functions go by their names. SqlError where there is no
    /// memory for it.
    SqlFormat(int value_bytes, const char* file_system);

    /// For sqlite3_create_function_v2(), with a SqlFormat as its data.
    static void call(sqlite3_context* context, int count, sqlite3_value** values);

private:
    using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

    void format(sqlite3_context* context, int count, sqlite3_value** values);
    sqlite3_stmt* with_values(int count);

    int value_bytes_;
    std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)> database_{nullptr, sqlite3_close_v2};
    std::map<int, Statement> statements_;  ///< by how many values they take; gone before the database
};

}  // namespace understudy::formats
