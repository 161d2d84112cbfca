#include "play.h"

#include <doctest/doctest.h>

#include <cstdio>

#include "kernel/random.h"
#include "models/compile/compile.h"
#include "models/graph.h"
#include "tools/formats/language/scenario_reader.h"

namespace understudy::tests {

namespace {

class Recorder : public models::TraceListener {
public:
    Recorder(const models::Model& model, Played& into) : header_(model.trace_header()), into_(into) {}
    void heard(const models::TraceRow& row) override {
        // Leaving the system and actions without a name happen at no element.
        const std::string element =
            row.element == models::no_element ? "" : header_.elements[row.element].name;
        into_.rows.push_back({kernel::to_seconds(row.time), element, models::name_of(row.event), row.item,
                              row.attempt, row.value, row.worker});
    }
    void heard(const models::TraceDraw& draw) override {
        into_.draws.push_back(kernel::mix_bits(draw.identity ^ (std::uint64_t{draw.element} << 32) ^
                                               (std::uint64_t{draw.purpose} << 16) ^ draw.attempt));
    }

private:
    models::TraceHeader header_;
    Played& into_;
};

std::string short_number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", value);
    return text;
}

template <class Show>
std::string listed(const std::vector<Row>& rows, const std::string& element, const std::string& event,
                   Show show) {
    std::string text;
    for (const Row& row : rows)
        if (row.element == element && row.event == event) text += (text.empty() ? "" : " ") + show(row);
    return text;
}

}  // namespace

Prepared prepare(const std::string& body) {
    const std::string text = "understudy: 1\nscenario: played\n" + body;
    const auto reading = formats::read_scenario(text, "played.yaml");
    INFO(text);
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario.has_value());
    const models::ScenarioGraph graph(*reading.scenario);
    std::vector<models::Measure> measures;
    for (const auto& objective : reading.scenario->objectives) measures.push_back(objective.measure);
    for (const auto& measure : reading.scenario->measures) measures.push_back(measure);
    models::Problems problems;
    Prepared prepared;
    prepared.model = models::compile(*reading.scenario, graph, measures,
                                     std::vector<bool>(measures.size(), false), problems);
    for (const auto& problem : problems) INFO(problem.path, ": ", problem.message);
    REQUIRE(prepared.model != nullptr);
    for (const auto& measure : measures) prepared.measures.push_back(measure.text);
    prepared.warm_up = reading.scenario->run.warm_up.value_or(0);
    prepared.seed = reading.scenario->run.seed;
    return prepared;
}

Played play(const Prepared& prepared, std::uint64_t index) {
    Played played;
    Recorder recorder(*prepared.model, played);
    models::ReplicationOptions options;
    options.seed = prepared.seed;
    options.index = index;
    options.warm_up = prepared.warm_up;
    options.sink = &recorder;
    auto outcome = models::run_replication(prepared.model, options);
    REQUIRE(outcome.has_value());
    played.outcome = std::move(*outcome);
    for (std::size_t i = 0; i < prepared.measures.size(); ++i)
        if (played.outcome.values[i]) played.values[prepared.measures[i]] = *played.outcome.values[i];
    return played;
}

Played play(const std::string& body) { return play(prepare(body)); }

std::string Played::when(const std::string& element, const std::string& event) const {
    return listed(rows, element, event,
                  [](const Row& row) { return std::to_string(row.item) + "@" + short_number(row.time); });
}

std::string Played::times(const std::string& element, const std::string& event) const {
    return listed(rows, element, event, [](const Row& row) { return short_number(row.time); });
}

std::string Played::order(const std::string& element, const std::string& event) const {
    return listed(rows, element, event, [](const Row& row) { return std::to_string(row.item); });
}

int Played::count(const std::string& element, const std::string& event) const {
    int count = 0;
    for (const Row& row : rows) count += row.element == element && row.event == event ? 1 : 0;
    return count;
}

double Played::at(const std::string& measure) const {
    const auto found = values.find(measure);
    INFO(measure);
    REQUIRE(found != values.end());
    return found->second;
}

}  // namespace understudy::tests
