// Promised: a test of values is read into ranges between cuts and printed so that it reads back to the same; ways
// together take each value once. Shown: each form, those that touch, and those that do not fit together.
#include "tools/formats/language/value_tests.h"

#include <doctest/doctest.h>

#include <string>

#include "tools/formats/language/fault.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

const FieldDimensions fields = {{"token", Dimension::number}, {"work", Dimension::duration}};

std::string again(const std::string& text) {
    const ValueTest test = read_value_test(text, fields);
    return print_value_test(test.attribute, test.values, test.dimension);
}

std::string fault(const std::string& text) {
    try {
        read_value_test(text, fields);
    } catch (const Fault& problem) {
        return problem.what();
    }
    return "";
}

std::vector<ValueProblem> arranged(models::Writes& writes, const std::vector<std::string>& ways) {
    for (const std::string& way : ways) {
        ValueTest test = read_value_test(way, fields);
        models::Writes::Target& target = writes.targets.emplace_back();
        target.stream = "to" + std::to_string(writes.targets.size());
        target.rest = test.attribute.empty();
        target.values = std::move(test.values);
        if (!target.rest) writes.attribute = test.attribute;
    }
    return arrange_values(writes, dimension_of_attribute(writes.attribute, fields));
}

}  // namespace

TEST_CASE("what is printed reads back to the same") {
    for (const std::string text :
         {"token < 500", "token <= 500", "token > 500", "token >= 500", "token = 3", "500 <= token < 2000",
          "500 < token <= 2000", "token = 1 or token = 3", "token < 1 or 2 < token < 3 or token >= 9",
          "work < 3s", "1min <= work < 1h", "size >= 2GB", "key = 7", "records < 10", "priority > 2"})
        CHECK(again(text) == text);
    // Ranges that touch are one, in order.
    CHECK(again("token >= 5 or token < 5") == "token >= 0");
    CHECK(again("token = 5 or 2 <= token < 5") == "2 <= token <= 5");
}

TEST_CASE("a field hides what all items have") {
    const FieldDimensions own = {{"size", Dimension::number}};
    CHECK(read_value_test("size < 5", own).values.front().to.at == 5);
    CHECK(dimension_of_attribute("size", own) == Dimension::number);
    CHECK(dimension_of_attribute("size", fields) == Dimension::size);
}

TEST_CASE("only what compares is a test") {
    for (const std::string text : {"else", "token < 5", "token = 5", "5 <= token < 6", "token==5"})
        CHECK(is_value_test(text));
    for (const std::string text : {"60%", "web", "token", ""}) CHECK_FALSE(is_value_test(text));
}

TEST_CASE("what is wrong is said") {
    CHECK(fault("token <") == "a value is missing before the end");
    CHECK(fault("token < = 3") == "a space inside the comparison");
    CHECK(fault("token = = 3") == "'= =' is not a comparison");
    CHECK(fault("token is 3") == "'is' is not a comparison");
    CHECK(fault("token != 3") == "'!=' is not a comparison");
    CHECK(fault("token < 3 and token > 1") == "'and' is left over at the end of 'token < 3 and token > 1'");
    CHECK(fault("else token") == "'token' is left over at the end of 'else token'");
    CHECK(fault("5 <= token > 2") == "a range that goes on with '>'");
    CHECK(fault("work < 3") != "");
}

TEST_CASE("ways together take every value once") {
    models::Writes good;
    CHECK(arranged(good, {"token < 5", "token > 7", "else"}).empty());
    REQUIRE(good.targets[2].values.size() == 1);
    CHECK(good.targets[2].values[0].from.at == 5);
    CHECK(good.targets[2].values[0].to.at == 7);
    CHECK(good.targets[2].values[0].to.after);
    models::Writes whole;
    CHECK(arranged(whole, {"token < 5", "token >= 5"}).empty());
    models::Writes from_zero;
    CHECK(arranged(from_zero, {"0 <= token < 5", "token >= 5"}).empty());
    models::Writes gap;
    const auto gaps = arranged(gap, {"token < 5", "token > 5"});
    REQUIRE(gaps.size() == 1);
    CHECK(gaps[0].message == "'token = 5' has no way");
    models::Writes twice;
    const auto overlaps = arranged(twice, {"token < 5", "3 <= token < 4", "else"});
    REQUIRE(overlaps.size() == 1);
    CHECK(overlaps[0].target == 1);
    CHECK(overlaps[0].message == "'3 <= token < 4' goes to 'to1' as well");
}
