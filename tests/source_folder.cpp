#include "tests/source_folder.h"

namespace understudy::tests {

std::string source_folder() { return UNDERSTUDY_SOURCE_DIR; }

}  // namespace understudy::tests
