#include "tools/formats/language/configuration.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string_view>
#include <utility>

#include "tools/formats/language/effective_document.h"
#include "tools/formats/language/keys.h"

namespace understudy::formats {

namespace {

class SettingList {
public:
    using Shown = std::function<std::string(const Place&)>;
    explicit SettingList(Shown shown) : shown_(std::move(shown)) {}

    std::vector<Setting> of(const EffectiveDocument& document) {
        in_place(document.root, "scenario", "");
        // What an instance was given, beside what was made of it.
        for (const Entry& instance : document.instances.entries)
            for (const Entry& parameter : instance.value.entries)
                put(join(instance.key, parameter.key), parameter.value);
        return std::move(settings_);
    }

private:
    static std::string join(const std::string& path, std::string_view key) {
        return path.empty() ? std::string(key) : path + "." + std::string(key);
    }

    void in_place(const Node& map, std::string_view place, const std::string& path) {
        if (!map.is_map()) return;
        // What runs on a pool has no workers of its own, of which anything were so.
        const KeyPlace* const not_its_own = map.find("runs_on") != nullptr ? &place_named("pool") : nullptr;
        for (const Key& key : place_named(place).keys) {
            if (place == "scenario" && (key.name == "understudy" || key.name == "scenario")) continue;
            if (const Entry* entry = map.find(key.name))
                in_key(entry->value, key, path);
            else if (!key.standard.empty() &&
                     (not_its_own == nullptr || not_its_own->find(key.name) == nullptr))
                settings_.push_back({join(path, key.name), std::string(key.standard), ""});
        }
    }

    void in_key(const Node& value, const Key& key, const std::string& path) {
        switch (key.takes) {
            case Takes::map: return in_place(value, key.detail, join(path, key.name));
            case Takes::map_of:
                // Names are the beginning of a path; a pipeline's come before its tasks'.
                for (const Entry& one : value.entries)
                    in_place(one.value, key.detail, join(key.detail == "state" ? "state" : path, one.key));
                return;
            case Takes::list_of:
                for (std::size_t i = 0; i < value.items.size(); ++i)
                    in_place(value.items[i], key.detail, join(join(path, key.name), std::to_string(i)));
                return;
            case Takes::objectives:
            case Takes::measures:
                for (std::size_t i = 0; i < value.items.size(); ++i)
                    put(join(join(path, key.name), std::to_string(i)), value.items[i]);
                return;
            default: break;
        }
        if (key.name == "twin" && value.is_map()) return in_place(value, "twin", "");
        // Tasks have what the defaults of their pipeline say.
        if (key.name != "defaults") put(join(path, key.name), value);
    }

    void put(const std::string& path, const Node& value) {
        settings_.push_back({path, value.is_scalar() ? value.text : write_flow(value), shown_(value.place)});
    }

    Shown shown_;
    std::vector<Setting> settings_;
};

/// The way from the folder to there, wherever both were named from.
std::string from_folder(const std::string& folder, const std::string& where) {
    namespace fs = std::filesystem;
    return fs::absolute(where)
        .lexically_normal()
        .lexically_relative(fs::absolute(folder.empty() ? "." : folder).lexically_normal())
        .generic_string();
}

std::string on_one_line(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return text;
}

}  // namespace

Configuration read_configuration(const std::string& path, const std::vector<std::string>& overrides,
                                 const std::vector<std::string>& changes) {
    EffectiveDocument effective = read_effective_document(path, overrides, changes);
    Configuration result{{}, std::move(effective.reading.diagnostics)};
    const auto shown = [&](const Place& place) { return result.diagnostics.show(place); };
    if (effective.reading.scenario) result.settings = SettingList(shown).of(effective);
    return result;
}

std::vector<studies::ValueOrigin> origins_of(const EffectiveDocument& document) {
    const std::vector<std::string> files = document.reading.diagnostics.files();
    const auto shown = [&](const Place& place) {
        if (place.source == 0) return std::string(of_scenario);
        const std::string where = document.reading.diagnostics.show(place);
        const bool in_file = std::any_of(files.begin(), files.end(), [&](const std::string& file) {
            return where.starts_with(file + ":");
        });
        return in_file ? from_folder(document.folder, where) : where;
    };
    std::vector<studies::ValueOrigin> all;
    for (Setting& setting : SettingList(shown).of(document))
        if (!setting.origin.empty())
            all.push_back({std::move(setting.path), on_one_line(std::move(setting.value)),
                           on_one_line(std::move(setting.origin))});
    return all;
}

}  // namespace understudy::formats
