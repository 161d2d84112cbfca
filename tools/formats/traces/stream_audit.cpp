#include "tools/formats/traces/stream_audit.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace understudy::formats {

namespace {

/// A draw with the number that its element has in both runs.
struct Draw {
    std::uint64_t item = 0;
    double value = 0;
    std::uint32_t element = 0;
    std::uint16_t purpose = 0;
    std::uint16_t attempt = 0;

    auto address() const { return std::tie(element, purpose, attempt, item); }
    std::uint64_t mixed() const {
        return kernel::mix_bits(item) ^
               kernel::mix_bits((std::uint64_t{element} << 32) | (std::uint64_t{purpose} << 16) | attempt);
    }
};

/// The names of both runs in alphabetical order, and where each run's elements stand among them.
struct TracedElements {
    std::vector<std::string> names;
    std::vector<std::uint32_t> of_first, of_second;

    TracedElements(const models::TraceHeader& first, const models::TraceHeader& second) {
        std::set<std::string> all;
        for (const auto* header : {&first, &second})
            for (const auto& element : header->elements) all.insert(element.name);
        names.assign(all.begin(), all.end());
        of_first = places(first);
        of_second = places(second);
    }

private:
    std::vector<std::uint32_t> places(const models::TraceHeader& header) const {
        std::vector<std::uint32_t> places;
        for (const auto& element : header.elements)
            places.push_back(static_cast<std::uint32_t>(
                std::lower_bound(names.begin(), names.end(), element.name) - names.begin()));
        return places;
    }
};

/// One draw for each address of part `part` of `parts`, in the order of the addresses.
std::vector<Draw> draws_of(const TraceReader& trace, std::int64_t replication,
                           const std::vector<std::uint32_t>& places, std::uint64_t part,
                           std::uint64_t parts) {
    std::vector<Draw> draws;
    trace.for_each_draw(replication, [&](const models::TraceDraw& told) {
        const Draw draw{told.identity, told.value, places[told.element], told.purpose, told.attempt};
        if (parts == 1 || draw.mixed() % parts == part) draws.push_back(draw);
    });
    std::stable_sort(draws.begin(), draws.end(),
                     [](const Draw& a, const Draw& b) { return a.address() < b.address(); });
    // Of equal addresses the last stays.
    std::size_t kept = 0;
    for (std::size_t i = 0; i < draws.size(); ++i)
        if (i + 1 == draws.size() || draws[i].address() != draws[i + 1].address()) draws[kept++] = draws[i];
    draws.resize(kept);
    return draws;
}

class Audit {
public:
    explicit Audit(const AuditOptions& options, const TracedElements& elements)
        : options_(options), elements_(elements) {}

    void compare(std::int64_t replication, const std::vector<Draw>& first, const std::vector<Draw>& second) {
        auto a = first.begin(), b = second.begin();
        while (a != first.end() || b != second.end()) {
            const bool only_first = b == second.end() || (a != first.end() && a->address() < b->address());
            const bool only_second = a == first.end() || (b != second.end() && b->address() < a->address());
            const Draw& one = only_second ? *b : *a;
            AuditedStream& stream = streams_[{one.element, one.purpose}];
            if (only_first) {
                ++stream.only_first;
                ++a;
            } else if (only_second) {
                ++stream.only_second;
                ++b;
            } else {
                if (std::memcmp(&a->value, &b->value, sizeof a->value) == 0)
                    ++stream.equal;
                else
                    differs(replication, *a, *b, stream);
                ++a;
                ++b;
            }
        }
    }

    void tell(StreamAudit& audit) {
        for (auto& [key, stream] : streams_) {
            stream.element = elements_.names[key.first];
            stream.purpose = static_cast<kernel::Purpose>(key.second);
            audit.streams.push_back(stream);
        }
        for (const auto& [address, different] : differences_) audit.differences.push_back(different);
    }

private:
    void differs(std::int64_t replication, const Draw& a, const Draw& b, AuditedStream& stream) {
        ++stream.different;
        differences_.emplace(
            std::tuple(replication, a.element, a.purpose, a.attempt, a.item),
            DifferentDraw{replication, elements_.names[a.element], static_cast<kernel::Purpose>(a.purpose),
                          a.item, a.attempt, a.value, b.value});
        if (differences_.size() > options_.differences) differences_.erase(std::prev(differences_.end()));
    }

    const AuditOptions& options_;
    const TracedElements& elements_;
    std::map<std::pair<std::uint32_t, std::uint16_t>, AuditedStream> streams_;
    std::map<std::tuple<std::int64_t, std::uint32_t, std::uint16_t, std::uint16_t, std::uint64_t>,
             DifferentDraw>
        differences_;
};

std::vector<std::string> names_of(const models::TraceHeader& header) {
    std::set<std::string> names;
    for (const auto& element : header.elements) names.insert(element.name);
    return {names.begin(), names.end()};
}

template <class Value>
std::vector<Value> without(const std::vector<Value>& all, const std::vector<Value>& others) {
    std::vector<Value> rest;
    std::set_difference(all.begin(), all.end(), others.begin(), others.end(), std::back_inserter(rest));
    return rest;
}

}  // namespace

std::uint64_t StreamAudit::equal() const {
    std::uint64_t sum = 0;
    for (const AuditedStream& stream : streams) sum += stream.equal;
    return sum;
}

std::uint64_t StreamAudit::different() const {
    std::uint64_t sum = 0;
    for (const AuditedStream& stream : streams) sum += stream.different;
    return sum;
}

StreamAudit audit_streams(const TraceReader& first, const TraceReader& second, const AuditOptions& options) {
    StreamAudit audit;
    audit.only_first = without(first.replications(), second.replications());
    audit.only_second = without(second.replications(), first.replications());
    audit.replications = without(first.replications(), audit.only_first);
    audit.elements_only_first = without(names_of(first.header()), names_of(second.header()));
    audit.elements_only_second = without(names_of(second.header()), names_of(first.header()));
    const TracedElements elements(first.header(), second.header());
    Audit work(options, elements);
    for (const std::int64_t number : audit.replications) {
        audit.cut = audit.cut || !first.complete(number) || !second.complete(number);
        const std::uint64_t draws = first.draws(number) + second.draws(number);
        const std::uint64_t parts = draws / std::max<std::uint64_t>(options.draws_in_memory, 1) + 1;
        for (std::uint64_t part = 0; part < parts; ++part)
            work.compare(number, draws_of(first, number, elements.of_first, part, parts),
                         draws_of(second, number, elements.of_second, part, parts));
    }
    work.tell(audit);
    return audit;
}

}  // namespace understudy::formats
