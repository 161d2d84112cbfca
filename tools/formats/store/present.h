// The present of a twin: its state and when that holds, in the texts of its versions (version_content.h).
//
// That is `state`, `as_of`, and, where there are any, the `start` of the run, from which `as_of` counts. It is what snapshots
// and syncs move on, and what changes to the twin leave as it is. A state is of the elements, whatever they are called: put into
// a version in which some have another name by now (`twin.renamed`), it has their present names.
//
// Texts are those of versions. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>

#include "models/initial_state.h"

namespace understudy::formats {

/// A version's text with that state instead of its own; with none where it is empty.
std::string with_state(const std::string& text, const models::InitialState& state);
/// What a version's text says of its state and when it holds; the same for the same state, empty where there is none.
std::string state_in(const std::string& text);
/// A version's text whose run begins at that instant, in the words of the language.
std::string with_start(const std::string& text, const std::string& start);

/// A version's text with the present that another version's text has, which may be none.
std::string with_present_of(const std::string& text, const std::string& other);
/// Whether they have the same state as of the same time on the clock, in whatever order and words.
bool same_state(const std::string& text, const std::string& other);
bool same_but_for_the_present(const std::string& text, const std::string& other);
/// Whether what was made of `before` has another present.
bool moves_the_present(const std::string& before, const std::string& made);
/// What was made of `before`, as made of `latest`: with the present that is there now. Nothing where more than the present
/// has changed in between, or what was made has a present of its own.
std::optional<std::string> made_of_latest(const std::string& before, const std::string& made,
                                          const std::string& latest);

}  // namespace understudy::formats
