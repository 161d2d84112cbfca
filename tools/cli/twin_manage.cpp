// understudy twin tag, delete: names for versions, and the end of a twin.
#include <fmt/format.h>

#include "tools/cli/twin.h"
#include "tools/formats/json/twin_json.h"

namespace understudy::cli {

int twin_tag(const Arguments& arguments) {
    Options options(twin_command_named("tag"));
    options.positional("version", 1, "such as orders@41; without '@': the latest");
    options.positional("tag", 1, "another name for it, such as prod");
    options.add()("remove", "take the tag away instead");
    add_signature_options(options);
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("tag")) throw UsageError("twin tag needs a version and a tag, such as 'orders@41 prod'");
    const formats::VersionName which = version_from(options.get<std::string>("version"));
    const std::string& tag = options.get<std::string>("tag");
    require_tag(tag);
    const formats::Signature signature = signature_from(options);
    formats::Store store(store_folder_from(options), formats::Store::Access::writing);
    if (options.has("remove") && store.is_untagged(which.twin, tag)) {
        if (options.has("json"))
            fmt::print("{}", formats::tags_as_json(store.twin(which.twin)));
        else
            fmt::print("{}@{} has been taken away already\n", which.twin, tag);
        return exit_met;
    }
    const formats::Version version = store.find(
        options.has("remove") ? formats::VersionName{which.twin, formats::VersionName::By::tag, 0, tag}
                              : which);
    const formats::StoredTwin before = store.twin(version.twin);
    const std::string name = formats::version_text(version.twin, version.number);
    std::string done;
    if (options.has("remove")) {
        store.untag(version.twin, tag, signature);
        done = fmt::format("{} is {} no more", version.twin + "@" + tag, name);
    } else if (!store.tag(version, tag, signature)) {
        done = fmt::format("{}@{} is {} already", version.twin, tag, name);
    } else {
        const auto was = before.tags.find(tag);
        done = fmt::format("{}@{} is {} now", version.twin, tag, name);
        if (was != before.tags.end())
            done += fmt::format(", it was {}", formats::version_text(version.twin, was->second));
    }
    if (options.has("json"))
        fmt::print("{}", formats::tags_as_json(store.twin(version.twin)));
    else
        fmt::print("{}\n", done);
    return exit_met;
}

int twin_delete(const Arguments& arguments) {
    Options options(twin_command_named("delete"));
    options.positional("name", 1, "the twin");
    options.add()("yes", "also where it has several versions, or tags");
    add_signature_options(options);
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("name")) throw UsageError("twin delete needs the name of a twin");
    const std::string& name = options.get<std::string>("name");
    require_twin(name);
    const formats::Signature signature = signature_from(options);
    formats::Store store(store_folder_from(options), formats::Store::Access::writing);
    if (store.is_deleted(name)) {
        if (options.has("json"))
            fmt::print("{}", formats::deleted_as_json(name, {}));
        else
            fmt::print("{}: taken away already\n", name);
        return exit_met;
    }
    const formats::StoredTwin twin = store.twin(name);
    if (!options.has("yes") && (twin.versions > 1 || !twin.tags.empty())) {
        std::vector<std::string> tags;
        for (const auto& [tag, number] : twin.tags) tags.push_back(tag);
        throw UsageError(fmt::format(
            "'{}' has {} version{}{}, all of which would go; --yes takes them away", name, twin.versions,
            twin.versions == 1 ? "" : "s",
            tags.empty()
                ? ""
                : fmt::format(" and the tag{} {}", tags.size() == 1 ? "" : "s", fmt::join(tags, ", "))));
    }
    const formats::Deleted deleted = store.remove(name, signature);
    if (options.has("json"))
        fmt::print("{}", formats::deleted_as_json(name, deleted));
    else
        fmt::print("{}: taken away, with {} version{}; what was done to it stays in its history\n", name,
                   deleted.versions, deleted.versions == 1 ? "" : "s");
    return exit_met;
}

}  // namespace understudy::cli
