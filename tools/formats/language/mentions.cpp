#include "tools/formats/language/mentions.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

#include "tools/formats/language/keys.h"
#include "tools/formats/language/reading.h"

namespace understudy::formats {

namespace {

bool is_of_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '/' || c == '-' || c == '.';
}

/// Keys of one name, or several, of something else than elements and streams.
bool names_other_things(std::string_view key) {
    return key == "skill" || key == "skills" || key == "name" || key == "scenario" || key == "study" ||
           key == "change";
}

class MentionSearch {
public:
    MentionSearch(Node& root, std::string_view name, Named named)
        : root_(root), wanted_(name), named_(named) {
        for (const Target& target : targets_of(root))
            if (target.place != "profile") declared_.insert(target.name);
    }

    std::vector<Mention> search() {
        if (root_.is_map()) in_place(root_, "scenario", "", "");
        return std::move(found_);
    }

private:
    void in_place(Node& map, std::string_view place_name, const std::string& path,
                  const std::string& pipeline) {
        if (!map.is_map()) return;
        const KeyPlace& place = place_named(place_name);
        for (Entry& entry : map.entries) {
            const Key* key = place.find(entry.key);
            if (key == nullptr) continue;
            in_key(entry, *key, path.empty() ? entry.key : path + "." + entry.key, pipeline);
        }
    }

    void in_key(Entry& entry, const Key& key, const std::string& path, const std::string& pipeline) {
        Node& value = entry.value;
        switch (key.takes) {
            case Takes::name:
            case Takes::names:
                if (key.name == "profile" && named_ == Named::profile && value.is_scalar() &&
                    value.text == wanted_)
                    found_.push_back({&value, nullptr, 0, value.text.size(), false, path});
                if (key.name != "profile" && !names_other_things(key.name))
                    words(value, path, key.name == "after" ? pipeline : "");
                return;
            case Takes::objectives:
            case Takes::measures:
                for (Node& item : value.items) phrase(item, path);
                return;
            case Takes::condition: phrase(value, path); return;
            case Takes::schedule: phrase(value, path); return;
            case Takes::map: in_place(value, key.detail, path, pipeline); return;
            case Takes::list_of:
                for (Node& item : value.items) in_place(item, key.detail, path, pipeline);
                return;
            case Takes::map_of:
                if (key.detail == "state") keys(value, path);
                for (Entry& one : value.entries) {
                    // Tasks of a run that is under way have their names alone.
                    if (key.detail == "present_task" && pipeline + "." + one.key == wanted_)
                        found_.push_back({nullptr, &one, 0, one.key.size(), true, path});
                    in_place(one.value, key.detail, path + "." + one.key,
                             key.detail == "pipeline" || key.detail == "state" ? one.key : pipeline);
                }
                return;
            case Takes::special: in_special(value, key, path, pipeline); return;
            case Takes::texts:
                // Tasks of a run that is under way, by their names alone.
                if (key.name == "holds") words(value, path, pipeline);
                return;
            default: return;
        }
    }

    void in_special(Node& value, const Key& key, const std::string& path, const std::string& pipeline) {
        if (key.name == "twin") return in_place(value, "twin", path, pipeline);
        if (key.name == "set") return word(value, path);
        if (key.detail == "unread") return unread(value, path, pipeline);
        if (key.detail == "present")
            for (Node& item : value.items) in_place(item, key.detail, path, pipeline);
        if (key.name == "runs_on" || key.name == "spends" || key.name == "reads" || key.name == "writes") {
            words(value, path, "");
            keys(value, path);
            // Where the way goes by the load: the loads of a stream.
            if (key.name == "writes")
                for (Entry& entry : value.entries)
                    if (entry.value.is_list() ||
                        (entry.value.is_scalar() && declared_.contains(entry.value.text)))
                        words(entry.value, path, "");
        }
        if (key.name == "to" || key.name == "weights" || key.name == "workers") keys(value, path);
    }

    /// By dataset, of a task that is under way; of a pipeline by task before that.
    void unread(Node& map, const std::string& path, const std::string& pipeline) {
        const bool by_task = std::any_of(map.entries.begin(), map.entries.end(), [](const Entry& entry) {
            return std::any_of(entry.value.entries.begin(), entry.value.entries.end(),
                               [](const Entry& inner) { return inner.value.is_map(); });
        });
        if (!by_task) return keys(map, path);
        for (Entry& entry : map.entries) {
            if (pipeline + "." + entry.key == wanted_)
                found_.push_back({nullptr, &entry, 0, entry.key.size(), true, path});
            keys(entry.value, path + "." + entry.key);
        }
    }

    void keys(Node& map, const std::string& path) {
        if (named_ != Named::element) return;
        for (Entry& entry : map.entries)
            if (entry.key == wanted_) found_.push_back({nullptr, &entry, 0, entry.key.size(), false, path});
    }

    /// Each name by itself; `pipeline`: whose tasks they are.
    void words(Node& node, const std::string& path, const std::string& pipeline) {
        if (node.is_list())
            for (Node& item : node.items) words(item, path, pipeline);
        if (!node.is_scalar()) return;
        if (!pipeline.empty()) {
            if (pipeline + "." + node.text == wanted_)
                found_.push_back({&node, nullptr, 0, node.text.size(), true, path});
            return;
        }
        word(node, path);
    }

    /// A name, or a path that begins with it.
    void word(Node& node, const std::string& path) {
        if (node.is_scalar()) consider(node, 0, node.text.size(), path);
    }

    /// Names in parentheses and after the words that one follows: `p(95) latency(a -> b) of gold during surge`.
    void phrase(Node& node, const std::string& path) {
        if (!node.is_scalar()) return;
        const std::string& text = node.text;
        int depth = 0;
        std::string before;
        for (std::size_t i = 0; i < text.size();) {
            if (!is_of_name(text[i])) {
                depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
                ++i;
                continue;
            }
            std::size_t end = i;
            while (end < text.size() && is_of_name(text[end])) ++end;
            if (depth > 0 || before == "of" || before == "during" || before == "each" || before == "updated")
                consider(node, i, end - i, path);
            before = text.substr(i, end - i);
            i = end;
        }
    }

    void consider(Node& node, std::size_t offset, std::size_t length, const std::string& path) {
        if (named_ != Named::element) return;
        const std::string_view text = std::string_view(node.text).substr(offset, length);
        if (!text.starts_with(wanted_) || (text.size() > wanted_.size() && text[wanted_.size()] != '.'))
            return;
        // The longest that is declared; a stream need not be.
        std::string_view name = text;
        while (!declared_.contains(name) && name != wanted_ && name.rfind('.') != std::string_view::npos)
            name = name.substr(0, name.rfind('.'));
        const bool of_a_task = declared_.contains(name) && name.size() > wanted_.size() && is_pipeline();
        if (name == wanted_ || of_a_task)
            found_.push_back({&node, nullptr, offset, wanted_.size(), false, path});
    }

    bool is_pipeline() {
        const Entry* twin = root_.find("twin");
        const Entry* pipelines = twin == nullptr ? nullptr : twin->value.find("pipelines");
        return pipelines != nullptr && pipelines->value.find(wanted_) != nullptr;
    }

    Node& root_;
    std::string wanted_;
    Named named_;
    std::set<std::string, std::less<>> declared_;
    std::vector<Mention> found_;
};

}  // namespace

std::vector<Mention> mentions_of(Node& root, std::string_view name, Named named) {
    return MentionSearch(root, name, named).search();
}

void rename_mentions(Node& root, std::string_view name, const std::string& to, Named named) {
    const std::vector<Mention> mentions = mentions_of(root, name, named);
    // From the last one in each text to the first, so that places hold.
    for (auto one = mentions.rbegin(); one != mentions.rend(); ++one) {
        std::string& text = one->text != nullptr ? one->text->text : one->key->key;
        text.replace(one->offset, one->length, one->local ? to.substr(to.rfind('.') + 1) : to);
        if (one->text != nullptr) one->text->exact = false;
    }
}

}  // namespace understudy::formats
