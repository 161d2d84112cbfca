// Reads Turtle and TriG, N-Triples and N-Quads, plain or gzip, statement by statement, and JSON-LD (json_ld_reader.h). The
// kind follows from the content. Names of graphs are left out: their statements are all of one.
//
// Memory is bounded by the longest statement, whatever the length of the file: at most 16 MiB of it, nested at most 128
// deep. Names come whole: prefixes and `@base` are resolved, percent signs stay as they are. A file is read up to the first
// mistake, which is told with its line and column; a prefix that is not
// declared, where the statement has ended that has it. Thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "tools/formats/logs/input.h"

namespace understudy::formats {

struct RdfNode {
    enum class Kind { iri, blank, literal };
    Kind kind = Kind::iri;
    std::string_view text;  ///< of a blank node its name within the file
};

struct RdfProblem {
    std::int64_t line = 0, column = 0;  ///< 1-based
    std::string what;
};

/// Valid during the call.
using RdfStatementSink =
    std::function<void(const RdfNode& subject, const RdfNode& predicate, const RdfNode& object)>;

struct RdfRead {
    std::optional<RdfProblem> problem;  ///< none: all was read
    std::int64_t in_graphs = 0;         ///< statements of graphs that have a name
};

/// FileError where the file cannot be read at all.
RdfRead read_rdf(Input& input, const RdfStatementSink& sink);

}  // namespace understudy::formats
