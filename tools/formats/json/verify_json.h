// What verify found, as a JSON document for programs; docs/file-formats.md lists its members.
#pragma once

#include <string>
#include <vector>

#include "tools/studies/verify.h"

namespace understudy::formats {

std::string verification_as_json(const std::vector<studies::VerifiedModel>& models);

}  // namespace understudy::formats
