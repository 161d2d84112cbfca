#include "tools/studies/log_names.h"

#include "tools/studies/label_names.h"

namespace understudy::studies {

std::vector<std::string> names_in_a_twin(const std::string& text) {
    std::vector<std::string> names;
    if (text.empty()) return names;
    names.push_back(text);
    for (const char separator : {':', '/', '.'})
        if (const std::size_t at = text.rfind(separator); at != std::string::npos && at + 1 < text.size())
            names.push_back(text.substr(at + 1));
    names.push_back(name_of_label(text, "task"));
    return names;
}

}  // namespace understudy::studies
