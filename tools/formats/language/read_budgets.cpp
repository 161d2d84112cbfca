// Budgets and how they are filled.
#include <fmt/format.h>

#include <cmath>

#include "tools/formats/language/reading.h"
#include "tools/formats/language/schedules.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

void read_refill_text(Reading& reading, const Node& node, models::Budget& into) {
    reading.guarded(node, [&] {
        const std::string& text = node.text;
        if (!text.starts_with("every ") && !text.starts_with("poisson")) {
            into.refill = models::Budget::Refill::continuous;
            into.rate = read_quantity(text, Dimension::rate).value;
            if (into.rate <= 0)
                throw Fault(0, "a rate of 0 fills nothing", "write a rate above 0, such as '50/s'");
            return;
        }
        // Single tokens, by the clocks of loads.
        const models::Arrivals clock = read_arrivals(text, reading.laws());
        into.refill = models::Budget::Refill::ticks;
        into.interval = clock.kind == models::Arrivals::Kind::poisson
                            ? read_law(fmt::format("exponential(mean {}s)", print_number(1 / clock.rate)),
                                       Dimension::duration)
                                  .law
                            : clock.interval;
    });
}

void read_refill_map(Reading& reading, const Node& node, Place where, models::Budget& into) {
    MapReader map(reading, node, "refill", where);
    map.number("amount", into.amount);
    if (const Node* amount = map.find("amount"); amount != nullptr && into.amount <= 0)
        reading.error(*amount, "a refill of nothing", "write an amount above 0");
    const Node* every = map.scalar("every");
    const Node* at_most = map.find("at_most");
    if (map.ok() && (every == nullptr) == (at_most == nullptr))
        reading.out.error(where, every ? "'every' beside 'at_most'" : "'refill' does not say when it comes",
                          "either by the clock, 'every: daily at 00:00', or on order, 'at_most: 20'");
    into.refill = at_most ? models::Budget::Refill::reorder : models::Budget::Refill::amounts;
    if (every)
        reading.guarded(*every, [&] {
            // Behind the key a duration says enough: `every: 1min`.
            const bool digit = !every->text.empty() && every->text[0] >= '0' && every->text[0] <= '9';
            into.schedule = read_schedule(digit ? "every " + every->text : every->text);
        });
    map.number("at_most", into.at_most);
    map.law("after", into.after);
    if (const Node* after = map.find("after"); after != nullptr && at_most == nullptr)
        reading.error(*after, "'after' without 'at_most'", "what comes by the clock is not ordered");
}

}  // namespace

models::Budget read_budget(Reading& reading, const Entry& element) {
    models::Budget budget;
    budget.name = element.key;
    MapReader map(reading, element.value, "budget", element.place);
    std::int64_t capacity = 0;
    map.count("capacity", capacity);
    budget.capacity = capacity == models::unlimited ? INFINITY : static_cast<double>(capacity);
    budget.initial = budget.capacity;
    map.number("initial", budget.initial);
    if (const Node* refill = map.find("refill")) {
        const Place where = element.value.find("refill")->place;
        if (refill->is_map())
            read_refill_map(reading, *refill, where, budget);
        else if (require_scalar(reading, *refill, "refill", "50/s"))
            read_refill_text(reading, *refill, budget);
    }
    read_description(map, budget.description);
    return budget;
}

}  // namespace understudy::formats
