#include "tools/studies/label_names.h"

#include <cctype>

namespace understudy::studies {

std::string name_of_label(const std::string& text, const std::string& otherwise) {
    constexpr std::size_t longest = 40;
    std::string name;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            name += c;
        else if (!name.empty() && name.back() != '_')
            name += '_';
    }
    if (name.size() > longest) name = name.substr(name.size() - longest);
    while (!name.empty() && name.front() == '_') name.erase(0, 1);
    if (name.empty() || std::isalpha(static_cast<unsigned char>(name.front())) == 0)
        name = otherwise + "_" + name;
    return name;
}

}  // namespace understudy::studies
