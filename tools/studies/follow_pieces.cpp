#include "tools/studies/follow_pieces.h"

#include <deque>
#include <map>
#include <tuple>
#include <utility>

namespace understudy::studies {

namespace {

using models::ObservedEvent;
using Kind = ObservedEvent::Kind;

void earliest(std::optional<std::int64_t>& into, std::int64_t ns) { into = into ? std::min(*into, ns) : ns; }

Piece begun_of(const ObservedEvent& event) {
    Piece piece;
    piece.process = event.process;
    piece.name = event.name;
    piece.id = event.id;
    piece.item = event.item;
    piece.run = event.run;
    piece.attempt = event.attempt;
    return piece;
}

void take_amount(std::vector<PieceAmount>& into, const PieceAmount& told) {
    auto known = std::find_if(into.begin(), into.end(), [&](const PieceAmount& one) {
        return one.dataset == told.dataset && one.written == told.written;
    });
    if (known == into.end()) known = into.insert(known, {told.dataset, told.written});
    known->records = std::max(known->records, told.records);
    known->bytes = std::max(known->bytes, told.bytes);
}

/// All events of one id, in order of time.
Piece of_one_id(const std::vector<const ObservedEvent*>& events) {
    Piece piece = begun_of(*events.front());
    std::optional<std::int64_t> seen;
    for (const ObservedEvent* event : events) {
        piece.item = std::max(piece.item, event->item);
        piece.run = std::max(piece.run, event->run);
        switch (event->kind) {
            case Kind::due: earliest(piece.due, event->ns); break;
            case Kind::submitted: earliest(piece.submitted, event->ns); break;
            case Kind::started: earliest(piece.started, event->ns); break;
            case Kind::seen: earliest(seen, event->ns); break;
            case Kind::ended:
            case Kind::failed:  // of two ends at one instant the failure counts: it comes later in the order
                piece.ended = event->ns;
                piece.failed = event->kind == Kind::failed;
                break;
            case Kind::over: piece.run_is_over = true; break;
            case Kind::read:
            case Kind::wrote:
                take_amount(piece.amounts,
                            {event->dataset, event->kind == Kind::wrote, event->records, event->bytes});
        }
    }
    if (!piece.started && (!piece.ended || (seen && *seen < *piece.ended))) piece.started = seen;
    return piece;
}

/// Events of one item without ids, in order of time.
void pair_up(const std::vector<const ObservedEvent*>& events, std::vector<Piece>& into) {
    std::deque<Piece> submitted, started;
    for (const ObservedEvent* event : events) {
        Piece fresh = begun_of(*event);
        const auto take_first = [&](std::deque<Piece>& from) {
            if (from.empty()) return fresh;
            Piece first = std::move(from.front());
            from.pop_front();
            return first;
        };
        switch (event->kind) {
            case Kind::due:
            case Kind::over:
            case Kind::read:
            case Kind::wrote: break;
            case Kind::submitted:
                fresh.submitted = event->ns;
                submitted.push_back(std::move(fresh));
                break;
            case Kind::started:
            case Kind::seen: {
                Piece piece = take_first(submitted);
                piece.started = event->ns;
                piece.attempt = event->attempt;
                started.push_back(std::move(piece));
                break;
            }
            case Kind::ended:
            case Kind::failed: {
                Piece piece = take_first(started.empty() ? submitted : started);
                piece.ended = event->ns;
                piece.failed = event->kind == Kind::failed;
                into.push_back(std::move(piece));
            }
        }
    }
    for (std::deque<Piece>* open : {&submitted, &started})
        for (Piece& piece : *open) into.push_back(std::move(piece));
}

void unite_renamed(std::vector<Piece>& pieces) {
    std::map<std::string, std::vector<Piece*>> by_id;
    for (Piece& piece : pieces)
        if (!piece.id.empty() && piece.item.empty()) by_id[piece.id].push_back(&piece);
    for (auto& [id, those] : by_id) {
        if (those.size() != 2) continue;
        if (!those[0]->started) std::swap(those[0], those[1]);
        Piece &before = *those[0], &after = *those[1];
        if (!before.started || before.ended || after.started || !after.ended) continue;
        after.started = before.started;
        if (before.submitted) earliest(after.submitted, *before.submitted);
        if (before.due) earliest(after.due, *before.due);
        after.run = std::max(after.run, before.run);
        after.run_is_over = after.run_is_over || before.run_is_over;
        for (const PieceAmount& told : before.amounts) take_amount(after.amounts, told);
        before = Piece{};
    }
    std::erase_if(pieces, [](const Piece& piece) { return piece.process.empty() && piece.name.empty(); });
}

}  // namespace

std::vector<Piece> pieces_of(const std::vector<ObservedEvent>& events, std::int64_t now_ns) {
    std::vector<const ObservedEvent*> order;
    for (const ObservedEvent& event : events)
        if (event.ns <= now_ns) order.push_back(&event);
    const auto key_of = [](const ObservedEvent& event) {
        static const std::string none;
        const bool has_id = !event.id.empty();
        return std::tie(event.process, event.name, event.id, has_id ? none : event.item,
                        has_id ? none : event.run);
    };
    const auto attempt_of = [](const ObservedEvent& event) { return event.id.empty() ? 0 : event.attempt; };
    const auto same = [&](const ObservedEvent& a, const ObservedEvent& b) {
        return key_of(a) == key_of(b) && attempt_of(a) == attempt_of(b);
    };
    // Events come sorted by time and kind, so each group is as well.
    std::stable_sort(order.begin(), order.end(), [&](const ObservedEvent* a, const ObservedEvent* b) {
        const auto ka = key_of(*a), kb = key_of(*b);
        return ka != kb ? ka < kb : attempt_of(*a) < attempt_of(*b);
    });
    std::vector<Piece> pieces;
    for (std::size_t from = 0, to = 0; from < order.size(); from = to) {
        while (to < order.size() && same(*order[from], *order[to])) ++to;
        const std::vector<const ObservedEvent*> group(order.begin() + static_cast<std::ptrdiff_t>(from),
                                                      order.begin() + static_cast<std::ptrdiff_t>(to));
        if (order[from]->id.empty())
            pair_up(group, pieces);
        else
            pieces.push_back(of_one_id(group));
    }
    unite_renamed(pieces);
    std::erase_if(pieces,
                  [](const Piece& piece) { return !piece.submitted && !piece.started && !piece.ended; });
    std::stable_sort(pieces.begin(), pieces.end(),
                     [](const Piece& a, const Piece& b) { return a.first() < b.first(); });
    return pieces;
}

}  // namespace understudy::studies
