// Reads process logs in XES (IEEE 1849): traces of events with a name, a time and, where known, a transition and a resource.
//
// Streaming, plain or gzip; of the XML nothing is kept but the attributes concept:name, time:timestamp,
// lifecycle:transition and org:resource of events, and concept:name of traces (process_events.h makes steps of them). A
// document type is refused, so that no entity can unfold. Events without a name or a time are counted in notes and left
// out.
//
// Errors: LogProblems with file:line:column where the XML is broken, its root is not <log>, or a time cannot be read; FileError
// where nothing can be used. Thread-safe per Input.
#pragma once

#include <string_view>

#include "models/process_log.h"
#include "tools/formats/logs/input.h"

namespace understudy::formats {

/// Does it begin as XML?
bool looks_like_xml(std::string_view head);

/// `unfinished`: what has begun and not ended is kept (ProcessLog::unfinished).
models::ProcessLog read_xes(Input& input, bool unfinished = false);

}  // namespace understudy::formats
