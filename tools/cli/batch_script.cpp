#include "tools/cli/batch_script.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

namespace understudy::cli {

namespace {

std::string with_each_quote_as(const std::string& text, const char* quote) {
    std::string result;
    for (const char c : text) {
        if (c == '\'')
            result.append(quote);
        else
            result.push_back(c);
    }
    return result;
}

/// One word of a shell, whatever is in it.
std::string quoted(const std::string& word) {
    const auto plain = [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("_-./=,:+@%").find(static_cast<char>(c)) != std::string_view::npos;
    };
    if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
    return fmt::format("'{}'", with_each_quote_as(word, "'\\''"));
}

/// A scalar of YAML, whatever is in it.
std::string yaml(const std::string& text) { return fmt::format("'{}'", with_each_quote_as(text, "''")); }

/// What Kubernetes allows in a name: lower case, digits, '-'.
std::string job_name(const std::string& study) {
    std::string name = "understudy-";
    for (const unsigned char c : study.substr(0, 40))
        name += std::isalnum(c) != 0 ? static_cast<char>(std::tolower(c)) : '-';
    while (name.ends_with('-')) name.pop_back();
    return name;
}

std::string options_of(const BatchStudy& study) {
    std::string text;
    for (const std::string& word : study.words) text.append(1, ' ').append(quoted(word));
    return text;
}

/// For a job, which may be done again after a failure.
std::string merge_of(const BatchStudy& study) { return command_to_merge(study) + " --resume"; }

}  // namespace

std::string command_to_merge(const BatchStudy& study) {
    return fmt::format("understudy merge {} {}.*-of-{}.ledger --out {}{}", quoted(study.path),
                       quoted(study.out), study.parts, quoted(study.out), options_of(study));
}

std::string slurm_script(const BatchStudy& study) {
    const std::string name = job_name(study.name);
    return fmt::format(R"(#!/bin/bash
# A study in {0} parts, and their merge. Submit it with sbatch in the folder that the paths below start from,
# which all nodes have to see.
#SBATCH --job-name={1}
#SBATCH --array=1-{0}
#SBATCH --cpus-per-task=1
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output={1}-%a.log
set -euo pipefail

# The first part submits the merge, which begins when all parts have ended well.
if [ "$SLURM_ARRAY_TASK_ID" = 1 ] && [ "${{SLURM_RESTART_COUNT:-0}}" = 0 ]; then
  sbatch --job-name={1}-merge --dependency="afterok:$SLURM_ARRAY_JOB_ID" --kill-on-invalid-dep=yes \
    --cpus-per-task=1 --output={1}-merge.log --wrap={2}
fi

# A part that was cut off goes on from its ledger. Its number comes from SLURM_ARRAY_TASK_ID.
exec understudy capacity {3} --out {4} --resume --threads "${{SLURM_CPUS_PER_TASK:-1}}"{5}
)",
                       study.parts, name, quoted(merge_of(study)), quoted(study.path), quoted(study.out),
                       options_of(study));
}

std::string kubernetes_manifest(const BatchStudy& study) {
    // What other studies have left beside the same result says nothing of this one's parts.
    const std::string name = job_name(study.name);
    const auto job = [&](const std::string& of, const std::string& kind, const std::string& command) {
        return fmt::format(R"(apiVersion: batch/v1
kind: Job
metadata:
  name: {}
spec:
{}  backoffLimit: 20
  template:
    spec:
      restartPolicy: OnFailure
      containers:
        - name: study
          image: understudy:{}
          workingDir: /study
          command: ['sh', '-c', {}]
          resources: {{requests: {{cpu: '1', memory: 512Mi}}}}
          volumeMounts: [{{name: study, mountPath: /study}}]
      volumes:
        - name: study
          persistentVolumeClaim: {{claimName: study}}
)",
                           of, kind, UNDERSTUDY_VERSION, yaml(command));
    };
    const std::string part = fmt::format(
        "understudy capacity {0} --out {1} --resume --shards {2} --threads 1{3} && touch "
        "{1}.$((JOB_COMPLETION_INDEX + 1))-of-{2}.{4}.done",
        quoted(study.path), quoted(study.out), study.parts, options_of(study), study.digest);
    const std::string merge = fmt::format(
        "until [ \"$(ls {0}.*-of-{1}.{3}.done 2>/dev/null | wc -l)\" -eq {1} ]; do sleep 10; done; {2}",
        quoted(study.out), study.parts, merge_of(study), study.digest);
    return fmt::format(
               "# A study in {} parts, and their merge, for kubectl apply. To adapt: the image, which has "
               "understudy,\n"
               "# and the claim of a volume that several pods may write, with the study's files at its "
               "top.\n",
               study.parts) +
           job(name,
               fmt::format("  completionMode: Indexed\n  completions: {0}\n  parallelism: {0}\n",
                           study.parts),
               part) +
           "---\n# Waits until all parts have ended well. Its exit code is the verdict, which no further try "
           "would change.\n" +
           job(name + "-merge", "", merge + "; code=$?; [ $code -ne 1 ] && [ $code -ne 2 ]");
}

}  // namespace understudy::cli
