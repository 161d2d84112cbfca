#include "models/replay/dependencies.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace understudy::models {

namespace {

using kernel::Time;
using Index = std::uint32_t;

/// Comparisons of tags that are not look-ups; beyond this the rule is skipped, so that no log takes for ever.
constexpr std::int64_t most_comparisons = 50'000'000;
/// Shorter tags occur inside others by chance.
constexpr std::size_t shortest_inner_tag = 3;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

/// Is `text` cut between words at `at`?
bool boundary(std::string_view text, std::size_t at) {
    return at == 0 || at >= text.size() || !is_word(text[at]) || !is_word(text[at - 1]);
}

/// The tasks of one process.
struct Kind {
    std::vector<Index> by_creation;
    std::vector<Index> by_completion;  ///< those that fed others: not failed
    Time first_submission = kernel::never;
    Time last_completion = 0;
    std::unordered_map<std::string_view, std::vector<Index>> by_tag;  ///< of by_completion, in its order
    std::vector<std::string_view> tags;                               ///< sorted, not empty
    std::vector<std::size_t> tag_lengths;                             ///< that occur among them, ascending
};

class Inference {
public:
    Inference(RecordedRun& run, const DependencyOptions& options)
        : run_(run),
          tasks_(run.tasks),
          tolerance_(std::max(options.tolerance, run.resolution)),
          most_links_(options.most_links) {}

    DependencyCounts infer() {
        times();
        kinds();
        for (const auto& [from, to] : edges()) link(*from, *to);
        retries();
        tags_alone();
        for (Index i = 0; i < tasks_.size(); ++i) {
            std::vector<Index>& parents = tasks_[i].parents;
            std::sort(parents.begin(), parents.end());
            parents.erase(std::unique(parents.begin(), parents.end()), parents.end());
            counts_.links += static_cast<std::int64_t>(parents.size());
            if (!parents.empty()) continue;
            ++counts_.roots;
            if (judged(i) && submission_[i] > zero_ + kernel::minute) ++counts_.late_roots;
        }
        notes();
        return counts_;
    }

private:
    bool judged(Index i) const { return submission_[i] != kernel::never; }

    void times() {
        submission_.assign(tasks_.size(), kernel::never);
        completion_.assign(tasks_.size(), kernel::never);
        for (Index i = 0; i < tasks_.size(); ++i) {
            const RecordedTask& task = tasks_[i];
            if (task.submitted)
                submission_[i] = *task.submitted;
            else if (task.started)
                submission_[i] = *task.started;
            else if (task.completed)
                submission_[i] = *task.completed - task.realtime.value_or(0);
            if (task.completed)
                completion_[i] = *task.completed;
            else if (judged(i))
                completion_[i] = submission_[i] + task.realtime.value_or(0);
            if (judged(i))
                zero_ = std::min(zero_, submission_[i]);
            else
                ++counts_.without_time;
        }
        // Systems number tasks as they create them, which says more than the submission: that is delayed at
        // random.
        std::vector<std::int64_t> number(tasks_.size());
        std::iota(number.begin(), number.end(), 0);
        bool numbered = true;
        for (Index i = 0; i < tasks_.size() && numbered; ++i) {
            const std::string& id = tasks_[i].id;
            const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number[i]);
            numbered = error == std::errc() && end == id.data() + id.size();
        }
        if (!numbered) std::iota(number.begin(), number.end(), 0);
        std::vector<Index> order(tasks_.size());
        std::iota(order.begin(), order.end(), 0U);
        std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
            return std::pair(submission_[a], number[a]) < std::pair(submission_[b], number[b]);
        });
        place_.resize(tasks_.size());
        for (Index i = 0; i < order.size(); ++i) place_[order[i]] = i;
        created_.resize(tasks_.size());
        for (Index i = 0; i < tasks_.size(); ++i)
            created_[i] = numbered ? number[i] : static_cast<std::int64_t>(place_[i]);
    }

    void kinds() {
        for (Index i = 0; i < tasks_.size(); ++i) {
            if (!judged(i)) continue;
            Kind& kind = kinds_[tasks_[i].process];
            kind.by_creation.push_back(i);
            kind.first_submission = std::min(kind.first_submission, submission_[i]);
            if (!tasks_[i].failed) kind.by_completion.push_back(i);
        }
        for (auto& [name, kind] : kinds_) {
            std::stable_sort(kind.by_creation.begin(), kind.by_creation.end(),
                             [&](Index a, Index b) { return created_[a] < created_[b]; });
            std::stable_sort(kind.by_completion.begin(), kind.by_completion.end(), [&](Index a, Index b) {
                return std::pair(completion_[a], created_[a]) < std::pair(completion_[b], created_[b]);
            });
            if (!kind.by_completion.empty()) kind.last_completion = completion_[kind.by_completion.back()];
            for (const Index i : kind.by_completion) {
                if (tasks_[i].tag.empty()) continue;
                std::vector<Index>& same = kind.by_tag[tasks_[i].tag];
                if (same.empty()) kind.tags.push_back(tasks_[i].tag);
                same.push_back(i);
            }
            std::sort(kind.tags.begin(), kind.tags.end());
            for (const std::string_view tag : kind.tags) kind.tag_lengths.push_back(tag.size());
            std::sort(kind.tag_lengths.begin(), kind.tag_lengths.end());
            kind.tag_lengths.erase(std::unique(kind.tag_lengths.begin(), kind.tag_lengths.end()),
                                   kind.tag_lengths.end());
        }
    }

    /// Edges between processes that have tasks, in the order of their names.
    std::vector<std::pair<const Kind*, const Kind*>> edges() const {
        std::vector<std::pair<const Kind*, const Kind*>> found;
        for (const ProcessEdge& edge : run_.process_edges) {
            const auto from = kinds_.find(edge.from);
            const auto to = kinds_.find(edge.to);
            if (from == kinds_.end() || to == kinds_.end() || from == to ||
                from->second.by_completion.empty())
                continue;
            found.emplace_back(&from->second, &to->second);
        }
        return found;
    }

    /// Could `child` have waited for `parent`? The place keeps the graph free of cycles where tasks are
    /// shorter than the log's resolution.
    bool before(Index parent, Index child) const {
        return completion_[parent] <= submission_[child] + tolerance_ && place_[parent] < place_[child];
    }

    void link(const Kind& from, const Kind& to) {
        const std::vector<Index>& candidates = from.by_completion;
        // A full barrier of two large processes is the product of their sizes; its last completions decide
        // alike.
        const std::size_t room = most_links_ > links_ ? most_links_ - links_ : 0;
        const std::size_t width =
            std::min(candidates.size(),
                     std::max<std::size_t>(1, room / std::max<std::size_t>(1, to.by_creation.size())));
        const bool barrier =
            candidates.size() > 1 && from.last_completion <= to.first_submission + tolerance_;
        for (std::size_t position = 0; position < to.by_creation.size(); ++position) {
            const Index child = to.by_creation[position];
            std::vector<Index>& parents = tasks_[child].parents;
            const std::size_t had = parents.size();
            if (barrier) {
                all(candidates, width, child);
                counts_.barrier += parents.size() > had ? 1 : 0;
            } else if (candidates.size() == 1) {
                if (before(candidates.front(), child)) parents.push_back(candidates.front());
                counts_.single += parents.size() > had ? 1 : 0;
            } else {
                if (!tasks_[child].tag.empty() && !from.tags.empty()) by_tag(from, child);
                if (parents.size() == had &&
                    completion_[candidates.back()] <= submission_[child] + tolerance_) {
                    all(candidates, width, child);
                    counts_.all_before += parents.size() > had ? 1 : 0;
                }
                if (parents.size() == had) by_order(candidates, to.by_creation.size(), position, child);
                if (parents.size() == had) last_before(candidates, child);
            }
            if (parents.size() == had) ++counts_.none;
            links_ += parents.size() - had;
        }
        if (width < candidates.size() && barrier) ++narrowed_;
    }

    void all(const std::vector<Index>& candidates, std::size_t width, Index child) {
        for (std::size_t i = candidates.size() - width; i < candidates.size(); ++i)
            if (before(candidates[i], child)) tasks_[child].parents.push_back(candidates[i]);
    }

    void by_tag(const Kind& from, Index child) {
        std::vector<Index>& parents = tasks_[child].parents;
        const std::string_view tag = tasks_[child].tag;
        if (const auto same = from.by_tag.find(tag); same != from.by_tag.end()) {
            const std::size_t had = parents.size();
            for (const Index i : same->second)
                if (before(i, child)) parents.push_back(i);
            if (parents.size() > had) {
                ++counts_.equal_tag;
                return;
            }
        }
        std::vector<std::string_view> at_words, inside_words;
        for (const std::size_t length : from.tag_lengths) {
            if (length >= tag.size()) break;
            const std::string_view beginning = tag.substr(0, length);
            if (from.by_tag.count(beginning) > 0)
                (boundary(tag, length) ? at_words : inside_words).push_back(beginning);
        }
        for (auto at = std::upper_bound(from.tags.begin(), from.tags.end(), tag);
             at != from.tags.end() && at->substr(0, tag.size()) == tag && spend(); ++at)
            (boundary(*at, tag.size()) ? at_words : inside_words).push_back(*at);
        if (take_tags(from, at_words, child) || take_tags(from, inside_words, child)) {
            ++counts_.prefix_tag;
            return;
        }
        if (tag.size() < shortest_inner_tag) return;
        std::vector<std::string_view> inner;
        for (const std::string_view other : from.tags) {
            if (!spend()) return;
            if (other.size() < shortest_inner_tag || other == tag) continue;
            if (other.find(tag) != std::string_view::npos || tag.find(other) != std::string_view::npos)
                inner.push_back(other);
        }
        if (take_tags(from, inner, child)) ++counts_.inner_tag;
    }

    /// All tasks of these tags, if the child could have waited for every one.
    bool take_tags(const Kind& from, const std::vector<std::string_view>& tags, Index child) {
        if (tags.empty()) return false;
        for (const std::string_view tag : tags)
            for (const Index i : from.by_tag.at(tag))
                if (!before(i, child)) return false;
        for (const std::string_view tag : tags) {
            const std::vector<Index>& same = from.by_tag.at(tag);
            tasks_[child].parents.insert(tasks_[child].parents.end(), same.begin(), same.end());
        }
        return true;
    }

    /// One to one, scatter and gather of runs without tags: the share of the candidates at the child's
    /// position.
    void by_order(const std::vector<Index>& candidates, std::size_t children, std::size_t position,
                  Index child) {
        const std::size_t first = position * candidates.size() / children;
        const std::size_t end =
            std::max(first + 1, ((position + 1) * candidates.size() + children - 1) / children);
        for (std::size_t i = first; i < std::min(end, candidates.size()); ++i)
            if (!before(candidates[i], child)) return;
        for (std::size_t i = first; i < std::min(end, candidates.size()); ++i)
            tasks_[child].parents.push_back(candidates[i]);
        ++counts_.by_order;
    }

    void last_before(const std::vector<Index>& candidates, Index child) {
        auto at = std::upper_bound(candidates.begin(), candidates.end(), submission_[child] + tolerance_,
                                   [&](Time limit, Index i) { return limit < completion_[i]; });
        while (at != candidates.begin()) {
            --at;
            if (!before(*at, child)) continue;
            tasks_[child].parents.push_back(*at);
            ++counts_.last_before;
            return;
        }
    }

    void retries() {
        std::map<std::pair<std::string_view, std::string_view>, std::vector<Index>> by_name;
        for (Index i = 0; i < tasks_.size(); ++i)
            if (judged(i) && (tasks_[i].failed || tasks_[i].attempt > 1))
                by_name[{tasks_[i].process, tasks_[i].name}].push_back(i);
        for (auto& [name, attempts] : by_name) {
            std::sort(attempts.begin(), attempts.end(),
                      [&](Index a, Index b) { return place_[a] < place_[b]; });
            for (std::size_t i = 1; i < attempts.size(); ++i) {
                const Index child = attempts[i];
                if (tasks_[child].attempt < 2) continue;
                for (std::size_t j = i; j-- > 0;) {
                    if (!tasks_[attempts[j]].failed || !before(attempts[j], child) ||
                        tasks_[attempts[j]].attempt >= tasks_[child].attempt)
                        continue;
                    tasks_[child].parents = {attempts[j]};
                    ++counts_.retries;
                    break;
                }
            }
        }
    }

    void tags_alone() {
        std::unordered_map<std::string_view, std::vector<Index>> by_tag;
        for (Index i = 0; i < tasks_.size(); ++i)
            if (judged(i) && !tasks_[i].tag.empty() && !tasks_[i].failed) by_tag[tasks_[i].tag].push_back(i);
        for (auto& [tag, same] : by_tag)
            std::stable_sort(same.begin(), same.end(),
                             [&](Index a, Index b) { return completion_[a] < completion_[b]; });
        for (Index child = 0; child < tasks_.size(); ++child) {
            if (!judged(child) || !tasks_[child].parents.empty() || tasks_[child].tag.empty()) continue;
            const auto found = by_tag.find(tasks_[child].tag);
            if (found == by_tag.end()) continue;
            auto at = std::upper_bound(found->second.begin(), found->second.end(), submission_[child],
                                       [&](Time limit, Index i) { return limit < completion_[i]; });
            while (at != found->second.begin()) {
                --at;
                if (*at == child || place_[*at] >= place_[child]) continue;
                tasks_[child].parents.push_back(*at);
                ++counts_.tag_alone;
                break;
            }
        }
    }

    bool spend() { return ++comparisons_ <= most_comparisons; }

    void note(const char* text, std::int64_t count) {
        if (count > 0) run_.notes.push_back({text, count, 0});
    }

    void notes() {
        note("parents by a barrier: all of the process before had completed",
             counts_.barrier + counts_.all_before);
        note("parents by tags (equal, beginning, within)",
             counts_.equal_tag + counts_.prefix_tag + counts_.inner_tag);
        note("parents by order of creation and completion, for want of tags", counts_.by_order);
        note("parent taken as the last completed before the submission", counts_.last_before);
        note("parent by tag alone: the graph of processes does not show it", counts_.tag_alone);
        note(late_roots_note, counts_.late_roots);
        note("without times: no parents inferred", counts_.without_time);
        note("barriers too large to keep in full: their last completions stand for all", narrowed_);
        if (comparisons_ > most_comparisons)
            note("too many tags to compare them all: some parents not found", 1);
    }

    RecordedRun& run_;
    std::vector<RecordedTask>& tasks_;
    Time tolerance_;
    std::size_t most_links_;
    DependencyCounts counts_;
    std::vector<Time> submission_, completion_;
    std::vector<Index> place_;
    std::vector<std::int64_t> created_;
    std::map<std::string_view, Kind> kinds_;
    Time zero_ = kernel::never;
    std::size_t links_ = 0;
    std::int64_t narrowed_ = 0;
    std::int64_t comparisons_ = 0;
};

}  // namespace

DependencyCounts infer_dependencies(RecordedRun& run, const DependencyOptions& options) {
    if (run.has_dependencies || run.tasks.empty()) {
        DependencyCounts counts;
        for (const RecordedTask& task : run.tasks) {
            counts.links += static_cast<std::int64_t>(task.parents.size());
            counts.roots += task.parents.empty() ? 1 : 0;
        }
        return counts;
    }
    return Inference(run, options).infer();
}

}  // namespace understudy::models
