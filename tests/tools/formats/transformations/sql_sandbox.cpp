// Promised: SQL that nobody has vouched for does no harm: no files, no writes, no end of time or memory; what it may not do is
// said by name. The same text on the same tables ends at the same step. Shown: hostile texts, each refused with its reason,
// before it has done anything; honest ones with their answers.
#include "tools/formats/transformations/sql_sandbox.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/scratch_folder.h"
#include "tools/formats/transformations/sql_value.h"

using namespace understudy::formats;

namespace {

void add_orders(SqlSandbox& sandbox) {
    sandbox.add_table(
        "orders", {{"id", SqlAffinity::integer}, {"total", SqlAffinity::real}, {"state", SqlAffinity::text}},
        [](const SqlSandbox::Put& put) {
            const std::string rows[][3] = {{"1", "9.5", "new"}, {"2", "20", "paid"}, {"3", "0.5", ""}};
            for (const auto& row : rows) put({&row[0], &row[1], row[2].empty() ? nullptr : &row[2]});
        });
}

/// The rows as text, or what is wrong.
std::string answer(SqlSandbox& sandbox, const std::string& sql) {
    std::string text;
    try {
        sandbox.select(
            sql, [](const std::vector<std::string>&) {},
            [&](const SqlRow& row) {
                for (int i = 0; i < row.columns(); ++i)
                    text += (i == 0 ? "" : "|") + shown_value(value_of(row, i));
                text += ";";
            });
    } catch (const SqlError& error) {
        return std::string("error: ") + error.what();
    }
    return text;
}

/// Small bounds, so that what is endless ends soon.
SandboxLimits small() {
    SandboxLimits limits;
    limits.steps = 2'000'000;
    limits.rows = 100'000;
    limits.memory_bytes = 32 << 20;
    return limits;
}

}  // namespace

TEST_CASE("honest SQL") {
    SqlSandbox sandbox;
    add_orders(sandbox);
    CHECK(answer(sandbox, "SELECT id, total, state FROM orders ORDER BY id") ==
          "1|9.5|'new';2|20.0|'paid';3|0.5|NULL;");
    CHECK(answer(sandbox,
                 "-- how much\nWITH p AS (SELECT * FROM orders WHERE state = 'paid') SELECT sum(total) AS t "
                 "FROM p; -- end") == "20.0;");
    CHECK(
        answer(sandbox, "SELECT id, row_number() OVER (ORDER BY total DESC) AS n FROM orders ORDER BY id") ==
        "1|2;2|1;3|3;");
    CHECK(answer(sandbox,
                 "WITH RECURSIVE d(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM d WHERE i < 4) SELECT "
                 "count(*) FROM d") == "4;");
    CHECK(answer(sandbox,
                 "SELECT instr('äbc', 'c') AS a, instr('abc', '') AS b, instr('abc', 'x') AS c, "
                 "replace('aXbX', 'X', 'yy') AS d, "
                 "replace('a', '', 'b') AS e, replace(NULL, 'a', 'b') AS f") == "3|1|0|'ayybyy'|'a'|NULL;");
    CHECK(
        answer(sandbox,
               "SELECT date('2026-03-09', '+1 day') AS d, json_extract('{\"a\": [1, 2]}', '$.a[1]') AS j") ==
        "'2026-03-10'|2;");
    CHECK(answer(sandbox, "SELECT value FROM json_each('[7, 8]')") == "7;8;");
    CHECK(answer(sandbox,
                 "SELECT trim('  a b ') AS a, ltrim('äöxä', 'äö') AS b, rtrim('xyyx', 'yx') AS c, "
                 "trim('äaä', 'ä') AS d, "
                 "trim(NULL) AS e, trim('ab', '') AS f, trim(1221, 1) AS g") ==
          "'a b'|'xä'|''|'a'|NULL|'ab'|'22';");
}

TEST_CASE("hostile SQL is refused by name, and has done nothing") {
    const understudy::tests::ScratchFolder folder;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    SqlSandbox sandbox(small());
    add_orders(sandbox);
    const std::vector<std::pair<std::string, std::string>> hostile = {
        {"ATTACH 'stolen.db' AS s", "ATTACH, which opens files"},
        {"VACUUM INTO 'copy.db'", "no SELECT"},
        {"VACUUM", "no SELECT"},
        {"PRAGMA writable_schema = ON", "PRAGMA 'writable_schema' is not allowed"},
        {"SELECT * FROM pragma_database_list", "not allowed"},
        {"SELECT load_extension('evil.so')", "the function 'load_extension' is not allowed"},
        {"SELECT readfile('/etc/passwd')", "no such function: readfile"},
        {"SELECT writefile('owned', 'x')", "no such function: writefile"},
        {"SELECT edit('x')", "no such function: edit"},
        {"SELECT fts3_tokenizer('simple', x'00')", "fts3_tokenizer"},
        {"CREATE VIRTUAL TABLE v USING fts5(x)", "a change of the schema"},
        {"CREATE TABLE t (x)", "a change of the schema"},
        {"CREATE TEMP TRIGGER t AFTER INSERT ON orders BEGIN SELECT 1; END", "not allowed"},
        {"INSERT INTO orders VALUES (4, 1, 'x')", "a write (INSERT) is not allowed"},
        {"UPDATE orders SET total = 0", "a write (UPDATE) is not allowed"},
        {"DELETE FROM orders", "a write (DELETE) is not allowed"},
        {"DROP TABLE orders", "not allowed"},
        {"WITH x AS (SELECT 1) DELETE FROM orders", "a write (DELETE) is not allowed"},
        {"BEGIN", "a transaction is not allowed"},
        {"SELECT 1; ATTACH 'x.db' AS x", "a second statement"},
        {"SELECT sql FROM sqlite_master", "sqlite_master"},
        {"SELECT * FROM dbstat", "not allowed"},
        {"SELECT * FROM sqlite_dbpage", "sqlite_dbpage"},
        {"EXPLAIN SELECT 1", "no SELECT"},
        {"WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT count(*) FROM r",
         "steps of SQLite"},
        {"WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT i FROM r", "rows come out"},
        {"WITH RECURSIVE r(t) AS (SELECT 'aaaaaaaa' UNION ALL SELECT t || t FROM r) SELECT length(t) FROM r",
         "a value of more than"},
        {"WITH RECURSIVE r(i) AS (SELECT 1 UNION SELECT i + 1 FROM r WHERE i < 3000000) SELECT count(*) FROM "
         "r ORDER BY 1",
         ""},
        {"SELECT a.id FROM orders a, orders b, orders c, orders d, orders e, orders f, orders g, orders h, "
         "orders i, orders j, "
         "orders k, orders l, orders m, orders n WHERE a.id + n.id > 9",
         "steps of SQLite"},
        {"SELECT zeroblob(2000000000)", "zeroblob"},
        {"SELECT randomblob(100)", "the function 'randomblob' is not allowed"},
        {"SELECT random()", "the function 'random' is not allowed"},
        {"SELECT printf('%900000d', 1) || printf('%900000d', 1)", "a value of more than"},
        {"SELECT length(group_concat(a.state || printf('%.900000d', b.id))) FROM orders a, orders b, orders "
         "c",
         "a value of more than"},
        {"SELECT CURRENT_TIMESTAMP", "is not allowed"},
        {"SELECT date('now')", "asks what time it is"},
        {"SELECT datetime('2026-03-09 05:00', 'localtime')", "local time"},
        {"SELECT datetime('2026-03-09 05:00', 'utc')", "local time"},
        {"SELECT sqlite_version()", "is not allowed"},
        {"SELECT ?1", "variable"},
        {"SELECT 1 AS a, 2 AS a", "two columns of the result are called 'a'"},
        {"SELECT " + std::string(5000, '(') + "1" + std::string(5000, ')'), ""},
        {"SELECT 'x' LIKE '" + std::string(5000, '%') + "'", "LIKE or GLOB pattern too complex"},
        {std::string("SELECT 1\0; DROP TABLE orders", 28), "a zero byte"},
        {"", "there is no statement"},
        {"-- nothing\n/* at all */ ;", "there is no statement"},
        {"\xff\xfe SELECT", ""},
    };
    for (const auto& [sql, reason] : hostile) {
        const std::string said = answer(sandbox, sql);
        INFO(sql.substr(0, 120), " -> ", said);
        CHECK(said.starts_with("error: "));
        CHECK(said.find(reason) != std::string::npos);
    }
    CHECK(std::filesystem::is_empty(folder.path()));
    // The tables are as they were, and it can still be asked.
    CHECK(answer(sandbox, "SELECT count(*), sum(total) FROM orders") == "3|30.0;");
    std::filesystem::current_path(before);
}

TEST_CASE("memory ends with an error, and not the process") {
    SandboxLimits limits = small();
    limits.steps = 400'000'000;
    SqlSandbox sandbox(limits);
    add_orders(sandbox);
    const std::string said =
        answer(sandbox,
               "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 2000000) SELECT i, "
               "'some text of some length ' || i AS t FROM r ORDER BY t DESC");
    CHECK(said == "error: took more than 32 MiB of memory");
    CHECK(answer(sandbox, "SELECT count(*) FROM orders") == "3;");
}

TEST_CASE("a value that is too long is an error, whatever makes it") {
    SandboxLimits limits = small();
    limits.value_bytes = 1000;
    SqlSandbox sandbox(limits);
    add_orders(sandbox);
    for (const std::string format : {"printf", "format"}) {
        CHECK(answer(sandbox, "SELECT " + format + "('%*s', 1001, 'x') AS a") ==
              "error: a value of more than 0 KiB");
        CHECK(answer(sandbox, "SELECT length(" + format + "('%*s', 1000, 'x')) AS a") == "1000;");
        CHECK(answer(sandbox, "SELECT " + format + "('%s-%d', state, id) AS a FROM orders") ==
              "'new-1';'paid-2';'-3';");
        // NULL of what SQLite itself makes NULL of.
        CHECK(answer(sandbox, "SELECT " + format + "('') AS a, " + format + "(NULL, 1) AS b, " + format +
                                  "('%s', NULL) AS c") == "NULL|NULL|'';");
    }
    CHECK(answer(sandbox, "SELECT '" + std::string(600, 'a') + "' || '" + std::string(600, 'b') + "' AS a") ==
          "error: a value of more than 0 KiB");
}

TEST_CASE("an error stands where it is") {
    SqlSandbox sandbox;
    add_orders(sandbox);
    try {
        sandbox.select(
            "SELECT id,\n  totl FROM orders", [](const auto&) {}, [](const SqlRow&) {});
        CHECK(false);
    } catch (const SqlError& error) {
        CHECK(std::string(error.what()) == "no such column: totl");
        CHECK(error.offset == 13);
    }
}
