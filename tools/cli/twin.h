// What the commands of `understudy twin` share: their table, the store they work on, who does it and when.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "models/initial_state.h"
#include "tools/cli/command.h"
#include "tools/formats/store/store.h"

namespace understudy::cli {

/// `create`, ..., by the word after `twin`; UsageError with the nearest where there is none.
const Command& twin_command_named(std::string_view name);

/// --store, and --json where asked for.
void add_store_options(Options& options, bool json = true);
/// --author, --reason and --time.
void add_signature_options(Options& options);
/// Throws UsageError for a time that is none, or text with characters that do not print.
formats::Signature signature_from(const Options& options);

/// `--kind` and `--label`.
void add_nature_options(Options& options);
/// UsageError for what is none; the kind is empty where it is not said.
formats::Nature nature_from(const Options& options);
/// Says on stderr where a store was made.
void tell_of_new_store(const std::filesystem::path& folder);
/// "orders@2: kept, sha256:..."
std::string committed_text(const formats::Committed& committed);

/// The folder of the store: --store, UNDERSTUDY_STORE, or that of the project around the current folder. FileError where
/// there is none.
std::filesystem::path store_folder_from(const Options& options);
/// The same; where there is none, the folder in which it is to be made.
std::filesystem::path store_folder_to_make(const Options& options);

/// A word of the command line as the name of a version, a twin or a tag; UsageError.
formats::VersionName version_from(const std::string& word);
void require_twin(const std::string& word);

/// Whether the word is a scenario file, and not the name of a version.
bool is_scenario_file(const std::string& word);
/// What is read where a scenario is asked for: a file as it is, else `orders@3`, of `orders` the latest. NoSuchVersion.
std::string scenario_named(const Options& options, const std::string& word);
/// The state that a version's text has, or that of a file as a version would hold it; an empty one where it has none, or cannot
/// be read.
models::InitialState state_of_text(const std::string& text, const std::filesystem::path& project);
void require_tag(const std::string& word);
/// --record; UsageError for what is neither the hash of a record nor its first eight digits or more.
std::string record_hash_from(const Options& options);

int twin_create(const Arguments&);
int twin_update(const Arguments&);
int twin_import(const Arguments&);
int twin_list(const Arguments&);
int twin_show(const Arguments&);
int twin_diff(const Arguments&);
int twin_history(const Arguments&);
int twin_tag(const Arguments&);
int twin_export(const Arguments&);
int twin_snapshot(const Arguments&);
int twin_restore(const Arguments&);
int twin_sync(const Arguments&);
int twin_forecast(const Arguments&);
int twin_delete(const Arguments&);
int twin_verify(const Arguments&);

}  // namespace understudy::cli
