// Where values stand in the text of JSON, and where it breaks, which the fast parser does not tell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace understudy::formats {

/// Where values end that stand one after the other, as `jq .` prints them, in text that comes piece by piece. It looks at
/// brackets and quotes alone: whether a value is valid its parser tells. Not thread-safe.
class JsonValueEnds {
public:
    /// Offsets right behind each object or list that ends in this piece.
    std::vector<std::size_t> scan(std::string_view piece);
    /// Within an object or a list.
    bool is_inside() const { return depth_ > 0; }
    /// What is no object and no list stands between them.
    bool is_broken() const { return broken_; }

private:
    std::size_t depth_ = 0;
    bool quoted_ = false, escaped_ = false, broken_ = false;
};

/// Where the values of a list, or the only value, begin: its line for each. `first_line`: of the text. Pure function.
std::vector<std::int64_t> lines_of_values(std::string_view text, std::int64_t first_line);

struct JsonBreak {
    std::int64_t line = 0;  ///< from 0 on
    std::size_t byte = 0;   ///< in the line
};
/// None where it is valid. Pure function.
std::optional<JsonBreak> break_of_json(std::string_view text);

}  // namespace understudy::formats
