// A line: waiting items in the order of their pool.
//
// An entry is valid as long as its item still has the entry's ticket; an item that leaves the line otherwise
// than by being taken (expiry, cancellation) just loses its ticket, and the entry is passed over. Fifo and
// lifo are a deque, the other orders a heap by (key, ticket), random a vector. Who may not go for some time may be set
// aside, so that nobody looks at him until he is brought back to his place; not in lifo or random order. Copyable. Internal
// to models/simulation.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <iterator>
#include <utility>
#include <vector>

#include "models/compile/model.h"

namespace understudy::models {

class Line {
public:
    struct Entry {
        double key = 0;  ///< smaller goes first
        std::uint64_t ticket = 0;
        Index item = none;
    };
    /// What becomes of an entry that was looked at.
    enum class Look { taken, passed, aside, end };

    void set_order(Order order) { order_ = order; }
    bool can_set_aside() const { return order_ != Order::lifo && order_ != Order::random; }

    /// To the end of the line, or where its key belongs. Returns the entry's ticket.
    std::uint64_t push(Index item, double key) {
        const Entry entry{key, middle + ++last_, item};
        add(entry, false);
        return entry.ticket;
    }

    /// To the head of the line, among those of its own key.
    std::uint64_t push_front(Index item, double key) {
        const Entry entry{key, middle - ++first_, item};
        add(entry, true);
        return entry.ticket;
    }

    /// Of who came last by push(); who came before has a smaller one.
    std::uint64_t last_ticket() const { return middle + last_; }

    /// Looks at valid entries in order until `look` says end: `valid(entry)` and `look(entry)` are called for
    /// each; what was taken leaves the line. `choose(n)` picks an index below n for random order.
    template <class Valid, class Visit, class Choose>
    void scan(Valid valid, Visit look, Choose choose) {
        if (order_ == Order::random) return scan_random(valid, look, choose);
        if (!keyed()) return scan_deque(valid, look);
        std::vector<Entry> passed;
        while (!heap_.empty()) {
            const Entry entry = heap_.front();
            if (!valid(entry)) {
                pop_heap();
                continue;
            }
            const Look answer = look(entry);
            // Mostly the first whom nobody has a worker for: it stays where it is.
            if (answer == Look::end) break;
            remove_from_heap(entry.ticket);
            if (answer == Look::passed) passed.push_back(entry);
            if (answer == Look::aside) set_aside(entry);
        }
        for (const Entry& entry : passed) {
            heap_.push_back(entry);
            std::push_heap(heap_.begin(), heap_.end(), After{});
        }
    }

    /// All that were set aside, each to where it would stand.
    void bring_back() {
        if (aside_.empty()) return;
        if (keyed()) {
            for (const Entry& entry : aside_) add(entry, false);
        } else {
            std::deque<Entry> all;
            std::merge(aside_.begin(), aside_.end(), deque_.begin(), deque_.end(), std::back_inserter(all),
                       [](const Entry& a, const Entry& b) { return a.ticket < b.ticket; });
            deque_ = std::move(all);
        }
        aside_.clear();
    }

    /// The first valid entry in order that is not set aside, nullptr if there is none; drops invalid ones before
    /// it. Random order: any.
    template <class Valid>
    const Entry* head(Valid valid) {
        if (keyed()) {
            while (!heap_.empty() && !valid(heap_.front())) pop_heap();
            return heap_.empty() ? nullptr : &heap_.front();
        }
        while (!deque_.empty() && !valid(deque_.front())) deque_.pop_front();
        return deque_.empty() ? nullptr : &deque_.front();
    }

    /// All entries, valid or not, set aside or not, from the head on; of a random order as they lie.
    template <class Visit>
    void for_each(Visit visit) const {
        if (!aside_.empty()) {
            Line whole = *this;
            whole.bring_back();
            return whole.for_each(visit);
        }
        for (const Entry& entry : deque_) visit(entry);
        std::vector<Entry> sorted = heap_;
        std::sort(sorted.begin(), sorted.end(), [](const Entry& a, const Entry& b) { return After{}(b, a); });
        for (const Entry& entry : sorted) visit(entry);
    }

private:
    static constexpr std::uint64_t middle = std::uint64_t{1} << 62;
    struct After {
        bool operator()(const Entry& a, const Entry& b) const {
            return a.key != b.key ? a.key > b.key : a.ticket > b.ticket;
        }
    };
    bool keyed() const {
        return order_ == Order::priority || order_ == Order::shortest || order_ == Order::deadline;
    }

    void add(const Entry& entry, bool front) {
        if (keyed()) {
            heap_.push_back(entry);
            std::push_heap(heap_.begin(), heap_.end(), After{});
        } else if (front || order_ == Order::lifo) {
            deque_.push_front(entry);
        } else {
            deque_.push_back(entry);
        }
    }

    /// By ticket: one with an earlier place is put before those that are there.
    void set_aside(const Entry& entry) {
        const auto at = std::upper_bound(aside_.begin(), aside_.end(), entry,
                                         [](const Entry& a, const Entry& b) { return a.ticket < b.ticket; });
        aside_.insert(at, entry);
    }
    void pop_heap() {
        std::pop_heap(heap_.begin(), heap_.end(), After{});
        heap_.pop_back();
    }
    /// It was in front when it was looked at; who looks may have put another before it.
    void remove_from_heap(std::uint64_t ticket) {
        if (!heap_.empty() && heap_.front().ticket == ticket) return pop_heap();
        std::erase_if(heap_, [&](const Entry& entry) { return entry.ticket == ticket; });
        std::make_heap(heap_.begin(), heap_.end(), After{});
    }

    template <class Valid, class Visit>
    void scan_deque(Valid valid, Visit look) {
        // Taken entries at the front leave at once; holes further back are closed in one pass.
        while (!deque_.empty()) {
            const Entry entry = deque_.front();
            if (!valid(entry)) {
                deque_.pop_front();
                continue;
            }
            const Look answer = look(entry);
            if (answer == Look::end) return;
            if (answer == Look::passed) break;
            if (answer == Look::aside) set_aside(entry);
            deque_.pop_front();
        }
        std::size_t kept = std::min<std::size_t>(1, deque_.size());
        bool ended = false;
        for (std::size_t i = kept; i < deque_.size(); ++i) {
            const Entry entry = deque_[i];
            if (!ended) {
                if (!valid(entry)) continue;
                const Look answer = look(entry);
                if (answer == Look::aside) set_aside(entry);
                if (answer == Look::taken || answer == Look::aside) continue;
                ended = answer == Look::end;
            }
            deque_[kept++] = entry;
        }
        deque_.resize(kept);
    }

    template <class Valid, class Visit, class Choose>
    void scan_random(Valid valid, Visit look, Choose choose) {
        std::size_t left = deque_.size();
        while (left > 0) {
            const std::size_t i = choose(left);
            std::swap(deque_[i], deque_[left - 1]);
            const Entry entry = deque_[left - 1];
            const Look answer = valid(entry) ? look(entry) : Look::taken;
            if (answer == Look::end) return;
            if (answer == Look::taken) {
                std::swap(deque_[left - 1], deque_.back());
                deque_.pop_back();
            }
            --left;
        }
    }

    Order order_ = Order::fifo;
    std::deque<Entry> deque_;
    std::vector<Entry> heap_;
    std::vector<Entry> aside_;
    std::uint64_t last_ = 0, first_ = 0;
};

}  // namespace understudy::models
