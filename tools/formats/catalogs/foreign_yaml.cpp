#include "tools/formats/catalogs/foreign_yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tools/formats/printable.h"

namespace understudy::formats {

namespace {

constexpr std::size_t foreign_size_limit = std::size_t{16} << 20;
constexpr std::size_t foreign_nesting_limit = 64;
/// That aliases stand for: a few lines of aliases of aliases would be more than fits into memory.
constexpr std::size_t most_copied_nodes = 1'000'000;

/// Ends the reading.
struct Refused {
    std::int64_t line;
    std::string what;
};

class TreeOfEvents : public YAML::EventHandler {
public:
    explicit TreeOfEvents(std::string_view text) : text_(text) {
        for (std::size_t start = 0; start != std::string_view::npos && start <= text.size();) {
            lines_.push_back(start);
            const std::size_t end = text.find('\n', start);
            start = end == std::string_view::npos ? end : end + 1;
        }
    }

    Node take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(Node::scalar(""), mark, anchor);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto known = anchors_.find(anchor);
        // Its list or map has not ended.
        if (known == anchors_.end()) throw Refused{mark.line + 1, "an alias ('*name') of what it stands in"};
        if ((copied_ += nodes_in(known->second)) > most_copied_nodes)
            throw Refused{mark.line + 1,
                          fmt::format("aliases that stand for more than {} values", most_copied_nodes)};
        if (!levels_.empty() && levels_.back().node.is_map() && levels_.back().expects_key) {
            if (!known->second.is_scalar()) throw Refused{mark.line + 1, "a key that is a list or a map"};
            add(known->second, mark, 0);
            return;
        }
        put(known->second);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        Node node = Node::scalar(value);
        node.quoted = tag == "!";
        const auto line = static_cast<std::size_t>(std::max(mark.line, 0));
        if (node.quoted && line < lines_.size() &&
            !is_quote_closed(text_, lines_[line] + static_cast<std::size_t>(std::max(mark.column, 0))))
            throw Refused{mark.line + 1, "a quote is not closed: add the closing quote"};
        add(std::move(node), mark, anchor);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(Node::list(), mark, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(Node::map(), mark, anchor);
    }
    void OnMapEnd() override { close(); }

private:
    struct Level {
        Node node;
        bool expects_key = true;  ///< of a map
        std::string key;
        YAML::anchor_t anchor = 0;
        std::unordered_map<std::string, std::size_t> places{};  ///< of the entries of a map

        /// The entry of a key, and whether it is new.
        std::pair<Entry*, bool> entry(const std::string& of) {
            const auto [at, fresh] = places.try_emplace(of, node.entries.size());
            if (fresh) node.entries.push_back({of, {}, {}});
            return {&node.entries[at->second], fresh};
        }
    };

    static std::size_t nodes_in(const Node& node) {
        std::size_t count = 1;
        for (const Node& item : node.items) count += nodes_in(item);
        for (const Entry& entry : node.entries) count += nodes_in(entry.value);
        return count;
    }

    void open(Node node, const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (levels_.size() >= foreign_nesting_limit) throw Refused{mark.line + 1, "nested too deeply"};
        if (!levels_.empty() && levels_.back().node.is_map() && levels_.back().expects_key)
            throw Refused{mark.line + 1, "a key that is a list or a map"};
        node.place = {mark.line + 1, mark.column + 1, 0};
        levels_.push_back({std::move(node), true, {}, anchor});
    }
    void close() {
        Node node = std::move(levels_.back().node);
        const YAML::anchor_t anchor = levels_.back().anchor;
        levels_.pop_back();
        if (anchor != 0) anchors_[anchor] = node;
        put(std::move(node));
    }
    void add(Node node, const YAML::Mark& mark, YAML::anchor_t anchor) {
        node.place = {mark.line + 1, mark.column + 1, 0};
        if (anchor != 0) anchors_[anchor] = node;
        if (!levels_.empty() && levels_.back().node.is_map() && levels_.back().expects_key) {
            levels_.back().key = node.text;
            levels_.back().expects_key = false;
            return;
        }
        put(std::move(node));
    }
    void put(Node node) {
        if (levels_.empty()) {
            root_ = std::move(node);
            return;
        }
        Level& level = levels_.back();
        if (level.node.is_list()) {
            level.node.items.push_back(std::move(node));
            return;
        }
        level.expects_key = true;
        if (level.key == "<<") {
            merge(level, node);
            return;
        }
        const auto [entry, fresh] = level.entry(level.key);
        if (fresh) entry->place = node.place;
        entry->value = std::move(node);
    }

    /// The entries of a map, or of a list of maps, that are not there already (YAML 1.1, "merge").
    static void merge(Level& into, const Node& from) {
        for (const Node& item : from.items) merge(into, item);
        for (const Entry& other : from.entries)
            if (const auto [entry, fresh] = into.entry(other.key); fresh) *entry = other;
    }

    std::string_view text_;
    std::vector<std::size_t> lines_;  ///< where each begins
    Node root_ = Node::map();
    std::vector<Level> levels_;
    std::map<YAML::anchor_t, Node> anchors_;
    std::size_t copied_ = 0;
};

}  // namespace

ForeignYaml read_foreign_yaml(std::string_view text) {
    ForeignYaml result;
    if (text.size() > foreign_size_limit) {
        result.problem = fmt::format("has {} MiB; at most 16 MiB are read", text.size() >> 20);
        return result;
    }
    if (const std::size_t wrong = not_utf8_at(text); wrong != std::string_view::npos) {
        result.problem = "is no UTF-8: save it as UTF-8";
        result.line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(wrong), '\n');
        return result;
    }
    std::istringstream stream{std::string(text)};
    try {
        YAML::Parser parser(stream);
        TreeOfEvents tree(text);
        if (parser.HandleNextDocument(tree)) {
            result.root = tree.take();
            TreeOfEvents more(text);
            if (parser.HandleNextDocument(more)) {
                result.line = more.take().place.line;
                result.problem = "a second document in one file";
            }
        }
    } catch (const Refused& refused) {
        result.problem = refused.what;
        result.line = refused.line;
    } catch (const YAML::Exception& error) {
        result.problem = "is no YAML: " + error.msg;
        result.line = error.mark.line + 1;
    }
    return result;
}

}  // namespace understudy::formats
