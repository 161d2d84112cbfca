#include "models/scenario.h"

namespace understudy::models {

std::string Twin::drawn_as(const std::string& name) const {
    if (const auto own = renamed.find(name); own != renamed.end()) return own->second;
    // A task goes with its pipeline.
    if (const std::size_t dot = name.rfind('.'); dot != std::string::npos)
        if (const auto pipeline = renamed.find(name.substr(0, dot)); pipeline != renamed.end())
            return pipeline->second + name.substr(dot);
    return name;
}

}  // namespace understudy::models
