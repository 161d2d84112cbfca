#include "tools/formats/catalogs/element_names.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>

#include "tools/formats/language/map_reader.h"
#include "tools/formats/printable.h"
#include "tools/studies/label_names.h"

namespace understudy::formats {

std::string clean_text(std::string_view text) { return studies::clean_text(text); }

bool is_said(std::string_view text) { return studies::is_said(text); }

std::string clean_label(std::string_view text) {
    std::string label = clean_text(text);
    if (text.size() > studies::longest_text)
        label += fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
    return label;
}

ElementNames::ElementNames(std::map<std::string, std::string> known) : known_(std::move(known)) {
    for (const auto& [label, name] : known_) taken_.insert(name);
}

std::string ElementNames::name(const std::string& label, const std::string& title,
                               const std::string& otherwise) {
    if (const auto found = known_.find(label); found != known_.end()) return found->second;
    const std::string base = studies::name_of_label(title, otherwise);
    std::string name = base;
    for (int number = 2; is_reserved(name) || taken_.contains(name); ++number)
        name = base + "_" + std::to_string(number);
    taken_.insert(name);
    known_.emplace(label, name);
    return name;
}

}  // namespace understudy::formats
