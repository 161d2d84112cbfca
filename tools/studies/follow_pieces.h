// Pieces of work, put together of the events that a log of production tells of them. Internal to follow.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "models/observed_events.h"

namespace understudy::studies {

/// What the log tells it reads or writes of a dataset (empty: in all); of several times the most. 0: not known.
struct PieceAmount {
    std::string dataset;
    bool written = false;
    std::int64_t records = 0, bytes = 0;
};

struct Piece {
    std::string process, name;
    std::string id, item, run;
    std::int32_t attempt = 1;
    std::optional<std::int64_t> due, submitted, started, ended;
    bool failed = false;
    bool run_is_over = false;
    std::vector<PieceAmount> amounts;  ///< of one with an id

    std::int64_t first() const {
        std::int64_t at = std::numeric_limits<std::int64_t>::max();
        for (const auto& instant : {submitted, started, ended})
            if (instant) at = std::min(at, *instant);
        return at;
    }
    std::int64_t last() const {
        std::int64_t at = std::numeric_limits<std::int64_t>::min();
        for (const auto& instant : {submitted, started, ended})
            if (instant) at = std::max(at, *instant);
        return at;
    }
    /// What it is done for; where the log does not say, itself.
    const std::string& about() const { return item.empty() ? id : item; }
};

/// Of the events up to `now_ns`, by first instant. Of events with an id: first submission, first start (first sight, where
/// no start is known), last end. Of those without: in the order of time each start takes up what was submitted first, and
/// each end is that of what began first. A piece that is only known to be due is none. Where one id has its start under one
/// name and its end under another (a job that was renamed), it is one piece under the later name.
std::vector<Piece> pieces_of(const std::vector<models::ObservedEvent>& events, std::int64_t now_ns);

}  // namespace understudy::studies
