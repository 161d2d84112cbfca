#include "tools/studies/earlier.h"

#include "kernel/random.h"

namespace understudy::studies {

std::string digest_of_replications(const PreparedRun& prepared, const RunOptions& options) {
    std::uint64_t digest = prepared.scenario.simulated_digest;
    if (digest == 0 || options.recorded) return "";
    for (const models::Measure& measure : prepared.measures)
        digest = kernel::stable_hash(measure.text, digest);
    // A limit is what is promised, and does not matter, but where who is over it counts.
    for (const models::ProbeRow& probe : prepared.model->probes)
        if (probe.overdue_after != kernel::never)
            digest = kernel::stable_hash(std::to_string(probe.overdue_after), digest);
    return hexadecimal(digest);
}

std::string why_not_reused(const PreparedRun& prepared, const RunOptions& options, const RunResult& earlier) {
    if (earlier.simulated.empty() || earlier.records.empty())
        return "it has no replications that another run could go on from";
    if (earlier.provenance.version != options.version)
        return "it is of version " + earlier.provenance.version;
    if (earlier.provenance.seed != prepared.scenario.run.seed)
        return "its seed is " + std::to_string(earlier.provenance.seed);
    if (earlier.simulated != digest_of_replications(prepared, options))
        return "it is of another scenario, or measures something else";
    return "";
}

}  // namespace understudy::studies
