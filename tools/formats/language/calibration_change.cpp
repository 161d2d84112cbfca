#include "tools/formats/language/calibration_change.h"

#include <fmt/format.h>

#include <cmath>

#include "tools/formats/language/laws.h"
#include "tools/formats/language/reading.h"
#include "tools/formats/language/uncertainty.h"
#include "tools/formats/language/values.h"
#include "tools/formats/language/write_values.h"

namespace understudy::formats {

namespace {

using studies::CalibratedElement;
using studies::CalibratedNumber;

/// Four digits that count: evidence is for people.
std::string shown(double value) { return fmt::format("{:.4g}", value); }

std::string percent(double share) { return fmt::format("{:.1f}%", 100 * share); }

Node evidence_of(const CalibratedElement& element) {
    Node node = Node::map();
    node.add("n", Node::scalar(std::to_string(element.observations)));
    node.add("from", Node::scalar(element.how));
    std::string fit = element.family;
    if (element.aic_gap && !element.runner_up.empty())
        fit += fmt::format(", {} is worse by {:.1f} in AIC", element.runner_up, *element.aic_gap);
    node.add("fit", Node::scalar(fit));
    if (element.fit)
        node.add("anderson_darling",
                 Node::scalar(fmt::format("{:.3g}, p {:.3g}", element.fit->statistic, element.fit->p)));
    for (const CalibratedNumber& number : element.numbers) {
        std::string text = shown(number.estimate) + number.unit;
        if (number.low && number.high)
            text += fmt::format(" ({} to {})", shown(*number.low), shown(*number.high));
        std::string name = number.name;
        for (char& c : name)
            if (c == ' ') c = '_';
        node.add(std::move(name), Node::scalar(std::move(text)));
    }
    return node;
}

Node lines_of(const std::vector<std::string>& lines) {
    Node list = Node::texts(lines);
    list.block = true;
    return list;
}

}  // namespace

Node calibration_change(const studies::Calibration& calibration, const std::string& name,
                        const ChangeBase& base, const std::string& author) {
    Node root = Node::map();
    root.block = true;
    root.add("understudy", Node::scalar("1"));
    root.add("change", Node::scalar(name));
    root.add("base", Node::scalar(base.as));
    root.add_text("base_sha256", base.sha256);
    root.add("kind", Node::scalar("calibration"));
    root.add_text("author", author);
    root.add("reason", Node::scalar(fmt::format("Fitted to {} recorded run{}", calibration.logs,
                                                calibration.logs == 1 ? "" : "s")));
    Node edits = Node::list();
    edits.block = true;
    for (const studies::CalibrationEdit& edit : calibration.edits) {
        Node one = Node::map();
        if (edit.profile) {
            one.add("add", Node::scalar(edit.path));
            one.add("as", Node::scalar("profile"));
            one.add("value", profile_node(*edit.profile));
            edits.items.push_back(std::move(one));
            continue;
        }
        std::string path = edit.path;
        if (path.ends_with(".defaults")) path += ".delay";
        one.add("set", Node::scalar(std::move(path)));
        if (edit.arrivals)
            one.add("to", arrivals_node(*edit.arrivals));
        else if (edit.transfers)
            one.add("to", transfers_node(*edit.transfers));
        else if (edit.retry)
            one.add("to", retry_node(*edit.retry));
        else if (edit.writes)
            one.add("to", shares_node(*edit.writes));
        else if (edit.text)
            one.add("to", Node::scalar(*edit.text));
        else if (edit.law)
            one.add("to",
                    Node::scalar(print_law(*edit.law, edit.path.ends_with(".items")  ? Dimension::number
                                                      : edit.path.ends_with(".size") ? Dimension::size
                                                                                     : Dimension::duration)));
        else if (edit.is_share)
            one.add("to", Node::scalar(print_quantity(*edit.number, Dimension::share)));
        else
            one.add("to", Node::scalar(print_number(std::round(*edit.number * 1e6) / 1e6)));
        edits.items.push_back(std::move(one));
    }
    root.add("edits", std::move(edits));
    Node evidence = Node::map();
    evidence.block = true;
    for (const CalibratedElement& element : calibration.elements)
        evidence.add(element.path, evidence_of(element));
    if (!evidence.entries.empty()) root.add("evidence", std::move(evidence));
    if (!calibration.uncertain.empty()) root.add("uncertainty", uncertainty_node(calibration.uncertain));
    if (!calibration.assumed.empty()) root.add("assumed", lines_of(calibration.assumed));
    if (!calibration.unidentified.empty()) root.add("unidentified", lines_of(calibration.unidentified));
    Node validation = Node::map();
    validation.block = true;
    for (const studies::Validation& one : calibration.validations) {
        Node node = Node::map();
        node.add("held_out", Node::scalar(std::to_string(one.held_out.size())));
        node.add("bias", Node::scalar(percent(one.bias)));
        node.add("error", Node::scalar(percent(one.error)));
        node.add("p90", Node::scalar(percent(one.p90)));
        if (one.coverage) node.add("coverage", Node::scalar(percent(*one.coverage)));
        validation.add(one.of, std::move(node));
    }
    if (!validation.entries.empty()) root.add("validation", std::move(validation));
    return root;
}

}  // namespace understudy::formats
