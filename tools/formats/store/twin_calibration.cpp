#include "tools/formats/store/twin_calibration.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/document.h"
#include "tools/formats/language/document_names.h"
#include "tools/formats/language/fault.h"
#include "tools/formats/language/stored_twins.h"
#include "tools/formats/language/text_file.h"
#include "tools/formats/language/uncertainty.h"
#include "tools/formats/store/store_place.h"

namespace understudy::formats {

namespace {

/// The versions that a version was made from, and itself; the last first.
std::vector<Version> lineage_of(Store& store, const Version& version) {
    std::vector<Version> history, lineage;
    for (std::int64_t number = 1; number <= version.number; ++number) {
        try {
            history.push_back(store.find({version.twin, VersionName::By::number, number, std::string()}));
        } catch (const NoSuchVersion&) {
            // of a twin of this name that was deleted
        }
    }
    for (auto at = history.rbegin(); at != history.rend(); ++at) {
        const auto same = std::find_if(history.begin(), history.end(),
                                       [&](const Version& one) { return one.sha256 == at->sha256; });
        // What it was taken back to: go on from there.
        if (same->number != at->number) at = std::prev(std::make_reverse_iterator(same));
        lineage.push_back(*at);
    }
    return lineage;
}

/// What things of a version's text are called in that of the next one.
studies::Counterparts names_since(const std::string& before, const std::string& now) {
    const auto renames = [](const std::string& text) { return text.find("renamed") != std::string::npos; };
    // Most are alike, as of a sync.
    if (!renames(before) && !renames(now))
        return {studies::Counterparts::Names{}, studies::Counterparts::Names{}};
    Diagnostics unseen;
    return counterparts_of(read_document(before, unseen), read_document(now, unseen));
}

/// The version that a scenario is, or takes its twin from; nothing is called where there is none.
template <class Use>
void with_stored_version(const std::string& path, Use use) {
    const std::filesystem::path file(path);
    std::string name = file.filename().string();
    if (!names_stored_version(path)) {
        std::string text;
        if (read_text_file(path, text)) return;
        Diagnostics unseen(path, text);
        const Node root = read_document(text, unseen, 0);
        const Entry* twin = root.is_map() ? root.find("twin") : nullptr;
        if (twin == nullptr || !twin->value.is_scalar()) return;
        name = twin->value.text;
    }
    const auto place = find_store(file.has_parent_path() ? file.parent_path() : ".");
    if (!place) return;
    try {
        Store store(*place, Store::Access::reading);
        const Transaction one_state(store.database(), Transaction::Kind::reading);
        use(store, store.find(read_version_name(name)));
    } catch (const NoSuchVersion&) {
        // which is told where it is read
    } catch (const Fault&) {
    }
}

}  // namespace

std::vector<studies::CalibrationError> calibration_in(const std::string& change_text,
                                                      const std::string& where) {
    Diagnostics unseen(where, change_text);
    const auto change = read_change(change_text, unseen, 0);
    if (!change) return {};
    std::vector<studies::CalibrationError> errors = change->validation;
    for (studies::CalibrationError& one : errors)
        one.source = where.empty() ? change->name : change->name + " of " + where;
    return errors;
}

std::vector<studies::CalibrationError> calibration_of(Store& store, const Version& version) {
    for (const Version& at : lineage_of(store, version)) {
        const std::string change = store.change_of(at);
        if (change.empty()) continue;
        auto errors = calibration_in(change, version_text(at.twin, at.number));
        if (!errors.empty()) return errors;
    }
    return {};
}

std::vector<studies::CalibrationError> calibration_of_scenario(const std::string& path) {
    std::vector<studies::CalibrationError> errors;
    with_stored_version(
        path, [&](Store& store, const Version& version) { errors = calibration_of(store, version); });
    return errors;
}

std::vector<studies::UncertainInput> uncertainty_of_scenario(const std::string& path) {
    std::vector<studies::UncertainInput> inputs;
    with_stored_version(path, [&](Store& store, const Version& version) {
        std::vector<Version> lineage = lineage_of(store, version);
        std::reverse(lineage.begin(), lineage.end());
        const Version* before = nullptr;
        for (const Version& at : lineage) {
            if (const std::string text = store.change_of(at); !text.empty()) {
                Diagnostics unseen("", text);
                if (auto change = read_change(text, unseen, 0)) {
                    put_uncertain(std::move(change->uncertain), inputs);
                    follow_renames(renames_in(change->edits), inputs);
                }
            } else if (before != nullptr && !inputs.empty()) {
                // Made of a file: what has another name in it says so itself.
                follow_renames(names_since(store.text_of(*before), store.text_of(at)), inputs);
            }
            before = &at;
        }
    });
    return inputs;
}

}  // namespace understudy::formats
