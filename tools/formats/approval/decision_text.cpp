#include "tools/formats/approval/decision_text.h"

#include <fmt/format.h>

#include <ctime>
#include <vector>

#include "tools/formats/approval/fields.h"

namespace understudy::formats {

namespace {

constexpr std::string_view signed_line = "understudy signed decision 1";
constexpr const char* line_names[] = {"request", "decision", "by", "at", "until", "override", "reason"};

}  // namespace

std::string utc_text(std::int64_t seconds) {
    const std::time_t at = seconds;
    std::tm parts{};
    ::gmtime_r(&at, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::optional<std::int64_t> utc_seconds(const std::string& text) {
    std::tm parts{};
    const char* end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    if (end == nullptr || *end != '\0') return std::nullopt;
    const std::int64_t seconds = ::timegm(&parts);
    // Back and forth: the library takes 31 February.
    if (utc_text(seconds) != text) return std::nullopt;
    return seconds;
}

std::string write_decision(const std::string& request, const studies::Decision& decision) {
    const bool approve = decision.kind == studies::Decision::Kind::approve;
    return fmt::format(
        "understudy decision 1\nrequest: {}\ndecision: {}\nby: {}\nat: {}\nuntil: {}\noverride: "
        "{}\nreason: {}\n",
        request, approve ? "approve" : "reject", decision.by, utc_text(decision.at),
        decision.until ? utc_text(*decision.until) : "never", decision.overrides ? "yes" : "no",
        decision.reason);
}

std::optional<ReadDecision> read_decision(std::string_view text) {
    std::vector<std::string> values;
    std::string_view rest = text;
    const std::string_view first = "understudy decision 1\n";
    if (!rest.starts_with(first)) return std::nullopt;
    rest.remove_prefix(first.size());
    for (const std::string_view name : line_names) {
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos || !rest.starts_with(name) || rest.substr(name.size(), 2) != ": ")
            return std::nullopt;
        values.emplace_back(rest.substr(name.size() + 2, end - name.size() - 2));
        rest.remove_prefix(end + 1);
    }
    const auto at = utc_seconds(values[3]), until = utc_seconds(values[4]);
    ReadDecision read;
    read.request = values[0];
    read.decision.kind =
        values[1] == "approve" ? studies::Decision::Kind::approve : studies::Decision::Kind::reject;
    read.decision.by = values[2];
    read.decision.at = at.value_or(0);
    read.decision.until = until;
    read.decision.overrides = values[5] == "yes";
    read.decision.reason = values[6];
    // There is one way to write it.
    if (!at || !rest.empty() || write_decision(read.request, read.decision) != text) return std::nullopt;
    return read;
}

std::string write_signed(const SignedDecision& decision) {
    Fields fields = {{"statement", decision.statement}, {"signature", decision.signature}};
    if (!decision.clock.empty()) fields.emplace_back("clock", decision.clock);
    return write_fields(signed_line, fields);
}

std::optional<SignedDecision> read_signed(std::string_view text) {
    const auto fields = read_fields(signed_line, text);
    if (!fields) return std::nullopt;
    return SignedDecision{field_in(*fields, "statement"), field_in(*fields, "signature"),
                          field_in(*fields, "clock")};
}

}  // namespace understudy::formats
