#include "models/analytic/items_in_each.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "models/graph.h"

namespace understudy::models {

namespace {

/// What a stage writes that another reads.
struct Way {
    std::size_t from = 0, to = 0;
    bool written = false, dead_letters = false;
};

class Finder {
public:
    explicit Finder(const Scenario& scenario) : s_(scenario) {
        for (std::size_t i = 0; i < s_.twin.stages.size(); ++i)
            for (const std::string& stream : s_.twin.stages[i].reads) readers_[stream].push_back(i);
        for (std::size_t i = 0; i < s_.twin.stages.size(); ++i) add_ways_from(i);
        for (const Load& load : s_.loads)
            for (const std::size_t reader : readers_of(load.name, load.writes)) reads_loads_.insert(reader);
    }

    /// In the order of the flow; who stands in a circle, or behind one, never has its turn.
    std::vector<std::optional<double>> find() {
        const std::size_t count = s_.twin.stages.size();
        std::vector<std::vector<const Way*>> into(count), out_of(count);
        for (const Way& way : ways_) {
            into[way.to].push_back(&way);
            out_of[way.from].push_back(&way);
        }
        std::vector<std::size_t> missing(count), ready;
        for (std::size_t i = 0; i < count; ++i)
            if ((missing[i] = into[i].size()) == 0) ready.push_back(i);
        std::vector<std::optional<double>> found(count);
        for (std::size_t next = 0; next < ready.size(); ++next) {
            const std::size_t stage = ready[next];
            found[stage] = in_each(stage, into[stage], found);
            for (const Way* way : out_of[stage])
                if (--missing[way->to] == 0) ready.push_back(way->to);
        }
        return found;
    }

private:
    std::set<std::size_t> readers_of(const std::string& name, const Writes& writes) const {
        std::set<std::size_t> found;
        for (const Writes::Target& target : targets_of(name, writes))
            if (const auto readers = readers_.find(target.stream); readers != readers_.end())
                found.insert(readers->second.begin(), readers->second.end());
        return found;
    }

    void add_ways_from(std::size_t stage) {
        const Stage& writer = s_.twin.stages[stage];
        std::map<std::size_t, Way> ways;
        for (const std::size_t reader : readers_of(writer.name, writer.writes)) ways[reader].written = true;
        if (const auto readers = readers_.find(writer.dead_letter); readers != readers_.end())
            for (const std::size_t reader : readers->second) ways[reader].dead_letters = true;
        for (auto& [reader, way] : ways) {
            way.from = stage;
            way.to = reader;
            ways_.push_back(way);
        }
    }

    /// What comes out of a stage that so many are in each item of, where it goes this way.
    std::optional<double> behind(const Way& way, std::optional<double> come) const {
        const Stage& writer = s_.twin.stages[way.from];
        if (!come) return std::nullopt;
        if (writer.batch) {
            // One that may close before it is full, or is put aside as it is, holds any number.
            const Batch& batch = *writer.batch;
            if (batch.items <= 0 || batch.records > 0 || batch.size_bytes > 0 || batch.after ||
                way.dead_letters)
                return std::nullopt;
            *come *= static_cast<double>(batch.items);
        }
        if (*come != 1 && (writer.join || writer.window || writer.emits.items != 1 ||
                           writer.writes.rule == Writes::Rule::split))
            return std::nullopt;
        return come;
    }

    std::optional<double> in_each(std::size_t stage, const std::vector<const Way*>& into,
                                  const std::vector<std::optional<double>>& found) const {
        double all = 0;
        for (const Way* way : into) {
            const auto come = behind(*way, found[way->from]);
            if (!come || (all != 0 && all != *come)) return std::nullopt;
            all = *come;
        }
        if (all == 0 || all == 1) return 1;
        // Loads, and tasks, bring single items to the same stream.
        if (reads_loads_.contains(stage) || !s_.twin.pipelines.empty()) return std::nullopt;
        return all;
    }

    const Scenario& s_;
    std::map<std::string, std::vector<std::size_t>> readers_;  ///< by stream
    std::vector<Way> ways_;
    std::set<std::size_t> reads_loads_;
};

}  // namespace

std::vector<std::optional<double>> items_in_each(const Scenario& scenario) {
    const auto& stages = scenario.twin.stages;
    if (std::none_of(stages.begin(), stages.end(),
                     [](const Stage& stage) { return stage.batch.has_value(); }))
        return std::vector<std::optional<double>>(stages.size(), 1.0);
    return Finder(scenario).find();
}

}  // namespace understudy::models
