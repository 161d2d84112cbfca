#include "tools/formats/approval/attestation.h"

#include <nlohmann/json.hpp>

#include "tools/formats/files/sha256.h"
#include "tools/studies/change_check.h"

namespace understudy::formats {

std::string attestation_of(const LoggedRequest& logged) {
    using Attestation = nlohmann::ordered_json;
    const Request& request = logged.request;
    const auto resource = [](const std::string& name, const std::string& sha256) {
        return Attestation{{"name", name}, {"digest", {{"sha256", sha256}}}};
    };
    Attestation passed = Attestation::array(), warned = passed, failed = passed;
    for (const auto* const rows : {&request.accepted, &request.rehearsed})
        for (const auto& [verdict, text] : *rows)
            (verdict == "met" ? passed : verdict == "violated" ? failed : warned).push_back(text);
    if (!request.judged()) warned.push_back("nothing was to be accepted, so that nothing was judged");
    bool sound = true;
    for (const auto& [status, text] : request.findings) {
        const bool fails = status == studies::name_of(studies::Check::Status::failed);
        sound = sound && !fails;
        (fails ? failed : warned).push_back("validation: " + text);
    }
    Attestation configuration = Attestation::array();
    configuration.push_back(resource("change " + request.change, request.change_sha256));
    configuration.push_back(resource("base " + request.base, request.baseline_sha256));
    configuration.push_back(
        resource("policy " + (request.policy.empty() ? "(default)" : request.policy), request.policy_sha256));
    configuration.push_back(resource("request", logged.digest));
    configuration.back()["annotations"] = {
        {"seed", request.seed}, {"build", request.build}, {"replications", request.replications}};
    const std::string result = request.verdict == "violated" || !sound        ? "FAILED"
                               : request.verdict == "met" && request.judged() ? "PASSED"
                                                                              : "WARNED";
    const std::string subject = (request.twin.empty() ? request.base : request.twin) + "+" + request.change;
    Attestation document = {{"_type", "https://in-toto.io/Statement/v1"},
                            {"subject", Attestation::array()},
                            {"predicateType", "https://in-toto.io/attestation/test-result/v0.1"},
                            {"predicate",
                             {{"result", result},
                              {"configuration", std::move(configuration)},
                              {"passedTests", std::move(passed)},
                              {"warnedTests", std::move(warned)},
                              {"failedTests", std::move(failed)}}}};
    document["subject"].push_back(resource(subject, sha256_hex(request.candidate)));
    return document.dump(2) + "\n";
}

}  // namespace understudy::formats
