// Where a document names an element, a stream or a profile: in `reads` and `writes`, in needs, actions, schedules, conditions,
// objectives and measures.
//
// What a key takes is in the key table (keys.h); what stands in texts for people is no mention. Not thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tools/formats/language/document.h"

namespace understudy::formats {

/// One of them. Pointers into the document that was searched.
struct Mention {
    Node* text = nullptr;    ///< the scalar that it stands in
    Entry* key = nullptr;    ///< or the entry whose key it is
    std::size_t offset = 0;  ///< in that text or key
    std::size_t length = 0;
    bool local = false;  ///< of a task, without its pipeline
    std::string path;    ///< "twin.stages.clean.runs_on", for people
};

/// Profiles have a set of names of their own.
enum class Named { element, profile };

/// All mentions of the element or stream, or of the profile, in the order of the document; those of the tasks of a pipeline, by
/// `pipeline.task`, as well. Its own declaration is none. The longest declared name wins: where `db` and `db.orders` are
/// declared, `db.orders` is no mention of `db`.
std::vector<Mention> mentions_of(Node& root, std::string_view name, Named named = Named::element);

/// Writes `to` wherever `name` is mentioned, but for its declaration; of a task, `to` has its pipeline's name before it.
void rename_mentions(Node& root, std::string_view name, const std::string& to, Named named = Named::element);

}  // namespace understudy::formats
