// An allocator for arrays of many megabytes that are looked into here and there: each look at another page of 4 KiB
// costs a walk through the tables of pages, which takes longer than the look. From `large` on it asks for pages of
// 2 MiB, which need five hundred times fewer entries; a system that has none to give gives ordinary ones.
//
// Only the time differs. Below `large` it is std::allocator. Fails as that does: std::bad_alloc.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace understudy::kernel {

template <class Value>
class LargePages {
public:
    using value_type = Value;

    LargePages() = default;
    template <class Other>
    explicit(false) LargePages(const LargePages<Other>&) {}

    Value* allocate(std::size_t count) {
        if (count < large / sizeof(Value)) return std::allocator<Value>().allocate(count);
        if (count > (PTRDIFF_MAX - page) / sizeof(Value)) throw std::bad_array_new_length();
        const std::size_t bytes = (count * sizeof(Value) + page - 1) / page * page;
        void* const memory = std::aligned_alloc(page, bytes);
        if (memory == nullptr) throw std::bad_alloc();
        madvise(memory, bytes, MADV_HUGEPAGE);  // a wish: whether it is granted changes nothing
        return static_cast<Value*>(memory);
    }
    void deallocate(Value* memory, std::size_t count) {
        if (count < large / sizeof(Value)) return std::allocator<Value>().deallocate(memory, count);
        std::free(memory);
    }

    friend bool operator==(const LargePages&, const LargePages&) { return true; }

private:
    static constexpr std::size_t page = std::size_t{2} << 20;
    static constexpr std::size_t large = 2 * page;
};

}  // namespace understudy::kernel
