// Values as the nodes of a scenario file, for the writers of its parts (scenario_writer.h). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/scenario.h"
#include "tools/formats/language/document.h"
#include "tools/formats/language/keys.h"
#include "tools/formats/language/map_reader.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

void put(Node& map, std::string_view key, std::string text);
/// Nothing where the text is empty.
void put_text(Node& map, std::string_view key, const std::string& text);
/// One as a scalar, several as a list, none not at all.
void put_names(Node& map, std::string_view key, const std::vector<std::string>& names);
/// Nothing where there is no law.
void put_law(Node& map, std::string_view key, const models::Law& law, Dimension dimension);
void put_description(Node& map, const models::Description& description);

/// A map whose entries have lines of their own.
Node block_map();
Node law_node(const models::Law& law, Dimension dimension);
/// One profile, as the value under its name.
Node profile_node(const models::Profile& profile);
Node transfers_node(const models::Transfers& transfers);
Node retry_node(const models::Retry& retry);
/// Where items go by shares: the share of each target.
Node shares_node(const models::Writes& writes);
/// Of any kind but users, who have keys of their own.
Node arrivals_node(const models::Arrivals& arrivals);

std::string share_text(double fraction);

/// The word of an enumeration, by the order of the choices in the key table.
template <class Enumeration>
std::string word(std::string_view place, std::string_view key, Enumeration value) {
    return std::string(choices_of(*place_named(place).find(key))[static_cast<std::size_t>(value)]);
}

}  // namespace understudy::formats
