// A list for which room is made before it grows, so that to add is to write. Internal to models/simulation.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace understudy::models {

template <class Value>
class Roomy {
public:
    void clear() { size_ = 0; }
    /// For so many more; values that are there stay.
    void make_room(std::size_t more) {
        if (room_.size() < size_ + more) room_.resize(size_ + more);
    }
    void add(const Value& value) { room_[size_++] = value; }
    void shorten(std::size_t size) { size_ = size; }
    std::size_t size() const { return size_; }
    std::span<Value> all() { return {room_.data(), size_}; }
    std::span<const Value> all() const { return {room_.data(), size_}; }
    const Value& operator[](std::size_t i) const { return room_[i]; }
    /// By time, of sources that are in order each: where one begins, behind those before it.
    void merge(const std::vector<std::size_t>& begins) {
        const auto at = [&](std::size_t i) { return room_.begin() + static_cast<std::ptrdiff_t>(i); };
        for (std::size_t i = 1; i < begins.size(); ++i) {
            const std::size_t end = i + 1 < begins.size() ? begins[i + 1] : size_;
            if (begins[i] > 0 && begins[i] < end)
                std::inplace_merge(at(0), at(begins[i]), at(end),
                                   [](const Value& a, const Value& b) { return a.at < b.at; });
        }
    }

private:
    std::vector<Value> room_;
    std::size_t size_ = 0;
};

}  // namespace understudy::models
