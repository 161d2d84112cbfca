#include "tools/studies/data_tag.h"

#include <charconv>
#include <string_view>

namespace understudy::studies {

namespace {

constexpr std::string_view data_tag_begin = "data=";

}  // namespace

std::string data_tag(std::int64_t bytes) { return std::string(data_tag_begin) + std::to_string(bytes) + "B"; }

std::optional<double> tagged_bytes(const models::Description& description) {
    for (const std::string& tag : description.tags) {
        if (!tag.starts_with(data_tag_begin) || !tag.ends_with('B')) continue;
        const char* const begin = tag.data() + data_tag_begin.size();
        const char* const end = tag.data() + tag.size() - 1;
        std::int64_t bytes = 0;
        const auto [stop, error] = std::from_chars(begin, end, bytes);
        if (error == std::errc() && stop == end && bytes >= 0) return static_cast<double>(bytes);
    }
    return std::nullopt;
}

}  // namespace understudy::studies
