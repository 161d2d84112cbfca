#include "tools/formats/approval/request.h"

#include <fmt/format.h>

#include <charconv>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tools/formats/approval/fields.h"
#include "tools/studies/change_check.h"

namespace understudy::formats {

namespace {

constexpr std::string_view request_line = "understudy change request 1";

template <class Value>
Value number_in(const Fields& fields, std::string_view name) {
    const std::string text = field_in(fields, name);
    Value value{};
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

std::vector<FoundEntry> found_in(const Request& request) {
    std::vector<FoundEntry> all;
    for (const auto& [verdict, text] : request.accepted) all.push_back({text, verdict, "", false, false, {}});
    const auto document = nlohmann::json::parse(request.rehearsal, nullptr, false);
    const auto rows = document.is_object() ? document.find("differences") : document.end();
    if (document.is_discarded() || rows == document.end() || !rows->is_array()) return all;
    // Entries stand first, in their order.
    for (std::size_t i = 0; i < all.size() && i < rows->size(); ++i) {
        const auto& row = (*rows)[i];
        const auto number = [&](const char* name) {
            const auto found = row.find(name);
            return found != row.end() && found->is_number() ? std::optional(found->get<double>())
                                                            : std::nullopt;
        };
        if (!row.is_object() || row.value("text", "") != all[i].text) return all;
        all[i].unit = row.value("unit", "");
        all[i].increase = row.value("kind", "") == "increase";
        all[i].relative = row.value("relative", false);
        all[i].estimate.value = number("estimate");
        all[i].estimate.low = number("low");
        all[i].estimate.high = number("high");
    }
    return all;
}

std::string credible_because(const Request& request) {
    const auto document = nlohmann::json::parse(request.rehearsal, nullptr, false);
    if (!document.is_object()) return "";
    const auto found = document.find("credibility");
    if (found == document.end() || !found->is_object()) return "";
    const auto reason = found->find("override");
    return reason != found->end() && reason->is_string() ? reason->get<std::string>() : "";
}

std::string write_request(const Request& request) {
    Fields fields = {{"change", request.change},
                     {"change sha256", request.change_sha256},
                     {"kinds", request.kinds},
                     {"author", request.author},
                     {"parts", request.parts},
                     {"twin", request.twin},
                     {"version", std::to_string(request.version)},
                     {"base", request.base},
                     {"baseline sha256", request.baseline_sha256},
                     {"baseline file sha256", request.baseline_file},
                     {"inputs sha256", request.inputs_sha256},
                     {"policy", request.policy},
                     {"policy sha256", request.policy_sha256},
                     {"build", request.build},
                     {"seed", request.seed},
                     {"verdict", request.verdict},
                     {"reason", request.reason},
                     {"replications", std::to_string(request.replications)},
                     {"confidence", fmt::format("{}", request.confidence)},
                     {"margin", fmt::format("{}", request.margin)},
                     {"risk", fmt::format("{}", request.risk)}};
    for (const auto& [sha256, name] : request.inputs) fields.emplace_back("input", sha256 + " " + name);
    for (const auto& [verdict, text] : request.accepted)
        fields.emplace_back("accepted", verdict + " " + text);
    for (const auto& [verdict, text] : request.rehearsed)
        fields.emplace_back("rehearsed", verdict + " " + text);
    for (const std::string& text : request.no_longer_promised)
        fields.emplace_back("no longer promised", text);
    for (const auto& [status, text] : request.findings) fields.emplace_back("finding", status + " " + text);
    fields.emplace_back("candidate", request.candidate);
    fields.emplace_back("rehearsal", request.rehearsal);
    return write_fields(request_line, fields);
}

std::optional<Request> read_request(std::string_view text) {
    const auto read = read_fields(request_line, text);
    if (!read) return std::nullopt;
    const Fields& fields = *read;
    Request request;
    request.change = field_in(fields, "change");
    request.change_sha256 = field_in(fields, "change sha256");
    request.kinds = field_in(fields, "kinds");
    // What was requested before kinds were found has the one that its author said.
    if (request.kinds.empty()) request.kinds = field_in(fields, "kind");
    request.author = field_in(fields, "author");
    request.parts = field_in(fields, "parts");
    request.twin = field_in(fields, "twin");
    request.version = number_in<std::int64_t>(fields, "version");
    request.base = field_in(fields, "base");
    request.baseline_sha256 = field_in(fields, "baseline sha256");
    request.baseline_file = field_in(fields, "baseline file sha256");
    request.inputs_sha256 = field_in(fields, "inputs sha256");
    request.policy = field_in(fields, "policy");
    request.policy_sha256 = field_in(fields, "policy sha256");
    request.build = field_in(fields, "build");
    request.seed = field_in(fields, "seed");
    request.verdict = field_in(fields, "verdict");
    request.reason = field_in(fields, "reason");
    request.replications = number_in<std::int64_t>(fields, "replications");
    request.confidence = number_in<double>(fields, "confidence");
    request.margin = number_in<double>(fields, "margin");
    request.risk = number_in<double>(fields, "risk");
    for (const auto& [name, value] : fields) {
        if (name == "no longer promised") request.no_longer_promised.push_back(value);
        const std::size_t space = value.find(' ');
        auto* const list = name == "input"       ? &request.inputs
                           : name == "accepted"  ? &request.accepted
                           : name == "rehearsed" ? &request.rehearsed
                           : name == "finding"   ? &request.findings
                                                 : nullptr;
        if (list != nullptr && space != std::string::npos)
            list->emplace_back(value.substr(0, space), value.substr(space + 1));
    }
    request.candidate = field_in(fields, "candidate");
    request.rehearsal = field_in(fields, "rehearsal");
    return request;
}

studies::RequestFacts facts_of(const Request& request, const std::string& requested_by,
                               std::int64_t requested) {
    studies::RequestFacts facts;
    facts.requested = requested;
    facts.twin = request.twin;
    std::istringstream kinds(request.kinds);
    for (std::string kind; kinds >> kind;) facts.kinds.insert(kind);
    for (const std::string& author : {request.author, requested_by})
        if (!studies::is_blank(author)) facts.authors.insert(author);
    for (const auto& [verdict, text] : request.accepted) facts.accepted.push_back(text);
    facts.no_longer_promised = request.no_longer_promised;
    facts.margin = request.margin;
    facts.risk = request.risk;
    std::istringstream parts(request.parts);
    for (std::string part; parts >> part;)
        for (std::size_t i = 0; i < std::size(studies::part_names); ++i)
            if (part == studies::part_names[i]) facts.parts.insert(static_cast<studies::Part>(i));
    facts.replications = request.replications;
    facts.confidence = request.confidence;
    for (const auto verdict :
         {studies::Verdict::met, studies::Verdict::violated, studies::Verdict::inconclusive})
        if (request.verdict == studies::name_of(verdict)) facts.verdict = verdict;
    facts.judged = request.judged();
    for (const auto& [status, text] : request.findings)
        if (status == studies::name_of(studies::Check::Status::failed)) facts.failed.push_back(text);
    return facts;
}

}  // namespace understudy::formats
