#include "tools/formats/store/sync_journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>

#include "tools/formats/approval/fields.h"
#include "tools/formats/files/file_error.h"

namespace understudy::formats {

namespace {

using models::ObservedEvent;

constexpr std::string_view sync_line = "understudy sync 1";
constexpr std::array<const char*, 6> kind_words = {"due", "submitted", "started", "seen", "ended", "failed"};

std::string event_lines(const std::vector<ObservedEvent>& events) {
    std::string text;
    for (const ObservedEvent& event : events) {
        const nlohmann::json line = {event.ns,      kind_words[static_cast<std::size_t>(event.kind)],
                                     event.process, event.name,
                                     event.id,      event.item,
                                     event.run,     event.attempt};
        text += line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    }
    return text;
}

std::optional<ObservedEvent> event_of(std::string_view line) {
    const nlohmann::json value = nlohmann::json::parse(line, nullptr, false);
    if (!value.is_array() || value.size() != 8 || !value[0].is_number_integer() ||
        !value[7].is_number_integer())
        return std::nullopt;
    for (std::size_t i = 1; i < 7; ++i)
        if (!value[i].is_string()) return std::nullopt;
    const auto word = std::find(kind_words.begin(), kind_words.end(), value[1].get<std::string>());
    if (word == kind_words.end()) return std::nullopt;
    ObservedEvent event;
    event.ns = value[0].get<std::int64_t>();
    event.kind = static_cast<ObservedEvent::Kind>(word - kind_words.begin());
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

SyncJournal read_sync_journal(Store& store, const std::string& twin) {
    SyncJournal journal;
    for (const Record& record : store.records(twin)) {
        // A twin that is made anew knows nothing of one that was called so before.
        if (record.action == "delete") journal = {};
        if (record.action != sync_action) continue;
        const auto damaged = [&]() -> FileError {
            return {store.folder(),
                    fmt::format("record {} (sync of {}) cannot be read; 'understudy twin verify' "
                                "says what is wrong with the store",
                                record.sequence, twin)};
        };
        const auto fields = read_fields(sync_line, store.content(record.content));
        if (!fields) throw damaged();
        const auto base = whole(field_in(*fields, "base")), made = whole(field_in(*fields, "made")),
                   now = whole(field_in(*fields, "now"));
        if (!base || !made || !now) throw damaged();
        journal.base = *base;
        journal.made = *made;
        journal.now_ns = now;
        const std::string lines = field_in(*fields, "events");
        for (std::size_t at = 0; at < lines.size();) {
            const std::size_t end = std::min(lines.find('\n', at), lines.size());
            auto event = event_of(std::string_view(lines).substr(at, end - at));
            if (!event) throw damaged();
            journal.events.push_back(std::move(*event));
            at = end + 1;
        }
    }
    models::make_set(journal.events);
    return journal;
}

Record note_sync(Store& store, const SyncEntry& entry, const Signature& signature) {
    const std::string text = write_fields(sync_line, {{"base", std::to_string(entry.base)},
                                                      {"made", std::to_string(entry.made)},
                                                      {"now", std::to_string(entry.now_ns)},
                                                      {"events", event_lines(entry.events)}});
    return store.note({std::string(sync_action), entry.twin, entry.made, text, ""}, signature);
}

}  // namespace understudy::formats
