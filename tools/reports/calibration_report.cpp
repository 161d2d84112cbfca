#include "tools/reports/calibration_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tools/reports/numbers.h"
#include "tools/reports/table.h"

namespace understudy::reports {

namespace {

constexpr int calibration_columns = 80;
constexpr std::size_t most_replays_shown = 8;

std::string percent_text(double share) { return fmt::format("{:+.1f} %", 100 * share); }

/// In lines of at most 80 columns, those after the first indented.
void wrapped(std::string& out, const std::string& text) {
    std::string line = "  -";
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        const std::string word = text.substr(at, end - at);
        if (text_width(line) + 1 + text_width(word) > calibration_columns) {
            out += line + "\n";
            line = "   ";
        }
        line += " " + word;
        at = end + 1;
    }
    out += line + "\n";
}

void lines_of(std::string& out, const char* title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    out += fmt::format("\n{}\n", title);
    for (const std::string& line : lines) wrapped(out, line);
}

std::string number_text(const studies::CalibratedNumber& number) {
    const std::string unit = number.unit.empty() || number.unit == "x" ? number.unit : " " + number.unit;
    return human_number(number.estimate) + unit;
}

std::string interval_text(const studies::CalibratedNumber& number) {
    if (!number.low || !number.high) return "-";
    return human_number(*number.low) + " .. " + human_number(*number.high);
}

std::string fit_text(const studies::CalibratedElement& element) {
    if (element.fit) return fmt::format("p {:.2g}", element.fit->p);
    return "-";
}

std::string replay_text(const studies::SelfReplay& one) {
    return fmt::format("{} simulated, {} recorded, {}{}", human(one.simulated_s, "s"),
                       human(one.recorded_s, "s"), percent_text(one.error()),
                       one.by_chance ? ", as chance alone has it" : "");
}

}  // namespace

std::string calibration_report(const studies::Calibration& calibration, const std::string& twin,
                               const std::string& change) {
    std::string out = fmt::format("{}: {} edit{} from {} log{}\n", twin, calibration.edits.size(),
                                  calibration.edits.size() == 1 ? "" : "s", calibration.logs,
                                  calibration.logs == 1 ? "" : "s");
    if (!calibration.elements.empty()) {
        std::vector<std::vector<std::string>> rows = {{"", "n", "law", "", "", "95 %", "fit"}};
        for (const studies::CalibratedElement& element : calibration.elements) {
            bool first = true;
            for (const studies::CalibratedNumber& number : element.numbers) {
                rows.push_back({first ? element.path : "", first ? std::to_string(element.observations) : "",
                                first ? element.family : "", number.name, number_text(number),
                                interval_text(number), first ? fit_text(element) : ""});
                first = false;
            }
        }
        out += "\n" + table(rows, calibration_columns);
    }
    for (const studies::Validation& validation : calibration.validations) {
        out += fmt::format("\nPredicted without having been fitted to ({})\n", validation.of);
        out += fmt::format(
            "  {} left out; error {:.1f} % in the median, {:.1f} % at the 90th percentile; bias {}{}\n",
            validation.held_out.size(), 100 * validation.error, 100 * validation.p90,
            percent_text(validation.bias),
            validation.coverage ? fmt::format("\n  90 % intervals held {:.0f} %", 100 * *validation.coverage)
                                : "");
    }
    if (calibration.self_replays.size() == 1)
        out += fmt::format("\nSelf-replay: {}\n", replay_text(calibration.self_replays.front()));
    if (calibration.self_replays.size() > 1) {
        out += "\nSelf-replay\n";
        for (std::size_t i = 0; i < std::min(most_replays_shown, calibration.self_replays.size()); ++i)
            wrapped(out, fmt::format("{}: {}", calibration.self_replays[i].source,
                                     replay_text(calibration.self_replays[i])));
        if (calibration.self_replays.size() > most_replays_shown)
            out += fmt::format("  and {} more\n", calibration.self_replays.size() - most_replays_shown);
    }
    lines_of(out, "Warning", calibration.warnings);
    lines_of(out, "Assumed", calibration.assumed);
    lines_of(out, "The logs do not tell", calibration.unidentified);
    lines_of(out, "Notes", calibration.notes);
    if (calibration.edits.empty())
        out += "\nNothing was fitted.\n";
    else if (change.empty())
        out += "\nNext: write the change with --out CHANGE, look at it, and rehearse or run it.\n";
    else
        out += fmt::format("\nNext: understudy run {} --change {}\n", twin, change);
    return out;
}

}  // namespace understudy::reports
