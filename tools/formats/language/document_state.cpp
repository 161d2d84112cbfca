#include "tools/formats/language/document_state.h"

#include "tools/formats/language/fault.h"
#include "tools/formats/language/reading.h"
#include "tools/formats/language/substitution.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

std::optional<models::InitialState> state_of_document(Node root) {
    models::InitialState state;
    Diagnostics out;
    substitute_parameters(root, out);
    const Entry* twin = root.is_map() ? root.find("twin") : nullptr;
    if (twin == nullptr || !twin->value.is_map()) return state;
    Reading reading(out);
    if (const Entry* section = twin->value.find("state")) {
        if (!section->value.is_map()) return std::nullopt;
        for (const Entry& entry : section->value.entries)
            state.elements.push_back(read_state(reading, entry));
    }
    if (const Entry* as_of = twin->value.find("as_of"))
        reading.guarded(as_of->value, [&] { state.as_of = read_duration(as_of->value.text); });
    return out.has_errors() ? std::nullopt : std::optional(std::move(state));
}

}  // namespace understudy::formats
