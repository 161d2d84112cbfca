#include "tools/formats/catalogs/recorded_volumes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernel/time.h"
#include "tools/formats/language/schedules.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

std::string size_law(const std::vector<double>& bytes) {
    const auto n = static_cast<double>(bytes.size());
    double sum = 0, squares = 0;
    for (const double one : bytes) sum += one;
    const double mean = sum / n;
    for (const double one : bytes) squares += (one - mean) * (one - mean);
    const double cv = bytes.size() > 1 ? std::sqrt(squares / (n - 1)) / mean : 0;
    const std::string text = print_quantity(std::round(mean), Dimension::size);
    return cv < 0.001 ? text : fmt::format("lognormal(mean {} cv {:.4g})", text, cv);
}

/// When the first run is due, and how far apart all are; nothing where that differs.
struct Beat {
    kernel::Time first = 0, period = 0;
};
std::optional<Beat> beat_of(const std::string& text, models::LocalInstant start) {
    models::Schedule schedule = read_schedule(text);
    // That a zone moves its clock twice a year makes no other period.
    schedule.zone.clear();
    const models::Calendar calendar(start, "UTC");
    constexpr kernel::Time longest = 400 * kernel::day;
    for (kernel::Time end = kernel::hour;; end = std::min(end * 8, longest)) {
        const auto instants = calendar.instants(schedule, end);
        constexpr std::size_t enough = 30;
        if (instants.size() < enough && end < longest) continue;
        if (instants.size() < 3) return std::nullopt;
        const Beat beat{instants[0], instants[1] - instants[0]};
        for (std::size_t i = 2; i < instants.size(); ++i)
            if (instants[i] - instants[i - 1] != beat.period) return std::nullopt;
        return beat;
    }
}

}  // namespace

std::optional<Node> load_of_volumes(const std::vector<double>& bytes, const std::string& dataset,
                                    const std::string& schedule, models::LocalInstant start) {
    if (bytes.empty() || schedule.empty()) return std::nullopt;
    const auto beat = beat_of(schedule, start);
    if (!beat) return std::nullopt;
    Node load = Node::map();
    const auto add = [&](const char* key, const std::string& text) { load.add(key, Node::scalar(text)); };
    add("arrivals", "every " + print_duration(beat->period));
    // Before the first run where it can be.
    add("first", print_duration((beat->first > 0 ? beat->first : beat->period) / 2));
    add("size", size_law(bytes));
    add("writes", dataset);
    return load;
}

}  // namespace understudy::formats
