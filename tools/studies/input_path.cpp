#include "tools/studies/input_path.h"

#include <array>
#include <charconv>

namespace understudy::studies {

namespace {

constexpr std::array<std::string_view, 8> keys_of_fits = {
    "service", "fails_after", "failure", "retry.backoff", "writes", "arrivals", "size", "items"};

}  // namespace

InputPath input_path(std::string_view path) {
    InputPath found;
    std::string_view rest = path;
    if (const std::size_t dot = rest.rfind('.'); dot != std::string_view::npos) {
        const std::string_view last = rest.substr(dot + 1);
        const auto [end, problem] = std::from_chars(last.data(), last.data() + last.size(), found.number);
        if (problem == std::errc() && end == last.data() + last.size() && found.number > 0)
            rest = rest.substr(0, dot);
        else
            found.number = 0;
    }
    for (const std::string_view key : keys_of_fits)
        if (rest.size() > key.size() + 1 && rest.ends_with(key) &&
            rest[rest.size() - key.size() - 1] == '.' && (found.number == 0 || key == "retry.backoff")) {
            found.of = rest.substr(0, rest.size() - key.size() - 1);
            found.key = key;
            return found;
        }
    return {path, {}, 0};
}

}  // namespace understudy::studies
