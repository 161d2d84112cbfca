// How verbs take a scenario: read, say what is wrong, prepare. Shared by run, validate and those that build
// on them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/cli/command.h"
#include "tools/formats/language/effective_document.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/studies/run.h"

namespace understudy::cli {

/// What UNDERSTUDY_SET sets (edits as after --set, with `;` or ends of lines in between), which is told, then --set.
std::vector<std::string> overrides_from(const Options& options);
/// UsageError where UNDERSTUDY_SET sets something: of what can only be meant of a twin as it is written; `why`, and what to
/// do.
void refuse_environment(const std::string& why);
/// Says so where UNDERSTUDY_SET sets something: for what keeps, compares or judges what is written.
void leave_out_environment();
/// One of them as it would stand after --set, wherever it came from.
std::string as_after_set(const std::string& override);

/// Reads a scenario file; prints all problems to stderr and returns nothing if there was an error; UsageError for a result
/// or a log. `overrides` are edits as after --set; `changes` are files, applied before them.
std::optional<models::Scenario> read_scenario_input(const std::string& path,
                                                    const std::vector<std::string>& overrides,
                                                    const std::vector<std::string>& changes = {});

/// The same as it was read, with what its changes say besides.
std::optional<formats::ScenarioReading> read_scenario_and_changes(const std::string& path,
                                                                  const std::vector<std::string>& overrides,
                                                                  const std::vector<std::string>& changes);

/// The same with the document that it was read from.
std::optional<formats::EffectiveDocument> read_effective_input(const std::string& path,
                                                               const std::vector<std::string>& overrides,
                                                               const std::vector<std::string>& changes);

/// The same, and prepares it.
std::optional<studies::PreparedRun> prepare_file(const std::string& path,
                                                 const std::vector<std::string>& overrides,
                                                 const std::vector<std::string>& changes = {});

/// What the second key of a file says that it is: "scenario", "change", "study", ...; empty for what is no file of the
/// language, and for pipes, which would lose what is looked at.
std::string kind_of(const std::string& path);
/// The same of one that is_of_the_language() and may be broken: by its lines then, "unknown" where none of them says it.
std::string kind_of_broken(const std::string& path);

/// The same for a scenario built by a program; problems carry no place.
std::optional<studies::PreparedRun> prepare_scenario(models::Scenario scenario, const std::string& shown);

/// Does the file open as those of the scenario language do, with `understudy:` as its first key?
bool is_of_the_language(const std::string& path);

/// --seed, --replications and the like as overrides of the file.
std::vector<std::string> run_overrides(std::optional<std::uint64_t> seed,
                                       std::optional<std::int64_t> replications);

/// The exit code that says a verdict.
int exit_code_of(studies::Verdict verdict, bool interrupted = false);

}  // namespace understudy::cli
