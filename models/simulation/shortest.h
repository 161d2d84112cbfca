// Which of several have least: for whoever joins the shortest of them. Internal to models/simulation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace understudy::models {

class Shortest {
public:
    void offer(std::size_t which, std::int64_t has) {
        if (!all_.empty() && has > least_) return;
        if (!all_.empty() && has < least_) all_.clear();
        least_ = has;
        all_.push_back(which);
    }
    /// Those that have least, in the order in which they were offered.
    const std::vector<std::size_t>& all() const { return all_; }

private:
    std::vector<std::size_t> all_;
    std::int64_t least_ = 0;
};

}  // namespace understudy::models
