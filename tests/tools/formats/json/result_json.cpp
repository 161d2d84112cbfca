#include "tools/formats/json/result_json.h"

#include <doctest/doctest.h>

#include <limits>

#include "tests/scratch_folder.h"
#include "tests/tools/formats/results/python.h"
#include "tests/tools/formats/results/sample_result.h"

using namespace understudy;
using nlohmann::ordered_json;

TEST_CASE("the document has the members that programs rely on") {
    const auto document = ordered_json::parse(formats::result_as_json(tests::sample_result()));
    CHECK(document["verdict"] == "violated");
    CHECK(document["reason"] == "limit");
    CHECK(document["seed"] == 42);
    CHECK(document["fingerprint"] == "5b0c9a3e77d10f42");
    CHECK(document["warnings"].size() == 2);
    CHECK(document["warm_up"]["cut_s"] == 86400.0);
    const auto& objective = document["objectives"][1];
    CHECK(objective["text"] == "share landed(daily_revenue) by 06:30 >= 99%");
    CHECK(objective["verdict"] == "violated");
    CHECK(objective["estimate"] == 0.9786);
    CHECK(objective["low"] == 0.9651);
    CHECK(objective["high"] == 0.9886);
    CHECK(objective["unit"] == "fraction");
    CHECK(objective["limit"] == 0.99);
    const auto& metric = document["metrics"][0];
    CHECK(metric["name"] == "p(95) freshness(orders_clean)");
    CHECK(metric["element"] == "orders_clean");
    CHECK(metric["level"] == 0.95);
    CHECK(metric["replications"] == 30);
    CHECK(document["forecast"][2]["unlimited"] == true);
    CHECK_FALSE(document["forecast"][2].contains("workers"));
}

TEST_CASE("no number is null: what is not known is left out, and said under no_data") {
    auto result = tests::sample_result();
    result.metrics[0].estimate.high = std::numeric_limits<double>::infinity();
    result.metrics[1].estimate.value = std::numeric_limits<double>::quiet_NaN();
    result.length_s.reset();
    const std::string text = formats::result_as_json(result);
    CHECK(text.find("null") == std::string::npos);
    CHECK(text.find("nan") == std::string::npos);
    CHECK(text.find("inf") == std::string::npos);
    const auto document = ordered_json::parse(text);
    CHECK_FALSE(document["metrics"][0].contains("high"));
    CHECK_FALSE(document["objectives"][3].contains("estimate"));
    CHECK(document["no_data"].size() == 2);
    CHECK(document["no_data"][0]["reason"] == "no data in any replication");
    CHECK(document["no_data"][1]["name"] == "p(99) end(revenue.export)");
    CHECK(document["no_data"][1]["reason"] == "the task never ran");
    CHECK_FALSE(document.contains("length_s"));
}

TEST_CASE("numbers have the fewest digits that read back the same, keys their order, bytes no chance") {
    ordered_json document;
    document["z"] = 0.1;
    document["a"] = {1.0, 1e300, 5e-324, 0.30000000000000004, 2.0 / 3, 123456789.125, -0.0};
    document["i"] = {1, -5, 18446744073709551615ull};
    document["empty"] = {{"list", ordered_json::array()}, {"object", ordered_json::object()}};
    document["text"] = "tab\t\"quoted\" \xff \xc3\xa9";
    document["gone"] = std::numeric_limits<double>::infinity();
    CHECK(formats::json_text(document) == R"({
  "z": 0.1,
  "a": [
    1.0,
    1e+300,
    5e-324,
    0.30000000000000004,
    0.6666666666666666,
    123456789.125,
    -0.0
  ],
  "i": [
    1,
    -5,
    18446744073709551615
  ],
  "empty": {
    "list": [],
    "object": {}
  },
  "text": "tab\t\"quoted\" )"
                                          "\xef\xbf\xbd \xc3\xa9"
                                          R"("
}
)");
    CHECK(formats::result_as_json(tests::sample_result()) == formats::result_as_json(tests::sample_result()));
}

TEST_CASE("python reads the document") {
    if (!tests::has_h5py()) return;
    const tests::ScratchFolder folder;
    std::ofstream(folder / "a.json") << formats::result_as_json(tests::sample_result());
    const auto python = tests::run_python(
        "import sys, json\nd = json.load(open(sys.argv[1]))\nprint([o['verdict'] for o in d['objectives']])",
        (folder / "a.json").string());
    CHECK(python.text == "['met', 'violated', 'inconclusive', 'inconclusive']\n");
}
