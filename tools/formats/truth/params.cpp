#include "tools/formats/truth/params.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace understudy::formats::kinds {

namespace {

std::string within(const std::string& path, std::string_view key) {
    return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

}  // namespace

Params::Params(const Json& all) : value_(&all), notes_(std::make_shared<Notes>()) {
    if (!all.is_object()) throw std::invalid_argument("'params' is no map");
}

const Params::Json* Params::find(std::string_view key) const {
    if (!value_->is_object()) throw std::invalid_argument(fmt::format("'{}' is no map", path_));
    notes_->opened.insert(value_);
    const auto found = value_->find(key);
    return found == value_->end() ? nullptr : &*found;
}

bool Params::contains(std::string_view key) const { return find(key) != nullptr; }

Params Params::at(std::string_view key) const {
    const Json* found = find(key);
    if (found == nullptr) throw std::invalid_argument(fmt::format("'{}' is missing", within(path_, key)));
    return {*found, within(path_, key), notes_};
}

Params Params::at(std::size_t index) const {
    if (index >= size())
        throw std::invalid_argument(
            fmt::format("'{}' has {} entries, and {} are needed at least", path_, size(), index + 1));
    return {value_->at(index), fmt::format("{}[{}]", path_, index), notes_};
}

std::size_t Params::size() const {
    if (!value_->is_array()) throw std::invalid_argument(fmt::format("'{}' is no list", path_));
    notes_->opened.insert(value_);
    return value_->size();
}

std::vector<Params> Params::list() const {
    std::vector<Params> all;
    for (std::size_t i = 0; i < size(); ++i) all.push_back(at(i));
    return all;
}

std::vector<std::pair<std::string, Params>> Params::members() const {
    if (!value_->is_object()) throw std::invalid_argument(fmt::format("'{}' is no map", path_));
    notes_->opened.insert(value_);
    std::vector<std::pair<std::string, Params>> all;
    for (const auto& [key, value] : value_->items())
        all.emplace_back(key, Params(value, within(path_, key), notes_));
    return all;
}

bool Params::is_number() const { return value_->is_number(); }
bool Params::is_text() const { return value_->is_string(); }
bool Params::is_map() const { return value_->is_object(); }
bool Params::is_list() const { return value_->is_array(); }

double Params::number() const {
    if (!is_number()) throw std::invalid_argument(fmt::format("'{}' is no number", path_));
    notes_->read.insert(value_);
    return value_->get<double>();
}

double Params::rate() const {
    const double value = number();
    if (!(value > 0))
        throw std::invalid_argument(fmt::format("'{}' is {}, and has to be above 0", path_, value));
    return value;
}

long long Params::whole() const {
    const double value = number();
    if (value != std::floor(value) || std::fabs(value) > 1e15)
        throw std::invalid_argument(fmt::format("'{}' is no whole number", path_));
    return static_cast<long long>(value);
}

std::string Params::text() const {
    if (!is_text()) throw std::invalid_argument(fmt::format("'{}' is no text", path_));
    notes_->read.insert(value_);
    return value_->get<std::string>();
}

std::string Params::name() const {
    if (is_text()) return text();
    notes_->read.insert(value_);
    return value_->dump();
}

std::vector<double> Params::numbers() const {
    std::vector<double> all;
    for (const Params& one : list()) all.push_back(one.number());
    return all;
}

std::vector<double> Params::rates() const {
    std::vector<double> all;
    for (const Params& one : list()) all.push_back(one.rate());
    return all;
}

void Params::leave() const { notes_->read.insert(value_); }

bool Params::is_read(std::string_view key) const {
    const Json* found = find(key);
    return found != nullptr && notes_->read.count(found) > 0;
}

void Params::collect(const Json& value, const std::string& path, std::vector<std::string>& unread) const {
    if (notes_->read.count(&value) > 0) return;
    // What nobody looked into has one name, not those of its entries. An empty list says nothing.
    if (!value.is_structured() || (notes_->opened.count(&value) == 0 && !value.empty())) {
        unread.push_back(path);
        return;
    }
    std::size_t index = 0;
    for (const auto& [key, entry] : value.items())
        collect(entry, value.is_array() ? fmt::format("{}[{}]", path, index++) : within(path, key), unread);
}

std::vector<std::string> Params::unread() const {
    std::vector<std::string> all;
    notes_->opened.insert(value_);
    collect(*value_, path_, all);
    return all;
}

}  // namespace understudy::formats::kinds
