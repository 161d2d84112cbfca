#include "tools/formats/store/sync_journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "tools/formats/approval/fields.h"
#include "tools/formats/files/file_error.h"

namespace understudy::formats {

namespace {

using models::ObservedEvent;

/// The first has no kinds of events behind `failed`.
constexpr std::array<std::string_view, 2> sync_lines = {"understudy sync 1", "understudy sync 2"};
constexpr std::array<const char*, 9> kind_words = {"due",    "submitted", "started", "seen", "ended",
                                                   "failed", "read",      "wrote",   "over"};

std::string event_lines(const std::vector<ObservedEvent>& events) {
    std::string text;
    for (const ObservedEvent& event : events) {
        nlohmann::json line = {event.ns,      kind_words[static_cast<std::size_t>(event.kind)],
                               event.process, event.name,
                               event.id,      event.item,
                               event.run,     event.attempt};
        if (ObservedEvent::is_amount(event.kind))
            for (const nlohmann::json& more :
                 {nlohmann::json(event.dataset), nlohmann::json(event.records), nlohmann::json(event.bytes)})
                line.push_back(more);
        text += line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    }
    return text;
}

std::optional<ObservedEvent> event_of(std::string_view line) {
    const nlohmann::json value = nlohmann::json::parse(line, nullptr, false);
    if (!value.is_array() || value.size() < 8 || !value[0].is_number_integer() ||
        !value[7].is_number_integer())
        return std::nullopt;
    for (std::size_t i = 1; i < 7; ++i)
        if (!value[i].is_string()) return std::nullopt;
    const auto word = std::find(kind_words.begin(), kind_words.end(), value[1].get<std::string>());
    if (word == kind_words.end()) return std::nullopt;
    ObservedEvent event;
    event.ns = value[0].get<std::int64_t>();
    event.kind = static_cast<ObservedEvent::Kind>(word - kind_words.begin());
    const bool amount = ObservedEvent::is_amount(event.kind);
    if (value.size() != (amount ? 11 : 8)) return std::nullopt;
    if (amount) {
        if (!value[8].is_string() || !value[9].is_number_integer() || !value[10].is_number_integer())
            return std::nullopt;
        event.dataset = value[8].get<std::string>();
        event.records = value[9].get<std::int64_t>();
        event.bytes = value[10].get<std::int64_t>();
    }
    event.process = value[2].get<std::string>();
    event.name = value[3].get<std::string>();
    event.id = value[4].get<std::string>();
    event.item = value[5].get<std::string>();
    event.run = value[6].get<std::string>();
    event.attempt = value[7].get<std::int32_t>();
    return event;
}

std::optional<std::int64_t> whole(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

}  // namespace

namespace {

struct JournalEntry {
    SyncEntry told;
    std::int64_t version = no_version;  ///< which had the state after it
    /// Entries whose events counted after it, it among them.
    std::vector<std::size_t> count;
};

/// The last entry that a version's state can have come of.
std::optional<std::size_t> entry_of(const std::vector<JournalEntry>& entries, std::int64_t version) {
    for (std::size_t i = entries.size(); i > 0; --i)
        if (entries[i - 1].version <= version) return i - 1;
    return std::nullopt;
}

}  // namespace

SyncJournal read_sync_journal(Store& store, const std::string& twin, std::int64_t version) {
    std::vector<JournalEntry> entries;
    for (const Record& record : store.records(twin)) {
        // A twin that is made anew knows nothing of one that was called so before.
        if (record.action == "delete") entries.clear();
        if (record.action != sync_action) continue;
        const auto damaged = [&]() -> FileError {
            return {store.folder(),
                    fmt::format("record {} (sync of {}) cannot be read; 'understudy twin verify' "
                                "says what is wrong with the store",
                                record.sequence, twin)};
        };
        const std::string content = store.content(record.content);
        std::optional<Fields> fields;
        for (const std::string_view line : sync_lines)
            if (!fields) fields = read_fields(line, content);
        if (!fields) throw damaged();
        const std::string back = field_in(*fields, "back");
        const auto base = whole(field_in(*fields, "base")), made = whole(field_in(*fields, "made")),
                   now = whole(field_in(*fields, "now")), back_to = whole(back.empty() ? "0" : back);
        if (!base || !made || !now || !back_to) throw damaged();
        JournalEntry entry;
        entry.version = record.version;
        entry.told = {twin, {}, *base, *made, *now, *back_to};
        const std::string lines = field_in(*fields, "events");
        for (std::size_t at = 0; at < lines.size();) {
            const std::size_t end = std::min(lines.find('\n', at), lines.size());
            auto event = event_of(std::string_view(lines).substr(at, end - at));
            if (!event) throw damaged();
            entry.told.events.push_back(std::move(*event));
            at = end + 1;
        }
        if (*back_to == no_version) {
            if (!entries.empty()) entry.count = entries.back().count;
        } else if (const auto known = entry_of(entries, *back_to)) {
            entry.count = entries[*known].count;
        }
        entry.count.push_back(entries.size());
        entries.push_back(std::move(entry));
    }
    SyncJournal journal;
    const auto last = entry_of(entries, version);
    if (!last) return journal;
    const SyncEntry& told = entries[*last].told;
    journal.base = told.base;
    journal.made = told.made;
    if (told.made != no_version) journal.now_ns = told.now_ns;
    for (const std::size_t i : entries[*last].count)
        std::move(entries[i].told.events.begin(), entries[i].told.events.end(),
                  std::back_inserter(journal.events));
    models::make_set(journal.events);
    return journal;
}

Record note_sync(Store& store, const SyncEntry& entry, const Signature& signature, std::int64_t version) {
    std::vector<std::pair<std::string, std::string>> fields = {{"base", std::to_string(entry.base)},
                                                               {"made", std::to_string(entry.made)},
                                                               {"now", std::to_string(entry.now_ns)}};
    if (entry.back != no_version) fields.emplace_back("back", std::to_string(entry.back));
    fields.emplace_back("events", event_lines(entry.events));
    const bool later = std::any_of(entry.events.begin(), entry.events.end(), [](const ObservedEvent& event) {
        return event.kind > ObservedEvent::Kind::failed;
    });
    const std::string text = write_fields(sync_lines[later ? 1 : 0], fields);
    return store.note(
        {std::string(sync_action), entry.twin, version == no_version ? entry.made : version, text, ""},
        signature);
}

}  // namespace understudy::formats
