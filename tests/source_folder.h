// Where the project's own files are that tests read.
#pragma once

#include <string>

namespace understudy::tests {

/// The top folder of the sources, without a slash at its end.
std::string source_folder();

}  // namespace understudy::tests
