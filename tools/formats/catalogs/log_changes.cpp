#include "tools/formats/catalogs/log_changes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "tools/formats/catalogs/twin_elements.h"
#include "tools/formats/language/mentions.h"
#include "tools/studies/batch_twin.h"

namespace understudy::formats {

namespace {

struct LogSection {
    std::string_view name, as;
    std::vector<std::string_view> keys = {};  ///< that an import writes, and removes where there is nothing
};

/// Who is named before who names.
const std::vector<LogSection>& log_sections() {
    static const std::vector<LogSection> all = {
        {"profiles", "profile"},
        {"types", "type"},
        {"pools", "pool"},
        {"budgets", "budget"},
        {"datasets", "dataset"},
        {"stages", "stage", {"runs_on", "workers", "service", "expected"}},
        {"load", "load", {"profile"}}};
    return all;
}

Node& changeable(Node& document, std::string_view section) {
    return const_cast<Node&>(section_of(document, section));  // the document is ours to edit
}

/// A new name, wherever the element, profile or stream stands.
void call(Node& document, const std::string& from, const std::string& to) {
    for (const Named named : {Named::element, Named::profile}) rename_mentions(document, from, to, named);
    for (const LogSection& section : log_sections())
        if (Entry* element = changeable(document, section.name).find(from)) element->key = to;
}

std::string next_name(const std::string& name) {
    std::size_t digits = name.size();
    while (digits > 0 && std::isdigit(static_cast<unsigned char>(name[digits - 1])) != 0) --digits;
    if (digits == 0 || digits == name.size() || name[digits - 1] != '_' || name.size() - digits > 9)
        return name + "_2";
    return name.substr(0, digits) + std::to_string(std::stol(name.substr(digits)) + 1);
}

std::set<std::string> skills_of(const Node& type) {
    const std::vector<std::string> skills = names_listed(type.is_map() ? type.find("skills") : nullptr);
    return {skills.begin(), skills.end()};
}

/// What both can do, of all that either can.
double likeness(const Node& one, const Node& other) {
    const std::set<std::string> a = skills_of(one), b = skills_of(other);
    std::vector<std::string> both;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    const std::size_t all = a.size() + b.size() - both.size();
    return all == 0 ? 1 : static_cast<double>(both.size()) / static_cast<double>(all);
}

/// Names of today, each with what it was called first.
const Entry* renamed_in(const Node& document) {
    const Entry* twin = document.is_map() ? document.find("twin") : nullptr;
    return twin != nullptr && twin->value.is_map() ? twin->value.find("renamed") : nullptr;
}

std::string first_name(const Node& document, const std::string& name) {
    const Entry* renamed = renamed_in(document);
    const Entry* found = renamed != nullptr ? renamed->value.find(name) : nullptr;
    return found != nullptr ? found->value.text : name;
}

/// This log's twin, with the names that the earlier one has for the same.
class NamesOfEarlier {
public:
    NamesOfEarlier(const Node& earlier, Node& now, const std::string& tag)
        : earlier_(earlier), now_(now), tag_(tag) {
        if (const Entry* renamed = renamed_in(earlier))
            for (const Entry& name : renamed->value.entries) by_first_name_[name.value.text] = name.key;
    }

    void take() {
        for (const std::string_view section : {"profiles", "pools", "stages", "load"}) match(section);
        match_types();
        find_other_names();
        // By way of names that nothing has: two may have each other's.
        std::vector<std::pair<std::string, std::string>> steps;
        for (const auto& [from, to] : names_) {
            if (from == to) continue;
            const std::string between = fmt::format("another_name_{}_of_{}", steps.size(), from);
            call(now_, from, between);
            steps.emplace_back(between, to);
        }
        for (const auto& [from, to] : steps) call(now_, from, to);
    }

private:
    void pair(const Entry& now, const Entry& earlier) {
        names_[now.key] = earlier.key;
        taken_.insert(earlier.key);
    }

    void match(std::string_view name) {
        const Node &before = section_of(earlier_, name), &now = section_of(now_, name);
        const auto find = [&](auto&& is_same) {
            for (const Entry& one : now.entries)
                if (!names_.contains(one.key))
                    for (const Entry& old : before.entries)
                        if (!taken_.contains(old.key) && is_same(one, old)) {
                            pair(one, old);
                            break;
                        }
        };
        find([](const Entry& one, const Entry& old) {
            return !label_of(one.value).empty() && label_of(one.value) == label_of(old.value);
        });
        find([&](const Entry& one, const Entry& old) {
            const auto found = by_first_name_.find(one.key);
            return found != by_first_name_.end() && found->second == old.key;
        });
        // Profiles have no tags.
        find([&](const Entry& one, const Entry& old) {
            return one.key == old.key && (name == "profiles" || has_tag(old.value, {tag_}));
        });
    }

    /// Of the pools that are the same; where people gave one a number alone, those that no other pool has.
    void match_types() {
        const Node &before = section_of(earlier_, "types"), &now = section_of(now_, "types");
        std::set<std::string> of_other_pools;
        for (const Entry& pool : section_of(earlier_, "pools").entries)
            if (!taken_.contains(pool.key))
                for (const std::string& type : names_listed(pool.value.find("workers")))
                    of_other_pools.insert(type);
        for (const Entry& pool : section_of(now_, "pools").entries) {
            const auto known = names_.find(pool.key);
            if (known == names_.end()) continue;
            const Entry* old_pool = section_of(earlier_, "pools").find(known->second);
            const std::vector<std::string> theirs = names_listed(old_pool->value.find("workers"));
            using Likeness = std::tuple<double, bool, std::size_t, std::size_t>;  // the last two counted down
            std::vector<Likeness> all;
            for (const std::string& name : names_listed(pool.value.find("workers")))
                for (const Entry& old : before.entries) {
                    const Entry* type = now.find(name);
                    if (type == nullptr || taken_.contains(old.key) || of_other_pools.contains(old.key) ||
                        (before.find(theirs.empty() ? "" : theirs.front()) != nullptr &&
                         std::find(theirs.begin(), theirs.end(), old.key) == theirs.end()))
                        continue;
                    const double alike = likeness(type->value, old.value);
                    if (alike >= 0.5)
                        all.emplace_back(
                            alike, name == old.key,
                            now.entries.size() - static_cast<std::size_t>(type - now.entries.data()),
                            before.entries.size() - static_cast<std::size_t>(&old - before.entries.data()));
                }
            std::sort(all.rbegin(), all.rend());
            for (const auto& [alike, same_name, from_end, old_from_end] : all) {
                const Entry& type = now.entries[now.entries.size() - from_end];
                const Entry& old = before.entries[before.entries.size() - old_from_end];
                if (!names_.contains(type.key) && !taken_.contains(old.key)) pair(type, old);
            }
        }
    }

    /// Of what is new, and of streams that somebody called otherwise.
    void find_other_names() {
        std::vector<std::string> others;
        std::set<std::string> used;
        for (const LogSection& section : log_sections())
            for (const Entry& element : section_of(now_, section.name).entries)
                if (!names_.contains(element.key)) {
                    if (is_in_earlier(element.key))
                        others.push_back(element.key);
                    else
                        used.insert(names_[element.key] = element.key);
                }
        for (const std::string& own : others) {
            std::string name = own;
            while (is_in_earlier(name) || used.contains(name)) name = next_name(name);
            used.insert(names_[own] = name);
        }
        for (const auto& [first, name] : by_first_name_)
            if (!names_.contains(first) && !is_in_earlier(name)) names_[first] = name;
    }

    bool is_in_earlier(const std::string& name) const {
        return std::any_of(log_sections().begin(), log_sections().end(), [&](const LogSection& section) {
            return section_of(earlier_, section.name).find(name) != nullptr;
        });
    }

    const Node& earlier_;
    Node& now_;
    const std::string& tag_;
    std::map<std::string, std::string> by_first_name_;  ///< names of today
    std::map<std::string, std::string> names_;          ///< by those of this log's twin
    std::set<std::string> taken_;                       ///< of the earlier twin
};

class LogComparison {
public:
    LogComparison(const Node& earlier, Node now, const std::string& tag)
        : earlier_(earlier), now_(std::move(now)), tag_(tag) {
        NamesOfEarlier(earlier_, now_, tag_).take();
    }

    TwinUpdate compare() {
        for (const LogSection& section : log_sections())
            for (const Entry& element : section_of(now_, section.name).entries)
                if (section_of(earlier_, section.name).find(element.key) == nullptr) {
                    edit({{"add", Node::scalar(element.key)},
                          {"as", Node::scalar(std::string(section.as))},
                          {"value", element.value}});
                    ++update_.added;
                }
        for (const LogSection& section : log_sections())
            for (const Entry& element : section_of(now_, section.name).entries)
                if (const Entry* old = section_of(earlier_, section.name).find(element.key);
                    old != nullptr && old->value.is_map())
                    set_keys(section, *old, element);
        remove_what_is_gone();
        return std::move(update_);
    }

private:
    void edit(std::initializer_list<std::pair<const char*, Node>> entries) {
        Node map = Node::map();
        for (const auto& [key, value] : entries) map.add(key, value);
        update_.edits.push_back(std::move(map));
    }

    void set_keys(const LogSection& section, const Entry& old, const Entry& now) {
        for (const std::string_view key : section.keys)
            if (old.value.find(key) != nullptr && now.value.find(key) == nullptr) {
                edit({{"remove", Node::scalar(fmt::format("{}.{}", old.key, key))}});
                ++update_.removed;
            }
        for (const Entry& key : now.value.entries) {
            const Entry* before = old.value.find(key.key);
            if (before != nullptr && (same_value(before->value, key.value) || key.key == "tags" ||
                                      (key.key == "skills" && skills_of(old.value) == skills_of(now.value))))
                continue;
            edit({{"set", Node::scalar(now.key + "." + key.key)}, {"to", key.value}});
            ++update_.set;
        }
    }

    /// Profiles have no tags: is it the one that an import makes, and gave to its loads?
    bool is_profile_of_log(const std::string& name) const {
        const auto& loads = section_of(earlier_, "load").entries;
        return first_name(earlier_, name) == studies::profile_of_batch_twin &&
               std::any_of(loads.begin(), loads.end(), [&](const Entry& load) {
                   const Entry* profile = load.value.is_map() ? load.value.find("profile") : nullptr;
                   return has_tag(load.value, {tag_}) && profile != nullptr && profile->value.text == name;
               });
    }

    void remove_what_is_gone() {
        std::set<std::string> types;  // of pools of such a log
        for (const Entry& pool : section_of(earlier_, "pools").entries)
            if (has_tag(pool.value, {tag_}))
                for (const std::string& type : names_listed(pool.value.find("workers"))) types.insert(type);
        std::vector<std::string> gone, others;
        for (auto section = log_sections().rbegin(); section != log_sections().rend(); ++section)
            for (const Entry& element : section_of(earlier_, section->name).entries)
                if (section_of(now_, section->name).find(element.key) == nullptr)
                    (has_tag(element.value, {tag_}) ||
                             (section->name == "types" && types.contains(element.key)) ||
                             (section->name == "profiles" && is_profile_of_log(element.key))
                         ? gone
                         : others)
                        .push_back(element.key);
        note_those_that_stay(update_, others, "not of such a log");
        Node twin = earlier_;
        if (const std::string problem = make_edits(twin, update_.edits); !problem.empty())
            throw std::invalid_argument(problem);
        // Who names another one of them goes before it.
        std::string problem;
        for (bool more = true; more;) {
            more = false;
            std::erase_if(gone, [&](const std::string& name) {
                Node removal = Node::map();
                removal.add("remove", Node::scalar(name));
                if (!make_edits(twin, {removal}).empty()) return false;
                update_.edits.push_back(removal);
                ++update_.removed;
                more = true;
                return true;
            });
        }
        for (const std::string& name : gone) {
            Node removal = Node::map();
            removal.add("remove", Node::scalar(name));
            update_.notes.push_back(fmt::format("{} is gone from what was read and stays: {}", name,
                                                make_edits(twin, {removal})));
        }
        say_what_goes_with_types(twin);
    }

    /// What people said of somebody who is not there any more.
    void say_what_goes_with_types(const Node& twin) {
        for (const Entry& type : section_of(earlier_, "types").entries) {
            if (section_of(twin, "types").find(type.key) != nullptr || !type.value.is_map()) continue;
            std::vector<std::string> lost;
            for (const Entry& key : type.value.entries)
                if (key.key != "skills")
                    lost.push_back(fmt::format("{}: {}", key.key, write_flow(key.value)));
            if (!lost.empty())
                update_.notes.push_back(
                    fmt::format("{}, who could do {}, is gone from what was read, and with it {}", type.key,
                                fmt::join(skills_of(type.value), ", "), fmt::join(lost, ", ")));
        }
    }

    const Node& earlier_;
    Node now_;
    const std::string& tag_;
    TwinUpdate update_;
};

}  // namespace

TwinUpdate update_of_log(const Node& earlier, const Node& now, const std::string& tag) {
    return LogComparison(earlier, now, tag).compare();
}

}  // namespace understudy::formats
