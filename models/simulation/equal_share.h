// Those who are served at once at one rate, each getting as much as any other: a clock shows what one that was there from
// the start would have had by now. Whoever comes when it shows c, and needs w, is through when it shows c + w, so that a
// change of the rate moves nobody's place and only the first needs an event (processor sharing by attained service, as in
// Kleinrock, Queueing Systems II, 1976, 4.4).
//
// Those who leave before their turn stay in the heap until they stand first; who they are is told by the place that was
// given to them. Of two that are through at once the one that came first goes first.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/compile/model.h"

namespace understudy::models {

class EqualShare {
public:
    struct Entry {
        double until = 0;         ///< what the clock shows when it is through
        std::uint64_t place = 0;  ///< valid as long as the holding still has it
        Index holding = none;
    };
    double clock = 0;  ///< as it stood when its rate was told last
    double rate = 0;   ///< since then, of each
    std::int64_t present = 0;

    /// What the clock shows `elapsed` after it was set.
    double reading(double elapsed) const { return clock + rate * elapsed; }
    void join(const Entry& entry) {
        heap_.push_back(entry);
        std::push_heap(heap_.begin(), heap_.end(), later);
        ++present;
    }
    /// Sets the clock on, and drops those at the front who have left: has_left(entry). Small readings are the finest: with
    /// nobody there it starts again.
    template <class HasLeft>
    void advance(double elapsed, HasLeft has_left) {
        while (!heap_.empty() && has_left(heap_.front())) {
            std::pop_heap(heap_.begin(), heap_.end(), later);
            heap_.pop_back();
        }
        clock = present > 0 ? reading(elapsed) : 0;
    }
    /// Who is through first; somebody is there, and advance() has just been called or nobody has left since.
    const Entry& first() const { return heap_.front(); }
    /// Until the first is through at the present rate, which is above 0.
    double wait() const { return std::max(0.0, first().until - clock) / rate; }

private:
    static bool later(const Entry& a, const Entry& b) {
        return a.until != b.until ? a.until > b.until : a.place > b.place;
    }

    std::vector<Entry> heap_;  ///< first on top
};

}  // namespace understudy::models
