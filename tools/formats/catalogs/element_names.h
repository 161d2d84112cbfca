// Names of elements after what things are called in the outside world: legal, unique, and the same at the next import.
//
// The rule: the letters and digits of a title, anything between them as one '_', of more than 40 the last 40
// (studies::name_of_label); a word of the language or a name that is taken gets '_2', '_3' and so on behind it, in the
// order in which names are asked for. Not thread-safe.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace understudy::formats {

/// Text from outside as a scenario can hold it: no control characters, no space at its ends, no `$(`, at most 400
/// bytes.
std::string clean_text(std::string_view text);
/// The same as part of what a thing is told apart by: where it is cut, a hash of all of it stands behind.
std::string clean_label(std::string_view text);
/// Whether anything is left of it.
bool is_said(std::string_view text);

class ElementNames {
public:
    /// `known`: names that labels have already, kept for them and given to nobody else.
    explicit ElementNames(std::map<std::string, std::string> known = {});
    /// Not given to anybody.
    void take(const std::string& name) { taken_.insert(name); }
    /// The same for the same label. `otherwise` begins the name where `title` has no letter first: "dataset".
    std::string name(const std::string& label, const std::string& title, const std::string& otherwise);

private:
    std::map<std::string, std::string> known_;
    std::set<std::string> taken_;
};

}  // namespace understudy::formats
