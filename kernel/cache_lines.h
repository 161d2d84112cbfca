// An allocator for small arrays that are looked into far apart from each other: each begins with a line of the
// processor's cache, so that what fits into one line is in one, and one look fetches it.
//
// Only the time differs. Fails as std::allocator does: std::bad_alloc.
#pragma once

#include <cstddef>
#include <new>

namespace understudy::kernel {

inline constexpr std::size_t cache_line = 64;

template <class Value>
class CacheLines {
public:
    using value_type = Value;

    CacheLines() = default;
    template <class Other>
    explicit(false) CacheLines(const CacheLines<Other>&) {}

    Value* allocate(std::size_t count) {
        if (count > static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(Value)) throw std::bad_array_new_length();
        return static_cast<Value*>(::operator new (count * sizeof(Value), std::align_val_t{cache_line}));
    }
    void deallocate(Value* memory, std::size_t) { ::operator delete (memory, std::align_val_t{cache_line}); }

    friend bool operator==(const CacheLines&, const CacheLines&) { return true; }
};

}  // namespace understudy::kernel
