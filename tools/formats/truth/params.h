// The parameters of a truth case. What is read of them is noted: a parameter that nobody reads changes nothing, so that
// the answer would be another model's. Internal to tools/formats/truth.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace understudy::formats::kinds {

/// A value somewhere in the parameters. Cheap to copy; the JSON must outlive it. Throws std::invalid_argument, with the
/// value's path ("classes[1].lam"), where it is not what is asked for.
class Params {
public:
    using Json = nlohmann::ordered_json;

    explicit Params(const Json& all);

    bool contains(std::string_view key) const;
    /// What there has to be.
    Params at(std::string_view key) const;
    Params at(std::size_t index) const;
    /// Entries of a list.
    std::size_t size() const;
    std::vector<Params> list() const;
    std::vector<std::pair<std::string, Params>> members() const;

    bool is_number() const;
    bool is_text() const;
    bool is_map() const;
    bool is_list() const;
    double number() const;
    /// A number above 0, such as how many come or are done in a unit of time.
    double rate() const;
    long long whole() const;
    std::string text() const;
    /// As it stands there, a text without its quotes: the name of something.
    std::string name() const;
    std::vector<double> numbers() const;
    std::vector<double> rates() const;

    /// Takes it as read, with all that is in it: it means nothing beside the others, such as the work of a class that
    /// never comes.
    void leave() const;
    bool is_read(std::string_view key) const;
    /// The paths of what was not read.
    std::vector<std::string> unread() const;

private:
    struct Notes {
        std::set<const Json*> read, opened;  ///< values that were taken; lists and maps that were looked into
    };
    Params(const Json& value, std::string path, std::shared_ptr<Notes> notes)
        : value_(&value), path_(std::move(path)), notes_(std::move(notes)) {}
    const Json* find(std::string_view key) const;
    void collect(const Json& value, const std::string& path, std::vector<std::string>& unread) const;

    const Json* value_;
    std::string path_;  ///< empty: all
    std::shared_ptr<Notes> notes_;
};

}  // namespace understudy::formats::kinds
