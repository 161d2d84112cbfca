// Names within a message, no more of them than one takes in: "a, b, c and 4 more". Pure, thread-safe.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace understudy::models {

/// " and 4 more" of those that are not named, empty where none are left; `what` they are: " and 4 more jobs".
inline std::string and_more(std::size_t left, const std::string& what = "") {
    return left == 0 ? "" : " and " + std::to_string(left) + " more" + (what.empty() ? "" : " ") + what;
}

/// The first `most`, in order, and how many are left; `text`: of one of them. Empty of none.
template <class Names, class Text = std::identity>
std::string listed(const Names& names, std::size_t most, const std::string& what = "", Text text = {}) {
    std::string list;
    std::size_t named = 0;
    for (const auto& name : names) {
        if (named == most) break;
        list += (named++ == 0 ? "" : ", ") + text(name);
    }
    return list + and_more(names.size() - named, what);
}

}  // namespace understudy::models
