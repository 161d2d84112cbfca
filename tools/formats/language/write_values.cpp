#include "tools/formats/language/write_values.h"

#include "tools/formats/language/laws.h"
#include "tools/formats/language/reading.h"
#include "tools/formats/language/schedules.h"

namespace understudy::formats {

namespace {

/// A value of a profile: shares up to 1, factors above.
std::string level(double value) { return value <= 1 ? share_text(value) : print_number(value); }

}  // namespace

void put(Node& map, std::string_view key, std::string text) {
    map.add(std::string(key), Node::scalar(std::move(text)));
}

void put_text(Node& map, std::string_view key, const std::string& text) {
    if (!text.empty()) put(map, key, text);
}

Node block_map() {
    Node node = Node::map();
    node.block = true;
    return node;
}

void put_names(Node& map, std::string_view key, const std::vector<std::string>& names) {
    if (names.size() == 1) put(map, key, names[0]);
    if (names.size() > 1) map.add(std::string(key), Node::texts(names));
}

std::string share_text(double fraction) { return print_quantity(fraction, Dimension::share); }

Node law_node(const models::Law& law, Dimension dimension) {
    if (law.terms.size() == 1 && law.terms[0].law.kind() == kernel::Distribution::Kind::phase_type) {
        // A matrix has no other text than the one it was read from.
        Diagnostics ignored;
        Node node = read_document(law.text, ignored);
        if (!ignored.has_errors()) return node;
    }
    return Node::scalar(print_law(law, dimension));
}

void put_law(Node& map, std::string_view key, const models::Law& law, Dimension dimension) {
    if (!law.empty()) map.add(std::string(key), law_node(law, dimension));
}

void put_description(Node& map, const models::Description& d) {
    put_text(map, "label", d.label);
    put_text(map, "description", d.description);
    put_text(map, "owner", d.owner);
    if (!d.tags.empty()) map.add("tags", Node::texts(d.tags));
}

Node arrivals_node(const models::Arrivals& arrivals) {
    if (arrivals.kind != models::Arrivals::Kind::states) return Node::scalar(print_arrivals(arrivals));
    Node states = Node::map();
    for (const models::Arrivals::State& state : arrivals.states) {
        Node one = Node::map();
        put(one, "rate", print_quantity(state.rate, Dimension::rate));
        one.add("stay", law_node(state.stay, Dimension::duration));
        Node next = Node::map();
        for (const auto& [name, share] : state.next) put(next, name, share_text(share));
        one.add("next", std::move(next));
        states.add(state.name, std::move(one));
    }
    Node node = Node::map();
    node.add("states", std::move(states));
    return node;
}

Node shares_node(const models::Writes& writes) {
    Node targets = Node::map();
    for (const models::Writes::Target& target : writes.targets)
        put(targets, target.stream, share_text(target.share));
    return targets;
}

Node retry_node(const models::Retry& r) {
    Node node = Node::map();
    put(node, "times", print_count(r.times));
    if (r.first) {
        Node backoff = Node::map();
        put(backoff, "first", print_duration(*r.first));
        if (r.factor != 1) put(backoff, "factor", print_number(r.factor));
        if (r.max != kernel::never) put(backoff, "max", print_duration(r.max));
        if (r.jitter != 0) put(backoff, "jitter", share_text(r.jitter));
        node.add("backoff", std::move(backoff));
    } else if (r.backoff.size() == 1) {
        node.add("backoff", law_node(r.backoff[0], Dimension::duration));
    } else if (!r.backoff.empty()) {
        Node list = Node::list();
        for (const models::Law& law : r.backoff) list.items.push_back(law_node(law, Dimension::duration));
        node.add("backoff", std::move(list));
    }
    return node;
}

Node transfers_node(const models::Transfers& transfers) {
    Node node = Node::map();
    const auto put_size = [&](const char* key, std::int64_t bytes) {
        if (bytes != 0) put(node, key, print_quantity(static_cast<double>(bytes), Dimension::size));
    };
    put(node, "over", transfers.over);
    put_size("in", transfers.in_bytes);
    put_size("out", transfers.out_bytes);
    put_text(node, "once", transfers.once);
    return node;
}

Node profile_node(const models::Profile& p) {
    Node node = Node::map();
    if (p.form == models::Profile::Form::sine) {
        Node sine = Node::map();
        put(sine, "mean", level(p.mean));
        put(sine, "amplitude", level(p.amplitude));
        node.add("sine", std::move(sine));
    } else if (!p.series.empty()) {
        put(node, "series", p.series);
    } else {
        Node points = Node::map();
        for (const auto& [time, value] : p.points) put(points, print_duration(time), level(value));
        node.add(p.form == models::Profile::Form::steps ? "steps" : "ramps", std::move(points));
    }
    if (p.period) put(node, "period", print_duration(*p.period));
    if (p.weekend) put(node, "weekend", level(*p.weekend));
    return node;
}

}  // namespace understudy::formats
