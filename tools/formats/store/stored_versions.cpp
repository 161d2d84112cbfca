#include "tools/formats/store/stored_versions.h"

#include <fmt/format.h>

#include <filesystem>

#include "tools/formats/language/fault.h"
#include "tools/formats/store/named_files.h"
#include "tools/formats/store/store.h"
#include "tools/formats/store/store_place.h"

namespace understudy::formats {

StoredText StoredVersions::find(const std::string& name, const std::string& folder) {
    const VersionName which = read_version_name(name);
    if (name.find('@') == std::string::npos)
        throw Fault(0, fmt::format("'{}' names no version of a twin", name),
                    fmt::format("the newest is '{}@latest'", name));
    const auto place = find_store(folder);
    if (!place)
        throw Fault(0, fmt::format("there is no store of twins to take '{}' from", name),
                    "'understudy twin create NAME FILE' makes one");
    const std::lock_guard lock(one_at_a_time_);
    const auto key = std::pair(std::filesystem::absolute(*place).string(), name);
    if (const auto known = found_.find(key); known != found_.end()) return known->second;
    try {
        Store store(*place, Store::Access::reading);
        const Transaction one_state(store.database(), Transaction::Kind::reading);
        const Version version = store.find(which);
        StoredText stored{version_text(version.twin, version.number), store.text_of(version),
                          project_of(*place).string()};
        FileDigests files;
        for (const std::string& file : named_files_that_differ(store, version, files))
            tell_(
                fmt::format("{}: {}, which is not what it was when the version was kept: results may differ",
                            stored.name, file));
        return found_[key] = std::move(stored);
    } catch (const NoSuchVersion& missing) {
        const std::string what = missing.what();
        const std::size_t hint = what.rfind("; ");
        throw Fault(0, what.substr(0, hint), hint == std::string::npos ? "" : what.substr(hint + 2));
    }
}

std::vector<models::KeptVersion> StoredVersions::history(const std::string& name, const std::string& folder) {
    const VersionName which = read_version_name(find(name, folder).name);
    Store store(*find_store(folder), Store::Access::reading);
    std::vector<models::KeptVersion> versions;
    for (const Record& record : store.records(which.twin)) {
        // Those of a twin that was deleted are not those of the one that has its name now.
        if (record.action == "delete") versions.clear();
        if ((record.action != "create" && record.action != "update") || record.version > which.number)
            continue;
        versions.push_back({record.twin, version_text(record.twin, record.version), record.author,
                            record.time, record.reason});
    }
    return versions;
}

}  // namespace understudy::formats
