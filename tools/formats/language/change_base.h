// What a change file says of its base.
#pragma once

#include <string>

namespace understudy::formats {

struct ChangeBase {
    std::string
        as;  ///< relative to the change's folder, or a version such as `orders@41`; empty: it names none
    std::string sha256 =
        {};  ///< of a file's content (store/version_content.h), which somebody may change; empty of a version, which nobody can
};

}  // namespace understudy::formats
