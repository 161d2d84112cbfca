#include "models/trace.h"

namespace understudy::models {

const char* name_of(TraceEvent event) {
    switch (event) {
        case TraceEvent::arrive: return "arrive";
        case TraceEvent::enter: return "enter";
        case TraceEvent::start: return "start";
        case TraceEvent::finish: return "finish";
        case TraceEvent::fail: return "fail";
        case TraceEvent::retry: return "retry";
        case TraceEvent::interrupt: return "interrupt";
        case TraceEvent::block: return "block";
        case TraceEvent::leave: return "leave";
        case TraceEvent::drop: return "drop";
        case TraceEvent::expire: return "expire";
        case TraceEvent::give_up: return "give_up";
        case TraceEvent::gather: return "gather";
        case TraceEvent::close: return "close";
        case TraceEvent::land: return "land";
        case TraceEvent::due: return "due";
        case TraceEvent::begin: return "begin";
        case TraceEvent::end: return "end";
        case TraceEvent::skip: return "skip";
        case TraceEvent::act: return "act";
        case TraceEvent::copy: return "copy";
        case TraceEvent::member: return "member";
    }
    return "unknown";
}

}  // namespace understudy::models
