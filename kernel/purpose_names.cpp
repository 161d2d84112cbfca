#include "kernel/purpose_names.h"

namespace understudy::kernel {

const char* name_of(Purpose purpose) {
    switch (purpose) {
        case Purpose::other: return "other";
        case Purpose::arrival: return "arrival";
        case Purpose::service: return "service";
        case Purpose::failure: return "failure";
        case Purpose::route: return "route";
        case Purpose::backoff: return "backoff";
        case Purpose::timeout: return "timeout";
        case Purpose::size: return "size";
        case Purpose::records: return "records";
        case Purpose::key: return "key";
        case Purpose::field: return "field";
        case Purpose::outage: return "outage";
        case Purpose::repair: return "repair";
        case Purpose::delay: return "delay";
        case Purpose::items: return "items";
        case Purpose::order: return "order";
        case Purpose::think: return "think";
        case Purpose::setup: return "setup";
        case Purpose::priority: return "priority";
        case Purpose::state: return "state";
        case Purpose::sample: return "sample";
        case Purpose::bootstrap: return "bootstrap";
        case Purpose::check: return "check";
        case Purpose::lane: return "lane";
    }
    return "unknown";
}

}  // namespace understudy::kernel
