#include "tools/formats/catalogs/twin_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "kernel/invariant.h"
#include "models/listed.h"
#include "models/schedule.h"
#include "tools/formats/catalogs/twin_elements.h"
#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/edits.h"
#include "tools/formats/language/schedules.h"

namespace understudy::formats {

namespace {

/// A kind of element, its keys that an import writes, and those that only a knowledge graph does: it says what it knows, so
/// that what it does not say is left as it is.
struct ElementKind {
    std::string_view section, as;
    std::vector<std::string_view> keys, of_graphs;
};

const std::vector<ElementKind>& element_kinds() {
    static const std::vector<ElementKind> all = {
        {"pools", "pool", {"workers", "order", "release", "label", "tags"}, {"description", "owner"}},
        {"budgets", "budget", {}, {"label", "description", "owner", "tags"}},
        {"datasets", "dataset", {"contract", "columns", "label", "description", "owner", "tags"}, {}},
        {"stages",
         "stage",
         {},
         {"reads", "writes", "runs_on", "spends", "label", "description", "owner", "tags"}},
        {"pipelines",
         "pipeline",
         {"schedule", "max_active_runs", "max_active_tasks", "label", "description", "owner", "tags"},
         {}},
        {"load", "load", {"arrivals", "first", "size", "writes", "label", "tags"}, {"description", "owner"}},
    };
    return all;
}

/// As of the kinds above.
const ElementKind& imported_tasks() {
    static const ElementKind tasks = {
        "tasks",
        "task",
        {"after", "trigger_rule", "reads", "writes", "runs_on", "priority", "service", "emits", "failure",
         "fails_after", "retry", "label", "description", "owner", "tags"},
        {"spends"}};
    return tasks;
}

bool is_plain_word(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    });
}

/// Of so many runs a law is as good as one of more.
constexpr std::int64_t enough_runs = 30;

class Comparison {
public:
    Comparison(const Node& earlier, const Node& now, const ImportScope& scope, bool keep_orders)
        : earlier_(earlier),
          now_(now),
          scope_(scope),
          keep_orders_(keep_orders),
          writers_before_(writers_in(earlier)),
          writers_now_(writers_in(now)) {}

    TwinUpdate compare() {
        const Entry* run = earlier_.is_map() ? earlier_.find("run") : nullptr;
        const Entry* until = run != nullptr && run->value.is_map() ? run->value.find("until") : nullptr;
        ends_when_empty_ = until != nullptr && until->value.text == "empty";
        for (const ElementKind& kind : element_kinds())
            for (const Entry& entry : section_of(now_, kind.section).entries)
                if (section_of(earlier_, kind.section).find(entry.key) == nullptr)
                    add(entry.key, kind.as, with_an_end(entry));
        for (const Entry& pipeline : section_of(now_, "pipelines").entries) {
            const Entry* before = section_of(earlier_, "pipelines").find(pipeline.key);
            if (before == nullptr) continue;
            for (const Entry& task : tasks_of(pipeline.value).entries)
                if (tasks_of(before->value).find(task.key) == nullptr)
                    add(pipeline.key + "." + task.key, "task", task.value);
        }
        for (const ElementKind& kind : element_kinds())
            set_all(section_of(earlier_, kind.section), section_of(now_, kind.section), "", kind);
        for (const Entry& pipeline : section_of(now_, "pipelines").entries)
            if (const Entry* before = section_of(earlier_, "pipelines").find(pipeline.key))
                set_tasks(tasks_of(before->value), tasks_of(pipeline.value), pipeline.key + ".");
        remove_what_has_moved();
        remove_what_is_gone();
        if (!lost_origins_.empty())
            update_.notes.push_back(fmt::format(
                "{} of columns {} removed, as what writes {} no longer reads {}: {}",
                lost_origins_.size() == 1 ? "1 origin" : fmt::format("{} origins", lost_origins_.size()),
                lost_origins_.size() == 1 ? "is" : "are", lost_origins_.size() == 1 ? "it" : "them",
                fmt::join(no_longer_read_, ", "), models::listed(lost_origins_, 10)));
        if (kept_laws_ > 0)
            update_.notes.push_back(fmt::format(
                "{} as an earlier import has it: that is of more runs than were read, which are fewer than "
                "{}",
                kept_laws_ == 1
                    ? "service, failure, fails_after and retry of 1 task stay"
                    : fmt::format("service, failure, fails_after and retry of {} tasks stay", kept_laws_),
                enough_runs));
        if (!without_end_.empty())
            update_.notes.push_back(fmt::format(
                "{}: the run of the twin goes on until it is empty, which it would never be, so {} as "
                "before; give "
                "'run' a start and a length in the scenario, and import again",
                fmt::join(without_end_, ", "), without_end_.size() == 1 ? "it runs" : "they run"));
        if (without_runs_ == 1)
            update_.notes.emplace_back(
                "1 task has no whole run in what was read: its duration stays, and its reads and writes are "
                "added to");
        else if (without_runs_ > 1)
            update_.notes.push_back(
                fmt::format("{} tasks have no whole run in what was read: their durations stay, and their "
                            "reads and writes are "
                            "added to",
                            without_runs_));
        return std::move(update_);
    }

private:
    void add(const std::string& name, std::string_view as, const Node& value) {
        Node edit = Node::map();
        edit.add("add", Node::scalar(name));
        edit.add("as", Node::scalar(std::string(as)));
        edit.add("value", value);
        update_.edits.push_back(std::move(edit));
        ++update_.added;
    }
    void set(const std::string& path, const Node& value) {
        Node edit = Node::map();
        edit.add("set", Node::scalar(path));
        edit.add("to", value);
        update_.edits.push_back(std::move(edit));
        ++update_.set;
    }
    static Node removal(const std::string& path) {
        Node edit = Node::map();
        edit.add("remove", Node::scalar(path));
        return edit;
    }
    void remove_key(const std::string& path) {
        update_.edits.push_back(removal(path));
        ++update_.removed;
    }

    void set_tasks(const Node& before, const Node& now, const std::string& prefix) {
        partial_ = std::any_of(before.entries.begin(), before.entries.end(), [&](const Entry& task) {
            return now.find(task.key) == nullptr && has_tag(task.value, scope_.complete) &&
                   scope_.there.contains(label_of(task.value));
        });
        set_all(before, now, prefix, imported_tasks());
    }

    void set_all(const Node& before, const Node& now, const std::string& prefix, const ElementKind& kind) {
        for (const Entry& element : now.entries) {
            const Entry* old = before.find(element.key);
            if (old == nullptr || !old->value.is_map()) continue;
            for (const std::string_view key : kind.of_graphs) {
                const Entry *a = old->value.find(key), *b = element.value.find(key);
                if (b != nullptr && (a == nullptr || !same_value(a->value, b->value)))
                    set(prefix + element.key + "." + std::string(key), b->value);
            }
            without_runs_ +=
                old->value.find("service") != nullptr && element.value.find("service") == nullptr;
            const std::int64_t runs = runs_of(element.value);
            const bool keeps_laws = runs > 0 && runs < std::min(runs_of(old->value), enough_runs);
            kept_laws_ += keeps_laws;
            for (const std::string_view key : kind.keys) {
                if (keeps_laws && is_law(key)) continue;
                const Entry *a = old->value.find(key), *b = element.value.find(key);
                const std::string path = prefix + element.key + "." + std::string(key);
                if (key == "columns" && a != nullptr && a->value.is_map() &&
                    (b == nullptr || b->value.is_map())) {
                    set_columns(path, a->value, b == nullptr ? Node::map() : b->value, element);
                    continue;
                }
                if (b == nullptr) {
                    if (a != nullptr && says_there_is_none(element.value, key)) remove_key(path);
                    continue;
                }
                if (!is_known(key, b->value) || (a != nullptr && is_any_pool(key, b->value))) continue;
                if (key == "schedule" && never_ends(b->value) &&
                    (a == nullptr || !same_value(a->value, b->value))) {
                    without_end_.push_back(element.key + " " + b->value.text);
                    continue;
                }
                if (a == nullptr)
                    set(path, b->value);
                else if (const Node value = with_what_stays(element.value, key, a->value, b->value);
                         !same_value(a->value, value))
                    set(path, value);
            }
        }
    }

    /// What recorded runs say of how a task goes.
    static bool is_law(std::string_view key) {
        return key == "service" || key == "emits" || key == "failure" || key == "fails_after" ||
               key == "retry";
    }
    /// How many recorded runs the service of a task is of, at least.
    static std::int64_t runs_of(const Node& task) {
        if (task.find("service") == nullptr) return 0;
        std::int64_t runs = 1;
        if (const Entry* tags = task.find("tags"))
            for (const Node& tag : tags->value.items) runs = std::max(runs, runs_in_tag(tag.text));
        return runs;
    }

    /// Whether the run of the twin could not end with this schedule.
    bool never_ends(const Node& schedule) const {
        return ends_when_empty_ && schedule.text != "once" && !schedule.text.starts_with("updated ") &&
               !schedule.text.starts_with("each ");
    }
    Node with_an_end(const Entry& element) {
        Node value = element.value;
        if (Entry* schedule = value.find("schedule"); schedule != nullptr && never_ends(schedule->value)) {
            without_end_.push_back(element.key + " " + schedule->value.text);
            schedule->value = Node::scalar("once");
        }
        // What is to be read by a run that is due once comes once.
        if (ends_when_empty_ && value.find("arrivals") != nullptr) value.add("count", Node::scalar("1"));
        return value;
    }

    /// What an import writes where it does not know.
    static bool is_known(std::string_view key, const Node& value) {
        return !(key == "workers" && value.text == "unlimited") &&
               !(key == "schedule" && value.text == "once");
    }

    /// The workers that an import gives tasks of whose pools it knows nothing.
    bool is_any_pool(std::string_view key, const Node& value) const {
        if (key != "runs_on" || scope_.of_pools || !value.is_scalar()) return false;
        const Entry* pool = section_of(now_, "pools").find(value.text);
        const Entry* workers = pool == nullptr ? nullptr : pool->value.find("workers");
        return workers != nullptr && workers->value.text == "unlimited";
    }

    /// Whether a schedule that names a zone has the instants of one that was found in recorded runs, on this or that side of
    /// the change of clocks.
    bool is_same_by_the_clock(const Node& before, const Node& now) const {
        if (!before.is_scalar() || !now.is_scalar()) return false;
        try {
            const models::Schedule with_zone = read_schedule(before.text), plain = read_schedule(now.text);
            if (with_zone.zone.empty() || !plain.zone.empty() ||
                with_zone.kind != models::Schedule::Kind::calendar ||
                plain.kind != models::Schedule::Kind::calendar)
                return false;
            const Entry* run = earlier_.is_map() ? earlier_.find("run") : nullptr;
            const Entry* zone = run != nullptr && run->value.is_map() ? run->value.find("zone") : nullptr;
            constexpr std::int64_t january = 1'736'121'600, july = 1'751'846'400;  // Mondays of 2025
            for (const std::int64_t since : {january, july}) {
                const models::Calendar calendar({since * kernel::second},
                                                zone != nullptr ? zone->value.text : "UTC");
                const kernel::Time month = 28 * kernel::day;
                if (calendar.instants(with_zone, month) == calendar.instants(plain, month)) return true;
            }
        } catch (const Fault&) {
        }
        return false;
    }

    /// Whether an element of this import that lacks a key says thereby that there is nothing.
    bool says_there_is_none(const Node& element, std::string_view key) const {
        if (key == "failure") return element.find("service") != nullptr;
        if (key == "fails_after") return says_there_is_none(element, "failure") && !element.find("failure");
        const bool complete = has_tag(element, scope_.complete);
        if (key == "reads" || key == "writes") return complete;
        if (key == "after")
            return !keep_orders_ || scope_.ordered.contains(label_of(element)) || (complete && !partial_);
        return false;
    }

    /// The value that a key gets: what this import says, and of what stood there all that it says nothing of.
    Node with_what_stays(const Node& element, std::string_view key, const Node& before,
                         const Node& now) const {
        if (key == "tags") return tags_of(element, before, now);
        const bool complete = has_tag(element, scope_.complete);
        if (key == "priority" && partial_ && complete) return before;
        if (key == "after" && partial_ && complete && keep_orders_) return joined(before, now);
        const bool all = is_whole(element) || !keep_orders_;
        if (key == "writes" && !all) return joined(before, now);
        if (key == "schedule" && is_same_by_the_clock(before, now)) return before;
        if (key == "retry" && before.is_map() && now.is_map()) {
            // How often is said by a platform or a person; runs that were never given up do not tell.
            Node retry = now;
            Entry* times = retry.find("times");
            const Entry* said = before.find("times");
            if (times != nullptr && said != nullptr && times->value.text == "unlimited")
                times->value = said->value;
            return retry;
        }
        if (key == "emits" && before.is_map() && now.is_map()) {
            Node emits = before;
            for (const Entry& one : now.entries) {
                if (Entry* old = emits.find(one.key))
                    old->value = one.value;
                else
                    emits.add(one.key, one.value);
            }
            return emits;
        }
        if (key != "reads" || !before.is_map() || !now.is_map()) return now;
        // How something is read is for people to say.
        Node reads = all ? Node::map() : before;
        for (const Entry& one : now.entries) {
            const Entry* old = before.find(one.key);
            if (reads.find(one.key) == nullptr) reads.add(one.key, old != nullptr ? old->value : one.value);
        }
        return reads;
    }

    /// Both, and of how many runs it is as the law is.
    Node tags_of(const Node& element, const Node& before, const Node& now) const {
        Node tags = joined(before, now);
        std::int64_t was = 0;
        for (const Node& tag : before.items) was = std::max(was, runs_in_tag(tag.text));
        const std::int64_t is = runs_of(element);
        const std::int64_t counts = is == 0 || (was > 0 && is < std::min(was, enough_runs)) ? was : is;
        std::erase_if(tags.items, [&](const Node& tag) {
            const std::int64_t runs = runs_in_tag(tag.text);
            return runs > 0 && runs != counts;
        });
        // A table is no view any more.
        const auto is_made_as = [](const Node& tag) { return tag.text.starts_with(materialised_tag); };
        if (std::any_of(now.items.begin(), now.items.end(), is_made_as))
            std::erase_if(tags.items, [&](const Node& tag) {
                return is_made_as(tag) && std::none_of(now.items.begin(), now.items.end(),
                                                       [&](const Node& one) { return one.text == tag.text; });
            });
        return tags;
    }

    /// Lists of names, of which one alone may stand for itself.
    static Node joined(const Node& before, const Node& now) {
        std::vector<std::string> all;
        for (const Node* node : {&before, &now}) {
            const std::vector<Node> one = {*node};
            for (const Node& item : node->is_list() ? node->items : one)
                if (item.is_scalar() && std::find(all.begin(), all.end(), item.text) == all.end())
                    all.push_back(item.text);
        }
        if (all.size() == 1 && !before.is_list()) return before;
        return Node::texts(all);
    }

    /// Who writes a dataset, and what they read: tasks by pipeline and name, stages and loads.
    struct Writer {
        std::string name;
        const Node* element = nullptr;
        std::vector<std::string> reads;
    };
    using Writers = std::map<std::string, std::vector<Writer>>;
    static Writers writers_in(const Node& twin) {
        Writers writers;
        const auto look = [&](const std::string& name, const Node& element) {
            if (!element.is_map()) return;
            const std::vector<std::string> reads = names_listed(element.find("reads"));
            for (const std::string& dataset : names_listed(element.find("writes")))
                writers[dataset].push_back({name, &element, reads});
        };
        for (const Entry& pipeline : section_of(twin, "pipelines").entries)
            for (const Entry& task : tasks_of(pipeline.value).entries)
                look(pipeline.key + "." + task.key, task.value);
        for (const std::string_view section : {"stages", "load"})
            for (const Entry& element : section_of(twin, section).entries) look(element.key, element.value);
        return writers;
    }
    static const std::vector<Writer>& writers_of(const Writers& writers, const std::string& dataset) {
        static const std::vector<Writer> none;
        const auto found = writers.find(dataset);
        return found == writers.end() ? none : found->second;
    }

    /// What the writers of a dataset read, before this import and after it.
    struct ReadByWriters {
        std::set<std::string> before, after;
    };
    ReadByWriters read_by_writers(const std::string& dataset) const {
        ReadByWriters read;
        std::set<std::string> said_whole;
        for (const Writer& writer : writers_of(writers_now_, dataset)) {
            read.after.insert(writer.reads.begin(), writer.reads.end());
            if (is_whole(*writer.element) &&
                (!writer.reads.empty() || has_tag(*writer.element, scope_.complete)))
                said_whole.insert(writer.name);
        }
        for (const Writer& writer : writers_of(writers_before_, dataset)) {
            read.before.insert(writer.reads.begin(), writer.reads.end());
            if (!said_whole.contains(writer.name))
                read.after.insert(writer.reads.begin(), writer.reads.end());
        }
        return read;
    }
    /// Whether its reads and writes are what this import has of them.
    bool is_whole(const Node& task) const {
        return has_tag(task, scope_.complete) || task.find("service") != nullptr;
    }

    /// Takes out of a column, as it stood, the origins that this import does not name, in datasets that what writes it no
    /// longer reads; where the column's origins are told anew, also what it never read.
    void remove_lost_origins(const std::string& name, Node& column, const Node* now,
                             const ReadByWriters& read) {
        Entry* origins = column.is_map() ? column.find("derives_from") : nullptr;
        if (origins == nullptr) return;
        const Entry* told = now != nullptr && now->is_map() ? now->find("derives_from") : nullptr;
        const std::vector<std::string> named = names_listed(told);
        std::vector<std::string> stay;
        const std::vector<std::string> all = names_listed(origins);
        for (const std::string& origin : all) {
            const std::string dataset = origin.substr(0, origin.find('.'));
            if (std::find(named.begin(), named.end(), origin) != named.end() ||
                read.after.contains(dataset) || (told == nullptr && !read.before.contains(dataset))) {
                stay.push_back(origin);
                continue;
            }
            lost_origins_.push_back(fmt::format("{} from {}", name, origin));
            no_longer_read_.insert(dataset);
        }
        if (stay.size() == all.size()) return;
        if (stay.empty())
            std::erase_if(column.entries, [](const Entry& one) { return one.key == "derives_from"; });
        else
            origins->value = Node::texts(stay);
    }

    /// What is said of a column, and what stood there; where it comes from is added to.
    static Node column_of(const Node& before, const Node& now) {
        if (!before.is_map() || !now.is_map()) return now;
        Node column = before;
        for (const Entry& said : now.entries)
            if (Entry* old = column.find(said.key))
                old->value = said.key == "derives_from" ? joined(old->value, said.value) : said.value;
            else
                column.add(said.key, said.value);
        return column;
    }

    /// Columns one by one, where a path can name them.
    void set_columns(const std::string& path, const Node& before, const Node& now, const Entry& dataset) {
        const bool all = scope_.with_all_columns.contains(label_of(dataset.value));
        Node stood = before;
        if (!writers_of(writers_now_, dataset.key).empty()) {
            const ReadByWriters read = read_by_writers(dataset.key);
            for (Entry& column : stood.entries) {
                const Entry* told = now.find(column.key);
                if (all && told == nullptr) continue;
                remove_lost_origins(dataset.key + "." + column.key, column.value,
                                    told == nullptr ? nullptr : &told->value, read);
            }
        }
        Node columns = Node::map();
        for (const Entry& column : now.entries) {
            const Entry* old = stood.find(column.key);
            columns.add(column.key, old == nullptr ? column.value : column_of(old->value, column.value));
        }
        for (const Entry& column : stood.entries)
            if (!all && columns.find(column.key) == nullptr) columns.add(column.key, column.value);
        if (same_value(before, columns)) return;
        const auto plain = [](const Node& map) {
            return std::all_of(map.entries.begin(), map.entries.end(),
                               [](const Entry& one) { return is_plain_word(one.key); });
        };
        if (!plain(before) || !plain(columns)) {
            set(path, columns);
            return;
        }
        for (const Entry& column : columns.entries) {
            const Entry* old = before.find(column.key);
            if (old == nullptr || !same_value(old->value, column.value))
                set(path + "." + column.key, column.value);
        }
        for (const Entry& column : before.entries)
            if (columns.find(column.key) == nullptr) remove_key(path + "." + column.key);
    }

    /// Of a pipeline, those that stay come after none of these.
    void wait_no_longer(const std::string& pipeline, const std::vector<std::string>& tasks) {
        Node twin = earlier_;
        make_edits(twin, update_.edits);
        const Entry* const now = section_of(twin, "pipelines").find(pipeline);
        if (now == nullptr) return;
        const auto is_gone = [&](const Node& name) {
            return std::find(tasks.begin(), tasks.end(), name.text) != tasks.end();
        };
        for (const Entry& task : tasks_of(now->value).entries) {
            const Entry* const after = task.value.is_map() ? task.value.find("after") : nullptr;
            if (after == nullptr || is_gone(Node::scalar(task.key))) continue;
            Node left = Node::list();
            if (after->value.is_scalar())
                left.items.push_back(after->value);
            else
                left.items = after->value.items;
            if (std::erase_if(left.items, is_gone) == 0) continue;
            const std::string path = pipeline + "." + task.key + ".after";
            if (left.items.empty())
                remove_key(path);
            else
                set(path, left);
        }
    }

    /// Jobs of no parent that are in another pipeline now; a pipeline that nothing is left of, with its workers.
    void remove_what_has_moved() {
        std::map<std::string, std::set<std::string>> now;  // pipelines by the label of a task
        for (const Entry& pipeline : section_of(now_, "pipelines").entries)
            for (const Entry& task : tasks_of(pipeline.value).entries)
                now[label_of(task.value)].insert(pipeline.key);
        for (const Entry& pipeline : section_of(earlier_, "pipelines").entries) {
            std::vector<std::string> moved;
            for (const Entry& task : tasks_of(pipeline.value).entries) {
                const std::string label = label_of(task.value);
                const auto found = now.find(label);
                if (scope_.of_no_parent.contains(label) &&
                    has_tag(task.value, {word_for(CatalogSource::openlineage)}) && found != now.end() &&
                    !found->second.contains(pipeline.key))
                    moved.push_back(task.key);
            }
            if (moved.empty()) continue;
            const bool all = moved.size() == tasks_of(pipeline.value).entries.size() &&
                             section_of(now_, "pipelines").find(pipeline.key) == nullptr;
            if (!all) {
                wait_no_longer(pipeline.key, moved);
                for (const std::string& task : moved) remove_key(pipeline.key + "." + task);
                continue;
            }
            // Who has nothing left is not measured.
            if (const Entry* measures = earlier_.find("measures"))
                for (const Node& measure : measures->value.items)
                    if (measure.text == fmt::format("avg latency({})", pipeline.key))
                        remove_key(measure.text);
            remove_key(pipeline.key);
            for (const Entry& pool : section_of(earlier_, "pools").entries)
                if (label_of(pool.value) == label_of(pipeline.value) + " (workers)" &&
                    section_of(now_, "pools").find(pool.key) == nullptr)
                    remove_key(pool.key);
        }
    }

    /// The tag of the source that says all tasks of a pipeline; empty: none does.
    std::string source_that_says_all(const Node& tasks) const {
        for (const Entry& task : tasks.entries)
            if (const auto found = scope_.of_whole_pipelines.find(label_of(task.value));
                found != scope_.of_whole_pipelines.end())
                return found->second;
        return "";
    }

    void remove_what_is_gone() {
        std::vector<std::string> gone, others;
        const auto look = [&](const Node& before, const Node& now, const std::string& prefix,
                              const std::string& whole) {
            for (const Entry& element : before.entries) {
                if (now.find(element.key) != nullptr || label_of(element.value).empty()) continue;
                if (scope_.there.contains(label_of(element.value))) continue;
                if (has_tag(element.value, scope_.complete) || has_tag(element.value, {whole}))
                    gone.push_back(prefix + element.key);
                else
                    others.push_back(prefix + element.key);
            }
        };
        for (const Entry& pipeline : section_of(earlier_, "pipelines").entries)
            if (const Entry* still = section_of(now_, "pipelines").find(pipeline.key))
                look(tasks_of(pipeline.value), tasks_of(still->value), pipeline.key + ".",
                     source_that_says_all(tasks_of(still->value)));
        for (const std::string_view section : {"pipelines", "pools", "datasets", "load"})
            look(section_of(earlier_, section), section_of(now_, section), "", "");
        note_those_that_stay(update_, others, "not in what was read");
        if (gone.empty()) return;
        // What something of the twin's own still names has to stay.
        Node twin = earlier_;
        make_edits(twin, update_.edits);
        for (const std::string& name : gone) {
            const Node edit = removal(name);
            if (const std::string problem = make_edits(twin, {edit}); !problem.empty()) {
                update_.notes.push_back(
                    fmt::format("{} is gone from what was read and stays: {}", name, problem));
                continue;
            }
            update_.edits.push_back(edit);
            ++update_.removed;
        }
    }

    const Node &earlier_, &now_;
    const ImportScope& scope_;
    bool keep_orders_;
    bool partial_ = false;          ///< something of the pipeline is there and is not in this import
    bool ends_when_empty_ = false;  ///< the run of the twin
    std::size_t without_runs_ = 0, kept_laws_ = 0;
    Writers writers_before_, writers_now_;
    std::vector<std::string> lost_origins_;
    std::set<std::string> no_longer_read_;
    std::vector<std::string> without_end_;  ///< pipelines with schedules that are left out
    TwinUpdate update_;
};

/// Whether tasks of a pipeline wait for each other in a circle.
bool has_circle(const Node& pipeline) {
    const Node& tasks = tasks_of(pipeline);
    std::map<std::string, std::vector<std::string>> writers, behind;
    std::map<std::string, std::size_t> missing;
    for (const Entry& task : tasks.entries)
        for (const std::string& dataset : names_listed(task.value.find("writes")))
            writers[dataset].push_back(task.key);
    for (const Entry& task : tasks.entries) {
        std::set<std::string> before;
        for (const std::string& name : names_listed(task.value.find("after")))
            if (tasks.find(name) != nullptr) before.insert(name);
        for (const std::string& dataset : names_listed(task.value.find("reads")))
            for (const std::string& writer : writers[dataset])
                if (writer != task.key) before.insert(writer);
        missing[task.key] = before.size();
        for (const std::string& name : before) behind[name].push_back(task.key);
    }
    std::vector<std::string> ready;
    for (const auto& [name, count] : missing)
        if (count == 0) ready.push_back(name);
    std::size_t done = 0;
    while (!ready.empty()) {
        const std::string name = std::move(ready.back());
        ready.pop_back();
        ++done;
        for (const std::string& next : behind[name])
            if (--missing[next] == 0) ready.push_back(next);
    }
    return done < tasks.entries.size();
}

}  // namespace

KnownNames names_in(const Node& scenario) {
    KnownNames names;
    const auto learn = [&](std::string_view kind, const std::string& begin, const Entry& element) {
        const std::string label = label_of(element.value);
        if (!label.empty())
            names[std::string(kind)].emplace(begin + label, element.key);
        else if (begin.empty())
            names["other"].emplace(element.key, element.key);
    };
    for (const ElementKind& kind : element_kinds())
        for (const Entry& element : section_of(scenario, kind.section).entries) learn(kind.as, "", element);
    for (const Entry& pipeline : section_of(scenario, "pipelines").entries)
        for (const CatalogSource source :
             {CatalogSource::openlineage, CatalogSource::dbt, CatalogSource::odcs, CatalogSource::airflow})
            if (has_tag(pipeline.value, {word_for(source)}))
                names["source of pipeline"].emplace(label_of(pipeline.value), word_for(source));
    for (const Entry& pipeline : section_of(scenario, "pipelines").entries)
        for (const Entry& task : tasks_of(pipeline.value).entries)
            learn("task", label_of(pipeline.value) + "\n", task);
    for (const std::string_view section : {"types", "budgets", "stages"})
        for (const Entry& element : section_of(scenario, section).entries)
            names["other"].emplace(element.key, element.key);
    if (const Entry* loads = scenario.is_map() ? scenario.find("load") : nullptr;
        loads != nullptr && loads->value.is_map())
        for (const Entry& load : loads->value.entries) names["other"].emplace(load.key, load.key);
    return names;
}

ImportScope scope_of(const Catalog& catalog) {
    ImportScope scope;
    for (const CatalogPipeline& pipeline : catalog.pipelines)
        if (pipeline.has_all && pipeline.source == CatalogSource::dbt)
            scope.complete = {word_for(pipeline.source)};
    scope.there.insert(catalog.there.begin(), catalog.there.end());
    for (const CatalogJob& job : catalog.jobs) {
        if (job.has_order) scope.ordered.insert(job.label);
        if (const CatalogPipeline& pipeline = catalog.pipelines[job.pipeline]; pipeline.has_all)
            scope.of_whole_pipelines.emplace(job.label, word_for(pipeline.source));
        if (catalog.pipelines[job.pipeline].of_no_parent) scope.of_no_parent.insert(job.label);
        scope.of_pools = scope.of_pools || job.pool.has_value();
    }
    for (const CatalogDataset& dataset : catalog.datasets)
        if (dataset.has_all_columns) scope.with_all_columns.insert(dataset.label);
    return scope;
}

TwinUpdate update_of(const Node& earlier, const Node& now, const ImportScope& scope) {
    TwinUpdate update = Comparison(earlier, now, scope, true).compare();
    Node twin = earlier;
    if (!make_edits(twin, update.edits).empty()) return update;
    const auto& pipelines = section_of(twin, "pipelines").entries;
    if (std::none_of(pipelines.begin(), pipelines.end(),
                     [](const Entry& pipeline) { return has_circle(pipeline.value); }))
        return update;
    update = Comparison(earlier, now, scope, false).compare();
    update.notes.emplace_back(
        "what tasks came after in the earlier import is left out where this one does not say it: they would "
        "wait for each other in a circle");
    return update;
}

void note_those_that_stay(TwinUpdate& update, const std::vector<std::string>& names, std::string_view why) {
    if (names.empty()) return;
    update.notes.push_back(fmt::format("{} element{} of the twin {} {}, and {}: {}", names.size(),
                                       names.size() == 1 ? "" : "s", names.size() == 1 ? "is" : "are", why,
                                       names.size() == 1 ? "stays" : "stay", models::listed(names, 10)));
}

std::string make_edits(Node& twin, const std::vector<Node>& edits) {
    if (edits.empty()) return "";
    Diagnostics diagnostics("change");
    TwinUpdate update;
    update.edits = edits;
    const auto change = read_change(write_import_change(update, "import", {""}, ""), diagnostics, 0);
    if (change && !diagnostics.has_errors()) {
        std::vector<LoadMultiple> multiples;
        apply_edits(twin, change->edits, multiples, diagnostics);
    }
    return diagnostics.has_errors() ? diagnostics.all().front().message : "";
}

Node updated(Node earlier, const TwinUpdate& update) {
    const std::string problem = make_edits(earlier, update.edits);
    kernel::require(problem.empty(), "an import cannot be made: " + problem);
    return earlier;
}

std::string write_import_change(const TwinUpdate& update, const std::string& name, const ChangeBase& base,
                                const std::string& reason) {
    Node root = Node::map();
    root.block = true;
    root.add("understudy", Node::scalar("1"));
    root.add("change", Node::scalar(name));
    root.add_text("base", base.as);
    root.add_text("base_sha256", base.sha256);
    root.add("kind", Node::scalar("import"));
    root.add_text("reason", reason);
    Node edits = Node::list(update.edits);
    edits.block = true;
    // One line each: a pipeline of blocks is folded too.
    const auto flatten = [](auto&& self, Node& node) -> void {
        node.block = false;
        for (Node& item : node.items) self(self, item);
        for (Entry& entry : node.entries) self(self, entry.value);
    };
    for (Node& edit : edits.items) flatten(flatten, edit);
    root.add("edits", std::move(edits));
    return write_document(root);
}

}  // namespace understudy::formats
