// What is wrong in one string of the scenario language, and where in it.
//
// The grammars (values, laws, schedules, objectives) throw a Fault; the reader of the file adds the string's
// own line and column and goes on with the next key, so that a string has one error at most and a file has
// all of its own.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

namespace understudy::formats {

struct Fault : std::runtime_error {
    /// `offset` counts bytes from the start of the string; `hint` says what to do and may be empty.
    Fault(std::size_t where, const std::string& what_is_wrong, std::string what_to_do = "")
        : std::runtime_error(what_is_wrong), offset(where), hint(std::move(what_to_do)) {}

    std::size_t offset;
    std::string hint;
};

}  // namespace understudy::formats
