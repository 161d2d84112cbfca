#include "tools/formats/language/templates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "shipped_templates.h"
#include "tools/formats/language/head.h"
#include "tools/formats/language/map_reader.h"
#include "tools/formats/language/mentions.h"
#include "tools/formats/language/multiplied.h"
#include "tools/formats/language/substitution.h"
#include "tools/formats/language/suggestions.h"
#include "tools/formats/language/text_file.h"
#include "tools/formats/language/tokens.h"
#include "tools/formats/store/store_place.h"

namespace understudy::formats {

namespace {

namespace fs = std::filesystem;

/// More is a mistake: each element is looked for in all others of its template.
constexpr std::size_t most_of_a_template = 200, most_made = 20'000;
constexpr std::string_view element_sections[] = {"types",    "pools",  "budgets",
                                                 "datasets", "stages", "pipelines"};

struct Shipped {
    std::string_view name, text;
};

const std::vector<Shipped>& all_shipped() {
    static const std::vector<Shipped> all = {{"kafka-topic", shipped::kafka_topic_yaml},
                                             {"nightly-batch", shipped::nightly_batch_yaml},
                                             {"rate-limited-api", shipped::rate_limited_api_yaml},
                                             {"warehouse-load", shipped::warehouse_load_yaml}};
    return all;
}

class TemplateReader {
public:
    TemplateReader(const Node& root, Diagnostics& out) : root_(root), out_(out), reading_(out) {}

    std::optional<Template> read() {
        if (!check_head(root_, "template", out_)) return std::nullopt;
        MapReader map(reading_, root_, "template", root_.place);
        map.name("template", made_.name);
        map.text("description", made_.description);
        if (const Node* parameters = map.find("parameters")) read_parameters(*parameters);
        if (const Node* twin = map.find("twin")) read_twin(*twin);
        return std::move(made_);
    }

private:
    void read_parameters(const Node& node) {
        if (!node.is_map()) {
            reading_.error(node, fmt::format("'parameters' takes a map, not {}", shown(node)),
                           "such as '{partitions: 12}'");
            return;
        }
        for (const Entry& entry : node.entries) {
            if (!require_declared_name(reading_.out, entry.key, entry.place)) continue;
            if (entry.key == "template") {
                out_.error(entry.place, "an instance says by 'template' what it is of",
                           "give the parameter another name");
                continue;
            }
            TemplateParameter parameter{entry.key, "", std::nullopt};
            if (entry.value.is_map()) {
                MapReader map(reading_, entry.value, "template_parameter", entry.place);
                map.text("description", parameter.description);
                if (const Node* value = map.scalar("default")) parameter.value = *value;
            } else if (require_scalar(reading_, entry.value, entry.key, "12")) {
                parameter.value = entry.value;
            }
            made_.parameters.push_back(std::move(parameter));
        }
        check_defaults();
    }

    /// A default may name what is declared before it.
    void check_defaults() {
        const auto& all = made_.parameters;
        for (std::size_t i = 0; i < all.size(); ++i)
            for (std::size_t j = i; j < all.size() && all[i].value; ++j)
                if (all[i].value->text.find("$(" + all[j].name + ")") != std::string::npos)
                    out_.error(all[i].value->place,
                               i == j ? fmt::format("the default of '{}' names itself", all[i].name)
                                      : fmt::format("the default of '{}' names '{}', which comes after it",
                                                    all[i].name, all[j].name),
                               i == j ? "write a value" : fmt::format("declare '{}' before it", all[j].name));
    }

    void read_twin(const Node& twin) {
        if (!twin.is_map()) {
            reading_.error(twin, fmt::format("the twin of a template is a map, not {}", shown(twin)),
                           "such as 'twin: {stages: {...}}'");
            return;
        }
        std::size_t elements = 0;
        for (const Entry& section : twin.entries) {
            const bool known = section.key == "instances" ||
                               std::find(std::begin(element_sections), std::end(element_sections),
                                         section.key) != std::end(element_sections);
            if (!known)
                out_.error(section.place, fmt::format("a template has no '{}'", section.key),
                           fmt::format("it has {} and instances", fmt::join(element_sections, ", ")));
            else if (!section.value.is_map())
                out_.error(section.value.place,
                           fmt::format("'{}' takes a map, not {}", section.key, shown(section.value)),
                           "each by its name");
            else
                elements += section.value.entries.size();
        }
        if (elements > most_of_a_template)
            out_.error(twin.place, fmt::format("{} elements in a template", elements),
                       fmt::format("at most {}: make several of it", most_of_a_template));
        made_.twin = twin;
    }

    const Node& root_;
    Diagnostics& out_;
    Reading reading_;
    Template made_;
};

/// The streams that a stage or task is said to write.
void add_written(const Node& element, std::set<std::string>& names) {
    if (!element.is_map()) return;
    for (const std::string_view key : {"writes", "dead_letter"}) {
        const Entry* entry = element.find(key);
        if (entry == nullptr) continue;
        const auto add = [&](const std::string& name) {
            if (is_name(name) && name != "exit") names.insert(name);
        };
        if (entry->value.is_scalar()) add(entry->value.text);
        for (const Node& item : entry->value.items)
            if (item.is_scalar()) add(item.text);
        for (const Entry& one : entry->value.entries) add(one.key);
    }
}

/// What belongs to an instance: its elements, and what they write.
std::set<std::string> own_names(const Node& twin) {
    std::set<std::string> names;
    for (const Entry& section : twin.entries)
        for (const Entry& element : section.value.entries) {
            names.insert(element.key);
            add_written(element.value, names);
            const Entry* tasks = element.value.is_map() ? element.value.find("tasks") : nullptr;
            if (tasks != nullptr && tasks->value.is_map())
                for (const Entry& task : tasks->value.entries) add_written(task.value, names);
        }
    return names;
}

void add_tag(Node& element, const std::string& tag) {
    if (!element.is_map()) return;  // told by who reads it
    Entry* tags = element.find("tags");
    if (tags == nullptr) return element.add("tags", Node::texts({tag}));
    if (tags->value.is_scalar()) {
        Node one = std::move(tags->value);
        tags->value = Node::list({std::move(one)});
        tags->value.place = tags->value.items.front().place;
    }
    const std::vector<Node>& known = tags->value.items;
    if (std::none_of(known.begin(), known.end(), [&](const Node& one) { return one.text == tag; }))
        tags->value.items.push_back(Node::scalar(tag));
}

/// Nothing where the twin has none.
std::optional<TakenInstances> take_instances_of(Node& twin, const std::string& folder) {
    Entry* entry = twin.is_map() ? twin.find("instances") : nullptr;
    if (entry == nullptr) return std::nullopt;
    TakenInstances taken{std::move(entry->value), folder};
    std::erase_if(twin.entries, [](const Entry& one) { return one.key == "instances"; });
    return taken;
}

/// The names in `$(NAME)`.
std::vector<std::string> parameters_in(const std::string& text) {
    std::vector<std::string> names;
    for (std::size_t start = text.find("$("); start != std::string::npos; start = text.find("$(", start + 2))
        if (const std::size_t end = text.find(')', start); end != std::string::npos)
            names.push_back(text.substr(start + 2, end - start - 2));
    return names;
}

/// Above it nothing of a project is looked for.
fs::path home() {
    const char* const named = std::getenv("HOME");
    return named == nullptr || *named == '\0' ? fs::path() : fs::path(named).lexically_normal();
}

}  // namespace

class InstanceMaker::Instances {
public:
    Instances(std::vector<InstanceSetting>& settings, Diagnostics& out, bool tagged)
        : settings_(settings), out_(out), tagged_(tagged), reading_(out) {}

    const Node& made() const { return all_made_; }

    /// `folder`: of the file that has them.
    void make(Node& twin, const Node& instances, const std::string& folder) {
        if (!instances.is_map()) {
            reading_.error(instances, fmt::format("'instances' takes a map, not {}", shown(instances)),
                           "such as '{orders: {template: kafka-topic, source: order_events}}'");
            return;
        }
        for (const Entry& instance : instances.entries) make_one(twin, instance, folder);
    }

private:
    using Values = std::map<std::string, Node>;

    struct Known {
        std::optional<Template> made;  ///< nothing: it is wrong, which has been told
        std::string folder;
    };

    void make_one(Node& twin, const Entry& instance, const std::string& folder) {
        if (!count(1, instance.place)) return;
        if (!require_declared_name(reading_.out, instance.key, instance.place)) return;
        const Entry* named = instance.value.is_map() ? instance.value.find("template") : nullptr;
        if (named == nullptr || !named->value.is_scalar()) {
            out_.error(instance.place,
                       fmt::format("'{}' does not say of what it is an instance", instance.key),
                       fmt::format("such as '{}: {{template: kafka-topic, ...}}'", instance.key));
            return;
        }
        const Known* known = find(named->value, folder);
        if (known == nullptr || !known->made) return;
        if (std::find(on_the_way_.begin(), on_the_way_.end(), known) != on_the_way_.end()) {
            out_.error(named->value.place,
                       fmt::format("template '{}' has an instance of itself", named->value.text),
                       "leave one of them out");
            return;
        }
        const std::string in_full = within_ + instance.key;
        auto values = values_of(*known->made, instance, in_full);
        if (!values) return;
        note_made(in_full, named->value, *known->made, *values);
        Node part = Node::map();
        part.add("twin", known->made->twin);
        Node& own = part.entries.front().value;
        if (const auto inner = take_instances_of(own, known->folder)) {
            on_the_way_.push_back(known);
            Values whole;
            for (const auto& [parameter, value] : *values) whole.emplace(parameter, settled(value));
            std::string around = std::exchange(within_, in_full + "/");
            const Values* const outer = std::exchange(given_, &whole);
            make(own, inner->instances, inner->folder);
            given_ = outer;
            within_ = std::move(around);
            on_the_way_.pop_back();
        }
        const std::set<std::string> names = own_names(own);
        if (names.size() > most_of_a_template) {
            out_.error(instance.place,
                       fmt::format("'{}' would make {} elements and streams", instance.key, names.size()),
                       fmt::format("at most {} by one instance; take several", most_of_a_template));
            return;
        }
        for (const std::string& name : names) {
            rename_mentions(part, name, instance.key + "/" + name);
            for (Entry& section : own.entries)
                if (Entry* element = section.value.find(name)) element->key = instance.key + "/" + name;
        }
        substitute_values(part, *values, out_);
        if (tagged_)
            for (Entry& section : own.entries)
                for (Entry& element : section.value.entries)
                    add_tag(element.value, "template:" + named->value.text);
        for (Entry& section : own.entries) take(twin, section, instance.place);
    }

    void take(Node& twin, Entry& section, Place place) {
        Entry* ours = twin.find(section.key);
        if (ours == nullptr) {
            twin.entries.push_back({section.key, place, Node::map()});
            twin.entries.back().value.place = place;
            ours = &twin.entries.back();
        }
        if (!ours->value.is_map()) return;  // told by who reads it
        if (!count(section.value.entries.size(), place)) return;
        for (Entry& element : section.value.entries) ours->value.entries.push_back(std::move(element));
    }

    /// False: there are too many, which has been told.
    bool count(std::size_t more, Place place) {
        const bool were_too_many = made_ > most_made;
        made_ += more;
        if (!were_too_many && made_ > most_made)
            out_.error(place, fmt::format("instances make more than {} elements", most_made),
                       "leave some of them out, or put them into several scenarios");
        return made_ <= most_made;
    }

    /// With the values of the instance in whose template it stands.
    Node settled(Node value) const {
        Diagnostics told_elsewhere;
        if (given_ != nullptr) substitute_values(value, *given_, told_elsewhere);
        return value;
    }

    void note_made(const std::string& name, const Node& of, const Template& made, const Values& values) {
        Node row = Node::map();
        row.add("template", of);
        for (const TemplateParameter& parameter : made.parameters)
            row.add(parameter.name, settled(values.at(parameter.name)));
        all_made_.add(name, std::move(row));
    }

    /// False where some of it is wrong, which has been told; the parameter then stays as it was.
    bool set_from_outside(const std::string& path, const std::string& parameter, Values& values) {
        bool right = true;
        for (InstanceSetting& setting : settings_) {
            if (setting.path != path) continue;
            setting.used = true;
            if (!setting.override.empty()) {
                auto read = read_override(setting.override, out_);
                if (!read) return false;
                setting.value = std::move(read->value);
                setting.where = read->where;
            }
            if (!require_scalar(reading_, setting.value, parameter, "12")) {
                right = false;
                continue;
            }
            const auto factor = factor_in(setting.value.text);
            const auto before = values.find(parameter);
            if (!factor || before == values.end()) {
                values.insert_or_assign(parameter, setting.value);
                continue;
            }
            const Node now = settled(before->second);
            const auto text = multiplied_text(now.text, *factor);
            if (!text) {
                out_.error(setting.where,
                           fmt::format("'{}' is '{}', of which there is no multiple", path, now.text),
                           "write the value that it is to have");
                right = false;
                continue;
            }
            before->second.text = *text;
            before->second.exact = false;
            before->second.quoted = false;
            before->second.place = setting.value.place;
        }
        return right;
    }

    /// Of each parameter, as the instance gives it; nothing where that is wrong. `name`: of the instance, with those around
    /// it.
    std::optional<Values> values_of(const Template& made, const Entry& instance, const std::string& name) {
        Values values;
        std::vector<std::string> names;
        bool right = true;
        for (const TemplateParameter& parameter : made.parameters) {
            names.push_back(parameter.name);
            const Entry* given = instance.value.find(parameter.name);
            if (given != nullptr) {
                if (require_scalar(reading_, given->value, parameter.name, "12"))
                    values.emplace(parameter.name, given->value);
                else
                    right = false;
            } else if (parameter.value) {
                Node value = *parameter.value;
                if (!parameters_in(value.text).empty()) name_earlier(value, made, values);
                values.emplace(parameter.name, std::move(value));
            }
            const bool understood = set_from_outside(name + "." + parameter.name, parameter.name, values);
            if (values.contains(parameter.name)) continue;
            right = false;
            if (given == nullptr && understood) {
                out_.error(instance.place,
                           fmt::format("'{}' lacks '{}', for which template '{}' has no default",
                                       instance.key, parameter.name, made.name),
                           parameter.description.empty() ? fmt::format("such as '{}: ...'", parameter.name)
                                                         : "it is: " + parameter.description);
            }
        }
        for (const Entry& entry : instance.value.entries) {
            if (entry.key == "template" || std::find(names.begin(), names.end(), entry.key) != names.end())
                continue;
            const std::string hint = did_you_mean(entry.key, names);
            out_.error(entry.place, fmt::format("template '{}' has no parameter '{}'", made.name, entry.key),
                       !hint.empty()   ? hint
                       : names.empty() ? "it has none"
                                       : fmt::format("it has {}", fmt::join(names, ", ")));
            right = false;
        }
        return right ? std::optional(std::move(values)) : std::nullopt;
    }

    /// Parameters before it have their values in a default; others are of the scenario.
    void name_earlier(Node& value, const Template& made, const Values& values) {
        for (const std::string& name : parameters_in(value.text))
            if (std::any_of(made.parameters.begin(), made.parameters.end(),
                            [&](const TemplateParameter& one) { return one.name == name; }))
                return substitute_values(value, values, out_);
    }

    /// Reads a template's file once, however many instances it has.
    const Known* find(const Node& named, const std::string& folder) {
        const std::string& name = named.text;
        const bool is_path = name.ends_with(".yaml") || name.ends_with(".yml");
        const fs::path from = folder == "." ? "" : folder;
        std::string path =
            (is_path ? from / name : from / "templates" / (name + ".yaml")).lexically_normal().string();
        std::error_code unknown;
        if (!is_path)
            for (const fs::path near : template_folders(folder))
                if (fs::exists(near / (name + ".yaml"), unknown)) {
                    path = (near / (name + ".yaml")).lexically_normal().string();
                    break;
                }
        if (const auto known = known_.find(path); known != known_.end()) return &known->second;
        if (const auto known = known_.find(name); known != known_.end()) return &known->second;
        std::string text;
        if (is_path || fs::exists(path, unknown)) {
            if (const auto problem = read_text_file(path, text)) {
                out_.add_file(path, "");
                reading_.error(named, fmt::format("'{}': {}", name, problem->what),
                               "the path is relative to the file that names it");
                return nullptr;
            }
            const std::string of = fs::path(path).parent_path().string();
            return &known_.emplace(path, Known{read(text, out_.add_file(path, text)), of.empty() ? "." : of})
                        .first->second;
        }
        const std::string_view shipped = shipped_template(name);
        if (shipped.empty()) {
            out_.add_file(path, "");
            const std::string hint = did_you_mean(name, shipped_templates());
            reading_.error(
                named, fmt::format("there is no template '{}'", name),
                hint.empty() ? fmt::format("shipped are {}; one of yours is {}, or a path that ends in .yaml",
                                           fmt::join(shipped_templates(), ", "), path)
                             : hint);
            return nullptr;
        }
        return &known_
                    .emplace(
                        name,
                        Known{read(std::string(shipped), out_.add_text("template " + name, shipped)), "."})
                    .first->second;
    }

    std::optional<Template> read(const std::string& text, int source) {
        return read_template(text, out_, source);
    }

    std::vector<InstanceSetting>& settings_;
    Diagnostics& out_;
    bool tagged_;
    Reading reading_;
    Node all_made_ = Node::map();
    std::string within_;             ///< names of the instances around, each with its `/`
    const Values* given_ = nullptr;  ///< those of the instance around
    std::map<std::string, Known> known_;
    std::vector<const Known*> on_the_way_;  ///< templates whose instances are being made
    std::size_t made_ = 0;
};

std::optional<Template> read_template(std::string_view text, Diagnostics& out, int source) {
    const std::size_t before = out.errors();
    const Node root = read_document(text, out, source);
    if (out.errors() > before) return std::nullopt;
    auto made = TemplateReader(root, out).read();
    if (out.errors() > before) return std::nullopt;
    return made;
}

std::vector<std::string> shipped_templates() {
    std::vector<std::string> names;
    for (const Shipped& one : all_shipped()) names.emplace_back(one.name);
    return names;
}

std::string_view shipped_template(std::string_view name) {
    for (const Shipped& one : all_shipped())
        if (one.name == name) return one.text;
    return {};
}

std::vector<std::string> template_folders(const std::string& folder) {
    std::error_code none;
    const fs::path nearest = folder == "." ? fs::path() : fs::path(folder);
    const fs::path whole = fs::absolute(nearest.empty() ? fs::path(".") : nearest, none).lexically_normal();
    if (none) return {};
    std::vector<std::string> found;
    fs::path shown = nearest, here = whole.has_filename() ? whole : whole.parent_path();
    while (here.has_relative_path()) {
        if (fs::is_directory(here / "templates", none))
            found.push_back((shown / "templates").lexically_normal().string());
        if (fs::exists(here / store_folder, none)) return found;
        if (here == home()) break;
        here = here.parent_path();
        shown /= "..";
    }
    // No store says where the project ends.
    found.resize(std::min<std::size_t>(found.size(), 1));
    return found;
}

std::map<std::string, std::string> template_files(const std::string& folder) {
    std::map<std::string, std::string> files;
    std::error_code none;
    for (const fs::path near : template_folders(folder))
        for (const fs::directory_entry& entry : fs::directory_iterator(near, none))
            if (entry.path().extension() == ".yaml" && entry.is_regular_file(none))
                files.emplace(entry.path().stem().string(),
                              (near / entry.path().filename()).lexically_normal().string());
    return files;
}

std::optional<TakenInstances> take_instances(Node& root, const std::string& folder) {
    Entry* twin = root.is_map() ? root.find("twin") : nullptr;
    return twin == nullptr ? std::nullopt : take_instances_of(twin->value, folder);
}

InstanceMaker::InstanceMaker(std::vector<InstanceSetting>& settings, Diagnostics& out, bool tagged)
    : instances_(std::make_unique<Instances>(settings, out, tagged)) {}

InstanceMaker::~InstanceMaker() = default;

void InstanceMaker::make(Node& root, const TakenInstances& taken) {
    if (Entry* twin = root.find("twin")) instances_->make(twin->value, taken.instances, taken.folder);
}

Node InstanceMaker::made() const { return instances_->made(); }

bool may_set_parameter(const Node& made, const std::string& path) {
    const std::size_t dot = path.rfind('.');
    return dot != std::string::npos && made.find(path.substr(0, dot)) != nullptr;
}

}  // namespace understudy::formats
